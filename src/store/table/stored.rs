//! A table in a run's files, and the cells of it that were looked at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use polars::prelude::DataFrame;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::cell::{Cell, cell_of};
use crate::store::engine::stored::Stored;
use crate::store::order::{KeptOrder, Order};

/// Cells that are kept at most: some screens full of them.
const CELLS: usize = 40_000;

/// Ids whose rows are remembered at most.
const IDS: usize = 10_000;

/// Memory that one block of an export takes, about, in bytes.
const BLOCK_BYTES: usize = 256 << 20;
/// Bytes of a cell in memory, about.
const CELL_BYTES: usize = 16;

/// A table in a run's files.
#[derive(Debug)]
pub(in crate::store) struct StoredTable {
    stored: Arc<Stored>,
    /// Orders that the run keeps of its rows.
    orders: Vec<KeptOrder>,
    cells: Mutex<HashMap<(u32, usize), Cell>>,
    /// Rows by the ids that were looked up.
    found: Mutex<HashMap<String, Option<usize>>>,
    sample: OnceLock<DataFrame>,
}

impl StoredTable {
    pub(super) fn new(stored: Stored, orders: Vec<KeptOrder>) -> Self {
        let (cells, found, sample) = (Mutex::default(), Mutex::default(), OnceLock::new());
        Self { stored: Arc::new(stored), orders, cells, found, sample }
    }

    /// The files.
    pub(in crate::store) fn stored(&self) -> &Arc<Stored> {
        &self.stored
    }

    /// The orders that the run keeps of its rows.
    pub(in crate::store) fn orders(&self) -> &[KeptOrder] {
        &self.orders
    }

    /// The sample of its rows, read once.
    pub(super) fn sample(&self, read: impl FnOnce() -> Result<DataFrame>) -> Result<DataFrame> {
        if let Some(sample) = self.sample.get() {
            return Ok(sample.clone());
        }
        let sample = read()?;
        Ok(self.sample.get_or_init(|| sample).clone())
    }

    /// The row of an id, looked up once.
    pub(super) fn row_of(&self, id: &str, find: impl FnOnce() -> Result<Option<usize>>) -> Result<Option<usize>> {
        let known = |found: &HashMap<String, Option<usize>>| found.get(id).copied();
        if let Some(row) = known(&self.found.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(row);
        }
        let row = find()?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= IDS {
            found.clear();
        }
        found.insert(id.to_owned(), row);
        Ok(row)
    }

    /// Reads those cells that are not yet here, and forgets others where they are too many.
    pub(super) fn look(&self, rows: &[u32], columns: &[usize]) -> Result<()> {
        let missing: Vec<u32> = {
            let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            let known = |row: u32| columns.iter().all(|column| cells.contains_key(&(row, *column)));
            rows.iter().copied().filter(|row| !known(*row)).collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let frame = self.stored.rows_at(&missing, columns)?;
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() + missing.len() * columns.len() > CELLS {
            cells.retain(|(row, _), _| rows.contains(row));
        }
        for (column, values) in columns.iter().zip(frame.columns()) {
            cells.extend(missing.iter().enumerate().map(|(at, row)| ((*row, *column), cell_of(values, at))));
        }
        Ok(())
    }

    /// One cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> Cell {
        if row >= self.stored.rows() || column >= self.stored.schema().fields().len() {
            return Cell::Null;
        }
        let row = row as u32;
        let read = self.look(&[row], &[column]);
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        match (cells.get(&(row, column)), read) {
            (Some(cell), _) => cell.clone(),
            (None, Err(error)) => Cell::Unreadable(error.to_string()),
            (None, Ok(())) => Cell::Null,
        }
    }

    /// The numbers of a column, NaN for null; `None` where it holds none.
    pub(super) fn numbers(&self, column: usize) -> Result<Option<Vec<f64>>> {
        let kind = self.stored.schema().field(column).data_type();
        if !kind.is_numeric() && *kind != DataType::Boolean {
            return Ok(None);
        }
        let parts = self.stored.each_group(&[column], &Job::new(), |_, next| {
            let mut numbers = Vec::new();
            while let Some(batch) = next()? {
                let values = cast(&batch[0], &DataType::Float64).map_err(|error| Error::Query(error.to_string()))?;
                let values = values.as_primitive::<Float64Type>();
                if values.null_count() == 0 {
                    numbers.extend_from_slice(values.values());
                } else {
                    numbers.extend(values.iter().map(|value| value.unwrap_or(f64::NAN)));
                }
            }
            Ok(numbers)
        })?;
        let mut all = Vec::with_capacity(self.stored.rows());
        for part in parts {
            all.extend(part);
        }
        Ok(Some(all))
    }

    /// How many rows of an order are read at once. Rows in the order of the table are read as they lie; others lie
    /// everywhere, so that each block of them reads the whole table.
    pub(super) fn rows_at_once(&self, order: &Order, columns: usize) -> usize {
        let most = BLOCK_BYTES / CELL_BYTES / columns.max(1);
        let largest = self.stored.group_rows().iter().copied().max().unwrap_or(1);
        if order.is_ascending() { largest.min(most).max(1) } else { most.max(1) }
    }
}
