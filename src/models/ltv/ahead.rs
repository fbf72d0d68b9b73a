//! What every candidate says of the window after an earlier cutoff, learnt from the window before that cutoff alone.
//! What is served is chosen by that too: folds of users share one window, and cannot tell what holds in the next.

use crate::error::Result;
use crate::features::{Buyer, FeatureTable};
use crate::job::Job;
use crate::models::evaluate::{ENOUGH, Split};
use crate::models::gbt::Loss;
use crate::models::ltv::Amount;
use crate::models::ltv::base::{Mixed, SHARES};
use crate::models::ltv::choice::{Choice, Seen, mean_of, subsets};
use crate::models::ltv::error::{Error, Yardstick};
use crate::models::ltv::learner::{Came, Learner, Told, Wanted};
use crate::models::ltv::settings::LtvSettings;

/// The fewest earlier cutoffs with enough buyers that a choice is made by.
const CUTOFFS: usize = 2;
/// A chance of ordering holds where so many times as many ordered as it said, at the least and at the most.
const HOLDS: (f64, f64) = (0.8, 1.25);

/// Users before an earlier cutoff, and what they had bought by then.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Their features.
    pub table: &'a FeatureTable,
    /// Their purchases, one per row.
    pub buyers: &'a [Option<Buyer>],
}

/// What each candidate predicts.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead(pub Vec<(Choice, Vec<f32>)>);

/// Users of a window that is learnt from and of the window after it, ready for any number of amounts.
pub struct Window<'a> {
    learner: Learner,
    past: Known<'a>,
    then: Known<'a>,
    settings: &'a LtvSettings,
}

impl<'a> Window<'a> {
    /// Learns from `past`, to predict every row of `then`, which holds the features as of the cutoff.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn new(
        (past, split): (Known<'a>, &Split),
        then: Known<'a>,
        settings: &'a LtvSettings,
        job: &Job,
    ) -> Result<Self> {
        let learner = Learner::new(past.table, &split.everyone(), Wanted::All(then.table), settings, job)?;
        Ok(Self { learner: learner.with_base(past.buyers, None), past, then, settings })
    }

    /// Fits the users of the past, who came to `amounts` until the cutoff, and predicts those of then.
    ///
    /// # Errors
    /// [`Error::Model`](crate::Error::Model) where there is nothing to learn from; [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn ahead(&self, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ahead> {
        let Self { learner, settings, .. } = self;
        let came = Came { amounts, amount, buyers: self.past.buyers };
        let told: Vec<(Loss, Told, Vec<f32>)> = learner
            .of_each_loss(came, settings, job)?
            .into_iter()
            .map(|(loss, told)| {
                let predicted = told.trees.predict_distinct(&learner.predicted.1, job)?;
                Ok((loss, told, predicted))
            })
            .collect::<Result<_>>()?;
        let beside = learner.expected_beside(came, settings);
        let base = learner.base().zip(beside);
        let then = base
            .as_ref()
            .map(|(base, _)| base.expected_of(self.then.buyers.iter().copied(), amount, settings.horizon_days));
        let mut candidates = Vec::new();
        for set in subsets(&(0..told.len()).collect::<Vec<usize>>()) {
            let losses: Vec<Loss> = set.iter().map(|&place| told[place].0).collect();
            let trees = mean_of(&set.iter().map(|&place| told[place].2.as_slice()).collect::<Vec<_>>());
            let Some(((base, beside), then)) = base.as_ref().zip(then.as_ref()) else {
                candidates.push((Choice { losses, share: 0.0 }, trees));
                continue;
            };
            let outside = mean_of(&set.iter().map(|&place| told[place].1.outside.as_slice()).collect::<Vec<_>>());
            for share in SHARES {
                let level = learner.level(&outside, beside, share, amounts);
                let mixed = Mixed { model: (*base).clone(), share, level };
                let predicted = trees.iter().zip(then).map(|(&trees, &then)| mixed.levelled(trees, then)).collect();
                candidates.push((Choice { losses: losses.clone(), share }, predicted));
            }
        }
        Ok(Ahead(candidates))
    }

    /// Of the buyers known at the cutoff, how many were expected to order within the horizon, and how many did; `None` where
    /// no customer base model tells it, or too few ordered.
    pub fn ordering(&self, came: &[f32]) -> Option<(f64, f64)> {
        let base = self.learner.base()?;
        let buyers = self.then.buyers.iter().zip(came).filter_map(|(buyer, came)| Some((buyer.as_ref()?, *came)));
        let (expected, ordered) = buyers.fold((0.0, 0_usize), |(expected, ordered), (buyer, came)| {
            (expected + base.p_order(buyer, self.settings.horizon_days), ordered + usize::from(came > 0.0))
        });
        (ordered >= ENOUGH).then_some((expected, ordered as f64))
    }
}

/// Whether the chances of ordering held at every earlier cutoff that told, and at one at least.
pub fn holds(ordering: &[(f64, f64)]) -> bool {
    let held = |&(expected, ordered): &(f64, f64)| (HOLDS.0..=HOLDS.1).contains(&(ordered / expected));
    !ordering.is_empty() && ordering.iter().all(held)
}

/// How far each candidate was from what came: what each user of the earlier cutoffs adds to the mean over the cutoffs of the
/// squared errors as shares of those of the mean, plain and cut at the buyers' 95 % quantile. Every candidate is first brought
/// to the level of what came, for the latest window tells the level. `None` where fewer than two cutoffs had 50 buyers.
pub fn seen_before(windows: &[(Ahead, Vec<f32>)]) -> Option<Seen> {
    let enough = |actual: &[f32]| actual.iter().filter(|&&amount| amount > 0.0).count() >= ENOUGH;
    let told: Vec<_> = windows.iter().filter(|(ahead, actual)| !ahead.0.is_empty() && enough(actual)).collect();
    if told.len() < CUTOFFS {
        return None;
    }
    let total = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>();
    // Of candidates that every cutoff has.
    let errors = |choice: &Choice| -> Option<Vec<Error>> {
        let mut errors = Vec::new();
        for (ahead, actual) in &told {
            let (_, predicted) = ahead.0.iter().find(|(known, _)| known == choice)?;
            let sum = total(predicted);
            let level = if sum > 0.0 { (total(actual) / sum) as f32 } else { 1.0 };
            let of_cutoff = Yardstick::new(actual, &[]).errors(|row| level * predicted[row]);
            errors.extend(of_cutoff.into_iter().map(|error| error.map(|error| error / told.len() as f64)));
        }
        Some(errors)
    };
    Some(told[0].0.0.iter().filter_map(|(choice, _)| Some((choice.clone(), errors(choice)?))).collect())
}

/// What is predicted by a candidate; where it is none of these, by the first.
pub fn of_choice<'a>(ahead: &'a Ahead, choice: &Choice) -> &'a [f32] {
    let known = ahead.0.iter().find(|(known, _)| known == choice);
    known.or(ahead.0.first()).map_or(&[], |(_, predicted)| predicted.as_slice())
}
