//! What churn records: how well it tells who will leave, and what its coefficients are.

use serde::{Deserialize, Serialize};

use crate::models::churn::{ChurnEvaluation, Coefficient, Solver};
use crate::models::metrics::classification::{CalibrationBin, LiftDecile, RocPoint};
use crate::plot::short;
use crate::stage::StageId;
use crate::store::charts::build::{SHARE, chart, curves, largest, scale};
use crate::store::charts::{Chart, ChartKind, Steps};
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};

/// Churn's results.
#[derive(Clone, Copy, Debug)]
pub enum Churn {}

impl Recorded for Churn {
    const STAGE: StageId = StageId::Churn;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How well the model does on held-out users; see [`ChurnEvaluation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Share of held-out users that left.
    pub base_rate: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// Average precision.
    pub pr_auc: Option<f64>,
    /// Mean negative log likelihood, nats.
    pub log_loss: Option<f64>,
    /// Mean squared error of the probability.
    pub brier: Option<f64>,
}

impl From<&ChurnEvaluation> for Metrics {
    fn from(found: &ChurnEvaluation) -> Self {
        Self {
            base_rate: found.base_rate,
            auc: found.auc,
            pr_auc: found.pr_auc,
            log_loss: found.log_loss,
            brier: found.brier,
        }
    }
}

/// The model and its judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// On held-out users.
    #[serde(default, deserialize_with = "part")]
    pub evaluation: Option<ChurnEvaluation>,
    /// One per column.
    #[serde(default, deserialize_with = "part")]
    pub coefficients: Vec<Coefficient>,
    /// What found them.
    #[serde(default, deserialize_with = "part")]
    pub solver: Option<Solver>,
    /// Features of training are as of this time, UTC milliseconds.
    #[serde(default, deserialize_with = "part")]
    pub cutoff: Option<i64>,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    vec![("auc", metrics.auc), ("base_rate", metrics.base_rate)]
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    let detail = stage.detail_of::<Churn>();
    let judged = detail.evaluation.as_ref();
    vec![
        judged.and_then(|judged| roc(&judged.roc)),
        judged.and_then(|judged| calibration(&judged.calibration)),
        judged.and_then(|judged| lift(&judged.deciles)),
        coefficients(detail.coefficients),
    ]
}

fn roc(points: &[RocPoint]) -> Option<Chart> {
    let points = points.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect();
    let lines = vec![("model".to_owned(), points), ("chance".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)])];
    curves("roc", "ROC", scale("false positive rate", SHARE), scale("true positive rate", SHARE), lines)
}

fn calibration(bins: &[CalibrationBin]) -> Option<Chart> {
    let seen = bins.iter().filter(|bin| bin.count > 0);
    let points = seen.filter_map(|bin| Some((bin.predicted?, bin.observed?))).collect();
    let lines = vec![("model".to_owned(), points), ("perfect".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)])];
    let (x, y) = (scale("predicted churn (share)", SHARE), scale("observed churn (share)", SHARE));
    curves("calibration", "Calibration", x, y, lines)
}

fn lift(deciles: &[LiftDecile]) -> Option<Chart> {
    let steps = Steps {
        x_title: "decile by score".to_owned(),
        y_title: "lift (times the base rate)".to_owned(),
        values: deciles.iter().map(|decile| decile.lift).collect(),
        ends: (short(f64::from(deciles.first()?.decile)), short(f64::from(deciles.last()?.decile))),
    };
    Some(chart("lift", "Lift by decile", ChartKind::Columns(steps)))
}

fn coefficients(found: Vec<Coefficient>) -> Option<Chart> {
    let found = found.into_iter().map(|found| (found.column, found.coefficient)).collect();
    largest("coefficients", "Coefficients", "log-odds", found, |value| format!("{value:+.2}"))
}
