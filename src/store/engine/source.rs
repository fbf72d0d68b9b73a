//! An open table file as the reader of rows wants it. Every byte of it was verified, see [`Verified`].

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};

use crate::error::{Error, Result};
use crate::store::verified::Verified;

/// A table's file and its footer. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: Arc<Verified>,
    footer: ArrowReaderMetadata,
}

impl Source {
    /// Reads the footer. Column types are those that the file's own format tells, text as `Utf8`.
    pub(super) fn open(file: Verified) -> Result<Self> {
        let file = Arc::new(file);
        // Where the pages lie lets single rows be read; what they hold at least and at most is asked of no page.
        let options = ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_offset_index_policy(PageIndexPolicy::Optional);
        let footer = ArrowReaderMetadata::load(&Chunks(Arc::clone(&file)), options);
        let footer = footer.map_err(|error| damaged(file.path(), error))?;
        Ok(Self { file, footer })
    }

    /// Where the file lies.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
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
        Chunks(Arc::clone(&self.file))
    }

    /// The bytes of a column of a row group as they are stored; `None` where the column is made of several.
    pub(super) fn chunk(&self, group: usize, column: usize) -> Result<Option<Bytes>> {
        let leaves = self.metadata().file_metadata().schema_descr().num_columns();
        let place = self.metadata().row_groups().get(group).and_then(|group| group.columns().get(column));
        let Some(place) = place.filter(|_| leaves == self.schema().fields().len()) else { return Ok(None) };
        let (start, length) = place.byte_range();
        self.file.read(start, length as usize).map(Some)
    }

    /// The checksum that its contents have.
    pub(super) fn checksum(&self) -> &str {
        self.file.checksum()
    }

    /// Rows of each row group.
    pub(super) fn group_rows(&self) -> Vec<usize> {
        self.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as usize).collect()
    }
}

/// The error of a table whose pages or footer do not read; what this program said of the file's bytes stays as it is.
pub(super) fn damaged(path: &Path, error: impl Into<ArrowError>) -> Error {
    match error.into() {
        ArrowError::ExternalError(error) => match error.downcast::<Error>() {
            Ok(told) => *told,
            Err(error) => Error::damaged_run(path, error.to_string()),
        },
        error => Error::damaged_run(path, error.to_string()),
    }
}

/// An open file's bytes.
#[derive(Debug)]
pub(super) struct Chunks(Arc<Verified>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

/// What is read at once to find a page's header, where the file does not tell where its pages lie.
const HEADER: usize = 512;

impl ChunkReader for Chunks {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::with_capacity(HEADER, Part { file: Arc::clone(&self.0), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.read(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// A reader with a place of its own.
#[derive(Debug)]
pub(super) struct Part {
    file: Arc<Verified>,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.len().saturating_sub(self.at);
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let bytes = self.file.read(self.at, length).map_err(io::Error::other)?;
        buffer[..length].copy_from_slice(&bytes);
        self.at += length as u64;
        Ok(length)
    }
}
