//! What uplift records: what the campaign did, and how well the model ranks whom it would persuade.

use serde::{Deserialize, Serialize};

pub use crate::models::metrics::uplift::UpliftDecile;
use crate::models::uplift::{ArmEffect, Group, OutcomeKind, Policies, UpliftEvaluation};
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
    /// Lower end of the Qini's 95 % interval.
    pub qini_low: Option<f64>,
    /// Upper end.
    pub qini_high: Option<f64>,
    /// Standard deviation of the Qini of rankings at random.
    pub qini_chance: Option<f64>,
    /// Lower end of the AUUC's 95 % interval.
    pub auuc_low: Option<f64>,
    /// Upper end.
    pub auuc_high: Option<f64>,
    /// Lower end of the 95 % interval of `uplift@10`.
    #[serde(rename = "uplift@10_low")]
    pub uplift_at_10_low: Option<f64>,
    /// Upper end.
    #[serde(rename = "uplift@10_high")]
    pub uplift_at_10_high: Option<f64>,
    /// Lower end of the 95 % interval of `uplift@20`.
    #[serde(rename = "uplift@20_low")]
    pub uplift_at_20_low: Option<f64>,
    /// Upper end.
    #[serde(rename = "uplift@20_high")]
    pub uplift_at_20_high: Option<f64>,
    /// Lower end of the 95 % interval of `uplift@30`.
    #[serde(rename = "uplift@30_low")]
    pub uplift_at_30_low: Option<f64>,
    /// Upper end.
    #[serde(rename = "uplift@30_high")]
    pub uplift_at_30_high: Option<f64>,
    /// Mean distance of predicted and observed uplift over the deciles.
    pub decile_error: Option<f64>,
    /// Whether users were found to differ in their uplift.
    pub differs: Option<bool>,
    /// Whether treatment counts as random.
    pub random: Option<bool>,
    /// Standardised mean difference of the feature in which it was least random.
    pub balance_smd: Option<f64>,
    /// That difference over what chance gives it.
    pub balance_z: Option<f64>,
    /// What following the model brings per user beyond treating nobody.
    pub policy_value: Option<f64>,
    /// Lower end of its 95 % interval.
    pub policy_value_low: Option<f64>,
    /// Upper end.
    pub policy_value_high: Option<f64>,
    /// The same of the one arm for all that was best among training folds.
    pub one_arm_value: Option<f64>,
    /// Lower end of its 95 % interval.
    pub one_arm_value_low: Option<f64>,
    /// Upper end.
    pub one_arm_value_high: Option<f64>,
    /// What following the model brings beyond that, on the same users.
    pub policy_gain: Option<f64>,
    /// Lower end of its 95 % interval.
    pub policy_gain_low: Option<f64>,
    /// Upper end.
    pub policy_gain_high: Option<f64>,
}

impl Metrics {
    /// The metrics of an arm's evaluation and of the campaign's policies.
    pub fn of(found: &UpliftEvaluation, policies: &Policies) -> Self {
        let at = |place: usize| found.uplift_at_intervals.get(place).copied().flatten().unzip();
        let [(low_10, high_10), (low_20, high_20), (low_30, high_30)] = [at(0), at(1), at(2)];
        let follow = policies.policies.last().map(|policy| &policy.value);
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
            qini_low: found.qini_low,
            qini_high: found.qini_high,
            qini_chance: found.qini_by_chance,
            auuc_low: found.auuc_low,
            auuc_high: found.auuc_high,
            uplift_at_10_low: low_10,
            uplift_at_10_high: high_10,
            uplift_at_20_low: low_20,
            uplift_at_20_high: high_20,
            uplift_at_30_low: low_30,
            uplift_at_30_high: high_30,
            decile_error: found.decile_error,
            differs: found.differs(),
            random: found.random,
            balance_smd: found.balance.first().map(|worst| worst.difference),
            balance_z: found.balance_z,
            policy_value: follow.map(|value| value.value),
            policy_value_low: follow.map(|value| value.low),
            policy_value_high: follow.map(|value| value.high),
            one_arm_value: Some(policies.one_arm.value),
            one_arm_value_low: Some(policies.one_arm.low),
            one_arm_value_high: Some(policies.one_arm.high),
            policy_gain: Some(policies.difference.value),
            policy_gain_low: Some(policies.difference.low),
            policy_gain_high: Some(policies.difference.high),
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
    /// What treating nobody, everybody, or each as the model says would bring; `None` in results of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<Policies>,
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
    let Detail { evaluation: Some(judged), arms, policies: policies_found } = stage.detail_of::<Uplift>() else {
        return Vec::new();
    };
    // Of several arms one is drawn, and said.
    let of_arm = |name: &str| match arms.as_slice() {
        [first, _, ..] => title(&format!("{name}: {}", first.arm)),
        _ => title(name),
    };
    vec![
        qini(&of_arm("Qini curve"), &judged),
        deciles(&of_arm("Predicted and observed uplift by decile"), &judged.deciles),
        groups(&of_arm("Groups by uplift"), &judged.groups),
        policies(&title("What it would bring"), policies_found.as_ref()),
    ]
}

fn qini(title: &str, judged: &UpliftEvaluation) -> Option<Chart> {
    let points: Vec<(f64, f64)> = judged.qini_curve.iter().map(|[users, extra]| (*users, *extra)).collect();
    let (first, last) = (*points.first()?, *points.last()?);
    let mut lines = vec![("by uplift".to_owned(), points), ("random".to_owned(), vec![first, last])];
    if let Some(chance) = judged.curve_chance {
        // Of 100 rankings at random 95 lie between these edges at a place: there along the upper one, back along the lower.
        let edge = |(step, side): (u32, f64)| {
            let share = f64::from(step) / 20.0;
            (last.0 * share, last.1 * share + side * 1.96 * chance * (share * (1.0 - share)).sqrt())
        };
        let there = (0..=20).map(|step| (step, 1.0));
        lines.push((
            "chance, 95 %".to_owned(),
            there.chain((0..=20).rev().map(|step| (step, -1.0))).map(edge).collect(),
        ));
    }
    let extra = match judged.outcome {
        OutcomeKind::Happened => "additional buyers",
        OutcomeKind::Money => "additional money",
    };
    curves("qini", title, scale("users treated, best first", None), scale(extra, None), lines)
}

/// What policies bring, beyond treating nobody.
fn policies(title: &str, policies: Option<&Policies>) -> Option<Chart> {
    let policies = policies?;
    let lengths = policies.policies.iter().enumerate().map(|(series, policy)| {
        let [value, low, high] = [policy.value.value, policy.value.low, policy.value.high].map(|value| 1_000.0 * value);
        Length { label: policy.policy.clone(), value, words: format!("{value:+.1} ({low:+.1} to {high:+.1})"), series }
    });
    bars("policies", title, &format!("{} per 1,000 users", policies.unit), lengths.collect())
}

fn deciles(title: &str, deciles: &[UpliftDecile]) -> Option<Chart> {
    let line = |name: &str, value: fn(&UpliftDecile) -> Option<f64>| {
        let points = deciles.iter().filter_map(|decile| Some((f64::from(decile.decile), value(decile)?)));
        (name.to_owned(), points.collect::<Vec<(f64, f64)>>())
    };
    let mut lines =
        vec![line("predicted", |decile| Some(decile.predicted)), line("observed", |decile| decile.observed)];
    let (low, high) = (line("", |decile| decile.observed_low), line("", |decile| decile.observed_high));
    let between: Vec<(f64, f64)> = low.1.into_iter().chain(high.1.into_iter().rev()).collect();
    if !between.is_empty() {
        lines.push(("95 %".to_owned(), between));
    }
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
