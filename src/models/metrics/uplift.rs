//! How well a ranking by uplift finds those a treatment changes, by scikit-uplift's conventions.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

mod intervals;
#[cfg(test)]
mod tests;

pub use intervals::{Spread, spread};

/// Cumulative counts down the ranking, one entry per distinct score: rows, treated rows, outcomes among treated, outcomes
/// among control.
fn cumulative(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 4]> {
    let order = ranking(uplift);
    let mut counts: Vec<[f64; 4]> = Vec::new();
    let mut sum = [0.0; 4];
    for (place, &row) in order.iter().enumerate() {
        let row = row as usize;
        sum[0] += 1.0;
        sum[1] += f64::from(u8::from(treated[row]));
        sum[if treated[row] { 2 } else { 3 }] += f64::from(u8::from(outcome[row]));
        let last_of_its_score =
            order.get(place + 1).is_none_or(|&next| uplift[next as usize].total_cmp(&uplift[row]).is_ne());
        if last_of_its_score {
            counts.push(sum);
        }
    }
    counts
}

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 16_384;

/// Rows from the highest uplift to the lowest, equal ones latest first (numpy's stable sort, reversed).
fn ranking(uplift: &[f32]) -> Vec<u32> {
    // The uplift as a whole number of the same order, the row behind it: one comparison, and never a tie.
    let key = |(row, uplift): (usize, &f32)| {
        let bits = uplift.to_bits();
        let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
        u64::from(ordered) << 32 | row as u64
    };
    let mut keys: Vec<u64> = uplift.par_iter().enumerate().with_min_len(ROWS_PER_CHUNK).map(key).collect();
    keys.par_sort_unstable();
    keys.into_iter().rev().map(|key| key as u32).collect()
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// The Qini curve (Radcliffe 2007): after the first `x` rows of the ranking, treated outcomes minus control outcomes
/// scaled to as many treated. Starts at (0, 0).
pub fn qini_curve(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 2]> {
    let point = |[rows, treated, of_treated, of_control]: [f64; 4]| {
        [rows, of_treated - of_control * ratio(treated, rows - treated)]
    };
    from_zero(cumulative(uplift, outcome, treated).into_iter().map(point))
}

/// The uplift curve (Gutierrez & Gérardy 2017): difference of the outcome rates among the first `x` rows, times `x`.
pub fn uplift_curve(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 2]> {
    let point = |[rows, treated, of_treated, of_control]: [f64; 4]| {
        [rows, (ratio(of_treated, treated) - ratio(of_control, rows - treated)) * rows]
    };
    from_zero(cumulative(uplift, outcome, treated).into_iter().map(point))
}

fn from_zero(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    std::iter::once([0.0, 0.0]).chain(points).collect()
}

fn area(curve: &[[f64; 2]]) -> f64 {
    curve.windows(2).map(|pair| (pair[1][0] - pair[0][0]) * (pair[0][1] + pair[1][1]) / 2.0).sum()
}

/// Area above the random ranking, as a share of the perfect ranking's; `None` where no ranking beats a random one.
fn normalised(actual: &[[f64; 2]], perfect: &[[f64; 2]]) -> Option<f64> {
    let baseline = perfect.last().map_or(0.0, |[x, y]| x * y / 2.0);
    finite((area(actual) - baseline) / (area(perfect) - baseline))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Qini coefficient (`sklift.metrics.qini_auc_score`): 1 for the perfect ranking, 0 for a random one, `None`
/// where no ranking beats a random one.
pub fn qini(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Option<f64> {
    normalised(&qini_curve(uplift, outcome, treated), &perfect_qini_curve(outcome, treated))
}

fn perfect_qini_curve(outcome: &[bool], treated: &[bool]) -> Vec<[f64; 2]> {
    let sign = |(&outcome, &treated): (&bool, &bool)| match (outcome, treated) {
        (false, _) => 0.0,
        (true, true) => 1.0,
        (true, false) => -1.0,
    };
    let perfect: Vec<f32> = outcome.iter().zip(treated).map(sign).collect();
    qini_curve(&perfect, outcome, treated)
}

/// How far chance alone takes [`qini`] from 0 on these rows: its standard deviation over rankings drawn at random, of more
/// than 20,000 rows by that of every n-th of them. `None` where no ranking beats a random one.
pub fn qini_by_chance(outcome: &[bool], treated: &[bool], seed: u64) -> Option<f64> {
    const RANKINGS: u64 = 200;
    const MOST_ROWS: usize = 20_000;
    if outcome.len() > MOST_ROWS {
        // The deviation falls with the root of the rows.
        let step = outcome.len().div_ceil(MOST_ROWS);
        let pick = |of: &[bool]| -> Vec<bool> { of.iter().copied().step_by(step).collect() };
        let part = qini_by_chance(&pick(outcome), &pick(treated), seed)?;
        return Some(part * (outcome.len().div_ceil(step) as f64 / outcome.len() as f64).sqrt());
    }
    let perfect = perfect_qini_curve(outcome, treated);
    let drawn = |ranking: u64| {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(ranking));
        let scores: Vec<f32> = outcome.iter().map(|_| random.r#gen()).collect();
        normalised(&qini_curve(&scores, outcome, treated), &perfect)
    };
    let drawn: Option<Vec<f64>> = (0..RANKINGS).into_par_iter().map(drawn).collect();
    let squares: f64 = drawn?.iter().map(|qini| qini * qini).sum();
    // Its mean is known: a ranking at random has a Qini of 0 on average.
    Some((squares / RANKINGS as f64).sqrt())
}

/// Area under the uplift curve (`sklift.metrics.uplift_auc_score`): 1 for the perfect ranking, 0 for a random
/// one, `None` where no ranking beats a random one.
pub fn auuc(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Option<f64> {
    let pairs = || outcome.iter().zip(treated);
    let control_yes = pairs().filter(|(outcome, treated)| **outcome && !**treated).count();
    let treated_no = pairs().filter(|(outcome, treated)| !**outcome && **treated).count();
    let score = |(&outcome, &treated): (&bool, &bool)| {
        let summand = if control_yes > treated_no { outcome } else { treated };
        f32::from(2 * u8::from(outcome == treated) + u8::from(summand))
    };
    let perfect: Vec<f32> = pairs().map(score).collect();
    normalised(&uplift_curve(uplift, outcome, treated), &uplift_curve(&perfect, outcome, treated))
}

/// Difference of the outcome rates among the first `share` of the ranking (`sklift.metrics.uplift_at_k`, overall). `None`
/// when that part lacks treated or control rows.
pub fn uplift_at(share: f64, uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Option<f64> {
    let order = ranking(uplift);
    let first = &order[..(order.len() as f64 * share) as usize];
    finite(rate(first, outcome, treated, true) - rate(first, outcome, treated, false))
}

fn rate(rows: &[u32], outcome: &[bool], treated: &[bool], arm: bool) -> f64 {
    let of_arm = || rows.iter().filter(|&&row| treated[row as usize] == arm);
    of_arm().filter(|&&row| outcome[row as usize]).count() as f64 / of_arm().count() as f64
}

/// An effect with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Difference of the outcome rates, treated minus control.
    pub effect: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The average effect and its 95 % Wald interval for the difference of two proportions.
pub fn average_effect(outcome: &[bool], treated: &[bool]) -> Effect {
    let rows: Vec<u32> = (0..outcome.len() as u32).collect();
    let count = |arm: bool| treated.iter().filter(|&&treated| treated == arm).count() as f64;
    let (with, without) = (rate(&rows, outcome, treated, true), rate(&rows, outcome, treated, false));
    let deviation = (with * (1.0 - with) / count(true) + without * (1.0 - without) / count(false)).sqrt();
    let (effect, half) = (with - without, 1.959_963_984_540_054 * deviation);
    Effect { effect, low: effect - half, high: effect + half }
}

/// One tenth of the ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftDecile {
    /// 1 is the tenth with the highest uplift.
    pub decile: u8,
    /// Rows.
    pub rows: u64,
    /// Mean predicted uplift.
    pub predicted: f64,
    /// Difference of the outcome rates; `None` where an arm is empty.
    pub observed: Option<f64>,
    /// Lower end of its 95 % interval; `None` in results of version 0.1.
    #[serde(default)]
    pub observed_low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub observed_high: Option<f64>,
}

/// Predicted and observed uplift by tenth of the ranking. `predicted` may differ from what ranks.
pub fn uplift_deciles(uplift: &[f32], predicted: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<UpliftDecile> {
    tenths(uplift, predicted, |rows| {
        let pick = |of: &[bool]| -> Vec<bool> { rows.iter().map(|&row| of[row as usize]).collect() };
        average_effect(&pick(outcome), &pick(treated))
    })
}

/// The same with what is observed told by a score per row, whose mean is the effect.
pub fn scored_deciles(uplift: &[f32], predicted: &[f32], scores: &[f32]) -> Vec<UpliftDecile> {
    tenths(uplift, predicted, |rows| mean_effect(rows.iter().map(|&row| f64::from(scores[row as usize]))))
}

fn tenths(uplift: &[f32], predicted: &[f32], observed: impl Fn(&[u32]) -> Effect) -> Vec<UpliftDecile> {
    let order = ranking(uplift);
    (0..10)
        .map(|decile| (decile, &order[order.len() * decile / 10..order.len() * (decile + 1) / 10]))
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(decile, rows)| {
            let seen = observed(rows);
            UpliftDecile {
                decile: decile as u8 + 1,
                rows: rows.len() as u64,
                predicted: rows.iter().map(|&row| f64::from(predicted[row as usize])).sum::<f64>() / rows.len() as f64,
                observed: finite(seen.effect),
                observed_low: finite(seen.low),
                observed_high: finite(seen.high),
            }
        })
        .collect()
}

/// The mean of scores with its 95 % interval.
pub fn mean_effect(scores: impl Iterator<Item = f64>) -> Effect {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for score in scores {
        count += 1.0;
        sum += score;
        squares += score * score;
    }
    let effect = sum / count;
    let half = 1.959_963_984_540_054 * ((squares / count - effect * effect).max(0.0) / (count - 1.0)).sqrt();
    Effect { effect, low: effect - half, high: effect + half }
}

/// Mean score of the first `share` of the ranking.
pub fn scored_uplift_at(share: f64, uplift: &[f32], scores: &[f32]) -> Effect {
    let order = ranking(uplift);
    let first = &order[..(order.len() as f64 * share) as usize];
    mean_effect(first.iter().map(|&row| f64::from(scores[row as usize])))
}

/// The Qini curve where treatment was not random: after the first `x` rows the sum of their scores, times the share treated.
pub fn scored_qini_curve(uplift: &[f32], scores: &[f32], treated_share: f64) -> Vec<[f64; 2]> {
    let order = ranking(uplift);
    let mut points = vec![[0.0, 0.0]];
    let mut sum = 0.0;
    for (place, &row) in order.iter().enumerate() {
        sum += f64::from(scores[row as usize]) * treated_share;
        let tied =
            order.get(place + 1).is_some_and(|&next| uplift[next as usize].total_cmp(&uplift[row as usize]).is_eq());
        if !tied {
            points.push([(place + 1) as f64, sum]);
        }
    }
    points
}

/// The Qini coefficient of such a curve, as a share of what the perfect ranking of the outcomes seen would reach, and its
/// standard deviation over users. `None` where no ranking beats a random one.
pub fn scored_qini(uplift: &[f32], scores: &[f32], outcome: &[bool], treated: &[bool]) -> Option<(f64, f64)> {
    let share = treated.iter().filter(|&&treated| treated).count() as f64 / treated.len() as f64;
    let curve = scored_qini_curve(uplift, scores, share);
    let chance = curve.last().map_or(0.0, |[x, y]| x * y / 2.0);
    let perfect = perfect_qini_curve(outcome, treated);
    let most = area(&perfect) - perfect.last().map_or(0.0, |[x, y]| x * y / 2.0);
    let rows = scores.len() as f64;
    let mean = scores.iter().map(|&score| f64::from(score)).sum::<f64>() / rows;
    let parts = ranking(uplift).into_iter().enumerate().map(|(place, row)| {
        let weight = rows / 2.0 - place as f64 - 0.5;
        (share * weight * (f64::from(scores[row as usize]) - mean)).powi(2)
    });
    let deviation = parts.sum::<f64>().sqrt();
    Some((finite((area(&curve) - chance) / most)?, finite(deviation / most)?))
}
