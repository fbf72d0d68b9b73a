//! RFM scores (Hughes, *Strategic Database Marketing*, 1994): recency, frequency and monetary value in quintiles.

use rayon::prelude::*;

/// Scores 1 (worst) to 5 (best) by quintiles over the **distinct** values, so that equal values always share a score.
///
/// Higher values score better; NaN (null) stays NaN. With `d` distinct values, the one at position `i` (from 0,
/// ascending) scores `1 + ⌊5·i / d⌋`; a single distinct value scores 1.
pub fn score(values: &[f64]) -> Vec<f32> {
    let mut distinct: Vec<f64> = values.par_iter().copied().filter(|value| !value.is_nan()).collect();
    distinct.par_sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    // The lowest value of each quintile but the first.
    let lowest: Vec<f64> =
        (1..5).filter_map(|score| distinct.get((score * distinct.len()).div_ceil(5)).copied()).collect();
    let quintile = |value: f64| 1.0 + lowest.iter().filter(|&&lowest| value >= lowest).count() as f32;
    values.par_iter().map(|&value| if value.is_nan() { f32::NAN } else { quintile(value) }).collect()
}
