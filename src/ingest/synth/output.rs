//! Files that appear whole or not at all, and numbers as digits.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::job::Job;

/// Pieces made at the same time; bounds the memory.
const AHEAD: usize = 8;

/// A file that appears when it is whole, and the number of its bytes.
#[derive(Debug)]
pub(super) struct NewFile {
    target: PathBuf,
    writer: BufWriter<files::NewFile>,
}

impl NewFile {
    /// Opens the file beside its target and writes the header.
    pub(super) fn create(folder: &Path, name: &str, header: &str) -> Result<Self> {
        let target = folder.join(name);
        let writer = BufWriter::with_capacity(1 << 20, files::NewFile::beside(&target, Share::Private)?);
        let mut new = Self { target, writer };
        new.write(header.as_bytes())?;
        new.write(b"\n")?;
        Ok(new)
    }

    /// Appends bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(Error::io(&self.target))
    }

    /// Writes out what is buffered, then gives the file its name; returns that and its bytes.
    pub(super) fn commit(self) -> Result<(PathBuf, u64)> {
        let file = self.writer.into_inner().map_err(|error| Error::io(&self.target)(error.into_error()))?;
        let bytes = file.commit()?;
        Ok((self.target, bytes))
    }
}

/// Makes the pieces `0..count` in parallel, a few at a time, and takes them in order.
pub(super) fn in_order<T: Send>(
    count: usize,
    job: &Job,
    make: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    for start in (0..count).step_by(AHEAD) {
        job.check()?;
        let pieces: Vec<T> = (start..(start + AHEAD).min(count)).into_par_iter().map(&make).collect();
        job.advance(pieces.len() as u64);
        pieces.into_iter().try_for_each(&mut take)?;
    }
    Ok(())
}

/// Appends the decimal digits of a number.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}
