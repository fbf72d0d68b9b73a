//! Lifetime value: how many purchases a user makes in the next [`LtvSettings::horizon_days`], by gradient boosted trees.
//!
//! Most users of a shop's log buy nothing, so that trees easily do worse than the mean. Three guards: leaves must be
//! large enough to hold buyers; the prediction is drawn towards the mean by the factor that is best on validation
//! users; and where the trees do no better than the mean, the mean is predicted, and [`Ltv::fallback`] says so.
//!
//! Bins and trees come from the fitting part of the training users, every choice from their validation part; held-out
//! users serve the evaluation and the last guard alone.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use super::gbt::bins::{BinnedTable, Bins};
use super::gbt::{BoostSettings, Boosted, Loss, boost};
use super::metrics::regression::{AmountDecile, amount_deciles, gini, mae, rmse, spearman};
use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::job::Job;

/// Which loss the trees minimise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LtvObjective {
    /// Both are tried; the lower validation RMSE wins.
    #[default]
    Auto,
    /// Squared error.
    SquaredError,
    /// Poisson deviance.
    Poisson,
}

/// Settings of the lifetime value model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LtvSettings {
    /// Purchases within this many days are predicted.
    pub horizon_days: f64,
    /// The loss.
    pub objective: LtvObjective,
    /// Most trees.
    pub trees: usize,
    /// Share of each leaf's best step that is taken.
    pub learning_rate: f64,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Depths to choose from.
    pub depths: Vec<usize>,
    /// Fewest users in a leaf; raised where buyers are so rare that such a leaf would hold fewer than ten.
    pub min_rows: usize,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
    /// Stop after this many trees without a better validation RMSE.
    pub early_stopping: usize,
    /// Share of the training users set aside for validation.
    pub validation_share: f64,
    /// Users a tree is grown on: all buyers and a draw of the others.
    pub rows_per_tree: usize,
    /// Users on which objective and depth are compared, before the chosen pair is fitted on all.
    pub comparison_rows: usize,
    /// Seed of the validation split and of the draws.
    pub seed: u64,
}

impl Default for LtvSettings {
    fn default() -> Self {
        Self {
            horizon_days: 60.0,
            objective: LtvObjective::Auto,
            trees: 200,
            learning_rate: 0.1,
            leaves: 31,
            depths: vec![3, 6],
            min_rows: 50,
            l2: 1.0,
            early_stopping: 20,
            validation_share: 0.2,
            rows_per_tree: 65_536,
            comparison_rows: 200_000,
            seed: 42,
        }
    }
}

impl LtvSettings {
    /// Whether every setting is in range; the error names the one that is not.
    pub fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(Error::Config(format!("ltv.{what}")));
        let least = [
            ("leaves", self.leaves, 2),
            ("trees", self.trees, 1),
            ("early_stopping", self.early_stopping, 1),
            ("rows_per_tree", self.rows_per_tree, 1),
            ("comparison_rows", self.comparison_rows, 1),
        ];
        if let Some((name, _, least)) = least.iter().find(|(_, value, least)| value < least) {
            return wrong(&format!("{name} must be at least {least}"));
        }
        if !(self.horizon_days.is_finite() && self.horizon_days > 0.0) {
            return wrong("horizon_days must be above 0");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= 1.0) {
            return wrong("learning_rate must be above 0 and at most 1");
        }
        if !(self.l2.is_finite() && self.l2 >= 0.0) {
            return wrong("l2 must be 0 or above");
        }
        if !(self.validation_share > 0.0 && self.validation_share < 1.0) {
            return wrong("validation_share must lie between 0 and 1");
        }
        if self.depths.is_empty() || self.depths.contains(&0) {
            return wrong("depths must name at least one depth, each at least 1");
        }
        Ok(())
    }
}

/// How well the model does on the held-out users. `None` and empty lists where there are too few of them to tell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LtvEvaluation {
    /// Root mean squared error, purchases.
    pub rmse: Option<f64>,
    /// The same for predicting the training mean for everyone.
    pub rmse_mean: Option<f64>,
    /// Mean absolute error, purchases.
    pub mae: Option<f64>,
    /// Rank correlation of prediction and purchases; `None` where either is constant.
    pub spearman: Option<f64>,
    /// Normalised Gini of the ranking.
    pub gini: Option<f64>,
    /// Predicted and actual purchases by tenth of the users, the highest predictions first.
    pub deciles: Vec<AmountDecile>,
    /// Features by their share of the loss that splits took off, largest first; empty where the mean is predicted.
    pub importance: Vec<Importance>,
    /// The loss chosen.
    pub objective: Loss,
    /// Trees kept; 0 where the mean is predicted.
    pub trees: usize,
    /// Depth of the deepest tree kept.
    pub depth: usize,
    /// Factor by which predictions are drawn from the trees' (1) towards the mean (0).
    pub shrinkage: f64,
    /// Training users, the validation part included.
    pub train_rows: usize,
    /// Held-out users.
    pub test_rows: usize,
}

/// What a feature contributes to the trees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Share of the loss that all splits took off.
    pub share: f64,
}

/// All that is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LtvModel {
    /// The features, in the order of the bins.
    pub features: Vec<String>,
    /// The features' bins.
    pub bins: Bins,
    /// The trees.
    pub boosted: Boosted,
    /// Mean purchases of a training user.
    pub mean: f64,
    /// Share of the trees' departure from the mean that is predicted.
    pub shrinkage: f64,
}

impl LtvModel {
    /// Predicted purchases of every row of a feature table, 0 or above.
    pub fn predict(&self, table: &FeatureTable, job: &Job) -> Result<Vec<f32>> {
        if self.shrinkage == 0.0 {
            return Ok(vec![self.mean as f32; table.len()]);
        }
        self.predict_binned(&self.bins.apply(&self.features, table, job)?, job)
    }

    fn predict_binned(&self, table: &BinnedTable, job: &Job) -> Result<Vec<f32>> {
        let mut predicted = self.boosted.predict(table, job)?;
        for value in &mut predicted {
            *value = (self.mean + self.shrinkage * (f64::from(*value) - self.mean)).max(0.0) as f32;
        }
        Ok(predicted)
    }
}

/// The lifetime value model and what it says of every user.
#[derive(Clone, Debug)]
pub struct Ltv {
    /// Quality on held-out users as of the cutoff.
    pub evaluation: LtvEvaluation,
    /// Predicted purchases, one per row of the table as of now, 0 or above.
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
/// [`Error::Model`] where fewer than two training rows exist or a label is no count; [`Error::Config`] for a setting out of
/// range; [`Error::Cancelled`].
pub fn ltv(
    past: &FeatureTable,
    purchases: &[f32],
    held_out: &[bool],
    now: &FeatureTable,
    settings: &LtvSettings,
    job: &Job,
) -> Result<Ltv> {
    settings.check()?;
    check_input(past, purchases, held_out)?;
    let parts = Parts::split(past, held_out, settings);
    let mean = mean_of(purchases, &parts.training);
    let known = |feature: &&Feature| parts.fitting.iter().any(|&row| !feature.values.get(row as usize).is_nan());
    let (features, unknown): (Vec<&Feature>, Vec<&Feature>) = past.features.iter().partition(known);
    let mut notes: Vec<String> =
        unknown.iter().map(|feature| format!("{} is left out: no value is known", feature.name)).collect();
    let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();

    job.begin("features", 1);
    let bins = Bins::fit(&features, &parts.fitting, job)?;
    let table = bins.apply(&names, past, job)?;
    let boosted = choose_and_fit(&table, purchases, &parts, settings, &mut notes, job)?;
    let fitted = boosted.predict(&table, job)?;
    let shrinkage = shrinkage(&fitted, purchases, mean, &parts.validation);
    let mut model = LtvModel { features: names, bins, boosted, mean, shrinkage };
    let mut fallback = (shrinkage == 0.0)
        .then(|| "the mean is predicted for everyone: on validation users the trees did no better".to_owned());

    let actual: Vec<f32> = parts.test.iter().map(|&row| purchases[row as usize]).collect();
    let mean_for_all = vec![mean as f32; actual.len()];
    let rmse_mean = rmse(&actual, &mean_for_all);
    let mut predicted = mean_for_all.clone();
    if fallback.is_none() {
        let all = model.predict_binned(&table, job)?;
        predicted = parts.test.iter().map(|&row| all[row as usize]).collect();
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
    drop(table);
    job.check()?;
    let evaluation = evaluate(&model, &actual, &predicted, rmse_mean, parts.training.len());
    let predicted = model.predict(now, job)?;
    Ok(Ltv { evaluation, predicted, fallback, model, notes })
}

fn check_input(past: &FeatureTable, purchases: &[f32], held_out: &[bool]) -> Result<()> {
    let wrong = |what: String| Err(Error::Model(format!("ltv: {what}")));
    if purchases.len() != past.len() || held_out.len() != past.len() {
        return wrong(format!(
            "{} users, but {} labels and {} held-out marks",
            past.len(),
            purchases.len(),
            held_out.len()
        ));
    }
    if let Some(row) = purchases.iter().position(|count| !(count.is_finite() && *count >= 0.0)) {
        return wrong(format!("the purchases of row {row} are {}, not a count", purchases[row]));
    }
    let training = held_out.iter().filter(|&&held_out| !held_out).count();
    if training < 2 {
        return wrong(format!(
            "{training} users are too few to learn from; the log must reach further back than ltv.horizon_days"
        ));
    }
    Ok(())
}

/// The rows of each part, ascending.
struct Parts {
    /// Not held out: fitting and validation together.
    training: Vec<u32>,
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
        Self { training, fitting, validation, test }
    }
}

fn mean_of(purchases: &[f32], rows: &[u32]) -> f64 {
    rows.iter().map(|&row| f64::from(purchases[row as usize])).sum::<f64>() / rows.len().max(1) as f64
}

/// Compares the objectives and depths on a bounded part of the users, then fits the best pair on all.
fn choose_and_fit(
    table: &BinnedTable,
    purchases: &[f32],
    parts: &Parts,
    settings: &LtvSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Boosted> {
    let losses: &[Loss] = match settings.objective {
        LtvObjective::Auto => &[Loss::SquaredError, Loss::Poisson],
        LtvObjective::SquaredError => &[Loss::SquaredError],
        LtvObjective::Poisson => &[Loss::Poisson],
    };
    let candidates: Vec<(Loss, usize)> =
        losses.iter().flat_map(|&loss| settings.depths.iter().map(move |&depth| (loss, depth))).collect();
    let fit = |loss: Loss, depth: usize, table: &BinnedTable, target: &[f32], fitting: &[u32], validation: &[u32]| {
        let settings = BoostSettings {
            loss,
            trees: settings.trees,
            learning_rate: settings.learning_rate,
            leaves: settings.leaves,
            depth,
            min_rows: smallest_leaf(target, fitting, settings.min_rows),
            l2: settings.l2,
            rows_per_tree: settings.rows_per_tree,
            patience: settings.early_stopping,
            seed: settings.seed,
        };
        boost(table, target, fitting, validation, &settings, job)
    };
    let all = parts.fitting.len() + parts.validation.len();
    if candidates.len() == 1 {
        job.begin("trees", settings.trees as u64);
        return fit(candidates[0].0, candidates[0].1, table, purchases, &parts.fitting, &parts.validation);
    }
    let sample = Comparison::of(table, purchases, parts, settings.comparison_rows);
    job.begin("trees, compared", (settings.trees * candidates.len()) as u64);
    let mut best: Option<(f64, Boosted, Loss, usize)> = None;
    for &(loss, depth) in &candidates {
        let boosted = fit(loss, depth, &sample.table, &sample.purchases, &sample.fitting, &sample.validation)?;
        let error = squared_error(&boosted.predict(&sample.table, job)?, &sample.purchases, &sample.validation);
        if best.as_ref().is_none_or(|best| error < best.0) {
            best = Some((error, boosted, loss, depth));
        }
    }
    let Some((_, boosted, loss, depth)) = best else {
        return Err(Error::Model("ltv: no trees could be compared; check ltv.depths".to_owned()));
    };
    let name = if loss == Loss::Poisson { "Poisson" } else { "squared error" };
    notes.push(format!("{name} with depth {depth} had the lowest validation error of {} candidates", candidates.len()));
    if sample.table.rows == all {
        return Ok(boosted);
    }
    let whole = Comparison::of(table, purchases, parts, all);
    job.begin("trees", settings.trees as u64);
    fit(loss, depth, &whole.table, &whole.purchases, &whole.fitting, &whole.validation)
}

/// Every so-many-th row of the fitting and validation parts, as a table of its own: no held-out row costs time.
struct Comparison {
    table: BinnedTable,
    purchases: Vec<f32>,
    fitting: Vec<u32>,
    validation: Vec<u32>,
}

impl Comparison {
    fn of(table: &BinnedTable, purchases: &[f32], parts: &Parts, most: usize) -> Self {
        let stride = (parts.fitting.len() + parts.validation.len()).div_ceil(most).max(1);
        let rows: Vec<u32> =
            parts.fitting.iter().step_by(stride).chain(parts.validation.iter().step_by(stride)).copied().collect();
        let fitting = parts.fitting.len().div_ceil(stride) as u32;
        let take = |codes: &Vec<u8>| rows.iter().map(|&row| codes[row as usize]).collect();
        Self {
            table: BinnedTable { rows: rows.len(), columns: table.columns.iter().map(take).collect() },
            purchases: rows.iter().map(|&row| purchases[row as usize]).collect(),
            fitting: (0..fitting).collect(),
            validation: (fitting..rows.len() as u32).collect(),
        }
    }
}

/// The setting, raised so that a leaf of average users holds ten buyers, but to no more than a twentieth of the rows.
fn smallest_leaf(purchases: &[f32], rows: &[u32], setting: usize) -> usize {
    let buyers = rows.iter().filter(|&&row| purchases[row as usize] > 0.0).count();
    let for_ten_buyers = (10 * rows.len()).checked_div(buyers).unwrap_or(rows.len());
    for_ten_buyers.max(setting).min(rows.len() / 20).max(1)
}

fn squared_error(predicted: &[f32], actual: &[f32], rows: &[u32]) -> f64 {
    rows.iter().map(|&row| f64::from(predicted[row as usize] - actual[row as usize]).powi(2)).sum()
}

/// The factor in 0..=1 that makes `mean + factor · (prediction − mean)` closest to the purchases of the validation rows:
/// the slope of a regression through the mean. 0 where no factor beats the mean.
fn shrinkage(predicted: &[f32], purchases: &[f32], mean: f64, validation: &[u32]) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for &row in validation {
        let departure = f64::from(predicted[row as usize]) - mean;
        product += departure * (f64::from(purchases[row as usize]) - mean);
        square += departure * departure;
    }
    // A departure that is rounding alone is no prediction.
    if square > 1e-12 * mean * mean * validation.len() as f64 { (product / square).clamp(0.0, 1.0) } else { 0.0 }
}

fn evaluate(
    model: &LtvModel,
    actual: &[f32],
    predicted: &[f32],
    rmse_mean: Option<f64>,
    train_rows: usize,
) -> LtvEvaluation {
    let share = |(feature, &share): (&String, &f64)| Importance { feature: feature.clone(), share };
    let mut importance: Vec<Importance> =
        model.features.iter().zip(&model.boosted.importance).map(share).filter(|entry| entry.share > 0.0).collect();
    importance.sort_by(|a, b| b.share.total_cmp(&a.share));
    LtvEvaluation {
        rmse: rmse(actual, predicted),
        rmse_mean,
        mae: mae(actual, predicted),
        spearman: spearman(actual, predicted),
        gini: gini(actual, predicted),
        deciles: amount_deciles(actual, predicted),
        importance,
        objective: model.boosted.loss,
        trees: model.boosted.trees.len(),
        depth: model.boosted.depth(),
        shrinkage: model.shrinkage,
        train_rows,
        test_rows: actual.len(),
    }
}

#[cfg(test)]
#[path = "ltv_tests.rs"]
mod tests;
