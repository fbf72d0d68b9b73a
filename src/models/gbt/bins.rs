//! Features as bytes: each value becomes the number of its bin, with bin edges from training rows only. A tree on bins
//! needs no scaling, and a value beyond the training range falls into the outermost bin instead of exploding.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{Feature, FeatureTable, Values};
use crate::job::Job;

/// The bin of a null.
pub const MISSING: u8 = u8::MAX;
/// Most bins of a column for values that are known: codes 0 to 254.
pub const MAX_BINS: usize = 255;
/// Rows, evenly spaced, from which the edges are taken.
const SAMPLE_ROWS: usize = 200_000;
/// Counts below this are looked up.
const SMALL_COUNTS: u32 = 1024;
/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 16_384;

/// The edges between the bins of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnBins {
    /// Bin `i` holds the values above `edges[i - 1]` up to and including `edges[i]`; ascending.
    pub edges: Vec<f32>,
}

impl ColumnBins {
    /// Bins of about equally many values, at most [`MAX_BINS`]; a value that is common enough gets its own.
    /// Sorts `values`; NaN are ignored.
    pub fn fit(values: &mut Vec<f32>) -> Self {
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f32::total_cmp);
        let distinct: Vec<(f32, usize)> = values.chunk_by(|a, b| a >= b).map(|run| (run[0], run.len())).collect();
        let every_value = distinct.len() <= MAX_BINS;
        let (mut edges, mut in_bin) = (Vec::new(), 0);
        let (mut values_left, mut bins_left) = (values.len(), MAX_BINS);
        for pair in distinct.windows(2) {
            let ((value, count), (next, next_count)) = (pair[0], pair[1]);
            in_bin += count;
            let share = values_left.div_ceil(bins_left);
            if bins_left > 1 && (every_value || in_bin >= share || in_bin + next_count > share + share / 2) {
                edges.push(between(value, next));
                values_left -= in_bin;
                bins_left -= 1;
                in_bin = 0;
            }
        }
        Self { edges }
    }

    /// The bin of a value; NaN is [`MISSING`].
    pub fn code(&self, value: f32) -> u8 {
        if value.is_nan() { MISSING } else { self.edges.partition_point(|&edge| edge < value) as u8 }
    }

    /// The bins of all values of a feature.
    fn codes(&self, values: &Values) -> Vec<u8> {
        fn each<T: Copy + Sync>(values: &[T], code: impl Fn(T) -> u8 + Sync) -> Vec<u8> {
            values.par_iter().with_min_len(ROWS_PER_CHUNK).map(|&value| code(value)).collect()
        }
        match values {
            Values::Count(counts) => {
                // Most counts are small.
                let small: Vec<u8> = (0..SMALL_COUNTS).map(|count| self.code(count as f32)).collect();
                each(counts, |count| match small.get(count as usize) {
                    Some(&code) => code,
                    None => self.code(count as f32),
                })
            }
            Values::Real(values) => each(values, |value| self.code(value)),
            Values::Money(values) => each(values, |value| self.code(value as f32)),
        }
    }

    /// How many bins there are for known values.
    pub fn len(&self) -> usize {
        self.edges.len() + 1
    }

    /// Whether every known value falls into one bin.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }
}

/// A value that separates `low` from `high`: `low <= between < high`.
fn between(low: f32, high: f32) -> f32 {
    let middle = (0.5 * (f64::from(low) + f64::from(high))) as f32;
    if middle >= low && middle < high { middle } else { low }
}

/// The bins of several columns, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// One entry per column.
    pub columns: Vec<ColumnBins>,
}

impl Bins {
    /// Fits the bins of `features` on the rows `training`.
    pub fn fit(features: &[&Feature], training: &[u32], job: &Job) -> Result<Self> {
        Self::fit_columns(features.len(), training, |column, row| features[column].values.get(row) as f32, job)
    }

    fn fit_columns(
        columns: usize,
        training: &[u32],
        value: impl Fn(usize, usize) -> f32 + Sync,
        job: &Job,
    ) -> Result<Self> {
        let stride = training.len().div_ceil(SAMPLE_ROWS).max(1);
        let fit = |column: usize| {
            job.check()?;
            let mut values = training.iter().step_by(stride).map(|&row| value(column, row as usize)).collect();
            Ok(ColumnBins::fit(&mut values))
        };
        Ok(Self { columns: (0..columns).into_par_iter().map(fit).collect::<Result<_>>()? })
    }

    /// The codes of every row of a feature table. A feature named in `names` that the table lacks is missing throughout.
    pub fn apply(&self, names: &[String], table: &FeatureTable, job: &Job) -> Result<BinnedTable> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for (bins, name) in self.columns.iter().zip(names) {
            job.check()?;
            columns.push(match table.feature(name) {
                None => vec![MISSING; table.len()],
                Some(feature) => bins.codes(&feature.values),
            });
        }
        Ok(BinnedTable { rows: table.len(), columns })
    }
}

/// The bin numbers of a table, column after column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinnedTable {
    /// Number of rows.
    pub rows: usize,
    /// Per column, the code of every row; [`MISSING`] stands for null.
    pub columns: Vec<Vec<u8>>,
}
