//! A file as cells of text: CSV, plain or compressed, or Parquet.

use std::io::Read;
use std::path::Path;

use polars::prelude::{DataType, Series};

use crate::error::{Error, Result};
use crate::ingest::blocks::{BYTE_ORDER_MARK, head};
use crate::ingest::grammar::{Preamble, SEPARATORS, fields_of, most_fields};
use crate::ingest::parquet_file::{ParquetFile, library};
use crate::ingest::seen::Seen;
use crate::ingest::shape::refuse_wide;
use crate::ingest::source::{Storage, read_error, storage, text};
use crate::job::Job;

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: usize = 4096;

/// A file as cells of text.
pub(in crate::ingest) struct Cells {
    pub header: Vec<String>,
    /// One list per column.
    pub columns: Vec<Vec<String>>,
    /// Line of each row in the file; the row's number plus 1 for Parquet.
    pub lines: Vec<u64>,
}

/// Reads a file, and counts its rows on `job` as `unit`.
pub(in crate::ingest) fn cells(path: &Path, unit: &'static str, job: &Job) -> Result<Cells> {
    job.begin(unit, 0);
    let seen = Seen::of([path])?;
    let read = match storage(path)? {
        Storage::Parquet => parquet_cells(path, job),
        Storage::Plain | Storage::Stream => csv_cells(path, job),
    };
    seen.judge(read)
}

fn csv_cells(path: &Path, job: &Job) -> Result<Cells> {
    // A campaign with rows missing is none.
    let (mut reader, before) = csv_rows(path, false, job)?;
    let of_csv = |error| csv_refusal(path, error, job);
    let header: Vec<String> = reader.headers().map_err(of_csv)?.iter().map(str::to_owned).collect();
    refuse_wide(path, header.len())?;
    let mut cells = Cells { columns: vec![Vec::new(); header.len()], header, lines: Vec::new() };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(of_csv)? {
        if cells.lines.len().is_multiple_of(ROWS_PER_CHECK) {
            job.check()?;
        }
        cells.lines.push(record.position().map_or(0, csv::Position::line) + before);
        for (column, cell) in cells.columns.iter_mut().zip(&record) {
            column.push(cell.to_owned());
        }
        job.advance(1);
    }
    Ok(cells)
}

/// Opens a text as the rows of a table, of different lengths where `flexible`; and how many lines stand before its header.
pub(in crate::ingest) fn csv_rows(path: &Path, flexible: bool, job: &Job) -> Result<(csv::Reader<Box<dyn Read>>, u64)> {
    let head = head(path)?;
    let preamble = Preamble::of(&head, most_fields);
    let mut text = open(path, job)?;
    if preamble.bytes > 0 {
        // Lines before the header, as Excel's `sep=;`.
        let mark = if has_mark(path, job)? { BYTE_ORDER_MARK.len() } else { 0 };
        let before = (mark + preamble.bytes) as u64;
        std::io::copy(&mut (&mut text).take(before), &mut std::io::sink()).map_err(read_error(path))?;
    }
    let separator = preamble.separator.unwrap_or_else(|| separator_of(&head[preamble.bytes..]));
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(separator).flexible(flexible).trim(csv::Trim::All).from_reader(text);
    Ok((reader, preamble.lines))
}

/// The separator that parts a first line into most fields.
fn separator_of(text: &[u8]) -> u8 {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let fields = |separator: &u8| (fields_of(&text[..end], *separator), *separator == b',');
    SEPARATORS.into_iter().max_by_key(fields).unwrap_or(b',')
}

/// Whether a text begins with a byte order mark.
fn has_mark(path: &Path, job: &Job) -> Result<bool> {
    let mut mark = Vec::new();
    open(path, job)?.take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut mark).map_err(read_error(path))?;
    Ok(mark == BYTE_ORDER_MARK)
}

/// What a file that is no CSV is refused with.
pub fn csv_refusal(path: &Path, error: csv::Error, job: &Job) -> Error {
    if job.is_cancelled() {
        return Error::Cancelled;
    }
    let line = error.position().map(csv::Position::line);
    let what = match error.into_kind() {
        csv::ErrorKind::Io(source) => return read_error(path)(source),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        other => format!("cannot be read as CSV: {other:?}"),
    };
    Error::Input { path: path.to_path_buf(), line, what }
}

/// The file's text, unpacked and in UTF-8. Reading ends with an error when the job is cancelled.
pub fn open(path: &Path, job: &Job) -> Result<Box<dyn Read>> {
    text(path, job, false).map(|text| text as Box<dyn Read>)
}

fn parquet_cells(path: &Path, job: &Job) -> Result<Cells> {
    let file = ParquetFile::open(path, job)?;
    let header: Vec<String> = file.names().into_iter().map(ToOwned::to_owned).collect();
    let places: Vec<usize> = (0..header.len()).collect();
    let mut columns = vec![Vec::new(); header.len()];
    for group in file.groups() {
        job.check()?;
        for (cells, column) in columns.iter_mut().zip(file.columns(group, &places, usize::MAX, job)?) {
            cells.extend(texts(path, &column)?);
        }
    }
    Ok(Cells { header, columns, lines: (1..=file.rows()).collect() })
}

/// A column's cells; a flag reads as 0/1 everywhere.
fn texts(path: &Path, column: &Series) -> Result<Vec<String>> {
    library(path, || {
        let flags = column.dtype() == &DataType::Boolean;
        let column = if flags { column.cast(&DataType::Int8)? } else { column.clone() };
        let texts = column.cast(&DataType::String)?;
        Ok(texts.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    })
}
