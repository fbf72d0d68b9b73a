//! The fit by Newton's method (iteratively reweighted least squares).
//!
//! A Hessian costs many times what a gradient does, so that one is kept for as long as its steps still take most of the
//! gradient away (Shamanskii 1967), and most of the way is walked on a part of the rows. Where the fit ends is told by the
//! gradient over all rows, whichever way it came.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, s};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::logistic::{GRADIENT_TOLERANCE, Logistic, ROWS_PER_CHUNK, Sample, logistic};

/// Rows whose outer products are summed by one matrix product.
const ROWS_PER_BLOCK: usize = 256;
/// A fit on more rows than four times this begins where one on about so many ends.
const FIRST_ROWS: usize = 16_384;
/// A Hessian is computed anew once a step leaves more than this share of the gradient.
const STALE: f64 = 0.1;
/// Largest entry of the gradient, per row, where a comparison of penalties ends: losses are known to about 1e-7 then.
const NEARLY: f64 = 1e-6;

/// How a fit went.
#[derive(Clone, Debug, PartialEq)]
pub struct NewtonFit {
    /// The model.
    pub model: Logistic,
    /// Steps taken over all rows.
    pub iterations: usize,
    /// Whether the gradient vanished before the iterations were used up.
    pub converged: bool,
    /// What had to be added to the diagonal of a singular Hessian; 0 as a rule.
    pub ridge: f64,
}

/// Fits by Newton's method from `start` (all 0 where `None`), halving a step that does not lower the objective.
///
/// Columns that are combinations of others make the Hessian singular where `l2` is 0: a ridge is then added to the
/// step, which leaves the objective as it is.
///
/// # Errors
/// [`Error::Model`] where the weights grow without end; [`Error::Cancelled`].
pub fn fit_newton(
    sample: Sample<'_>,
    l2: f64,
    max_iterations: usize,
    start: Option<&Logistic>,
    job: &Job,
) -> Result<NewtonFit> {
    fit_to(GRADIENT_TOLERANCE, sample, l2, max_iterations, start, job)
}

/// As [`fit_newton`], but only so far as losses must be known to be compared.
///
/// # Errors
/// As [`fit_newton`].
pub fn fit_nearly(
    sample: Sample<'_>,
    l2: f64,
    max_iterations: usize,
    start: Option<&Logistic>,
    job: &Job,
) -> Result<NewtonFit> {
    fit_to(NEARLY, sample, l2, max_iterations, start, job)
}

fn fit_to(
    tolerance: f64,
    sample: Sample<'_>,
    l2: f64,
    max_iterations: usize,
    start: Option<&Logistic>,
    job: &Job,
) -> Result<NewtonFit> {
    let width = sample.matrix.columns + 1;
    let first = if start.is_none() { on_a_part(sample, l2, max_iterations, job)? } else { None };
    let mut weights = first.as_ref().or(start).map_or_else(|| vec![0.0; width], weights_of);
    job.begin("Newton steps", max_iterations as u64);
    let mut now = slope(sample, &weights, l2, job)?;
    let (mut curvature, mut iterations, mut ridge) = (None, 0, 0.0_f64);
    while now.gradient_size(sample) > tolerance && iterations < max_iterations {
        let is_fresh = curvature.is_none();
        let factor = if let Some(factor) = curvature.take() {
            factor
        } else {
            let (factor, added) = factor(&hessian(sample, &weights, l2, job)?, &now.gradient)?;
            ridge = ridge.max(added);
            factor
        };
        let step = factor.solve(&DVector::from_column_slice(&now.gradient));
        iterations += 1;
        job.advance(1);
        match line_search(sample, l2, &now, &weights, step.as_slice(), job)? {
            Some((better, at)) => {
                let left = at.gradient_size(sample) / now.gradient_size(sample);
                (weights, now) = (better, at);
                curvature = (left <= STALE).then_some(factor);
            }
            // An old Hessian may point nowhere; a fresh one that does so is at the end.
            None if is_fresh => break,
            None => {}
        }
    }
    let converged = now.gradient_size(sample) <= tolerance.max(GRADIENT_TOLERANCE.sqrt() * 1e-2);
    if !weights.iter().all(|weight| weight.is_finite()) {
        return Err(Error::Model("logistic regression diverged; raise its l2 setting".to_owned()));
    }
    let model = Logistic { intercept: weights[0], coefficients: weights[1..].to_vec() };
    Ok(NewtonFit { model, iterations, converged, ridge })
}

/// The model of an even part of many rows under the same penalty a row; `None` where they are few, or the part tells
/// nothing.
fn on_a_part(sample: Sample<'_>, l2: f64, max_iterations: usize, job: &Job) -> Result<Option<Logistic>> {
    let stride = sample.rows.len() / FIRST_ROWS;
    if stride < 4 {
        return Ok(None);
    }
    let rows: Vec<u32> = sample.rows.iter().step_by(stride).copied().collect();
    let ones = rows.iter().filter(|&&row| sample.labels[row as usize]).count();
    if ones == 0 || ones == rows.len() {
        return Ok(None);
    }
    let part = Sample { rows: &rows, ..sample };
    let fit = fit_to(NEARLY, part, l2 / stride as f64, max_iterations, None, job);
    match fit {
        Ok(fit) => Ok(Some(fit.model)),
        // What cannot be told apart in a part may be so in the whole.
        Err(Error::Model(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The largest entry of the objective's gradient, per row: 0 at the optimum.
pub fn gradient_size(sample: Sample<'_>, model: &Logistic, l2: f64, job: &Job) -> Result<f64> {
    Ok(slope(sample, &weights_of(model), l2, job)?.gradient_size(sample))
}

fn weights_of(model: &Logistic) -> Vec<f64> {
    std::iter::once(model.intercept).chain(model.coefficients.iter().copied()).collect()
}

/// The point one step further, or as many halvings short of it as lower the objective; `None` where rounding hides any gain.
fn line_search(
    sample: Sample<'_>,
    l2: f64,
    now: &Slope,
    weights: &[f64],
    step: &[f64],
    job: &Job,
) -> Result<Option<(Vec<f64>, Slope)>> {
    let slack = now.loss.abs() * 1e-14;
    let mut share = 1.0;
    for _ in 0..30 {
        let next: Vec<f64> = weights.iter().zip(step).map(|(weight, step)| weight - share * step).collect();
        let at = slope(sample, &next, l2, job)?;
        if at.loss <= now.loss + slack {
            return Ok(Some((next, at)));
        }
        share *= 0.5;
    }
    Ok(None)
}

/// The objective at one point: loss and gradient, the intercept first.
struct Slope {
    loss: f64,
    gradient: Vec<f64>,
}

impl Slope {
    fn gradient_size(&self, sample: Sample<'_>) -> f64 {
        self.gradient.iter().fold(0.0_f64, |most, entry| most.max(entry.abs())) / sample.rows.len().max(1) as f64
    }
}

fn slope(sample: Sample<'_>, weights: &[f64], l2: f64, job: &Job) -> Result<Slope> {
    let parts: Vec<Slope> = sample
        .rows
        .par_chunks(ROWS_PER_CHUNK)
        .map(|rows| job.check().map(|()| slope_of_chunk(sample, rows, weights)))
        .collect::<Result<_>>()?;
    let mut whole = Slope { loss: 0.0, gradient: vec![0.0; weights.len()] };
    for part in parts {
        whole.loss += part.loss;
        whole.gradient.iter_mut().zip(&part.gradient).for_each(|(sum, entry)| *sum += entry);
    }
    for (column, &weight) in weights.iter().enumerate().skip(1) {
        whole.loss += 0.5 * l2 * weight * weight;
        whole.gradient[column] += l2 * weight;
    }
    Ok(whole)
}

fn slope_of_chunk(sample: Sample<'_>, rows: &[u32], weights: &[f64]) -> Slope {
    let mut part = Slope { loss: 0.0, gradient: vec![0.0; weights.len()] };
    let Some((&intercept, coefficients)) = weights.split_first() else { return part };
    for &row in rows {
        let values = sample.matrix.row(row as usize);
        let z = intercept + values.iter().zip(coefficients).map(|(&x, w)| f64::from(x) * w).sum::<f64>();
        let label = sample.labels[row as usize];
        // log(1 + exp(−|z|)) is exact for both signs; the rest of the loss is linear.
        let small = (-z.abs()).exp();
        part.loss += small.ln_1p() + if label { (-z).max(0.0) } else { z.max(0.0) };
        let p = if z >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
        let residual = p - f64::from(u8::from(label));
        part.gradient[0] += residual;
        for (sum, &x) in part.gradient[1..].iter_mut().zip(values) {
            *sum += residual * f64::from(x);
        }
    }
    part
}

fn hessian(sample: Sample<'_>, weights: &[f64], l2: f64, job: &Job) -> Result<Array2<f64>> {
    let parts: Vec<Array2<f64>> = sample
        .rows
        .par_chunks(ROWS_PER_CHUNK)
        .map(|rows| job.check().map(|()| hessian_of_chunk(sample, rows, weights)))
        .collect::<Result<_>>()?;
    let mut whole = Array2::zeros((weights.len(), weights.len()));
    for part in parts {
        whole += &part;
    }
    for column in 1..weights.len() {
        whole[(column, column)] += l2;
    }
    Ok(whole)
}

fn hessian_of_chunk(sample: Sample<'_>, rows: &[u32], weights: &[f64]) -> Array2<f64> {
    let width = weights.len();
    let mut part = Array2::zeros((width, width));
    let mut scaled = Array2::<f64>::zeros((ROWS_PER_BLOCK, width));
    for block in rows.chunks(ROWS_PER_BLOCK) {
        for (slot, &row) in block.iter().enumerate() {
            let mut values = scaled.row_mut(slot);
            values[0] = 1.0;
            for (value, &x) in values.iter_mut().skip(1).zip(sample.matrix.row(row as usize)) {
                *value = f64::from(x);
            }
            let z: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
            let p = logistic(z);
            values *= (p * (1.0 - p)).sqrt();
        }
        let scaled = scaled.slice(s![..block.len(), ..]);
        general_mat_mul(1.0, &scaled.t(), &scaled, 1.0, &mut part);
    }
    part
}

/// The Hessian's Cholesky factor, and the ridge that made it regular.
fn factor(hessian: &Array2<f64>, gradient: &[f64]) -> Result<(Cholesky<f64, Dyn>, f64)> {
    let width = gradient.len();
    let hessian = DMatrix::from_fn(width, width, |row, column| hessian[(row, column)]);
    let scale = (hessian.trace() / width as f64).max(f64::MIN_POSITIVE);
    let gradient = DVector::from_column_slice(gradient);
    let mut ridge = 0.0;
    for _ in 0..12 {
        let mut regular = hessian.clone();
        for column in 0..width {
            regular[(column, column)] += ridge;
        }
        if let Some(cholesky) = regular.cholesky()
            && cholesky.solve(&gradient).iter().all(|entry| entry.is_finite())
        {
            return Ok((cholesky, ridge));
        }
        ridge = if ridge == 0.0 { scale * 1e-10 } else { ridge * 10.0 };
    }
    Err(Error::Model("logistic regression: the features cannot be told apart; raise its l2 setting".to_owned()))
}
