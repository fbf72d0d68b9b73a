//! What uplift records: what the campaign did, and how well the model ranks whom it would persuade.

use serde::{Deserialize, Serialize};

pub use crate::models::metrics::uplift::UpliftDecile;
use crate::models::uplift::{ArmEffect, Group, UpliftEvaluation};
use crate::plot::short;
use crate::stage::StageId;
use crate::store::charts::build::{bars, curves, scale};
use crate::store::charts::{Chart, Length};
use crate::store::stages::{Recorded, StageRecord};

/// Uplift's results.
#[derive(Clone, Copy, Debug)]
pub enum Uplift {}

impl Recorded for Uplift {
    const STAGE: StageId = StageId::Uplift;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How well the model does on held-out users; see [`UpliftEvaluation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Whether the campaign was simulated.
    pub simulated: Option<bool>,
    /// Overall effect among held-out users.
    pub ate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ate_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ate_high: Option<f64>,
    /// Qini coefficient.
    pub qini: Option<f64>,
    /// Area under the uplift curve, normalised.
    pub auuc: Option<f64>,
    /// Observed uplift among the first tenth of the ranking.
    #[serde(rename = "uplift@10")]
    pub uplift_at_10: Option<f64>,
    /// The same of the first fifth.
    #[serde(rename = "uplift@20")]
    pub uplift_at_20: Option<f64>,
    /// The same of the first three tenths.
    #[serde(rename = "uplift@30")]
    pub uplift_at_30: Option<f64>,
    /// Correlation of predicted and planted effect, for a simulation.
    pub true_effect_correlation: Option<f64>,
}

impl From<&UpliftEvaluation> for Metrics {
    fn from(found: &UpliftEvaluation) -> Self {
        Self {
            simulated: Some(found.simulated),
            ate: Some(found.ate),
            ate_low: Some(found.ate_low),
            ate_high: Some(found.ate_high),
            qini: found.qini,
            auuc: found.auuc,
            uplift_at_10: found.uplift_at_10,
            uplift_at_20: found.uplift_at_20,
            uplift_at_30: found.uplift_at_30,
            true_effect_correlation: found.true_effect_correlation,
        }
    }
}

/// The judgement in full; of a campaign with several arms that of the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// On held-out users.
    #[serde(flatten)]
    pub evaluation: Option<UpliftEvaluation>,
    /// One per arm of a real campaign.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arms: Vec<Arm>,
}

/// One arm of a real campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name.
    pub arm: String,
    /// What it did to all of its rows.
    pub effect: ArmEffect,
    /// How well its model ranks held-out rows.
    pub evaluation: UpliftEvaluation,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    vec![("qini", metrics.qini), ("ate", metrics.ate)]
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    // A title does not hide that the campaign was made up.
    let simulated = stage.metrics_of::<Uplift>().simulated == Some(true);
    let title = |title: &str| if simulated { format!("{title} (simulated campaign)") } else { title.to_owned() };
    let Some(judged) = stage.detail_of::<Uplift>().evaluation else { return Vec::new() };
    vec![
        qini(&title("Qini curve"), &judged.qini_curve),
        deciles(&title("Predicted and observed uplift by decile"), &judged.deciles),
        groups(&title("Groups by uplift"), &judged.groups),
    ]
}

fn qini(title: &str, curve: &[[f64; 2]]) -> Option<Chart> {
    let points: Vec<(f64, f64)> = curve.iter().map(|[users, extra]| (*users, *extra)).collect();
    let random = vec![*points.first()?, *points.last()?];
    let lines = vec![("by uplift".to_owned(), points), ("random".to_owned(), random)];
    curves("qini", title, scale("users treated, best first", None), scale("additional buyers", None), lines)
}

fn deciles(title: &str, deciles: &[UpliftDecile]) -> Option<Chart> {
    let line = |name: &str, value: fn(&UpliftDecile) -> Option<f64>| {
        let points = deciles.iter().filter_map(|decile| Some((f64::from(decile.decile), value(decile)?)));
        (name.to_owned(), points.collect())
    };
    let lines = vec![line("predicted", |decile| Some(decile.predicted)), line("observed", |decile| decile.observed)];
    let (x, y) = (scale("decile by prediction", None), scale("uplift (share of users)", None));
    curves("uplift-deciles", title, x, y, lines)
}

fn groups(title: &str, groups: &[(Group, u64)]) -> Option<Chart> {
    let lengths = groups.iter().enumerate().map(|(series, (group, users))| Length {
        label: group.name().replace('_', " "),
        value: *users as f64,
        words: short(*users as f64),
        series,
    });
    bars("groups", title, "users", lengths.collect())
}
