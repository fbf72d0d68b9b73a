//! Which trees: objective and depth compared on a bounded part of the users, and how far they are drawn to the mean.

use super::population::Parts;
use super::settings::{LtvObjective, LtvSettings};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::{BoostSettings, Boosted, Loss, boost};

/// Compares the objectives and depths on a bounded part of the users, then fits the best pair on all.
pub(super) fn choose_and_fit(
    table: &BinnedTable,
    amounts: &[f32],
    parts: &Parts,
    settings: &LtvSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Boosted> {
    let losses: &[Loss] = match settings.objective {
        LtvObjective::Auto => &[Loss::SquaredError, Loss::Poisson],
        LtvObjective::SquaredError => &[Loss::SquaredError],
        LtvObjective::Poisson => &[Loss::Poisson],
    };
    let candidates: Vec<(Loss, usize)> =
        losses.iter().flat_map(|&loss| settings.depths.iter().map(move |&depth| (loss, depth))).collect();
    let fit = |loss: Loss, depth: usize, table: &BinnedTable, target: &[f32], fitting: &[u32], validation: &[u32]| {
        let settings = BoostSettings {
            loss,
            trees: settings.trees,
            learning_rate: settings.learning_rate,
            leaves: settings.leaves,
            depth,
            min_rows: smallest_leaf(target, fitting, settings.min_rows),
            l2: settings.l2,
            rows_per_tree: settings.rows_per_tree,
            patience: settings.early_stopping,
            seed: settings.seed,
        };
        boost(table, target, fitting, validation, &settings, job)
    };
    let all = parts.fitting.len() + parts.validation.len();
    if candidates.len() == 1 {
        job.begin("trees", settings.trees as u64);
        return fit(candidates[0].0, candidates[0].1, table, amounts, &parts.fitting, &parts.validation);
    }
    let sample = Comparison::of(table, amounts, parts, settings.comparison_rows);
    job.begin("trees, compared", (settings.trees * candidates.len()) as u64);
    let mut best: Option<(f64, Boosted, Loss, usize)> = None;
    for &(loss, depth) in &candidates {
        let boosted = fit(loss, depth, &sample.table, &sample.amounts, &sample.fitting, &sample.validation)?;
        let error = squared_error(&boosted.predict(&sample.table, job)?, &sample.amounts, &sample.validation);
        if best.as_ref().is_none_or(|best| error < best.0) {
            best = Some((error, boosted, loss, depth));
        }
    }
    let Some((_, boosted, loss, depth)) = best else {
        return Err(Error::Model("ltv: no trees could be compared; check ltv.depths".to_owned()));
    };
    let name = if loss == Loss::Poisson { "Poisson" } else { "squared error" };
    notes.push(format!("{name} with depth {depth} had the lowest validation error of {} candidates", candidates.len()));
    if sample.table.rows == all {
        return Ok(boosted);
    }
    let whole = Comparison::of(table, amounts, parts, all);
    job.begin("trees", settings.trees as u64);
    fit(loss, depth, &whole.table, &whole.amounts, &whole.fitting, &whole.validation)
}

/// Every so-many-th row of the fitting and validation parts, as a table of its own: no held-out row costs time.
struct Comparison {
    table: BinnedTable,
    amounts: Vec<f32>,
    fitting: Vec<u32>,
    validation: Vec<u32>,
}

impl Comparison {
    fn of(table: &BinnedTable, amounts: &[f32], parts: &Parts, most: usize) -> Self {
        let stride = (parts.fitting.len() + parts.validation.len()).div_ceil(most).max(1);
        let rows: Vec<u32> =
            parts.fitting.iter().step_by(stride).chain(parts.validation.iter().step_by(stride)).copied().collect();
        let fitting = parts.fitting.len().div_ceil(stride) as u32;
        let take = |codes: &Vec<u8>| rows.iter().map(|&row| codes[row as usize]).collect();
        Self {
            table: BinnedTable { rows: rows.len(), columns: table.columns.iter().map(take).collect() },
            amounts: rows.iter().map(|&row| amounts[row as usize]).collect(),
            fitting: (0..fitting).collect(),
            validation: (fitting..rows.len() as u32).collect(),
        }
    }
}

/// The setting, raised so that a leaf of average users holds ten buyers, but to no more than a twentieth of the rows.
fn smallest_leaf(amounts: &[f32], rows: &[u32], setting: usize) -> usize {
    let buyers = rows.iter().filter(|&&row| amounts[row as usize] > 0.0).count();
    let for_ten_buyers = (10 * rows.len()).checked_div(buyers).unwrap_or(rows.len());
    for_ten_buyers.max(setting).min(rows.len() / 20).max(1)
}

fn squared_error(predicted: &[f32], actual: &[f32], rows: &[u32]) -> f64 {
    rows.iter().map(|&row| f64::from(predicted[row as usize] - actual[row as usize]).powi(2)).sum()
}

/// The factor in 0..=1 that makes `mean + factor · (prediction − mean)` closest to the amounts of the validation rows:
/// the slope of a regression through the mean. 0 where no factor beats the mean.
pub(super) fn shrinkage(predicted: &[f32], amounts: &[f32], mean: f64, validation: &[u32]) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for &row in validation {
        let departure = f64::from(predicted[row as usize]) - mean;
        product += departure * (f64::from(amounts[row as usize]) - mean);
        square += departure * departure;
    }
    // A departure that is rounding alone is no prediction.
    if square > 1e-12 * mean * mean * validation.len() as f64 { (product / square).clamp(0.0, 1.0) } else { 0.0 }
}
