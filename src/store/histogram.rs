//! Rows by size of a number or by time, in round steps.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::format;
use crate::store::alike::{quoted_name, within};
use crate::store::part::Part;

/// Steps of a histogram, about.
const STEPS: f64 = 8.0;
/// A range that is so many times the one up to the 95th percentile has a last step without an end.
const FAR: f64 = 3.0;

/// What is measured.
pub(super) enum Axis<'a> {
    /// Numbers.
    Numbers {
        /// Whether all are whole.
        whole: bool,
        /// How a number is shown.
        words: &'a dyn Fn(f64) -> String,
    },
    /// Times, as milliseconds since 1970.
    Times,
}

/// Rows by size of the number that `number` gives of each of so many places in ascending order.
pub(super) fn histogram(column: &str, places: usize, number: &dyn Fn(usize) -> f64, axis: &Axis<'_>) -> Vec<Part> {
    let Some(last) = places.checked_sub(1) else { return Vec::new() };
    let (least, most) = (number(0), number(last));
    let common = number((last as f64 * 0.95) as usize);
    let is_far = matches!(axis, Axis::Numbers { .. }) && common > least && most - least > FAR * (common - least);
    let end = if is_far { common } else { most };
    if !(least.is_finite() && end.is_finite() && end > least) {
        return Vec::new();
    }
    let Steps { edges, labels } = match axis {
        Axis::Numbers { whole, words } => of_numbers(least, end, *whole, words),
        Axis::Times => of_times(least, end),
    };
    let place = |edge: f64| {
        let (mut low, mut high) = (0, places);
        while low < high {
            let middle = usize::midpoint(low, high);
            if number(middle) < edge { low = middle + 1 } else { high = middle }
        }
        low
    };
    let starts: Vec<usize> = edges.iter().map(|edge| place(*edge)).collect();
    let count = edges.len() - 1;
    let part = |at: usize| {
        let (from, to) = (edges[at], edges[at + 1]);
        let is_last = at + 1 == count;
        let label = match &labels {
            Labels::Steps(labels) => labels[at].clone(),
            Labels::Edges(labels) if is_last && is_far => format!("from {}", labels[at]),
            Labels::Edges(labels) => format!("{} to {}", labels[at], labels[at + 1]),
        };
        let end = if is_last { places } else { starts[at + 1] };
        let condition = match axis {
            Axis::Numbers { .. } => within(column, Some(from), (!is_last).then_some(to)),
            Axis::Times => Some(between(column, from, to)),
        };
        Part { label, rows: (end - starts[at]) as u64, condition }
    };
    (0..count).map(part).collect()
}

/// The edges of the steps, one more than there are steps.
struct Steps {
    edges: Vec<f64>,
    labels: Labels,
}

enum Labels {
    /// Of each edge.
    Edges(Vec<String>),
    /// Of each step: a day, a month, a year.
    Steps(Vec<String>),
}

/// Round numbers that part a range into about [`STEPS`] steps.
fn of_numbers(least: f64, most: f64, whole: bool, words: &dyn Fn(f64) -> String) -> Steps {
    let rough = (most - least) / STEPS;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= rough * (1.0 - 1e-9));
    let step = step.unwrap_or(rough);
    let step = if whole { step.max(1.0) } else { step };
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    let first = (least / step).floor();
    let rounded = |edge: f64| format!("{edge:.decimals$}").parse().unwrap_or(edge);
    let mut edges: Vec<f64> = vec![rounded(first * step)];
    while edges.last().is_some_and(|last| *last < most) && edges.len() < 4 * STEPS as usize {
        edges.push(rounded((first + edges.len() as f64) * step));
    }
    let mut labels: Vec<String> = edges.iter().map(|edge| words(*edge)).collect();
    let alike = labels.windows(2).any(|pair| pair[0] == pair[1]);
    if alike || (whole && edges.iter().all(|edge| (0.0..1e15).contains(edge))) {
        // Steps finer than what cells show, or whole numbers, which need no decimals.
        let written = |edge: &f64| {
            let grouped = decimals == 0 && (0.0..1e15).contains(edge);
            if grouped { format::thousands(*edge as u64) } else { format!("{edge:.decimals$}") }
        };
        labels = edges.iter().map(written).collect();
    }
    Steps { edges, labels: Labels::Edges(labels) }
}

const SECOND: f64 = 1_000.0;
const DAY: f64 = 86_400.0 * SECOND;
const MONTH: f64 = 30.44 * DAY;
/// Monday, 5 January 1970.
const MONDAY: f64 = 4.0 * DAY;
/// Steps up to a week, in seconds.
const SHORT: [u32; 15] = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
/// Longer ones, in months.
const LONG: [u32; 9] = [1, 3, 6, 12, 24, 60, 120, 240, 600];

/// Steps of the calendar, in UTC, that part a span of time into about [`STEPS`].
fn of_times(least: f64, most: f64) -> Steps {
    let rough = (most - least) / (STEPS * 1.4);
    if let Some(step) = SHORT.into_iter().find(|step| f64::from(*step) * SECOND >= rough) {
        let step = f64::from(step) * SECOND;
        let from = if step > 2.0 * DAY { MONDAY } else { 0.0 };
        let first = from + ((least - from) / step).floor() * step;
        let count = ((most - first) / step).floor() as usize + 1;
        let edges: Vec<f64> = (0..=count).map(|at| first + at as f64 * step).collect();
        let labels = if step.to_bits() == DAY.to_bits() {
            Labels::Steps(edges[..count].iter().map(|edge| told(*edge, "%Y-%m-%d")).collect())
        } else {
            let form = if step >= DAY {
                "%Y-%m-%d"
            } else if step >= 60.0 * SECOND {
                "%Y-%m-%d %H:%M"
            } else {
                "%H:%M:%S"
            };
            Labels::Edges(edges.iter().map(|edge| told(*edge, form)).collect())
        };
        return Steps { edges, labels };
    }
    let months = LONG.into_iter().find(|months| f64::from(*months) * MONTH >= rough).unwrap_or(1_200);
    let (edges, labels) = of_months(least, most, months as i32);
    Steps { edges, labels }
}

/// Steps of whole months, which begin with a year where they part it.
fn of_months(least: f64, most: f64, months: i32) -> (Vec<f64>, Labels) {
    let date = zoned(least).date();
    let all = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    let first = all.div_euclid(months) * months;
    let year = i16::try_from(first.div_euclid(12)).unwrap_or(1970);
    let start = Date::new(year, (first.rem_euclid(12) + 1) as i8, 1).unwrap_or(date);
    let edge = |at: i32| {
        let date = start.saturating_add((at * months).months());
        date.to_zoned(TimeZone::UTC).map_or(most, |at| at.timestamp().as_millisecond() as f64)
    };
    let mut edges = vec![edge(0)];
    while edges.last().is_some_and(|last| *last <= most) && edges.len() < 8 * STEPS as usize {
        edges.push(edge(edges.len() as i32));
    }
    let labels = match months {
        1 => Labels::Steps(edges.iter().map(|edge| told(*edge, "%Y-%m")).collect()),
        12 => Labels::Steps(edges.iter().map(|edge| told(*edge, "%Y")).collect()),
        _ => Labels::Edges(edges.iter().map(|edge| told(*edge, "%Y-%m")).collect()),
    };
    (edges, labels)
}

fn zoned(milliseconds: f64) -> jiff::Zoned {
    let at = Timestamp::from_millisecond(milliseconds as i64).unwrap_or_default();
    at.to_zoned(TimeZone::UTC)
}

fn told(milliseconds: f64, form: &str) -> String {
    zoned(milliseconds).strftime(form).to_string()
}

/// The condition that holds for times from one on and before another.
fn between(column: &str, from: f64, to: f64) -> String {
    let name = quoted_name(column);
    let sql = |at: f64| format!("timestamp '{}'", told(at, "%Y-%m-%d %H:%M:%S"));
    format!("{name} >= {} and {name} < {}", sql(from), sql(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> f64 {
        text.parse::<Timestamp>().map_or(f64::NAN, |at| at.as_millisecond() as f64)
    }

    #[test]
    fn times_are_counted_by_steps_of_the_calendar() {
        let of = |times: &[&str]| {
            let times: Vec<f64> = times.iter().map(|time| ms(time)).collect();
            let parts = histogram("time", times.len(), &|place| times[place], &Axis::Times);
            assert_eq!(parts.iter().map(|part| part.rows).sum::<u64>(), times.len() as u64);
            parts
        };
        let months = of(&["2015-01-31T10:00:00Z", "2015-05-03T03:00:00Z", "2015-09-18T02:59:00Z"]);
        assert_eq!(months.len(), 9);
        assert_eq!((months[0].label.as_str(), months[0].rows), ("2015-01", 1));
        assert_eq!(
            months[4].condition.as_deref(),
            Some("time >= timestamp '2015-05-01 00:00:00' and time < timestamp '2015-06-01 00:00:00'")
        );
        let days = of(&["2015-05-03T03:00:00Z", "2015-05-09T02:59:00Z"]);
        assert_eq!((days.len(), days[6].label.as_str()), (7, "2015-05-09"));
        let weeks = of(&["2015-05-06T03:00:00Z", "2015-06-20T02:59:00Z"]);
        assert_eq!(weeks[0].label, "2015-05-04 to 2015-05-11");
        let hours = of(&["2015-05-06T03:20:00Z", "2015-05-06T09:40:00Z"]);
        assert_eq!((hours.len(), hours[0].label.as_str()), (7, "2015-05-06 03:00 to 2015-05-06 04:00"));
        let years = of(&["2001-05-06T03:20:00Z", "2011-12-31T23:00:00Z"]);
        assert_eq!((years.len(), years[10].label.as_str(), years[10].rows), (11, "2011", 1));
        assert!(of(&["2001-05-06T03:20:00Z"; 3][..0]).is_empty());
    }

    #[test]
    fn numbers_are_shown_as_their_cells_are() {
        let parts = |numbers: &[f64]| {
            let words = |edge: f64| format!("{:.1} %", edge * 100.0);
            let axis = Axis::Numbers { whole: false, words: &words };
            histogram("share", numbers.len(), &|place| numbers[place], &axis)
        };
        let labels = |numbers: &[f64]| parts(numbers).into_iter().map(|part| part.label).collect::<Vec<_>>();
        assert_eq!(labels(&[0.0, 0.11, 0.21, 0.4])[1], "5.0 % to 10.0 %");
        assert_eq!(labels(&[0.0, 0.001, 0.002, 0.004])[1], "0.0005 to 0.0010", "finer than what cells show");
    }
}
