//! Single rows of a stored table by their numbers, and whole columns of it, row group by row group on all threads. Pages
//! without a wanted row are not read.

use std::io;
use std::sync::OnceLock;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, UInt64Array, new_empty_array};
use datafusion::arrow::compute::{concat, filter, take};
use datafusion::arrow::error::ArrowError;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use polars::prelude::DataFrame;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::engine::convert;
use crate::store::engine::stored::Stored;

/// Where more than one row in so many is wanted, all are decoded.
const DENSE: usize = 8;

impl Stored {
    /// The rows of these numbers, in this order, with these columns (places in the schema). A row may stand twice.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a file does not hold what was written, [`Error::Missing`] for a row beyond the end.
    pub(in crate::store) fn rows_at(&self, rows: &[u32], columns: &[usize]) -> Result<DataFrame> {
        let mut ascending: Vec<u32> = rows.to_vec();
        ascending.sort_unstable();
        ascending.dedup();
        if let Some(last) = ascending.last().filter(|last| **last as usize >= self.rows()) {
            return Err(Error::Missing(format!("there is no row {last} among {}", self.rows())));
        }
        let mut spans = Vec::new();
        let (mut start, mut from) = (0_usize, 0_usize);
        for (group, rows) in self.group_rows().iter().enumerate() {
            let end = from + ascending[from..].partition_point(|row| (*row as usize) < start + rows);
            if end > from {
                spans.push((group, start, &ascending[from..end]));
            }
            (start, from) = (start + rows, end);
        }
        let one = |(group, start, rows): &(usize, usize, &[u32])| self.some_rows(*group, *start, rows, columns);
        let parts: Vec<Vec<ArrayRef>> = match spans.as_slice() {
            [span] => vec![one(span)?],
            spans => readers()?.install(|| spans.par_iter().map(one).collect::<Result<_>>())?,
        };
        let in_order = ascending.len() == rows.len() && ascending == rows;
        let places: UInt64Array = if in_order {
            UInt64Array::new_null(0)
        } else {
            rows.iter().map(|row| Some(ascending.partition_point(|other| other < row) as u64)).collect()
        };
        let made = (0..columns.len()).map(|at| {
            let kind = self.schema().field(columns[at]).data_type();
            let empty = new_empty_array(kind);
            let parts: Vec<&dyn Array> = parts.iter().map(|part| part[at].as_ref()).chain([empty.as_ref()]).collect();
            let all = concat(&parts)?;
            if in_order { Ok(all) } else { take(&all, &places, None) }
        });
        let made: Vec<ArrayRef> = made.collect::<Result<_, ArrowError>>().map_err(internal)?;
        let names = columns.iter().map(|column| self.schema().field(*column).name().as_str());
        convert::stored(rows.len(), names.zip(made))
    }

    /// Rows of one row group, which begins at row `start`.
    fn some_rows(&self, group: usize, start: usize, rows: &[u32], columns: &[usize]) -> Result<Vec<ArrayRef>> {
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let all = self.group_rows()[group];
        let places = rows.iter().map(|row| *row as usize - start);
        let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); columns.len()];
        if rows.len() * DENSE > all {
            let mut wanted = vec![false; all];
            places.for_each(|place| wanted[place] = true);
            let (mut reader, mut from) = (self.read(group, columns, None)?, 0);
            while let Some(batch) = reader.next_batch()? {
                let rows = batch[0].len();
                let mask = BooleanArray::from(wanted[from..from + rows].to_vec());
                for (part, column) in parts.iter_mut().zip(&batch) {
                    part.push(filter(column, &mask).map_err(internal)?);
                }
                from += rows;
            }
        } else {
            let mut selectors: Vec<RowSelector> = Vec::new();
            let mut next = 0;
            for place in places {
                if place > next {
                    selectors.push(RowSelector::skip(place - next));
                }
                match selectors.last_mut() {
                    Some(last) if !last.skip => last.row_count += 1,
                    _ => selectors.push(RowSelector::select(1)),
                }
                next = place + 1;
            }
            if next < all {
                selectors.push(RowSelector::skip(all - next));
            }
            let mut reader = self.read(group, columns, Some(&RowSelection::from(selectors)))?;
            while let Some(batch) = reader.next_batch()? {
                for (part, column) in parts.iter_mut().zip(batch) {
                    part.push(column);
                }
            }
        }
        parts
            .iter()
            .map(|parts| concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>()).map_err(internal))
            .collect()
    }

    /// What `look` makes of each row group's columns, in order: it gets the number of the group's first row and batches
    /// one after the other. Groups are read side by side.
    ///
    /// # Errors
    /// As [`Self::rows_at`]; [`Error::Cancelled`] once the job is; what `look` returns.
    pub(in crate::store) fn each_group<T: Send>(
        &self,
        columns: &[usize],
        job: &Job,
        look: impl Fn(usize, &mut dyn FnMut() -> Result<Option<Vec<ArrayRef>>>) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let starts = self.group_starts();
        let one = |(group, start): (usize, &usize)| {
            job.check()?;
            let mut reader = self.read(group, columns, None)?;
            look(*start, &mut || reader.next_batch())
        };
        readers()?.install(|| starts.par_iter().enumerate().map(one).collect())
    }

    /// The place of a column.
    pub(in crate::store) fn place_of(&self, name: &str) -> Option<usize> {
        self.schema().index_of(name).ok()
    }
}

/// The threads that read tables: their own, so that no one who looks at a table waits for the stages of a run.
fn readers() -> Result<&'static ThreadPool> {
    static READERS: OnceLock<ThreadPool> = OnceLock::new();
    if let Some(readers) = READERS.get() {
        return Ok(readers);
    }
    let made = ThreadPoolBuilder::new().thread_name(|at| format!("reader-{at}")).build();
    let made = made.map_err(|error| Error::io("reader threads")(io::Error::other(error)))?;
    Ok(READERS.get_or_init(|| made))
}

/// What cannot be of columns that were read as one kind.
#[allow(clippy::needless_pass_by_value, reason = "as map_err wants it")]
fn internal(error: ArrowError) -> Error {
    Error::Query(error.to_string())
}
