//! How sure the measures of predicted amounts are: Poisson bootstrap over the held-out users.

use serde::{Deserialize, Serialize};

use crate::models::evaluate::{Figure, Weights, deviations, part_of};
use crate::models::ltv::error::{cut, square};
use crate::models::metrics::regression::{gini, mae, spearman};

/// Seed of the drawings.
const SEED: u64 = 42;

/// Measures with their intervals; `None` where one is undefined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AmountsJudged {
    /// Held-out users with an amount above 0.
    pub buyers: usize,
    /// What was predicted for all held-out users together.
    pub total_predicted: f64,
    /// What they came to.
    pub total_actual: f64,
    /// Root mean squared error with both sides cut at the buyers' 95 % quantile.
    pub rmse_w: Option<Figure>,
    /// By how much that of the training mean is larger, on the same users.
    pub rmse_w_gain: Option<Figure>,
    /// Mean absolute error.
    pub mae: Option<Figure>,
    /// Rank correlation.
    pub spearman: Option<Figure>,
    /// Normalised Gini of the ranking.
    pub gini: Option<Figure>,
}

/// Rows in the ascending order of some values, and where runs of equal ones end.
struct Order {
    rows: Vec<u32>,
    is_last: Vec<bool>,
}

impl Order {
    fn of(values: &[f32]) -> Self {
        let mut rows: Vec<u32> = (0..values.len() as u32).collect();
        rows.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
        let value = |at: usize| rows.get(at).map(|&row| values[row as usize]);
        let is_last = (0..rows.len()).map(|at| value(at + 1).is_none_or(|next| Some(next) != value(at))).collect();
        Self { rows, is_last }
    }

    /// Calls with each run of equal values: its rows, and how often they count together.
    fn runs(&self, weights: Weights<'_>, mut call: impl FnMut(&[u32], f64)) {
        let (mut start, mut count) = (0, 0.0);
        for (at, &row) in self.rows.iter().enumerate() {
            count += f64::from(weights[row as usize]);
            if self.is_last[at] {
                call(&self.rows[start..=at], count);
                (start, count) = (at + 1, 0.0);
            }
        }
    }

    /// `1 − 2 × area` under the share of `actual` held by the first in the order.
    fn concentration(&self, actual: &[f32], weights: Weights<'_>) -> Option<f64> {
        let (mut held, mut twice_area, mut users) = (0.0, 0.0, 0.0);
        self.runs(weights, |rows, count| {
            let here: f64 =
                rows.iter().map(|&row| f64::from(actual[row as usize]) * f64::from(weights[row as usize])).sum();
            twice_area += count * (2.0 * held + here);
            held += here;
            users += count;
        });
        (held > 0.0 && users > 0.0).then(|| 1.0 - twice_area / (held * users))
    }

    /// The weighted mid-ranks, less their mean.
    fn ranks(&self, weights: Weights<'_>) -> Vec<f32> {
        let mut ranks = vec![0.0; self.rows.len()];
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let mut before = 0.0;
        self.runs(weights, |rows, count| {
            let rank = (before + 0.5 * count - 0.5 * total) as f32;
            for &row in rows {
                ranks[row as usize] = rank;
            }
            before += count;
        });
        ranks
    }
}

fn correlation(a: &[f32], b: &[f32], weights: Weights<'_>) -> Option<f64> {
    let sum = |x: &[f32], y: &[f32]| -> f64 {
        x.iter().zip(y).zip(weights).map(|((x, y), &w)| f64::from(*x) * f64::from(*y) * f64::from(w)).sum()
    };
    let scale = (sum(a, a) * sum(b, b)).sqrt();
    (scale > 0.0).then(|| sum(a, b) / scale)
}

/// Squared errors with both sides cut.
fn squares(actual: &[f32], predicted: &[f32], cut: f32) -> Vec<f64> {
    actual.iter().zip(predicted).map(|(&actual, &predicted)| square((actual, predicted), cut)).collect()
}

/// What is drawn from to see how far measures vary.
struct Measured<'a> {
    actual: &'a [f32],
    squares: Vec<f64>,
    squares_of_mean: Vec<f64>,
    errors: Vec<f64>,
    by_prediction: Order,
    by_truth: Order,
}

impl<'a> Measured<'a> {
    fn of(actual: &'a [f32], predicted: &[f32], means: &[f32], cut: f32) -> Self {
        Self {
            actual,
            squares: squares(actual, predicted, cut),
            squares_of_mean: squares(actual, means, cut),
            errors: actual.iter().zip(predicted).map(|(a, p)| f64::from((a - p).abs())).collect(),
            by_prediction: Order::of(predicted),
            by_truth: Order::of(actual),
        }
    }

    /// Those of the winsorised error, of its gain over the mean, of the mean error, of rank correlation and of Gini, times
    /// `factor`.
    fn deviations(&self, factor: f64) -> [Option<f64>; 5] {
        let measures = |weights: Weights<'_>| {
            let users: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
            let mean = |values: &[f64]| {
                (users > 0.0).then(|| values.iter().zip(weights).map(|(v, &w)| v * f64::from(w)).sum::<f64>() / users)
            };
            let (ours, of_mean) = (mean(&self.squares).map(f64::sqrt), mean(&self.squares_of_mean).map(f64::sqrt));
            let best = self.by_truth.concentration(self.actual, weights).filter(|best| *best > 0.0);
            let gini =
                self.by_prediction.concentration(self.actual, weights).zip(best).map(|(found, best)| found / best);
            let rank = correlation(&self.by_prediction.ranks(weights), &self.by_truth.ranks(weights), weights);
            [ours, of_mean.zip(ours).map(|(mean, ours)| mean - ours), mean(&self.errors), rank, gini]
        };
        let found = deviations(self.actual.len(), SEED, measures);
        found.map(|deviation| deviation.map(|deviation| factor * deviation))
    }
}

/// Judges predictions against what came, beside the training mean of each row.
pub fn judge(actual: &[f32], predicted: &[f32], means: &[f32]) -> AmountsJudged {
    let rows = actual.len();
    let buyers = actual.iter().filter(|&&amount| amount > 0.0).count();
    let total = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>();
    let told = AmountsJudged {
        buyers,
        total_predicted: total(predicted),
        total_actual: total(actual),
        ..AmountsJudged::default()
    };
    let Some(cut) = cut(actual) else {
        return AmountsJudged {
            mae: mae(actual, predicted).map(|mae| Figure::new(mae, None, 0, (0.0, f64::MAX))),
            ..told
        };
    };
    let (part, factor) = part_of(rows);
    let of_part = |values: &[f32]| part.iter().map(|&row| values[row as usize]).collect::<Vec<f32>>();
    let deviations = Measured::of(&of_part(actual), &of_part(predicted), &of_part(means), cut).deviations(factor);
    let root = |values: &[f32]| (squares(actual, values, cut).iter().sum::<f64>() / rows as f64).sqrt();
    let (rmse_w, gain) = (root(predicted), root(means) - root(predicted));
    let rarer = buyers.min(rows - buyers);
    let figure = |value: Option<f64>, which: usize, bounds| {
        value.map(|value| Figure::new(value, deviations[which], rarer, bounds))
    };
    let (rmse_w, gain) = (Some(rmse_w), Some(gain));
    AmountsJudged {
        rmse_w: figure(rmse_w, 0, (0.0, f64::MAX)),
        rmse_w_gain: figure(gain, 1, (f64::MIN, f64::MAX)),
        mae: figure(mae(actual, predicted), 2, (0.0, f64::MAX)),
        spearman: figure(spearman(actual, predicted), 3, (-1.0, 1.0)),
        gini: figure(gini(actual, predicted), 4, (-1.0, 1.0)),
        ..told
    }
}

/// Judges the ranking alone, as [`judge`] does: the normalised Gini.
pub fn judge_ranking(actual: &[f32], predicted: &[f32]) -> Option<Figure> {
    let value = gini(actual, predicted)?;
    let buyers = actual.iter().filter(|&&amount| amount > 0.0).count();
    let (part, factor) = part_of(actual.len());
    let of_part = |values: &[f32]| part.iter().map(|&row| values[row as usize]).collect::<Vec<f32>>();
    let (actual_part, predicted_part) = (of_part(actual), of_part(predicted));
    let (by_prediction, by_truth) = (Order::of(&predicted_part), Order::of(&actual_part));
    let [deviation] = deviations(part.len(), SEED, |weights| {
        let best = by_truth.concentration(&actual_part, weights).filter(|best| *best > 0.0);
        let found = by_prediction.concentration(&actual_part, weights);
        [found.zip(best).map(|(found, best)| found / best)]
    });
    let deviation = deviation.map(|deviation| factor * deviation);
    Some(Figure::new(value, deviation, buyers.min(actual.len() - buyers), (-1.0, 1.0)))
}

#[cfg(test)]
mod simulations;
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Six users of amounts 0 0 1 2 3 100, predicted 0 1 1 2 3 5; buyers' 95 % quantile (of four, the fourth) is 100.
    #[test]
    fn measures_by_hand() {
        let (actual, predicted) = ([0.0, 0.0, 1.0, 2.0, 3.0, 100.0], [0.0, 1.0, 1.0, 2.0, 3.0, 5.0]);
        let found = judge(&actual, &predicted, &[2.0; 6]);
        assert_eq!((found.buyers, found.total_predicted, found.total_actual), (4, 12.0, 106.0));
        let close = |figure: Option<Figure>, expected: f64| (figure.unwrap().value - expected).abs() < 1e-9;
        assert!(close(found.rmse_w, ((1.0 + 95.0_f64.powi(2)) / 6.0).sqrt()), "{found:?}");
        assert!(close(found.mae, 96.0 / 6.0));
        assert!(close(found.gini, gini(&actual, &predicted).unwrap()));
        assert!(!found.gini.unwrap().enough);
        assert_eq!(found.gini, judge_ranking(&actual, &predicted));
    }

    /// The bootstrap's own measures, every user counted once, are those of the plain functions.
    #[test]
    fn weighted_measures_are_the_plain_ones() {
        let actual: Vec<f32> = (0..500).map(|row| if row % 4 == 0 { (row % 7) as f32 } else { 0.0 }).collect();
        let predicted: Vec<f32> = (0..500).map(|row| ((row * 37) % 11) as f32).collect();
        let once = vec![1_u8; 500];
        let (by_prediction, by_truth) = (Order::of(&predicted), Order::of(&actual));
        let rank = correlation(&by_prediction.ranks(&once), &by_truth.ranks(&once), &once).unwrap();
        assert!((rank - spearman(&actual, &predicted).unwrap()).abs() < 1e-6);
        let best = by_truth.concentration(&actual, &once).unwrap();
        let found = by_prediction.concentration(&actual, &once).unwrap() / best;
        assert!((found - gini(&actual, &predicted).unwrap()).abs() < 1e-12);
    }

    #[test]
    fn nobody_bought() {
        let found = judge(&[0.0; 9], &[0.5; 9], &[0.1; 9]);
        assert_eq!((found.buyers, found.gini, found.rmse_w), (0, None, None));
        assert!(!found.mae.unwrap().enough);
    }
}
