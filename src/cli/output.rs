//! Rows on stdout: aligned columns, or any format that is text.

use std::io::{self, IsTerminal as _};

use polars::prelude::DataFrame;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::door::{self, note};
use crate::cli::formats::RowFormat;
use crate::error::Result;
use crate::job::Job;
use crate::spreadsheet::Style;
use crate::store::{Blocks, Cell, ExportOptions, cell_at, write_rows};
use crate::text::{Form, joining, shown};

/// No column of a table is wider than this.
const WIDEST: usize = 40;
/// Columns of text are not shortened below this.
const NARROWEST: usize = 12;
/// Blanks between two columns.
const GAP: usize = 2;

/// How many rows are printed: as many as asked for, else `shown` in a table for people and all of them for programs.
pub fn limit(asked: Option<usize>, format: RowFormat, shown: usize) -> usize {
    asked.unwrap_or(if format == RowFormat::Table { shown } else { usize::MAX })
}

/// Prints every row; CSV in a style of its own.
pub fn print(rows: Blocks<'_>, format: RowFormat, style: Style) -> Result<()> {
    let options = ExportOptions { raw: style.raw, dialect: style.dialect, ..ExportOptions::default() };
    match format {
        RowFormat::Table => {
            // Widths are those of all rows.
            let mut frame = rows.head().clone();
            for block in rows {
                frame.vstack_mut(&block?)?;
            }
            let table = fitted(&frame);
            door::text(&table.lines);
            if let Some(missing) = table.missing {
                note!("{missing}; --columns chooses, and other formats have all");
            }
            Ok(())
        }
        RowFormat::Rows(format) => door::data(format.form.unwrap_or(Form::Lines), |out| {
            write_rows(out, rows, format, &options, &Job::new()).map(|_| ())
        }),
    }
}

/// A table as lines of text, and what of it is not seen.
pub struct Table {
    /// A heading and a line for each row.
    pub lines: String,
    /// Which columns are left out and whether text is cut; `None` where all is seen.
    pub missing: Option<String>,
}

/// The columns of the terminal on stdout, else those that `COLUMNS` speaks of; `None` where a table may be as wide as it
/// is, in a pipe or a file.
fn room() -> Option<usize> {
    let told = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok().filter(|columns| *columns > 0);
    if !io::stdout().is_terminal() {
        return told();
    }
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).or_else(told)
}

/// Aligned columns as wide as the terminal: text is shortened first, then the last columns are left out.
pub fn fitted(frame: &DataFrame) -> Table {
    let names = frame.get_column_names();
    let columns: Vec<Texts> = (0..names.len()).map(|column| Texts::of(frame, names[column], column)).collect();
    let room = room();
    let fit = widths(&columns, room.unwrap_or(usize::MAX));
    let mut lines = String::new();
    for row in 0..=frame.height() {
        let mut line = String::new();
        for (column, width) in columns.iter().zip(&fit) {
            let text = cut(&column.lines[row], *width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            let (before, after) = if column.numeric { (padding.as_str(), "") } else { ("", padding.as_str()) };
            line.push_str(before);
            line.push_str(&text);
            line.push_str(after);
            line.push_str(&" ".repeat(GAP));
        }
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    let shortened = columns.iter().zip(&fit).any(|(column, width)| column.widest > *width);
    let dropped = (fit.len() < columns.len()).then(|| format!("{} of {} columns fit", fit.len(), columns.len()));
    let cut = shortened.then(|| "… marks text that is cut".to_owned());
    let missing: Vec<String> = dropped.into_iter().chain(cut).collect();
    Table { lines, missing: (!missing.is_empty()).then(|| missing.join("; ")) }
}

/// A column as it is printed, its heading first.
struct Texts {
    /// The heading, then a line each.
    lines: Vec<String>,
    numeric: bool,
    /// The columns that the longest needs.
    widest: usize,
    /// The columns that it may not fall below.
    least: usize,
}

impl Texts {
    fn of(frame: &DataFrame, name: &str, column: usize) -> Self {
        let cells: Vec<Cell> = (0..frame.height()).map(|row| cell_at(frame, row, column)).collect();
        let numeric = cells.iter().any(|cell| matches!(cell, Cell::Int(_) | Cell::Float(_)));
        let lines: Vec<String> = std::iter::once(shown(name).into_owned())
            .chain(cells.iter().map(|cell| shown(&cell.to_string()).into_owned()))
            .collect();
        let widest = lines.iter().map(|text| text.width()).max().unwrap_or(0);
        let heading = lines[0].width();
        let least = if numeric { widest } else { heading.max(widest.min(NARROWEST)) };
        Self { lines, numeric, widest, least }
    }
}

/// How wide each of the first columns is that fit into `room`; the first always does.
fn widths(columns: &[Texts], room: usize) -> Vec<usize> {
    let mut used = 0;
    let mut widths = Vec::new();
    for column in columns {
        let needed = column.least.min(WIDEST) + if widths.is_empty() { 0 } else { GAP };
        if !widths.is_empty() && room - used < needed {
            break;
        }
        used = (used + needed).min(room);
        widths.push(column.least.min(WIDEST).min(room));
    }
    // What is left over goes to text, a column of the screen each in turn.
    while used < room {
        let before = used;
        for (column, width) in columns.iter().zip(&mut widths) {
            if *width < column.widest.min(WIDEST) && used < room {
                *width += 1;
                used += 1;
            }
        }
        if used == before {
            break;
        }
    }
    widths
}

/// A text cut with an ellipsis at so many columns.
fn cut(whole: &str, most: usize) -> String {
    if whole.width() <= most {
        return whole.to_owned();
    }
    let (mut cut, mut used) = (String::new(), 0);
    for letter in whole.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide >= most {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn column(widest: usize, numeric: bool) -> Texts {
        let least = if numeric { widest } else { widest.min(NARROWEST) };
        Texts { lines: Vec::new(), numeric, widest, least }
    }

    #[test]
    fn text_is_shortened_before_columns_go() {
        let columns = [column(8, true), column(30, false), column(6, true)];
        assert_eq!(widths(&columns, usize::MAX), [8, 30, 6]);
        assert_eq!(widths(&columns, 48), [8, 30, 6]);
        assert_eq!(widths(&columns, 40), [8, 22, 6]);
        assert_eq!(widths(&columns, 30), [8, 12, 6]);
        assert_eq!(widths(&columns, 29), [8, 19], "the last goes, and its room is the text's");
        assert_eq!(widths(&columns, 9), [8]);
        assert_eq!(widths(&columns, 5), [5], "the first stays");
        for room in 1..80 {
            let widths = widths(&columns, room);
            assert!(widths.iter().sum::<usize>() + GAP * (widths.len() - 1) <= room, "{room}: {widths:?}");
        }
    }

    #[test]
    fn a_cut_text_has_an_ellipsis_within_its_width() {
        assert_eq!(cut("Lapsed browsers", 15), "Lapsed browsers");
        assert_eq!(cut("Lapsed browsers", 8), "Lapsed …");
        assert_eq!(cut("日本語の名前", 6), "日本…");
    }
}
