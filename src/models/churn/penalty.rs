//! How strong the penalty is: by cross-validation over the users that a model learns from, on a bounded sample of them.

use rayon::prelude::*;

use crate::error::Result;
use crate::features::{FeatureTable, Matrix, Transform};
use crate::job::Job;
use crate::models::churn::settings::{ChurnSettings, Penalty};
use crate::models::churn::transform_options;
use crate::models::evaluate::{FOLDS, Split};
use crate::models::logistic::{Logistic, Sample, fit_nearly};

/// Users that penalties are compared on.
const ROWS: usize = 10_000;
/// Penalties that are compared, each for [`ROWS`] rows; for more or fewer rows in proportion.
const CANDIDATES: [f64; 5] = [1000.0, 100.0, 10.0, 1.0, 0.1];
/// Weaker penalties are not tried once so many in turn did worse than a stronger one.
const ENOUGH_WORSE: usize = 2;
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
    let scale = sample.len() as f64 / ROWS as f64;
    let mut parts: Vec<Part> = (0..FOLDS).filter_map(|fold| Part::of(&folds, &labels, fold)).collect();
    let mut best = (CANDIDATES[0], f64::INFINITY);
    let mut worse = 0;
    for candidate in CANDIDATES {
        job.check()?;
        let loss = parts.par_iter_mut().map(|part| part.loss(&matrix, &labels, candidate * scale));
        // Added up in the order of the folds.
        let loss: f64 = loss.collect::<Result<Vec<f64>>>()?.iter().sum();
        if loss < best.1 {
            (best, worse) = ((candidate, loss), 0);
        } else {
            worse += 1;
            if worse == ENOUGH_WORSE {
                break;
            }
        }
    }
    Ok(best.0 * rows.len() as f64 / ROWS as f64)
}

/// A fold that is judged, the rows that it is judged by, and the model of the penalty before.
struct Part {
    judged: Vec<u32>,
    training: Vec<u32>,
    before: Option<Logistic>,
}

impl Part {
    /// `None` where the others have one class, or the fold is empty.
    fn of(folds: &[u8], labels: &[bool], fold: u8) -> Option<Self> {
        let (judged, training): (Vec<u32>, Vec<u32>) =
            (0..folds.len() as u32).partition(|&row| folds[row as usize] == fold);
        let gone = training.iter().filter(|&&row| labels[row as usize]).count();
        let can = gone > 0 && gone < training.len() && !judged.is_empty();
        can.then_some(Self { judged, training, before: None })
    }

    /// The log loss on the fold of a model of the others under a penalty.
    fn loss(&mut self, matrix: &Matrix, labels: &[bool], l2: f64) -> Result<f64> {
        let sample = Sample { matrix, labels, rows: &self.training };
        let model = fit_nearly(sample, l2, STEPS, self.before.as_ref(), &Job::new())?.model;
        let sum = self.judged.iter().map(|&row| loss(&model, matrix.row(row as usize), labels[row as usize])).sum();
        self.before = Some(model);
        Ok(sum)
    }
}

fn loss(model: &Logistic, row: &[f32], label: bool) -> f64 {
    let z = model.log_odds(row);
    (-z.abs()).exp().ln_1p() + if label { (-z).max(0.0) } else { z.max(0.0) }
}
