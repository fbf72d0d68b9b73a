//! Where things lie: the target folder, and beside it what is not finished.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fetch::FetchRequest;

/// The target and what lies beside it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder that will hold the files.
    pub out: PathBuf,
    /// The folder of what is not finished: the target's parent, or the target itself where it is a file system of its
    /// own, since nothing is renamed across file systems.
    pub home: PathBuf,
    name: String,
}

impl Place {
    /// The place of a request.
    ///
    /// # Errors
    /// [`Error::Config`] for a target without a name, such as `/`; [`Error::Io`].
    pub fn of(request: &FetchRequest) -> Result<Self> {
        let given = &request.out;
        let out = match fs::canonicalize(given) {
            Err(error) if error.kind() == ErrorKind::NotFound => std::path::absolute(given),
            found => found,
        };
        let out = out.map_err(Error::io(given))?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(Error::Config(format!("{}: name a folder to fetch into with --out", given.display())));
        };
        let home = match (fs::metadata(&out), fs::metadata(parent)) {
            (Ok(inner), Ok(outer)) if inner.is_dir() && inner.dev() != outer.dev() => out.clone(),
            _ => parent.to_path_buf(),
        };
        Ok(Self { name: name.to_string_lossy().into_owned(), home, out })
    }

    /// The archive as far as it has arrived.
    pub fn part(&self) -> PathBuf {
        self.home.join(format!(".{}.part", self.name))
    }

    /// What is known of the archive that arrives.
    pub fn sidecar(&self) -> PathBuf {
        self.home.join(format!(".{}.part.json", self.name))
    }

    /// Where the archive is unpacked.
    pub fn staging(&self) -> PathBuf {
        self.home.join(format!(".{}.unpacking", self.name))
    }

    /// Where the archive stays if it is to be kept.
    pub fn zip(&self) -> PathBuf {
        self.home.join(format!("{}.zip", self.name))
    }

    /// Whether the target is there and holds anything but what is not finished.
    ///
    /// # Errors
    /// [`Error::Io`], also for a target that is no folder.
    pub fn is_taken(&self) -> Result<bool> {
        let own = [self.part(), self.sidecar(), self.staging()];
        match fs::read_dir(&self.out) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::Io { path: self.out.clone(), source }),
            Ok(entries) => Ok(entries.flatten().any(|entry| !own.contains(&entry.path()))),
        }
    }

    /// Refuses a target that holds files, unless they may be replaced.
    ///
    /// # Errors
    /// [`Error::Fetch`].
    pub fn require_free(&self, request: &FetchRequest) -> Result<()> {
        let taken = if self.is_taken()? {
            Some((self.out.clone(), "holds files"))
        } else if request.keep_zip && self.zip().exists() {
            Some((self.zip(), "exists"))
        } else {
            None
        };
        match taken {
            Some((path, what)) if !request.overwrite => Err(Error::Fetch(format!(
                "{} {what} already; replace them with --overwrite, or name another folder with --out",
                path.display()
            ))),
            _ => Ok(()),
        }
    }
}

/// Bytes that may still be written on the file system of `path`.
pub fn free(path: &Path) -> Option<u64> {
    let system = rustix::fs::statvfs(path).ok()?;
    Some(system.f_bavail.saturating_mul(system.f_frsize))
}

/// Refuses to begin what will not fit.
///
/// # Errors
/// [`Error::Fetch`] with needed and free bytes.
pub fn require_room(folder: &Path, needed: u64) -> Result<()> {
    match free(folder) {
        Some(free) if free < needed => Err(full(folder, needed, free)),
        _ => Ok(()),
    }
}

/// Tells a full disk from other troubles of writing: `.map_err(place::writing(path, bytes))`.
pub fn writing(path: &Path, needed: u64) -> impl FnOnce(io::Error) -> Error {
    move |source| match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            full(path, needed, path.parent().and_then(free).unwrap_or(0))
        }
        _ => Error::Io { path: path.to_path_buf(), source },
    }
}

fn full(path: &Path, needed: u64, free: u64) -> Error {
    Error::Fetch(format!(
        "{}: the disk is full: {needed} bytes are needed and {free} are free; make room, or name a folder on another disk \
         with --out",
        path.display()
    ))
}
