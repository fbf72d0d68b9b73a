//! Poisson bootstrap over users (Chamandy et al. 2012): each drawing counts every user so many times as a Poisson number
//! of mean 1 says, and a measure's deviation is that over the drawings.

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// Drawings.
const DRAWINGS: u64 = 200;

/// Of more users than this an even part is drawn from.
const MOST: usize = 50_000;

/// The rows of an even part of many users on which deviations are found, and the factor that makes a deviation there one of
/// all users: those of means, and of what behaves like one, fall with the root of how many they are.
pub fn part_of(users: usize) -> (Vec<u32>, f64) {
    let stride = users.div_ceil(MOST).max(1);
    let rows: Vec<u32> = (0..users as u32).step_by(stride).collect();
    let factor = (rows.len() as f64 / users.max(1) as f64).sqrt();
    (rows, factor)
}

/// How often each user counts in one drawing.
pub type Weights<'a> = &'a [u8];

/// The standard deviations of measures over the drawings; `None` where a measure has no value in one of them.
///
/// `measures` is given how often each of `users` users counts. The same seed draws the same users, so that the
/// difference of two measures is measured by returning it as a third.
pub fn deviations<const N: usize>(
    users: usize,
    seed: u64,
    measures: impl Fn(Weights<'_>) -> [Option<f64>; N] + Sync,
) -> [Option<f64>; N] {
    let drawn: Vec<[Option<f64>; N]> = (0..DRAWINGS)
        .into_par_iter()
        .map_init(Vec::new, |weights, drawing| {
            let seed = seed ^ (drawing + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            draw(weights, users, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
            measures(weights)
        })
        .collect();
    std::array::from_fn(|measure| {
        let values: Vec<f64> = drawn.iter().map(|drawn| drawn[measure]).collect::<Option<_>>()?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / (values.len() - 1) as f64).sqrt())
    })
}

fn draw(weights: &mut Vec<u8>, users: usize, random: &mut Xoshiro256PlusPlus) {
    weights.clear();
    while weights.len() < users {
        // Two numbers of 32 bits in one step.
        let bits = random.next_u64();
        weights.push(poisson(bits as u32));
        weights.push(poisson((bits >> 32) as u32));
    }
    weights.truncate(users);
}

/// A Poisson number of mean 1 from 32 uniform bits, by the inverse of its distribution.
fn poisson(uniform: u32) -> u8 {
    /// `P(X ≤ k) · 2³²`.
    const UP_TO: [u32; 9] = [
        1_580_030_168,
        3_160_060_337,
        3_950_075_422,
        4_213_413_783,
        4_279_248_374,
        4_292_415_292,
        4_294_609_778,
        4_294_923_276,
        4_294_962_463,
    ];
    UP_TO.iter().position(|&most| uniform < most).unwrap_or(UP_TO.len()) as u8
}
