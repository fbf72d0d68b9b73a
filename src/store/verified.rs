//! Open files of a run that hold what was written: each block is hashed when it is first read, once as long as this
//! process runs and the file stays as it is. They are read at places, never mapped, so that a file that another process
//! shortens is an error and no signal.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{Read, Seek};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::store::checksums::BLOCK;
use crate::store::stages::FileRecord;

/// A file as it was hashed: device, inode, size, time of the last change in nanoseconds, and the checksum it had.
type Known = (u64, u64, u64, i128, String);

/// The blocks that were found to hold what was written, one bit each.
type Seen = Arc<Vec<AtomicU64>>;

static KNOWN: LazyLock<Mutex<HashMap<Known, Seen>>> = LazyLock::new(Mutex::default);

/// Changes within a tick of the file system's clock bear the same time: what changed so lately is hashed again.
const TICK: Duration = Duration::from_millis(100);

/// An open file of a run. Whatever is read of it was checked.
#[derive(Debug)]
pub(super) struct Verified {
    path: PathBuf,
    file: File,
    record: FileRecord,
}

impl Verified {
    /// Takes an open file. One without checksums of its blocks is hashed as a whole, once per process.
    pub(super) fn new(mut file: File, path: &Path, record: &FileRecord) -> Result<Self> {
        let there = file.metadata().map_err(Error::io(path))?;
        require_size(&there, path, record)?;
        let in_blocks = !record.blocks.is_empty() || record.bytes == 0;
        if in_blocks && !record.blocks.fit(record.bytes) {
            return Err(Error::damaged_run(path, "run.json has not as many checksums as the file has blocks"));
        }
        if !in_blocks {
            let seen = seen(&there, record);
            if seen[0].load(Ordering::Relaxed) == 0 {
                verify_anew(&mut file, path, record)?;
                note(&there, &seen, 0);
            }
        }
        Ok(Self { path: path.to_path_buf(), file, record: record.clone() })
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    pub(super) fn len(&self) -> u64 {
        self.record.bytes
    }

    /// The checksum of the whole.
    pub(super) fn checksum(&self) -> &str {
        &self.record.xxh3
    }

    /// Reads a part.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is not what was written, or lies beyond the file's end.
    pub(super) fn read(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.len());
        let Some(end) = end else {
            let what = format!("{length} bytes at {start} lie beyond the file's end");
            return Err(Error::damaged_run(&self.path, what));
        };
        let there = self.file.metadata().map_err(Error::io(&self.path))?;
        require_size(&there, &self.path, &self.record)?;
        let seen = seen(&there, &self.record);
        let (first, last) = (start as usize / BLOCK, (end as usize).div_ceil(BLOCK));
        let is_seen = |block: usize| seen[block / 64].load(Ordering::Relaxed) >> (block % 64) & 1 == 1;
        if self.record.blocks.is_empty() || (first..last).all(is_seen) {
            return self.bytes(start, length);
        }
        // Whole blocks, for only these can be checked.
        let from = first * BLOCK;
        let whole = self.bytes(from as u64, (last * BLOCK).min(self.len() as usize) - from)?;
        for (block, contents) in (first..last).zip(whole.chunks(BLOCK)) {
            if !self.record.blocks.match_block(block, contents) {
                return Err(Error::damaged_run(&self.path, "the contents do not match their checksum"));
            }
            note(&there, &seen, block);
        }
        let start = start as usize - from;
        Ok(whole.slice(start..start + length))
    }

    fn bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start).map_err(Error::io(&self.path))?;
        Ok(bytes.into())
    }

    /// Makes sure that all of it holds what was written, and gives the file at its start.
    pub(super) fn verify_all(&self) -> Result<&File> {
        for block in 0..(self.len() as usize).div_ceil(BLOCK) {
            let start = block * BLOCK;
            self.read(start as u64, BLOCK.min(self.len() as usize - start))?;
        }
        (&self.file).rewind().map_err(Error::io(&self.path))?;
        Ok(&self.file)
    }

    /// Reads all of it.
    pub(super) fn read_all(&self) -> Result<Bytes> {
        self.read(0, self.len() as usize)
    }
}

/// What is known of a file as it is now.
fn seen(there: &Metadata, record: &FileRecord) -> Seen {
    let words = (record.bytes as usize).div_ceil(BLOCK).div_ceil(64).max(1);
    let new = || Arc::new((0..words).map(|_| AtomicU64::new(0)).collect());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.entry(self::known(there, &record.xxh3)).or_insert_with(new))
}

/// Remembers that a block holds what was written, unless the file changed a moment ago.
fn note(there: &Metadata, seen: &Seen, block: usize) {
    if there.modified().is_ok_and(|changed| SystemTime::now() > changed + TICK) {
        seen[block / 64].fetch_or(1 << (block % 64), Ordering::Relaxed);
    }
}

fn require_size(there: &Metadata, path: &Path, record: &FileRecord) -> Result<()> {
    if there.len() == record.bytes {
        return Ok(());
    }
    Err(Error::damaged_run(path, format!("{} bytes where {} were written", there.len(), record.bytes)))
}

/// Makes sure that an open file holds what its record says, whatever was found before; leaves it at its start.
pub(super) fn verify_anew(file: &mut File, path: &Path, record: &FileRecord) -> Result<()> {
    let there = file.metadata().map_err(Error::io(path))?;
    require_size(&there, path, record)?;
    if checksum(file, path)? == record.xxh3 {
        return Ok(());
    }
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).remove(&known(&there, &record.xxh3));
    Err(Error::damaged_run(path, "the contents do not match their checksum"))
}

fn known(there: &Metadata, xxh3: &str) -> Known {
    let changed = i128::from(there.mtime()) * 1_000_000_000 + i128::from(there.mtime_nsec());
    (there.dev(), there.ino(), there.len(), changed, xxh3.to_owned())
}

/// XXH3-64 of a file, 16 hexadecimal digits; leaves it at its start.
fn checksum(file: &mut File, path: &Path) -> Result<String> {
    let mut hash = Xxh3Default::new();
    let mut buffer = vec![0; 1 << 20];
    file.rewind().map_err(Error::io(path))?;
    loop {
        let read = file.read(&mut buffer).map_err(Error::io(path))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    file.rewind().map_err(Error::io(path))?;
    Ok(format!("{:016x}", hash.digest()))
}
