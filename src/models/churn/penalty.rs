//! How strong the penalty is: by cross-validation over the users that a model learns from, on a bounded sample of them.

use rayon::prelude::*;

use crate::error::Result;
use crate::features::{FeatureTable, Matrix, Transform};
use crate::job::Job;
use crate::models::churn::settings::{ChurnSettings, Penalty};
use crate::models::churn::transform_options;
use crate::models::evaluate::Split;
use crate::models::logistic::{Logistic, Sample, fit_newton};

/// Users that penalties are compared on.
const ROWS: usize = 10_000;
/// Penalties that are compared, each for [`ROWS`] rows; for more or fewer rows in proportion.
const CANDIDATES: [f64; 5] = [1000.0, 100.0, 10.0, 1.0, 0.1];
/// Newton steps of a comparison at most.
const STEPS: usize = 25;

/// The penalty for a fit on `rows`: the setting, or the one of least log loss when each fold among the rows is predicted
/// from the others. Of equal ones the strongest.
pub(super) fn choose(
    past: &FeatureTable,
    left: &[bool],
    split: &Split,
    rows: &[u32],
    settings: &ChurnSettings,
    job: &Job,
) -> Result<f64> {
    let Penalty::Auto = settings.l2 else {
        return Ok(match settings.l2 {
            Penalty::Fixed(l2) => l2,
            Penalty::Auto => 1.0,
        });
    };
    let sample = split.smaller(rows, ROWS);
    let transform = Transform::fit(past, &sample, &transform_options());
    let matrix = transform.apply_to(past, &sample);
    let labels: Vec<bool> = sample.iter().map(|&row| left[row as usize]).collect();
    let folds: Vec<u8> = sample.iter().map(|&row| split.fold(row)).collect();
    let mut parts = folds.clone();
    parts.sort_unstable();
    parts.dedup();
    let scale = sample.len() as f64 / ROWS as f64;
    let losses: Vec<Option<Vec<f64>>> =
        parts.par_iter().map(|&part| losses(&matrix, &labels, &folds, part, scale, job)).collect::<Result<_>>()?;
    let total = |candidate: usize| losses.iter().flatten().map(|losses| losses[candidate]).sum::<f64>();
    let best = (0..CANDIDATES.len()).reduce(|best, next| if total(next) < total(best) { next } else { best });
    Ok(CANDIDATES[best.unwrap_or(0)] * rows.len() as f64 / ROWS as f64)
}

/// The log loss on one fold of each candidate fitted on the other folds; `None` where one of the two has one class.
fn losses(matrix: &Matrix, labels: &[bool], folds: &[u8], part: u8, scale: f64, job: &Job) -> Result<Option<Vec<f64>>> {
    let (judged, training): (Vec<u32>, Vec<u32>) =
        (0..matrix.rows as u32).partition(|&row| folds[row as usize] == part);
    let gone = training.iter().filter(|&&row| labels[row as usize]).count();
    if gone == 0 || gone == training.len() || judged.is_empty() {
        return Ok(None);
    }
    let mut start: Option<Logistic> = None;
    let mut losses = Vec::with_capacity(CANDIDATES.len());
    for candidate in CANDIDATES {
        job.check()?;
        let sample = Sample { matrix, labels, rows: &training };
        let fitted = fit_newton(sample, candidate * scale, STEPS, start.as_ref(), &Job::new())?.model;
        losses.push(judged.iter().map(|&row| loss(&fitted, matrix.row(row as usize), labels[row as usize])).sum());
        start = Some(fitted);
    }
    Ok(Some(losses))
}

fn loss(model: &Logistic, row: &[f32], label: bool) -> f64 {
    let z = model.log_odds(row);
    (-z.abs()).exp().ln_1p() + if label { (-z).max(0.0) } else { z.max(0.0) }
}
