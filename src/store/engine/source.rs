//! An open table file, read in pieces at the places where they lie: never mapped, so that a file that another process
//! shortens is an error and no signal, and never through a position that several threads would share.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};

use crate::error::{Error, Result};

/// A table's file, known to hold what was written, and its footer. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: Arc<PathBuf>,
    file: Arc<File>,
    length: u64,
    footer: ArrowReaderMetadata,
    checksum: Arc<str>,
}

impl Source {
    /// Reads the footer of an open file whose contents are known to have this checksum. Column types are those that the file's own format tells, text as `Utf8`.
    pub(super) fn open(file: File, path: &Path, checksum: &str) -> Result<Self> {
        let length = file.metadata().map_err(Error::io(path))?.len();
        let chunks = Chunks { file: Arc::new(file), length };
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let footer = ArrowReaderMetadata::load(&chunks, options).map_err(|error| damaged(path, &error))?;
        Ok(Self { path: Arc::new(path.to_path_buf()), file: chunks.file, length, footer, checksum: checksum.into() })
    }

    /// Where the file lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The columns.
    pub(super) fn schema(&self) -> &SchemaRef {
        self.footer.schema()
    }

    /// What the footer tells of row groups and column chunks.
    pub(super) fn metadata(&self) -> &ParquetMetaData {
        self.footer.metadata()
    }

    /// The footer, for a reader of rows.
    pub(super) fn footer(&self) -> ArrowReaderMetadata {
        self.footer.clone()
    }

    /// The bytes, for a reader of rows.
    pub(super) fn chunks(&self) -> Chunks {
        Chunks { file: Arc::clone(&self.file), length: self.length }
    }

    /// The checksum that its contents have.
    pub(super) fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Rows of each row group.
    pub(super) fn group_rows(&self) -> Vec<usize> {
        self.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as usize).collect()
    }
}

/// The error of a table whose pages or footer do not read.
pub(super) fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::damaged_run(path, error.to_string())
}

/// An open file's bytes.
#[derive(Debug)]
pub(super) struct Chunks {
    file: Arc<File>,
    length: u64,
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = Part;

    fn get_read(&self, start: u64) -> Result<Part, ParquetError> {
        Ok(Part { file: Arc::clone(&self.file), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // What a damaged footer asks for is not reserved before it is known to be there.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} lie beyond the file's end")));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// A reader with a place of its own.
#[derive(Debug)]
pub(super) struct Part {
    file: Arc<File>,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
