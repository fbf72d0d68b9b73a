//! Unpacks a judged archive into a folder aside, with sizes and checksums verified on the way.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use rawzip::{FileReader, ZipArchive};

use crate::archive::{self, Entry, Flaw, Limits};
use crate::error::{Error, Result};
use crate::fetch::partial::Partial;
use crate::fetch::place::{self, Place};
use crate::files::{self, Share};
use crate::job::Job;

/// Files unpacked aside; the folder goes with this value, unless its files were put in place.
#[derive(Debug)]
pub struct Unpacked {
    /// The folder aside.
    pub folder: PathBuf,
    /// Name under the folder, and bytes.
    pub files: Vec<(String, u64)>,
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.folder) {
            tracing::warn!(%error, "what was unpacked aside stays");
        }
    }
}

/// Judges the archive, then unpacks all of it aside.
///
/// # Errors
/// [`Flaw::Content`] for an archive that is unsafe or damaged; the folder aside is gone then.
pub fn extract(partial: &Partial, place: &Place, limits: &Limits, job: &Job) -> Result<Unpacked, Flaw> {
    let file = File::open(partial.path()).map_err(Error::io(partial.path()))?;
    let archive = archive::open(file)?;
    let entries = archive::judge(&archive, partial.length(), limits, job)?;
    let total = entries.iter().map(|entry| entry.bytes).sum();
    place::require_room(&place.home, total)?;
    let folder = place.staging();
    // Only a process that died can have left it: the partial file is locked.
    if folder.symlink_metadata().is_ok() {
        files::require_own(&folder)?;
    }
    remove(&folder)?;
    files::create_new_folder(&folder, Share::Private)?;
    let mut unpacked = Unpacked { folder, files: Vec::with_capacity(entries.len()) };
    job.begin("bytes unpacked", total);
    let mut left = total;
    for entry in entries {
        let path = unpacked.folder.join(&entry.name);
        let parent = path.parent().unwrap_or(&unpacked.folder);
        fs::create_dir_all(parent).map_err(place::writing(parent, left))?;
        write(&archive, &entry, &path, left, job)?;
        left -= entry.bytes;
        unpacked.files.push((entry.name, entry.bytes));
    }
    sync_folders(&unpacked.folder)?;
    Ok(unpacked)
}

/// Writes one file of exactly the claimed size and checksum.
fn write(archive: &ZipArchive<FileReader>, entry: &Entry, path: &Path, left: u64, job: &Job) -> Result<(), Flaw> {
    let packed = archive.get_entry(entry.at)?.reader();
    // One byte more than claimed is enough to know.
    let most = entry.bytes.saturating_add(1);
    let mut reader: Box<dyn Read + '_> =
        if entry.deflated { Box::new(DeflateDecoder::new(packed).take(most)) } else { Box::new(packed.take(most)) };
    let mut file = File::create_new(path).map_err(place::writing(path, left))?;
    let mut crc = crc32fast::Hasher::new();
    let mut bytes = 0_u64;
    let mut block = vec![0; 1 << 18];
    loop {
        job.check()?;
        let read = match reader.read(&mut block) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Flaw::content(format!("its entry {:?} is damaged ({error})", entry.name))),
        };
        bytes += read as u64;
        if bytes > entry.bytes {
            return Err(Flaw::content(format!(
                "its entry {:?} is longer than the {} bytes it claims",
                entry.name, entry.bytes
            )));
        }
        crc.update(&block[..read]);
        file.write_all(&block[..read]).map_err(place::writing(path, left))?;
        job.advance(read as u64);
    }
    if bytes < entry.bytes {
        let what = format!("its entry {:?} ends after {bytes} of {} bytes", entry.name, entry.bytes);
        return Err(Flaw::Content(what));
    }
    let crc = crc.finalize();
    if crc != entry.crc {
        let what = format!("its entry {:?} has the CRC-32 {crc:08x} and should have {:08x}", entry.name, entry.crc);
        return Err(Flaw::Content(what));
    }
    Ok(file.sync_all().map_err(place::writing(path, left))?)
}

/// Makes the names in a folder, and below it, outlast a power cut.
fn sync_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        if entry.file_type().map_err(Error::io(folder))?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}

/// Makes the names in a folder outlast a power cut.
///
/// # Errors
/// [`Error::Io`].
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Error::Io { path: folder.to_path_buf(), source }),
        _ => Ok(()),
    }
}
