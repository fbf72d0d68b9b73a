//! Values as the server sends them in binary, as the text of a cell.

use std::fmt::Write as _;

use tokio_postgres::types::{Kind, Type};

use crate::postgres::numeric::write_numeric;

/// Days from 1970 to 2000, from which the server counts.
const EPOCH_DAYS: i64 = 10_957;
const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Int16,
    Int32,
    Int64,
    Unsigned,
    Real,
    Double,
    Numeric,
    Text,
    /// Text behind a byte that tells its version.
    Json,
    Uuid,
    Date,
    Time,
    /// A local time without a zone.
    Local,
    /// An instant, written in UTC.
    Instant,
}

impl Shape {
    /// The shape of a type; what to do about one that has none.
    pub(super) fn of(kind: &Type) -> Result<Self, &'static str> {
        Ok(match *kind {
            Type::BOOL => Self::Bool,
            Type::INT2 => Self::Int16,
            Type::INT4 => Self::Int32,
            Type::INT8 => Self::Int64,
            Type::OID => Self::Unsigned,
            Type::FLOAT4 => Self::Real,
            Type::FLOAT8 => Self::Double,
            Type::NUMERIC => Self::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON | Type::XML => {
                Self::Text
            }
            Type::JSONB => Self::Json,
            Type::UUID => Self::Uuid,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMESTAMP => Self::Local,
            Type::TIMESTAMPTZ => Self::Instant,
            Type::MONEY => return Err("::numeric"),
            Type::BYTEA => return Err("encode(…, 'hex')"),
            Type::INTERVAL => return Err("extract(epoch from …)"),
            _ => match kind.kind() {
                Kind::Enum(_) => Self::Text,
                Kind::Domain(inner) => return Self::of(inner),
                Kind::Simple if kind.name() == "citext" => Self::Text,
                Kind::Array(_) => return Err("array_to_string(…, ' '), or unnest(…) for a row each"),
                _ => return Err("::text"),
            },
        })
    }

    /// Writes a value; `None` for bytes that are no such value.
    pub(super) fn write(self, bytes: &[u8], out: &mut String) -> Option<()> {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Bool => write!(out, "{}", bytes.first()? != &0),
            Self::Int16 => write!(out, "{}", i16::from_be_bytes(bytes.try_into().ok()?)),
            Self::Int32 => write!(out, "{}", i32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Int64 => write!(out, "{}", i64::from_be_bytes(bytes.try_into().ok()?)),
            Self::Unsigned => write!(out, "{}", u32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Real => write!(out, "{}", f32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Double => write!(out, "{}", f64::from_be_bytes(bytes.try_into().ok()?)),
            Self::Numeric => return write_numeric(bytes, out),
            Self::Text => write!(out, "{}", std::str::from_utf8(bytes).ok()?),
            Self::Json => write!(out, "{}", std::str::from_utf8(bytes.get(1..)?).ok()?),
            Self::Uuid => return write_uuid(bytes, out),
            Self::Date => {
                write_date(i32::from_be_bytes(bytes.try_into().ok()?), out);
                Ok(())
            }
            Self::Time => return write_clock(i64::from_be_bytes(bytes.try_into().ok()?), out),
            Self::Local => return write_time(i64::from_be_bytes(bytes.try_into().ok()?), "", out),
            Self::Instant => return write_time(i64::from_be_bytes(bytes.try_into().ok()?), "Z", out),
        };
        Some(())
    }
}

fn write_uuid(bytes: &[u8], out: &mut String) -> Option<()> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
    Some(())
}

/// A day, counted from 2000.
fn write_date(days: i32, out: &mut String) {
    match days {
        i32::MAX => out.push_str("infinity"),
        i32::MIN => out.push_str("-infinity"),
        days => write_day(i64::from(days), out),
    }
}

/// Microseconds from 2000, with the zone's sign behind them.
fn write_time(microseconds: i64, zone: &str, out: &mut String) -> Option<()> {
    match microseconds {
        i64::MAX => out.push_str("infinity"),
        i64::MIN => out.push_str("-infinity"),
        time => {
            write_day(time.div_euclid(DAY_MICROSECONDS), out);
            out.push('T');
            write_clock(time.rem_euclid(DAY_MICROSECONDS), out)?;
            out.push_str(zone);
        }
    }
    Some(())
}

/// Year, month and day of the Gregorian calendar (Howard Hinnant's `civil_from_days`).
fn write_day(days_from_2000: i64, out: &mut String) {
    let days = days_from_2000 + EPOCH_DAYS + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// The time of day, microseconds only where there are any.
fn write_clock(microseconds: i64, out: &mut String) -> Option<()> {
    if !(0..=DAY_MICROSECONDS).contains(&microseconds) {
        return None;
    }
    let (seconds, rest) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest > 0 {
        let _ = write!(out, ".{rest:06}");
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(shape: Shape, bytes: &[u8]) -> String {
        let mut out = String::new();
        shape.write(bytes, &mut out).unwrap();
        out
    }

    #[test]
    fn times_are_iso() {
        let at = |microseconds: i64| microseconds.to_be_bytes();
        assert_eq!(text(Shape::Instant, &at(0)), "2000-01-01T00:00:00Z");
        assert_eq!(text(Shape::Local, &at(-1)), "1999-12-31T23:59:59.999999");
        assert_eq!(text(Shape::Instant, &at(764_083_845_250_000)), "2024-03-18T13:30:45.250000Z");
        assert_eq!(text(Shape::Date, &59_i32.to_be_bytes()), "2000-02-29");
        assert_eq!(text(Shape::Date, &(-10_958_i32).to_be_bytes()), "1969-12-31");
        assert_eq!(text(Shape::Instant, &at(i64::MAX)), "infinity");
        assert_eq!(text(Shape::Time, &at(49_530_000_000)), "13:45:30");
    }

    #[test]
    fn values_that_are_cut_are_none() {
        let mut out = String::new();
        for shape in [Shape::Bool, Shape::Int32, Shape::Uuid, Shape::Date, Shape::Instant, Shape::Json] {
            assert_eq!(shape.write(&[], &mut out), None, "{shape:?}");
        }
        assert_eq!(Shape::Text.write(&[0xff], &mut out), None);
    }

    #[test]
    fn other_types_are_refused_with_a_way_out() {
        assert_eq!(Shape::of(&Type::INT4_ARRAY).unwrap_err(), "array_to_string(…, ' '), or unnest(…) for a row each");
        assert_eq!(Shape::of(&Type::INET).unwrap_err(), "::text");
        assert_eq!(Shape::of(&Type::MONEY).unwrap_err(), "::numeric");
    }
}
