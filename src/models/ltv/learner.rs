//! One fit: users to learn from, with their features in bins, and users whose amounts it predicts.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Result;
use crate::features::{Buyer, Feature, FeatureTable};
use crate::job::Job;
use crate::models::gbt::bins::Bins;
use crate::models::gbt::distinct::Distinct;
use crate::models::ltv::amount::Amount;
use crate::models::ltv::base::{BaseModel, Mixed, SHARES};
use crate::models::ltv::choice::{choose_and_fit, shrinkage};
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
    /// The part of it on which objective and depth are compared, where they are more than that.
    sample: Option<Learning>,
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

impl Learner {
    /// Learns from the rows `training` of `past`, at least one.
    pub(super) fn new(
        past: &FeatureTable,
        training: &[u32],
        wanted: Wanted<'_>,
        settings: &LtvSettings,
        job: &Job,
    ) -> Result<Self> {
        let (fitting, validation) = parts(training, settings);
        let known = |feature: &&Feature| {
            !SCORES.contains(&feature.name.as_ref())
                && fitting.iter().any(|&row| !feature.values.get(row as usize).is_nan())
        };
        let features: Vec<&Feature> = past.features.iter().filter(known).collect();
        let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
        let bins = Bins::fit(&features, &fitting, job)?;
        let table = bins.apply(&names, past, job)?;
        let whole = Learning::of(&table, fitting, validation);
        let sample = whole.sample(&table, settings.comparison_rows);
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
        Ok(Self { bins, features: names, whole, sample, predicted })
    }

    /// Features that could not be learnt from because nothing is known of them.
    pub(super) fn lacks(&self, name: &str) -> bool {
        !SCORES.contains(&name) && !self.features.iter().any(|known| known == name)
    }

    /// How many users are learnt from.
    pub(super) fn rows(&self) -> usize {
        self.whole.rows()
    }

    /// Whether objectives and depths are compared on a part of the users.
    pub(super) fn is_sampled(&self) -> bool {
        self.sample.is_some()
    }

    /// Fits one amount per row of the table of the past; where the trees do no better than the mean on validation users,
    /// a model without trees. `share` is that of the customer base model, where it was chosen by other means.
    pub(super) fn fit(
        &self,
        amounts: &[f32],
        amount: Amount,
        with: (&LtvSettings, &[Option<Buyer>]),
        share: Option<f64>,
        notes: &mut Vec<String>,
        job: &Job,
    ) -> Result<LtvModel> {
        let mean = self.whole.mean(amounts);
        let boosted = choose_and_fit(&self.whole, self.sample.as_ref(), (amounts, amount), with.0, notes, job)?;
        let (_, validation) = self.whole.observed(amounts);
        let shrinkage = shrinkage(&boosted.predict_distinct(validation.rows, job)?, &validation, mean);
        let (features, bins) = (self.features.clone(), self.bins.clone());
        let mut model = LtvModel { features, bins, boosted, mean, shrinkage, mixed: None };
        if shrinkage == 0.0 {
            model.boosted.trees.clear();
            model.boosted.importance.fill(0.0);
        }
        if let Some((base, chosen)) = self.base(&model, amounts, amount, with, share, job)? {
            model.mixed = Some(self.levelled(&model, base, chosen, amounts, amount, with, job)?);
        }
        Ok(model)
    }

    /// The customer base model of the users that trees are grown on, and the share of it that is best on validation users.
    fn base(
        &self,
        trees: &LtvModel,
        amounts: &[f32],
        amount: Amount,
        (settings, buyers): (&LtvSettings, &[Option<Buyer>]),
        share: Option<f64>,
        job: &Job,
    ) -> Result<Option<(BaseModel, f64)>> {
        let of = |rows: &[u32]| -> Vec<Option<Buyer>> {
            rows.iter().map(|&row| buyers.get(row as usize).copied().flatten()).collect()
        };
        let (rows, distinct) = &self.whole.validation;
        let fitting: Vec<Buyer> = of(&self.whole.fitting.0).into_iter().flatten().collect();
        let Some(model) = BaseModel::fit(&fitting) else { return Ok(None) };
        job.check()?;
        if let Some(share) = share {
            return Ok(Some((model, share)));
        }
        let (predicted, beside) = (trees.predict_distinct(distinct, job)?, of(rows));
        let error = |share: f64| {
            let (mixed, mut predicted) = (Mixed { model: model.clone(), share, level: 1.0 }, predicted.clone());
            mixed.mix(&mut predicted, beside.iter().copied(), amount, settings.horizon_days);
            let error = |(predicted, &row): (&f32, &u32)| f64::from(predicted - amounts[row as usize]).powi(2);
            predicted.iter().zip(rows).map(error).sum::<f64>()
        };
        let mut best = (SHARES[0], error(SHARES[0]));
        for share in SHARES.into_iter().skip(1) {
            let error = error(share);
            if error < best.1 {
                best = (share, error);
            }
        }
        Ok(Some((model, best.0)))
    }

    /// A mixture that adds up to what the buyers who are learnt from came to. Trees alone do so by themselves, and a few
    /// buyers tell no level.
    #[allow(clippy::too_many_arguments, reason = "they are what a fit is asked with, and what it found")]
    pub(super) fn levelled(
        &self,
        trees: &LtvModel,
        model: BaseModel,
        share: f64,
        amounts: &[f32],
        amount: Amount,
        (settings, buyers): (&LtvSettings, &[Option<Buyer>]),
        job: &Job,
    ) -> Result<Mixed> {
        let mut mixed = Mixed { model, share, level: 1.0 };
        if share == 0.0 {
            return Ok(mixed);
        }
        let (mut predicted, mut came, mut bought) = (0.0, 0.0, 0);
        for (rows, distinct) in [&self.whole.fitting, &self.whole.validation] {
            let known = |row: u32| buyers.get(row as usize).copied().flatten();
            let mut told = trees.predict_distinct(distinct, job)?;
            mixed.mix(&mut told, rows.iter().map(|&row| known(row)), amount, settings.horizon_days);
            for (&row, told) in rows.iter().zip(told).filter(|(row, _)| known(**row).is_some()) {
                let amount = f64::from(amounts[row as usize]);
                (predicted, came, bought) =
                    (predicted + f64::from(told), came + amount, bought + u32::from(amount > 0.0));
            }
        }
        if bought >= FEWEST && predicted > 0.0 {
            mixed.level = (came / predicted).clamp(LEVELS.0, LEVELS.1);
        }
        Ok(mixed)
    }
}

/// The rows to grow trees on and those to choose on, each ascending; neither is empty where there are two rows.
fn parts(training: &[u32], settings: &LtvSettings) -> (Vec<u32>, Vec<u32>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let (mut validation, mut fitting): (Vec<u32>, Vec<u32>) =
        training.iter().partition(|_| random.gen_bool(settings.validation_share));
    // Chance may leave one part of a tiny population empty.
    if validation.is_empty() {
        validation.extend(fitting.pop());
    } else if fitting.is_empty() {
        fitting.extend(validation.pop());
    }
    (fitting, validation)
}
