//! A folder for workspaces that nobody keeps.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A new folder below the system's folder for temporary files; dropping it removes it with all it holds.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder; it is this process's own.
    pub fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("user360-bench-{}", std::process::id()));
        fs::create_dir(&path).map_err(Error::io(&path))?;
        Ok(Self(path))
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
