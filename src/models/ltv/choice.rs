//! Which trees: objective and depth compared on a bounded part of the users, and how far they are drawn to the mean.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::gbt::distinct::Observations;
use crate::models::gbt::{BoostSettings, Boosted, Loss, boost};
use crate::models::ltv::amount::Amount;
use crate::models::ltv::learning::Learning;
use crate::models::ltv::settings::{LtvObjective, LtvSettings};

/// Compares the objectives and depths on `sample`, a bounded part of the users where it is given, then fits the best pair
/// on all.
pub(super) fn choose_and_fit(
    whole: &Learning,
    sample: Option<&Learning>,
    (amounts, amount): (&[f32], Amount),
    settings: &LtvSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Boosted> {
    let losses: &[Loss] = match (settings.objective, amount) {
        (LtvObjective::Auto, Amount::Purchases) => &[Loss::SquaredError, Loss::Poisson],
        (LtvObjective::Auto, Amount::Revenue) => &[Loss::SquaredError, Loss::Tweedie],
        (LtvObjective::SquaredError, _) => &[Loss::SquaredError],
        (LtvObjective::Poisson, _) => &[Loss::Poisson],
        (LtvObjective::Tweedie, _) => &[Loss::Tweedie],
    };
    let candidates: Vec<(Loss, usize)> =
        losses.iter().flat_map(|&loss| settings.depths.iter().map(move |&depth| (loss, depth))).collect();
    let fit = |loss: Loss, depth: usize, (fitting, validation): &(Observations<'_>, Observations<'_>)| {
        let settings = BoostSettings {
            loss,
            trees: settings.trees,
            learning_rate: settings.learning_rate,
            leaves: settings.leaves,
            depth,
            min_rows: smallest_leaf(fitting, settings.min_rows),
            l2: settings.l2,
            rows_per_tree: settings.rows_per_tree,
            patience: settings.early_stopping,
            seed: settings.seed,
        };
        boost(fitting, validation, &settings, job)
    };
    if candidates.len() == 1 {
        return fit(candidates[0].0, candidates[0].1, &whole.observed(amounts));
    }
    let compared = sample.unwrap_or(whole).observed(amounts);
    let fitted = candidates
        .par_iter()
        .map(|&(loss, depth)| {
            let boosted = fit(loss, depth, &compared)?;
            let error = squared_error(&boosted.predict_distinct(compared.1.rows, job)?, &compared.1);
            Ok((error, boosted, loss, depth))
        })
        .collect::<Result<Vec<_>>>()?;
    let best = fitted.into_iter().reduce(|best, next| if next.0 < best.0 { next } else { best });
    let Some((_, boosted, loss, depth)) = best else {
        return Err(Error::Model("ltv: no trees could be compared; check ltv.depths".to_owned()));
    };
    let name = match loss {
        Loss::SquaredError => "squared error",
        Loss::Poisson => "Poisson",
        Loss::Tweedie => "Tweedie",
    };
    notes.push(format!("{name} with depth {depth} had the lowest validation error of {} candidates", candidates.len()));
    if sample.is_none() {
        return Ok(boosted);
    }
    fit(loss, depth, &whole.observed(amounts))
}

/// The setting, raised so that a leaf of average users holds ten buyers, but to no more than a twentieth of the rows.
fn smallest_leaf(fitting: &Observations<'_>, setting: usize) -> usize {
    let for_ten_buyers = (10 * fitting.total).checked_div(fitting.positive).unwrap_or(fitting.total);
    for_ten_buyers.max(setting).min(fitting.total / 20).max(1)
}

/// Up to a constant: the squares of the targets, which every prediction has in common.
fn squared_error(predicted: &[f32], observed: &Observations<'_>) -> f64 {
    let of_rows = predicted.iter().zip(observed.count.iter().zip(&observed.sum));
    of_rows.map(|(&p, (&count, &sum))| f64::from(p) * (f64::from(count) * f64::from(p) - 2.0 * sum)).sum()
}

/// The factor in 0..=1 that makes `mean + factor · (prediction − mean)` closest to the amounts of the validation rows:
/// the slope of a regression through the mean. 0 where no factor beats the mean.
pub(super) fn shrinkage(predicted: &[f32], validation: &Observations<'_>, mean: f64) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for (&predicted, (&count, &sum)) in predicted.iter().zip(validation.count.iter().zip(&validation.sum)) {
        let (departure, count) = (f64::from(predicted) - mean, f64::from(count));
        product += departure * (sum - count * mean);
        square += departure * departure * count;
    }
    // A departure that is rounding alone is no prediction.
    if square > 1e-12 * mean * mean * validation.total as f64 { (product / square).clamp(0.0, 1.0) } else { 0.0 }
}
