//! What a column holds, over the rows of a view.

use std::cmp::Reverse;

use crate::error::Result;
use crate::job::Job;
use crate::store::alike::equal;
use crate::store::cell::Cell;
use crate::store::columns::{Holds, catalogue};
use crate::store::histogram::{Axis, histogram};
use crate::store::order::Order;
use crate::store::part::Part;
use crate::store::table::sorted::Sorted;
use crate::store::table::{ColumnKind, DataTable};

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// The column.
    pub column: String,
    /// Rows looked at.
    pub rows: u64,
    /// Those without a value.
    pub unknown: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// The mean, of numbers, and as it is shown.
    pub mean: Option<(f64, String)>,
    /// The smallest value such that the share named has it or a smaller one, as it is shown and as it is: of numbers and
    /// times.
    pub quantiles: Vec<(&'static str, String, Cell)>,
    /// Rows by size of the number or by time, in round steps; the last step has no end where few values lie far out.
    pub histogram: Vec<Part>,
    /// The most frequent values, those that are there most first; none where each is there once and they are many.
    pub frequent: Vec<Part>,
}

/// The quantiles told.
const QUANTILES: [(&str, f64); 7] = [
    ("least", 0.0),
    ("5th percentile", 0.05),
    ("25th percentile", 0.25),
    ("median", 0.5),
    ("75th percentile", 0.75),
    ("95th percentile", 0.95),
    ("most", 1.0),
];

impl DataTable {
    /// What a column holds in the rows of an order; of its values the `most` that are there most.
    ///
    /// # Errors
    /// [`crate::Error::Query`] where the column holds lists, [`crate::Error::Cancelled`] once the job is; else as
    /// [`Self::look`].
    pub fn statistics(&self, rows: &Order, column: usize, most: usize, job: &Job) -> Result<Statistics> {
        let sorted = self.sorted(rows, column, job)?;
        let name = self.columns()[column].name.clone();
        let numbers = if self.is_measured(column) { self.numbers(&name)? } else { None };
        job.check()?;
        let known = sorted.rows.len();
        let number = |place: usize| numbers.as_ref().map_or(f64::NAN, |numbers| numbers[sorted.rows[place] as usize]);
        let mean = (numbers.is_some() && known > 0).then(|| (0..known).map(number).sum::<f64>() / known as f64);
        let ordered = numbers.is_some() || self.columns()[column].kind == ColumnKind::Time;
        let quantiles = QUANTILES.iter().filter(|_| ordered && known > 0).map(|(title, share)| {
            let place = ((share * known as f64).ceil() as usize).clamp(1, known) - 1;
            let cell = self.cell(sorted.rows[place] as usize, column);
            (*title, self.show(&cell, column), cell)
        });
        let quantiles = quantiles.collect();
        let histogram = match self.columns()[column].kind {
            ColumnKind::Time => {
                let time = |place: usize| match self.cell(sorted.rows[place] as usize, column) {
                    Cell::Time(at) => at as f64,
                    _ => f64::NAN,
                };
                histogram(&name, known, &time, &Axis::Times)
            }
            kind if numbers.is_some() => {
                let words = |edge: f64| self.show(&Cell::Float(edge), column);
                histogram(&name, known, &number, &Axis::Numbers { whole: kind == ColumnKind::Int, words: &words })
            }
            _ => Vec::new(),
        };
        let frequent = self.frequent(&sorted, column, numbers.as_deref(), most);
        Ok(Statistics {
            rows: rows.len() as u64,
            unknown: sorted.unknown.len() as u64,
            distinct: sorted.values() as u64,
            column: name,
            mean: mean.map(|mean| (mean, self.show(&Cell::Float(mean), column))),
            quantiles,
            histogram,
            frequent,
        })
    }

    /// Whether a column holds numbers that count or measure something, and no ids.
    pub(super) fn is_measured(&self, column: usize) -> bool {
        let info = &self.columns()[column];
        let is_id = || {
            let mut entries = catalogue().iter().filter_map(|table| table.column(&info.name));
            info.name.ends_with("_id") || entries.any(|entry| entry.holds == Holds::Id)
        };
        matches!(info.kind, ColumnKind::Int | ColumnKind::Float) && !is_id()
    }

    fn frequent(&self, sorted: &Sorted, column: usize, numbers: Option<&[f64]>, most: usize) -> Vec<Part> {
        let key = |value: &usize| (Reverse(sorted.places(*value).len()), *value);
        let mut values: Vec<usize> = (0..sorted.values()).collect();
        if values.len() > most {
            if values.len() == sorted.rows.len() {
                values.clear();
            } else {
                values.select_nth_unstable_by_key(most, key);
                values.truncate(most);
            }
        }
        values.sort_unstable_by_key(key);
        let mut parts: Vec<Part> = values.into_iter().map(|value| self.part(sorted, column, numbers, value)).collect();
        if !sorted.unknown.is_empty() {
            parts.push(self.unknown(sorted, column));
            parts.sort_by_key(|part| Reverse(part.rows));
            parts.truncate(most.max(1));
        }
        parts
    }

    /// The rows of a value.
    pub(super) fn part(&self, sorted: &Sorted, column: usize, numbers: Option<&[f64]>, value: usize) -> Part {
        let name = &self.columns()[column].name;
        let cell = self.cell(sorted.row(value) as usize, column);
        let shown = match cell {
            Cell::Float(shown) => shown,
            _ => f64::NAN,
        };
        let number = |value: usize| numbers.map(|numbers| numbers[sorted.row(value) as usize]);
        let before = value.checked_sub(1).and_then(number);
        let after = (value + 1 < sorted.values()).then(|| number(value + 1)).flatten();
        let condition = equal(name, &cell, before, number(value).unwrap_or(shown), after);
        Part { label: self.show(&cell, column), rows: sorted.places(value).len() as u64, condition }
    }

    /// The rows without a value.
    pub(super) fn unknown(&self, sorted: &Sorted, column: usize) -> Part {
        let condition = equal(&self.columns()[column].name, &Cell::Null, None, f64::NAN, None);
        Part { label: Cell::Null.to_string(), rows: sorted.unknown.len() as u64, condition }
    }
}
