//! The archive as far as it has arrived, and what is known of the file it is a part of.

use std::fs::{self, File};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::fetch::place::{self, Place};
use crate::files::{self, Share};

/// What is known of the file that arrives. A part is resumed only if all of it still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The address that was asked, before redirects.
    pub url: String,
    /// The service's name for this version of the file.
    pub etag: Option<String>,
    /// When the file last changed, as the service writes it.
    pub last_modified: Option<String>,
    /// Bytes of the whole.
    pub total: Option<u64>,
    /// Values of `x-goog-hash`.
    pub hashes: Vec<String>,
}

impl Origin {
    /// What `If-Range` may carry: a strong entity tag, or else the date (RFC 9110, section 13.1.5).
    pub fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| tag.starts_with('"'));
        strong.or(self.last_modified.as_deref())
    }
}

/// The partial file, held by this process alone.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    sidecar: PathBuf,
    file: File,
    length: u64,
    origin: Origin,
}

impl Partial {
    /// Opens what an earlier download of `url` left, or begins.
    ///
    /// # Errors
    /// [`Error::Fetch`] while another process downloads to the same place; [`Error::Io`].
    pub fn open(place: &Place, url: &str) -> Result<Self> {
        let (path, sidecar) = (place.part(), place.sidecar());
        files::create_folder(&place.home, Share::Private)?;
        // Neither a link nor a file that someone else laid in a shared folder is written to.
        let file = files::open_lock(&path, Share::Private)?;
        files::require_own_file(&file, &path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let what = "another user360 is fetching to this place; wait for it, or name another folder with --out";
                return Err(Error::Fetch(format!("{}: {what}", place.out.display())));
            }
            Err(error) => return Err(Error::Io { path, source: error.into() }),
        }
        let known =
            files::read_regular(&sidecar, 1 << 20).ok().and_then(|text| serde_json::from_slice::<Origin>(&text).ok());
        let length = file.metadata().map_err(Error::io(&path))?.len();
        let mut partial = Self { path, sidecar, file, length, origin: Origin::default() };
        match known {
            Some(origin) if origin.url == url && origin.total.is_none_or(|total| length <= total) => {
                partial.origin = origin;
            }
            _ => partial.truncate(0)?,
        }
        Ok(partial)
    }

    /// Bytes that have arrived.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What is known of the whole.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// From which byte to go on, and the validator to send along; `None` to begin anew. Of a part that is whole the last
    /// byte is asked again, which is how the service says that it is still the same file.
    pub fn resumption(&self) -> Option<(u64, String)> {
        let from = match self.origin.total {
            Some(total) => self.length.min(total.saturating_sub(1)),
            None => self.length,
        };
        let validator = self.origin.validator()?;
        (from > 0).then(|| (from, validator.to_owned()))
    }

    /// Drops what has arrived and notes what arrives now.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn begin(&mut self, origin: Origin) -> Result<()> {
        self.truncate(0)?;
        let text = serde_json::to_vec_pretty(&origin)
            .map_err(|error| Error::Io { path: self.sidecar.clone(), source: error.into() })?;
        files::replace(&self.sidecar, &text, Share::Private)?;
        self.origin = origin;
        Ok(())
    }

    /// Keeps the first `length` bytes and goes on from there.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn truncate(&mut self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(Error::io(&self.path))?;
        self.file.seek(SeekFrom::Start(length)).map_err(Error::io(&self.path))?;
        self.length = length;
        Ok(())
    }

    /// Adds what arrived.
    ///
    /// # Errors
    /// [`Error::Fetch`] when the disk is full; [`Error::Io`].
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let left = self.origin.total.unwrap_or(0).saturating_sub(self.length).max(bytes.len() as u64);
        self.file.write_all(bytes).map_err(place::writing(&self.path, left))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Makes sure that all of it is on the disk.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn sync(&self) -> Result<()> {
        self.file.sync_all().map_err(place::writing(&self.path, self.length))
    }

    /// Removes it, and what is known of it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn discard(self) -> Result<()> {
        remove(&self.path)?;
        remove(&self.sidecar)
    }

    /// Gives it its own name, since it is whole.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn keep_as(self, path: &Path) -> Result<()> {
        fs::rename(&self.path, path).map_err(Error::io(path))?;
        remove(&self.sidecar)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment holds it open until its exec.
        if let Err(error) = flock(&self.file, FlockOperation::Unlock) {
            tracing::warn!(%error, "the partial file stays locked until this process ends");
        }
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Error::Io { path: path.to_path_buf(), source }),
        _ => Ok(()),
    }
}
