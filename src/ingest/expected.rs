//! About how many rows a log has, before it is read.

use std::path::Path;

use crate::error::Result;
use crate::ingest::blocks::head;
use crate::ingest::files::InputFiles;
use crate::ingest::parquet_file::ParquetFile;
use crate::ingest::source::{Origin, Storage, storage};
use crate::job::Job;

/// How many times its size a compressed log has at least.
const COMPRESSED: u64 = 3;

/// About how many rows the event files hold: exactly in Parquet, by the length of the first lines in text, and of
/// compressed text rather too few than too many.
///
/// # Errors
/// As reading the first bytes of each file.
pub fn expected_rows(files: &InputFiles, job: &Job) -> Result<u64> {
    files.events.iter().map(|path| rows_of_file(path, job)).sum()
}

/// The same of one file.
pub(super) fn rows_of_file(path: &Path, job: &Job) -> Result<u64> {
    job.check()?;
    let storage = storage(path)?;
    let bytes = match storage {
        Storage::Parquet => return Ok(ParquetFile::open(path, job)?.rows()),
        Storage::Plain => Origin::of(path)?.bytes()?,
        Storage::Stream => Origin::of(path)?.bytes()?.saturating_mul(COMPRESSED),
    };
    let head = head(path)?;
    let lines = memchr::memchr_iter(b'\n', &head).count().max(1) as u64;
    Ok(bytes.saturating_mul(lines) / (head.len() as u64).max(1))
}
