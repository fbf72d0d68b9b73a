//! The users that the model is learnt from, told apart by use, with their features in bins.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable, may_lack};
use crate::job::Job;
use crate::models::gbt::bins::{BinnedTable, Bins};
use crate::models::gbt::distinct::{Distinct, Observations};
use crate::models::ltv::settings::LtvSettings;
use crate::models::ltv::{Amount, Ltv, fit};

/// The users as of the cutoff and as of now, ready for any number of fits on different amounts.
pub struct LtvPopulation<'a> {
    pub(super) bins: Bins,
    pub(super) features: Vec<String>,
    /// Who is not held out.
    pub(super) whole: Learning,
    /// The part of them on which objective and depth are compared, where they are more than that.
    pub(super) sample: Option<Learning>,
    /// Held-out rows, and what they hold.
    pub(super) test: (Vec<u32>, Distinct),
    /// Every user as of now.
    pub(super) now: Distinct,
    pub(super) settings: &'a LtvSettings,
    pub(super) notes: Vec<String>,
    rows: usize,
}

/// Rows to learn from and rows to validate on.
pub(super) struct Learning {
    fitting: (Vec<u32>, Distinct),
    validation: (Vec<u32>, Distinct),
}

impl Learning {
    fn of(table: &BinnedTable, fitting: Vec<u32>, validation: Vec<u32>) -> Self {
        let (left, right) = (Distinct::of(table, &fitting), Distinct::of(table, &validation));
        Self { fitting: (fitting, left), validation: (validation, right) }
    }

    /// Every so-many-th row of both parts, at most `most`; `None` where that is all of them.
    fn sample(&self, table: &BinnedTable, most: usize) -> Option<Self> {
        let stride = (self.fitting.0.len() + self.validation.0.len()).div_ceil(most).max(1);
        let part = |rows: &[u32]| rows.iter().step_by(stride).copied().collect();
        (stride > 1).then(|| Self::of(table, part(&self.fitting.0), part(&self.validation.0)))
    }

    /// The amounts of the rows to learn from and of those to validate on.
    pub(super) fn observed(&self, amounts: &[f32]) -> (Observations<'_>, Observations<'_>) {
        (observed(&self.fitting, amounts), observed(&self.validation, amounts))
    }

    /// The mean amount of both parts.
    pub(super) fn mean(&self, amounts: &[f32]) -> f64 {
        let rows = self.fitting.0.iter().chain(&self.validation.0);
        rows.map(|&row| f64::from(amounts[row as usize])).sum::<f64>() / self.rows().max(1) as f64
    }

    /// How many rows both parts have.
    pub(super) fn rows(&self) -> usize {
        self.fitting.0.len() + self.validation.0.len()
    }
}

fn observed<'a>((rows, distinct): &'a (Vec<u32>, Distinct), amounts: &[f32]) -> Observations<'a> {
    Observations::new(distinct, rows.iter().map(|&row| amounts[row as usize]))
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
        now: &FeatureTable,
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
        let unknown = unknown.iter().filter(|feature| !may_lack(&feature.name));
        let notes = unknown.map(|feature| format!("{} is left out: no value is known", feature.name)).collect();
        let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
        job.begin("features", 1);
        let bins = Bins::fit(&features, &parts.fitting, job)?;
        let table = bins.apply(&names, past, job)?;
        let whole = Learning::of(&table, parts.fitting, parts.validation);
        let sample = whole.sample(&table, settings.comparison_rows);
        let test = Distinct::of(&table, &parts.test);
        drop(table);
        job.check()?;
        let table = bins.apply(&names, now, job)?;
        let now = Distinct::of(&table, &(0..table.rows as u32).collect::<Vec<_>>());
        let test = (parts.test, test);
        Ok(Self { bins, features: names, whole, sample, test, now, settings, notes, rows: past.len() })
    }

    /// Fits the model on one amount per row of `past`, evaluates it there and applies it to `now`.
    ///
    /// # Errors
    /// [`Error::Model`] where an amount is negative, not finite or missing; [`Error::Cancelled`].
    pub fn fit(&self, amounts: &[f32], amount: Amount, job: &Job) -> Result<Ltv> {
        self.checked(amounts, amount)?;
        job.begin("trees", self.settings.most_trees(self.sample.is_some()));
        fit(self, amounts, amount, job)
    }

    /// Fits the model of two amounts at once; the results are those of [`Self::fit`].
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_both(&self, of: [(&[f32], Amount); 2], job: &Job) -> Result<(Ltv, Ltv)> {
        of.iter().try_for_each(|(amounts, amount)| self.checked(amounts, *amount))?;
        job.begin("trees", 2 * self.settings.most_trees(self.sample.is_some()));
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

/// The rows of each part, ascending.
struct Parts {
    fitting: Vec<u32>,
    validation: Vec<u32>,
    /// Held out.
    test: Vec<u32>,
}

impl Parts {
    fn split(past: &FeatureTable, held_out: &[bool], settings: &LtvSettings) -> Self {
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
        Self { fitting, validation, test }
    }
}
