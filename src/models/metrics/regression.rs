//! Measures of a predicted amount. A measure that the data leaves undefined is `None`, never NaN.

use serde::{Deserialize, Serialize};
use smartcore::metrics::{mean_absolute_error, mean_squared_error};

/// Root of the mean squared error, in the target's unit. `None` without a row.
pub fn rmse(actual: &[f32], predicted: &[f32]) -> Option<f64> {
    let (actual, predicted) = pairs(actual, predicted)?;
    Some(mean_squared_error(&actual, &predicted).sqrt())
}

/// Mean absolute error, in the target's unit. `None` without a row.
pub fn mae(actual: &[f32], predicted: &[f32]) -> Option<f64> {
    let (actual, predicted) = pairs(actual, predicted)?;
    Some(mean_absolute_error(&actual, &predicted))
}

/// Both in double, as far as both go; `None` without a row.
fn pairs(actual: &[f32], predicted: &[f32]) -> Option<(Vec<f64>, Vec<f64>)> {
    let pairs = actual.iter().zip(predicted).map(|(actual, predicted)| (f64::from(*actual), f64::from(*predicted)));
    let pairs: (Vec<f64>, Vec<f64>) = pairs.unzip();
    (!pairs.0.is_empty()).then_some(pairs)
}

/// Spearman's rank correlation: Pearson's over mid-ranks, as `scipy.stats.spearmanr`. `None` where either side is
/// constant.
pub fn spearman(actual: &[f32], predicted: &[f32]) -> Option<f64> {
    let (a, p) = (mid_ranks(actual), mid_ranks(predicted));
    let centre = 0.5 * (a.len() as f64 + 1.0);
    let sum = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - centre) * (y - centre)).sum() };
    let scale = (sum(&a, &a) * sum(&p, &p)).sqrt();
    (scale > 0.0).then(|| sum(&a, &p) / scale)
}

/// Ranks from 1, ties sharing the mean of theirs.
fn mid_ranks(values: &[f32]) -> Vec<f64> {
    let order = ascending(values);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tie in order.chunk_by(|&a, &b| same(values, a, b)) {
        let rank = before as f64 + 0.5 * (tie.len() as f64 + 1.0);
        before += tie.len();
        for &row in tie {
            ranks[row as usize] = rank;
        }
    }
    ranks
}

fn ascending(values: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    order
}

fn same(values: &[f32], a: u32, b: u32) -> bool {
    values[a as usize].total_cmp(&values[b as usize]).is_eq()
}

/// Normalised Gini of the ranking: the Gini of the concentration curve of `actual` in the order of `predicted`, over
/// that in its own order (Frees, Meyers and Cummings 2011, "Summarizing insurance scores using a Gini index"). 1 is the
/// perfect order, 0 a random one, −1 the reversed one; for a 0/1 target it equals `2·AUC − 1`. The curve is straight
/// within a tie. `None` where `actual` is constant or sums to 0.
pub fn gini(actual: &[f32], predicted: &[f32]) -> Option<f64> {
    let best = concentration(actual, actual)?;
    if best <= 0.0 { None } else { Some(concentration(actual, predicted)? / best) }
}

/// `1 − 2 × area` under the share of `actual` held by the lowest `predicted`.
fn concentration(actual: &[f32], predicted: &[f32]) -> Option<f64> {
    let total: f64 = actual.iter().map(|&value| f64::from(value)).sum();
    if total <= 0.0 {
        return None;
    }
    let (mut held, mut twice_area) = (0.0, 0.0);
    for tie in ascending(predicted).chunk_by(|&a, &b| same(predicted, a, b)) {
        let here: f64 = tie.iter().map(|&row| f64::from(actual[row as usize])).sum();
        twice_area += tie.len() as f64 * (2.0 * held + here);
        held += here;
    }
    Some(1.0 - twice_area / (total * actual.len() as f64))
}

/// One tenth of the rows, the highest predictions first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmountDecile {
    /// 1 (highest predictions) to 10.
    pub decile: u8,
    /// Rows in the decile.
    pub users: u64,
    /// Mean prediction.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub predicted: f64,
    /// Mean actual value; rows that tie across an edge go by their order in the table.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub actual: f64,
}

/// Mean prediction and mean actual value by decile of the prediction; fewer than ten entries below ten rows.
pub fn amount_deciles(actual: &[f32], predicted: &[f32]) -> Vec<AmountDecile> {
    let mut order: Vec<u32> = (0..predicted.len() as u32).collect();
    order.sort_by(|&a, &b| predicted[b as usize].total_cmp(&predicted[a as usize]));
    let rows = order.len();
    let mean = |part: &[u32], values: &[f32]| {
        part.iter().map(|&row| f64::from(values[row as usize])).sum::<f64>() / part.len() as f64
    };
    (1..=10)
        .map(|decile| (decile, &order[rows * (decile - 1) / 10..rows * decile / 10]))
        .filter(|(_, part)| !part.is_empty())
        .map(|(decile, part)| AmountDecile {
            decile: decile as u8,
            users: part.len() as u64,
            predicted: mean(part, predicted),
            actual: mean(part, actual),
        })
        .collect()
}

#[cfg(test)]
mod tests;
