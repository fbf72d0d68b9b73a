//! What churn records: how well it tells who will leave, and what its coefficients are.

use serde::{Deserialize, Serialize};

use crate::features::{DAY_MS, Drift, came_back, span_days};
use crate::ingest::EventLog;
use crate::models::churn::{ChurnEvaluation, Coefficient, Solver};
use crate::models::evaluate::{Backtest, Figure};
use crate::models::metrics::classification::{CalibrationBin, LiftDecile, RocPoint, ThresholdRow};
use crate::plot::short;
use crate::stage::StageId;
use crate::store::charts::build::{SHARE, chart, curves, largest, scale};
use crate::store::charts::{Chart, ChartKind, Steps};
use crate::store::columns::feature_label;
use crate::store::results::figures::Figures;
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

/// How well the model does on held-out users, all of them and those active at the cutoff (`active_…`); see [`Judged`](crate::models::churn::Judged).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// `base_rate auc pr_auc log_loss brier auc_recency auc_gain`, and the same with `active_`; `inactive_days`, and
    /// `returned`, the share of those once called gone who came back later; `expected_leaving` of those active now.
    #[serde(flatten)]
    pub figures: Figures,
    /// How many active users would have been expected to leave at earlier cutoffs, beside how many left, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backtests: Vec<Backtest>,
    /// The features that have drifted since the cutoff that the model learns from, the strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifted: Vec<Drift>,
}

impl Metrics {
    /// Of the judgement of a model for which users are gone after so many days; of those once called gone some `returned`.
    pub fn of(found: &ChurnEvaluation, inactive_days: f64, returned: Option<Figure>) -> Self {
        let mut figures = Figures::default();
        for (of, judged) in [("", &found.all), ("active_", &found.active)] {
            let judged = judged.clone().unwrap_or_default();
            for (name, figure) in [
                ("base_rate", judged.base_rate),
                ("auc", judged.auc),
                ("pr_auc", judged.pr_auc),
                ("log_loss", judged.log_loss),
                ("brier", judged.brier),
                ("auc_recency", judged.auc_recency),
                ("auc_gain", judged.auc_gain),
            ] {
                figures.add(&format!("{of}{name}"), figure);
            }
        }
        figures.add_plain("inactive_days", Some(inactive_days));
        figures.add("returned", returned);
        Self { figures, ..Self::default() }
    }

    /// With how many of the users who are active now are expected to leave, and the backtests that tell how sure that is.
    #[must_use]
    pub fn with_total(mut self, total: Figure, backtests: Vec<Backtest>) -> Self {
        self.figures.add("expected_leaving", Some(total));
        self.backtests = backtests;
        self
    }

    /// With the features that have drifted.
    #[must_use]
    pub fn with_drift(mut self, found: &[Drift]) -> Self {
        self.drifted = found.iter().filter(|drift| drift.drifted).cloned().collect();
        self
    }

    /// A figure over the users that the question is about, with what they are called: those active at the cutoff, or all
    /// where an older version told no others.
    pub fn headline(&self, name: &str) -> Option<(Figure, &'static str)> {
        let active = self.figures.get(&format!("active_{name}")).map(|figure| (figure, "active"));
        active.or_else(|| self.figures.get(name).map(|figure| (figure, "all")))
    }
}

/// What became of those who were called gone at an earlier cutoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The cutoff, UTC milliseconds.
    pub cutoff: i64,
    /// Users active before it and without an event in the days after it.
    pub left: usize,
    /// Those of them with an event later.
    pub back: usize,
}

impl Returned {
    /// At the middle of the log, or earlier where less than `days` twice follow it; `None` where fewer than `history` days
    /// lie before it.
    pub fn of(log: &EventLog, days: f64, history: f64) -> Option<Self> {
        let span = span_days(log);
        let before = (span / 2.0).min(span - 2.0 * days);
        let cutoff = log.as_of - ((span - before) * DAY_MS as f64) as i64;
        (before >= history).then(|| {
            let (left, back) = came_back(log, cutoff, days);
            Self { cutoff, left, back }
        })
    }

    /// The share that came back; `None` where nobody was gone.
    pub fn figure(&self) -> Option<Figure> {
        let (back, left) = (self.back as f64, self.left as f64);
        let deviation = (back * (left - back) / left.powi(3)).sqrt();
        let rarer = self.back.min(self.left - self.back);
        (self.left > 0).then(|| Figure::new(back / left, Some(deviation), rarer, (0.0, 1.0)))
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
    /// The penalty of the model that is served.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub l2: Option<f64>,
    /// Days without an event after which a user is gone.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub inactive_days: Option<f64>,
    /// How many of those once called gone came back.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    /// How far each feature has drifted since the cutoff, the strongest first.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
}

impl Detail {
    /// What each threshold selects of the users that the question is about.
    pub fn thresholds(&self) -> &[ThresholdRow] {
        self.evaluation.as_ref().map_or(&[], ChurnEvaluation::thresholds_of_question)
    }

    /// Whether nearly all leave, so that the ranking is that of who comes back.
    pub fn is_of_return(&self) -> bool {
        self.evaluation.as_ref().is_some_and(ChurnEvaluation::is_of_return)
    }
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    let value = |name: &str| metrics.figures.get(name).map(|figure| figure.value);
    match value("active_auc") {
        Some(auc) => vec![("active_auc", Some(auc)), ("active_base_rate", value("active_base_rate"))],
        None => vec![("auc", value("auc")), ("base_rate", value("base_rate"))],
    }
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    let detail = stage.detail_of::<Churn>();
    let judged = detail.evaluation.as_ref().map(ChurnEvaluation::decisions);
    let (judged, whom) = match &judged {
        Some((judged, true)) => (Some(judged), ", active users"),
        Some((judged, false)) => (Some(judged), ""),
        None => (None, ""),
    };
    vec![
        judged.and_then(|judged| roc(&judged.roc, &format!("ROC{whom}"))),
        judged.and_then(|judged| calibration(&judged.calibration, &format!("Calibration{whom}"))),
        judged.and_then(|judged| lift(&judged.deciles, judged.returning, &format!("Lift by decile{whom}"))),
        coefficients(detail.coefficients),
    ]
}

fn roc(points: &[RocPoint], title: &str) -> Option<Chart> {
    let points = points.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect();
    let lines = vec![("model".to_owned(), points), ("chance".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)])];
    curves("roc", title, scale("false positive rate", SHARE), scale("true positive rate", SHARE), lines)
}

fn calibration(bins: &[CalibrationBin], title: &str) -> Option<Chart> {
    let seen =
        || bins.iter().filter(|bin| bin.count > 0).filter_map(|bin| Some((bin.predicted?, bin.observed?, bin.count)));
    let line = |of: fn(f64, f64) -> f64| {
        seen().map(|(predicted, observed, count)| (predicted, of(observed, count as f64))).collect::<Vec<_>>()
    };
    // There along the lower edge, back along the upper one: a band.
    let mut band: Vec<(f64, f64)> = line(|observed, users| wilson(observed, users).0);
    band.extend(line(|observed, users| wilson(observed, users).1).into_iter().rev());
    let lines = vec![
        ("model".to_owned(), line(|observed, _| observed)),
        ("perfect".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)]),
        ("95 %".to_owned(), band),
    ];
    let (x, y) = (scale("predicted churn (share)", SHARE), scale("observed churn (share)", SHARE));
    curves("calibration", title, x, y, lines)
}

/// The 95 % interval of a share (Wilson 1927).
fn wilson(share: f64, users: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_985;
    let (middle, whole) = (share + Z * Z / (2.0 * users), 1.0 + Z * Z / users);
    let reach = Z * (share * (1.0 - share) / users + Z * Z / (4.0 * users * users)).sqrt();
    (((middle - reach) / whole).max(0.0), ((middle + reach) / whole).min(1.0))
}

fn lift(deciles: &[LiftDecile], returning: bool, title: &str) -> Option<Chart> {
    let of = if returning { "lift of coming back (times its share)" } else { "lift (times the base rate)" };
    let steps = Steps {
        x_title: "decile by score".to_owned(),
        y_title: of.to_owned(),
        values: deciles.iter().map(|decile| decile.lift).collect(),
        ends: (short(f64::from(deciles.first()?.decile)), short(f64::from(deciles.last()?.decile))),
        // Each stands below the middle of its bar.
        ticks: deciles.iter().enumerate().map(|(at, row)| (at as f64 + 0.5, row.decile.to_string())).collect(),
    };
    Some(chart("lift", title, ChartKind::Columns(steps)))
}

fn coefficients(found: Vec<Coefficient>) -> Option<Chart> {
    let found = found.into_iter().map(|found| (feature_label(&found.column), found.coefficient)).collect();
    largest("coefficients", "Coefficients", "log-odds", found, |value| format!("{value:+.2}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)]
    use crate::store::results::churn::wilson;

    /// 8 of 20, as R's `prop.test(8, 20, correct = FALSE)` have it.
    #[test]
    fn the_interval_of_a_share_is_wilsons() {
        let (low, high) = wilson(0.4, 20.0);
        assert!((low - 0.218_803).abs() < 1e-5 && (high - 0.613_423).abs() < 1e-5, "{low} {high}");
        assert_eq!(wilson(0.0, 10.0).0, 0.0);
    }
}
