//! Whether treatment fell on users at random: their features before it tell.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::{Feature, FeatureTable, Scale};

/// Of how many random campaigns one is called not random.
const FALSE_ALARMS: f64 = 0.01;

/// Scores that no model reads; quintiles of features that stand beside them.
pub(super) const SCORES: [&str; 3] = ["r", "f", "m"];

/// How far treatment was from random in one feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The feature.
    pub feature: String,
    /// Standardised mean difference, arm minus control: how large the difference is (Austin 2009 calls 0.1 small).
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub difference: f64,
    /// The difference over what chance gives it: within ±2 in 95 of 100 random campaigns.
    #[serde(default)]
    pub z: Option<f64>,
}

/// Whether an arm and the control were alike before the campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Randomness {
    /// Per feature, the least likely first.
    pub balance: Vec<Balance>,
    /// The largest |z|.
    pub z: Option<f64>,
    /// What it must not pass: Bonferroni's limit at 1 % over all features and arms.
    pub limit: Option<f64>,
    /// Whether treatment may have been random.
    pub random: bool,
}

impl Randomness {
    /// Compares arm `own` (1, 2, …) with the control (0) in every feature.
    pub(super) fn of(table: &FeatureTable, arm: &[u16], own: u16, arms: usize) -> Self {
        let mut balance: Vec<Balance> = table
            .features
            .par_iter()
            .filter(|feature| !SCORES.contains(&feature.name.as_ref()))
            .filter_map(|feature| of_feature(feature, arm, own))
            .collect();
        balance.sort_by(|a, b| {
            let size = |each: &Balance| each.z.map_or(0.0, f64::abs);
            size(b).total_cmp(&size(a)).then_with(|| b.difference.abs().total_cmp(&a.difference.abs()))
        });
        let z = balance.first().and_then(|worst| worst.z).map(f64::abs);
        let tests = (balance.len() * arms).max(1) as f64;
        let limit = (!balance.is_empty()).then(|| upper_quantile(FALSE_ALARMS / (2.0 * tests)));
        Self { random: z.zip(limit).is_none_or(|(z, limit)| z <= limit), balance, z, limit }
    }
}

/// Count, sum and squares of an arm.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(self) -> f64 {
        self.sum / self.count
    }

    fn variance(self) -> f64 {
        (self.squares / self.count - self.mean().powi(2)).max(0.0)
    }
}

/// Compares the known values and, where some are unknown, how often they are; gives whichever is less likely.
fn of_feature(feature: &Feature, arm: &[u16], own: u16) -> Option<Balance> {
    let (mut raw, mut scaled, mut unknown) =
        ([Moments::default(); 2], [Moments::default(); 2], [Moments::default(); 2]);
    for (row, &arm) in arm.iter().enumerate() {
        if arm != 0 && arm != own {
            continue;
        }
        let at = usize::from(arm == own);
        let value = feature.values.get(row);
        unknown[at].add(f64::from(u8::from(value.is_nan())));
        if !value.is_nan() {
            raw[at].add(value);
            scaled[at].add(if feature.scale == Scale::Log { value.max(0.0).ln_1p() } else { value });
        }
    }
    let balance = |difference: [Moments; 2], z: [Moments; 2], name: String| {
        let size = (difference[1].mean() - difference[0].mean())
            / f64::midpoint(difference[0].variance(), difference[1].variance()).sqrt();
        size.is_finite().then(|| Balance { feature: name, difference: size, z: z_of(z) })
    };
    let known = balance(raw, scaled, feature.name.to_string());
    let missing = balance(unknown, unknown, format!("{} unknown", feature.name));
    match (known, missing) {
        (Some(known), Some(missing)) => {
            let size = |each: &Balance| each.z.map_or(0.0, f64::abs);
            Some(if size(&missing) > size(&known) { missing } else { known })
        }
        (known, missing) => known.or(missing),
    }
}

/// The difference of the means over its standard deviation where treatment is drawn at random: that of both arms together.
fn z_of([control, treated]: [Moments; 2]) -> Option<f64> {
    let all = Moments {
        count: control.count + treated.count,
        sum: control.sum + treated.sum,
        squares: control.squares + treated.squares,
    };
    let deviation =
        (all.variance() * all.count / (all.count - 1.0) * (1.0 / control.count + 1.0 / treated.count)).sqrt();
    let z = (treated.mean() - control.mean()) / deviation;
    z.is_finite().then_some(z)
}

/// The standard normal value that is passed with probability `tail` (below .5): Acklam's rational approximation, with a
/// relative error below 1.2e-9.
fn upper_quantile(tail: f64) -> f64 {
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -0.322_396_458_041_136_4,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let q = (-2.0 * tail.clamp(1e-300, 0.02).ln()).sqrt();
    let above = C.iter().fold(0.0, |sum, c| sum * q + c);
    let below = D.iter().fold(0.0, |sum, d| sum * q + d) * q + 1.0;
    -above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.norm.isf(.01 / 2), (.01 / 60) and (1e-6).
    #[test]
    fn limits_are_those_of_the_normal_distribution() {
        for (tail, value) in [(0.005, 2.575_829_303_548_9), (0.01 / 60.0, 3.587_914_672_3), (1e-6, 4.753_424_308_8)] {
            assert!((upper_quantile(tail) - value).abs() < 1e-6, "{tail}: {}", upper_quantile(tail));
        }
    }
}
