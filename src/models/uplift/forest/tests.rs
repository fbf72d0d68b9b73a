//! The own forest held to smartcore's regression forest on 0/1 labels.

#![allow(clippy::unwrap_used)]

use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::*;
use crate::models::gbt::bins::{BinnedTable, Bins};
use crate::models::population::population;
use crate::models::uplift::evaluation::pearson;

/// What smartcore says of every row.
fn by_smartcore(binned: &BinnedTable, rows: &[u32], outcome: &[bool], growing: &Growing) -> Vec<f32> {
    let matrix = |rows: &mut dyn Iterator<Item = u32>| {
        let (mut values, mut count) = (Vec::new(), 0);
        for row in rows {
            count += 1;
            values.extend(binned.columns.iter().map(|column| f32::from(column[row as usize])));
        }
        DenseMatrix::new(count, binned.columns.len(), values, false).unwrap()
    };
    let labels: Vec<f32> = rows.iter().map(|&row| f32::from(u8::from(outcome[row as usize]))).collect();
    let parameters = RandomForestRegressorParameters::default()
        .with_max_depth(growing.max_depth as u16)
        .with_min_samples_leaf(growing.min_leaf)
        .with_min_samples_split(2 * growing.min_leaf)
        .with_n_trees(growing.trees)
        .with_m(tried(binned.columns.len()))
        .with_seed(growing.seed);
    let forest = RandomForestRegressor::fit(&matrix(&mut rows.iter().copied()), &labels, parameters).unwrap();
    forest.predict(&matrix(&mut (0..binned.rows as u32))).unwrap()
}

#[test]
fn it_says_what_smartcores_forest_says() {
    let users = population();
    let job = Job::new();
    let rows: Vec<u32> = (0..users.left.len() as u32).filter(|&row| !users.held_out[row as usize]).collect();
    let features: Vec<_> = users.table.features.iter().collect();
    let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
    let binned = Bins::fit(&features, &rows, &job).unwrap().apply(&names, &users.table, &job).unwrap();
    let growing = Growing { trees: 40, max_depth: 8, min_leaf: 20, rows_per_tree: rows.len(), seed: 42 };
    let everyone = Distinct::of_all(&binned);
    let own = Forest::fit(&everyone, &rows, &users.left, &growing, &job).unwrap().predict(&everyone, &job).unwrap();
    let other = by_smartcore(&binned, &rows, &users.left, &growing);
    let held: Vec<usize> = (0..own.len()).filter(|&row| users.held_out[row]).collect();
    let pick = |of: &[f32]| -> Vec<f32> { held.iter().map(|&row| of[row]).collect() };
    assert!(pearson(&pick(&own), &pick(&other)).unwrap() > 0.98);
    let error = |of: &[f32]| -> f64 {
        held.iter().map(|&row| (f64::from(of[row]) - f64::from(u8::from(users.left[row]))).powi(2)).sum::<f64>()
    };
    assert!(error(&own) < 1.02 * error(&other), "{} {}", error(&own), error(&other));
}
