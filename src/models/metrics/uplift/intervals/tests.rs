//! Intervals that hold what they promise: campaigns drawn at random, whose measures are known from millions of users.

#![allow(clippy::unwrap_used)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::models::evaluate::Z;
use crate::models::metrics::uplift::intervals::{Spread, spread};
use crate::models::metrics::uplift::{auuc, qini, uplift_at};

/// Scores, outcomes, who is treated.
type Campaign = (Vec<f32>, Vec<bool>, Vec<bool>);

/// Half the users are treated; untreated, `base` of them have the outcome. Treatment adds from `-slope/2` to `3/2·slope`, by
/// what the score half knows.
fn campaign(users: usize, (base, slope): (f64, f64), seed: u64) -> Campaign {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut scores, mut outcomes, mut arms) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..users {
        let (own, noise) = (2.0 * random.r#gen::<f64>() - 1.0, 2.0 * random.r#gen::<f64>() - 1.0);
        let treated = random.gen_bool(0.5);
        let effect = if treated { slope * (own + 0.5) } else { 0.0 };
        scores.push((own + 0.5 * noise) as f32);
        outcomes.push(random.gen_bool(base + effect));
        arms.push(treated);
    }
    (scores, outcomes, arms)
}

fn measures((scores, outcomes, arms): &Campaign) -> [f64; 4] {
    let at = |share: f64| uplift_at(share, scores, outcomes, arms);
    [qini(scores, outcomes, arms), auuc(scores, outcomes, arms), at(0.1), at(0.3)].map(Option::unwrap)
}

/// `cargo test --lib -- --ignored models::metrics::uplift::intervals`: a minute or two.
#[test]
#[ignore = "1,000 simulations"]
fn of_1000_intervals_as_many_hold_the_truth_as_they_promise() {
    for (users, design) in [(2_000, (0.3, 0.0)), (2_000, (0.2, 0.1)), (5_000, (0.1, 0.06))] {
        let truth = measures(&campaign(1 << 22, design, 1 << 40));
        let holds = |seed: u64| {
            let campaign = campaign(users, design, seed);
            let found = measures(&campaign);
            let Spread { qini, auuc, uplift_at } = spread(&campaign.0, &campaign.1, &campaign.2, seed);
            let deviations = [qini, auuc, uplift_at[0], uplift_at[2]].map(Option::unwrap);
            [0, 1, 2, 3].map(|at| (found[at] - truth[at]).abs() <= Z * deviations[at])
        };
        let each: Vec<[bool; 4]> = (0..1_000).into_par_iter().map(holds).collect();
        let held = [0, 1, 2, 3].map(|at| each.iter().filter(|holds| holds[at]).count());
        assert!(held.iter().all(|held| (935..=965).contains(held)), "{users} users, {design:?}: {held:?}");
    }
}
