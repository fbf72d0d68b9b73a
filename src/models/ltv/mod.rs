//! Lifetime value: how many purchases a user makes in the next [`LtvSettings::horizon_days`], and where prices are known
//! what they are worth, by gradient boosted trees.
//!
//! Trees are grown several times, each time beside another part of the users, and their mean is predicted: no user is left
//! out, and no single parting decides. Most users of a shop's log buy nothing, so that trees easily do worse than the mean.
//! Three guards: leaves must be large enough to hold buyers; the prediction is drawn towards the mean by the factor that is
//! best on users set aside; and where on those the trees do no better than the mean, the mean is predicted, and
//! [`Ltv::fallback`] says so.
//!
//! Every choice is made among training users, and falls on the simplest of what is not surely worse than the best: trees of
//! one objective, small ones, before several or deep ones, and those alone before a mixture with the customer base model.
//! Held-out users (every fold in a small shop, a fifth in a large one, each
//! judged by a model that never saw them) only say how good it is; what is served is fitted again on everyone.

mod ahead;
mod amount;
mod base;
mod choice;
mod error;
mod evaluation;
mod judged;
mod learner;
mod learning;
mod model;
mod population;
mod settings;
#[cfg(test)]
mod tests;

pub use ahead::{Ahead, Known, Window, holds, of_choice, seen_before};
pub use amount::Amount;
pub use base::{BaseModel, Mixed};
pub use choice::{Choice, Seen};
pub use evaluation::{Importance, LtvEvaluation};
pub use judged::{AmountsJudged, judge, judge_ranking};
pub use model::LtvModel;
pub use population::LtvPopulation;
pub use settings::{LtvCount, LtvObjective, LtvSettings};

use crate::error::Result;
use crate::features::FeatureTable;
use crate::job::Job;
use crate::models::evaluate::Split;
use evaluation::{Held, evaluate};
use learner::Came;

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
    /// What is served: trees of which objectives, and how much of the customer base model.
    pub choice: Choice,
    /// The rows of the past that were held out, and what was predicted of each by models that never saw it.
    pub held_out: (Vec<u32>, Vec<f32>),
    /// Features left out and why, and how the model was chosen.
    pub notes: Vec<String>,
}

/// Fits the lifetime value model on `past`, evaluates it there and applies it to `now`.
///
/// `past` holds the features as of the cutoff C; `purchases[i]` counts the transaction events of row `i` in `(C, T]`,
/// `split` tells who learns and who is judged; `now` holds the features as of T.
///
/// # Errors
/// As [`LtvPopulation::new`] and [`LtvPopulation::fit`].
pub fn ltv(
    past: &FeatureTable,
    purchases: &[f32],
    split: &Split,
    now: &FeatureTable,
    settings: &LtvSettings,
    job: &Job,
) -> Result<Ltv> {
    LtvPopulation::new(past, split, now, settings, job)?.fit(purchases, Amount::Purchases, job)
}

fn fit(population: &LtvPopulation<'_>, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ltv> {
    let LtvPopulation { judged, served, settings, buyers: (past_buyers, now_buyers), .. } = population;
    let before = population.before(amount);
    let came = Came { amounts, amount, buyers: past_buyers };
    let mut held = Held::default();
    let mut chosen = None;
    for learner in judged {
        let (model, of_fold) = learner.fit(came, settings, before, job)?;
        chosen = population.chooses_once().then_some(of_fold);
        let (rows, distinct) = &learner.predicted;
        let mut predicted = model.predict_distinct(distinct, job)?;
        if let Some(mixed) = &model.mixed {
            let of_rows = rows.iter().map(|&row| past_buyers.get(row as usize).copied().flatten());
            mixed.mix(&mut predicted, of_rows, amount, settings.horizon_days);
        }
        held.rows.extend(rows);
        held.actual.extend(rows.iter().map(|&row| amounts[row as usize]));
        held.predicted.extend(predicted);
        held.mean.extend(rows.iter().map(|_| model.mean as f32));
        held.train_rows = held.train_rows.max(learner.rows());
        held.folds += 1;
    }
    let mut notes = Vec::new();
    let (model, chosen) = match chosen {
        Some(chosen) => (served.fit_chosen(&chosen, came, settings, job)?, chosen),
        None => served.fit(came, settings, before, job)?,
    };
    notes.extend(chosen.note.clone());
    let share = model.mixed.as_ref().map_or(0.0, |mixed| mixed.share);
    let mut fallback = (model.shrinkage == 0.0 && share == 0.0)
        .then(|| "the mean is predicted for everyone: on validation users the trees did no better".to_owned());
    if held.actual.is_empty() {
        notes.push("no user is held out: the model's quality is unknown".to_owned());
    }
    let evaluation = evaluate(&model, &held);
    if let Some(judged) = evaluation.judged.as_ref().filter(|judged| judged.gini.is_none_or(|gini| !gini.enough)) {
        notes.push(format!("too few to tell: {} of {} held-out users bought", judged.buyers, held.actual.len()));
    }
    let mut predicted = model.predict_distinct(&served.predicted.1, job)?;
    if let Some(mixed) = &model.mixed {
        mixed.mix(&mut predicted, now_buyers.iter().copied(), amount, settings.horizon_days);
        if share > 0.0 {
            let share = 100.0 * share;
            notes.push(format!("{share:.0} % of what is predicted of buyers is the customer base model's (BG/NBD)"));
        }
    }
    if amount == Amount::Revenue {
        for note in &mut notes {
            *note = format!("revenue: {note}");
        }
        fallback = fallback.map(|reason| format!("revenue: {reason}"));
    } else {
        notes.splice(0..0, population.notes.iter().cloned());
    }
    let choice = chosen.choice;
    Ok(Ltv { evaluation, predicted, fallback, model, choice, held_out: (held.rows, held.predicted), notes })
}
