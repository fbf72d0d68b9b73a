//! Logistic regression with an L2 penalty for any number of rows: minimises `Σ log(1 + exp(−s·z)) + l2/2·|w|²` with
//! `z = intercept + w·x`, `s = ±1`, the intercept unpenalised. That is scikit-learn's objective with `C = 1/l2`, and linfa-logistic's with `alpha = l2`.
//!
//! Sums are f64 over the f32 matrix, taken in chunks of fixed size and folded in order: the thread count changes no bit.

mod by_linfa;
mod newton;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::Matrix;
pub use by_linfa::fit_linfa;
pub use newton::{NewtonFit, fit_nearly, fit_newton, gradient_size};

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 8192;

/// A fitted model: the log odds of a row `x` of a standardised matrix are `intercept + coefficients · x`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logistic {
    /// Log odds where every column is 0, that is, at its training mean.
    pub intercept: f64,
    /// Change of the log odds per standard deviation, one per column of the matrix.
    pub coefficients: Vec<f64>,
}

impl Logistic {
    /// The log odds of a row.
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        self.intercept + self.coefficients.iter().zip(row).map(|(w, &x)| w * f64::from(x)).sum::<f64>()
    }

    /// The probability of every row of `matrix`.
    pub fn probabilities(&self, matrix: &Matrix) -> Vec<f32> {
        let row = |row: usize| logistic(self.log_odds(matrix.row(row))) as f32;
        (0..matrix.rows).into_par_iter().with_min_len(ROWS_PER_CHUNK).map(row).collect()
    }
}

/// `1 / (1 + exp(−z))`, without overflow.
pub fn logistic(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + (-z).exp())
    } else {
        let odds = z.exp();
        odds / (1.0 + odds)
    }
}

/// The rows to fit on: rows `rows` of `matrix`, labelled by `labels[row]`.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Standardised columns of every row.
    pub matrix: &'a Matrix,
    /// One label per row of `matrix`.
    pub labels: &'a [bool],
    /// The rows to fit on.
    pub rows: &'a [u32],
}

/// Largest entry of the objective's gradient, per row, that counts as none.
const GRADIENT_TOLERANCE: f64 = 1e-10;

#[cfg(test)]
mod tests;
