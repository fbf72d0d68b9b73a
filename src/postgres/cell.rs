//! Values as the server sends them in binary, as the text of a cell.

use std::io::Write as _;

use tokio_postgres::types::{Kind, Type};

use crate::postgres::digits::write_digits;
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
    pub(super) fn write(self, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Bool => out.extend_from_slice(if bytes.first()? == &0 { b"false" } else { b"true" }),
            Self::Int16 => write_whole(i64::from(i16::from_be_bytes(bytes.try_into().ok()?)), out),
            Self::Int32 => write_whole(i64::from(i32::from_be_bytes(bytes.try_into().ok()?)), out),
            Self::Int64 => write_whole(i64::from_be_bytes(bytes.try_into().ok()?), out),
            Self::Unsigned => write_whole(i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), out),
            // Writing to a vector cannot fail.
            Self::Real => write!(out, "{}", f32::from_be_bytes(bytes.try_into().ok()?)).ok()?,
            Self::Double => write!(out, "{}", f64::from_be_bytes(bytes.try_into().ok()?)).ok()?,
            Self::Numeric => return write_numeric(bytes, out),
            Self::Text => out.extend_from_slice(std::str::from_utf8(bytes).ok()?.as_bytes()),
            Self::Json => out.extend_from_slice(std::str::from_utf8(bytes.get(1..)?).ok()?.as_bytes()),
            Self::Uuid => return write_uuid(bytes, out),
            Self::Date => write_date(i32::from_be_bytes(bytes.try_into().ok()?), out),
            Self::Time => return write_clock(i64::from_be_bytes(bytes.try_into().ok()?), out),
            Self::Local => return write_time(i64::from_be_bytes(bytes.try_into().ok()?), b"", out),
            Self::Instant => return write_time(i64::from_be_bytes(bytes.try_into().ok()?), b"Z", out),
        }
        Some(())
    }
}

/// A whole number; a log has several in every row, and the formatting of the standard library takes five times as long.
pub(super) fn write_whole(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    write_digits(number.unsigned_abs(), 1, out);
}

fn write_uuid(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            out.push(b'-');
        }
        for half in [byte >> 4, byte & 15] {
            out.push(b"0123456789abcdef"[usize::from(half)]);
        }
    }
    Some(())
}

/// A day, counted from 2000.
fn write_date(days: i32, out: &mut Vec<u8>) {
    match days {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => write_day(i64::from(days), out),
    }
}

/// Microseconds from 2000, with the zone's sign behind them.
fn write_time(microseconds: i64, zone: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match microseconds {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        time => {
            write_day(time.div_euclid(DAY_MICROSECONDS), out);
            out.push(b'T');
            write_clock(time.rem_euclid(DAY_MICROSECONDS), out)?;
            out.extend_from_slice(zone);
        }
    }
    Some(())
}

/// Year, month and day of the Gregorian calendar (Howard Hinnant's `civil_from_days`).
fn write_day(days_from_2000: i64, out: &mut Vec<u8>) {
    let days = days_from_2000 + EPOCH_DAYS + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    if year < 0 {
        out.push(b'-');
    }
    // The sign is one of four places.
    write_digits(year.unsigned_abs(), if year < 0 { 3 } else { 4 }, out);
    for part in [month, day] {
        out.push(b'-');
        write_digits(part.unsigned_abs(), 2, out);
    }
}

/// The time of day, microseconds only where there are any.
fn write_clock(microseconds: i64, out: &mut Vec<u8>) -> Option<()> {
    if !(0..=DAY_MICROSECONDS).contains(&microseconds) {
        return None;
    }
    let (seconds, rest) = (microseconds.unsigned_abs() / 1_000_000, microseconds.unsigned_abs() % 1_000_000);
    write_digits(seconds / 3_600, 2, out);
    for part in [seconds / 60 % 60, seconds % 60] {
        out.push(b':');
        write_digits(part, 2, out);
    }
    if rest > 0 {
        out.push(b'.');
        write_digits(rest, 6, out);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(shape: Shape, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        shape.write(bytes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
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
    fn whole_numbers_have_all_their_digits() {
        for number in [0, 7, -7, 10, 99, 100, 1_433_221_332_117, i64::MAX, i64::MIN] {
            assert_eq!(text(Shape::Int64, &number.to_be_bytes()), number.to_string());
        }
        assert_eq!(text(Shape::Int16, &(-32_768_i16).to_be_bytes()), "-32768");
        assert_eq!(text(Shape::Int32, &i32::MIN.to_be_bytes()), "-2147483648");
        assert_eq!(text(Shape::Unsigned, &u32::MAX.to_be_bytes()), "4294967295");
        let uuid = [0x0f, 0xab, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xff];
        assert_eq!(text(Shape::Uuid, &uuid), "0fab0001-0203-0405-0607-08090a0b0cff");
        assert_eq!(text(Shape::Bool, &[1]) + &text(Shape::Bool, &[0]), "truefalse");
    }

    #[test]
    fn values_that_are_cut_are_none() {
        let mut out = Vec::new();
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
