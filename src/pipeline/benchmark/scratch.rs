//! A folder for workspaces that nobody keeps.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A new folder below the system's folder for temporary files; dropping it removes it with all it holds.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder; no other process has it.
    pub fn new() -> Result<Self> {
        let (parent, process) = (std::env::temp_dir(), std::process::id());
        // One of the same number may have been left by a process that was killed.
        let mut attempt = 0;
        loop {
            let path = parent.join(format!("user360-bench-{process}-{attempt}"));
            match fs::create_dir(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => attempt += 1,
                made => return made.map_err(Error::io(&path)).map(|()| Self(path)),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a temporary folder is left behind");
        }
    }
}
