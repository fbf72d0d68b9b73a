//! A Parquet file read by position and never mapped: one that shrinks or cannot be read meanwhile is an error, where a
//! mapped one would end the process. Columns are decoded one by one, so that what is compressed lies in memory for as
//! many columns as there are threads.

use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};

use polars::prelude::{
    ArrowSchema, DataFrame, DataType, IntoColumn as _, PlSmallStr, PolarsError, PolarsResult, Series,
};
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::parquet::read::{BasicDecompressor, PageReader, deserialize_metadata};
use polars_parquet::read::{
    ColumnChunkMetadata, FileMetadata, Filter, RowGroupMetadata, column_iter_to_arrays, infer_schema,
};
use rayon::prelude::*;

use crate::caught::caught;
use crate::error::{Error, Result};
use crate::ingest::shape::MOST_COLUMNS;
use crate::ingest::source::Whole;
use crate::job::Job;

/// Bytes read between two looks at the cancel flag.
const PIECE: usize = 8 << 20;
/// The footer's length and the magic at the end of a file.
const TAIL: u64 = 8;

/// An open Parquet file and what its footer says.
pub(super) struct ParquetFile {
    path: PathBuf,
    file: Whole,
    bytes: u64,
    metadata: FileMetadata,
    schema: ArrowSchema,
}

impl ParquetFile {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Input`] for what is no Parquet.
    pub(super) fn open(path: &Path, job: &Job) -> Result<Self> {
        let file = Whole::open(path, job)?;
        let bytes = file.bytes(path)?;
        let start = bytes.checked_sub(TAIL).ok_or_else(|| damaged(path, "it is too short"))?;
        let tail = piece(path, &file, bytes, start..bytes, job)?;
        if tail[4..] != *b"PAR1" {
            return Err(damaged(path, "it does not end as such a file does: it may be cut off"));
        }
        let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
        let start = start.checked_sub(length).ok_or_else(|| damaged(path, "its footer is longer than the file"))?;
        let footer = piece(path, &file, bytes, start..bytes, job)?;
        let (metadata, schema) = library(path, || {
            let metadata = deserialize_metadata(footer.into())?;
            let schema = infer_schema(&metadata)?;
            Ok((metadata, schema))
        })?;
        if schema.len() > MOST_COLUMNS {
            return Err(damaged(path, &format!("it has {} columns, more than {MOST_COLUMNS}", schema.len())));
        }
        Ok(Self { path: path.to_path_buf(), file, bytes, metadata, schema })
    }

    /// The columns' names.
    pub(super) fn names(&self) -> Vec<&str> {
        self.schema.iter_names().map(PlSmallStr::as_str).collect()
    }

    /// The columns' names and types.
    pub(super) fn types(&self) -> Vec<(String, DataType)> {
        let fields = self.schema.iter_values();
        fields.map(|field| (field.name.to_string(), DataType::from_arrow_field(field))).collect()
    }

    /// Its size.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All rows.
    pub(super) fn rows(&self) -> u64 {
        self.groups().map(|group| group.num_rows() as u64).sum()
    }

    /// The row groups, in file order.
    pub(super) fn groups(&self) -> impl ExactSizeIterator<Item = &RowGroupMetadata> {
        self.metadata.row_groups.iter()
    }

    /// Columns of a row group by their places, the first `most` rows of them.
    pub(super) fn columns(
        &self,
        group: &RowGroupMetadata,
        places: &[usize],
        most: usize,
        job: &Job,
    ) -> Result<Vec<Series>> {
        places.par_iter().map(|&place| self.column(group, place, most, job)).collect()
    }

    fn column(&self, group: &RowGroupMetadata, place: usize, most: usize, job: &Job) -> Result<Series> {
        let Some((name, field)) = self.schema.get_at_index(place) else {
            return Err(damaged(&self.path, &format!("it has no column {}", place + 1)));
        };
        let ranges = library(&self.path, || {
            let chunks = group.columns_under_root_iter(name).into_iter().flatten();
            Ok(chunks.map(|chunk| (chunk, chunk.byte_range())).collect::<Vec<_>>())
        })?;
        let mut pages = Vec::new();
        for (chunk, range) in ranges {
            let bytes = piece(&self.path, &self.file, self.bytes, range, job)?;
            let reader = PageReader::new(Cursor::new(bytes.into()), chunk, vec![], usize::MAX);
            pages.push((chunk, library(&self.path, || whole_pages(reader, chunk, group.num_rows()))?));
        }
        job.check()?;
        let rows = group.num_rows().min(most);
        let filter = (rows < group.num_rows()).then(|| Filter::new_limited(rows));
        let series = library(&self.path, || {
            let decompressed = |(_, pages): (_, PageReader)| BasicDecompressor::new(pages, vec![]);
            let types = pages.iter().map(|(chunk, _)| &chunk.descriptor().descriptor.primitive_type).collect();
            let columns = pages.into_iter().map(decompressed).collect();
            let (arrays, _) = column_iter_to_arrays(columns, types, field.clone(), filter)?;
            Series::try_from((field, arrays))
        })?;
        if series.len() != rows {
            let what = format!("column `{name}` holds {} of {rows} rows of a row group", series.len());
            return Err(damaged(&self.path, &what));
        }
        Ok(series)
    }

    /// The first rows of all columns.
    pub(super) fn head(&self, most: usize, job: &Job) -> Result<DataFrame> {
        let places: Vec<usize> = (0..self.schema.len()).collect();
        let mut whole: Option<DataFrame> = None;
        for group in self.groups() {
            job.check()?;
            let done = whole.as_ref().map_or(0, DataFrame::height);
            if done >= most {
                break;
            }
            let columns = self.columns(group, &places, most - done, job)?;
            whole = Some(library(&self.path, || {
                let columns = columns.into_iter().map(Series::into_column).collect();
                let frame = DataFrame::new_infer_height(columns)?;
                match whole.take() {
                    Some(above) => above.vstack(&frame),
                    None => Ok(frame),
                }
            })?);
        }
        match whole {
            Some(frame) => Ok(frame),
            // No row group: columns without rows.
            None => library(&self.path, || {
                let empty = self.schema.iter_values().map(|field| {
                    let none = Series::try_from((field, Vec::new()))?;
                    Ok(none.into_column())
                });
                DataFrame::new_infer_height(empty.collect::<PolarsResult<Vec<_>>>()?)
            }),
        }
    }
}

/// The pages of a column once more from the first, if they hold as many values as the file says. That is seen before any
/// is decoded: for what a damaged page claims the library asks for memory, and where there is not so much the process ends.
fn whole_pages(mut pages: PageReader, chunk: &ColumnChunkMetadata, rows: usize) -> PolarsResult<PageReader> {
    let wanted = usize::try_from(chunk.num_values()).unwrap_or(usize::MAX);
    let mut values = 0_usize;
    for page in pages.by_ref() {
        if let CompressedPage::Data(page) = page? {
            values = values.saturating_add(page.num_values());
        }
        if values > wanted {
            break;
        }
    }
    if values != wanted || rows > wanted {
        let what = format!("a column of {rows} rows and {wanted} values holds {values} values");
        return Err(PolarsError::ComputeError(what.into()));
    }
    let (mut source, _) = pages.into_inner();
    source.set_position(0);
    Ok(PageReader::new(source, chunk, vec![], usize::MAX))
}

/// Calls the Parquet library; its errors, and its panics at damaged files, name the file.
pub(super) fn library<T>(path: &Path, work: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    match caught(work) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(PolarsError::IO { error, .. })) => Err(damaged(path, &error.to_string())),
        Ok(Err(error)) => Err(damaged(path, &error.to_string())),
        Err(panic) => Err(damaged(path, &panic)),
    }
}

/// An error that tells why a file cannot be read as Parquet.
pub(super) fn damaged(path: &Path, why: &str) -> Error {
    let why: String = why.chars().take(300).collect();
    let what = format!("cannot be read as Parquet: {why}; fetch or write it again");
    Error::Input { path: path.to_path_buf(), line: None, what }
}

/// Reads a part of a file.
fn piece(path: &Path, file: &Whole, size: u64, range: Range<u64>, job: &Job) -> Result<Vec<u8>> {
    let length = range.end.checked_sub(range.start).filter(|_| range.end <= size);
    let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else {
        return Err(damaged(path, "a column lies beyond its end: it may be cut off"));
    };
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| {
        let what = format!("holds a column of {length} bytes, more than there is memory for");
        Error::Refused { path: path.to_path_buf(), what }
    })?;
    bytes.resize(length, 0);
    for (at, part) in bytes.chunks_mut(PIECE).enumerate() {
        job.check()?;
        file.read_exact_at(part, range.start + (at * PIECE) as u64).map_err(Error::io(path))?;
    }
    Ok(bytes)
}
