//! One value of a table, as text and as a thing to compare.

use std::fmt;

use jiff::Timestamp;
use polars::prelude::*;

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// Text, as it is in the log: it may hold anything.
    Text(String),
    /// UTC milliseconds.
    Time(i64),
}

impl fmt::Display for Cell {
    /// `–` for null, at most five significant digits after the point, times as `2015-09-18T02:59:47.788Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("–"),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => f.write_str(&float(*value)),
            Self::Text(text) => f.write_str(text),
            Self::Time(time) => f.write_str(&iso(*time)),
        }
    }
}

/// A real number short enough to read: four decimals below 100, fewer above, scientific below a ten-thousandth, none
/// where there are none.
fn float(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        format!("{value:.0}")
    } else if size < 1e-4 {
        format!("{value:.1e}")
    } else if size < 100.0 {
        format!("{value:.4}")
    } else if size < 100_000.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A time in ISO 8601 with milliseconds, UTC.
pub(super) fn iso(time: i64) -> String {
    Timestamp::from_millisecond(time).map_or_else(|_| time.to_string(), |at| format!("{at:.3}"))
}

/// The cell of a row and a column.
pub fn cell_at(frame: &DataFrame, row: usize, column: usize) -> Cell {
    frame.columns().get(column).map_or(Cell::Null, |column| cell_of(column, row))
}

/// The cell of a column; null beyond its end.
pub(super) fn cell_of(column: &Column, row: usize) -> Cell {
    match column.get(row) {
        Ok(value) => of_any(&value),
        Err(_) => Cell::Null,
    }
}

fn of_any(value: &AnyValue<'_>) -> Cell {
    match value {
        AnyValue::Null => Cell::Null,
        AnyValue::Boolean(yes) => Cell::Bool(*yes),
        AnyValue::String(text) => Cell::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Cell::Text(text.to_string()),
        // The shortest decimal that means this f32: 0.3, not 0.30000001192092896.
        AnyValue::Float32(value) => real(value.to_string().parse().unwrap_or_else(|_| f64::from(*value))),
        AnyValue::Float64(value) => real(*value),
        AnyValue::Datetime(time, unit, _) => Cell::Time(match unit {
            TimeUnit::Milliseconds => *time,
            TimeUnit::Microseconds => time.div_euclid(1_000),
            TimeUnit::Nanoseconds => time.div_euclid(1_000_000),
        }),
        AnyValue::List(values) => {
            let parts: Vec<String> = (0..values.len())
                .map(|at| values.get(at).map_or_else(|_| "–".to_owned(), |value| of_any(&value).to_string()))
                .collect();
            Cell::Text(parts.join(", "))
        }
        other => match other.extract::<i64>() {
            Some(number) if other.is_integer() => Cell::Int(number),
            _ => Cell::Text(other.to_string()),
        },
    }
}

fn real(value: f64) -> Cell {
    if value.is_nan() { Cell::Null } else { Cell::Float(value) }
}
