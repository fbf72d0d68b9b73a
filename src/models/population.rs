//! A small population for tests that any language can make again.
//!
//! Random numbers are `u = x / 2^32` of the generator `x ← (1664525·x + 1013904223) mod 2^32`, `x = 1` at first. For each
//! of 4,000 users in turn: four features `a b c d = f32(4u − 2)`; `left` when `u < logistic(1.5a − 0.8b + 0.3c)`; then
//! purchases, counted up while `u < m / (1 + m)`, where `m` is `0.3·exp(0.8a)` when `b > 0`, else `0.05`. Every fifth
//! user, the first included, is held out. 1,967 users leave; 983 purchases are made.

#![allow(clippy::unwrap_used)]

use crate::features::{Feature, FeatureTable, Scale, Values};

/// The users and what becomes of them.
pub struct Population {
    /// Features `a`, `b`, `c`, `d`.
    pub table: FeatureTable,
    /// Who leaves.
    pub left: Vec<bool>,
    /// How much each buys.
    pub purchases: Vec<f32>,
    /// Who is held out.
    pub held_out: Vec<bool>,
}

/// A table of unscaled features.
pub fn table(columns: Vec<(&'static str, Vec<f32>)>) -> FeatureTable {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    let feature = |(name, values): (&'static str, _)| Feature {
        name: name.into(),
        unit: "score",
        scale: Scale::Linear,
        values: Values::Real(values),
    };
    FeatureTable {
        as_of: 0,
        users: (0..rows as u32).collect(),
        features: columns.into_iter().map(feature).collect(),
        top_category: vec![0; rows],
    }
}

/// The population described above.
pub fn population() -> Population {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let mut columns = vec![Vec::new(); 4];
    let (mut left, mut purchases) = (Vec::new(), Vec::new());
    for _ in 0..4000 {
        let x: Vec<f64> = (0..4).map(|_| f64::from((uniform() * 4.0 - 2.0) as f32)).collect();
        columns.iter_mut().zip(&x).for_each(|(column, &x)| column.push(x as f32));
        left.push(uniform() < 1.0 / (1.0 + (-(1.5 * x[0] - 0.8 * x[1] + 0.3 * x[2])).exp()));
        let mean = if x[1] > 0.0 { 0.3 * (0.8 * x[0]).exp() } else { 0.05 };
        let mut count = 0.0;
        while uniform() < mean / (1.0 + mean) {
            count += 1.0;
        }
        purchases.push(count);
    }
    let held_out = (0..4000).map(|row| row % 5 == 0).collect();
    let table = table(["a", "b", "c", "d"].into_iter().zip(columns).collect());
    Population { table, left, purchases, held_out }
}

/// What `work` gives on a pool of `threads` threads.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map(|pool| pool.install(work)).unwrap()
}
