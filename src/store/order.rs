//! Which rows a view shows and in which order.

use std::cmp::Ordering;
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use super::query;
use crate::error::{Error, Result};
use crate::job::Job;

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// What is shown of a table, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// An SQL condition over the columns; every row without one.
    pub filter: Option<String>,
    /// The first key decides, the next breaks its ties.
    pub sort: Vec<SortKey>,
}

/// The rows of a view, in its order.
pub(super) fn order(frame: &DataFrame, view: &View, job: &Job) -> Result<Arc<[u32]>> {
    job.check()?;
    let mut rows = match &view.filter {
        Some(text) => matching(frame, text)?,
        None => (0..frame.height() as u32).collect(),
    };
    job.check()?;
    if view.sort.is_empty() {
        return Ok(rows.into());
    }
    let keys: Vec<Ranks> = view.sort.iter().map(|key| Ranks::of(frame, key)).collect::<Result<_>>()?;
    job.check()?;
    if let [key] = keys.as_slice() {
        sort_by_one(&mut rows, key);
    } else {
        rows.par_sort_by(|&a, &b| {
            keys.iter().map(|key| key.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
    job.check()?;
    Ok(rows.into())
}

fn sort_by_one(rows: &mut Vec<u32>, key: &Ranks) {
    let mut ranked: Vec<(u64, u32)> = rows.iter().map(|&row| (key.0[row as usize], row)).collect();
    ranked.par_sort_by_key(|&(rank, _)| rank);
    rows.clear();
    rows.extend(ranked.into_iter().map(|(_, row)| row));
}

fn matching(frame: &DataFrame, text: &str) -> Result<Vec<u32>> {
    let condition = query::condition(text, frame.schema())?;
    let kept = frame
        .clone()
        .lazy()
        .select([condition.alias("kept")])
        .collect()
        .map_err(|error| Error::Query(format!("{text}: {error}")))?;
    let kept = kept.column("kept")?.bool()?;
    Ok((0_u32..).zip(kept.iter()).filter(|(_, keep)| *keep == Some(true)).map(|(row, _)| row).collect())
}

/// One number per row whose ascending order is the key's order, nulls last whatever the direction.
struct Ranks(Vec<u64>);

const NULL_RANK: u64 = u64::MAX;

impl Ranks {
    fn of(frame: &DataFrame, key: &SortKey) -> Result<Self> {
        let Ok(column) = frame.column(&key.column) else {
            let names: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
            return Err(Error::Query(query::unknown_column(&key.column, &names)));
        };
        let turned = |rank: u64| if key.descending { NULL_RANK - 1 - rank } else { rank };
        let ranks = match column.dtype() {
            DataType::String => {
                text_ranks(column.str()?).into_iter().map(|rank| rank.map_or(NULL_RANK, turned)).collect()
            }
            DataType::Float32 | DataType::Float64 => column
                .cast(&DataType::Float64)?
                .f64()?
                .iter()
                .map(|value| value.filter(|value| !value.is_nan()).map_or(NULL_RANK, |value| turned(float_rank(value))))
                .collect(),
            _ => column
                .cast(&DataType::Int64)?
                .i64()?
                .iter()
                .map(|value| value.map_or(NULL_RANK, |value| turned(int_rank(value))))
                .collect(),
        };
        Ok(Self(ranks))
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        self.0[a as usize].cmp(&self.0[b as usize])
    }
}

/// Order-preserving; the two extremes of the range are given up so that no value meets the rank of null.
fn int_rank(value: i64) -> u64 {
    (value as u64 ^ (1 << 63)).min(NULL_RANK - 1)
}

/// The usual order of floats as an order of integers.
fn float_rank(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

fn text_ranks(column: &StringChunked) -> Vec<Option<u64>> {
    let mut distinct: Vec<&str> = column.iter().flatten().collect();
    distinct.par_sort_unstable();
    distinct.dedup();
    column.iter().map(|text| text.map(|text| distinct.partition_point(|known| *known < text) as u64)).collect()
}
