//! How well the lifetime value model does on held-out users.

use serde::{Deserialize, Serialize};

use crate::models::gbt::{Boosted, Loss};
use crate::models::ltv::judged::{AmountsJudged, judge};
use crate::models::ltv::model::LtvModel;
use crate::models::metrics::regression::{AmountDecile, amount_deciles, gini, mae, rmse, spearman};

/// How well the model does on the held-out users. `None` and empty lists where there are too few of them to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LtvEvaluation {
    /// Root mean squared error, purchases or money.
    pub rmse: Option<f64>,
    /// The same for predicting the training mean for everyone.
    pub rmse_mean: Option<f64>,
    /// Mean absolute error, purchases or money.
    pub mae: Option<f64>,
    /// Rank correlation of prediction and truth; `None` where either is constant.
    pub spearman: Option<f64>,
    /// Normalised Gini of the ranking.
    pub gini: Option<f64>,
    /// Predicted and actual amounts by tenth of the users, the highest predictions first.
    pub deciles: Vec<AmountDecile>,
    /// Features by their share of the loss that splits took off, largest first; empty where the mean is predicted.
    pub importance: Vec<Importance>,
    /// The loss chosen, or the first of several.
    pub objective: Loss,
    /// Trees kept, over all parts of the users that they were grown on; 0 where the mean is predicted.
    pub trees: usize,
    /// Depth of the deepest tree kept.
    pub depth: usize,
    /// Factor by which predictions are drawn from the trees' (1) towards the mean (0).
    pub shrinkage: f64,
    /// Training users, the validation part included.
    pub train_rows: usize,
    /// Held-out users.
    pub test_rows: usize,
    /// The measures with their intervals; `None` in results of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<AmountsJudged>,
    /// How many folds of users were held out, each from the model that judges it; 0 in results of version 0.1.
    #[serde(default)]
    pub folds: u8,
}

/// What a feature contributes to the trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Share of the loss that all splits took off.
    pub share: f64,
}

/// Held-out users: what came, what was predicted, and the mean of those that the prediction was learnt from.
#[derive(Default)]
pub(super) struct Held {
    pub(super) actual: Vec<f32>,
    pub(super) predicted: Vec<f32>,
    pub(super) mean: Vec<f32>,
    /// Their rows in the table of the past.
    pub(super) rows: Vec<u32>,
    /// Users that each prediction was learnt from, at most.
    pub(super) train_rows: usize,
    pub(super) folds: u8,
}

/// Judges what was predicted for held-out users, beside the model that is served.
pub(super) fn evaluate(served: &LtvModel, held: &Held) -> LtvEvaluation {
    let count = served.members().count() as f64;
    let share = |place: usize| served.members().map(|member| member.importance[place]).sum::<f64>() / count;
    let entry = |(place, feature): (usize, &String)| Importance { feature: feature.clone(), share: share(place) };
    let mut importance: Vec<Importance> =
        served.features.iter().enumerate().map(entry).filter(|entry| entry.share > 0.0).collect();
    importance.sort_by(|a, b| b.share.total_cmp(&a.share));
    let (actual, predicted) = (&held.actual, &held.predicted);
    LtvEvaluation {
        rmse: rmse(actual, predicted),
        rmse_mean: rmse(actual, &held.mean),
        mae: mae(actual, predicted),
        spearman: spearman(actual, predicted),
        gini: gini(actual, predicted),
        deciles: amount_deciles(actual, predicted),
        importance,
        objective: served.boosted.loss,
        trees: served.members().map(|member| member.trees.len()).sum(),
        depth: served.members().map(Boosted::depth).max().unwrap_or(0),
        shrinkage: served.shrinkage,
        train_rows: held.train_rows,
        test_rows: actual.len(),
        judged: (!actual.is_empty()).then(|| judge(actual, predicted, &held.mean)),
        folds: held.folds,
    }
}
