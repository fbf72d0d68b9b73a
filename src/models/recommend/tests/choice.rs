//! Which model is picked, by what, and what is left out.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ingest::EventKind::{Transaction, View};
use crate::models::recommend::tests::{log, plainly, two_tastes};
use crate::models::recommend::{Candidate, ModelChoice, RecommendSettings};

/// Every user touches items by how popular they are and nothing else.
#[test]
fn popularity_is_served_where_no_model_beats_it() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut events = Vec::new();
    for user in 0..1500 {
        for _ in 0..4 {
            let item = (60.0 * random.r#gen::<f64>().powi(4)) as u32;
            events.push((user, random.gen_range(0.0..60.0), View, item));
        }
    }
    let found = plainly(&log(events), &RecommendSettings { rank: 8, ..RecommendSettings::default() }).unwrap();
    let best = found.tried.iter().filter_map(|tried| tried.ndcg).fold(0.0, f64::max);
    assert_eq!(found.tried[0].model, "popularity");
    assert!(best > found.tried[0].ndcg.unwrap() || found.picked == Candidate::Popularity, "{:?}", found.tried);
    // On the mean over users nothing can beat it; by chance something may by a little.
    let gain = found.evaluation.unwrap().ndcg_at_5_gain;
    assert!(gain.value < 0.02, "{gain:?}");
    let given = RecommendSettings { model: ModelChoice::Popularity, ..RecommendSettings::default() };
    let mut events = two_tastes();
    events.extend((0..400).map(|user| (user, 1.0, View, 5)));
    let found = plainly(&log(events), &given).unwrap();
    assert_eq!(found.picked, Candidate::Popularity);
    // Who does not know the most popular item is recommended it first, with the share of users who touched it.
    assert!(found.items.chunks(5).all(|list| list[0] != 5) && found.scores[0] > 0.0 && found.scores[0] < 1.0);
}

#[test]
fn what_is_bought_decides_where_enough_is_bought() {
    let mut events = two_tastes();
    let few = plainly(&log(events.clone()), &RecommendSettings { rank: 8, ..RecommendSettings::default() }).unwrap();
    assert!(few.notes.iter().any(|note| note.contains("users of all touches in ")), "{:?}", few.notes);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
    for user in 0..400 {
        for _ in 0..3 {
            let item = (1 - user % 2) * 40 + random.gen_range(0..40);
            events.push((user, random.gen_range(33.0..45.0), Transaction, item));
        }
    }
    let many = plainly(&log(events), &RecommendSettings { rank: 8, ..RecommendSettings::default() }).unwrap();
    assert!(many.notes.iter().any(|note| note.contains("users of purchases in ")), "{:?}", many.notes);
}

#[test]
fn what_would_be_too_much_work_is_named_and_tried_when_told_to() {
    let log = log(two_tastes());
    let bounded = RecommendSettings { max_work: 1e7, ..RecommendSettings::default() };
    let found = plainly(&log, &bounded).unwrap();
    let note = found.notes.iter().find(|note| note.starts_with("not tried, for it would be too much work")).unwrap();
    assert!(note.contains("als (alpha 10, rank 32") && note.contains("1.0e7 are allowed"), "{note}");
    assert!(found.tried.iter().all(|tried| !tried.model.starts_with("als")), "{:?}", found.tried);
    let thorough = plainly(&log, &RecommendSettings { thorough: true, ..bounded }).unwrap();
    assert!(thorough.notes.iter().all(|note| !note.starts_with("not tried")), "{:?}", thorough.notes);
    let tried = |name: &str| thorough.tried.iter().filter(|tried| tried.model.starts_with(name)).count();
    // The rank, alpha and penalty are each tried on either side of what is configured.
    assert!(tried("als") >= 6 && tried("ease") >= 3 && tried("item-knn") >= 4 && tried("blend") == 3);
}
