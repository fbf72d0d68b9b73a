//! A user seen against all others: percentiles, and the means of the user's segment. Every value of every user counts, so
//! the columns are read once through, some rows at a time.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::cmp;
use datafusion::arrow::datatypes::{DataType, Float64Type};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Holds, Role};
use crate::store::engine::convert;
use crate::store::table::{DataTable, Rows};

/// One column of the user table, seen for one user against the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The column.
    pub column: String,
    /// Share of users with a smaller value plus half of those with the same, 0–100; `None` where the user has no value.
    pub percentile: Option<f64>,
    /// Mean over the user's segment; `None` without segments.
    pub segment_mean: Option<f64>,
    /// The largest value; `None` where nobody has one.
    pub largest: Option<f64>,
}

/// What is counted of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    below: u64,
    equal: u64,
    known: u64,
    sum: f64,
    peers: u64,
    /// Means something once one is known.
    largest: f64,
}

impl Counts {
    fn add(&mut self, more: Self) {
        if more.known > 0 {
            self.largest = if self.known > 0 { self.largest.max(more.largest) } else { more.largest };
        }
        self.below += more.below;
        self.equal += more.equal;
        self.known += more.known;
        self.sum += more.sum;
        self.peers += more.peers;
    }

    /// Counts values, NaN left out; `own` is NaN where the user has none.
    fn see(&mut self, values: &ArrayRef, own: f64, peers: Option<&BooleanArray>) -> Result<()> {
        let values = cast(values, &DataType::Float64).map_err(|error| Error::Query(error.to_string()))?;
        let values = values.as_primitive::<Float64Type>();
        for (row, value) in values.values().iter().enumerate() {
            if values.is_null(row) || value.is_nan() {
                continue;
            }
            self.largest = if self.known > 0 { self.largest.max(*value) } else { *value };
            self.known += 1;
            self.below += u64::from(*value < own);
            self.equal += u64::from(value.partial_cmp(&own) == Some(Ordering::Equal));
            if peers.is_some_and(|peers| peers.is_valid(row) && peers.value(row)) {
                self.sum += value;
                self.peers += 1;
            }
        }
        Ok(())
    }
}

/// How the user in `row` stands: every column of numbers that is on a user's page. A number that names a thing has no
/// percentile.
///
/// # Errors
/// [`Error::Cancelled`] once the job is; [`Error::Damaged`] where the table does not read.
pub fn standing(users: &DataTable, row: usize, job: &Job) -> Result<Vec<Standing>> {
    let columns: Vec<usize> = (0..users.columns().len()).filter(|at| is_compared(users, *at)).collect();
    let own = numbers_of(users, row, &columns)?;
    let peers = match users.column("segment") {
        Some(at) => {
            let segment = users.select(&[row as u32], Some(&["segment".to_owned()]))?;
            match cell_of(segment.column("segment")?, 0) {
                Cell::Text(name) => Some((at, name)),
                _ => None,
            }
        }
        None => None,
    };
    let read: Vec<usize> = columns.iter().copied().chain(peers.iter().map(|(at, _)| *at)).collect();
    let count = |batch: &[ArrayRef], counts: &mut [Counts]| -> Result<()> {
        let of_segment = match &peers {
            Some((_, name)) => Some(are(&batch[columns.len()], name)?),
            None => None,
        };
        for ((counts, values), own) in counts.iter_mut().zip(batch).zip(&own) {
            counts.see(values, *own, of_segment.as_ref())?;
        }
        Ok(())
    };
    let mut all = vec![Counts::default(); columns.len()];
    match users.rows() {
        Rows::Held(frame) => {
            let batch = read.iter().map(|at| convert::array(&frame.columns()[*at]));
            count(&batch.collect::<Result<Vec<_>>>()?, &mut all)?;
        }
        Rows::Stored(table) => {
            let parts = table.stored().each_group(&read, job, |_, next| {
                let mut counts = vec![Counts::default(); columns.len()];
                while let Some(batch) = next()? {
                    job.check()?;
                    count(&batch, &mut counts)?;
                }
                Ok(counts)
            })?;
            for part in parts {
                all.iter_mut().zip(part).for_each(|(counts, more)| counts.add(more));
            }
        }
    }
    let made = columns.iter().zip(own).zip(all).map(|((at, own), counts)| Standing {
        column: users.columns()[*at].name.clone(),
        percentile: (!own.is_nan())
            .then(|| 100.0 * (counts.below as f64 + counts.equal as f64 / 2.0) / counts.known as f64),
        segment_mean: (counts.peers > 0).then(|| counts.sum / counts.peers as f64),
        largest: (counts.known > 0).then_some(counts.largest),
    });
    Ok(made.collect())
}

fn is_compared(users: &DataTable, at: usize) -> bool {
    let name = &users.columns()[at].name;
    let numeric = match users.rows() {
        Rows::Held(frame) => frame.columns()[at].dtype().is_primitive_numeric(),
        Rows::Stored(table) => table.stored().schema().field(at).data_type().is_numeric(),
    };
    let names_a_thing = columns::user_column(name).is_some_and(|entry| entry.holds == Holds::Id);
    numeric && !names_a_thing && !matches!(columns::role(name), Role::Key | Role::Reason)
}

/// The numbers of a row in some columns, NaN for null.
fn numbers_of(users: &DataTable, row: usize, columns: &[usize]) -> Result<Vec<f64>> {
    let names: Vec<String> = columns.iter().map(|at| users.columns()[*at].name.clone()).collect();
    let frame = users.select(&[row as u32], Some(&names))?;
    let number = |column: &polars::prelude::Column| {
        let value = column.cast(&polars::prelude::DataType::Float64)?;
        Ok(value.f64()?.get(0).unwrap_or(f64::NAN))
    };
    frame.columns().iter().map(number).collect()
}

/// Which of these texts are this one.
fn are(texts: &ArrayRef, name: &str) -> Result<BooleanArray> {
    let internal = |error: datafusion::arrow::error::ArrowError| Error::Query(error.to_string());
    let texts = cast(texts, &DataType::LargeUtf8).map_err(internal)?;
    let name = datafusion::arrow::array::LargeStringArray::new_scalar(name);
    cmp::eq(&texts, &name).map_err(internal)
}
