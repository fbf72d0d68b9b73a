//! The model matrix: log, imputation, clipping and standardisation by rules fitted on training rows.

use std::sync::LazyLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::list::may_lack;
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
    /// Leave out these features.
    pub without: &'static [&'static str],
    /// Add columns that begin at the training terciles of these features, so that a linear model can bend there.
    pub bends: &'static [&'static str],
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
    /// The column is how far the value (after the log) lies above this, 0 below; the value itself where `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f32>,
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
        let value = match (raw.is_nan(), self.log1p) {
            (true, _) => self.median,
            (false, true) => (log1p(raw.max(0.0)) as f32).clamp(self.low, self.high),
            (false, false) => (raw as f32).clamp(self.low, self.high),
        };
        self.above.map_or(value, |above| (value - above).max(0.0))
    }
}

impl ColumnTransform {
    /// The column with the mean and deviation of the known training values (after the log) and `missing` nulls; `None`
    /// where it does not vary.
    fn standardised(self, known: &[f32], missing: usize) -> Option<Self> {
        let value = |value: f32| {
            let value = value.clamp(self.low, self.high);
            f64::from(self.above.map_or(value, |above| (value - above).max(0.0)))
        };
        let (count, filled) = ((known.len() + missing) as f64, value(self.median));
        let mean = (known.iter().map(|&known| value(known)).sum::<f64>() + missing as f64 * filled) / count;
        let squares: f64 = known.iter().map(|&known| (value(known) - mean).powi(2)).sum();
        let variance = (squares + missing as f64 * (filled - mean).powi(2)) / count;
        let varies = variance > 1e-12 * mean.abs().max(1.0);
        varies.then(|| Self { mean: mean as f32, deviation: variance.sqrt() as f32, ..self })
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
        let wanted = |feature: &&Feature| {
            options.only.as_ref().is_none_or(|only| only.iter().any(|name| *name == feature.name))
                && !options.without.contains(&feature.name.as_ref())
        };
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
        self.apply_by(table, table.len(), |row| row)
    }

    /// The matrix of the rows `rows` of a table, in that order.
    pub fn apply_to(&self, table: &FeatureTable, rows: &[u32]) -> Matrix {
        self.apply_by(table, rows.len(), |row| rows[row] as usize)
    }

    fn apply_by(&self, table: &FeatureTable, rows: usize, place: impl Fn(usize) -> usize + Sync) -> Matrix {
        let width = self.columns.len();
        let features: Vec<_> = self.columns.iter().map(|column| table.feature(&column.feature)).collect();
        let mut values = vec![0.0; rows * width];
        if width > 0 {
            values.par_chunks_mut(width * ROWS_PER_CHUNK).enumerate().for_each(|(chunk, out)| {
                for (offset, (column, feature)) in self.columns.iter().zip(&features).enumerate() {
                    for (row, slot) in out.iter_mut().skip(offset).step_by(width).enumerate() {
                        let row = place(chunk * ROWS_PER_CHUNK + row);
                        *slot = column.apply(feature.map_or(f64::NAN, |feature| feature.values.get(row)));
                    }
                }
            });
        }
        Matrix { rows, columns: width, values }
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
    let missing_share = missing as f64 / training.len() as f64;
    let plain = ColumnTransform {
        name: feature.name.to_string(),
        feature: feature.name.to_string(),
        indicator: false,
        log1p: takes_log,
        above: None,
        median,
        low,
        high,
        mean: 0.0,
        deviation: 1.0,
    };
    let mut columns: Vec<ColumnTransform> = plain.clone().standardised(&known, missing).into_iter().collect();
    if options.bends.contains(&feature.name.as_ref()) && !columns.is_empty() {
        let mut last = known.iter().copied().fold(f32::INFINITY, f32::min);
        for share in [1.0 / 3.0, 2.0 / 3.0] {
            let knot = quantile(&mut known, share).clamp(low, high);
            if knot > last {
                last = knot;
                let at = if takes_log { knot.exp_m1() } else { knot };
                let bend =
                    ColumnTransform { name: format!("{}>{at:.3}", feature.name), above: Some(knot), ..plain.clone() };
                columns.extend(bend.standardised(&known, missing));
            }
        }
    }
    if options.indicators && missing > 0 {
        columns.push(ColumnTransform {
            name: format!("{}_missing", feature.name),
            feature: feature.name.to_string(),
            indicator: true,
            log1p: false,
            above: None,
            median: 1.0,
            low: 0.0,
            high: 1.0,
            mean: missing_share as f32,
            deviation: (missing_share * (1.0 - missing_share)).sqrt() as f32,
        });
    }
    if columns.is_empty() { Err("it is the same for every training row") } else { Ok(columns) }
}

/// The nearest-rank quantile; reorders `values`, which must not be empty nor hold NaN.
fn quantile(values: &mut [f32], q: f64) -> f32 {
    let rank = ((values.len() - 1) as f64 * q).round() as usize;
    *values.select_nth_unstable_by(rank, f32::total_cmp).1
}
