//! Intervals that hold what they promise: users drawn at random, whose means are known from very many of them.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::models::recommend::evaluate::{Measures, compared, measures};

const ITEMS: u32 = 50;

/// Users who want few items or many, the popular ones more often; each one's list is an order of popularity with errors,
/// beside the order itself.
fn users(count: usize, seed: u64) -> Vec<Measures> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let popular: Vec<u32> = (0..20).collect();
    let mut user = || {
        let taste: f64 = random.r#gen();
        let chance = |item: u32| 0.15 * taste / (1.0 + f64::from(item) / 4.0);
        let mut wanted: Vec<u32> = (0..ITEMS).filter(|&item| random.gen_bool(chance(item))).collect();
        if wanted.is_empty() {
            wanted.push(random.gen_range(0..ITEMS));
        }
        let mut list: Vec<(f64, u32)> =
            (0..ITEMS).map(|item| (f64::from(item) + 20.0 * random.r#gen::<f64>(), item)).collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        let list: Vec<u32> = list.into_iter().map(|(_, item)| item).take(20).collect();
        measures(&list, &popular, &wanted)
    };
    (0..count).map(|_| user()).collect()
}

/// `cargo test --lib -- --ignored models::recommend::tests::intervals`: about a minute.
#[test]
#[ignore = "1,000 simulations"]
fn of_1000_intervals_as_many_hold_the_truth_as_they_promise() {
    let figures = |users: &[Measures]| {
        let found = compared(&users.iter().collect::<Vec<_>>());
        let own = found.own;
        [own.recall_at_5, own.recall_at_20, own.ndcg_at_5, own.ndcg_at_20, found.recall_at_5_gain, found.ndcg_at_5_gain]
    };
    let truth = figures(&users(1 << 20, 1 << 40)).map(|figure| figure.value);
    for count in [200, 1_000] {
        let holds = |seed: u64| {
            let mut found = figures(&users(count, seed)).into_iter().zip(truth);
            [(); 6].map(|()| {
                found.next().is_some_and(|(figure, truth)| {
                    figure.low.is_some_and(|low| low <= truth) && figure.high.is_some_and(|high| truth <= high)
                })
            })
        };
        let each: Vec<[bool; 6]> = (0..1_000).into_par_iter().map(holds).collect();
        let held = [0, 1, 2, 3, 4, 5].map(|figure| each.iter().filter(|holds| holds[figure]).count());
        assert!(held.iter().all(|held| (935..=965).contains(held)), "{count} users: {held:?}");
    }
}
