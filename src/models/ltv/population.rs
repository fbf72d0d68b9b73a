//! The users that the model is learnt from, told apart by use, with their features in bins.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::settings::LtvSettings;
use super::{Amount, Ltv, fit};
use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::job::Job;
use crate::models::gbt::bins::{BinnedTable, Bins};

/// The users as of the cutoff and as of now, ready for any number of fits on different amounts.
pub struct LtvPopulation<'a> {
    pub(super) past: BinnedTable,
    pub(super) now: &'a FeatureTable,
    pub(super) bins: Bins,
    pub(super) features: Vec<String>,
    pub(super) parts: Parts,
    pub(super) settings: &'a LtvSettings,
    pub(super) notes: Vec<String>,
    rows: usize,
}

impl<'a> LtvPopulation<'a> {
    /// Splits the users and bins their features.
    ///
    /// `past` holds the features as of the cutoff C, `held_out[i]` tells that row `i` must not influence a fit; `now`
    /// holds the features as of T.
    ///
    /// # Errors
    /// [`Error::Model`] where fewer than two training rows exist; [`Error::Config`] for a setting out of range;
    /// [`Error::Cancelled`].
    pub fn new(
        past: &FeatureTable,
        held_out: &[bool],
        now: &'a FeatureTable,
        settings: &'a LtvSettings,
        job: &Job,
    ) -> Result<Self> {
        settings.check()?;
        let wrong = |what: String| Err(Error::Model(format!("ltv: {what}")));
        if held_out.len() != past.len() {
            return wrong(format!("{} users, but {} held-out marks", past.len(), held_out.len()));
        }
        let training = held_out.iter().filter(|&&held_out| !held_out).count();
        if training < 2 {
            return wrong(format!(
                "{training} users are too few to learn from; the log must reach further back than ltv.horizon_days"
            ));
        }
        let parts = Parts::split(past, held_out, settings);
        let known = |feature: &&Feature| parts.fitting.iter().any(|&row| !feature.values.get(row as usize).is_nan());
        let (features, unknown): (Vec<&Feature>, Vec<&Feature>) = past.features.iter().partition(known);
        let notes = unknown.iter().map(|feature| format!("{} is left out: no value is known", feature.name)).collect();
        let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
        job.begin("features", 1);
        let bins = Bins::fit(&features, &parts.fitting, job)?;
        let table = bins.apply(&names, past, job)?;
        Ok(Self { past: table, now, bins, features: names, parts, settings, notes, rows: past.len() })
    }

    /// Fits the model on one amount per row of `past`, evaluates it there and applies it to `now`.
    ///
    /// # Errors
    /// [`Error::Model`] where an amount is negative, not finite or missing; [`Error::Cancelled`].
    pub fn fit(&self, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ltv> {
        let wrong = |what: String| Err(Error::Model(format!("ltv: {what}")));
        if amounts.len() != self.rows {
            return wrong(format!("{} users, but {} labels", self.rows, amounts.len()));
        }
        if let Some(row) = amounts.iter().position(|amount| !(amount.is_finite() && *amount >= 0.0)) {
            return wrong(format!("the {} of row {row} are {}, not 0 or above", amount.noun(), amounts[row]));
        }
        fit(self, amounts, amount, job)
    }
}

/// The rows of each part, ascending.
pub(super) struct Parts {
    /// Not held out: fitting and validation together.
    pub(super) training: Vec<u32>,
    pub(super) fitting: Vec<u32>,
    pub(super) validation: Vec<u32>,
    /// Held out.
    pub(super) test: Vec<u32>,
}

impl Parts {
    pub(super) fn split(past: &FeatureTable, held_out: &[bool], settings: &LtvSettings) -> Self {
        let (test, training): (Vec<u32>, Vec<u32>) = (0..past.len() as u32).partition(|&row| held_out[row as usize]);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
        let (mut validation, mut fitting): (Vec<u32>, Vec<u32>) =
            training.iter().partition(|_| random.gen_bool(settings.validation_share));
        // Chance may leave one part of a tiny population empty.
        if validation.is_empty() {
            validation.extend(fitting.pop());
        } else if fitting.is_empty() {
            fitting.extend(validation.pop());
        }
        Self { training, fitting, validation, test }
    }
}
