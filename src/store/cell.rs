//! One value of a table, as text and as a thing to compare.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use polars::prelude::*;

use crate::format;

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
    /// There is a value that cannot be read, for this reason.
    Unreadable(String),
}

impl Cell {
    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Float(_))
    }
}

impl fmt::Display for Cell {
    /// `–` for null, real numbers as [`format::cell`], times as `2015-09-18T02:59:47.788Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("–"),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => f.write_str(&format::cell(*value)),
            Self::Text(text) => f.write_str(text),
            Self::Unreadable(why) => write!(f, "unreadable: {why}"),
            Self::Time(time) => f.write_str(&iso(*time)),
        }
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

/// Every kind of value is named, so that one which the query engine gains does not compile until it is shown rightly. The
/// engine has most kinds twice, borrowed and owned: a table of one row gives the owned ones.
fn of_any(value: &AnyValue<'_>) -> Cell {
    match value {
        AnyValue::Null => Cell::Null,
        AnyValue::Boolean(yes) => Cell::Bool(*yes),
        AnyValue::String(text) => Cell::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Cell::Text(text.to_string()),
        AnyValue::UInt8(value) => Cell::Int(i64::from(*value)),
        AnyValue::UInt16(value) => Cell::Int(i64::from(*value)),
        AnyValue::UInt32(value) => Cell::Int(i64::from(*value)),
        AnyValue::UInt64(value) => whole(*value),
        AnyValue::UInt128(value) => whole(*value),
        AnyValue::Int8(value) => Cell::Int(i64::from(*value)),
        AnyValue::Int16(value) => Cell::Int(i64::from(*value)),
        AnyValue::Int32(value) => Cell::Int(i64::from(*value)),
        AnyValue::Int64(value) => Cell::Int(*value),
        AnyValue::Int128(value) => whole(*value),
        AnyValue::Float16(value) => short_real(f32::from(*value)),
        AnyValue::Float32(value) => short_real(*value),
        AnyValue::Float64(value) => real(*value),
        AnyValue::Datetime(time, unit, _) | AnyValue::DatetimeOwned(time, unit, _) => {
            Cell::Time(milliseconds(*time, *unit))
        }
        // These are the engine's own texts, the same for one row and many.
        AnyValue::Date(_) | AnyValue::Time(_) | AnyValue::Duration(..) | AnyValue::Decimal(..) => {
            Cell::Text(value.to_string())
        }
        AnyValue::Categorical(..) | AnyValue::CategoricalOwned(..) | AnyValue::Enum(..) | AnyValue::EnumOwned(..) => {
            value.get_str().map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
        }
        AnyValue::Binary(bytes) => hexadecimal(bytes),
        AnyValue::BinaryOwned(bytes) => hexadecimal(bytes),
        AnyValue::List(values) | AnyValue::Array(values, _) => list(values),
        AnyValue::Struct(_, _, fields) => {
            let names = fields.iter().map(|field| field.name.as_str());
            structure(names.zip(value._iter_struct_av()).map(|(name, value)| (name, of_any(&value))))
        }
        AnyValue::StructOwned(parts) => {
            let (values, fields) = parts.as_ref();
            structure(fields.iter().zip(values).map(|(field, value)| (field.name.as_str(), of_any(value))))
        }
    }
}

/// A whole number; its digits as text where 64 bits do not hold it.
fn whole<T: Copy + fmt::Display + TryInto<i64>>(value: T) -> Cell {
    value.try_into().map_or_else(|_| Cell::Text(value.to_string()), Cell::Int)
}

fn milliseconds(time: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Milliseconds => time,
        TimeUnit::Microseconds => time.div_euclid(1_000),
        TimeUnit::Nanoseconds => time.div_euclid(1_000_000),
    }
}

/// Bytes as `0x` and two digits each.
fn hexadecimal(bytes: &[u8]) -> Cell {
    let mut text = String::from("0x");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Cell::Text(text)
}

fn list(values: &Series) -> Cell {
    let part = |at| values.get(at).map_or(Cell::Null, |value| of_any(&value)).to_string();
    Cell::Text((0..values.len()).map(part).collect::<Vec<_>>().join(", "))
}

fn structure<'a>(parts: impl Iterator<Item = (&'a str, Cell)>) -> Cell {
    let parts: Vec<String> = parts.map(|(name, cell)| format!("{name}: {cell}")).collect();
    Cell::Text(format!("{{{}}}", parts.join(", ")))
}

/// The shortest decimal that means this f32: 0.3, not 0.30000001192092896.
fn short_real(value: f32) -> Cell {
    real(value.to_string().parse().unwrap_or_else(|_| f64::from(value)))
}

fn real(value: f64) -> Cell {
    if value.is_nan() { Cell::Null } else { Cell::Float(value) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Columns of every kind that this build of the query engine has, two equal rows each.
    fn every_kind() -> Vec<(Column, &'static str)> {
        let column = |dtype: DataType| Column::new("a".into(), [1_i64, 1]).cast(&dtype).unwrap();
        let ms = Column::new("a".into(), [1_442_545_187_788_i64; 2]);
        let zone = || Some(TimeZone::UTC);
        let time = "2015-09-18T02:59:47.788Z";
        let of_list =
            Series::new("a".into(), [Series::new("b".into(), ["x", "y"]), Series::new("b".into(), ["x", "y"])]);
        let times = ms.cast(&DataType::Datetime(TimeUnit::Milliseconds, zone())).unwrap();
        let times = times.as_materialized_series().clone();
        let of_times = Series::new("a".into(), [times.clone(), times.clone()]);
        let categories = DataType::from_categories(Categories::global());
        let names = FrozenCategories::new(["text"]).unwrap();
        let choices = DataType::from_frozen_categories(names);
        let pair = df!("n" => [1_i64, 1], "t" => [Some("x"), Some("x")]).unwrap();
        let structs = pair.into_struct("a".into()).into_series();
        vec![
            (Column::new("a".into(), [true, true]), "true"),
            (Column::new("a".into(), ["text", "text"]), "text"),
            (Column::new("a".into(), [b"\x00\xff".as_slice(); 2]), "0x00ff"),
            (column(DataType::UInt8), "1"),
            (column(DataType::Int8), "1"),
            (column(DataType::UInt32), "1"),
            (column(DataType::Int32), "1"),
            (column(DataType::Int64), "1"),
            (column(DataType::Float64), "1"),
            (Column::new("a".into(), [u64::MAX; 2]), "18446744073709551615"),
            (Column::new("a".into(), [0.3_f32; 2]), "0.3000"),
            (Column::new("a".into(), [f64::NAN; 2]), "–"),
            (Column::new("a".into(), [None::<i64>; 2]), "–"),
            (ms.cast(&DataType::Datetime(TimeUnit::Milliseconds, zone())).unwrap(), time),
            (ms.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap(), time),
            ((ms.clone() * 1_000).cast(&DataType::Datetime(TimeUnit::Microseconds, zone())).unwrap(), time),
            ((ms.clone() * 1_000_000).cast(&DataType::Datetime(TimeUnit::Nanoseconds, zone())).unwrap(), time),
            (column(DataType::Int32).cast(&DataType::Date).unwrap(), "1970-01-02"),
            (column(DataType::Int64).cast(&DataType::Duration(TimeUnit::Milliseconds)).unwrap(), "1ms"),
            (ms.cast(&DataType::Time).unwrap(), "00:24:02.545187788"),
            (Column::new("a".into(), [1.25_f64; 2]).cast(&DataType::Decimal(9, 2)).unwrap(), "1.25"),
            (of_list.clone().into_column(), "x, y"),
            (of_list.cast(&DataType::Array(Box::new(DataType::String), 2)).unwrap().into_column(), "x, y"),
            (Column::new("a".into(), ["text"; 2]).cast(&categories).unwrap(), "text"),
            (Column::new("a".into(), ["text"; 2]).cast(&choices).unwrap(), "text"),
            (Column::new("a".into(), [i64::MAX; 2]).cast(&DataType::Int128).unwrap(), "9223372036854775807"),
            (of_times.into_column(), "2015-09-18T02:59:47.788Z, 2015-09-18T02:59:47.788Z"),
            (structs.into_column(), "{n: 1, t: x}"),
        ]
    }

    #[test]
    fn a_cell_of_a_table_of_one_row_is_that_of_a_longer_one() {
        for (column, text) in every_kind() {
            let many = DataFrame::new_infer_height(vec![column.clone()]).unwrap();
            // One row by slice, by a filter, by the engine's own way of holding one value, and gathered from there.
            let scalar = Column::new_scalar("a".into(), column.as_materialized_series().first(), 1);
            let one = many.clone().lazy().filter(lit(true)).limit(1).collect().unwrap();
            let taken = one.take(&IdxCa::from_slice("row".into(), &[0])).unwrap();
            let cells = [cell_at(&many, 0, 0), cell_at(&many, 1, 0), cell_at(&one, 0, 0), cell_at(&taken, 0, 0)];
            for cell in cells.into_iter().chain([cell_of(&scalar, 0), cell_of(&column.slice(1, 1), 0)]) {
                assert_eq!(cell.to_string(), text, "{}", column.dtype());
                assert_eq!(cell, cell_at(&many, 0, 0), "{}", column.dtype());
            }
        }
    }
}
