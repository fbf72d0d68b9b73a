//! A folder in the workspace for what a run needs only while it goes on.

use std::path::Path;

use tempfile::{Builder, TempDir};

use crate::error::{Error, Result};
use crate::store::workspace::Writer;

/// What its name begins with.
const PREFIX: &str = ".scratch-";

/// A new folder in a workspace, which goes with all in it when it is dropped. Those that a killed process left go now: whoever
/// asks writes to the workspace, and is alone.
///
/// # Errors
/// [`Error::Io`].
pub fn scratch(root: &Path) -> Result<TempDir> {
    for entry in std::fs::read_dir(root).map_err(Error::io(root))? {
        let entry = entry.map_err(Error::io(root))?;
        let own = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if own && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            std::fs::remove_dir_all(entry.path()).map_err(Error::io(entry.path()))?;
        }
    }
    further_scratch(root)
}

/// One more such folder, which leaves those that there are alone: what lies in them is still read.
///
/// # Errors
/// [`Error::Io`].
pub fn further_scratch(root: &Path) -> Result<TempDir> {
    Builder::new().prefix(PREFIX).tempdir_in(root).map_err(Error::io(root))
}

impl Writer {
    /// A new folder of this workspace, as [`scratch`] makes it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn scratch(&self) -> Result<TempDir> {
        scratch(self.workspace().root())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::store::Workspace;

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Workspace::open(folder.path()).writer().unwrap();
        let left = writer.scratch().unwrap().keep();
        std::fs::write(left.join("rows.csv"), "a").unwrap();
        std::fs::create_dir(folder.path().join("notes")).unwrap();
        let now = writer.scratch().unwrap();
        assert!(now.path().exists() && !left.exists() && folder.path().join("notes").exists());
    }
}
