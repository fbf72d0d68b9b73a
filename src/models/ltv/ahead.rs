//! What every candidate says of the window after an earlier cutoff, learnt from the window before that cutoff alone.
//! Which of them is served is chosen by what came: folds of users share one window and cannot tell the level.

use crate::error::Result;
use crate::features::{Buyer, FeatureTable};
use crate::job::Job;
use crate::models::evaluate::{ENOUGH, Split};
use crate::models::ltv::Amount;
use crate::models::ltv::base::SHARES;
use crate::models::ltv::judged::cut_error;
use crate::models::ltv::learner::{Learner, Wanted};
use crate::models::ltv::settings::LtvSettings;

/// The fewest earlier cutoffs with enough buyers that a choice is made by.
const CUTOFFS: usize = 2;

/// Users before an earlier cutoff, and what they had bought by then.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Their features.
    pub table: &'a FeatureTable,
    /// Their purchases, one per row.
    pub buyers: &'a [Option<Buyer>],
}

/// What each candidate predicts, in the order of the shares of the customer base model: one where there is no such model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead(pub Vec<Vec<f32>>);

/// Fits on `past`, whose users came to `amounts` until the cutoff, and predicts every row of `then`, which holds the
/// features as of the cutoff.
///
/// # Errors
/// [`Error::Model`](crate::Error::Model) where there is nothing to learn from; [`Error::Cancelled`](crate::Error::Cancelled).
pub fn ahead(
    (past, split): (Known<'_>, &Split),
    amounts: &[f32],
    then: Known<'_>,
    amount: Amount,
    settings: &LtvSettings,
    job: &Job,
) -> Result<Ahead> {
    let learner = Learner::new(past.table, &split.everyone(), Wanted::All(then.table), settings, job)?;
    let with = (settings, past.buyers);
    let model = learner.fit(amounts, amount, with, Some(SHARES[0]), &mut Vec::new(), job)?;
    let trees = model.predict_distinct(&learner.predicted.1, job)?;
    let Some(mixed) = &model.mixed else { return Ok(Ahead(vec![trees])) };
    let of_share = |share: f64| {
        let mixed = learner.levelled(&model, mixed.model.clone(), share, amounts, amount, with, job)?;
        let mut predicted = trees.clone();
        mixed.mix(&mut predicted, then.buyers.iter().copied(), amount, settings.horizon_days);
        Ok(predicted)
    };
    Ok(Ahead(SHARES.into_iter().map(of_share).collect::<Result<_>>()?))
}

/// The share of the customer base model whose predictions were nearest to what came, over the earlier cutoffs together:
/// each counts by its squared errors, both sides cut at the buyers' 95 % quantile, against those of trees alone. `None`
/// where fewer than two cutoffs had 50 buyers.
pub fn choose(windows: &[(Ahead, Vec<f32>)]) -> Option<f64> {
    let enough = |actual: &[f32]| actual.iter().filter(|&&amount| amount > 0.0).count() >= ENOUGH;
    let told: Vec<_> =
        windows.iter().filter(|(ahead, actual)| ahead.0.len() == SHARES.len() && enough(actual)).collect();
    if told.len() < CUTOFFS {
        return None;
    }
    let error = |candidate: usize| -> f64 {
        told.iter().map(|(ahead, actual)| cut_error(actual, &ahead.0[candidate]) / cut_error(actual, &ahead.0[0])).sum()
    };
    let best = (1..SHARES.len()).fold((0, error(0)), |best, next| {
        let error = error(next);
        if error < best.1 { (next, error) } else { best }
    });
    Some(SHARES[best.0])
}

/// What is predicted by a share of the customer base model.
pub fn of_share(ahead: &Ahead, share: f64) -> &[f32] {
    let place = SHARES.iter().position(|known| known.to_bits() == share.to_bits()).unwrap_or(0);
    ahead.0.get(place).or(ahead.0.first()).map_or(&[], Vec::as_slice)
}
