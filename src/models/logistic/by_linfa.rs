//! The fit by linfa-logistic.

use ndarray::Array2;

use crate::error::Result;
use crate::job::Job;
use crate::models::logistic::{GRADIENT_TOLERANCE, Logistic, Sample, gradient_size};

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
