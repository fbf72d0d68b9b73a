//! A log that lies elsewhere, brought here for as long as it is read.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::ingest::source::listing::listing;

/// A log that was brought here. Its files go when this is dropped.
#[derive(Debug)]
pub struct Fetched {
    /// Removed with all in it.
    pub(super) _folder: TempDir,
    /// Where it lies now: below the folder, or the folder itself.
    pub(super) here: PathBuf,
    /// Where it comes from.
    pub(super) from: String,
    pub(super) told: String,
}

impl Fetched {
    /// Files that were made in a folder of what lies elsewhere.
    pub(in crate::ingest) fn made(folder: TempDir, here: PathBuf, from: String, told: String) -> Self {
        Self { _folder: folder, here, from, told }
    }

    /// Where it lies now.
    pub fn input(&self) -> &Path {
        &self.here
    }

    /// The files that it is.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        if self.here.is_file() {
            return Ok(vec![self.here.clone()]);
        }
        Ok(listing(&self.here)?.iter().map(|name| self.here.join(name)).collect())
    }

    /// What the reader of a report should know, in a sentence.
    pub fn told(&self) -> &str {
        &self.told
    }

    /// An error about a file here, told of where that comes from.
    #[must_use]
    pub fn of_origin(&self, error: Error) -> Error {
        let from = |path: PathBuf| match path.strip_prefix(&self.here) {
            Ok(below) if below.as_os_str().is_empty() => PathBuf::from(&self.from),
            Ok(below) => PathBuf::from(format!("{}/{}", self.from.trim_end_matches('/'), below.display())),
            Err(_) => path,
        };
        let here = self.here.display().to_string();
        let text = |text: String| text.replace(&here, self.from.trim_end_matches('/'));
        match error {
            Error::Io { path, source } => Error::Io { path: from(path), source },
            Error::Input { path, line, what } => Error::Input { path: from(path), line, what: text(what) },
            Error::Refused { path, what } => Error::Refused { path: from(path), what: text(what) },
            Error::Rejected(what) => Error::Rejected(text(what)),
            Error::Config(what) => Error::Config(text(what)),
            error => error,
        }
    }
}
