//! A member of an archive, read from where it lies, with its length and checksum verified at its end.

use std::fs::File;
use std::io::{Error as IoError, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use flate2::read::DeflateDecoder;

use crate::archive::Entry;
use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::source::container::{flawed, opened};

/// Finds a member by its name.
///
/// # Errors
/// [`Error::Input`] where the archive holds none of this name, with those it holds.
pub(super) fn find(file: &Path, name: &str) -> Result<((u64, u64), Entry)> {
    let (archive, entries) = opened(file)?;
    let Some(entry) = entries.iter().find(|entry| entry.name == name) else {
        let known: Vec<&str> = entries.iter().take(20).map(|entry| entry.name.as_str()).collect();
        let more = entries.len().saturating_sub(known.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = format!("holds no member {name:?}; it has {}{more}", known.join(", "));
        return Err(Error::Input { path: file.to_path_buf(), line: None, what });
    };
    let range = archive.get_entry(entry.at).map_err(|error| flawed(file)(error.into()))?.compressed_data_range();
    Ok((range, entry.clone()))
}

/// The bytes of a member; `count` is told of every byte of the archive that is read.
pub(super) fn open(
    file: &Path,
    name: &str,
    wrap: impl FnOnce(Section) -> Box<dyn Read + Send>,
) -> Result<Box<dyn Read + Send>> {
    let ((start, end), entry) = find(file, name)?;
    let packed = wrap(Section { file: open_regular(file)?, at: start, end });
    let bytes: Box<dyn Read + Send> = if entry.deflated { Box::new(DeflateDecoder::new(packed)) } else { packed };
    Ok(Box::new(Verified { bytes, crc: crc32fast::Hasher::new(), read: 0, entry }))
}

/// A part of a file.
pub(super) struct Section {
    file: File,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = into.len().min(usize::try_from(self.end - self.at).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut into[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// What is read of a member, refused where it is not what the archive claims.
struct Verified<R> {
    bytes: R,
    crc: crc32fast::Hasher,
    read: u64,
    entry: Entry,
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let name = &self.entry.name;
        let damaged = |what: String| IoError::other(format!("the member {name:?} {what}; fetch or pack it again"));
        let read = match self.bytes.read(into) {
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
                return Err(damaged(format!("is damaged ({error})")));
            }
            read => read?,
        };
        self.read += read as u64;
        self.crc.update(&into[..read]);
        let claimed = self.entry.bytes;
        if self.read > claimed {
            return Err(damaged(format!("is longer than the {claimed} bytes it claims")));
        }
        if read == 0 && !into.is_empty() {
            if self.read < claimed {
                return Err(damaged(format!("ends after {} of {claimed} bytes", self.read)));
            }
            let (found, wanted) = (self.crc.clone().finalize(), self.entry.crc);
            if found != wanted {
                return Err(damaged(format!("has the checksum {found:08x} and should have {wanted:08x}")));
            }
        }
        Ok(read)
    }
}
