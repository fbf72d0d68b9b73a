//! Lifetime value: how many purchases a user makes in the next [`LtvSettings::horizon_days`], and where prices are known
//! what they are worth, by gradient boosted trees.
//!
//! Most users of a shop's log buy nothing, so that trees easily do worse than the mean. Three guards: leaves must be
//! large enough to hold buyers; the prediction is drawn towards the mean by the factor that is best on validation
//! users; and where the trees do no better than the mean, the mean is predicted, and [`Ltv::fallback`] says so.
//!
//! Bins and trees come from the fitting part of the training users, every choice from their validation part; held-out
//! users serve the evaluation and the last guard alone.

mod choice;
mod evaluation;
mod model;
mod population;
mod settings;
#[cfg(test)]
mod tests;

pub use evaluation::{Importance, LtvEvaluation};
pub use model::LtvModel;
pub use population::LtvPopulation;
pub use settings::{LtvObjective, LtvSettings};

use crate::error::Result;
use crate::features::FeatureTable;
use crate::job::Job;
use crate::models::metrics::regression::rmse;
use choice::{choose_and_fit, shrinkage};
use evaluation::evaluate;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The number of purchases.
    Purchases,
    /// Their value, in the log's money.
    Revenue,
}

impl Amount {
    /// The word for it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Purchases => "purchases",
            Self::Revenue => "revenues",
        }
    }
}

/// The lifetime value model and what it says of every user.
#[derive(Clone, Debug)]
pub struct Ltv {
    /// Quality on held-out users as of the cutoff.
    pub evaluation: LtvEvaluation,
    /// The predicted amount, one per row of the table as of now, 0 or above.
    pub predicted: Vec<f32>,
    /// Why the mean is predicted for everyone, where it is.
    pub fallback: Option<String>,
    /// What is needed to score again.
    pub model: LtvModel,
    /// Features left out and why, and how the model was chosen.
    pub notes: Vec<String>,
}

/// Fits the lifetime value model on `past`, evaluates it there and applies it to `now`.
///
/// `past` holds the features as of the cutoff C; `purchases[i]` counts the transaction events of row `i` in `(C, T]`,
/// `held_out[i]` tells that it must not influence the fit; `now` holds the features as of T.
///
/// # Errors
/// As [`LtvPopulation::new`] and [`LtvPopulation::fit`].
pub fn ltv(
    past: &FeatureTable,
    purchases: &[f32],
    held_out: &[bool],
    now: &FeatureTable,
    settings: &LtvSettings,
    job: &Job,
) -> Result<Ltv> {
    LtvPopulation::new(past, held_out, now, settings, job)?.fit(purchases, Amount::Purchases, job)
}

fn fit(population: &LtvPopulation<'_>, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ltv> {
    let LtvPopulation { whole, sample, test, now, bins, features, settings, .. } = population;
    let mean = whole.mean(amounts);
    let mut notes = Vec::new();
    let boosted = choose_and_fit(whole, sample.as_ref(), amounts, settings, &mut notes, job)?;
    let (_, validation) = whole.observed(amounts);
    let shrinkage = shrinkage(&boosted.predict_distinct(validation.rows, job)?, &validation, mean);
    let mut model = LtvModel { features: features.clone(), bins: bins.clone(), boosted, mean, shrinkage };
    let mut fallback = (shrinkage == 0.0)
        .then(|| "the mean is predicted for everyone: on validation users the trees did no better".to_owned());

    let actual: Vec<f32> = test.0.iter().map(|&row| amounts[row as usize]).collect();
    let mean_for_all = vec![mean as f32; actual.len()];
    let rmse_mean = rmse(&actual, &mean_for_all);
    let mut predicted = mean_for_all.clone();
    if fallback.is_none() {
        predicted = model.predict_distinct(&test.1, job)?;
        if let (Some(trees), Some(constant)) = (rmse(&actual, &predicted), rmse_mean)
            && trees > constant
        {
            fallback = Some(format!(
                "the mean is predicted for everyone: on held-out users the trees' RMSE was {trees:.5}, the mean's {constant:.5}"
            ));
            predicted = mean_for_all;
        }
    }
    if fallback.is_some() {
        model.shrinkage = 0.0;
        model.boosted.trees.clear();
        model.boosted.importance.fill(0.0);
    }
    if actual.is_empty() {
        notes.push("no user is held out: the model's quality is unknown".to_owned());
    }
    job.check()?;
    let evaluation = evaluate(&model, &actual, &predicted, rmse_mean, whole.rows());
    let predicted = model.predict_distinct(now, job)?;
    if amount == Amount::Revenue {
        for note in &mut notes {
            *note = format!("revenue: {note}");
        }
        fallback = fallback.map(|reason| format!("revenue: {reason}"));
    } else {
        notes.splice(0..0, population.notes.iter().cloned());
    }
    Ok(Ltv { evaluation, predicted, fallback, model, notes })
}
