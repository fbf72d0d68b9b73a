//! What can go wrong, told so that the reader knows where and what to do about it.

mod system;

use std::path::{Path, PathBuf};

use crate::text::{shown, shown_path};

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the engine. Its text names the file, line or field, and what to do.
///
/// The text is one line, in which what a terminal would obey is escaped, line breaks included: whatever a value quoted in
/// it holds, it can pose as nothing else. Two are of several lines and escape what they quote themselves:
/// [`Error::Rejected`] lists rows, [`Error::Query`] points into the query.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused a file.
    #[error("{}", system::told(path, source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A raw file cannot be read as what it should be.
    #[error("{}{}: {}", shown_path(path), line.map(|l| format!(":{l}")).unwrap_or_default(), shown(what))]
    Input {
        /// The raw file.
        path: PathBuf,
        /// Its line, counted from 1 with the header as line 1.
        line: Option<u64>,
        /// What is wrong and what to do.
        what: String,
    },
    /// More rows were rejected than the settings allow.
    #[error("{0}")]
    Rejected(String),
    /// A setting is unknown, ill-typed or out of range.
    #[error("{}", shown(.0))]
    Config(String),
    /// A file of the workspace does not hold what was written.
    #[error("{}: {}; {remedy}", shown_path(path), shown(what))]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// How it differs.
        what: String,
        /// The way out.
        remedy: Remedy,
    },
    /// A file or folder that the program will not read or touch: why, and what to do.
    #[error("{} {}", shown_path(path), shown(what))]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Why, and what to do.
        what: String,
    },
    /// A file was written by a newer version of the program, and this one neither reads nor replaces it.
    #[error("{}: format {found} is newer than this program's {known}; use a newer user360", shown_path(path))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// A stage would not fit into the memory that is left: what it needs, what there is, and what to do.
    #[error("{0}")]
    Memory(String),
    /// The log has lost much of what the last run read: both counts, and how to accept it.
    #[error("{}", shown(.0))]
    Shrunk(String),
    /// The settings decide otherwise than the last run's: each difference, and how to accept them.
    #[error("{}", shown(.0))]
    Changed(String),
    /// Another process writes to the workspace.
    #[error("{}: another user360 process is writing to this workspace; wait for it, or name another with --workspace", shown_path(.0))]
    Locked(PathBuf),
    /// The workspace holds no run, or not the thing asked for.
    #[error("{}", shown(.0))]
    Missing(String),
    /// A filter or query is wrong: what, where, and the nearest thing that exists.
    #[error("{0}")]
    Query(String),
    /// A data set could not be fetched: what happened and what to do.
    #[error("{}", shown(.0))]
    Fetch(String),
    /// A piece of the program broke; the log tells where.
    #[error("the stage panicked: {}", shown(.0))]
    Panicked(String),
    /// This data does not allow the model: the stage is skipped with this reason.
    #[error("{}", shown(.0))]
    Model(String),
    /// A table operation failed.
    #[error("table: {}", shown(&.0.to_string()))]
    Table(#[from] polars::error::PolarsError),
    /// The user cancelled the work.
    #[error("cancelled")]
    Cancelled,
}

/// What brings a damaged file back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A file of a run: computing it again.
    Rebuild,
    /// The manifest: finding the runs again that lie beside it.
    Repair,
}

impl std::fmt::Display for Remedy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rebuild => "rebuild it with `user360 run --force`",
            Self::Repair => {
                "`user360 doctor --repair` finds the whole runs again, `user360 run --force` makes a new one"
            }
        })
    }
}

impl Error {
    /// A file of a run that does not hold what was written.
    pub fn damaged_run(path: impl AsRef<Path>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.as_ref().to_path_buf(), what: what.into(), remedy: Remedy::Rebuild }
    }

    /// A manifest that does not hold what was written.
    pub fn damaged_manifest(path: impl AsRef<Path>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.as_ref().to_path_buf(), what: what.into(), remedy: Remedy::Repair }
    }

    /// Wraps an I/O error with its path: `.map_err(Error::io(path))`.
    pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Io { path, source }
    }
}
