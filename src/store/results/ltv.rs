//! What LTV records: how well purchases and, where prices are known, revenue are predicted.

use serde::{Deserialize, Serialize};

use crate::features::Drift;
use crate::format;
use crate::models::evaluate::{Backtest, Figure};
use crate::models::ltv::LtvEvaluation;
pub use crate::models::metrics::regression::AmountDecile;
use crate::stage::StageId;
use crate::store::charts::build::{bars, curves, largest, scale};
use crate::store::charts::{Chart, Length};
use crate::store::columns::feature_label;
use crate::store::results::figures::Figures;
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
    /// `rmse rmse_mean rmse_w rmse_w_gain mae spearman gini total_predicted total_actual` of purchases, and with
    /// `revenue_` of money, where it is predicted; `expected_total` is that of everyone within the horizon to come.
    #[serde(flatten)]
    pub figures: Figures,
    /// Purchases predicted at earlier cutoffs beside what came, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backtests: Vec<Backtest>,
    /// The same of revenue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revenue_backtests: Vec<Backtest>,
    /// The features that have drifted since the cutoff that the model learns from, the strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifted: Vec<Drift>,
}

impl Metrics {
    /// Of the judgement of purchases, and of revenue where it is predicted.
    pub fn of(purchases: &LtvEvaluation, revenue: Option<&LtvEvaluation>) -> Self {
        let mut figures = Figures::default();
        for (of, found) in [("", Some(purchases)), ("revenue_", revenue)] {
            let Some(found) = found else { continue };
            let judged = found.judged.clone().unwrap_or_default();
            let has = found.judged.is_some();
            figures.add_plain(&format!("{of}rmse"), found.rmse);
            figures.add_plain(&format!("{of}rmse_mean"), found.rmse_mean);
            for (name, figure) in [
                ("rmse_w", judged.rmse_w),
                ("rmse_w_gain", judged.rmse_w_gain),
                ("mae", judged.mae),
                ("spearman", judged.spearman),
                ("gini", judged.gini),
            ] {
                figures.add(&format!("{of}{name}"), figure);
            }
            figures.add_plain(&format!("{of}total_predicted"), has.then_some(judged.total_predicted));
            figures.add_plain(&format!("{of}total_actual"), has.then_some(judged.total_actual));
        }
        Self { figures, ..Self::default() }
    }

    /// With what is expected of everyone within the horizon to come, and the backtests that tell how sure that is: of
    /// purchases, and of revenue where it is predicted.
    #[must_use]
    pub fn with_totals(mut self, purchases: (Figure, Vec<Backtest>), revenue: Option<(Figure, Vec<Backtest>)>) -> Self {
        self.figures.add("expected_total", Some(purchases.0));
        self.backtests = purchases.1;
        if let Some((total, backtests)) = revenue {
            self.figures.add("revenue_expected_total", Some(total));
            self.revenue_backtests = backtests;
        }
        self
    }

    /// With the features that have drifted.
    #[must_use]
    pub fn with_drift(mut self, found: &[Drift]) -> Self {
        self.drifted = found.iter().filter(|drift| drift.drifted).cloned().collect();
        self
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
    /// What predictions were multiplied by: last year's ratio of these days to those before; `None` where it told nothing.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub season: Option<f64>,
    /// How far each feature has drifted since the cutoff, the strongest first.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    ["gini", "rmse", "rmse_mean"].map(|name| (name, metrics.figures.get(name).map(|figure| figure.value))).to_vec()
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
        totals(&stage.metrics_of::<Ltv>()),
    ]
}

/// What was predicted of everyone at earlier cutoffs beside what came, and what is predicted now.
fn totals(metrics: &Metrics) -> Option<Chart> {
    let count = |value: f64| format::thousands(value.round().max(0.0) as u64);
    let length = |label: String, value: f64, words: String, series: usize| Length { label, value, words, series };
    let earlier = metrics.backtests.iter().flat_map(|seen| {
        let day = format::day(seen.cutoff);
        let predicted = length(format!("{day} predicted"), seen.predicted, count(seen.predicted), 0);
        [predicted, length("came".to_owned(), seen.actual, count(seen.actual), 1)]
    });
    let mut lengths: Vec<Length> = earlier.collect();
    if lengths.is_empty() {
        return None;
    }
    if let Some(total) = metrics.figures.get("expected_total") {
        let words = match (total.low, total.high) {
            (Some(low), Some(high)) => format!("{} ({} to {})", count(total.value), count(low), count(high)),
            _ => count(total.value),
        };
        lengths.push(length("to come, predicted".to_owned(), total.value, words, 0));
    }
    bars("totals", "Predicted and actual totals", "purchases of everyone within the days ahead", lengths)
}

fn deciles(id: &'static str, title: &str, unit: &str, deciles: &[AmountDecile]) -> Option<Chart> {
    let line = |name: &str, value: fn(&AmountDecile) -> f64| {
        (name.to_owned(), deciles.iter().map(|decile| (f64::from(decile.decile), value(decile))).collect())
    };
    let (x, y) = (scale("decile by prediction", None), scale(unit, None));
    curves(id, title, x, y, vec![line("predicted", |decile| decile.predicted), line("actual", |decile| decile.actual)])
}

fn importance(judged: &LtvEvaluation) -> Option<Chart> {
    let found = judged.importance.iter().map(|found| (feature_label(&found.feature), found.share)).collect();
    largest("importance", "Importance of features", "share of the gain", found, format::percent)
}
