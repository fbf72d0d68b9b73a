//! How close predictions come to amounts, and how well they rank them.

use serde::{Deserialize, Serialize};

/// Root mean squared error.
pub fn rmse(predicted: &[f32], actual: &[f32]) -> f64 {
    let error = |(&p, &a): (&f32, &f32)| (f64::from(p) - f64::from(a)).powi(2);
    (predicted.iter().zip(actual).map(error).sum::<f64>() / actual.len() as f64).sqrt()
}

/// Mean absolute error.
pub fn mae(predicted: &[f32], actual: &[f32]) -> f64 {
    let error = |(&p, &a): (&f32, &f32)| (f64::from(p) - f64::from(a)).abs();
    predicted.iter().zip(actual).map(error).sum::<f64>() / actual.len() as f64
}

/// Spearman's rank correlation, ties at their mean rank (`scipy.stats.spearmanr`). NaN when either side is constant.
pub fn spearman(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (mid_ranks(a), mid_ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let (mut product, mut squares_a, mut squares_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        product += (x - mean) * (y - mean);
        squares_a += (x - mean).powi(2);
        squares_b += (y - mean).powi(2);
    }
    product / (squares_a * squares_b).sqrt()
}

fn ascending(values: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    order
}

/// Ranks from 0, equal values sharing the mean of their places.
fn mid_ranks(values: &[f32]) -> Vec<f64> {
    let order = ascending(values);
    let mut ranks = vec![0.0; values.len()];
    let mut place = 0;
    for group in order.chunk_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).is_eq()) {
        let rank = place as f64 + (group.len() as f64 - 1.0) / 2.0;
        for &row in group {
            ranks[row as usize] = rank;
        }
        place += group.len();
    }
    ranks
}

/// Normalised Gini coefficient of the ranking: the area between the Lorenz curve of `actual` in the order of `predicted`
/// and the diagonal, over the same area in the order of `actual` itself. 1 ranks perfectly, 0 at random; rows with equal
/// predictions share their amount evenly. NaN when every amount is the same.
pub fn gini(predicted: &[f32], actual: &[f32]) -> f64 {
    lorenz_area(predicted, actual) / lorenz_area(actual, actual)
}

fn lorenz_area(by: &[f32], actual: &[f32]) -> f64 {
    let total: f64 = actual.iter().map(|&amount| f64::from(amount)).sum();
    let rows = actual.len() as f64;
    let mut order = ascending(by);
    order.reverse();
    let (mut reached, mut area) = (0.0, 0.0);
    for group in order.chunk_by(|&a, &b| by[a as usize].total_cmp(&by[b as usize]).is_eq()) {
        let amount: f64 = group.iter().map(|&row| f64::from(actual[row as usize])).sum::<f64>() / total;
        area += (group.len() as f64 / rows) * (reached + amount / 2.0);
        reached += amount;
    }
    area - 0.5
}

/// One tenth of the rows by prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmountDecile {
    /// 1 is the tenth with the highest predictions.
    pub decile: u8,
    /// Rows.
    pub rows: u64,
    /// Mean prediction.
    pub predicted: f64,
    /// Mean actual amount.
    pub actual: f64,
}

/// Mean prediction and mean amount by tenth of the prediction, highest first.
pub fn decile_table(predicted: &[f32], actual: &[f32]) -> Vec<AmountDecile> {
    let mut order = ascending(predicted);
    order.reverse();
    let mean =
        |rows: &[u32], of: &[f32]| rows.iter().map(|&row| f64::from(of[row as usize])).sum::<f64>() / rows.len() as f64;
    (0..10)
        .map(|decile| (decile, &order[order.len() * decile / 10..order.len() * (decile + 1) / 10]))
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(decile, rows)| AmountDecile {
            decile: decile as u8 + 1,
            rows: rows.len() as u64,
            predicted: mean(rows, predicted),
            actual: mean(rows, actual),
        })
        .collect()
}
