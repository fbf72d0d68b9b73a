//! Raw tables in Parquet, row group by row group, as the same text cells a CSV file would give.

use std::borrow::Cow;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::layout::{INSTANT, LOCAL, TIME_PREFIXES};
use crate::ingest::parquet_file::library;
use crate::ingest::parquet_flat::FlatParquet;
use crate::ingest::quarantine::Reason;
use crate::ingest::shape::{Rows, Shape};
use crate::ingest::source::Partition;
use crate::job::Job;

/// Rows per unit of parallel work.
const CHUNK: usize = 32_768;
/// Bytes that may be an id, where they are no text.
const LONGEST_ID: usize = 64;
/// Units that are parsed before the first of them is taken.
const AT_ONCE: usize = 64;

/// Reads a table as [`super::table::read_table`] does; rows are numbered from 1.
pub(super) fn read_parquet<const N: usize, R: Rows<N>>(
    path: &Path,
    columns: &impl Shape<N>,
    job: &Job,
    start: &(impl Fn() -> R + Sync),
    take: &mut impl FnMut(R, u64) -> Result<()>,
) -> Result<bool> {
    let file = FlatParquet::open(path, job)?;
    let partition = Partition::of(path);
    let mut names = file.names();
    let own = names.len();
    names.extend(partition.names.iter().map(String::as_str));
    let located = columns.locate(path, &names)?;
    // What folders tell is the same in every row.
    let constant = located.map(|place| place.and_then(|at| partition.values.get(at.checked_sub(own)?)));
    let places = located.map(|place| place.filter(|&at| at < own));
    let mut projection: Vec<usize> = places.iter().filter_map(|place| *place).collect();
    projection.sort_unstable();
    projection.dedup();

    let mut first = 0;
    let groups = file.groups().len().max(1) as u64;
    for group in file.groups() {
        job.check()?;
        let (rows, table) = file.columns(group, &projection, group.num_rows(), job)?;
        let series: [Option<&Series>; N] = places.map(|place| {
            let at = projection.binary_search(&place?).ok()?;
            table.get(at)
        });
        let starts: Vec<usize> = (0..rows).step_by(CHUNK).collect();
        for starts in starts.chunks(AT_ONCE) {
            let parsed = starts.par_iter().map(|&from| {
                job.check()?;
                let count = CHUNK.min(rows - from);
                let mut cells: [Option<StringChunked>; N] = [const { None }; N];
                for (cell, series) in cells.iter_mut().zip(series) {
                    if let Some(series) = series {
                        *cell = Some(text_of(path, &series.slice(from as i64, count), columns)?);
                    }
                }
                let mut rows_read = start();
                for row in 0..count {
                    read_row(&cells, &constant, row, &mut rows_read);
                }
                Ok(rows_read)
            });
            for (rows, from) in parsed.collect::<Result<Vec<R>>>()?.into_iter().zip(starts) {
                job.check()?;
                take(rows, (first + from + 1) as u64)?;
            }
        }
        first += rows;
        job.advance(file.bytes() / groups);
    }
    Ok(located.iter().all(Option::is_some))
}

fn read_row<const N: usize, R: Rows<N>>(
    cells: &[Option<StringChunked>; N],
    constant: &[Option<&String>; N],
    row: usize,
    rows: &mut R,
) {
    let mut texts = [""; N];
    for ((text, column), constant) in texts.iter_mut().zip(cells).zip(constant) {
        let cell = column.as_ref().and_then(|column| column.get(row));
        *text = cell.or(constant.map(String::as_str)).unwrap_or("").trim_ascii();
    }
    let outcome = rows.row(&texts);
    if let Err(reason) = outcome {
        let reason: Reason = reason;
        rows.reject(row as u64, reason, texts.join(",").replace(TIME_PREFIXES, "").as_bytes());
    }
}

/// A column as text: timestamps as UTC milliseconds, whole floats (how pandas keeps integers with gaps) as integers.
fn text_of<const N: usize>(path: &Path, column: &Series, shape: &impl Shape<N>) -> Result<StringChunked> {
    if !has_text(column.dtype(), shape) {
        let kind = column.dtype();
        let what = format!("column `{}` has type {kind}; store it as integer, text or timestamp", column.name());
        return Err(Error::Input { path: path.to_path_buf(), line: None, what });
    }
    library(path, || written(column, shape))
}

/// Whether values of a type can be cells.
fn has_text<const N: usize>(kind: &DataType, shape: &impl Shape<N>) -> bool {
    match kind {
        DataType::Date => !shape.instant(false).is_empty(),
        DataType::String
        | DataType::Binary
        | DataType::Decimal(..)
        | DataType::Datetime(..)
        | DataType::Boolean
        | DataType::Null => true,
        kind => kind.is_integer() || kind.is_float() || kind.is_categorical(),
    }
}

fn written<const N: usize>(column: &Series, shape: &impl Shape<N>) -> PolarsResult<StringChunked> {
    let text = match column.dtype() {
        DataType::String => column.clone(),
        DataType::Binary => {
            let bytes = column.binary()?;
            bytes.iter().map(|bytes| bytes.and_then(text_of_bytes)).collect::<StringChunked>().into_series()
        }
        DataType::Datetime(unit, zone) => {
            let per_ms = match unit {
                TimeUnit::Nanoseconds => 1_000_000,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Milliseconds => 1,
            };
            let instants = column.to_physical_repr();
            let instants = instants.i64()?;
            let instants = instants.apply_values(|instant| instant.div_euclid(per_ms));
            marked(instants, shape.instant(zone.is_some()))?
        }
        DataType::Date => {
            let days = column.to_physical_repr();
            let days = days.i32()?;
            let midnights = days.iter().map(|day| day.map(|day| i64::from(day) * 86_400_000)).collect();
            marked(midnights, shape.instant(false))?
        }
        DataType::Float32 | DataType::Float64 => {
            let numbers = column.cast(&DataType::Float64)?;
            let numbers = numbers.f64()?;
            let text = |number: f64| {
                if number.fract() == 0.0 && number.abs() < 9e15 {
                    (number as i64).to_string()
                } else {
                    number.to_string()
                }
            };
            let texts = numbers.iter().map(|number| number.filter(|number| !number.is_nan()).map(text));
            texts.collect::<StringChunked>().into_series()
        }
        _ => column.cast(&DataType::String)?,
    };
    Ok(text.rechunk().str()?.clone())
}

/// Older writers of Parquet store text as bytes; of other bytes that are short enough for an id the hexadecimal digits, of
/// sixteen as a UUID is written.
fn text_of_bytes(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let is_printed = |text: &&str| !text.chars().any(|letter| letter.is_control() && !letter.is_whitespace());
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(is_printed) {
        return Some(Cow::Borrowed(text));
    }
    (bytes.len() <= LONGEST_ID).then(|| {
        let mut text = String::with_capacity(bytes.len() * 2 + 4);
        for (at, byte) in bytes.iter().enumerate() {
            if bytes.len() == 16 && [4, 6, 8, 10].contains(&at) {
                text.push('-');
            }
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        Cow::Owned(text)
    })
}

/// Milliseconds as text behind `mark`.
fn marked(instants: Int64Chunked, mark: &str) -> PolarsResult<Series> {
    if mark.is_empty() {
        return instants.into_series().cast(&DataType::String);
    }
    let texts = instants.iter().map(|instant| instant.map(|at| format!("{mark}{at}")));
    Ok(texts.collect::<StringChunked>().into_series())
}

/// The names of a file's columns.
pub(super) fn column_names(path: &Path) -> Result<Vec<String>> {
    let file = FlatParquet::open(path, &Job::new())?;
    Ok(file.names().into_iter().map(ToOwned::to_owned).collect())
}

/// Hands the names of a file's columns and then every row to `each`, as cells of text: of its rows the first `most`.
pub(super) fn for_each_text(
    path: &Path,
    most: u64,
    job: &Job,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    let file = FlatParquet::open(path, job)?;
    let names = file.names();
    each(&names)?;
    let readable: Vec<usize> = (0..names.len()).collect();
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    for group in file.groups() {
        job.check()?;
        let (rows, table) = file.columns(group, &readable, group.num_rows().min(left), job)?;
        let texts = table.par_iter().map(|column| {
            // What cannot be a cell is empty.
            let fits = has_text(column.dtype(), &Marked);
            fits.then(|| text_of(path, column, &Marked)).transpose()
        });
        let texts = texts.collect::<Result<Vec<Option<StringChunked>>>>()?;
        let rows = rows.min(left);
        let mut cells: Vec<&str> = Vec::with_capacity(texts.len());
        for row in 0..rows {
            cells.clear();
            cells.extend(
                texts.iter().map(|column| column.as_ref().and_then(|column| column.get(row)).unwrap_or_default()),
            );
            each(&cells)?;
        }
        left -= rows;
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// A shape of no columns, by which stored times are told apart from text.
struct Marked;

impl Shape<0> for Marked {
    fn instant(&self, zoned: bool) -> &'static str {
        if zoned { INSTANT } else { LOCAL }
    }

    fn locate(&self, _: &Path, _: &[&str]) -> Result<[Option<usize>; 0]> {
        Ok([])
    }

    fn expected(&self) -> String {
        "columns".to_owned()
    }
}

/// The first rows of a file's first and last row group, as cells of a shape; of the columns that are wanted alone.
pub(super) fn sampled_cells<const N: usize>(
    path: &Path,
    columns: &impl Shape<N>,
    wanted: impl Fn(usize) -> bool,
    rows: usize,
    job: &Job,
) -> Result<Vec<Vec<[String; N]>>> {
    let file = FlatParquet::open(path, job)?;
    let partition = Partition::of(path);
    let mut names = file.names();
    let own = names.len();
    names.extend(partition.names.iter().map(String::as_str));
    // A file that lacks a column is refused where it is read.
    let located = columns.locate(path, &names).unwrap_or([None; N]);
    let mut places = located.map(|place| place.filter(|&at| at < own));
    places.iter_mut().enumerate().filter(|(cell, _)| !wanted(*cell)).for_each(|(_, place)| *place = None);
    let mut projection: Vec<usize> = places.iter().filter_map(|place| *place).collect();
    projection.sort_unstable();
    projection.dedup();
    let last = file.groups().len().saturating_sub(1);
    let mut sampled = Vec::new();
    for (_, group) in file.groups().enumerate().filter(|(at, _)| *at == 0 || *at == last) {
        job.check()?;
        let (count, table) = file.columns(group, &projection, rows, job)?;
        let mut cells: Vec<[String; N]> = vec![[const { String::new() }; N]; count];
        for (cell, place) in places.iter().enumerate() {
            let series = place.and_then(|place| table.get(projection.binary_search(&place).ok()?));
            let Some(series) = series.filter(|series| has_text(series.dtype(), columns)) else { continue };
            for (text, row) in text_of(path, series, columns)?.iter().zip(&mut cells) {
                text.unwrap_or_default().trim().clone_into(&mut row[cell]);
            }
        }
        sampled.push(cells);
    }
    Ok(sampled)
}

/// The columns' names and the first rows of a file, stored times behind [`INSTANT`] or [`LOCAL`].
pub(super) fn first_rows(path: &Path, rows: usize, job: &Job) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let file = FlatParquet::open(path, job)?;
    let names: Vec<String> = file.names().into_iter().map(ToOwned::to_owned).collect();
    let (height, columns) = file.head(rows, job)?;
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); height];
    for series in &columns {
        job.check()?;
        // A column of a type that no role can have is shown as empty.
        let texts = if has_text(series.dtype(), &Marked) { Some(text_of(path, series, &Marked)?) } else { None };
        for (row, cells) in cells.iter_mut().enumerate() {
            let text = texts.as_ref().and_then(|texts| texts.get(row)).unwrap_or_default();
            cells.push(text.trim().to_owned());
        }
    }
    Ok((names, cells))
}
