//! The recommenders on planted tastes, against brute force, and on a real matrix where its data is at hand.
#![allow(clippy::unwrap_used)]

use std::io::Read;
use std::path::PathBuf;

use super::als::{AlsSettings, Factors, dot, fit_als};
use super::evaluate::{evaluate, wanted};
use super::interactions::Interactions;
use super::scorer::{Candidate, Scorer};
use super::top::NormOrder;
use super::{Context, ModelChoice, RecommendSettings, Source, recommend};
use crate::features::DAY_MS;
use crate::ingest::{EventKind, EventLog, Ids, NONE};
use crate::job::Job;
use crate::models::metrics::ranking::recall_at_k;

/// Numbers in 0..1, the same on every run.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
}

/// 400 users, each fond of one of 8 groups of 10 items; user 400 + `n` touched only item 80 + `n`, which no one else did.
fn shop() -> EventLog {
    let mut random = Uniform(7);
    let mut rows = Vec::new();
    for user in 0..400_u32 {
        for _ in 0..8 {
            let group = if random.next() < 0.9 { user % 8 } else { (random.next() * 8.0) as u32 };
            let item = group * 10 + (random.next() * 10.0) as u32;
            let kind = EventKind::ALL[(random.next() * 3.0) as usize];
            rows.push((user, (random.next() * 100.0 * DAY_MS as f64) as i64, kind, item));
        }
    }
    rows.extend((0..3).map(|n| (400 + n, 5 * DAY_MS, EventKind::View, 80 + n)));
    rows.push((0, 100 * DAY_MS, EventKind::View, 0));
    rows.sort();
    EventLog {
        users: Ids::Integer((0..403).collect()),
        items: Ids::Integer((0..83).collect()),
        transactions: Ids::Integer(Vec::new()),
        offsets: (0..=403).map(|user| rows.iter().filter(|row| row.0 < user).count() as u32).collect(),
        time: rows.iter().map(|row| row.1).collect(),
        kind: rows.iter().map(|row| row.2).collect(),
        item: rows.iter().map(|row| row.3).collect(),
        transaction: vec![NONE; rows.len()],
        price: Vec::new(),
        session: Vec::new(),
        as_of: 100 * DAY_MS,
    }
}

fn settings(model: ModelChoice) -> RecommendSettings {
    RecommendSettings { model, rank: 8, ..RecommendSettings::default() }
}

fn context<'a>(category: &'a [u32], top: &'a [u32], available: Option<&'a [bool]>) -> Context<'a> {
    Context { available, item_category: category, top_category: top }
}

#[test]
fn interactions_add_up_event_weights_until_the_cutoff() {
    let mut log = shop();
    log.time = log.time.iter().enumerate().map(|(event, _)| event as i64).collect();
    log.as_of = log.len() as i64;
    let end = i64::from(log.offsets[1]) - 2;
    let made = Interactions::until(&log, end, &RecommendSettings::default());
    let (items, weights) = made.row(0);
    let mut expected = std::collections::BTreeMap::new();
    for event in 0..=end as usize {
        *expected.entry(log.item[event]).or_insert(0.0) += [1.0_f32, 1.5, 2.0][log.kind[event] as usize];
    }
    assert_eq!(items, expected.keys().copied().collect::<Vec<_>>());
    assert_eq!(weights, expected.values().copied().collect::<Vec<_>>());
    assert!(made.row(1).0.is_empty(), "nothing after the cutoff");
    assert_eq!(made.transposed().transposed(), made);
}

/// The exact solution of a user with few items is the minimum of the loss: its gradient by the user's factor vanishes.
#[test]
fn short_histories_are_solved_exactly() {
    let log = shop();
    let confidence = Interactions::until(&log, log.as_of, &RecommendSettings::default()).weighted(|w| 1.0 + 10.0 * w);
    let settings = AlsSettings { rank: 8, regularisation: 0.1, iterations: 1, seed: 3 };
    // One round solves users from the random items, then items: users are checked against those random items, which a
    // fit without a round gives back.
    let start = fit_als(&confidence, &AlsSettings { iterations: 0, ..settings }, &Job::new()).unwrap();
    let fitted = fit_als(&confidence, &settings, &Job::new()).unwrap();
    let mut checked = 0;
    for user in 0..403 {
        let (items, weights) = confidence.row(user);
        if items.len() > 6 {
            continue;
        }
        checked += 1;
        let x = fitted.user(user);
        let mut gradient: Vec<f64> = x.iter().map(|&value| 0.1 * f64::from(value)).collect();
        for item in 0..83_u32 {
            let y = start.item(item as usize);
            let (confidence, preference) =
                items.binary_search(&item).map_or((1.0, 0.0), |at| (f64::from(weights[at]), 1.0));
            let error = f64::from(dot(x, y)) - preference;
            for (slope, &value) in gradient.iter_mut().zip(y) {
                *slope += confidence * error * f64::from(value);
            }
        }
        let largest = gradient.iter().fold(0.0_f64, |most, slope| most.max(slope.abs()));
        assert!(largest < 1e-3, "user {user} with {} items: gradient {largest}", items.len());
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn the_exact_search_agrees_with_brute_force() {
    let mut random = Uniform(11);
    let rank = 12;
    let mut numbers = |count: usize| -> Vec<f32> { (0..count * rank).map(|_| random.next() as f32 - 0.4).collect() };
    let factors = Factors { rank, users: numbers(40), items: numbers(500) };
    let order = NormOrder::new(&factors, |item| item % 7 != 0);
    let mut looked_at = 0;
    for user in 0..40 {
        let known = [3, 8, 9, 100, 499];
        let (found, scanned) = order.top(factors.user(user), &known, 5);
        looked_at += scanned;
        let mut all: Vec<(f32, u32)> = (0..500)
            .filter(|item| item % 7 != 0 && !known.contains(item))
            .map(|item| (dot(factors.user(user), factors.item(item as usize)), item))
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        assert_eq!(found.entries(), &all[..5], "user {user}");
    }
    assert!(looked_at < 40 * 428, "the search ends before the last item: {looked_at}");
}

#[test]
fn planted_tastes_beat_popularity_with_every_model() {
    let log = shop();
    let (category, top) = (vec![NONE; 83], vec![NONE; 403]);
    for model in [ModelChoice::Als, ModelChoice::ItemKnn, ModelChoice::Blend, ModelChoice::Auto] {
        let found = recommend(&log, &context(&category, &top, None), &settings(model), &Job::new()).unwrap();
        let evaluation = found.evaluation.unwrap();
        assert!(evaluation.test_users > 200);
        assert!(
            evaluation.recall_at_20 > 1.5 * evaluation.popularity_recall_at_20,
            "{model:?}: {} against {}",
            evaluation.recall_at_20,
            evaluation.popularity_recall_at_20
        );
        let own = (0..400_usize)
            .flat_map(|user| found.items[user * 5..user * 5 + 5].iter().map(move |&item| (user as u32 % 8, item)))
            .filter(|&(group, item)| item != NONE && item / 10 == group);
        assert!(own.count() > 1_000, "{model:?}: half of the lists at least lie in the planted group");
        assert_eq!(found.tried.is_empty(), model != ModelChoice::Auto);
    }
}

#[test]
fn what_must_never_be_recommended_is_not() {
    let log = shop();
    let category: Vec<u32> = (0..83).map(|item| item / 10).collect();
    let mut top = vec![NONE; 403];
    top[400] = 2;
    let available: Vec<bool> = (0..83).map(|item| item % 5 != 0).collect();
    for model in [ModelChoice::Als, ModelChoice::ItemKnn, ModelChoice::Blend] {
        let found =
            recommend(&log, &context(&category, &top, Some(&available)), &settings(model), &Job::new()).unwrap();
        let known = Interactions::until(&log, log.as_of, &RecommendSettings::default());
        for user in 0..403 {
            let list: Vec<u32> =
                found.items[user * 5..user * 5 + 5].iter().copied().filter(|&item| item != NONE).collect();
            assert!(!list.is_empty(), "{model:?}: everyone gets a list");
            assert!(list.iter().all(|item| item % 5 != 0), "{model:?}: unavailable item for user {user}");
            assert!(list.iter().all(|item| known.row(user).0.binary_search(item).is_err()), "{model:?}: known item");
            let scores = &found.scores[user * 5..user * 5 + list.len()];
            assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "{model:?}: best first");
        }
        if model == ModelChoice::ItemKnn {
            // No one else touched user 400's item: the most popular items of the top category, which is group 2.
            assert_eq!(found.source[400], Source::Fallback);
            assert!(found.items[400 * 5..400 * 5 + 5].iter().all(|item| item / 10 == 2));
        }
        assert_eq!(found.similar_items.len(), 83 * super::SIMILAR);
        let near = found.similar_items[..super::SIMILAR].iter().filter(|&&item| item / 10 == 0).count();
        assert!(near >= 5, "{model:?}: item 0's neighbours are of its group, {near} are");
    }
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    let log = shop();
    let (category, top) = (vec![NONE; 83], vec![NONE; 403]);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = settings(ModelChoice::Auto);
        let found = pool.install(|| recommend(&log, &context(&category, &top, None), &settings, &Job::new()).unwrap());
        (found.items, found.scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>(), found.factors, found.notes)
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn only_new_items_of_known_users_count() {
    let log = shop();
    let cutoff = log.as_of - 14 * DAY_MS;
    let past = Interactions::until(&log, cutoff, &RecommendSettings::default());
    for (user, items) in wanted(&log, &past, cutoff, log.as_of) {
        let before: Vec<u32> = log.events_until(user, cutoff).map(|event| log.item[event]).collect();
        assert!(!before.is_empty() && !items.is_empty());
        assert!(items.iter().all(|item| !before.contains(item)));
    }
    let candidate = Candidate::ItemKnn;
    let settings = settings(ModelChoice::ItemKnn);
    let scorer = Scorer::fit(candidate, &past, vec![true; 83], 1, &settings, &Job::new()).unwrap();
    let found = evaluate(&scorer, &past, &wanted(&log, &past, cutoff, log.as_of), &Job::new()).unwrap();
    assert!(found.coverage > 0.5 && found.coverage <= 1.0);
}

/// One array of a `.npz`: a zip of `.npy` files, each stored or deflated.
fn npz_array(archive: &[u8], name: &str) -> Vec<u8> {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes].iter().rev().fold(0_usize, |sum, &byte| sum << 8 | usize::from(byte))
    };
    let end = archive.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    let mut at = number(end + 16, 4);
    while archive[at..].starts_with(b"PK\x01\x02") {
        let (length, extra, comment) = (number(at + 28, 2), number(at + 30, 2), number(at + 32, 2));
        if &archive[at + 46..at + 46 + length] == name.as_bytes() {
            let (deflated, size, local) = (number(at + 10, 2) == 8, number(at + 20, 4), number(at + 42, 4));
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let stored = &archive[start..start + size];
            let mut array = Vec::new();
            if deflated {
                flate2::read::DeflateDecoder::new(stored).read_to_end(&mut array).unwrap();
            } else {
                array.extend_from_slice(stored);
            }
            let header = 10 + usize::from(u16::from_le_bytes([array[8], array[9]]));
            return array[header..].to_vec();
        }
        at += 46 + length + extra + comment;
    }
    panic!("{name} is not in the archive");
}

/// Held out: pair (u, i) where `crc32("u:i") mod 5 = 0` and the user keeps an item, on RetailRocket's 5-core matrix.
/// Python `implicit` 0.7 with the same confidences (`1 + 10·weight`, given as its data with alpha 1), rank 32,
/// regularisation .01, 15 iterations reaches a recall@20 of .157 (`als_5core.py --alpha 10`).
#[test]
fn a_real_matrix() {
    let folder = std::env::var_os("USER360_TEST_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let file = folder.join("retailrocket-5core/interaction_matrix.npz");
    if !file.exists() {
        println!("skipped: {} does not exist", file.display());
        return;
    }
    let archive = std::fs::read(file).unwrap();
    let integers = |name: &str| -> Vec<u32> {
        npz_array(&archive, name).chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect()
    };
    let (offsets, items) = (integers("indptr.npy"), integers("indices.npy"));
    let data = npz_array(&archive, "data.npy");
    let width = data.len() / items.len();
    let weight = |at: usize| match width {
        4 => f32::from_le_bytes(data[at * 4..at * 4 + 4].try_into().unwrap()),
        _ => f64::from_le_bytes(data[at * 8..at * 8 + 8].try_into().unwrap()) as f32,
    };
    let columns = *items.iter().max().unwrap() as usize + 1;
    let (mut train, mut test): (Vec<Vec<(u32, f32)>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
    for user in 0..offsets.len() - 1 {
        let range = offsets[user] as usize..offsets[user + 1] as usize;
        let out = |item: u32| crc32fast::hash(format!("{user}:{item}").as_bytes()) % 5 == 0;
        let keeps = range.clone().any(|at| !out(items[at]));
        let mut kept: Vec<(u32, f32)> =
            range.clone().filter(|&at| !keeps || !out(items[at])).map(|at| (items[at], weight(at))).collect();
        kept.sort_by_key(|entry| entry.0);
        let mut held: Vec<u32> = range.filter(|&at| keeps && out(items[at])).map(|at| items[at]).collect();
        held.sort_unstable();
        train.push(kept);
        test.push(held);
    }
    let past = Interactions::from_rows(columns, train.into_iter());
    let settings = RecommendSettings { iterations: 15, ..RecommendSettings::default() };
    let candidate = Candidate::Als { alpha: 10.0, rank: 32, regularisation: 0.01 };
    let scorer = Scorer::fit(candidate, &past, vec![true; columns], 15, &settings, &Job::new()).unwrap();
    // Every fifth of 41,607 users: a standard error of about .003.
    let recalls: Vec<f64> = (0..test.len())
        .filter(|&user| !test[user].is_empty())
        .step_by(5)
        .map(|user| {
            let (top, _) = scorer.top(user, &past, past.row(user).0, 20);
            let ranked: Vec<u32> = top.entries().iter().map(|entry| entry.1).collect();
            recall_at_k(&ranked, &test[user], 20)
        })
        .collect();
    let recall = recalls.iter().sum::<f64>() / recalls.len() as f64;
    assert!(recall >= 0.157 - 0.003, "recall@20 {recall} of {} users", recalls.len());
}
