//! Files that were found to hold what was written, remembered for as long as this process runs: a table is hashed before
//! it is read for the first time, not each time.

use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io::{Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::store::stages::FileRecord;

/// A file as it was hashed: device, inode, size, time of the last change in nanoseconds, and the checksum it had.
type Known = (u64, u64, u64, i128, String);

static KNOWN: LazyLock<Mutex<HashSet<Known>>> = LazyLock::new(Mutex::default);

/// Changes within a tick of the file system's clock bear the same time: what changed so lately is hashed again.
const TICK: Duration = Duration::from_millis(100);

/// Makes sure, once per process, that an open file holds what its record says; leaves it at its start.
pub(super) fn verify(file: &mut File, path: &Path, record: &FileRecord) -> Result<()> {
    let there = file.metadata().map_err(Error::io(path))?;
    let known = known(&there, &record.xxh3);
    if KNOWN.lock().unwrap_or_else(PoisonError::into_inner).contains(&known) {
        return Ok(());
    }
    verify_anew(file, path, record)?;
    let settled = there.modified().is_ok_and(|changed| SystemTime::now() > changed + TICK);
    if settled {
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(known);
    }
    Ok(())
}

/// As [`verify`], whatever was found before.
pub(super) fn verify_anew(file: &mut File, path: &Path, record: &FileRecord) -> Result<()> {
    let there = file.metadata().map_err(Error::io(path))?;
    if there.len() != record.bytes {
        let what = format!("{} bytes where {} were written", there.len(), record.bytes);
        return Err(Error::damaged_run(path, what));
    }
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
