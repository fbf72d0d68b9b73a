//! Filters and sorts: of a table in a run's files the columns that the view names are read, once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::engine::answers::{Asked, answers};
use crate::store::engine::convert;
use crate::store::order::{Order, View};
use crate::store::rank::{self, NULL_RANK, Ranks};
use crate::store::table::{DataTable, Rows};
use crate::store::unknown::unknown_column;

/// Tables of more rows are sorted one at a time, so that the panes of one workbench do not add up their memory.
pub(super) const LARGE: usize = 1_000_000;

pub(super) static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

impl DataTable {
    /// The rows of a view, in its order: those for which the filter is true, sorted, nulls last, equal rows in table
    /// order.
    ///
    /// # Errors
    /// [`Error::Query`] tells what is wrong with the filter or which column a sort key names in vain;
    /// [`Error::Cancelled`] once the job is; else as [`Self::look`].
    pub fn order(&self, view: &View, job: &Job) -> Result<Order> {
        job.check()?;
        let _turn = (self.len() > LARGE).then(|| ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner));
        job.check()?;
        // Every key is found before any work is done for one.
        let keys = view.sort.iter().map(|key| Ok((self.key(&key.column)?, key.descending)));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        if view.filter.is_none()
            && let [key] = view.sort.as_slice()
            && let Some(kept) = self.kept_order(&key.column, key.descending)?
        {
            return Ok(kept);
        }
        let filtered = view.filter.as_deref().map(|text| self.matching(text, job)).transpose()?;
        if keys.is_empty() {
            let all = || Order::All(u32::try_from(self.len()).unwrap_or(u32::MAX));
            return Ok(filtered.map_or_else(all, |rows| Order::Ascending(rows.into())));
        }
        let mut rows = filtered.unwrap_or_else(|| (0..self.len() as u32).collect());
        // A stable sort by the last key, then the one before it, and so on, ends in the order of them all.
        for (column, descending) in keys.into_iter().rev() {
            job.check()?;
            sort_by(&mut rows, self.ranks(column, job)?, descending, job)?;
        }
        job.check()?;
        Ok(Order::Sorted(rows.into()))
    }

    /// The order that the run keeps by a column, if it does.
    fn kept_order(&self, column: &str, descending: bool) -> Result<Option<Order>> {
        let Rows::Stored(table) = self.rows() else { return Ok(None) };
        let kept = table.orders().iter().find(|kept| descending && kept.column == column);
        kept.map(|kept| kept.read(self.len())).transpose()
    }

    /// The place of a column to sort by.
    pub(super) fn key(&self, name: &str) -> Result<usize> {
        let place = self.column(name).ok_or_else(|| {
            let names: Vec<&str> = self.columns().iter().map(|column| column.name.as_str()).collect();
            Error::Query(unknown_column(name, &names))
        })?;
        let nested = match self.rows() {
            Rows::Held(frame) => frame.columns()[place].dtype().is_nested(),
            Rows::Stored(table) => table.stored().schema().field(place).data_type().is_nested(),
        };
        if nested {
            return Err(Error::Query(format!("{name} holds lists, which have no order; sort by another column")));
        }
        Ok(place)
    }

    pub(super) fn ranks(&self, column: usize, job: &Job) -> Result<Vec<u64>> {
        let name = &self.columns()[column].name;
        let parts: Vec<Ranks> = match self.rows() {
            Rows::Held(frame) => vec![rank::of(&convert::array(&frame.columns()[column])?, name)?],
            Rows::Stored(table) => table.stored().each_group(&[column], job, |_, next| {
                let mut ranks = Ranks::default();
                while let Some(batch) = next()? {
                    ranks.extend(rank::of(&batch[0], name)?);
                }
                Ok(ranks)
            })?,
        };
        rank::joined(parts, self.len(), job)
    }

    /// The rows for which a condition is true.
    fn matching(&self, text: &str, job: &Job) -> Result<Vec<u32>> {
        let asked = match self.rows() {
            Rows::Held(frame) => Asked::Held(frame.clone()),
            Rows::Stored(table) => Asked::Stored(Arc::clone(table.stored())),
        };
        let kept = answers(asked, text, job)?;
        Ok((0..).zip(kept).filter(|(_, keep)| *keep).map(|(row, _)| row).collect())
    }
}

/// Sorts `rows` by rank and leaves rows of equal rank as they are; those without a value come last either way.
fn sort_by(rows: &mut Vec<u32>, mut ranks: Vec<u64>, descending: bool, job: &Job) -> Result<()> {
    if descending {
        for rank in ranks.iter_mut().filter(|rank| **rank != NULL_RANK) {
            *rank = NULL_RANK - 1 - *rank;
        }
    }
    let all = ranks.len() == rows.len() && rows.iter().enumerate().all(|(place, row)| place == *row as usize);
    let mut keys = if all { ranks } else { rows.iter().map(|row| ranks[*row as usize]).collect() };
    let mut unknown = Vec::new();
    if keys.contains(&NULL_RANK) {
        unknown = rows.iter().zip(&keys).filter(|(_, key)| **key == NULL_RANK).map(|(row, _)| *row).collect();
        let mut known = keys.iter().map(|key| *key != NULL_RANK);
        rows.retain(|_| known.next().unwrap_or(false));
        keys.retain(|key| *key != NULL_RANK);
    }
    rank::sort(&mut keys, rows, job)?;
    rows.append(&mut unknown);
    Ok(())
}
