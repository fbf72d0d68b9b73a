//! A table that is read by position: from its file, or, where it is packed, from memory.

use std::fs::File;
use std::io::{Error as IoError, ErrorKind, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::source::fault::read_error;
use crate::ingest::source::origin::Origin;
use crate::ingest::source::packed::unpacked;
use crate::ingest::source::text::{PARQUET, raw};
use crate::job::Job;

/// Unpacked bytes that memory is taken for at most.
const MOST: u64 = 512 << 20;

/// The bytes of a table, wherever in it they lie.
pub(in crate::ingest) enum Whole {
    /// In a file of their own.
    File(File),
    /// Unpacked.
    Memory(Vec<u8>),
}

impl Whole {
    /// Opens a table. One that is packed, or a member of an archive, is unpacked into memory.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Input`] for what is damaged as it is packed; [`Error::Refused`] for what is longer unpacked
    /// than memory is taken for.
    pub(in crate::ingest) fn open(path: &Path, job: &Job) -> Result<Self> {
        let origin = Origin::of(path)?;
        if let Origin::File(file) = &origin {
            let mut head = Vec::new();
            let file = open_regular(file)?;
            (&file).take(PARQUET.len() as u64).read_to_end(&mut head).map_err(Error::io(path))?;
            if head == PARQUET {
                return Ok(Self::File(file));
            }
        }
        let mut bytes = Vec::new();
        let text = unpacked(raw(&origin, job, false)?).map_err(read_error(path))?;
        text.take(MOST + 1).read_to_end(&mut bytes).map_err(read_error(path))?;
        job.check()?;
        if bytes.len() as u64 > MOST {
            let what = format!(
                "is Parquet that is packed once more, which is unpacked into memory, and holds over {} MiB; unpack it and name \
                 the Parquet file itself",
                MOST >> 20
            );
            return Err(Error::Refused { path: path.to_path_buf(), what });
        }
        Ok(Self::Memory(bytes))
    }

    /// How many there are.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(in crate::ingest) fn bytes(&self, path: &Path) -> Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata().map_err(Error::io(path))?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Reads bytes from a place on.
    ///
    /// # Errors
    /// Those of the file, and where there are not so many.
    pub(in crate::ingest) fn read_exact_at(&self, into: &mut [u8], at: u64) -> Result<(), IoError> {
        match self {
            Self::File(file) => file.read_exact_at(into, at),
            Self::Memory(bytes) => {
                let part = usize::try_from(at).ok().and_then(|at| bytes.get(at..)?.get(..into.len()));
                into.copy_from_slice(part.ok_or(ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}
