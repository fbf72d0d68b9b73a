//! How well the lifetime value model does on held-out users.

use serde::{Deserialize, Serialize};

use crate::models::gbt::Loss;
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Share of the loss that all splits took off.
    pub share: f64,
}

/// Judges what is predicted for the held-out users.
pub(super) fn evaluate(
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
