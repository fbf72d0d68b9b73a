//! The rows of a view by the values of a column: how many there are of each, and the means of other columns.

use std::cmp::Reverse;

use polars::prelude::*;

use crate::error::Result;
use crate::job::Job;
use crate::store::alike::{halfway, within};
use crate::store::columns::{Shown, titled};
use crate::store::order::Order;
use crate::store::part::Part;
use crate::store::table::DataTable;
use crate::store::table::sorted::Sorted;

/// Numbers with more different values than this are parted into ranges instead.
const FEW: usize = 50;
/// Ranges of equally many rows that numbers are parted into.
const RANGES: usize = 10;
/// Groups that are made at most.
const MOST: usize = 10_000;

/// Rows by the values of a column.
#[derive(Clone, Debug)]
pub struct Groups {
    /// A row per group: the value (or the least and the greatest of a range), how many rows, their share, the means.
    pub table: DataTable,
    /// The SQL condition of each row's group; `None` where there is none.
    pub conditions: Vec<Option<String>>,
    /// How many groups there are, those of the table among them.
    pub all: u64,
}

/// One group: its rows in the table, and which they are.
struct Group {
    rows: Vec<u32>,
    condition: Option<String>,
}

impl DataTable {
    /// The rows of an order by the values of a column, with the means of the `measured` columns, as far as these hold numbers
    /// that measure something. `noun` says what the rows are. At most the 10,000 largest groups are told.
    ///
    /// # Errors
    /// As [`Self::statistics`].
    pub fn groups(&self, rows: &Order, column: usize, measured: &[usize], noun: &str, job: &Job) -> Result<Groups> {
        let sorted = self.sorted(rows, column, job)?;
        let name = self.columns()[column].name.clone();
        let numbers = if self.is_measured(column) { self.numbers(&name)? } else { None };
        job.check()?;
        let unknown = usize::from(!sorted.unknown.is_empty());
        let ranged = numbers.as_ref().filter(|_| sorted.values() > FEW);
        let (mut groups, all) = match ranged {
            Some(numbers) => {
                let ranges = ranges(&name, &sorted, numbers);
                let all = ranges.len();
                (ranges, all)
            }
            None => (self.by_value(&sorted, column, numbers.as_deref()), sorted.values()),
        };
        if unknown > 0 {
            let Part { condition, .. } = self.unknown(&sorted, column);
            groups.push(Group { rows: sorted.unknown.clone(), condition });
        }
        let heads = self.heads(&name, &groups, ranged.is_some())?;
        drop(sorted);
        let table = self.described(heads, &groups, rows.len(), measured, column, noun, job)?;
        let table = DataTable::of_frame(table).aligned().called(|title| self.words(title, &name, noun)).paid_as(self);
        let conditions = groups.into_iter().map(|group| group.condition).collect();
        Ok(Groups { table, conditions, all: (all + unknown) as u64 })
    }

    /// A group per value, the largest first.
    fn by_value(&self, sorted: &Sorted, column: usize, numbers: Option<&[f64]>) -> Vec<Group> {
        let mut values: Vec<usize> = (0..sorted.values()).collect();
        values.sort_by_key(|value| Reverse(sorted.places(*value).len()));
        values.truncate(MOST);
        let group = |value: usize| {
            let Part { condition, .. } = self.part(sorted, column, numbers, value);
            Group { rows: sorted.rows[sorted.places(value)].to_vec(), condition }
        };
        values.into_iter().map(group).collect()
    }

    /// The columns that name the groups.
    fn heads(&self, name: &str, groups: &[Group], ranged: bool) -> Result<Vec<Column>> {
        let of = |row: fn(&[u32]) -> Option<&u32>, title: String| -> Result<Column> {
            let rows: Vec<u32> = groups.iter().filter_map(|group| row(&group.rows).copied()).collect();
            let frame = self.select(&rows, Some(&[name.to_owned()]))?;
            Ok(frame.columns()[0].clone().with_name(title.into()))
        };
        if ranged {
            Ok(vec![of(<[u32]>::first, format!("{name}_from"))?, of(<[u32]>::last, format!("{name}_to"))?])
        } else {
            Ok(vec![of(<[u32]>::first, name.to_owned())?])
        }
    }

    /// What a column of the groups by a column is called, and how it is shown; `None` where nothing is known of it.
    fn words(&self, title: &str, by: &str, noun: &str) -> Option<(String, Shown)> {
        let of = |name: &str| self.column(name).map(|place| &self.columns()[place]);
        let title = title.strip_suffix("_of_group").unwrap_or(title);
        if title == by {
            return of(by).map(|info| (info.label.clone(), info.shown));
        }
        for (end, word) in [("_from", "from"), ("_to", "to")] {
            if title.strip_suffix(end) == Some(by) {
                return of(by).map(|info| (format!("{}, {word}", info.label), info.shown));
            }
        }
        if let Some(info) = title.strip_prefix("mean_").and_then(of) {
            let shown = if info.shown == Shown::Count { Shown::Number(1) } else { info.shown };
            return Some((format!("{}, mean", info.label), shown));
        }
        match title {
            "share" => Some(("Share".to_owned(), Shown::Share)),
            title if title == noun => Some((titled(noun), Shown::Count)),
            _ => None,
        }
    }

    /// The groups with their sizes and means.
    #[allow(clippy::too_many_arguments, reason = "each is a part of what was asked")]
    fn described(
        &self,
        heads: Vec<Column>,
        groups: &[Group],
        all: usize,
        measured: &[usize],
        column: usize,
        noun: &str,
        job: &Job,
    ) -> Result<DataFrame> {
        let mut columns = heads;
        let free = |columns: &[Column], name: &str| {
            let taken = columns.iter().any(|column| column.name() == name);
            if taken { format!("{name}_of_group") } else { name.to_owned() }
        };
        let sizes: Vec<i64> = groups.iter().map(|group| group.rows.len() as i64).collect();
        let shares: Vec<f64> = sizes.iter().map(|size| *size as f64 / all.max(1) as f64).collect();
        let title = free(&columns, noun);
        columns.push(Column::new(title.into(), sizes));
        let title = free(&columns, "share");
        columns.push(Column::new(title.into(), shares));
        for &other in measured.iter().filter(|other| **other != column && self.is_measured(**other)) {
            job.check()?;
            let name = &self.columns()[other].name;
            let Some(numbers) = self.numbers(name)? else { continue };
            let means: Vec<Option<f64>> = groups.iter().map(|group| mean(&group.rows, &numbers)).collect();
            let title = free(&columns, &format!("mean_{name}"));
            columns.push(Column::new(title.into(), means));
        }
        Ok(DataFrame::new_infer_height(columns)?)
    }
}

/// Ranges of about equally many rows each; equal numbers are in one.
fn ranges(name: &str, sorted: &Sorted, numbers: &[f64]) -> Vec<Group> {
    let rows = sorted.rows.len();
    let mut starts: Vec<usize> = (0..RANGES).map(|range| sorted.value_from(range * rows / RANGES)).collect();
    starts.retain(|start| *start < sorted.values());
    starts.dedup();
    let number = |value: usize| numbers[sorted.row(value) as usize];
    // A boundary lies between two values, whatever the precision of the column.
    let boundary = |value: usize| halfway(number(value - 1), number(value));
    let range = |(at, start): (usize, &usize)| {
        let next = starts.get(at + 1).copied();
        let end = next.map_or(rows, |next| sorted.places(next).start);
        let from = (*start > 0).then(|| boundary(*start));
        let alone = || within(name, Some(number(0)), None);
        let condition = within(name, from, next.map(boundary)).or_else(alone);
        Group { rows: sorted.rows[sorted.places(*start).start..end].to_vec(), condition }
    };
    starts.iter().enumerate().map(range).collect()
}

/// The mean of the numbers that are known.
fn mean(rows: &[u32], numbers: &[f64]) -> Option<f64> {
    let (mut sum, mut known) = (0.0, 0_u64);
    for number in rows.iter().map(|row| numbers[*row as usize]).filter(|number| !number.is_nan()) {
        sum += number;
        known += 1;
    }
    (known > 0).then(|| sum / known as f64)
}
