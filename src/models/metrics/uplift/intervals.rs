//! How sure measures of a ranking are: Poisson bootstrap over users.
//!
//! Users of equal place, treatment and outcome are interchangeable, and a sum of Poisson weights is Poisson: so each of at
//! most a thousand stretches of the ranking is drawn anew as four counts, however many users there are.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::models::metrics::uplift::{finite, ranking, ratio};

/// Drawings.
const DRAWINGS: u64 = 200;
/// Stretches of the ranking at most.
const STRETCHES: usize = 1_000;
/// The shares of the ranking looked at.
const SHARES: [f64; 3] = [0.1, 0.2, 0.3];

/// Counts of a stretch: treated with the outcome, treated without, control with, control without.
type Counts = [f64; 4];

/// Standard deviations of measures of a ranking; `None` where a measure has no value in one of the drawings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Of the Qini coefficient.
    pub qini: Option<f64>,
    /// Of the normalised area under the uplift curve.
    pub auuc: Option<f64>,
    /// Of the uplift among the first 10, 20 and 30 %.
    pub uplift_at: [Option<f64>; 3],
}

/// How measures of a ranking vary over campaigns like this one.
pub fn spread(uplift: &[f32], outcome: &[bool], treated: &[bool], seed: u64) -> Spread {
    let stretches = stretches(uplift, outcome, treated);
    let drawings: Vec<[Option<f64>; 5]> = (0..DRAWINGS)
        .into_par_iter()
        .map(|drawing| {
            let mut random =
                Xoshiro256PlusPlus::seed_from_u64(seed ^ (drawing + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let drawn: Vec<Counts> =
                stretches.iter().map(|counts| counts.map(|count| poisson(count, &mut random))).collect();
            measures(&drawn)
        })
        .collect();
    let of = |measure: usize| {
        let values: Option<Vec<f64>> = drawings.iter().map(|drawing| drawing[measure]).collect();
        let values = values?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / (values.len() - 1) as f64).sqrt())
    };
    Spread { qini: of(0), auuc: of(1), uplift_at: [of(2), of(3), of(4)] }
}

fn stretches(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<Counts> {
    let order = ranking(uplift);
    let most = order.len().div_ceil(STRETCHES).max(1);
    let mut all: Vec<Counts> = Vec::new();
    let (mut now, mut users) = ([0.0; 4], 0);
    for (place, &row) in order.iter().enumerate() {
        let row = row as usize;
        now[2 * usize::from(!treated[row]) + usize::from(!outcome[row])] += 1.0;
        users += 1;
        let tied = order.get(place + 1).is_some_and(|&next| uplift[next as usize].total_cmp(&uplift[row]).is_eq());
        if users >= most && !tied {
            all.push(now);
            (now, users) = ([0.0; 4], 0);
        }
    }
    if users > 0 {
        all.push(now);
    }
    all
}

/// Qini, AUUC and the uplift of the first shares.
fn measures(stretches: &[Counts]) -> [Option<f64>; 5] {
    let total = stretches.iter().fold([0.0; 4], plus);
    let only = |cell: usize| {
        let mut counts = [0.0; 4];
        counts[cell] = total[cell];
        counts
    };
    let neither = plus(only(1), &only(3));
    let perfect_qini = [only(0), neither, only(2)];
    // The order of scikit-uplift's perfect uplift curve.
    let perfect_auuc =
        if total[2] > total[1] { [only(0), only(3), only(2), only(1)] } else { [only(0), only(3), only(1), only(2)] };
    let qini = |[with, of, control_with, control_of]: Counts| {
        with - control_with * ratio(with + of, control_with + control_of)
    };
    let lift = |[with, of, control_with, control_of]: Counts| {
        let rows = with + of + control_with + control_of;
        (ratio(with, with + of) - ratio(control_with, control_with + control_of)) * rows
    };
    let share = |share: f64| {
        let mut left = total.iter().sum::<f64>() * share;
        let mut first = [0.0; 4];
        for counts in stretches {
            let users: f64 = counts.iter().sum();
            let part = if users > left { left / users } else { 1.0 };
            first = plus(first, &counts.map(|count| count * part));
            left -= users * part;
            if left <= 0.0 {
                break;
            }
        }
        finite(first[0] / (first[0] + first[1]) - first[2] / (first[2] + first[3]))
    };
    [
        normalised(stretches, &perfect_qini, qini),
        normalised(stretches, &perfect_auuc, lift),
        share(SHARES[0]),
        share(SHARES[1]),
        share(SHARES[2]),
    ]
}

fn plus(a: Counts, b: &Counts) -> Counts {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
}

fn normalised(actual: &[Counts], perfect: &[Counts], height: impl Fn(Counts) -> f64) -> Option<f64> {
    let area = |stretches: &[Counts]| {
        let (mut sum, mut now, mut last) = (0.0, [0.0; 4], 0.0);
        for counts in stretches {
            now = plus(now, counts);
            let here = height(now);
            sum += counts.iter().sum::<f64>() * (last + here) / 2.0;
            last = here;
        }
        (sum, now.iter().sum::<f64>() * last / 2.0)
    };
    let ((actual, chance), (perfect, _)) = (area(actual), area(perfect));
    finite((actual - chance) / (perfect - chance))
}

/// A Poisson number of this mean: Knuth's product for small ones, the normal's nearest whole number for large ones.
fn poisson(mean: f64, random: &mut Xoshiro256PlusPlus) -> f64 {
    if mean == 0.0 {
        return 0.0;
    }
    if mean > 50.0 {
        // Twelve uniforms have a variance of 1.
        let normal: f64 = (0..12).map(|_| random.r#gen::<f64>()).sum::<f64>() - 6.0;
        return (mean + mean.sqrt() * normal).round().max(0.0);
    }
    let (limit, mut product, mut count) = ((-mean).exp(), random.r#gen::<f64>(), 0.0);
    while product > limit {
        product *= random.r#gen::<f64>();
        count += 1.0;
    }
    count
}

#[cfg(test)]
mod tests;
