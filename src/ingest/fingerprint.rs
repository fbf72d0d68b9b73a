//! What tells one version of a raw file from another without reading all of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::source::Origin;

/// What tells one version of a raw file from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Name without the folder.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Last change, UTC milliseconds.
    pub modified_ms: i64,
    /// XXH3 of the size and of 64 KiB each at the start, the middle and the end, hexadecimal; of an object its etag.
    pub sample: String,
}

/// Fingerprints a file from its metadata and three samples of its bytes.
pub fn fingerprint(file: &Path) -> Result<Fingerprint> {
    let origin = Origin::of(file)?;
    fingerprint_of(&origin, &mut open_regular(origin.file())?)
}

/// As [`fingerprint`], of a file that is open.
pub(super) fn fingerprint_of(origin: &Origin, mut open: &mut File) -> Result<Fingerprint> {
    const SAMPLE: u64 = 64 * 1024;
    let file = origin.file();
    let metadata = open.metadata().map_err(Error::io(file))?;
    let bytes = metadata.len();
    let modified = metadata.modified().map_err(Error::io(file))?;
    let modified_ms = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_millis() as i64,
        Err(before) => -(before.duration().as_millis() as i64),
    };
    let mut hash = Xxh3Default::new();
    hash.update(&bytes.to_le_bytes());
    let mut sample = Vec::with_capacity(SAMPLE as usize);
    for start in [0, (bytes / 2).saturating_sub(SAMPLE / 2), bytes.saturating_sub(SAMPLE)] {
        open.seek(SeekFrom::Start(start)).map_err(Error::io(file))?;
        sample.clear();
        (&mut open).take(SAMPLE).read_to_end(&mut sample).map_err(Error::io(file))?;
        hash.update(&sample);
    }
    Ok(Fingerprint { name: origin.name(), bytes, modified_ms, sample: format!("{:016x}", hash.digest()) })
}
