//! Logistic regression with L2 on a standardised matrix.
//!
//! Minimises `Σ log(1 + exp(−yᵢ(b + wᵀxᵢ))) + l2/2·‖w‖²` (y = ±1), the objective of scikit-learn's
//! `LogisticRegression(C = 1/l2)`; the intercept is not penalised. Two solvers give the same coefficients: [`fit_linfa`]
//! (L-BFGS of linfa-logistic), which holds up to some tens of thousands of rows, and [`fit_newton`] (iteratively
//! reweighted least squares: McCullagh & Nelder, *Generalized Linear Models*, 1989, §4.4), which takes a `p × p` solve
//! per step and one pass over the rows. At 1.4 million rows linfa needs forty times as long.

use linfa::prelude::*;
use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::job::Job;

/// A fitted logistic regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logistic {
    /// Log-odds of a row of zeros.
    pub intercept: f64,
    /// One per column of the matrix.
    pub coefficients: Vec<f64>,
}

/// Rows per unit of parallel work; fixed, so that sums do not depend on the number of threads.
const ROWS_PER_CHUNK: usize = 8192;

impl Logistic {
    /// Log-odds of a row.
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        self.intercept + row.iter().zip(&self.coefficients).map(|(&x, w)| f64::from(x) * w).sum::<f64>()
    }

    /// Probabilities of the positive class, one per row.
    pub fn probabilities(&self, matrix: &Matrix) -> Vec<f32> {
        (0..matrix.rows).into_par_iter().map(|row| sigmoid(self.log_odds(matrix.row(row))) as f32).collect()
    }
}

fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// `ln(1 + eˣ)` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn both_classes(positive: &[bool]) -> Result<()> {
    let count = positive.iter().filter(|&&yes| yes).count();
    if count == 0 || count == positive.len() {
        let (all, what) = (positive.len(), if count == 0 { "negative" } else { "positive" });
        return Err(Error::Model(format!("all {all} training rows are {what}: there is nothing to tell apart")));
    }
    Ok(())
}

/// Gradient, Hessian (lower triangle, row-major) and loss at one point.
struct Slopes {
    gradient: Vec<f64>,
    hessian: Vec<f64>,
    loss: f64,
}

/// Newton's method with step halving; stops when the Newton decrement per row falls below `tolerance`.
///
/// # Errors
/// [`Error::Model`] when only one class is present or the steps do not settle within `iterations`.
pub fn fit_newton(
    matrix: &Matrix,
    positive: &[bool],
    l2: f64,
    iterations: u32,
    tolerance: f64,
    job: &Job,
) -> Result<Logistic> {
    both_classes(positive)?;
    let width = matrix.columns + 1;
    let rate = positive.iter().filter(|&&yes| yes).count() as f64 / positive.len() as f64;
    let mut weights = vec![0.0; width];
    weights[0] = (rate / (1.0 - rate)).ln();
    let mut slopes = slopes(matrix, positive, &weights, l2, job)?;
    for _ in 0..iterations {
        job.advance(1);
        let step = newton_step(&slopes, width)?;
        let decrement: f64 = step.iter().zip(&slopes.gradient).map(|(s, g)| s * g).sum();
        if decrement / matrix.rows as f64 <= tolerance {
            return Ok(Logistic { intercept: weights[0], coefficients: weights[1..].to_vec() });
        }
        let mut length = 1.0;
        loop {
            let next: Vec<f64> = weights.iter().zip(step.iter()).map(|(w, s)| w - length * s).collect();
            let at_next = self::slopes(matrix, positive, &next, l2, job)?;
            if at_next.loss <= slopes.loss || length < 1e-6 {
                weights = next;
                slopes = at_next;
                break;
            }
            length /= 2.0;
        }
    }
    Err(Error::Model(format!("logistic regression did not settle in {iterations} steps; raise churn.l2 above {l2}")))
}

fn newton_step(slopes: &Slopes, width: usize) -> Result<DVector<f64>> {
    let mut hessian = DMatrix::from_row_slice(width, width, &slopes.hessian);
    hessian.fill_upper_triangle_with_lower_triangle();
    let gradient = DVector::from_column_slice(&slopes.gradient);
    let scale = hessian.diagonal().max().max(1.0);
    // Collinear columns without L2 leave the Hessian singular; the smallest ridge that can be factored is used.
    for ridge in [0.0, 1e-12, 1e-10, 1e-8, 1e-6] {
        let ridged = &hessian + DMatrix::from_diagonal_element(width, width, ridge * scale);
        if let Some(factor) = Cholesky::new(ridged) {
            return Ok(factor.solve(&gradient));
        }
    }
    Err(Error::Model("logistic regression met a singular Hessian; raise churn.l2".to_owned()))
}

fn slopes(matrix: &Matrix, positive: &[bool], weights: &[f64], l2: f64, job: &Job) -> Result<Slopes> {
    let width = weights.len();
    let columns = matrix.columns.max(1);
    let starts: Vec<usize> = (0..matrix.rows).step_by(ROWS_PER_CHUNK).collect();
    let parts: Vec<Slopes> = starts
        .par_iter()
        .map(|&start| {
            job.check()?;
            let mut part = Slopes { gradient: vec![0.0; width], hessian: vec![0.0; width * width], loss: 0.0 };
            let mut row_with_one = vec![1.0; width];
            for row in start..(start + ROWS_PER_CHUNK).min(matrix.rows) {
                for (slot, &x) in row_with_one[1..].iter_mut().zip(&matrix.values[row * columns..]) {
                    *slot = f64::from(x);
                }
                let log_odds: f64 = row_with_one.iter().zip(weights).map(|(x, w)| x * w).sum();
                let p = sigmoid(log_odds);
                let y = f64::from(u8::from(positive[row]));
                part.loss += softplus(log_odds) - y * log_odds;
                let curvature = p * (1.0 - p);
                for i in 0..width {
                    part.gradient[i] += (p - y) * row_with_one[i];
                    let scaled = curvature * row_with_one[i];
                    for (slot, x) in part.hessian[i * width..=i * width + i].iter_mut().zip(&row_with_one) {
                        *slot += scaled * x;
                    }
                }
            }
            Ok(part)
        })
        .collect::<Result<_>>()?;
    let mut total = Slopes { gradient: vec![0.0; width], hessian: vec![0.0; width * width], loss: 0.0 };
    for part in parts {
        total.loss += part.loss;
        for (sum, value) in total.gradient.iter_mut().zip(part.gradient) {
            *sum += value;
        }
        for (sum, value) in total.hessian.iter_mut().zip(part.hessian) {
            *sum += value;
        }
    }
    for i in 1..width {
        total.loss += l2 / 2.0 * weights[i] * weights[i];
        total.gradient[i] += l2 * weights[i];
        total.hessian[i * width + i] += l2;
    }
    Ok(total)
}

/// linfa-logistic's L-BFGS on the same objective.
///
/// # Errors
/// [`Error::Model`] when only one class is present or linfa fails.
pub fn fit_linfa(matrix: &Matrix, positive: &[bool], l2: f64, iterations: u64, tolerance: f64) -> Result<Logistic> {
    both_classes(positive)?;
    let values: Vec<f64> = matrix.values.iter().map(|&x| f64::from(x)).collect();
    let failed = |error: &dyn std::fmt::Display| Error::Model(format!("linfa-logistic: {error}"));
    let records = Array2::from_shape_vec((matrix.rows, matrix.columns), values).map_err(|error| failed(&error))?;
    let targets = Array1::from_vec(positive.to_vec());
    let dataset = Dataset::new(records, targets);
    // linfa's alpha is 1/C, and its tolerance is on the gradient of the sum over rows.
    let fitted = linfa_logistic::LogisticRegression::default()
        .alpha(l2)
        .max_iterations(iterations)
        .gradient_tolerance(tolerance * matrix.rows as f64)
        .fit(&dataset)
        .map_err(|error| failed(&error))?;
    // linfa calls the class it meets more often positive.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    Ok(Logistic {
        intercept: sign * fitted.intercept(),
        coefficients: fitted.params().iter().map(|w| sign * w).collect(),
    })
}
