//! The users as of the cutoff and as of now: who is learnt from, who is judged, who is served.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::{Buyer, FeatureTable, may_lack};
use crate::job::Job;
use crate::models::evaluate::Split;
use crate::models::ltv::choice::{Seen, objectives};
use crate::models::ltv::learner::{Learner, Wanted};
use crate::models::ltv::settings::LtvSettings;
use crate::models::ltv::{Amount, Ltv, fit};

/// The fewest users that can be learnt from.
const FEWEST: usize = 2;

/// The users as of the cutoff and as of now, ready for any number of fits on different amounts.
pub struct LtvPopulation<'a> {
    /// One learner for each fold that is judged, which learns from the others.
    pub(super) judged: Vec<Learner>,
    /// The one that learns from everyone and predicts as of now.
    pub(super) served: Learner,
    pub(super) settings: &'a LtvSettings,
    pub(super) notes: Vec<String>,
    /// What each row had bought as of the cutoff, and as of now; empty where that is not told.
    pub(super) buyers: (Vec<Option<Buyer>>, Vec<Option<Buyer>>),
    /// How far candidates for purchases and for revenue were from what came at earlier cutoffs, where those told it.
    before: [Option<Seen>; 2],
    rows: usize,
}

impl<'a> LtvPopulation<'a> {
    /// Splits the users and bins their features.
    ///
    /// `past` holds the features as of the cutoff C, `split` tells who learns and who is judged; `now` holds the features
    /// as of T.
    ///
    /// # Errors
    /// [`Error::Model`] where there are fewer than two users; [`Error::Config`] for a setting out of range;
    /// [`Error::Cancelled`].
    pub fn new(
        past: &FeatureTable,
        split: &Split,
        now: &FeatureTable,
        settings: &'a LtvSettings,
        job: &Job,
    ) -> Result<Self> {
        settings.check()?;
        let wrong = |what: String| Err(Error::Model(format!("ltv: {what}")));
        if split.len() != past.len() {
            return wrong(format!("{} users, but {} folds", past.len(), split.len()));
        }
        if past.len() < FEWEST {
            return wrong(format!(
                "{} users are too few to learn from; the log must reach further back than ltv.horizon_days",
                past.len()
            ));
        }
        job.begin("features", 1);
        let served = Learner::new(past, &split.everyone(), Wanted::All(now), settings, job)?;
        let folds: Vec<u8> = split.judged().collect();
        let learner = |&fold: &u8| {
            let training = split.training(fold);
            let test = split.test(fold);
            let can = training.len() >= FEWEST && !test.is_empty();
            can.then(|| Learner::new(past, &training, Wanted::Rows(test), settings, job)).transpose()
        };
        let judged: Vec<Option<Learner>> = folds.par_iter().map(learner).collect::<Result<_>>()?;
        let unknown = past.features.iter().map(|feature| feature.name.as_ref());
        let unknown = unknown.filter(|name| served.lacks(name) && !may_lack(name));
        let notes = unknown.map(|name| format!("{name} is left out: no value is known")).collect();
        let judged = judged.into_iter().flatten().collect();
        Ok(Self {
            judged,
            served,
            settings,
            notes,
            buyers: (Vec::new(), Vec::new()),
            before: [None, None],
            rows: past.len(),
        })
    }

    /// With what each row of `past` had bought as of the cutoff, and each of `now` as of T: then a customer base model of the
    /// buyers is compared with the trees.
    #[must_use]
    pub fn with_buyers(self, past: Vec<Option<Buyer>>, now: Vec<Option<Buyer>>) -> Self {
        let served = self.served.with_base(&past, None);
        let judged = self.judged.into_par_iter().map(|learner| learner.with_base(&past, served.base())).collect();
        Self { buyers: (past, now), judged, served, ..self }
    }

    /// With what [`seen_before`](crate::models::ltv::seen_before) found of purchases and of revenue; where it is `None`, users
    /// set aside for validation alone choose.
    #[must_use]
    pub fn with_before(self, before: [Option<Seen>; 2]) -> Self {
        Self { before, ..self }
    }

    /// What earlier cutoffs told.
    pub(super) fn before(&self, amount: Amount) -> Option<&Seen> {
        self.before[usize::from(amount == Amount::Revenue)].as_ref()
    }

    /// The choice is made once, by the users who judge, where these are so many that it is made on a part of them; then the
    /// served model takes it over.
    pub(super) fn chooses_once(&self) -> bool {
        matches!(self.judged.as_slice(), [only] if only.is_large(self.settings))
    }

    /// The most trees that a fit of one amount may grow.
    fn most_trees(&self, amounts: &[f32], amount: Amount) -> u64 {
        let candidates = objectives(self.settings, amount).len() * self.settings.depths.len();
        let of_judged = self.judged.iter().map(|learner| learner.fits(amounts, candidates, self.settings));
        let served = if self.chooses_once() { 0 } else { candidates };
        (self.settings.trees * (of_judged.sum::<usize>() + self.served.fits(amounts, served, self.settings))) as u64
    }

    /// Fits the model on one amount per row of `past`, evaluates it there and applies it to `now`.
    ///
    /// # Errors
    /// [`Error::Model`] where an amount is negative, not finite or missing; [`Error::Cancelled`].
    pub fn fit(&self, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ltv> {
        self.checked(amounts, amount)?;
        job.begin("trees", self.most_trees(amounts, amount));
        fit(self, amounts, amount, job)
    }

    /// Fits the model of two amounts at once; the results are those of [`Self::fit`].
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_both(&self, of: [(&[f32], Amount); 2], job: &Job) -> Result<(Ltv, Ltv)> {
        of.iter().try_for_each(|(amounts, amount)| self.checked(amounts, *amount))?;
        job.begin("trees", of.iter().map(|(amounts, amount)| self.most_trees(amounts, *amount)).sum());
        let fit = |(amounts, amount): (&[f32], Amount)| fit(self, amounts, amount, job);
        let (first, second) = rayon::join(|| fit(of[0]), || fit(of[1]));
        Ok((first?, second?))
    }

    fn checked(&self, amounts: &[f32], amount: Amount) -> Result<()> {
        let wrong = |what: String| Err(Error::Model(format!("ltv: {what}")));
        if amounts.len() != self.rows {
            return wrong(format!("{} users, but {} labels", self.rows, amounts.len()));
        }
        if let Some(row) = amounts.iter().position(|amount| !(amount.is_finite() && *amount >= 0.0)) {
            return wrong(format!("the {} of row {row} are {}, not 0 or above", amount.noun(), amounts[row]));
        }
        Ok(())
    }
}
