//! The formats that rows can be written in, each with its writer. The export dialog, `--format`, its completions, the
//! errors and `docs/export.md` have what they say of a format from its entry in [`Format::ALL`].

use std::io::{self, Write};
use std::ops::Deref;
use std::path::Path;

use polars::prelude::*;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::spreadsheet::{self, Dialect, Style};
use crate::store::blocks::Blocks;
use crate::store::cell::{Cell, cell_of, iso};
use crate::store::xlsx;
use crate::text;
use crate::text::{Form, shown_path};

/// A file format: one entry of [`Format::ALL`]. Two are equal when their names are.
#[derive(Clone, Copy, Debug)]
pub struct Format(&'static FormatEntry);

/// All there is to say of a file format.
#[derive(Debug)]
pub struct FormatEntry {
    /// What `--format` calls it.
    pub name: &'static str,
    /// What the dialog calls it.
    pub title: &'static str,
    /// What it is, in a few words.
    pub words: &'static str,
    /// The endings of its files, the usual one first; none belongs to two formats.
    pub endings: &'static [&'static str],
    /// What its bytes are, so that a terminal can show them; `None` where they are no text.
    pub form: Option<Form>,
    /// Whether a spreadsheet that opens it runs text that looks like a formula.
    pub runs_formulas: bool,
    write: Writer,
}

/// Writes every row to a stream and counts them, in a style as far as the format has to do with it.
type Writer = fn(&mut dyn Write, Blocks<'_>, Style, &Job) -> Result<u64>;

impl Format {
    /// Every format, in the order of the dialog.
    pub const ALL: &'static [Self] = &[
        Self(&FormatEntry {
            name: "csv",
            title: "CSV",
            words: "comma-separated values (RFC 4180)",
            endings: &["csv"],
            form: Some(Form::Lines),
            runs_formulas: true,
            write: csv,
        }),
        Self(&FormatEntry {
            name: "parquet",
            title: "Parquet",
            words: "columns with their types, compressed with zstd",
            endings: &["parquet"],
            form: None,
            runs_formulas: false,
            write: |out, rows, _, job| parquet(out, rows, job),
        }),
        Self(&FormatEntry {
            name: "jsonl",
            title: "JSON Lines",
            words: "one JSON object a line",
            endings: &["jsonl", "ndjson"],
            form: Some(Form::Json),
            runs_formulas: false,
            write: |out, rows, _, job| {
                json(out, rows, job, &Punctuation { open: "", between: "\n", close: "\n", empty: "" })
            },
        }),
        Self(&FormatEntry {
            name: "json",
            title: "JSON",
            words: "one JSON array of objects",
            endings: &["json"],
            form: Some(Form::Json),
            runs_formulas: false,
            write: |out, rows, _, job| {
                json(out, rows, job, &Punctuation { open: "[\n", between: ",\n", close: "\n]\n", empty: "[]\n" })
            },
        }),
        Self(&FormatEntry {
            name: "xlsx",
            title: "Excel",
            words: "a workbook of one sheet, for Excel, LibreOffice and Google Sheets",
            endings: &["xlsx"],
            form: None,
            runs_formulas: false,
            write: |out, rows, _, job| xlsx::write(out, rows, job),
        }),
    ];

    /// The format that a file's ending names. [`Error::Config`] with the endings there are, where it names none.
    pub fn of_path(path: &Path) -> Result<Self> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let named = Self::ALL.iter().find(|format| format.endings.contains(&ending.as_str()));
        named.copied().ok_or_else(|| {
            let path = shown_path(path);
            Error::Config(format!("{path}: name the file {} to choose its format", Self::usual_endings("or")))
        })
    }

    /// The usual ending of every format: `.csv, .parquet, .jsonl or .json`.
    pub fn usual_endings(conjunction: &str) -> String {
        let endings: Vec<String> = Self::ALL.iter().map(|format| format!(".{}", format.ending())).collect();
        match endings.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} {conjunction} {last}", others.join(", ")),
            _ => endings.concat(),
        }
    }

    /// The usual ending of its files, without the point.
    pub fn ending(self) -> &'static str {
        self.endings.first().copied().unwrap_or(self.name)
    }

    /// Whether it is written in dialects.
    pub fn has_dialects(self) -> bool {
        self.runs_formulas
    }

    /// Writes every row and returns their number.
    pub(super) fn write(self, out: &mut dyn Write, rows: Blocks<'_>, style: Style, job: &Job) -> Result<u64> {
        (self.0.write)(out, rows, style, job)
    }
}

impl Deref for Format {
    type Target = FormatEntry;

    fn deref(&self) -> &FormatEntry {
        self.0
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// Rows between two looks at the cancel flag.
const ROWS_PER_STEP: usize = 8192;

/// Rows of a Parquet row group.
const ROW_GROUP: usize = 128 * 1024;

fn parquet(out: &mut dyn Write, rows: Blocks<'_>, job: &Job) -> Result<u64> {
    let failed = |error: PolarsError| match error {
        PolarsError::IO { error, .. } => Error::Io { path: "output".into(), source: io::Error::other(error) },
        other => other.into(),
    };
    let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Zstd(None));
    let mut writer = writer.batched(rows.head().schema()).map_err(failed)?;
    let mut written = 0;
    for block in rows {
        let block = block?;
        for start in (0..block.height()).step_by(ROW_GROUP) {
            job.check()?;
            let group = block.slice(start as i64, ROW_GROUP);
            writer.write_batch(&group).map_err(failed)?;
            job.advance(group.height() as u64);
            written += group.height() as u64;
        }
    }
    writer.finish().map_err(failed)?;
    Ok(written)
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

fn csv(out: &mut dyn Write, rows: Blocks<'_>, style: Style, job: &Job) -> Result<u64> {
    out.write_all(style.dialect.mark().as_bytes()).map_err(Error::io("output"))?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .delimiter(style.dialect.delimiter())
        .from_writer(out);
    let failed = |error: csv::Error| {
        // The stream's own error, so that a closed pipe and a full disk are known by their kind.
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => io::Error::other(format!("{other:?}")),
        };
        Error::Io { path: "output".into(), source }
    };
    for name in rows.head().get_column_names() {
        writer.write_field(csv_field(&Cell::Text(name.to_string()), style)).map_err(failed)?;
    }
    writer.write_record(None::<&[u8]>).map_err(failed)?;
    let mut written = 0;
    for block in rows {
        let block = block?;
        for row in 0..block.height() {
            step(row, job)?;
            for column in block.columns() {
                writer.write_field(csv_field(&cell_of(column, row), style)).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
        }
        last_step(block.height(), job);
        written += block.height() as u64;
    }
    writer.flush().map_err(Error::io("output"))?;
    Ok(written)
}

/// A cell in full precision; text that a spreadsheet would run gets an apostrophe in front unless it is to stay raw.
fn csv_field(cell: &Cell, style: Style) -> String {
    match cell {
        Cell::Float(value) if style.dialect == Dialect::Excel => value.to_string().replace('.', ","),
        // Excel takes this for a time, and neither a T nor a Z.
        Cell::Time(time) if style.dialect == Dialect::Excel => {
            let at = iso(*time);
            at.split_once('.').map_or(at.as_str(), |(whole, _)| whole).replace('T', " ")
        }
        Cell::Null => String::new(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Time(time) => iso(*time),
        Cell::Text(text) | Cell::Unreadable(text) if style.raw => text.clone(),
        Cell::Text(text) | Cell::Unreadable(text) => spreadsheet::neutral(text).into_owned(),
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

fn json(out: &mut dyn Write, rows: Blocks<'_>, job: &Job, around: &Punctuation) -> Result<u64> {
    let failed = |source: io::Error| Error::Io { path: "output".into(), source };
    let names: Vec<String> = rows
        .head()
        .get_column_names()
        .iter()
        .map(|name| text::data_json(&Value::from(name.as_str()).to_string()).into_owned())
        .collect();
    let mut line = Vec::new();
    let mut written = 0;
    for block in rows {
        let block = block?;
        for row in 0..block.height() {
            step(row, job)?;
            line.clear();
            line.extend_from_slice(if written == 0 { around.open } else { around.between }.as_bytes());
            for (at, (name, column)) in names.iter().zip(block.columns()).enumerate() {
                line.push(if at == 0 { b'{' } else { b',' });
                line.extend_from_slice(name.as_bytes());
                line.push(b':');
                json_value(&mut line, column, row).map_err(|error| failed(error.into()))?;
            }
            line.push(b'}');
            out.write_all(&line).map_err(failed)?;
            written += 1;
        }
        last_step(block.height(), job);
    }
    out.write_all(if written == 0 { around.empty } else { around.close }.as_bytes()).map_err(failed)?;
    Ok(written)
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
        Cell::Text(text) | Cell::Unreadable(text) => {
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
