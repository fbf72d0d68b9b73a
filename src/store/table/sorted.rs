//! The rows of a view in the order of a column's values, and where each value begins.

use std::ops::Range;
use std::sync::PoisonError;

use crate::error::Result;
use crate::job::Job;
use crate::store::order::Order;
use crate::store::rank::{self, NULL_RANK};
use crate::store::table::DataTable;
use crate::store::table::order::{LARGE, ONE_AT_A_TIME};

/// Rows between two looks at the cancel flag.
const AT_ONCE: usize = 1 << 16;

/// Rows by the values of a column, ascending.
#[derive(Debug, Default)]
pub(in crate::store) struct Sorted {
    /// The rows that have a value.
    pub(in crate::store) rows: Vec<u32>,
    /// The rows that have none, as they came.
    pub(in crate::store) unknown: Vec<u32>,
    /// Where among the rows each value begins.
    starts: Vec<u32>,
}

impl Sorted {
    /// How many different values there are.
    pub(in crate::store) fn values(&self) -> usize {
        self.starts.len()
    }

    /// The places of a value's rows.
    pub(in crate::store) fn places(&self, value: usize) -> Range<usize> {
        let end = self.starts.get(value + 1).map_or(self.rows.len(), |start| *start as usize);
        self.starts[value] as usize..end
    }

    /// One of the rows that have a value.
    pub(in crate::store) fn row(&self, value: usize) -> u32 {
        self.rows[self.starts[value] as usize]
    }

    /// The first value that begins at a place or behind it.
    pub(in crate::store) fn value_from(&self, place: usize) -> usize {
        self.starts.partition_point(|start| (*start as usize) < place)
    }
}

impl DataTable {
    /// The rows of an order by the values of a column.
    ///
    /// # Errors
    /// [`crate::Error::Query`] where the column holds lists, [`crate::Error::Cancelled`] once the job is; else as
    /// [`Self::look`].
    pub(in crate::store) fn sorted(&self, rows: &Order, column: usize, job: &Job) -> Result<Sorted> {
        job.check()?;
        let _turn = (self.len() > LARGE).then(|| ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner));
        let name = self.columns().get(column).map(|info| info.name.clone()).unwrap_or_default();
        let ranks = self.ranks(self.key(&name)?, job)?;
        let mut sorted = Sorted::default();
        let mut keys = Vec::with_capacity(rows.len());
        for (at, row) in rows.rows().enumerate() {
            if at % AT_ONCE == 0 {
                job.check()?;
            }
            match ranks[row as usize] {
                NULL_RANK => sorted.unknown.push(row),
                rank => {
                    keys.push(rank);
                    sorted.rows.push(row);
                }
            }
        }
        drop(ranks);
        rank::sort(&mut keys, &mut sorted.rows, job)?;
        let mut place = 0;
        for equal in keys.chunk_by(|a, b| a == b) {
            sorted.starts.push(place);
            place += equal.len() as u32;
        }
        Ok(sorted)
    }
}
