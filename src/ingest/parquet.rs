//! Raw tables in Parquet, row group by row group, as the same text cells a CSV file would give.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use super::layout::{INSTANT, LOCAL, MARKS};
use super::quarantine::Reason;
use super::table::{Rows, Shape};
use crate::error::{Error, Result};
use crate::job::Job;

/// Rows per unit of parallel work.
const CHUNK: usize = 32_768;

/// Reads a table as [`super::table::read_table`] does; rows are numbered from 1.
pub(super) fn read_parquet<const N: usize, R: Rows<N>>(
    path: &Path,
    columns: &impl Shape<N>,
    job: &Job,
    start: &(impl Fn() -> R + Sync),
    take: &mut impl FnMut(R, u64) -> Result<()>,
) -> Result<bool> {
    let damaged = |error: PolarsError| {
        let what = format!("cannot be read as Parquet: {error}");
        Error::Input { path: path.to_path_buf(), line: None, what }
    };
    let file = File::open(path).map_err(Error::io(path))?;
    let bytes = file.metadata().map_err(Error::io(path))?.len();
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().map_err(damaged)?;
    let metadata = reader.get_metadata().map_err(damaged)?.clone();
    let headers: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).collect();
    let places = columns.locate(path, &headers)?;
    let mut projection: Vec<usize> = places.iter().filter_map(|place| *place).collect();
    projection.sort_unstable();
    projection.dedup();

    let mut first = 0;
    for group in &metadata.row_groups {
        job.check()?;
        let rows = group.num_rows();
        let file = File::open(path).map_err(Error::io(path))?;
        let mut reader =
            ParquetReader::new(file).with_projection(Some(projection.clone())).with_slice(Some((first, rows)));
        reader.set_metadata(metadata.clone());
        let table = reader.finish().map_err(damaged)?;
        let mut cells: [Option<StringChunked>; N] = [const { None }; N];
        for (cell, place) in cells.iter_mut().zip(&places) {
            if let Some(place) = place {
                let column = table.column(headers[*place]).map_err(damaged)?;
                *cell = Some(text_of(path, column.as_materialized_series(), columns, damaged)?);
            }
        }
        let starts: Vec<usize> = (0..rows).step_by(CHUNK).collect();
        let parsed: Vec<R> = starts
            .par_iter()
            .map(|&from| {
                let mut rows_read = start();
                for row in from..rows.min(from + CHUNK) {
                    read_row(&cells, row, (row - from) as u64, &mut rows_read);
                }
                rows_read
            })
            .collect();
        for (rows, from) in parsed.into_iter().zip(starts) {
            job.check()?;
            take(rows, (first + from + 1) as u64)?;
        }
        first += rows;
        job.advance(bytes / metadata.row_groups.len().max(1) as u64);
    }
    Ok(places.iter().all(Option::is_some))
}

fn read_row<const N: usize, R: Rows<N>>(cells: &[Option<StringChunked>; N], row: usize, line: u64, rows: &mut R) {
    let mut texts = [""; N];
    for (text, column) in texts.iter_mut().zip(cells) {
        *text = column.as_ref().and_then(|column| column.get(row)).unwrap_or("").trim_ascii();
    }
    let outcome = rows.row(&texts);
    if let Err(reason) = outcome {
        let reason: Reason = reason;
        rows.reject(line, reason, texts.join(",").replace(MARKS, "").as_bytes());
    }
}

/// A column as text: timestamps as UTC milliseconds, whole floats (how pandas keeps integers with gaps) as integers.
fn text_of<const N: usize>(
    path: &Path,
    column: &Series,
    shape: &impl Shape<N>,
    damaged: impl Fn(PolarsError) -> Error,
) -> Result<StringChunked> {
    let text = match column.dtype() {
        DataType::String => column.clone(),
        DataType::Datetime(unit, zone) => {
            let per_ms = match unit {
                TimeUnit::Nanoseconds => 1_000_000,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Milliseconds => 1,
            };
            let instants = column.to_physical_repr();
            let instants = instants.i64().map_err(&damaged)?;
            let instants = instants.apply_values(|instant| instant.div_euclid(per_ms));
            marked(instants, shape.instant(zone.is_some())).map_err(&damaged)?
        }
        DataType::Date if !shape.instant(false).is_empty() => {
            let days = column.to_physical_repr();
            let days = days.i32().map_err(&damaged)?;
            let midnights = days.iter().map(|day| day.map(|day| i64::from(day) * 86_400_000)).collect();
            marked(midnights, shape.instant(false)).map_err(&damaged)?
        }
        DataType::Float32 | DataType::Float64 => {
            let numbers = column.cast(&DataType::Float64).map_err(&damaged)?;
            let numbers = numbers.f64().map_err(&damaged)?;
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
        kind if kind.is_integer() || kind.is_categorical() || matches!(kind, DataType::Boolean | DataType::Null) => {
            column.cast(&DataType::String).map_err(&damaged)?
        }
        other => {
            let what = format!("column `{}` has type {other}; store it as integer, text or timestamp", column.name());
            return Err(Error::Input { path: path.to_path_buf(), line: None, what });
        }
    };
    Ok(text.rechunk().str().map_err(damaged)?.clone())
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
    let mut reader = ParquetReader::new(File::open(path).map_err(Error::io(path))?);
    let schema = reader.schema().map_err(|error| {
        let what = format!("cannot be read as Parquet: {error}");
        Error::Input { path: path.to_path_buf(), line: None, what }
    })?;
    Ok(schema.iter_names().map(ToString::to_string).collect())
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

/// The columns' names and the first rows of a file, stored times behind [`INSTANT`] or [`LOCAL`].
pub(super) fn first_rows(path: &Path, rows: usize) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let damaged = |error: PolarsError| {
        let what = format!("cannot be read as Parquet: {error}");
        Error::Input { path: path.to_path_buf(), line: None, what }
    };
    let file = File::open(path).map_err(Error::io(path))?;
    let table = ParquetReader::new(file).with_slice(Some((0, rows))).finish().map_err(damaged)?;
    let mut names = Vec::new();
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); table.height()];
    for column in table.columns() {
        names.push(column.name().to_string());
        let series = column.as_materialized_series();
        // A column of a type that no role can have is shown as empty.
        let texts = text_of(path, series, &Marked, damaged).ok();
        for (row, cells) in cells.iter_mut().enumerate() {
            let text = texts.as_ref().and_then(|texts| texts.get(row)).unwrap_or_default();
            cells.push(text.trim().to_owned());
        }
    }
    Ok((names, cells))
}
