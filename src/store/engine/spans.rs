//! Spans of time: their length in seconds, and as text in the way of other databases: `1 day 02:00:00`.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, DurationMicrosecondType, IntervalMonthDayNanoType, IntervalUnit, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::{DataFusionError, Result};

const DAY: i64 = 86_400_000_000;

/// A span in calendar months, days and microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    months: i64,
    days: i64,
    micros: i64,
}

impl Span {
    /// Of a number of microseconds, as the difference of two times is told.
    fn of_micros(micros: i64) -> Self {
        Self { months: 0, days: micros / DAY, micros: micros % DAY }
    }

    /// Its length in seconds, a year being 365.25 days and a month 30.
    fn seconds(self) -> f64 {
        let days = (self.months / 12) as f64 * 365.25 + (self.months % 12 * 30 + self.days) as f64;
        days * 86_400.0 + self.micros as f64 / 1e6
    }

    fn text(self) -> String {
        let mut parts = Vec::new();
        for (count, name) in [(self.months / 12, "year"), (self.months % 12, "month"), (self.days, "day")] {
            if count != 0 {
                parts.push(format!("{count} {name}{}", if count.abs() == 1 { "" } else { "s" }));
            }
        }
        if self.micros != 0 || parts.is_empty() {
            let (sign, size) = (if self.micros < 0 { "-" } else { "" }, self.micros.unsigned_abs());
            let (seconds, rest) = (size / 1_000_000, size % 1_000_000);
            let mut clock = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            if rest != 0 {
                // Writing to a string cannot fail.
                let _ = write!(clock, ".{}", format!("{rest:06}").trim_end_matches('0'));
            }
            parts.push(clock);
        }
        parts.join(" ")
    }
}

/// The spans of a column; `None` where it has another type.
fn spans(column: &ArrayRef) -> Result<Option<Vec<Option<Span>>>> {
    Ok(match column.data_type() {
        DataType::Duration(_) => {
            let micros = cast(column, &DataType::Duration(TimeUnit::Microsecond))?;
            let micros = micros.as_primitive::<DurationMicrosecondType>();
            Some(micros.iter().map(|micros| micros.map(Span::of_micros)).collect())
        }
        DataType::Interval(_) => {
            let spans = cast(column, &DataType::Interval(IntervalUnit::MonthDayNano))?;
            let spans = spans.as_primitive::<IntervalMonthDayNanoType>();
            let parts = spans.iter().map(|span| {
                span.map(|span| Span {
                    months: span.months.into(),
                    days: span.days.into(),
                    micros: span.nanoseconds / 1000,
                })
            });
            Some(parts.collect())
        }
        _ => None,
    })
}

/// The spans of a column as text; `None` where it has another type.
pub(super) fn texts(column: &ArrayRef) -> Result<Option<Vec<Option<String>>>> {
    Ok(spans(column)?.map(|spans| spans.into_iter().map(|span| span.map(Span::text)).collect()))
}

/// Seconds of spans, and of times since 1970.
pub(super) fn seconds(column: &ArrayRef) -> Result<ArrayRef> {
    if let Some(spans) = spans(column)? {
        return Ok(Arc::new(spans.into_iter().map(|span| span.map(Span::seconds)).collect::<Float64Array>()));
    }
    match column.data_type() {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null => {
            let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
            let micros = micros.as_primitive::<TimestampMicrosecondType>();
            Ok(Arc::new(micros.iter().map(|time| time.map(|time| time as f64 / 1e6)).collect::<Float64Array>()))
        }
        other => Err(DataFusionError::Plan(format!("the epoch is of a time or a span of time, not of {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_as_databases_tell_them() {
        for (span, text) in [
            (Span { months: 14, days: 3, micros: 14_706_500_000 }, "1 year 2 months 3 days 04:05:06.5"),
            (Span { months: 0, days: -1, micros: 0 }, "-1 day"),
            (Span::of_micros(5_400_000_000), "01:30:00"),
            (Span::default(), "00:00:00"),
            (Span::of_micros(DAY + 7_200_000_000), "1 day 02:00:00"),
            (Span::of_micros(-DAY - 7_200_500_000), "-1 day -02:00:00.5"),
        ] {
            assert_eq!(span.text(), text);
        }
    }
}
