//! What a user will buy: boosted trees on features as of a cutoff, applied to features as of T.

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gbt::bins::Bins;
use super::gbt::{Boosting, Ensemble, Objective};
use super::metrics::regression::{AmountDecile, decile_table, gini, mae, rmse, spearman};
use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::job::Job;

/// Which objectives are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveChoice {
    /// Both; the one with the lower validation error is kept.
    #[default]
    Auto,
    /// Squared error.
    SquaredError,
    /// Poisson deviance.
    Poisson,
}

impl ObjectiveChoice {
    fn candidates(self) -> &'static [Objective] {
        match self {
            Self::Auto => &[Objective::SquaredError, Objective::Poisson],
            Self::SquaredError => &[Objective::SquaredError],
            Self::Poisson => &[Objective::Poisson],
        }
    }
}

/// Settings of the lifetime-value model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LtvSettings {
    /// Purchases are counted over this many days.
    pub horizon_days: f64,
    /// Which objectives are tried.
    pub objective: ObjectiveChoice,
    /// Leaves of a tree at most; each is tried.
    pub leaves: Vec<usize>,
    /// Trees at most.
    pub trees: usize,
    /// Shrinkage of each tree.
    pub learning_rate: f64,
    /// Rows of a leaf at least.
    pub min_rows: usize,
    /// L2 penalty on leaf values.
    pub l2: f64,
    /// Stop when so many trees in a row did not lower the validation error.
    pub patience: usize,
    /// Share of the training users that only choose objective, leaves and number of trees.
    pub validation_share: f64,
    /// Draws the validation part.
    pub seed: u64,
}

impl Default for LtvSettings {
    fn default() -> Self {
        Self {
            horizon_days: 60.0,
            objective: ObjectiveChoice::Auto,
            leaves: vec![4, 16],
            trees: 200,
            learning_rate: 0.1,
            min_rows: 100,
            l2: 1.0,
            patience: 15,
            validation_share: 0.25,
            seed: 42,
        }
    }
}

/// How well the model does on held-out users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LtvEvaluation {
    /// Training rows, validation part included.
    pub train_rows: u64,
    /// Held-out rows.
    pub test_rows: u64,
    /// Root mean squared error.
    pub rmse: f64,
    /// The same when the training mean is predicted for everyone.
    pub rmse_mean: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Spearman's rank correlation; NaN when every prediction is the same.
    pub spearman: f64,
    /// Normalised Gini coefficient of the ranking.
    pub gini: f64,
    /// Mean prediction and mean purchases by tenth of the prediction.
    pub deciles: Vec<AmountDecile>,
    /// Feature and its share of the total gain, largest first.
    pub importance: Vec<(String, f64)>,
    /// The objective chosen.
    pub objective: Objective,
    /// Leaves per tree chosen.
    pub leaves: usize,
    /// Trees kept.
    pub trees: usize,
    /// The factor that draws predictions towards the mean, chosen on the validation part.
    pub shrinkage: f64,
}

/// What is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LtvModel {
    /// The trees.
    pub ensemble: Ensemble,
    /// Mean purchases of the training users.
    pub mean: f64,
    /// `mean + shrinkage · (trees − mean)` is predicted; 0 predicts the mean.
    pub shrinkage: f64,
    /// The largest number of purchases of a training user: nothing above is predicted.
    pub most: f32,
}

impl LtvModel {
    /// Expected purchases of every row, never negative.
    pub fn predict(&self, table: &FeatureTable) -> Vec<f32> {
        let mut predicted = self.ensemble.predict(&self.ensemble.bins.apply(table));
        predicted.par_iter_mut().for_each(|value| *value = self.towards_mean(*value));
        predicted
    }

    fn towards_mean(&self, trees: f32) -> f32 {
        let value = self.mean + self.shrinkage * (f64::from(trees) - self.mean);
        (value as f32).clamp(0.0, self.most)
    }
}

/// Lifetime value of every user.
#[derive(Clone, Debug)]
pub struct Ltv {
    /// On held-out users.
    pub evaluation: LtvEvaluation,
    /// Expected purchases, one per row of the table as of T.
    pub predicted: Vec<f32>,
    /// Why the mean is predicted instead of the trees, if it is.
    pub fallback: Option<String>,
    /// The fitted model.
    pub model: LtvModel,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Fits on the rows of `past` that are not held out, evaluates on the others, applies to `now`.
///
/// `purchases[i]` counts the purchases of row `i` of `past` within the horizon after the cutoff; `held_out` has an entry
/// per row of `past`.
///
/// # Errors
/// [`Error::Model`] when a part is empty or no training user bought anything.
pub fn ltv(
    past: &FeatureTable,
    purchases: &[f32],
    held_out: &[bool],
    now: &FeatureTable,
    settings: &LtvSettings,
    job: &Job,
) -> Result<Ltv> {
    let (test, training): (Vec<u32>, Vec<u32>) = (0..past.len() as u32).partition(|&row| held_out[row as usize]);
    if training.len() < 10 || test.is_empty() {
        let (train, test) = (training.len(), test.len());
        return Err(Error::Model(format!("{} users are too few: {train} to train on and {test} held out", past.len())));
    }
    let amount = |rows: &[u32]| -> Vec<f32> { rows.iter().map(|&row| purchases[row as usize]).collect() };
    let most = amount(&training).into_iter().fold(0.0, f32::max);
    if most <= 0.0 {
        return Err(Error::Model(format!(
            "none of {} training users bought anything in the {} days after the cutoff",
            training.len(),
            settings.horizon_days
        )));
    }
    let mean = amount(&training).iter().map(|&amount| f64::from(amount)).sum::<f64>() / training.len() as f64;
    let chosen = choose(past, purchases, &training, settings, job)?;
    let mut model = LtvModel { ensemble: chosen.ensemble, mean, shrinkage: chosen.shrinkage, most };
    let mut fallback = (model.shrinkage == 0.0)
        .then(|| "the mean is predicted for everyone: on validation users no tree came closer".to_owned());
    let actual = amount(&test);
    let mean_everywhere = vec![mean as f32; test.len()];
    let rmse_mean = rmse(&mean_everywhere, &actual);
    let at_test = |model: &LtvModel| -> Vec<f32> {
        let predicted = model.predict(past);
        test.iter().map(|&row| predicted[row as usize]).collect()
    };
    let mut predicted = at_test(&model);
    if fallback.is_none() && rmse(&predicted, &actual) > rmse_mean {
        fallback = Some(format!(
            "the mean is predicted for everyone: on held-out users the trees' RMSE {:.5} is above the mean's {rmse_mean:.5}",
            rmse(&predicted, &actual)
        ));
        model.shrinkage = 0.0;
        predicted = at_test(&model);
    }
    let gain: f64 = model.ensemble.importance.iter().sum();
    let mut importance: Vec<(String, f64)> = model
        .ensemble
        .bins
        .features
        .iter()
        .cloned()
        .zip(model.ensemble.importance.iter().map(|&own| if gain > 0.0 { own / gain } else { 0.0 }))
        .collect();
    importance.sort_by(|a, b| b.1.total_cmp(&a.1));
    let evaluation = LtvEvaluation {
        train_rows: training.len() as u64,
        test_rows: test.len() as u64,
        rmse: rmse(&predicted, &actual),
        rmse_mean,
        mae: mae(&predicted, &actual),
        spearman: spearman(&predicted, &actual),
        gini: gini(&predicted, &actual),
        deciles: decile_table(&predicted, &actual),
        importance,
        objective: model.ensemble.objective,
        leaves: chosen.leaves,
        trees: model.ensemble.trees.len(),
        shrinkage: model.shrinkage,
    };
    job.check()?;
    let predicted = model.predict(now);
    Ok(Ltv { evaluation, predicted, fallback, model, notes: chosen.notes })
}

struct Chosen {
    ensemble: Ensemble,
    leaves: usize,
    shrinkage: f64,
    notes: Vec<String>,
}

/// Fits every combination of objective and leaves and keeps the one with the lowest validation error.
fn choose(
    past: &FeatureTable,
    purchases: &[f32],
    training: &[u32],
    settings: &LtvSettings,
    job: &Job,
) -> Result<Chosen> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let (validation, fitting): (Vec<u32>, Vec<u32>) =
        training.iter().partition(|_| random.gen_bool(settings.validation_share.clamp(0.01, 0.9)));
    let bins = Bins::fit(past, &fitting);
    let binned = bins.apply(past);
    let candidates: Vec<(Objective, usize)> = settings
        .objective
        .candidates()
        .iter()
        .flat_map(|&objective| settings.leaves.iter().map(move |&leaves| (objective, leaves.max(2))))
        .collect();
    job.begin("trees", (candidates.len() * settings.trees) as u64);
    let mut best: Option<(Ensemble, usize, f64)> = None;
    for (objective, leaves) in candidates {
        let boosting = Boosting {
            objective,
            trees: settings.trees,
            learning_rate: settings.learning_rate,
            leaves,
            // A tenth of a small training part is already a large leaf.
            min_rows: settings.min_rows.min(fitting.len() / 50).max(1),
            l2: settings.l2,
            patience: settings.patience,
        };
        let (ensemble, error) = Ensemble::fit(&bins, &binned, purchases, &fitting, &validation, &boosting, job)?;
        if best.as_ref().is_none_or(|best| error < best.2) {
            best = Some((ensemble, leaves, error));
        }
    }
    let (ensemble, leaves, _) =
        best.ok_or_else(|| Error::Config("ltv.leaves is empty: name the numbers of leaves to try".to_owned()))?;
    let shrinkage = shrinkage(&ensemble.predict(&binned), purchases, &fitting, &validation);
    let note = format!(
        "chosen on {} validation users: {} trees of {leaves} leaves, {}, drawn to the mean by {shrinkage:.2}",
        validation.len(),
        ensemble.trees.len(),
        match ensemble.objective {
            Objective::SquaredError => "squared error",
            Objective::Poisson => "Poisson",
        }
    );
    Ok(Chosen { ensemble, leaves, shrinkage, notes: vec![note] })
}

/// The factor in 0..=1 that makes `mean + factor · (prediction − mean)` closest to the amounts on validation rows.
fn shrinkage(predicted: &[f32], actual: &[f32], fitting: &[u32], validation: &[u32]) -> f64 {
    let mean = fitting.iter().map(|&row| f64::from(actual[row as usize])).sum::<f64>() / fitting.len().max(1) as f64;
    let (mut product, mut square) = (0.0, 0.0);
    for &row in validation {
        let deviation = f64::from(predicted[row as usize]) - mean;
        product += deviation * (f64::from(actual[row as usize]) - mean);
        square += deviation * deviation;
    }
    if square > 0.0 { (product / square).clamp(0.0, 1.0) } else { 0.0 }
}
