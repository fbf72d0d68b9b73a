//! Sheets of an Excel workbook as CSV: times in ISO form, numbers as they are stored.

use std::fs::File;
use std::io::{BufReader, Error as IoError, Read, Write};
use std::path::Path;

use calamine::{Data, DataRef, Reader as _, Xlsx, XlsxError, open_workbook_from_rs};

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::source::piped::piped;
use crate::ingest::source::written::RowWriter;
use crate::job::Job;

/// Rows between two looks at the cancel flag.
const PER_CHECK: u32 = 4_096;

fn open(book: &Path) -> Result<Xlsx<BufReader<File>>> {
    open_workbook_from_rs(BufReader::new(open_regular(book)?)).map_err(|error| wrong(book, &error))
}

fn wrong(book: &Path, error: &XlsxError) -> Error {
    let what = match error {
        XlsxError::Password => "is protected by a password; save it without one, or as CSV".to_owned(),
        error => format!("cannot be read as a workbook: {error}; open and save it anew, or save the sheet as CSV"),
    };
    Error::Input { path: book.to_path_buf(), line: None, what }
}

/// The names of the sheets that hold at least two rows and two columns, in the workbook's order.
///
/// # Errors
/// [`Error::Input`] for a workbook that cannot be read.
pub(super) fn names(book: &Path) -> Result<Vec<String>> {
    let mut workbook = open(book)?;
    let names = workbook.sheet_names();
    let mut kept = Vec::new();
    for name in names {
        // Charts and macros are sheets without cells.
        let Ok(cells) = workbook.worksheet_cells_reader(&name) else { continue };
        let (start, end) = (cells.dimensions().start, cells.dimensions().end);
        if end.0 > start.0 && end.1 > start.1 || holds_a_table(cells) {
            kept.push(name);
        }
    }
    Ok(kept)
}

/// A sheet whose size is not told may be one all the same.
fn holds_a_table(mut cells: calamine::XlsxCellReader<'_, BufReader<File>>) -> bool {
    let (mut rows, mut columns) = (0, 0);
    while let Ok(Some(cell)) = cells.next_cell() {
        let (row, column) = cell.get_position();
        (rows, columns) = (rows.max(row), columns.max(column));
        if rows > 0 && columns > 0 {
            return true;
        }
    }
    false
}

/// A sheet as CSV; row `n` of it is line `n`.
pub(super) fn text(book: &Path, name: &str, job: &Job) -> Box<dyn Read + Send> {
    let (book, name, job) = (book.to_path_buf(), name.to_owned(), job.clone());
    piped(move |out| write(&book, &name, &job, out))
}

fn write(book: &Path, name: &str, job: &Job, out: &mut dyn Write) -> std::io::Result<()> {
    let told = |error: &XlsxError| IoError::other(wrong(book, error));
    let mut workbook = open(book).map_err(IoError::other)?;
    let known = workbook.sheet_names();
    if !known.iter().any(|sheet| sheet == name) {
        let what = format!("has no sheet {name:?}; it has {}", known.join(", "));
        return Err(IoError::other(Error::Input { path: book.to_path_buf(), line: None, what }));
    }
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| told(&error))?;
    let first_column = cells.dimensions().start.1;
    let mut rows = RowWriter::new(out);
    let (mut row, mut columns, mut begun) = (0, 0, false);
    let end_row = |rows: &mut RowWriter<'_>, filled: u32, width: u32| {
        // Rows are as wide as the first one with cells, which is the header.
        (filled..width).for_each(|_| rows.cell(""));
        rows.end()
    };
    let mut width = 0;
    while let Some(cell) = cells.next_cell().map_err(|error| told(&error))? {
        let (at, column) = cell.get_position();
        let column = column.saturating_sub(first_column);
        while row < at {
            if row.is_multiple_of(PER_CHECK) && job.is_cancelled() {
                return Err(IoError::other("cancelled"));
            }
            if begun && width == 0 {
                width = columns;
            }
            end_row(&mut rows, columns, width)?;
            (row, columns) = (row + 1, 0);
        }
        (columns..column).for_each(|_| rows.cell(""));
        rows.cell(&cell_text(cell.get_value()));
        (columns, begun) = (column + 1, true);
    }
    if begun {
        end_row(&mut rows, columns, width)?;
    }
    Ok(())
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            let fraction = if milli > 0 { format!(".{milli:03}") } else { String::new() };
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
        }
        value => match Data::from(value.clone()) {
            Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
            other => other.to_string(),
        },
    }
}
