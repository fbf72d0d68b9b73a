//! Recommendations: factors, neighbours, exact lists, the choice between models.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod brute;
mod choice;
mod ease;
mod factors;
mod implicit;
mod intervals;
mod lists;
mod neighbours;
mod products;
mod split;
mod whole;

use crate::features::DAY_MS;
use crate::ingest::{EventKind, EventLog, Ids, NONE};
use crate::job::Job;
use crate::models::recommend::{Context, Interactions, RecommendSettings, Recommendations, recommend};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A sorted log of (user, day, kind, item); users and items are numbered without gaps.
pub(super) fn log(mut events: Vec<(u32, f64, EventKind, u32)>) -> EventLog {
    events.sort_by(|a, b| (a.0, a.1, a.2, a.3).partial_cmp(&(b.0, b.1, b.2, b.3)).unwrap());
    let count = |of: fn(&(u32, f64, EventKind, u32)) -> u32| events.iter().map(of).max().map_or(0, |last| last + 1);
    let ids = |count: u32| Ids::Integer((0..i64::from(count)).collect());
    let (users, items) = (count(|event| event.0), count(|event| event.3));
    let time: Vec<i64> = events.iter().map(|event| (event.1 * DAY_MS as f64) as i64).collect();
    EventLog {
        users: ids(users),
        items: ids(items),
        transactions: ids(0),
        offsets: (0..=users).map(|user| events.partition_point(|event| event.0 < user) as u32).collect(),
        active_until: Vec::new(),
        as_of: time.iter().copied().max().unwrap_or(0),
        zone: crate::zone::ShopZone::default(),
        late: crate::ingest::LateLinks::default(),
        time,
        kind: events.iter().map(|event| event.2).collect(),
        item: events.iter().map(|event| event.3).collect(),
        transaction: vec![NONE; events.len()],
        price: Vec::new(),
        session: Vec::new(),
    }
}

/// Items of each of the planted log's two tastes.
const TASTE: u32 = 40;

/// 60 days of 400 users who view only items of one taste: even users 0–39, odd users 40–79.
fn two_tastes() -> Vec<(u32, f64, EventKind, u32)> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut events = Vec::new();
    for user in 0..400 {
        for _ in 0..14 {
            let item = user % 2 * TASTE + random.gen_range(0..TASTE);
            events.push((user, random.gen_range(0.0..60.0), EventKind::View, item));
        }
    }
    events
}

/// Random rows of one to `longest` entries.
fn random_rows(rows: usize, columns: u32, longest: usize, seed: u64) -> Interactions {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let row = |_| {
        let count = random.gen_range(1..=longest);
        let mut row: Vec<u32> = (0..count).map(|_| random.gen_range(0..columns)).collect();
        row.sort_unstable();
        row.dedup();
        row.into_iter().map(|column| (column, f32::from(random.gen_range(1..6_u8)))).collect()
    };
    Interactions::from_rows(columns as usize, (0..rows).map(row).collect::<Vec<_>>().into_iter())
}

/// Recommends with all items in one category and available.
fn plainly(log: &EventLog, settings: &RecommendSettings) -> crate::error::Result<Recommendations> {
    let items = vec![NONE; log.items.len()];
    let context = Context { item_category: &items, available: None, ..Context::default() };
    recommend(log, &context, settings, &Job::new())
}

pub(super) fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}
