//! Rows on stdout: aligned columns, or any format that is text.

use polars::prelude::DataFrame;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::door;
use crate::cli::formats::RowFormat;
use crate::error::Result;
use crate::job::Job;
use crate::store::{Blocks, Cell, ExportOptions, cell_at, write_rows};
use crate::text::{Form, joining, shown};

/// No column of a table is wider than this.
const WIDEST: usize = 40;

/// How many rows are printed: as many as asked for, else `shown` in a table for people and all of them for programs.
pub fn limit(asked: Option<usize>, format: RowFormat, shown: usize) -> usize {
    asked.unwrap_or(if format == RowFormat::Table { shown } else { usize::MAX })
}

/// Prints every row; in CSV, text that a spreadsheet would run is kept from that unless `raw`.
pub fn print(rows: Blocks<'_>, format: RowFormat, raw: bool) -> Result<()> {
    let options = ExportOptions { raw, ..ExportOptions::default() };
    match format {
        RowFormat::Table => {
            // Widths are those of all rows.
            let mut frame = rows.head().clone();
            for block in rows {
                frame.vstack_mut(&block?)?;
            }
            door::text(&table(&frame));
            Ok(())
        }
        RowFormat::Rows(format) => door::data(format.form.unwrap_or(Form::Lines), |out| {
            write_rows(out, rows, format, &options, &Job::new()).map(|_| ())
        }),
    }
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

/// A cell on one line as it is [`shown`], cut with an ellipsis at [`WIDEST`] columns.
fn fit(text: &str) -> String {
    let whole = shown(text);
    if whole.width() <= WIDEST {
        return whole.into_owned();
    }
    let (mut cut, mut used) = (String::new(), 0);
    for letter in whole.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide >= WIDEST {
            break;
        }
        used += wide;
        cut.push(letter);
    }
    // Nothing is joined to the ellipsis.
    cut.truncate(cut.trim_end_matches(joining).len());
    cut.push('…');
    cut
}
