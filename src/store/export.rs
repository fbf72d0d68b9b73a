//! Rows to files: one code path for the screen and the command line.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::files::{self, NewFile, Share};
use crate::job::Job;
use crate::store::cell::{Cell, cell_of, iso};
use crate::{spreadsheet, text};

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
    /// Who may read and write a new file. One that is replaced keeps its permissions.
    pub share: Share,
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

/// Rows of a Parquet row group.
const ROW_GROUP: usize = 128 * 1024;

/// Writes every row of `frame` to `path`: to a temporary file beside it first, renamed at the end, so that a cancel, a
/// crash or a full disk leaves no part of a file. An existing file is refused unless `overwrite` is set; what is no file
/// (a folder, a device, a pipe, a link) is always refused.
pub fn export(frame: &DataFrame, path: &Path, format: Format, options: &ExportOptions, job: &Job) -> Result<Exported> {
    let path = std::path::absolute(path).map_err(Error::io(path))?;
    let refused = |why: &str| Err(Error::Config(format!("{} {why}", path.display())));
    if !path.parent().is_some_and(Path::is_dir) {
        return refused("lies in no existing folder; make the folder first, or choose another");
    }
    files::refuse_link(&path)?;
    match fs::metadata(&path) {
        Ok(there) if there.is_dir() => return refused("is a folder; name a file in it"),
        Ok(there) if !there.is_file() => return refused("is no file that an export could replace"),
        Ok(_) if !options.overwrite => return refused("exists; choose another name or --overwrite it"),
        _ => {}
    }
    let new = NewFile::beside(&path, options.share)?;
    let mut out = BufWriter::with_capacity(1 << 20, new);
    let rows = write_rows(&mut out, frame, format, options, job).map_err(|error| named(error, &path))?;
    let new = out.into_inner().map_err(io::IntoInnerError::into_error).map_err(Error::io(&path))?;
    let bytes = new.commit()?;
    Ok(Exported { path, rows, bytes })
}

/// Puts the file's name into an error of the stream.
fn named(error: Error, path: &Path) -> Error {
    match error {
        Error::Io { source, .. } => Error::Io { path: path.to_path_buf(), source },
        other => other,
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
        Format::Csv => csv(out, frame, options.raw, job)?,
        Format::JsonLines => json(out, frame, job, &Punctuation { open: "", between: "\n", close: "\n", empty: "" })?,
        Format::Json => {
            json(out, frame, job, &Punctuation { open: "[\n", between: ",\n", close: "\n]\n", empty: "[]\n" })?;
        }
        Format::Parquet => parquet(out, frame, job)?,
    }
    out.flush().map_err(Error::io("output"))?;
    Ok(frame.height() as u64)
}

fn parquet(out: &mut dyn Write, frame: &DataFrame, job: &Job) -> Result<()> {
    let failed = |error: PolarsError| match error {
        PolarsError::IO { error, .. } => Error::Io { path: "output".into(), source: io::Error::other(error) },
        other => other.into(),
    };
    let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Zstd(None));
    let mut writer = writer.batched(frame.schema()).map_err(failed)?;
    for start in (0..frame.height()).step_by(ROW_GROUP) {
        job.check()?;
        let group = frame.slice(start as i64, ROW_GROUP);
        writer.write_batch(&group).map_err(failed)?;
        job.advance(group.height() as u64);
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

/// Called at each row: looks at the cancel flag and counts the rows written since it last did.
fn step(row: usize, job: &Job) -> Result<()> {
    if row.is_multiple_of(ROWS_PER_STEP) {
        job.check()?;
        job.advance(row.min(ROWS_PER_STEP) as u64);
    }
    Ok(())
}

/// Counts the rows since the last step.
fn last_step(rows: usize, job: &Job) {
    job.advance((rows - rows.saturating_sub(1) / ROWS_PER_STEP * ROWS_PER_STEP) as u64);
}

fn csv(out: &mut dyn Write, frame: &DataFrame, raw: bool, job: &Job) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let failed = |error: csv::Error| {
        // The stream's own error, so that a closed pipe and a full disk are known by their kind.
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => io::Error::other(format!("{other:?}")),
        };
        Error::Io { path: "output".into(), source }
    };
    for name in frame.get_column_names() {
        writer.write_field(csv_field(&Cell::Text(name.to_string()), raw)).map_err(failed)?;
    }
    writer.write_record(None::<&[u8]>).map_err(failed)?;
    for row in 0..frame.height() {
        step(row, job)?;
        for column in frame.columns() {
            writer.write_field(csv_field(&cell_of(column, row), raw)).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    last_step(frame.height(), job);
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
        Cell::Text(text) if raw => text.clone(),
        Cell::Text(text) => spreadsheet::neutral(text).into_owned(),
    }
}

/// What stands around and between JSON objects.
struct Punctuation {
    open: &'static str,
    between: &'static str,
    close: &'static str,
    /// The whole output without a row.
    empty: &'static str,
}

fn json(out: &mut dyn Write, frame: &DataFrame, job: &Job, around: &Punctuation) -> Result<()> {
    let failed = |source: io::Error| Error::Io { path: "output".into(), source };
    if frame.height() == 0 {
        return out.write_all(around.empty.as_bytes()).map_err(failed);
    }
    let names: Vec<String> = frame
        .get_column_names()
        .iter()
        .map(|name| text::data_json(&Value::from(name.as_str()).to_string()).into_owned())
        .collect();
    let mut line = Vec::new();
    for row in 0..frame.height() {
        step(row, job)?;
        line.clear();
        line.extend_from_slice(if row == 0 { around.open } else { around.between }.as_bytes());
        for (at, (name, column)) in names.iter().zip(frame.columns()).enumerate() {
            line.push(if at == 0 { b'{' } else { b',' });
            line.extend_from_slice(name.as_bytes());
            line.push(b':');
            json_value(&mut line, column, row).map_err(|error| failed(error.into()))?;
        }
        line.push(b'}');
        out.write_all(&line).map_err(failed)?;
    }
    last_step(frame.height(), job);
    out.write_all(around.close.as_bytes()).map_err(failed)
}

fn json_value(line: &mut Vec<u8>, column: &Column, row: usize) -> serde_json::Result<()> {
    let Ok(AnyValue::List(values)) = column.get(row) else {
        return json_cell(line, &cell_of(column, row));
    };
    let values = values.into_column();
    line.push(b'[');
    for at in 0..values.len() {
        if at > 0 {
            line.push(b',');
        }
        json_cell(line, &cell_of(&values, at))?;
    }
    line.push(b']');
    Ok(())
}

/// A cell in full precision; null and what JSON has no number for is `null`.
fn json_cell(line: &mut Vec<u8>, cell: &Cell) -> serde_json::Result<()> {
    match cell {
        Cell::Null => serde_json::to_writer(line, &()),
        Cell::Bool(yes) => serde_json::to_writer(line, yes),
        Cell::Int(value) => serde_json::to_writer(line, value),
        Cell::Float(value) => serde_json::to_writer(line, value),
        Cell::Text(text) => {
            let start = line.len();
            serde_json::to_writer(&mut *line, text)?;
            // DEL, or the first byte of a C1 character: few texts hold either.
            if line[start..].iter().any(|byte| matches!(byte, 0x7f | 0xc2)) {
                line.truncate(start);
                line.extend_from_slice(text::data_json(&serde_json::to_string(text)?).as_bytes());
            }
            Ok(())
        }
        Cell::Time(time) => serde_json::to_writer(line, &iso(*time)),
    }
}
