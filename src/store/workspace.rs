//! The workspace folder: the manifest, the runs it names, and the lock that keeps writers apart.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::run::Run;
use super::writer::NewRun;
use crate::error::{Error, Result};

/// Format version of `manifest.json`.
const FORMAT: u32 = 1;

/// Name prefix of a run being written.
pub(super) const UNFINISHED: &str = ".tmp-";

/// `manifest.json`: which runs there are and which one readers see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub format: u32,
    pub current: Option<String>,
    /// Newest first.
    pub runs: Vec<String>,
}

/// The platform's default workspace: `workspace` in the user's data folder for this program.
pub fn default_root() -> Result<PathBuf> {
    directories::ProjectDirs::from("", "", "user360").map(|dirs| dirs.data_dir().join("workspace")).ok_or_else(|| {
        Error::Missing("this system has no home folder; name a workspace with --workspace DIR".to_owned())
    })
}

/// A workspace as readers see it. Opening one creates nothing.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace in a folder, which need not exist yet.
    pub fn open(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The run that was committed last; `None` before the first.
    pub fn current(&self) -> Result<Option<Run>> {
        let mut current = self.manifest()?.current;
        loop {
            let Some(id) = current else { return Ok(None) };
            match Run::open(self.runs_folder().join(&id)) {
                Ok(run) => return Ok(Some(run)),
                // A writer that keeps few runs may have removed this one since the manifest was read.
                Err(error) => {
                    current = self.manifest()?.current;
                    if current.as_ref() == Some(&id) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Ids of the kept runs, newest first.
    pub fn runs(&self) -> Result<Vec<String>> {
        Ok(self.manifest()?.runs)
    }

    /// One of the kept runs.
    pub fn run(&self, id: &str) -> Result<Run> {
        let runs = self.runs()?;
        if runs.iter().any(|run| run == id) {
            return Run::open(self.runs_folder().join(id));
        }
        let known =
            if runs.is_empty() { "there is none yet".to_owned() } else { format!("there are {}", runs.join(", ")) };
        Err(Error::Missing(format!("{}: no run {id}; {known}", self.root.display())))
    }

    /// Takes the lock for writing; creates the folder and removes what a crash left: runs half written, and runs that
    /// the manifest does not name.
    pub fn writer(&self) -> Result<Writer> {
        let runs = self.runs_folder();
        fs::create_dir_all(&runs).map_err(Error::io(&runs))?;
        let path = self.root.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(Error::io(&path))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Locked(self.root.clone())),
            Err(error) => return Err(Error::Io { path, source: error.into() }),
        }
        let writer = Writer { workspace: self.clone(), lock };
        writer.tidy()?;
        Ok(writer)
    }

    pub(super) fn runs_folder(&self) -> PathBuf {
        self.root.join("runs")
    }

    pub(super) fn manifest(&self) -> Result<Manifest> {
        let path = self.root.join("manifest.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(error) => return Err(Error::Io { path, source: error }),
        };
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|error| Error::Damaged { path: path.clone(), what: format!("not a manifest: {error}") })?;
        if manifest.format > FORMAT {
            let what = format!("format {} is newer than this program's {FORMAT}", manifest.format);
            return Err(Error::Damaged { path, what });
        }
        Ok(manifest)
    }
}

/// The one writer of a workspace; its lock is released when it is dropped.
#[derive(Debug)]
pub struct Writer {
    workspace: Workspace,
    lock: File,
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment holds it open until its exec.
        if let Err(error) = flock(&self.lock, FlockOperation::Unlock) {
            tracing::warn!(%error, "the workspace stays locked until this process ends");
        }
    }
}

impl Writer {
    /// Starts a new run, invisible to readers until its commit.
    pub fn begin(self) -> Result<NewRun> {
        NewRun::create(self)
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Removes the runs that no reader can see.
    fn tidy(&self) -> Result<()> {
        // Without a readable manifest nobody knows which of the whole runs are wanted; the next commit names them anew.
        let known = match self.workspace.manifest() {
            Ok(manifest) if manifest.current.is_some() => Some(manifest.runs),
            Ok(_) | Err(Error::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let runs = self.workspace.runs_folder();
        for entry in fs::read_dir(&runs).map_err(Error::io(&runs))? {
            let entry = entry.map_err(Error::io(&runs))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let forgotten =
                known.as_ref().is_some_and(|known| !known.contains(&name)) && entry.path().join("run.json").exists();
            if name.starts_with(UNFINISHED) || forgotten {
                fs::remove_dir_all(entry.path()).map_err(Error::io(entry.path()))?;
            }
        }
        Ok(())
    }

    /// Makes `id` the current run and drops the oldest beyond `keep`.
    pub(super) fn publish(&self, id: &str, keep: usize) -> Result<()> {
        // A lost or damaged manifest must not keep a good run from being committed; the folder tells which runs exist.
        let mut runs = match self.workspace.manifest() {
            Ok(manifest) if manifest.current.is_some() => manifest.runs,
            Ok(_) | Err(Error::Damaged { .. }) => self.run_folders()?,
            Err(error) => return Err(error),
        };
        runs.retain(|run| run != id);
        runs.insert(0, id.to_owned());
        let dropped = runs.split_off(keep.clamp(1, runs.len()));
        let manifest = Manifest { format: FORMAT, current: Some(id.to_owned()), runs };
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| Error::Missing(format!("the manifest cannot be written: {error}")))?;
        replace(&self.workspace.root.join("manifest.json"), &text)?;
        for run in dropped {
            let folder = self.workspace.runs_folder().join(run);
            if let Err(error) = fs::remove_dir_all(&folder)
                && folder.exists()
            {
                // The new run is current already; what stays of the old one goes at the next start.
                tracing::warn!(folder = %folder.display(), %error, "an old run stays");
            }
        }
        Ok(())
    }

    /// Names of the whole runs in the folder, newest first.
    fn run_folders(&self) -> Result<Vec<String>> {
        let folder = self.workspace.runs_folder();
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
            let entry = entry.map_err(Error::io(&folder))?;
            if Run::open(entry.path()).is_ok() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }
}

/// Replaces a file so that readers see the old or the new contents, never a part: temporary file, sync, rename, sync of
/// the folder.
pub(super) fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).map_err(Error::io(&temporary))?;
    file.write_all(contents).and_then(|()| file.sync_all()).map_err(Error::io(&temporary))?;
    fs::rename(&temporary, path).map_err(Error::io(path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
}
