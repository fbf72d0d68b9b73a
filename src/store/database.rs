//! Rows to a table of a database.

use std::path::Path;

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::postgres::{self, Address, Mode, write_cell};
use crate::store::blocks::Blocks;
use crate::store::cell::{Cell, cell_of};

/// Rows that go to the server at a time.
const ROWS: usize = 2_000;

/// Writes rows into the table that an address names, in one transaction, and returns their number: whole numbers as
/// `bigint` (`integer` where they are as short), `real` and `double precision`, text, `boolean`, times as `timestamptz`,
/// lists as arrays; what else there is, as the text of a CSV export. A failure leaves the table as it was.
///
/// # Errors
/// As [`postgres::insert`]; the rows' own.
pub fn export_to_table<'a>(
    rows: impl Into<Blocks<'a>>,
    address: &Address,
    mode: Mode,
    password_file: Option<&Path>,
    job: &Job,
) -> Result<u64> {
    let rows = rows.into();
    job.begin("rows", rows.rows());
    let head = rows.head();
    let columns: Vec<postgres::Column> = head
        .columns()
        .iter()
        .map(|column| postgres::Column { name: column.name().to_string(), kind: kind(column.dtype()) })
        .collect();
    let mut source = Source { rows, part: None };
    postgres::insert(address, &columns, mode, password_file, &mut source, job)
}

/// A column's type in the database.
fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Boolean => "boolean",
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => "integer",
        DataType::Int64 | DataType::UInt32 => "bigint",
        DataType::UInt64 | DataType::Int128 | DataType::UInt128 | DataType::Decimal(..) => "numeric",
        DataType::Float32 => "real",
        DataType::Float64 => "double precision",
        DataType::Datetime(..) => "timestamp with time zone",
        DataType::Date => "date",
        DataType::List(inner) | DataType::Array(inner, _) => match kind(inner) {
            "boolean" => "boolean[]",
            "integer" => "integer[]",
            "bigint" => "bigint[]",
            "numeric" => "numeric[]",
            "real" => "real[]",
            "double precision" => "double precision[]",
            "timestamp with time zone" => "timestamp with time zone[]",
            "date" => "date[]",
            _ => "text[]",
        },
        _ => "text",
    }
}

/// Rows in the text form of COPY.
struct Source<'a> {
    rows: Blocks<'a>,
    /// The block that is being written, and how many of its rows are.
    part: Option<(DataFrame, usize)>,
}

impl postgres::Rows for Source<'_> {
    fn next(&mut self, text: &mut String) -> Result<Option<u64>> {
        let (frame, begin) = loop {
            match self.part.take() {
                Some((frame, begin)) if begin < frame.height() => break (frame, begin),
                _ => match self.rows.next() {
                    Some(frame) => self.part = Some((frame?, 0)),
                    None => return Ok(None),
                },
            }
        };
        let end = frame.height().min(begin + ROWS);
        for row in begin..end {
            for (at, column) in frame.columns().iter().enumerate() {
                if at > 0 {
                    text.push('\t');
                }
                write(text, column, row)?;
            }
            text.push('\n');
        }
        self.part = Some((frame, end));
        Ok(Some((end - begin) as u64))
    }
}

/// Writes one cell.
fn write(text: &mut String, column: &Column, row: usize) -> Result<()> {
    match column.get(row)? {
        AnyValue::List(values) | AnyValue::Array(values, _) => {
            let mut list = String::from("{");
            for at in 0..values.len() {
                if at > 0 {
                    list.push(',');
                }
                match plain(cell_of(&values.clone().into_column(), at))? {
                    Some(value) => {
                        list.push('"');
                        list.push_str(&value.replace('\\', "\\\\").replace('"', "\\\""));
                        list.push('"');
                    }
                    None => list.push_str("NULL"),
                }
            }
            list.push('}');
            write_cell(text, Some(&list));
        }
        _ => write_cell(text, plain(cell_of(column, row))?.as_deref()),
    }
    Ok(())
}

/// A value as the server reads it; `None` for null, and for a number that is none.
fn plain(cell: Cell) -> Result<Option<String>> {
    Ok(match cell {
        Cell::Null => None,
        // The shortest decimal that means the number.
        Cell::Float(value) => Some(value.to_string()),
        Cell::Unreadable(why) => return Err(Error::Missing(format!("a cell cannot be read: {why}"))),
        cell => Some(cell.to_string()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::postgres::Rows as _;

    #[test]
    fn cells_are_as_the_server_reads_them() {
        let lists =
            Series::new("lists".into(), [Series::new("".into(), ["a\"b", "c\\d"]), Series::new("".into(), [""; 0])]);
        let frame = DataFrame::new_infer_height(vec![
            Series::new("id".into(), [7_i64, -1]).into_column(),
            Series::new("score".into(), [Some(0.3_f32), None]).into_column(),
            Series::new("nan".into(), [f64::NAN, 1e300]).into_column(),
            Series::new("name".into(), ["a\tb", ""]).into_column(),
            lists.into_column(),
        ])
        .unwrap();
        let mut source = Source { rows: frame.into(), part: None };
        let mut text = String::new();
        assert_eq!(source.next(&mut text).unwrap(), Some(2));
        assert_eq!(source.next(&mut text).unwrap(), None);
        let big = 1e300_f64.to_string();
        let wanted = format!("7\t0.3\t\\N\ta\\tb\t{{\"a\\\\\"b\",\"c\\\\\\\\d\"}}\n-1\t\\N\t{big}\t\t{{}}\n");
        assert_eq!(text, wanted);
    }
}
