//! What LTV records: how well purchases and, where prices are known, revenue are predicted.

use serde::{Deserialize, Serialize};

use crate::format;
use crate::models::ltv::LtvEvaluation;
pub use crate::models::metrics::regression::AmountDecile;
use crate::stage::StageId;
use crate::store::charts::Chart;
use crate::store::charts::build::{curves, largest, scale};
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};

/// The results of LTV.
#[derive(Clone, Copy, Debug)]
pub enum Ltv {}

impl Recorded for Ltv {
    const STAGE: StageId = StageId::Ltv;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How well the model does on held-out users; see [`LtvEvaluation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Root mean squared error, purchases.
    pub rmse: Option<f64>,
    /// The same for predicting the training mean for everyone.
    pub rmse_mean: Option<f64>,
    /// Mean absolute error, purchases.
    pub mae: Option<f64>,
    /// Rank correlation of prediction and truth.
    pub spearman: Option<f64>,
    /// Normalised Gini of the ranking.
    pub gini: Option<f64>,
    /// The same of revenue, where it is predicted.
    #[serde(flatten)]
    pub revenue: Option<RevenueMetrics>,
}

/// The same of revenue, in the log's money.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RevenueMetrics {
    /// Root mean squared error.
    #[serde(rename = "revenue_rmse")]
    pub rmse: Option<f64>,
    /// The same for predicting the training mean for everyone.
    #[serde(rename = "revenue_rmse_mean")]
    pub rmse_mean: Option<f64>,
    /// Mean absolute error.
    #[serde(rename = "revenue_mae")]
    pub mae: Option<f64>,
    /// Rank correlation of prediction and truth.
    #[serde(rename = "revenue_spearman")]
    pub spearman: Option<f64>,
    /// Normalised Gini of the ranking.
    #[serde(rename = "revenue_gini")]
    pub gini: Option<f64>,
}

impl Metrics {
    /// Of the judgement of purchases, and of revenue where it is predicted.
    pub fn of(purchases: &LtvEvaluation, revenue: Option<&LtvEvaluation>) -> Self {
        Self {
            rmse: purchases.rmse,
            rmse_mean: purchases.rmse_mean,
            mae: purchases.mae,
            spearman: purchases.spearman,
            gini: purchases.gini,
            revenue: revenue.map(|revenue| RevenueMetrics {
                rmse: revenue.rmse,
                rmse_mean: revenue.rmse_mean,
                mae: revenue.mae,
                spearman: revenue.spearman,
                gini: revenue.gini,
            }),
        }
    }
}

/// The judgement in full.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Of purchases.
    #[serde(default, deserialize_with = "part")]
    pub evaluation: Option<LtvEvaluation>,
    /// Features of training are as of this time, UTC milliseconds.
    #[serde(default, deserialize_with = "part")]
    pub cutoff: Option<i64>,
    /// Of revenue, where it is predicted.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub revenue: Option<LtvEvaluation>,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    vec![("rmse", metrics.rmse), ("rmse_mean", metrics.rmse_mean)]
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    let detail = stage.detail_of::<Ltv>();
    let (purchases, revenue) = (detail.evaluation.as_ref(), detail.revenue.as_ref());
    vec![
        purchases.and_then(|judged| {
            let title = "Predicted and actual value by decile";
            deciles("deciles", title, "mean value of a user", &judged.deciles)
        }),
        purchases.and_then(importance),
        revenue.and_then(|judged| {
            let title = "Predicted and actual revenue by decile";
            deciles("revenue-deciles", title, "mean revenue of a user (the log's money)", &judged.deciles)
        }),
    ]
}

fn deciles(id: &'static str, title: &str, unit: &str, deciles: &[AmountDecile]) -> Option<Chart> {
    let line = |name: &str, value: fn(&AmountDecile) -> f64| {
        (name.to_owned(), deciles.iter().map(|decile| (f64::from(decile.decile), value(decile))).collect())
    };
    let (x, y) = (scale("decile by prediction", None), scale(unit, None));
    curves(id, title, x, y, vec![line("predicted", |decile| decile.predicted), line("actual", |decile| decile.actual)])
}

fn importance(judged: &LtvEvaluation) -> Option<Chart> {
    let found = judged.importance.iter().map(|found| (found.feature.clone(), found.share)).collect();
    largest("importance", "Importance of features", "share of the gain", found, format::percent)
}
