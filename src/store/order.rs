//! Which rows a view shows and in which order.

use std::sync::Arc;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::engine::answers::answers;
use crate::store::rank::{self, NULL_RANK};
use crate::store::unknown::unknown_column;

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// What is shown of a table, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        Some(text) => matching(frame, text, job)?,
        None => (0..frame.height() as u32).collect(),
    };
    // Every key is found before any work is done for one; a stable sort by the last key, then the one before it, and so
    // on, ends in the order of them all.
    let keys = view.sort.iter().map(|key| column(frame, key)).collect::<Result<Vec<_>>>()?;
    for (key, column) in view.sort.iter().zip(keys).rev() {
        job.check()?;
        sort_by(&mut rows, rank::of(column, job)?, key.descending, job)?;
    }
    job.check()?;
    Ok(rows.into())
}

fn column<'a>(frame: &'a DataFrame, key: &SortKey) -> Result<&'a Column> {
    let column = frame.column(&key.column).map_err(|_| {
        let names: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        Error::Query(unknown_column(&key.column, &names))
    })?;
    if column.dtype().is_nested() {
        return Err(Error::Query(format!("{} holds lists, which have no order; sort by another column", key.column)));
    }
    Ok(column)
}

/// Sorts `rows` by rank and leaves rows of equal rank as they are; those without a value come last either way.
fn sort_by(rows: &mut Vec<u32>, mut ranks: Vec<u64>, descending: bool, job: &Job) -> Result<()> {
    if descending {
        for rank in ranks.iter_mut().filter(|rank| **rank != NULL_RANK) {
            *rank = NULL_RANK - 1 - *rank;
        }
    }
    let (known, unknown): (Vec<u32>, Vec<u32>) = rows.iter().partition(|&&row| ranks[row as usize] != NULL_RANK);
    let mut ranked = known.into_iter().map(|row| (ranks[row as usize], row)).collect();
    rank::sort(&mut ranked, job)?;
    rows.clear();
    rows.extend(ranked.into_iter().map(|(_, row)| row).chain(unknown));
    Ok(())
}

/// The rows for which a condition is true.
fn matching(frame: &DataFrame, text: &str, job: &Job) -> Result<Vec<u32>> {
    let kept = answers(frame, text, job)?;
    Ok((0..).zip(kept).filter(|(_, keep)| *keep).map(|(row, _)| row).collect())
}
