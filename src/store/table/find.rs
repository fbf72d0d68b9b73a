//! Which row a text names, and the next row that holds one.

use polars::prelude::*;

use crate::error::Result;
use crate::job::Job;
use crate::store::cell::{Cell, cell_of};
use crate::store::engine::convert;
use crate::store::engine::stored::Stored;
use crate::store::order::Order;
use crate::store::table::{DataTable, Rows};
use crate::text::Sought;

/// Rows between two looks at the cancel flag, and rows of a search that are looked at before all.
const AT_ONCE: usize = 4096;

impl DataTable {
    /// The first row whose first column reads like this. Quick in tables whose rows ascend by it, as users do.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn row_of(&self, id: &str) -> Result<Option<usize>> {
        let id = id.trim();
        match self.rows() {
            Rows::Held(frame) => Ok(row_in(frame, id)),
            Rows::Stored(table) => table.row_of(id, || {
                let stored = table.stored();
                if let Some(group) = group_of(stored, id)?
                    && let Some(row) = row_in_group(stored, group, id)?
                {
                    return Ok(Some(row));
                }
                // Rows that do not ascend.
                Ok(self.holding(0, &|cell| cell.to_string() == id, &Job::new())?.iter().position(|found| *found))
            }),
        }
    }

    /// The rows of these ids, in the table's order; ids without a row are left out.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn rows_of(&self, ids: &[String]) -> Result<Vec<u32>> {
        if ids.len() < FEW {
            let mut rows = Vec::new();
            for id in ids {
                rows.extend(self.row_of(id)?.map(|row| row as u32));
            }
            rows.sort_unstable();
            rows.dedup();
            return Ok(rows);
        }
        let wanted: std::collections::HashSet<&str> = ids.iter().map(|id| id.trim()).collect();
        let found = self.holding(0, &|cell| wanted.contains(cell.to_string().as_str()), &Job::new())?;
        Ok((0_u32..).zip(found).filter(|(_, found)| *found).map(|(row, _)| row).collect())
    }

    /// The position of the next row of an order behind `from`, or before it, whose cell in a column holds a text, whatever
    /// the case and the accents; the search goes round.
    ///
    /// # Errors
    /// As [`Self::look`]; [`crate::error::Error::Cancelled`] once the job is.
    pub fn search(
        &self,
        order: &Order,
        column: usize,
        text: &str,
        from: usize,
        backwards: bool,
        job: &Job,
    ) -> Result<Option<usize>> {
        let (all, sought) = (order.len(), Sought::new(text));
        let position = |step: usize| if backwards { (from + all - step % all) % all } else { (from + step) % all };
        // What is sought is often near.
        let near = all.min(AT_ONCE);
        let rows: Vec<u32> = (1..=near).filter_map(|step| order.get(position(step))).collect();
        // A number is found as it is shown, and by its own digits.
        let is_in = |cell: &Cell| {
            sought.is_in(&self.show(cell, column)) || (cell.is_number() && sought.is_in(&cell.to_string()))
        };
        let names = self.columns().get(column).map(|info| vec![info.name.clone()]);
        let seen = self.select(&rows, names.as_deref())?;
        let mut cells = seen.columns().iter().flat_map(|column| (0..rows.len()).map(|row| cell_of(column, row)));
        if let Some(at) = cells.position(|cell| is_in(&cell)) {
            return Ok(Some(position(at + 1)));
        }
        if near == all {
            return Ok(None);
        }
        let found = self.holding(column, &is_in, job)?;
        for step in near + 1..=all {
            if step % AT_ONCE == 0 {
                job.check()?;
            }
            let at = position(step);
            if order.get(at).is_some_and(|row| found[row as usize]) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// For each row whether its cell in a column reads so.
    fn holding(&self, column: usize, is: &(dyn Fn(&Cell) -> bool + Sync), job: &Job) -> Result<Vec<bool>> {
        let reads = |values: &Column| -> Vec<bool> { (0..values.len()).map(|row| is(&cell_of(values, row))).collect() };
        match self.rows() {
            Rows::Held(frame) => Ok(frame.columns().get(column).map(reads).unwrap_or_default()),
            Rows::Stored(table) => {
                let parts = table.stored().each_group(&[column], job, |_, next| {
                    let mut found = Vec::new();
                    while let Some(batch) = next()? {
                        let frame = convert::stored(batch[0].len(), std::iter::once(("", batch[0].clone())))?;
                        found.extend(frame.columns().iter().flat_map(reads));
                    }
                    Ok(found)
                })?;
                Ok(parts.concat())
            }
        }
    }
}

/// Fewer ids than this are looked up one by one.
const FEW: usize = 32;

/// The row group that holds an id if the rows ascend: the last one whose first row is no greater.
fn group_of(stored: &Stored, id: &str) -> Result<Option<usize>> {
    let starts = stored.group_starts();
    let (mut low, mut high) = (0, starts.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let first = stored.rows_at(&[starts[middle] as u32], &[0])?;
        if is_after(&first, id) { high = middle } else { low = middle + 1 }
    }
    Ok(low.checked_sub(1))
}

/// Whether the one id of a frame comes after another.
fn is_after(frame: &DataFrame, id: &str) -> bool {
    let Some(first) = frame.columns().first() else { return false };
    match (first.i64(), id.parse::<i64>()) {
        (Ok(first), Ok(id)) => first.get(0).is_some_and(|first| first > id),
        (Ok(_), Err(_)) => false,
        _ => first.str().ok().and_then(|first| first.get(0)).is_some_and(|first| first > id),
    }
}

fn row_in_group(stored: &Stored, group: usize, id: &str) -> Result<Option<usize>> {
    let start = stored.group_starts()[group];
    let rows: Vec<u32> = (start..start + stored.group_rows()[group]).map(|row| row as u32).collect();
    let frame = stored.rows_at(&rows, &[0])?;
    Ok(row_in(&frame, id).map(|row| start + row))
}

/// The row of a frame whose first column reads so.
fn row_in(frame: &DataFrame, id: &str) -> Option<usize> {
    let ids = frame.columns().first()?;
    if let Ok(known) = ids.i64() {
        let wanted: i64 = id.parse().ok()?;
        let quick = known.cont_slice().ok().and_then(|values| values.binary_search(&wanted).ok());
        return quick.or_else(|| known.iter().position(|known| known == Some(wanted)));
    }
    let Ok(known) = ids.str() else {
        return (0..frame.height()).find(|&row| cell_of(ids, row).to_string() == id);
    };
    let (mut low, mut high) = (0, known.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if known.get(middle).is_some_and(|known| known < id) { low = middle + 1 } else { high = middle }
    }
    if low < known.len() && known.get(low) == Some(id) {
        Some(low)
    } else {
        known.iter().position(|known| known == Some(id))
    }
}
