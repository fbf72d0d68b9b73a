//! How well predicted uplift ranks held-out users, and whether the campaign's arms were alike.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::models::metrics::uplift::{
    UpliftDecile, auuc, average_effect, qini, qini_by_chance, qini_curve, uplift_at, uplift_deciles,
};
use crate::models::uplift::{Campaign, Group, UpliftSettings};

/// How far treatment was from random in one feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The feature.
    pub feature: String,
    /// Standardised mean difference, treated minus control; within ±0.1 counts as balanced (Austin 2009).
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub difference: f64,
}

/// How well the model does on held-out users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftEvaluation {
    /// Whether the campaign was simulated.
    pub simulated: bool,
    /// Training rows.
    pub train_rows: u64,
    /// Held-out rows.
    pub test_rows: u64,
    /// Overall effect among held-out users: difference of the outcome rates.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate: f64,
    /// Lower end of its 95 % interval.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate_low: f64,
    /// Upper end of its 95 % interval.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate_high: f64,
    /// Qini coefficient; `None` where no ranking beats a random one.
    pub qini: Option<f64>,
    /// Standard deviation of the Qini coefficient of rankings at random; `None` like `qini`, and of so many held-out rows
    /// that chance hardly matters.
    #[serde(default)]
    pub qini_by_chance: Option<f64>,
    /// Area under the uplift curve, normalised; `None` like `qini`.
    pub auuc: Option<f64>,
    /// Observed uplift among the first tenth of the ranking; `None` where an arm has nobody there.
    #[serde(rename = "uplift@10")]
    pub uplift_at_10: Option<f64>,
    /// The same of the first fifth.
    #[serde(rename = "uplift@20")]
    pub uplift_at_20: Option<f64>,
    /// The same of the first three tenths.
    #[serde(rename = "uplift@30")]
    pub uplift_at_30: Option<f64>,
    /// Pearson correlation of predicted and planted effect, for a simulation; `None` where either is constant.
    pub true_effect_correlation: Option<f64>,
    /// (rows, extra outcomes), at most 101 points.
    pub qini_curve: Vec<[f64; 2]>,
    /// Predicted and observed uplift by tenth of the ranking.
    pub deciles: Vec<UpliftDecile>,
    /// Standardised mean differences between the arms, largest first.
    pub balance: Vec<Balance>,
    /// Users of every group, all users counted.
    pub groups: Vec<(Group, u64)>,
    /// How users are put into groups.
    pub rule: String,
    /// `smartcore` or `histogram`.
    pub forest: String,
}

impl UpliftEvaluation {
    /// Says so where the ranking may be no better, or no worse, than chance.
    pub(super) fn doubt(&self) -> Option<String> {
        let (qini, chance) = (self.qini?, self.qini_by_chance?);
        (qini.abs() < 2.0 * chance).then(|| {
            format!(
                "a Qini of {qini:.3} on {} held-out users may be chance: that of rankings at random varies by {chance:.3}",
                self.test_rows
            )
        })
    }
}

/// Judges the predicted `uplift` of every row on the held-out rows `test`.
pub(super) fn evaluate(
    table: &FeatureTable,
    campaign: &Campaign,
    test: &[u32],
    uplift: &[f32],
    settings: &UpliftSettings,
) -> Result<UpliftEvaluation> {
    let pick = |of: &[bool]| -> Vec<bool> { test.iter().map(|&row| of[row as usize]).collect() };
    let (outcome, treated) = (pick(&campaign.outcome), pick(&campaign.treated));
    let predicted: Vec<f32> = test.iter().map(|&row| uplift[row as usize]).collect();
    if !outcome.contains(&true) {
        return Err(Error::Model("no held-out user has the outcome: the model cannot be judged".to_owned()));
    }
    let effect = average_effect(&outcome, &treated);
    let curve = qini_curve(&predicted, &outcome, &treated);
    let points = curve.len().min(101);
    let last = curve.len() - 1;
    let correlation = campaign.true_effect.as_ref().and_then(|effects| {
        let planted: Vec<f32> = test.iter().map(|&row| effects[row as usize]).collect();
        pearson(&predicted, &planted)
    });
    let mut balance: Vec<Balance> = table
        .features
        .par_iter()
        .filter_map(|feature| {
            let difference = standardised_difference(feature, campaign)?;
            Some(Balance { feature: feature.name.to_string(), difference })
        })
        .collect();
    balance.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    Ok(UpliftEvaluation {
        simulated: campaign.true_effect.is_some(),
        train_rows: 0,
        test_rows: test.len() as u64,
        ate: effect.effect,
        ate_low: effect.low,
        ate_high: effect.high,
        qini: qini(&predicted, &outcome, &treated),
        qini_by_chance: qini_by_chance(&outcome, &treated, settings.seed),
        auuc: auuc(&predicted, &outcome, &treated),
        uplift_at_10: uplift_at(0.1, &predicted, &outcome, &treated),
        uplift_at_20: uplift_at(0.2, &predicted, &outcome, &treated),
        uplift_at_30: uplift_at(0.3, &predicted, &outcome, &treated),
        true_effect_correlation: correlation,
        qini_curve: (0..points).map(|point| curve[last * point / (points - 1).max(1)]).collect(),
        deciles: uplift_deciles(&predicted, &outcome, &treated),
        balance,
        groups: Vec::new(),
        rule: settings.rule(),
        forest: String::new(),
    })
}

/// Pearson correlation; `None` where either side is constant.
pub(super) fn pearson(a: &[f32], b: &[f32]) -> Option<f64> {
    let mean = |of: &[f32]| of.iter().map(|&value| f64::from(value)).sum::<f64>() / of.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut squares_a, mut squares_b) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        product += a * b;
        squares_a += a * a;
        squares_b += b * b;
    }
    let correlation = product / (squares_a * squares_b).sqrt();
    correlation.is_finite().then_some(correlation)
}

/// Difference of the arms' means over the pooled standard deviation; nulls are left out. `None` for a constant feature.
fn standardised_difference(feature: &Feature, campaign: &Campaign) -> Option<f64> {
    let mut sums = [[0.0; 3]; 2];
    for (row, &treated) in campaign.treated.iter().enumerate() {
        let value = feature.values.get(row);
        if !value.is_nan() && campaign.part.as_ref().is_none_or(|part| part[row]) {
            let sum = &mut sums[usize::from(treated)];
            sum[0] += 1.0;
            sum[1] += value;
            sum[2] += value * value;
        }
    }
    let [control, treated] = sums.map(|[count, sum, squares]| {
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(0.0))
    });
    let difference = (treated.0 - control.0) / f64::midpoint(treated.1, control.1).sqrt();
    difference.is_finite().then_some(difference)
}
