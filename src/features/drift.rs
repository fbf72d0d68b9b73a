//! Drift: how far the users of today are unlike those that a model learnt from, feature by feature.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::table::{Feature, FeatureTable};

/// The index above which a feature has drifted.
pub const DRIFTED: f64 = 0.25;

/// Bins of the earlier distribution, as even as its values allow.
const BINS: usize = 10;
/// The normal quantile above which one of a hundred lies.
const ONE_IN_A_HUNDRED: f64 = 2.326_347_874;
/// What no model reads.
const FOR_DISPLAY: [&str; 3] = ["r", "f", "m"];

/// How far a feature has drifted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The feature.
    pub feature: String,
    /// Its population stability index: Σ (share now − share then) · ln(share now / share then) over the bins.
    pub index: f64,
    /// Whether it is above [`DRIFTED`], and beyond what chance gives so few users.
    pub drifted: bool,
}

/// The drift of every feature from the rows `rows` of the table `then` to all of `now`, the strongest first. Features that
/// no user has at either time are left out, and so are those that no model reads.
pub fn drift(then: &FeatureTable, rows: &[u32], now: &FeatureTable) -> Vec<Drift> {
    let of = |before: &Feature| {
        let after = now.feature(&before.name).filter(|_| !FOR_DISPLAY.contains(&before.name.as_ref()))?;
        let earlier: Vec<f64> = rows.iter().map(|&row| before.values.get(row as usize)).collect();
        let later: Vec<f64> = (0..now.len()).map(|row| after.values.get(row)).collect();
        let (index, bins) = stability(&earlier, &later)?;
        let chance = by_chance(bins) * (1.0 / earlier.len() as f64 + 1.0 / later.len() as f64);
        Some(Drift { feature: before.name.to_string(), index, drifted: index > DRIFTED.max(chance) })
    };
    let mut found: Vec<Drift> = then.features.par_iter().filter_map(of).collect();
    found.sort_by(|a, b| b.index.total_cmp(&a.index));
    found
}

/// The population stability index of two samples, over bins between the deciles of the earlier one and a bin of nulls, and
/// how many bins there are; `None` where a sample is empty or holds nothing but nulls in both.
fn stability(earlier: &[f64], later: &[f64]) -> Option<(f64, usize)> {
    let mut known: Vec<f64> = earlier.iter().copied().filter(|value| !value.is_nan()).collect();
    if earlier.is_empty() || later.is_empty() || (known.is_empty() && later.iter().all(|value| value.is_nan())) {
        return None;
    }
    known.sort_by(f64::total_cmp);
    let mut ends: Vec<f64> = (1..BINS).filter_map(|decile| known.get(decile * known.len() / BINS)).copied().collect();
    ends.dedup();
    let shares = |values: &[f64]| {
        let mut counts = vec![0.0_f64; ends.len() + 2];
        for value in values {
            let bin = if value.is_nan() { ends.len() + 1 } else { ends.partition_point(|end| end < value) };
            counts[bin] += 1.0;
        }
        counts
    };
    let (before, after) = (shares(earlier), shares(later));
    // A bin that nobody was in says nothing by itself: half a user is put into each.
    let used: Vec<usize> = (0..before.len()).filter(|&bin| before[bin] + after[bin] > 0.0).collect();
    let share = |count: f64, of: usize| (count + 0.5) / (of as f64 + 0.5 * used.len() as f64);
    let part = |&bin: &usize| {
        let (before, after) = (share(before[bin], earlier.len()), share(after[bin], later.len()));
        (after - before) * (after / before).ln()
    };
    Some((used.iter().map(part).sum(), used.len()))
}

/// What chance stays below in 99 of 100 samples of the same distribution, as a multiple of 1/n + 1/m: the index is then
/// spread as χ² with a degree of freedom less than bins (Wilson and Hilferty's approximation).
fn by_chance(bins: usize) -> f64 {
    let freedom = bins.saturating_sub(1) as f64;
    if freedom == 0.0 {
        return 0.0;
    }
    let spread = 2.0 / (9.0 * freedom);
    freedom * (1.0 - spread + ONE_IN_A_HUNDRED * spread.sqrt()).powi(3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::features::table::{Scale, Values};

    fn table(values: Vec<f32>) -> FeatureTable {
        let users: Vec<u32> = (0..values.len() as u32).collect();
        let feature = Feature { name: "orders".into(), unit: "count", scale: Scale::Log, values: Values::Real(values) };
        FeatureTable { as_of: 0, top_category: vec![0; users.len()], users, features: vec![feature] }
    }

    fn drifted(then: Vec<f32>, now: Vec<f32>) -> Option<Drift> {
        let rows: Vec<u32> = (0..then.len() as u32).collect();
        drift(&table(then), &rows, &table(now)).pop()
    }

    /// By hand: half of 1,000 held 0 and half 1; now three quarters hold 1: 0.25 · ln(.75/.5) − 0.25 · ln(.25/.5) = 0.2747.
    #[test]
    fn the_index_is_that_of_the_textbook() {
        let halves = |ones: usize| (0..1000).map(|user| if user < ones { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
        let found = drifted(halves(500), halves(750)).unwrap();
        assert!((found.index - 0.2747).abs() < 1e-3 && found.drifted, "{found:?}");
        let same = drifted(halves(500), halves(500)).unwrap();
        assert!(same.index.abs() < 1e-9 && !same.drifted);
    }

    #[test]
    fn nulls_are_a_bin_of_their_own() {
        let null = |count: usize| (0..1000).map(|user| if user < count { f32::NAN } else { user as f32 }).collect();
        assert!(drifted(null(100), null(500)).unwrap().drifted);
        assert!(!drifted(null(100), null(120)).unwrap().drifted);
        assert_eq!(drifted(vec![f32::NAN; 9], vec![f32::NAN; 9]), None);
        assert_eq!(drifted(vec![], vec![1.0]), None);
    }

    /// Twenty users differ by chance alone far more than 0.25; of samples of one distribution at most one in fifty is named.
    #[test]
    fn few_users_drift_by_chance_alone() {
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32
        };
        let mut named = 0;
        for _ in 0..500 {
            let (then, now): (Vec<f32>, Vec<f32>) = (0..20).map(|_| (uniform(), uniform())).unzip();
            named += usize::from(drifted(then, now).unwrap().drifted);
        }
        assert!(named <= 10, "{named}");
    }
}
