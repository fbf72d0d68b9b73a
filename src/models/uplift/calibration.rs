//! How much of the predicted differences between users is seen in the outcome: the calibration test of Chernozhukov,
//! Demirer, Duflo and Fernández-Val (2018) on doubly robust scores.

use serde::{Deserialize, Serialize};

use crate::models::uplift::crossfit::FOLDS;
use crate::models::uplift::monotone::Monotone;

/// Normal quantile of a 95 % interval.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// What turns what the forests say into what is served: where users differ, the mean of the line
/// `effect + slope · (said − centre)` and of a curve that never falls. The line alone blurs steps, the curve alone leaves
/// ties and follows chance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The average effect.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub effect_low: f64,
    /// Upper end of its 95 % interval.
    pub effect_high: f64,
    /// Slope of the seen on the predicted differences: 1 where predictions are right, 0 where they are chance.
    pub seen_slope: f64,
    /// Lower end of its 95 % interval.
    pub slope_low: f64,
    /// Upper end of its 95 % interval.
    pub slope_high: f64,
    /// The slope applied: the one seen, kept within 0 to 1, and 0 where its interval holds 0.
    pub slope: f64,
    /// Mean of what the forests say, fold by fold.
    pub centres: Vec<f64>,
    /// The curve of what is seen over what is said, less the centre; empty where users do not differ, and in models of
    /// earlier versions.
    #[serde(default, skip_serializing_if = "Monotone::is_empty")]
    pub(super) curve: Monotone,
}

impl Calibration {
    /// Regresses the scores on what the forests said of the same rows, each fold about its own mean: the level comes from
    /// the average effect alone, which the means of folds would blur.
    pub(super) fn fit(said: &[f32], scores: &[f32], fold: &[u8]) -> Self {
        Self::fit_on(said, scores, fold, |_| true)
    }

    /// What is served of each row where neither its own fold's outcomes nor its own decide how: by this a policy is judged.
    pub(super) fn without_own_fold(said: &[f32], scores: &[f32], fold: &[u8]) -> Vec<f32> {
        let fits: Vec<Self> =
            (0..FOLDS).map(|held| Self::fit_on(said, scores, fold, |row| fold[row] != held)).collect();
        let served = |(&said, &fold): (&f32, &u8)| fits[usize::from(fold)].apply(said, Some(fold));
        said.iter().zip(fold).map(served).collect()
    }

    /// As [`Self::fit`], by the scores of the rows for which `kept` holds.
    fn fit_on(said: &[f32], scores: &[f32], fold: &[u8], kept: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..said.len()).filter(|&row| kept(row)).collect();
        let rows = kept.len().max(1) as f64;
        let mut sums = vec![(0.0, 0.0); usize::from(FOLDS)];
        for (&said, &fold) in said.iter().zip(fold) {
            let sum = &mut sums[usize::from(fold)];
            *sum = (sum.0 + f64::from(said), sum.1 + 1.0);
        }
        let centres: Vec<f64> = sums.iter().map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 }).collect();
        let effect = kept.iter().map(|&row| f64::from(scores[row])).sum::<f64>() / rows;
        let pairs = || {
            let pair = |&row: &usize| (f64::from(said[row]) - centres[usize::from(fold[row])], f64::from(scores[row]));
            kept.iter().map(pair)
        };
        let (mut spread, mut product, mut variance) = (0.0, 0.0, 0.0);
        for (x, score) in pairs() {
            let y = score - effect;
            spread += x * x;
            product += x * y;
            variance += y * y;
        }
        let half = Z * (variance / rows / (rows - 1.0).max(1.0)).sqrt();
        let mut fitted = Self { effect, effect_low: effect - half, effect_high: effect + half, ..Self::default() };
        fitted.centres.clone_from(&centres);
        // Forests that say the same of everybody leave nothing to be scaled.
        if spread <= 1e-12 * rows {
            return fitted;
        }
        let slope = product / spread;
        let meat: f64 = pairs().map(|(x, score)| (x * (score - effect - slope * x)).powi(2)).sum();
        let half = Z * meat.sqrt() / spread;
        fitted.seen_slope = slope;
        (fitted.slope_low, fitted.slope_high) = (slope - half, slope + half);
        fitted.slope = if fitted.slope_low > 0.0 { slope.clamp(0.0, 1.0) } else { 0.0 };
        if fitted.differs() {
            fitted.curve = Monotone::fit(pairs().collect());
        }
        fitted
    }

    /// The uplift served for a row of a fold; of a row that took no part, `None`, for which all folds speak.
    pub(super) fn apply(&self, said: f32, fold: Option<u8>) -> f32 {
        let centre = match fold {
            Some(fold) => self.centres.get(usize::from(fold)).copied().unwrap_or(0.0),
            None => self.centres.iter().sum::<f64>() / self.centres.len().max(1) as f64,
        };
        let said = f64::from(said) - centre;
        let line = self.effect + self.slope * said;
        let served = if self.curve.is_empty() { line } else { f64::midpoint(line, self.curve.at(said)) };
        served as f32
    }

    /// Whether users differ in their uplift beyond chance.
    pub fn differs(&self) -> bool {
        self.slope > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: centred predictions −1, 1, −1, 1 and scores 0, 2, 0, 2 about their mean 1: slope 1, no residual.
    #[test]
    fn the_line_by_hand() {
        let fit = Calibration::fit(&[4.0, 6.0, 0.0, 2.0], &[0.0, 2.0, 0.0, 2.0], &[0, 0, 1, 1]);
        assert!((fit.effect - 1.0).abs() < 1e-12 && (fit.seen_slope - 1.0).abs() < 1e-12);
        assert_eq!(&fit.centres[..2], &[5.0, 1.0]);
        assert!((fit.apply(6.0, Some(0)) - 2.0).abs() < 1e-6);
    }

    /// The fold of no effect is served the effect of the other, and the other way round.
    #[test]
    fn a_folds_own_outcomes_do_not_decide_what_it_is_judged_by() {
        let fold = [0, 0, 1, 1];
        let served = Calibration::without_own_fold(&[1.0; 4], &[0.0, 0.0, 0.5, 0.7], &fold);
        let expected = [0.6, 0.6, 0.0, 0.0];
        assert!(served.iter().zip(expected).all(|(served, expected): (&f32, f32)| (served - expected).abs() < 1e-6));
    }

    #[test]
    fn differences_that_are_not_seen_are_not_served() {
        let said: Vec<f32> = (0..400).map(|row| (row % 7) as f32).collect();
        let scores: Vec<f32> = (0..400).map(|row| ((row * 31) % 13) as f32).collect();
        let fold: Vec<u8> = (0..400).map(|row| (row % 5) as u8).collect();
        let fit = Calibration::fit(&said, &scores, &fold);
        assert!(!fit.differs() && fit.slope_low < 0.0, "{fit:?}");
        assert!((f64::from(fit.apply(6.0, None)) - fit.effect).abs() < 1e-6);
        let flat = Calibration::fit(&[1.0; 10], &[0.5; 10], &[0; 10]);
        assert!(!flat.differs() && (flat.effect - 0.5).abs() < 1e-9);
    }
}
