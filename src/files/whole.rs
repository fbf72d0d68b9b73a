//! Files that appear whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FlockOperation, OFlags, flock};

use crate::error::{Error, Result};
use crate::files::{Share, create_new};

/// A file that appears under its name whole or not at all: written under a hidden name beside it, renamed by
/// [`NewFile::commit`], removed when dropped before. A killed process leaves the hidden name behind; the next
/// [`NewFile::beside`] in that folder, or [`tidy`], removes it.
#[derive(Debug)]
pub struct NewFile {
    target: PathBuf,
    temporary: PathBuf,
    file: File,
    committed: bool,
}

impl NewFile {
    /// Begins a file. A link in its place is refused: what it points to is not ours. A file in its place keeps its
    /// permissions.
    pub fn beside(target: &Path, share: Share) -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        refuse_link(target)?;
        let folder = folder_of(target);
        tidy(folder)?;
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{count}{TEMPORARY}", std::process::id()));
        let temporary = folder.join(name);
        let file = create_new(&temporary, share)?;
        let new = Self { target: target.to_path_buf(), temporary, file, committed: false };
        // Held until the file is closed: whoever tidies sees by it that the writer lives.
        flock(&new.file, FlockOperation::NonBlockingLockExclusive).map_err(|error| Error::io(target)(error.into()))?;
        if let Ok(there) = fs::symlink_metadata(target) {
            let mode = Permissions::from_mode(there.mode() & 0o777);
            new.file.set_permissions(mode).map_err(Error::io(&new.temporary))?;
        }
        Ok(new)
    }

    /// Where it is written until the commit.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Makes the file durable and gives it its name; returns its size in bytes.
    pub fn commit(mut self) -> Result<u64> {
        self.file.sync_all().map_err(Error::io(&self.target))?;
        let bytes = self.file.metadata().map_err(Error::io(&self.target))?.len();
        refuse_link(&self.target)?;
        fs::rename(&self.temporary, &self.target).map_err(Error::io(&self.target))?;
        self.committed = true;
        sync_folder(folder_of(&self.target))?;
        Ok(bytes)
    }
}

impl Write for NewFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = fs::remove_file(&self.temporary)
        {
            tracing::warn!(file = %self.temporary.display(), %error, "a temporary file stays until the next write");
        }
    }
}

/// What the hidden names of [`NewFile`] end in.
const TEMPORARY: &str = ".u360tmp";

/// Whether a name is one that [`NewFile`] gives: `.NAME.PID-COUNT.u360tmp`.
pub fn is_temporary(name: &OsStr) -> bool {
    let Some(rest) = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(TEMPORARY)) else {
        return false;
    };
    let Some((_, tail)) = rest.rsplit_once('.') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    tail.split_once('-').is_some_and(|(process, count)| digits(process) && digits(count))
}

/// Removes from a folder the temporary files of writers that are gone.
pub fn tidy(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let regular = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !regular || !is_temporary(&entry.file_name()) {
            continue;
        }
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let Ok(file) = OpenOptions::new().read(true).custom_flags(flags).open(entry.path()) else { continue };
        let mine = file.metadata().is_ok_and(|there| there.uid() == rustix::process::geteuid().as_raw());
        if mine && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            fs::remove_file(entry.path()).map_err(Error::io(entry.path()))?;
        }
    }
    Ok(())
}

/// Replaces a file so that readers see the old or the new contents, never a part.
pub fn replace(target: &Path, contents: &[u8], share: Share) -> Result<()> {
    let mut new = NewFile::beside(target, share)?;
    new.write_all(contents).map_err(Error::io(target))?;
    new.commit().map(|_| ())
}

/// Refuses a path that is a symbolic link: what is written there would land in what it points to.
pub fn refuse_link(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.file_type().is_symlink() => Err(Error::Refused {
            path: path.to_path_buf(),
            what: "is a link, and nothing is written through links; name the file it points to".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Makes the names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
