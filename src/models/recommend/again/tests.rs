//! Planted rhythms of buying, and logs that have none.
#![allow(clippy::unwrap_used)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ingest::EventKind::{Transaction, View};
use crate::ingest::{EventLog, NONE};
use crate::job::Job;
use crate::models::recommend::again::{BuyAgain, Goods, buy_again};
use crate::models::recommend::tests::{log, on_threads};
use crate::models::recommend::{Context, RecommendSettings};

/// Days between purchases of one item by one user.
const RHYTHM: u32 = 20;
/// Items of a user.
const BASKET: u32 = 4;

/// 200 days of 300 users who buy each of their four items every 20 days; and the day each pair is next due, counted from
/// the end.
fn rhythms() -> (EventLog, Vec<[u32; BASKET as usize]>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(18);
    let (mut events, mut due) = (Vec::new(), Vec::new());
    for user in 0..300 {
        let mut own = [0; BASKET as usize];
        for item in 0..BASKET {
            let phase = random.gen_range(0..RHYTHM);
            events.extend((0..10).map(|time| (user, f64::from(phase + time * RHYTHM), Transaction, item)));
            own[item as usize] = phase;
        }
        events.push((user, 199.0, View, BASKET));
        due.push(own.map(|phase| phase + 200 - 199));
    }
    (log(events), due)
}

fn of(log: &EventLog, allowed: &[bool]) -> (BuyAgain, Vec<String>) {
    let mut notes = Vec::new();
    let found = buy_again(
        log,
        &Goods::new(allowed, &Context::default()),
        &RecommendSettings::default(),
        &mut notes,
        &Job::new(),
    )
    .unwrap();
    (found, notes)
}

#[test]
fn what_is_due_stands_first_and_is_found() {
    let (log, due) = rhythms();
    let (found, notes) = of(&log, &[true; 5]);
    assert!(notes.len() == 1 && notes[0].starts_with("buy again goes by what was learnt of rhythms"), "{notes:?}");
    let (mut first, mut later) = (0, 0);
    for (user, own) in due.iter().enumerate() {
        let list = &found.items[user * 5..user * 5 + 5];
        assert_eq!((list[3] == NONE, list[4]), (false, NONE), "what was not bought is in no list");
        let is_due: Vec<bool> = list[..4].iter().map(|&item| own[item as usize] <= 14).collect();
        for (place, &due) in is_due.iter().enumerate() {
            let after = is_due[place + 1..].iter();
            if due {
                first += after.filter(|due| !**due).count();
            } else {
                later += after.filter(|due| **due).count();
            }
        }
        for (place, &item) in list[..4].iter().enumerate() {
            let told = found.due_days[user * 5 + place];
            assert!((told - own[item as usize] as f32).abs() < 1.0, "{told} for {}", own[item as usize]);
        }
    }
    assert!(later * 50 < first, "{later} of {} in the wrong order", first + later);
    let judged = found.evaluation.unwrap();
    assert!(judged.test_users > 250 && (judged.repeat_share - 1.0).abs() < 1e-9, "{judged:?}");
    // By hand: of four items 2.8 are due on the mean, and the best order has them first.
    assert!(judged.lists.own.ndcg_at_5.value > 0.97, "{judged:?}");
    assert!(judged.lists.ndcg_at_5_gain.low.unwrap() > 0.05, "beside how often and how recently: {judged:?}");
}

#[test]
fn a_chance_is_as_often_right_as_it_says() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(19);
    // Bought on any day with a chance of 1 in 40, whatever happened before: within 14 days 1 − (39/40)^14 = 29.8 %.
    let mut events = Vec::new();
    for user in 0..400 {
        for item in 0..5 {
            let days = (0..200).filter(|_| random.gen_ratio(1, 40));
            events.extend(days.map(|day| (user, f64::from(day), Transaction, item)));
        }
        events.push((user, 199.5, View, 5));
    }
    let (found, _) = of(&log(events), &[true; 6]);
    let told: Vec<f32> = found.chances.iter().copied().filter(|chance| !chance.is_nan()).collect();
    let mean = told.iter().sum::<f32>() / told.len() as f32;
    assert!((mean - 0.298).abs() < 0.04, "{mean}");
}

#[test]
fn a_shop_where_nothing_is_bought_twice_has_no_such_list() {
    let events = (0..400).flat_map(|user| (0..3).map(move |item| (user, f64::from(item * 20), Transaction, item * 7)));
    let (found, notes) = of(&log(events.collect()), &[true; 15]);
    assert!(found.items.iter().all(|&item| item == NONE) && found.evaluation.is_none());
    assert!(
        notes[0].starts_with("buy again is empty: of 1200 pairs of a user and an item bought 0 (0.0 %)"),
        "{notes:?}"
    );
}

#[test]
fn too_little_to_learn_from_is_said_and_nothing_is_made_up() {
    let mut events = Vec::new();
    for user in 0..6 {
        events.extend([10.0, 20.0, 40.0].map(|day| (user, day, Transaction, 0)));
        events.extend([5.0, 15.0].map(|day| (user, day, Transaction, 1)));
        events.push((user, 60.0, View, 2));
    }
    let (found, notes) = of(&log(events), &[true, true, true]);
    assert_eq!(found.items[..5], [0, 1, NONE, NONE, NONE]);
    assert!(found.chances.iter().all(|chance| chance.is_nan()));
    assert!(notes.iter().any(|note| note.contains("by how often and how recently") && note.contains("50 are needed")));
}

#[test]
fn what_is_unavailable_or_was_returned_is_in_no_list() {
    let (mut log, _) = rhythms();
    let (found, _) = of(&log, &[true, false, true, true, true]);
    assert!(found.items.iter().all(|&item| item != 1));
    // Every purchase of item 2 by user 0 is taken back.
    let rows: Vec<usize> = log.events_of(0).filter(|&event| log.item[event] == 2).collect();
    assert_eq!(rows.len(), 10);
    let end = log.offsets[1] as usize;
    log.active_until = log.offsets[1..].to_vec();
    for _ in &rows {
        log.time.insert(end, log.as_of);
        log.kind.insert(end, crate::ingest::EventKind::Return);
        log.item.insert(end, 2);
        log.transaction.insert(end, NONE);
    }
    for start in &mut log.offsets[1..] {
        *start += 10;
    }
    for active in &mut log.active_until[1..] {
        *active += 10;
    }
    let (found, _) = of(&log, &[true; 5]);
    assert!(!found.items[..5].contains(&2) && found.items[5..10].contains(&2));
}

#[test]
fn the_lists_are_the_same_at_any_thread_count() {
    let (log, _) = rhythms();
    let at = |threads| {
        let (found, _) = on_threads(threads, || of(&log, &[true; 5]));
        (found.items, found.chances.iter().map(|chance| chance.to_bits()).collect::<Vec<_>>())
    };
    assert_eq!(at(1), at(2));
}

/// Items are bought on any day with a chance of their own, the same for everyone: how often and how recently is all there is
/// to know, and whichever is taken, the chances are as often right as they say and the list has their order.
#[test]
fn the_order_of_a_list_is_that_of_its_chances() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20);
    let mut events = Vec::new();
    for user in 0..300 {
        for item in 0..6 {
            let every = 10 + 25 * ((user + item) % 6);
            let days = (0..200).filter(|_| random.gen_ratio(1, every));
            events.extend(days.map(|day| (user, f64::from(day), Transaction, item)));
        }
        events.push((user, 199.5, View, 6));
    }
    let (found, notes) = of(&log(events), &[true; 7]);
    assert!(notes.iter().any(|note| note.starts_with("buy again goes by")), "{notes:?}");
    for chances in found.chances.chunks(5) {
        let known: Vec<f32> = chances.iter().copied().filter(|chance| !chance.is_nan()).collect();
        assert!(known.is_sorted_by(|a, b| a >= b) && known.iter().all(|chance| (0.0..=1.0).contains(chance)));
    }
    // What was taken is what is judged: beside the other it gains, or is the other.
    let judged = found.evaluation.unwrap();
    let frequency = notes.iter().any(|note| note.contains("goes by how often"));
    assert_eq!(frequency, judged.lists.ndcg_at_5_gain.value == 0.0, "{judged:?}");
}
