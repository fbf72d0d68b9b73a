//! Features as small integers: quantile bins with one for nulls.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::FeatureTable;

/// Bins of known values at most; with the bin of nulls a code fits a byte.
pub const MOST_BINS: usize = 255;

/// Training values looked at to place the bins' borders.
const SAMPLE: usize = 200_000;

/// The borders of every feature's bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// The features used, in order.
    pub features: Vec<String>,
    /// Per feature the ascending upper borders of its bins but the last.
    pub borders: Vec<Vec<f64>>,
}

/// A table in bins, feature after feature.
#[derive(Clone, Debug)]
pub struct Binned {
    /// Rows.
    pub rows: usize,
    /// Per feature one code per row: 0 for null, from 1 for known values.
    pub codes: Vec<Vec<u8>>,
}

impl Bins {
    /// Places borders between distinct values, at equal numbers of training rows where there are more than
    /// [`MOST_BINS`] of them. Features of which no two training values differ, nulls included, are left out.
    pub fn fit(table: &FeatureTable, training: &[u32]) -> Self {
        let step = training.len().div_ceil(SAMPLE).max(1);
        let fitted: Vec<(String, Option<Vec<f64>>)> = table
            .features
            .par_iter()
            .map(|feature| {
                let values: Vec<f64> =
                    training.iter().step_by(step).map(|&row| feature.values.get(row as usize)).collect();
                (feature.name.to_owned(), borders(values))
            })
            .collect();
        let (features, borders) =
            fitted.into_iter().filter_map(|(name, borders)| borders.map(|borders| (name, borders))).unzip();
        Self { features, borders }
    }

    /// The codes of a table's rows. A feature that the table lacks counts as null.
    pub fn apply(&self, table: &FeatureTable) -> Binned {
        let code = |(name, borders): (&String, &Vec<f64>)| match table.feature(name) {
            Some(feature) => (0..table.len()).map(|row| code(borders, feature.values.get(row))).collect(),
            None => vec![0; table.len()],
        };
        Binned { rows: table.len(), codes: self.features.par_iter().zip(&self.borders).map(code).collect() }
    }
}

fn code(borders: &[f64], value: f64) -> u8 {
    if value.is_nan() { 0 } else { 1 + borders.partition_point(|&border| border < value) as u8 }
}

fn borders(mut values: Vec<f64>) -> Option<Vec<f64>> {
    let all = values.len();
    values.retain(|value| !value.is_nan());
    let some_null = values.len() < all;
    values.sort_unstable_by(f64::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.is_empty() || (distinct.len() == 1 && !some_null) {
        return None;
    }
    if distinct.len() > MOST_BINS - 1 {
        let bins = MOST_BINS - 1;
        distinct = (1..bins).map(|bin| values[values.len() * bin / bins]).collect();
        distinct.dedup();
        return Some(distinct);
    }
    distinct.pop();
    Some(distinct)
}
