//! Rows to files: one code path for the screen and the command line.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde_json::{Map, Number, Value};

use super::cell::{Cell, cell_of, iso};
use crate::error::{Error, Result};
use crate::job::Job;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// Parquet with zstd.
    Parquet,
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    Json,
}

impl Format {
    /// The format that a file's ending names.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Leave text cells that a spreadsheet would run as a formula as they are.
    pub raw: bool,
    /// Replace an existing file.
    pub overwrite: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file, in full.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
}

/// Rows between two looks at the cancel flag.
const ROWS_PER_STEP: usize = 8192;

/// Writes every row of `frame` to `path`: to a temporary file beside it first, renamed at the end, so that a cancel, a
/// crash or a full disk leaves no part of a file. An existing file is refused unless `overwrite` is set.
pub fn export(frame: &DataFrame, path: &Path, format: Format, options: &ExportOptions, job: &Job) -> Result<Exported> {
    let path = std::path::absolute(path).map_err(Error::io(path))?;
    if path.is_dir() {
        return Err(Error::Config(format!("{} is a folder; name a file in it", path.display())));
    }
    if path.exists() && !options.overwrite {
        return Err(Error::Config(format!("{} exists; choose another name or --overwrite it", path.display())));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = Temporary(path.with_file_name(name));
    let file = File::create(&temporary.0).map_err(Error::io(&temporary.0))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let rows = write_rows(&mut out, frame, format, options, job).map_err(|error| named(error, &temporary.0))?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error).map_err(Error::io(&temporary.0))?;
    file.sync_all().map_err(Error::io(&temporary.0))?;
    let bytes = file.metadata().map_err(Error::io(&temporary.0))?.len();
    fs::rename(&temporary.0, &path).map_err(Error::io(&path))?;
    Ok(Exported { path, rows, bytes })
}

/// Puts the file's name into an error of the stream.
fn named(error: Error, path: &Path) -> Error {
    match error {
        Error::Io { source, .. } => Error::Io { path: path.to_path_buf(), source },
        other => other,
    }
}

/// Removed when dropped, unless it was renamed by then.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and that is no error.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes every row of `frame` to a stream and returns their number.
pub fn write_rows(
    out: &mut dyn Write,
    frame: &DataFrame,
    format: Format,
    options: &ExportOptions,
    job: &Job,
) -> Result<u64> {
    job.begin("rows", frame.height() as u64);
    match format {
        Format::Csv => csv(out, frame, options, job)?,
        Format::JsonLines => json(out, frame, job, "", "\n", "\n")?,
        Format::Json => json(out, frame, job, "[\n", ",\n", "\n]\n")?,
        Format::Parquet => {
            ParquetWriter::new(&mut *out)
                .with_compression(ParquetCompression::Zstd(None))
                .finish(&mut frame.clone())?;
        }
    }
    out.flush().map_err(Error::io("output"))?;
    Ok(frame.height() as u64)
}

fn step(row: usize, job: &Job) -> Result<()> {
    if row.is_multiple_of(ROWS_PER_STEP) {
        job.check()?;
        job.advance(ROWS_PER_STEP as u64);
    }
    Ok(())
}

fn csv(out: &mut dyn Write, frame: &DataFrame, options: &ExportOptions, job: &Job) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let failed = |error: csv::Error| Error::Io { path: "output".into(), source: io::Error::from(error) };
    writer.write_record(frame.get_column_names().iter().map(|name| name.as_str())).map_err(failed)?;
    for row in 0..frame.height() {
        step(row, job)?;
        for column in frame.columns() {
            writer.write_field(csv_field(&cell_of(column, row), options.raw)).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer.flush().map_err(Error::io("output"))
}

/// A cell in full precision; text that a spreadsheet would run gets an apostrophe in front unless `raw`.
fn csv_field(cell: &Cell, raw: bool) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Time(time) => iso(*time),
        Cell::Text(text) if !raw && text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
    }
}

fn json(out: &mut dyn Write, frame: &DataFrame, job: &Job, open: &str, between: &str, close: &str) -> Result<()> {
    let failed = Error::io("output");
    let mut write = |text: &str| out.write_all(text.as_bytes());
    let written = (|| {
        write(open)?;
        for row in 0..frame.height() {
            if step(row, job).is_err() {
                return Ok(false);
            }
            let object: Map<String, Value> =
                frame.columns().iter().map(|column| (column.name().to_string(), json_value(column, row))).collect();
            if row > 0 {
                write(between)?;
            }
            write(&Value::Object(object).to_string())?;
        }
        if frame.height() > 0 || !open.is_empty() {
            write(close)?;
        }
        io::Result::Ok(true)
    })();
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::Cancelled),
        Err(error) => Err(failed(error)),
    }
}

fn json_value(column: &Column, row: usize) -> Value {
    if let Ok(AnyValue::List(values)) = column.get(row) {
        let values = values.into_column();
        return (0..values.len()).map(|at| json_cell(cell_of(&values, at))).collect();
    }
    json_cell(cell_of(column, row))
}

fn json_cell(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(yes) => Value::Bool(yes),
        Cell::Int(value) => value.into(),
        Cell::Float(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
        Cell::Text(text) => Value::String(text),
        Cell::Time(time) => Value::String(iso(time)),
    }
}
