//! How the values of a column and the figures of a run are shown to a person: one way a kind, so that in a column the
//! points stand under each other.
//!
//! Exports and JSON never come through here: they keep full precision.

use crate::format::thousands;
use crate::store::cell::Cell;
use crate::store::columns::Holds;

/// The way of one kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is: ids, text, lists.
    Plain,
    /// Whole numbers in groups of three digits.
    Count,
    /// A share of 1 as a percentage with one decimal.
    Share,
    /// A difference of shares in percentage points, with its sign.
    Points,
    /// Money with two decimals and the currency where it is known.
    Money,
    /// A difference of money, with its sign.
    Gain,
    /// Days with one decimal.
    Days,
    /// Minutes with one decimal.
    Minutes,
    /// Seconds, told in the unit that suits each.
    Duration,
    /// Log-odds with two decimals and the sign.
    LogOdds,
    /// A real number with so many decimals.
    Number(u8),
}

impl Shown {
    /// The way of values with this unit.
    pub(super) fn of(holds: Holds, unit: &str) -> Self {
        match (holds, unit) {
            (Holds::Whole | Holds::Real, "share" | "probability") => Self::Share,
            (Holds::Whole | Holds::Real, "money") => Self::Money,
            (Holds::Whole | Holds::Real, "days" | "d") => Self::Days,
            (Holds::Whole | Holds::Real, "min") => Self::Minutes,
            (Holds::Whole | Holds::Real, "s") => Self::Duration,
            (Holds::Whole | Holds::Real, "log-odds") => Self::LogOdds,
            (Holds::Whole, _) | (Holds::Real, "score") => Self::Count,
            (Holds::Real, "count") => Self::Number(1),
            (Holds::Real, _) => Self::Number(2),
            _ => Self::Plain,
        }
    }

    /// The way of a mean of such values: counts have a decimal.
    #[must_use]
    pub fn of_mean(self) -> Self {
        if self == Self::Count { Self::Number(1) } else { self }
    }

    /// A number in this way; `currency` stands behind money.
    pub fn number(self, value: f64, currency: &str) -> String {
        if !value.is_finite() {
            return Cell::Null.to_string();
        }
        match self {
            Self::Plain => crate::format::number(value),
            Self::Count if value.fract() == 0.0 => fixed(value, 0),
            Self::Count => fixed(value, 1),
            Self::Share if value < 1.0 && value > 0.9995 => ">99.9 %".to_owned(),
            Self::Share => format!("{} %", fixed_or_less(value * 100.0, 1)),
            Self::Points => format!("{} pp", signed(value * 100.0, 1)),
            Self::Money => with_unit(fixed_or_less(value, 2), currency),
            Self::Gain => with_unit(signed(value, 2), currency),
            Self::Days => format!("{} d", fixed_or_less(value, 1)),
            Self::Minutes => format!("{} min", fixed_or_less(value, 1)),
            Self::Duration => duration(value),
            Self::LogOdds => signed(value, 2),
            Self::Number(decimals) => fixed_or_less(value, decimals),
        }
    }

    /// A cell in this way.
    pub fn cell(self, cell: &Cell, currency: &str) -> String {
        match (self, cell) {
            (Self::Plain, Cell::Time(time)) => minute(*time),
            (Self::Plain, Cell::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (Self::Plain, cell) => cell.to_string(),
            (Self::Count, Cell::Int(value)) => whole(*value),
            (_, Cell::Int(value)) => self.number(*value as f64, currency),
            (_, Cell::Float(value)) => self.number(*value, currency),
            (_, other) => other.to_string(),
        }
    }

    /// Half of the last digit shown of a value, so that those which look alike are told by it; 0 where all are shown whole.
    pub fn half_step(self, value: f64) -> f64 {
        let decimals = match self {
            Self::Plain => return plain_half_step(value),
            Self::Count => return if value.fract() == 0.0 { 0.0 } else { 0.05 },
            Self::Share | Self::Points => 3,
            Self::Money | Self::Gain | Self::LogOdds => 2,
            Self::Days | Self::Minutes => 1,
            Self::Duration => return duration_step(value) / 2.0,
            Self::Number(decimals) => i32::from(decimals),
        };
        0.5 * 10_f64.powi(-decimals)
    }

    /// The way of a column of real numbers of which nothing is known but some values: as many decimals as the largest
    /// deserves, four digits in all or so.
    pub(in crate::store) fn of_values(values: impl Iterator<Item = f64>) -> Self {
        let mut most = 0.0_f64;
        let mut whole = true;
        for value in values.filter(|value| value.is_finite()) {
            most = most.max(value.abs());
            whole &= value.fract() == 0.0;
        }
        match most {
            _ if whole => Self::Number(0),
            // A column of tiny numbers is told by its own significant digits.
            most if most < 1e-3 => Self::Plain,
            most if most < 10.0 => Self::Number(4),
            most if most < 100.0 => Self::Number(3),
            most if most < 1_000.0 => Self::Number(2),
            most if most < 100_000.0 => Self::Number(1),
            _ => Self::Number(0),
        }
    }
}

/// A time to the minute: `2015-09-18 02:59`.
fn minute(time: i64) -> String {
    jiff::Timestamp::from_millisecond(time)
        .map_or_else(|_| time.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

fn with_unit(words: String, unit: &str) -> String {
    if unit.is_empty() { words } else { format!("{words} {unit}") }
}

/// So many decimals, and groups of three digits.
fn fixed(value: f64, decimals: u8) -> String {
    let text = format!("{:.*}", usize::from(decimals), value.abs());
    let (digits, rest) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = digits.parse().map_or_else(|_| digits.to_owned(), thousands);
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{rest}") }
}

/// The same, but what would look like nothing and is not is told to be less than the least.
fn fixed_or_less(value: f64, decimals: u8) -> String {
    let least = 10_f64.powi(-i32::from(decimals));
    if value == 0.0 || value.abs() >= least / 2.0 {
        return fixed(value, decimals);
    }
    let least = fixed(least, decimals);
    if value < 0.0 { format!(">-{least}") } else { format!("<{least}") }
}

fn signed(value: f64, decimals: u8) -> String {
    let text = fixed(value, decimals);
    if value > 0.0 && !text.starts_with('-') && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        format!("+{text}")
    } else {
        text
    }
}

fn whole(value: i64) -> String {
    let digits = thousands(value.unsigned_abs());
    if value < 0 { format!("-{digits}") } else { digits }
}

/// Units of time with the seconds in one, and up to how many of it they are used.
const UNITS: [(&str, f64, f64); 4] =
    [("s", 1.0, 59.95), ("min", 60.0, 59.95), ("h", 3_600.0, 47.95), ("d", 86_400.0, f64::INFINITY)];

fn unit_of(seconds: f64) -> (&'static str, f64) {
    let unit = UNITS.iter().find(|(_, length, most)| seconds.abs() / length < *most).unwrap_or(&UNITS[3]);
    (unit.0, unit.1)
}

fn duration(seconds: f64) -> String {
    let (name, length) = unit_of(seconds);
    format!("{} {name}", fixed_or_less(seconds / length, 1))
}

fn duration_step(seconds: f64) -> f64 {
    unit_of(seconds).1 / 10.0
}

/// Half of the last digit that [`crate::format::number`] shows.
fn plain_half_step(value: f64) -> f64 {
    let size = value.abs();
    if size == 0.0 {
        5e-5
    } else if size < 1e-4 {
        size * 0.05
    } else if size < 10.0 {
        5e-5
    } else if size < 100.0 {
        5e-3
    } else if size < 1_000.0 {
        0.05
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_way() {
        let say = |shown: Shown, value: f64| shown.number(value, "€");
        assert_eq!(
            [0.894, 0.0, 0.000_2, 0.999_9, 1.0].map(|value| say(Shown::Share, value)),
            ["89.4 %", "0.0 %", "<0.1 %", ">99.9 %", "100.0 %"]
        );
        assert_eq!(
            [31.42, 1_234.5, 0.001, -7.0].map(|value| say(Shown::Money, value)),
            ["31.42 €", "1,234.50 €", "<0.01 €", "-7.00 €"]
        );
        assert_eq!([0.032, -0.1, 0.000_01].map(|value| say(Shown::Points, value)), ["+3.2 pp", "-10.0 pp", "0.0 pp"]);
        assert_eq!([3.64, 1_234.0].map(|value| say(Shown::Days, value)), ["3.6 d", "1,234.0 d"]);
        assert_eq!(
            [12.0, 90.0, 7_200.0, 200_000.0].map(|value| say(Shown::Duration, value)),
            ["12.0 s", "1.5 min", "2.0 h", "2.3 d"]
        );
        assert_eq!([128.1, 95.551_7, -0.001].map(|value| say(Shown::Number(2), value)), ["128.10", "95.55", ">-0.01"]);
        assert_eq!(say(Shown::Share, f64::NAN), "–");
        assert_eq!(Shown::Money.number(2.0, ""), "2.00");
    }

    #[test]
    fn cells_of_whole_numbers_are_grouped_and_ids_are_not() {
        assert_eq!(Shown::Count.cell(&Cell::Int(1_407_580), ""), "1,407,580");
        assert_eq!(Shown::Count.cell(&Cell::Int(-1_036), ""), "-1,036");
        assert_eq!(Shown::Plain.cell(&Cell::Int(1_407_580), ""), "1407580");
        assert_eq!(Shown::Plain.cell(&Cell::Bool(true), ""), "yes");
        assert_eq!(Shown::Plain.cell(&Cell::Time(1_442_545_187_788), ""), "2015-09-18 02:59");
        assert_eq!(Shown::Share.cell(&Cell::Null, ""), "–");
    }

    #[test]
    fn a_column_without_a_unit_has_one_number_of_decimals() {
        let of = |values: &[f64]| Shown::of_values(values.iter().copied());
        assert_eq!(
            [of(&[128.1, 95.551_7]), of(&[307_364.2, 70.7]), of(&[0.5, 0.25]), of(&[3.0, 1e6])],
            [Shown::Number(2), Shown::Number(0), Shown::Number(4), Shown::Number(0)]
        );
    }

    #[test]
    fn what_looks_alike_lies_within_half_a_step() {
        for (shown, value) in [
            (Shown::Share, 0.894_3),
            (Shown::Money, 31.42),
            (Shown::Days, 3.64),
            (Shown::Number(2), 95.551_7),
            (Shown::Duration, 5_400.0),
            (Shown::LogOdds, -0.321),
        ] {
            let (low, high) = (value - shown.half_step(value), value + shown.half_step(value));
            assert_eq!(shown.number(value, ""), shown.number(low + (high - low) * 0.51, ""), "{shown:?}");
            assert_ne!(shown.number(low - shown.half_step(value), ""), shown.number(high + shown.half_step(value), ""));
        }
    }
}
