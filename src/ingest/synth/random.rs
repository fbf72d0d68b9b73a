//! Random draws that give the same bits on every machine.
//!
//! Only `+ − × ÷ √` touch a float here, which IEEE 754 fixes to the last bit; the system's `ln` and `exp` differ between
//! C libraries and would make the same seed give other files elsewhere.

use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Result;
use crate::job::Job;

/// What a stream of random numbers is for: each purpose draws from its own, so that one never shifts another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Behaviour = 1,
    Taste = 2,
    Catalogue = 3,
    Ids = 4,
    Shuffle = 5,
    Properties = 6,
    Shop = 7,
}

/// The stream of one unit of work.
pub(super) fn stream(seed: u64, purpose: Purpose, index: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(mix(seed ^ mix((purpose as u64) << 48 ^ index)))
}

/// A hash of 64 bits (the finaliser of `SplitMix64`, Steele et al. 2014).
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// Uniform in [0, 1).
pub(super) fn uniform(rng: &mut impl RngCore) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// True with the given probability.
pub(super) fn chance(rng: &mut impl RngCore, probability: f64) -> bool {
    uniform(rng) < probability
}

/// Exponential with mean 1.
pub(super) fn exponential(rng: &mut impl RngCore) -> f64 {
    -ln(1.0 - uniform(rng))
}

/// Gamma of integer `shape`, scaled to mean 1: how users of one segment differ from each other.
pub(super) fn gamma(rng: &mut impl RngCore, shape: u32) -> f64 {
    (0..shape).map(|_| exponential(rng)).sum::<f64>() / f64::from(shape)
}

/// Places shuffled between two looks at the cancel flag.
const PER_CHECK: usize = 1 << 20;

/// Fisher–Yates.
pub(super) fn shuffle<T>(rng: &mut impl RngCore, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        place(rng, items, last);
    }
}

/// As [`shuffle`], of many items.
pub(super) fn shuffle_all<T>(rng: &mut impl RngCore, items: &mut [T], job: &Job) -> Result<()> {
    for last in (1..items.len()).rev() {
        if last.is_multiple_of(PER_CHECK) {
            job.check()?;
        }
        place(rng, items, last);
    }
    Ok(())
}

fn place<T>(rng: &mut impl RngCore, items: &mut [T], last: usize) {
    let other = rng.gen_range(0..=last as u64) as usize;
    items.swap(last, other);
}

/// The first `count` of a random order of `0..range`.
pub(super) fn distinct(rng: &mut impl RngCore, range: usize, count: usize, job: &Job) -> Result<Vec<u32>> {
    let mut all: Vec<u32> = (0..range as u32).collect();
    shuffle_all(rng, &mut all, job)?;
    all.truncate(count);
    Ok(all)
}

/// Natural logarithm of a positive normal number, within 2e-15 relative: `ln(2^k·m) = k·ln 2 + 2·atanh((m−1)/(m+1))`.
fn ln(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) as i64 - 1023) as f64;
    let mut mantissa = f64::from_bits(bits & MANTISSA | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let series = (0..11).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    exponent * std::f64::consts::LN_2 + 2.0 * z * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_agrees_with_the_system_one() {
        for k in 1..2000 {
            let x = f64::from(k) / 1000.0;
            assert!((ln(x) - x.ln()).abs() <= 4e-15 * x.ln().abs().max(1e-3), "ln {x}");
        }
    }

    #[test]
    fn draws_have_their_means_and_streams_differ() {
        let mut rng = stream(7, Purpose::Behaviour, 0);
        let mean = (0..100_000).map(|_| gamma(&mut rng, 3)).sum::<f64>() / 100_000.0;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
        assert_ne!(stream(7, Purpose::Behaviour, 1).next_u64(), stream(7, Purpose::Taste, 1).next_u64());
        assert_ne!(stream(7, Purpose::Taste, 1).next_u64(), stream(8, Purpose::Taste, 1).next_u64());
    }
}
