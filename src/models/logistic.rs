//! Logistic regression with an L2 penalty by Newton's method (iteratively reweighted least squares), for any number of
//! rows: minimises `Σ log(1 + exp(−s·z)) + l2/2·|w|²` with `z = intercept + w·x`, `s = ±1`, the intercept unpenalised.
//! That is scikit-learn's objective with `C = 1/l2`, and linfa-logistic's with `alpha = l2`.
//!
//! Sums are f64 over the f32 matrix, taken in chunks of fixed size and folded in order: the thread count changes no bit.

use nalgebra::{DMatrix, DVector};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::job::Job;

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 8192;
/// Rows whose outer products are summed by one matrix product.
const ROWS_PER_BLOCK: usize = 256;

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

/// How a fit went.
#[derive(Clone, Debug, PartialEq)]
pub struct NewtonFit {
    /// The model.
    pub model: Logistic,
    /// Newton steps taken.
    pub iterations: usize,
    /// Whether the gradient vanished before the iterations were used up.
    pub converged: bool,
    /// What had to be added to the diagonal of a singular Hessian; 0 as a rule.
    pub ridge: f64,
}

/// Largest entry of the gradient, per row, that counts as none.
const GRADIENT_TOLERANCE: f64 = 1e-10;

/// Fits by Newton's method from `start` (all 0 where `None`), halving a step that does not lower the objective.
///
/// Columns that are combinations of others make the Hessian singular where `l2` is 0: a ridge is then added to the
/// step, which leaves the objective as it is.
pub fn fit_newton(
    sample: Sample<'_>,
    l2: f64,
    max_iterations: usize,
    start: Option<&Logistic>,
    job: &Job,
) -> Result<NewtonFit> {
    let width = sample.matrix.columns + 1;
    let mut weights = start.map_or_else(|| vec![0.0; width], weights_of);
    job.begin("Newton steps", max_iterations as u64);
    let mut now = evaluate(sample, &weights, l2, job)?;
    let (mut iterations, mut ridge) = (0, 0.0_f64);
    while now.gradient_size(sample) > GRADIENT_TOLERANCE && iterations < max_iterations {
        let (step, added) = newton_step(&now)?;
        ridge = ridge.max(added);
        iterations += 1;
        job.advance(1);
        let Some((better, at)) = line_search(sample, l2, &now, &weights, &step, job)? else { break };
        weights = better;
        now = at;
    }
    let converged = now.gradient_size(sample) <= GRADIENT_TOLERANCE.sqrt() * 1e-2;
    if !weights.iter().all(|weight| weight.is_finite()) {
        return Err(Error::Model("logistic regression diverged; raise its l2 setting".to_owned()));
    }
    let model = Logistic { intercept: weights[0], coefficients: weights[1..].to_vec() };
    Ok(NewtonFit { model, iterations, converged, ridge })
}

/// The largest entry of the objective's gradient, per row: 0 at the optimum.
pub fn gradient_size(sample: Sample<'_>, model: &Logistic, l2: f64, job: &Job) -> Result<f64> {
    Ok(evaluate(sample, &weights_of(model), l2, job)?.gradient_size(sample))
}

fn weights_of(model: &Logistic) -> Vec<f64> {
    std::iter::once(model.intercept).chain(model.coefficients.iter().copied()).collect()
}

/// The point one step further, or as many halvings short of it as lower the objective; `None` where rounding hides any gain.
fn line_search(
    sample: Sample<'_>,
    l2: f64,
    now: &Objective,
    weights: &[f64],
    step: &[f64],
    job: &Job,
) -> Result<Option<(Vec<f64>, Objective)>> {
    let slack = now.loss.abs() * 1e-14;
    let mut share = 1.0;
    for _ in 0..30 {
        let next: Vec<f64> = weights.iter().zip(step).map(|(weight, step)| weight - share * step).collect();
        let at = evaluate(sample, &next, l2, job)?;
        if at.loss <= now.loss + slack {
            return Ok(Some((next, at)));
        }
        share *= 0.5;
    }
    Ok(None)
}

/// The objective at one point: loss, gradient and Hessian, the intercept first.
struct Objective {
    loss: f64,
    gradient: Vec<f64>,
    hessian: Array2<f64>,
}

impl Objective {
    fn gradient_size(&self, sample: Sample<'_>) -> f64 {
        self.gradient.iter().fold(0.0_f64, |most, entry| most.max(entry.abs())) / sample.rows.len().max(1) as f64
    }
}

fn evaluate(sample: Sample<'_>, weights: &[f64], l2: f64, job: &Job) -> Result<Objective> {
    let parts: Vec<Objective> = sample
        .rows
        .par_chunks(ROWS_PER_CHUNK)
        .map(|rows| job.check().map(|()| evaluate_chunk(sample, rows, weights)))
        .collect::<Result<_>>()?;
    let width = weights.len();
    let mut whole = Objective { loss: 0.0, gradient: vec![0.0; width], hessian: Array2::zeros((width, width)) };
    for part in parts {
        whole.loss += part.loss;
        whole.gradient.iter_mut().zip(&part.gradient).for_each(|(sum, entry)| *sum += entry);
        whole.hessian += &part.hessian;
    }
    for (column, &weight) in weights.iter().enumerate().skip(1) {
        whole.loss += 0.5 * l2 * weight * weight;
        whole.gradient[column] += l2 * weight;
        whole.hessian[(column, column)] += l2;
    }
    Ok(whole)
}

fn evaluate_chunk(sample: Sample<'_>, rows: &[u32], weights: &[f64]) -> Objective {
    let width = weights.len();
    let mut part = Objective { loss: 0.0, gradient: vec![0.0; width], hessian: Array2::zeros((width, width)) };
    let mut plain = Array2::<f64>::zeros((ROWS_PER_BLOCK, width));
    let mut weighted = Array2::<f64>::zeros((ROWS_PER_BLOCK, width));
    for block in rows.chunks(ROWS_PER_BLOCK) {
        for (slot, &row) in block.iter().enumerate() {
            let mut values = plain.row_mut(slot);
            values[0] = 1.0;
            for (value, &x) in values.iter_mut().skip(1).zip(sample.matrix.row(row as usize)) {
                *value = f64::from(x);
            }
            let z: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
            let (p, label) = (logistic(z), sample.labels[row as usize]);
            // log(1 + exp(−|z|)) is exact for both signs; the rest of the loss is linear.
            part.loss += (-z.abs()).exp().ln_1p() + if label { (-z).max(0.0) } else { z.max(0.0) };
            let residual = p - f64::from(u8::from(label));
            let curvature = p * (1.0 - p);
            for ((out, sum), &x) in weighted.row_mut(slot).iter_mut().zip(&mut part.gradient).zip(values.iter()) {
                *sum += residual * x;
                *out = curvature * x;
            }
        }
        let (plain, weighted) = (plain.slice(s![..block.len(), ..]), weighted.slice(s![..block.len(), ..]));
        general_mat_mul(1.0, &plain.t(), &weighted, 1.0, &mut part.hessian);
    }
    part
}

/// Solves `hessian · step = gradient` by Cholesky; gives the step and the ridge that made the Hessian regular.
fn newton_step(at: &Objective) -> Result<(Vec<f64>, f64)> {
    let width = at.gradient.len();
    let hessian = DMatrix::from_fn(width, width, |row, column| at.hessian[(row, column)]);
    let scale = (hessian.trace() / width as f64).max(f64::MIN_POSITIVE);
    let gradient = DVector::from_column_slice(&at.gradient);
    let mut ridge = 0.0;
    for _ in 0..12 {
        let mut regular = hessian.clone();
        for column in 0..width {
            regular[(column, column)] += ridge;
        }
        if let Some(cholesky) = regular.cholesky() {
            let step = cholesky.solve(&gradient);
            if step.iter().all(|entry| entry.is_finite()) {
                return Ok((step.iter().copied().collect(), ridge));
            }
        }
        ridge = if ridge == 0.0 { scale * 1e-10 } else { ridge * 10.0 };
    }
    Err(Error::Model("logistic regression: the features cannot be told apart; raise its l2 setting".to_owned()))
}

/// Fits by linfa-logistic's L-BFGS; `None` where it does not reach the optimum within `max_iterations`.
///
/// linfa cannot be stopped from outside, so it runs in slices of a few iterations, each from where the last one ended.
/// Its positive class is the *majority*, and its gradient tolerance is on the sum over rows, not the mean.
pub fn fit_linfa(sample: Sample<'_>, l2: f64, max_iterations: usize, job: &Job) -> Result<Option<Logistic>> {
    use linfa::prelude::{Dataset, Fit};
    const SLICE: usize = 25;
    let (rows, width) = (sample.rows.len(), sample.matrix.columns);
    let records = Array2::from_shape_fn((rows, width), |(slot, column)| {
        f64::from(sample.matrix.row(sample.rows[slot] as usize)[column])
    });
    let targets = sample.rows.iter().map(|&row| sample.labels[row as usize]).collect::<ndarray::Array1<bool>>();
    let dataset = Dataset::new(records, targets);
    let tolerance = GRADIENT_TOLERANCE * rows as f64;
    let (mut model, mut last, mut best) = (None, None, f64::INFINITY);
    job.begin("iterations", max_iterations as u64);
    for _ in 0..max_iterations.div_ceil(SLICE) {
        job.check()?;
        let mut parameters = linfa_logistic::LogisticRegression::default()
            .alpha(l2)
            .max_iterations(SLICE as u64)
            .gradient_tolerance(tolerance);
        if let Some(last) = last.take() {
            parameters = parameters.initial_params(last);
        }
        // Near the optimum rounding can defeat its line search: what it had then is judged by its gradient.
        let Ok(fitted) = parameters.fit(&dataset) else { break };
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let next = Logistic {
            intercept: sign * fitted.intercept(),
            coefficients: fitted.params().iter().map(|weight| sign * weight).collect(),
        };
        job.advance(SLICE as u64);
        let size = gradient_size(sample, &next, l2, job)?;
        if size.is_nan() || size >= best {
            break;
        }
        (best, model) = (size, Some(next));
        last = Some(fitted.params().iter().copied().chain([fitted.intercept()]).collect::<ndarray::Array1<f64>>());
        if size <= GRADIENT_TOLERANCE {
            break;
        }
    }
    Ok(model.filter(|_| best <= ACCEPTED_GRADIENT))
}

/// Largest entry of the gradient, per row, with which linfa's answer is taken: coefficients are then good to about 1e-6.
const ACCEPTED_GRADIENT: f64 = 1e-8;

#[cfg(test)]
mod tests;
