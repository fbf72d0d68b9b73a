//! One fit: users to learn from, with their features in bins, and users whose amounts it predicts.

use rayon::prelude::*;

use crate::error::Result;
use crate::features::{Buyer, Feature, FeatureTable};
use crate::job::Job;
use crate::models::gbt::Loss;
use crate::models::gbt::bins::Bins;
use crate::models::gbt::distinct::Distinct;
use crate::models::ltv::amount::Amount;
use crate::models::ltv::base::{BaseModel, Mixed, SHARES, mixed};
use crate::models::ltv::choice::{
    Choice, Chosen, Grown, Seen, compare, grow, mean_of, objectives, shrinkage, subsets, together, told,
};
use crate::models::ltv::error::{Error, Yardstick, is_no_worse, simplest};
use crate::models::ltv::learning::Learning;
use crate::models::ltv::model::LtvModel;
use crate::models::ltv::settings::LtvSettings;

/// The fewest buyers of the latest window that tell its level.
const FEWEST: u32 = 50;
/// The level lies within these.
const LEVELS: (f64, f64) = (0.2, 5.0);

/// Features that are for display: scores of other features.
const SCORES: [&str; 3] = ["r", "f", "m"];

/// Users to learn from, ready for any number of fits on different amounts, and users to predict.
pub(super) struct Learner {
    bins: Bins,
    features: Vec<String>,
    /// All that is learnt from.
    whole: Learning,
    /// The customer base model of the buyers among them; `None` where they are too few, or nothing was told of buyers.
    base: Option<BaseModel>,
    /// The rows of the table of the past that are predicted, and what they hold; of another table all rows.
    pub(super) predicted: (Vec<u32>, Distinct),
}

/// What is predicted.
pub(super) enum Wanted<'a> {
    /// These rows of the table that is learnt from.
    Rows(Vec<u32>),
    /// Every row of another table.
    All(&'a FeatureTable),
}

/// What each row of the table that is learnt from came to, and what it had bought before.
#[derive(Clone, Copy)]
pub(super) struct Came<'a> {
    pub(super) amounts: &'a [f32],
    pub(super) amount: Amount,
    pub(super) buyers: &'a [Option<Buyer>],
}

impl Came<'_> {
    fn buyer(&self, row: u32) -> Option<Buyer> {
        self.buyers.get(row as usize).copied().flatten()
    }
}

/// Trees, and what those that never saw them say of users set aside.
pub(super) struct Told {
    pub(super) trees: LtvModel,
    pub(super) outside: Vec<f32>,
}

impl Learner {
    /// Learns from the rows `training` of `past`, at least one.
    pub(super) fn new(
        past: &FeatureTable,
        training: &[u32],
        wanted: Wanted<'_>,
        settings: &LtvSettings,
        job: &Job,
    ) -> Result<Self> {
        let known = |feature: &&Feature| {
            !SCORES.contains(&feature.name.as_ref())
                && training.iter().any(|&row| !feature.values.get(row as usize).is_nan())
        };
        let features: Vec<&Feature> = past.features.iter().filter(known).collect();
        let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
        let bins = Bins::fit(&features, training, job)?;
        let table = bins.apply(&names, past, job)?;
        let whole = Learning::of(&table, training.to_vec(), settings);
        let predicted = match wanted {
            Wanted::Rows(rows) => {
                let distinct = Distinct::of(&table, &rows);
                (rows, distinct)
            }
            Wanted::All(other) => {
                drop(table);
                let table = bins.apply(&names, other, job)?;
                (Vec::new(), Distinct::of_all(&table))
            }
        };
        job.check()?;
        Ok(Self { bins, features: names, whole, base: None, predicted })
    }

    /// With the customer base model of the buyers among those who are learnt from, found from `near` where that is given.
    #[must_use]
    pub(super) fn with_base(self, buyers: &[Option<Buyer>], near: Option<&BaseModel>) -> Self {
        let known = self.whole.rows.iter().filter_map(|&row| buyers.get(row as usize).copied().flatten());
        let base = BaseModel::fit(&known.collect::<Vec<Buyer>>(), near);
        Self { base, ..self }
    }

    /// The customer base model.
    pub(super) fn base(&self) -> Option<&BaseModel> {
        self.base.as_ref()
    }

    /// Features that could not be learnt from because nothing is known of them.
    pub(super) fn lacks(&self, name: &str) -> bool {
        !SCORES.contains(&name) && !self.features.iter().any(|known| known == name)
    }

    /// How many users are learnt from.
    pub(super) fn rows(&self) -> usize {
        self.whole.rows.len()
    }

    /// Whether choices are made on a part of the users.
    pub(super) fn is_large(&self, settings: &LtvSettings) -> bool {
        self.whole.rows.len() > settings.comparison_rows
    }

    /// How many sets of trees the choice among so many candidates and the fit grow at most.
    pub(super) fn fits(&self, amounts: &[f32], candidates: usize, settings: &LtvSettings) -> usize {
        let again = if self.is_large(settings) { self.whole.parts(amounts) } else { 0 };
        candidates * self.whole.parts(amounts) + again
    }

    /// Fits one amount per row of the table of the past; where the trees do no better than the mean on users set aside, a
    /// model without trees. `before` is what each user of earlier cutoffs adds to the error of each candidate, which counts as
    /// much as that of users set aside.
    pub(super) fn fit(
        &self,
        came: Came<'_>,
        settings: &LtvSettings,
        before: Option<&Seen>,
        job: &Job,
    ) -> Result<(LtvModel, Chosen)> {
        // Whoever bought before or after tells candidates apart: few others will do.
        let telling = |row: u32| came.amounts[row as usize] > 0.0 || came.buyer(row).is_some();
        let sample = self.is_large(settings).then(|| self.whole.sample(settings.comparison_rows, telling));
        let compared = sample.as_ref().unwrap_or(&self.whole);
        let among = objectives(settings, came.amount);
        let best = compare(compared, came.amounts, among, settings, job)?;
        let choice = self.choice(compared, &best, came, settings, before);
        let kept: Vec<(usize, Grown)> =
            best.into_iter().filter(|(_, grown)| choice.losses.contains(&grown.losses[0])).collect();
        let trees: Vec<(Loss, usize)> = kept.iter().map(|(depth, grown)| (grown.losses[0], *depth)).collect();
        let note = told(&trees, among.len() * settings.depths.len());
        let chosen = Chosen { choice, trees, note };
        if self.is_large(settings) {
            return Ok((self.fit_chosen(&chosen, came, settings, job)?, chosen));
        }
        let model = self.mixed(kept.into_iter().map(|(_, grown)| grown).collect(), &chosen, came, settings);
        Ok((model, chosen))
    }

    /// Fits one amount as another learner has chosen.
    pub(super) fn fit_chosen(
        &self,
        chosen: &Chosen,
        came: Came<'_>,
        settings: &LtvSettings,
        job: &Job,
    ) -> Result<LtvModel> {
        let grown = grow(&self.whole, came.amounts, &chosen.trees, settings, job)?;
        Ok(self.mixed(grown, chosen, came, settings))
    }

    /// The model of grown trees, mixed with the customer base model.
    fn mixed(&self, grown: Vec<Grown>, chosen: &Chosen, came: Came<'_>, settings: &LtvSettings) -> LtvModel {
        let told = self.told(together(grown), came.amounts);
        let Some(base) = &self.base else {
            return told.trees;
        };
        let share = chosen.choice.share;
        let expected = expected(&self.whole, base, came, settings);
        let level = self.level(&told.outside, &expected, share, came.amounts);
        LtvModel { mixed: Some(Mixed { model: base.clone(), share, level }), ..told.trees }
    }

    /// The simplest candidate that is not surely further from what came than the nearest: of each set of objectives, with each
    /// share of the customer base model; the smaller the share and the fewer the objectives, the simpler. On a part of many
    /// users one objective is chosen, for each is grown again on all.
    fn choice(
        &self,
        compared: &Learning,
        best: &[(usize, Grown)],
        came: Came<'_>,
        settings: &LtvSettings,
        before: Option<&Seen>,
    ) -> Choice {
        let (actual, weights) = compared.came(came.amounts);
        let yardstick = Yardstick::new(&actual, &weights);
        let expected = self.base.as_ref().map(|base| expected(compared, base, came, settings));
        let shares: &[f64] = if expected.is_some() { &SHARES } else { &SHARES[..1] };
        let expected = expected.as_deref().unwrap_or(&[]);
        let places: Vec<usize> = (0..best.len()).collect();
        let sets: Vec<Vec<usize>> =
            subsets(&places).into_iter().filter(|set| !self.is_large(settings) || set.len() == 1).collect();
        let candidate = |&(share, set): &(f64, &Vec<usize>)| {
            let choice = Choice { losses: set.iter().map(|&place| best[place].1.losses[0]).collect(), share };
            let earlier = before.map(|before| before.iter().find(|(known, _)| *known == choice));
            let mut errors = earlier.map_or(Some(Vec::new()), |found| found.map(|(_, errors)| errors.clone()))?;
            let trees = mean_of(&set.iter().map(|&place| best[place].1.outside.as_slice()).collect::<Vec<_>>());
            errors.extend(yardstick.errors(|row| mixed(trees[row], expected.get(row).copied(), share)));
            Some((choice, errors))
        };
        let all: Vec<(f64, &Vec<usize>)> =
            shares.iter().flat_map(|&share| sets.iter().map(move |set| (share, set))).collect();
        let known: Vec<(Choice, Vec<Error>)> = all.par_iter().filter_map(candidate).collect();
        let trees: Vec<&[Error]> =
            known.iter().filter(|(choice, _)| choice.share == 0.0).map(|(_, errors)| errors.as_slice()).collect();
        let trees = simplest(&trees).map(|place| trees[place]);
        // What does harm in one error is no gain, whatever it does in the other.
        let harmless: Vec<&(Choice, Vec<Error>)> =
            known.iter().filter(|(_, errors)| trees.is_none_or(|trees| is_no_worse(errors, trees))).collect();
        let errors: Vec<&[Error]> = harmless.iter().map(|(_, errors)| errors.as_slice()).collect();
        let first = || Choice { losses: best.iter().take(1).map(|(_, grown)| grown.losses[0]).collect(), share: 0.0 };
        simplest(&errors).map_or_else(first, |place| harmless[place].0.clone())
    }

    /// Trees of each objective that is compared, learnt from all users.
    pub(super) fn of_each_loss(&self, came: Came<'_>, settings: &LtvSettings, job: &Job) -> Result<Vec<(Loss, Told)>> {
        let best = compare(&self.whole, came.amounts, objectives(settings, came.amount), settings, job)?;
        Ok(best.into_iter().map(|(_, grown)| (grown.losses[0], self.told(grown, came.amounts))).collect())
    }

    /// The model of grown trees, drawn towards the mean as users set aside tell.
    fn told(&self, mut grown: Grown, amounts: &[f32]) -> Told {
        let actual: Vec<f32> = self.whole.beside(amounts).into_iter().map(|row| amounts[row as usize]).collect();
        let mean = self.whole.mean(amounts);
        let shrinkage = shrinkage(&grown.outside, &actual, mean);
        if shrinkage == 0.0 {
            grown.members.truncate(1);
            for member in &mut grown.members {
                member.trees.clear();
                member.importance.fill(0.0);
            }
        }
        let boosted = grown.members.remove(0);
        let (features, bins) = (self.features.clone(), self.bins.clone());
        let trees = LtvModel { features, bins, boosted, others: grown.members, mean, shrinkage, mixed: None };
        let outside = grown.outside.iter().map(|&said| trees.drawn(said)).collect();
        Told { trees, outside }
    }

    /// What the customer base model expects of users set aside; NaN of those who never bought.
    pub(super) fn expected_beside(&self, came: Came<'_>, settings: &LtvSettings) -> Option<Vec<f32>> {
        Some(expected(&self.whole, self.base.as_ref()?, came, settings))
    }

    /// What a mixture is multiplied by so that it adds up to what the buyers set aside came to. Trees alone do so by
    /// themselves, and a few buyers tell no level.
    pub(super) fn level(&self, trees: &[f32], expected: &[f32], share: f64, amounts: &[f32]) -> f64 {
        let (mut predicted, mut actual, mut bought) = (0.0, 0.0, 0);
        if share > 0.0 {
            let of_buyers = self.whole.beside(amounts).into_iter().zip(trees.iter().zip(expected));
            for (row, (&trees, &expected)) in of_buyers.filter(|(_, (_, expected))| !expected.is_nan()) {
                let amount = amounts[row as usize];
                predicted += f64::from(mixed(trees, Some(expected), share));
                actual += f64::from(amount);
                bought += u32::from(amount > 0.0);
            }
        }
        let is_told = bought >= FEWEST && predicted > 0.0;
        if is_told { (actual / predicted).clamp(LEVELS.0, LEVELS.1) } else { 1.0 }
    }
}

/// What the customer base model expects of users set aside; NaN of those who never bought.
fn expected(learning: &Learning, base: &BaseModel, came: Came<'_>, settings: &LtvSettings) -> Vec<f32> {
    base.expected_of(
        learning.beside(came.amounts).into_iter().map(|row| came.buyer(row)),
        came.amount,
        settings.horizon_days,
    )
}
