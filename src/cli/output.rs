//! Rows on stdout: aligned columns, CSV or JSON.

use std::io::Write;

use polars::prelude::DataFrame;
use unicode_width::UnicodeWidthStr;

use super::args::RowFormat;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::{Cell, ExportOptions, Format, cell_at, write_rows};

/// No column of a table is wider than this.
const WIDEST: usize = 40;

/// Prints every row of `frame`.
pub fn print(frame: &DataFrame, format: RowFormat) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let options = ExportOptions { raw: true, ..ExportOptions::default() };
    match format {
        RowFormat::Table => out.write_all(table(frame).as_bytes()).map_err(Error::io("stdout"))?,
        RowFormat::Csv => write_rows(&mut out, frame, Format::Csv, &options, &Job::new()).map(|_| ())?,
        RowFormat::Json => write_rows(&mut out, frame, Format::Json, &options, &Job::new()).map(|_| ())?,
    }
    out.flush().map_err(Error::io("stdout"))
}

fn table(frame: &DataFrame) -> String {
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let cells: Vec<Vec<Cell>> =
        (0..names.len()).map(|column| (0..frame.height()).map(|row| cell_at(frame, row, column)).collect()).collect();
    let columns: Vec<(Vec<String>, bool)> = names
        .iter()
        .zip(&cells)
        .map(|(name, cells)| {
            let numeric = cells.iter().any(|cell| matches!(cell, Cell::Int(_) | Cell::Float(_)));
            let texts = std::iter::once(fit(name)).chain(cells.iter().map(|cell| fit(&cell.to_string())));
            (texts.collect(), numeric)
        })
        .collect();
    let widths: Vec<usize> =
        columns.iter().map(|(texts, _)| texts.iter().map(|text| text.width()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in 0..=frame.height() {
        let mut line = String::new();
        for ((texts, numeric), width) in columns.iter().zip(&widths) {
            let padding = " ".repeat(width.saturating_sub(texts[row].width()));
            let (before, after) = if *numeric { (padding.as_str(), "") } else { ("", padding.as_str()) };
            line.push_str(before);
            line.push_str(&texts[row]);
            line.push_str(after);
            line.push_str("  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A cell on one line, without control characters, cut with an ellipsis at [`WIDEST`] columns.
fn fit(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    if clean.width() <= WIDEST {
        return clean;
    }
    let mut cut = String::new();
    for letter in clean.chars() {
        if cut.width() + letter.to_string().width() >= WIDEST {
            break;
        }
        cut.push(letter);
    }
    cut.push('…');
    cut
}

/// A whole number with separators: `1,407,580`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
