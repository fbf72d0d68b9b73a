//! Intervals that hold what they promise: shops drawn at random, whose measures are known from millions of their users.

#![allow(clippy::unwrap_used)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::models::evaluate::Figure;
use crate::models::ltv::judged::{AmountsJudged, judge};

/// What came of users, and what was predicted.
type Amounts = (Vec<f32>, Vec<f32>);
/// Draws a user's amount and prediction.
type Draw = fn(&mut Xoshiro256PlusPlus) -> (f64, f64);

fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let (a, b): (f64, f64) = (1.0 - random.r#gen::<f64>(), random.r#gen());
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// Orders at rates that are lognormal over users; the prediction knows most of the rate, and is a fifth too high.
fn orders(random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    let (own, noise) = (normal(random), normal(random));
    let (limit, mut product, mut count) = ((-(own - 2.5).exp()).exp(), random.r#gen::<f64>(), 0.0);
    while product > limit {
        product *= random.r#gen::<f64>();
        count += 1.0;
    }
    (count, 1.2 * (0.7 * own + 0.3 * noise - 2.5).exp())
}

/// Money: about one in seven buys, for a lognormal amount.
fn money(random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    let (own, noise) = (normal(random), normal(random));
    let chance = (0.1 * (0.8 * own).exp()).min(0.9);
    let spent = 20.0 * (0.7 * normal(random) + 0.3 * own).exp();
    let came = if random.r#gen::<f64>() < chance { spent } else { 0.0 };
    (came, 30.0 * chance * (0.2 * own + 0.3 * noise).exp())
}

fn shop(draw: Draw, users: usize, seed: u64) -> Amounts {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..users).map(|_| draw(&mut random)).map(|(came, predicted)| (came as f32, predicted as f32)).unzip()
}

fn judged((came, predicted): &Amounts, mean: f32) -> [Figure; 3] {
    let AmountsJudged { rmse_w, rmse_w_gain, gini, .. } = judge(came, predicted, &vec![mean; came.len()]);
    [rmse_w, rmse_w_gain, gini].map(Option::unwrap)
}

/// `cargo test --lib -- --ignored models::ltv::judged`: a minute or two.
#[test]
#[ignore = "1,000 simulations"]
fn of_1000_intervals_as_many_hold_the_truth_as_they_promise() {
    for (draw, users) in [(orders as Draw, 1_500), (orders, 4_000), (money, 1_500), (money, 4_000)] {
        let whole = shop(draw, 1 << 22, 1 << 40);
        let mean = (whole.0.iter().map(|&came| f64::from(came)).sum::<f64>() / whole.0.len() as f64) as f32;
        let truth = judged(&whole, mean).map(|figure| figure.value);
        let holds = |seed: u64| {
            let found = judged(&shop(draw, users, seed), mean);
            let holds = |at: usize| found[at].low.unwrap() <= truth[at] && truth[at] <= found[at].high.unwrap();
            [0, 1, 2].map(|at| usize::from(holds(at)))
        };
        let plus = |a: [usize; 3], b: [usize; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
        let held = (0..1_000).into_par_iter().map(holds).reduce(|| [0; 3], plus);
        assert!(held.iter().all(|held| (935..=965).contains(held)), "{users} users: {held:?}");
    }
}
