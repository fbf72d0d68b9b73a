//! Who a model is validated on.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::models::recommend::RecommendSettings;
use crate::models::recommend::auto::search::Cut;
use crate::models::recommend::evaluate::Wanted;
use crate::models::recommend::histories::Histories;
use crate::models::recommend::interactions::Interactions;

/// Validation users at most.
const USERS: usize = 10_000;

/// Where there are no days, the pairs are dealt out to so many cuts.
pub const CUTS: u32 = 5;

/// Splits a matrix: each pair is wanted in one of [`CUTS`] cuts, all others are that cut's past. A user keeps at least one
/// item, and an item that nobody else kept is not wanted, since no model could know it. The same seed deals the same pairs.
pub fn draw(train: &Interactions, seed: u64, cut: u32) -> (Interactions, Vec<Wanted>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut rows = Vec::with_capacity(train.rows());
    let mut wanted: Vec<Wanted> = Vec::new();
    for user in 0..train.rows() {
        let (items, weights) = train.row(user);
        let pairs = items.iter().copied().zip(weights.iter().copied());
        let (drawn, kept): (Vec<_>, Vec<_>) = pairs.clone().partition(|_| random.gen_range(0..CUTS) == cut);
        if kept.is_empty() {
            rows.push(pairs.collect());
        } else {
            wanted.push((user as u32, drawn.into_iter().map(|pair| pair.0).collect()));
            rows.push(kept);
        }
    }
    let past = Interactions::from_rows(train.columns, rows.into_iter());
    let known = past.column_counts();
    for (_, items) in &mut wanted {
        items.retain(|&item| known[item as usize] > 0);
    }
    wanted.retain(|(_, items)| !items.is_empty());
    (past, wanted)
}

/// The validation users (at most [`USERS`]) and as many others as a bound on interactions lets in.
pub fn sample(past: &Histories, mut wanted: Vec<Wanted>, most: usize, settings: &RecommendSettings) -> Cut {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    wanted.shuffle(&mut random);
    wanted.truncate(USERS);
    let mut chosen: Vec<u32> = wanted.iter().map(|(user, _)| *user).collect();
    chosen.sort_unstable();
    let size = |user: u32| past.counted.row(user as usize).0.len();
    let mut interactions: usize = chosen.iter().map(|&user| size(user)).sum();
    let mut others: Vec<u32> = (0..past.counted.rows() as u32)
        .filter(|&user| size(user) > 0 && chosen.binary_search(&user).is_err())
        .collect();
    // Users of one item say nothing about which items go together: they come last.
    others.shuffle(&mut random);
    others.sort_by_key(|&user| size(user) == 1);
    for user in others {
        if interactions >= most {
            break;
        }
        interactions += size(user);
        chosen.push(user);
    }
    chosen.sort_unstable();
    for (user, _) in &mut wanted {
        *user = chosen.binary_search(user).map_or(0, |row| row as u32);
    }
    wanted.sort_unstable_by_key(|(user, _)| *user);
    Cut { past: past.select(&chosen), wanted }
}
