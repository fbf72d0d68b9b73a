//! RFM scores (Hughes, *Strategic Database Marketing*, 1994): recency, frequency and monetary value from 1 to 5.

use rayon::prelude::*;

/// A value held by a larger share than this has a score of its own.
const HEAVY: f64 = 0.2;

/// Scores 1 (worst) to 5 (best) of the values that are known; NaN (null) stays NaN. Equal values share a score.
///
/// Values are cut into fifths by how many are smaller. A value that more than a fifth of all hold takes the lowest score
/// of the range it spans, and what is smaller or larger is cut evenly over the scores that remain on its side: where nine
/// buyers of ten have one order they score 1, and the others 2 to 5.
pub fn score(values: &[f64]) -> Vec<f32> {
    let mut sorted: Vec<f64> =
        values.par_iter().copied().filter(|value| !value.is_nan()).map(|value| value + 0.0).collect();
    sorted.par_sort_unstable_by(f64::total_cmp);
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for run in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        runs.push((run[0], run.len()));
    }
    let mut scores = vec![0.0; runs.len()];
    let all = sorted.len();
    cut(&runs, (1, 5), (0, all), &mut scores);
    let of = |value: f64| runs.binary_search_by(|run| run.0.total_cmp(&value)).map_or(f32::NAN, |at| scores[at]);
    // −0 and 0 are one value, but not to a search.
    values.par_iter().map(|&value| if value.is_nan() { f32::NAN } else { of(value + 0.0) }).collect()
}

/// Cuts the distinct values of `runs`, each with how many hold it, over the scores from `low` to `high`; of all values,
/// `all`, this many are `smaller`.
fn cut(runs: &[(f64, usize)], (low, high): (u8, u8), (smaller, all): (usize, usize), scores: &mut [f32]) {
    let is_heavy = |run: &(f64, usize)| run.1 as f64 > HEAVY * all as f64;
    let Some(heaviest) = runs.iter().position(is_heavy).filter(|_| low < high) else {
        let total: usize = runs.iter().map(|run| run.1).sum();
        let mut before = 0;
        for (run, score) in runs.iter().zip(scores) {
            let step = (before * (usize::from(high - low) + 1) / total.max(1)) as u8;
            *score = f32::from((low + step).min(high));
            before += run.1;
        }
        return;
    };
    let (below, above) = (&runs[..heaviest], &runs[heaviest + 1..]);
    let before = smaller + below.iter().map(|run| run.1).sum::<usize>();
    let spans_from = 1 + (5 * before / all) as u8;
    let least = low + u8::from(!below.is_empty());
    let own = spans_from.clamp(least, (high - u8::from(!above.is_empty())).max(least));
    scores[heaviest] = f32::from(own);
    if !below.is_empty() {
        cut(below, (low, own - 1), (smaller, all), &mut scores[..heaviest]);
    }
    if !above.is_empty() {
        let next = (own + 1).min(high);
        cut(above, (next, high), (before + runs[heaviest].1, all), &mut scores[heaviest + 1..]);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)]
    use crate::features::rfm::score;

    #[test]
    fn even_values_are_cut_into_fifths() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(score(&values), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0]);
    }

    /// By quintiles over distinct values 99 % of such buyers scored 1, and 20 orders were needed for a 5.
    #[test]
    fn one_order_buyers_score_one_and_the_others_share_the_rest() {
        let mut orders = vec![1.0; 900];
        orders.extend((0..100).map(|buyer| f64::from(2 + buyer / 10)));
        let scores = score(&orders);
        assert!(scores[..900].iter().all(|&score| score == 1.0));
        for (wanted, most) in [(2.0, 30), (3.0, 30), (4.0, 30), (5.0, 30)] {
            let held = scores[900..].iter().filter(|&&score| score == wanted).count();
            assert!((20..=most).contains(&held), "{wanted}: {held}");
        }
    }

    #[test]
    fn a_heavy_value_in_the_middle_leaves_scores_on_both_sides() {
        let mut values = vec![0.0; 30];
        values.extend([5.0; 40]);
        values.extend((0..30).map(|n| 10.0 + f64::from(n)));
        // 0 spans scores 1 and 2 and takes 1; of the rest, 5 takes the lowest that is left.
        let scores = score(&values);
        assert_eq!((scores[0], scores[30], scores[70], scores[99]), (1.0, 2.0, 3.0, 5.0));
        assert_eq!(score(&[7.0; 4]), [1.0; 4]);
        assert!(score(&[f64::NAN, 2.0])[0].is_nan());
        assert_eq!(score(&[-0.0, 0.0]), [1.0, 1.0]);
    }
}
