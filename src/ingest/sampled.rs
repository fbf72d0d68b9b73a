//! The text of a file that decides how all of it is read.

use std::path::Path;

use memchr::memrchr;

use crate::error::Result;
use crate::ingest::blocks::{head_of, part_of};
use crate::ingest::source::{Origin, Storage};

/// Bytes that are looked at of a plain file at its start, in its middle and at its end.
const PART: usize = 1 << 20;
/// Bytes of text that are looked at of a compressed file, which can be read from its start alone.
pub(super) const STREAM: usize = 32 << 20;

/// The text of a file that is looked at, in parts of whole lines. Of a plain file larger than three parts these are its
/// start, its middle and its end; of a compressed one at most so many bytes from its start.
pub(super) fn parts(path: &Path, storage: Storage, stream: usize) -> Result<Vec<Vec<u8>>> {
    if storage != Storage::Plain {
        return Ok(vec![whole_lines(head_of(path, stream)?, stream)]);
    }
    let size = Origin::of(path)?.bytes()?;
    if size <= 3 * PART as u64 {
        return Ok(vec![head_of(path, 3 * PART)?]);
    }
    let mut parts = vec![whole_lines(head_of(path, PART)?, PART)];
    for start in [size / 2, size - PART as u64] {
        parts.push(part_of(path, start, PART)?);
    }
    Ok(parts)
}

/// A text without the line that a cut at `most` bytes may have parted.
fn whole_lines(mut text: Vec<u8>, most: usize) -> Vec<u8> {
    if text.len() >= most
        && let Some(at) = memrchr(b'\n', &text)
    {
        text.truncate(at + 1);
    }
    text
}
