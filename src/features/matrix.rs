//! The model matrix: log, imputation, clipping and standardisation by rules fitted on training rows.

use std::sync::LazyLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::definitions::may_lack;
use crate::features::table::{Feature, FeatureTable, Scale};

/// A dense row-major matrix of `rows × columns`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// `rows * columns` values, row after row.
    pub values: Vec<f32>,
}

impl Matrix {
    /// A matrix over `values`, which hold `values.len() / columns` rows.
    pub fn new(columns: usize, values: Vec<f32>) -> Self {
        let rows = values.len().checked_div(columns).unwrap_or(0);
        Self { rows, columns, values }
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let mut values = Vec::with_capacity(rows.len() * self.columns);
        for &row in rows {
            values.extend_from_slice(self.row(row as usize));
        }
        Self { rows: rows.len(), columns: self.columns, values }
    }
}

/// What [`Transform::fit`] may do.
#[derive(Clone, Debug, Default)]
pub struct TransformOptions {
    /// Clip at these quantiles of the training rows (after the log), for instance `(0.001, 0.999)`.
    pub clip: Option<(f64, f64)>,
    /// Add a 0/1 column for each feature with nulls among the training rows.
    pub indicators: bool,
    /// Use only these features; all of the table's where `None`.
    pub only: Option<Vec<String>>,
}

/// One column of the model matrix and how it is made from its feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnTransform {
    /// The column's name: the feature's, with `_missing` behind it for an indicator.
    pub name: String,
    /// The feature it is made from.
    pub feature: String,
    /// Whether the column is 1 where the feature is null and 0 elsewhere, before standardisation.
    pub indicator: bool,
    /// Whether `log1p` is applied first.
    pub log1p: bool,
    /// Training median (after the log): what a null becomes.
    pub median: f32,
    /// Values below are raised to this (after the log).
    pub low: f32,
    /// Values above are lowered to this (after the log).
    pub high: f32,
    /// Training mean, subtracted.
    pub mean: f32,
    /// Training standard deviation (population), divided by; never 0.
    pub deviation: f32,
}

impl ColumnTransform {
    /// The standardised value of a raw one; NaN stands for null.
    pub fn apply(&self, raw: f64) -> f32 {
        (self.unscaled(raw) - self.mean) / self.deviation
    }

    /// The value before standardisation.
    fn unscaled(&self, raw: f64) -> f32 {
        if self.indicator {
            return if raw.is_nan() { 1.0 } else { 0.0 };
        }
        if raw.is_nan() {
            return self.median;
        }
        let value = if self.log1p { log1p(raw.max(0.0)) } else { raw };
        (value as f32).clamp(self.low, self.high)
    }
}

/// Why a feature is left out that is null for everyone.
const NOTHING_KNOWN: &str = "no value is known";

/// Rules that turn a [`FeatureTable`] into a standardised [`Matrix`], fitted on training rows and stored with a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transform {
    /// The matrix's columns, in order.
    pub columns: Vec<ColumnTransform>,
    /// Features left out and why: nothing but nulls, or the same value in every training row. Those that a log may lack
    /// are not named.
    pub left_out: Vec<(String, String)>,
}

impl Transform {
    /// Fits the rules on the rows `training` of `table`.
    pub fn fit(table: &FeatureTable, training: &[u32], options: &TransformOptions) -> Self {
        let wanted =
            |feature: &&Feature| options.only.as_ref().is_none_or(|only| only.iter().any(|name| *name == feature.name));
        let fitted: Vec<_> = table
            .features
            .par_iter()
            .filter(wanted)
            .map(|feature| (feature.name.clone(), fit_feature(feature, training, options)))
            .collect();
        let mut transform = Self { columns: Vec::new(), left_out: Vec::new() };
        for (name, result) in fitted {
            match result {
                Ok(columns) => transform.columns.extend(columns),
                Err(NOTHING_KNOWN) if may_lack(&name) => {}
                Err(reason) => transform.left_out.push((name.into_owned(), reason.to_owned())),
            }
        }
        transform
    }

    /// The matrix of a table: one row per user, one column per entry of `columns`. A feature that the table lacks counts as null.
    pub fn apply(&self, table: &FeatureTable) -> Matrix {
        let width = self.columns.len();
        let features: Vec<_> = self.columns.iter().map(|column| table.feature(&column.feature)).collect();
        let mut values = vec![0.0; table.len() * width];
        if width > 0 {
            values.par_chunks_mut(width * ROWS_PER_CHUNK).enumerate().for_each(|(chunk, out)| {
                for (offset, (column, feature)) in self.columns.iter().zip(&features).enumerate() {
                    for (row, slot) in out.iter_mut().skip(offset).step_by(width).enumerate() {
                        let raw = feature.map_or(f64::NAN, |feature| feature.values.get(chunk * ROWS_PER_CHUNK + row));
                        *slot = column.apply(raw);
                    }
                }
            });
        }
        Matrix { rows: table.len(), columns: width, values }
    }
}

const ROWS_PER_CHUNK: usize = 4096;

/// `ln(1 + value)`. Most values are small counts, whose logarithms are taken once.
fn log1p(value: f64) -> f64 {
    static OF_COUNTS: LazyLock<[f64; 1024]> = LazyLock::new(|| std::array::from_fn(|count| (count as f64).ln_1p()));
    let count = value as usize;
    if count < OF_COUNTS.len() && value.fract() == 0.0 && value >= 0.0 { OF_COUNTS[count] } else { value.ln_1p() }
}

fn fit_feature(
    feature: &Feature,
    training: &[u32],
    options: &TransformOptions,
) -> Result<Vec<ColumnTransform>, &'static str> {
    let takes_log = feature.scale == Scale::Log;
    let mut known: Vec<f32> = Vec::with_capacity(training.len());
    for &row in training {
        let raw = feature.values.get(row as usize);
        if !raw.is_nan() {
            known.push(if takes_log { log1p(raw.max(0.0)) as f32 } else { raw as f32 });
        }
    }
    let missing = training.len() - known.len();
    if known.is_empty() {
        return Err(NOTHING_KNOWN);
    }
    let median = quantile(&mut known, 0.5);
    let (low, high) = match options.clip {
        Some((low, high)) => (quantile(&mut known, low), quantile(&mut known, high)),
        None => (f32::MIN, f32::MAX),
    };
    let clipped_median = f64::from(median.clamp(low, high));
    let count = training.len() as f64;
    let filled = |sum: f64| (sum + missing as f64 * clipped_median) / count;
    let mean = filled(known.iter().map(|&value| f64::from(value.clamp(low, high))).sum());
    let squares: f64 = known.iter().map(|&value| (f64::from(value.clamp(low, high)) - mean).powi(2)).sum();
    let variance = (squares + missing as f64 * (clipped_median - mean).powi(2)) / count;
    let mut columns = Vec::new();
    if variance > 1e-12 * mean.abs().max(1.0) {
        columns.push(ColumnTransform {
            name: feature.name.to_string(),
            feature: feature.name.to_string(),
            indicator: false,
            log1p: takes_log,
            median,
            low,
            high,
            mean: mean as f32,
            deviation: variance.sqrt() as f32,
        });
    }
    if options.indicators && missing > 0 {
        let share = missing as f64 / count;
        columns.push(ColumnTransform {
            name: format!("{}_missing", feature.name),
            feature: feature.name.to_string(),
            indicator: true,
            log1p: false,
            median: 1.0,
            low: 0.0,
            high: 1.0,
            mean: share as f32,
            deviation: (share * (1.0 - share)).sqrt() as f32,
        });
    }
    if columns.is_empty() { Err("it is the same for every training row") } else { Ok(columns) }
}

/// The nearest-rank quantile; reorders `values`, which must not be empty nor hold NaN.
fn quantile(values: &mut [f32], q: f64) -> f32 {
    let rank = ((values.len() - 1) as f64 * q).round() as usize;
    *values.select_nth_unstable_by(rank, f32::total_cmp).1
}
