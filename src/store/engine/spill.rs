//! Where queries put what does not fit into their memory: a folder of this process in the user's own cache, readable by
//! nobody else, removed when the process ends; what a killed process left is removed by the next one that queries.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use datafusion::common::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::disk_manager::{DiskManager, DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::{SpillFile, TempFileFactory};
use rustix::fs::{FlockOperation, flock};

use crate::dirs;
use crate::error::{Error, Result};
use crate::store::engine::rows::outer;

/// What the folders of processes are called, before their number.
const NAME: &str = "query-";

/// A process's folder, kept from being removed by others while it is open.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    _lock: File,
}

static FOLDER: LazyLock<Mutex<Option<Folder>>> = LazyLock::new(Mutex::default);

/// Makes the files that queries put rows into, and this process's folder with the first of them: a query that fits into its
/// memory touches no disk.
#[derive(Default)]
pub(super) struct Spilled(OnceLock<Arc<DiskManager>>);

impl TempFileFactory for Spilled {
    fn create_temp_file(&self, description: &str) -> DataFusionResult<Arc<dyn SpillFile>> {
        if self.0.get().is_none() {
            let mode = DiskManagerMode::Directories(vec![folder().map_err(outer)?]);
            let made = DiskManagerBuilder::default().with_mode(mode).build()?;
            // Another thread may have been quicker; its files are as good.
            let _ = self.0.set(Arc::new(made));
        }
        let files = self.0.get().ok_or_else(|| DataFusionError::Internal("no folder for queries".to_owned()))?;
        files.create_tmp_file(description)
    }
}

/// This process's folder; made when it is first asked for.
fn folder() -> Result<PathBuf> {
    let mut folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(folder) = &*folder
        && folder.path.is_dir()
    {
        return Ok(folder.path.clone());
    }
    let cache = dirs::cache().unwrap_or_else(std::env::temp_dir);
    let made = make(&cache)?;
    let path = made.path.clone();
    *folder = Some(made);
    Ok(path)
}

/// Removes this process's folder. Called once, when the process ends.
pub fn remove_spilled() {
    if let Some(folder) = FOLDER.lock().unwrap_or_else(PoisonError::into_inner).take() {
        remove(&folder.path);
    }
}

fn make(cache: &Path) -> Result<Folder> {
    DirBuilder::new().recursive(true).mode(0o700).create(cache).map_err(Error::io(cache))?;
    tidy(cache);
    let path = cache.join(format!("{NAME}{}", std::process::id()));
    // What bears this process's number was left by one before it.
    remove(&path);
    DirBuilder::new().mode(0o700).create(&path).map_err(Error::io(&path))?;
    let lock = File::open(&path).map_err(Error::io(&path))?;
    if let Err(error) = flock(&lock, FlockOperation::NonBlockingLockShared) {
        tracing::debug!(folder = %path.display(), %error, "the folder of queries cannot be locked");
    }
    Ok(Folder { path, _lock: lock })
}

/// Removes the folders of processes that are gone.
fn tidy(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let numbered = name.strip_prefix(NAME).is_some_and(|rest| rest.parse::<u32>().is_ok());
        let folder = path.symlink_metadata().is_ok_and(|there| there.is_dir());
        if numbered
            && folder
            && File::open(&path).is_ok_and(|open| flock(&open, FlockOperation::NonBlockingLockExclusive).is_ok())
        {
            remove(&path);
        }
    }
}

fn remove(path: &Path) {
    match fs::remove_dir_all(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(folder = %path.display(), %error, "what a query put aside stays"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_private_and_goes_with_its_process() {
        let cache = tempfile::tempdir().unwrap();
        let left = cache.path().join("query-4294967294");
        let (other, theirs) = (cache.path().join("query-mine"), cache.path().join("demo"));
        for folder in [&left, &other, &theirs] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(left.join("part"), "rows").unwrap();
        let made = make(cache.path()).unwrap();
        assert_eq!(fs::metadata(&made.path).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!left.exists() && other.exists() && theirs.exists());
        tidy(cache.path());
        assert!(made.path.exists(), "a folder in use stays");
        let path = made.path.clone();
        drop(made);
        tidy(cache.path());
        assert!(!path.exists());
    }
}
