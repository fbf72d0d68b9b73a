//! Files that appear whole or not at all, and numbers as digits.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;

/// Pieces made at the same time; bounds the memory.
const AHEAD: usize = 8;

/// A file under a temporary name until [`NewFile::commit`]; dropped before, it is removed.
#[derive(Debug)]
pub(super) struct NewFile {
    target: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
    bytes: u64,
}

impl NewFile {
    /// Opens the file beside its target and writes the header.
    pub(super) fn create(folder: &Path, name: &str, header: &str) -> Result<Self> {
        let temporary = folder.join(format!(".{name}.{}.partial", std::process::id()));
        let file = File::create(&temporary).map_err(Error::io(&temporary))?;
        let writer = Some(BufWriter::with_capacity(1 << 20, file));
        let mut new = Self { target: folder.join(name), temporary, writer, bytes: 0 };
        new.write(header.as_bytes())?;
        new.write(b"\n")?;
        Ok(new)
    }

    /// Appends bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.write_all(bytes).map_err(Error::io(&self.temporary))?;
            self.bytes += bytes.len() as u64;
        }
        Ok(())
    }

    /// Writes out what is buffered, then gives the file its name.
    pub(super) fn commit(mut self) -> Result<(PathBuf, u64)> {
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(|error| Error::io(&self.temporary)(error.into_error()))?;
            file.sync_all().map_err(Error::io(&self.temporary))?;
        }
        fs::rename(&self.temporary, &self.target).map_err(Error::io(&self.target))?;
        Ok((std::mem::take(&mut self.target), self.bytes))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.target.as_os_str().is_empty() {
            // Nothing more can be done about a leftover than to try; the error that led here is already on its way.
            drop(fs::remove_file(&self.temporary));
        }
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
