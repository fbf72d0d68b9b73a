//! What each user touched by a cutoff: what counts, and what the user knows.

use std::collections::HashMap;

use crate::ingest::{EventKind, EventLog, NONE};
use crate::models::recommend::RecommendSettings;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::things::Things;

/// Of a user's things as many count as this, those touched last: robots look at everything, and tell nothing of taste.
pub const LONGEST: usize = 500;

/// Users × things.
#[derive(Clone, Debug, PartialEq)]
pub struct Histories {
    /// What counts of each user.
    pub counted: Interactions,
    /// All that a user knows, ascending, where more than [`LONGEST`] things are.
    long: HashMap<u32, Vec<u32>>,
}

impl Histories {
    /// Of the events with `timestamp <= cutoff`; the weight of a pair is the sum of its events' weights.
    pub fn until(log: &EventLog, cutoff: i64, things: &Things, settings: &RecommendSettings) -> Self {
        let weight = |kind| match kind {
            EventKind::View => settings.view_weight,
            EventKind::AddToCart => settings.addtocart_weight,
            EventKind::Transaction => settings.transaction_weight,
            _ => 0.0,
        };
        let mut made = Self { counted: Interactions::empty(things.len()), long: HashMap::new() };
        let mut touched: Vec<(u32, f32, i64)> = Vec::new();
        let mut row: Vec<(u32, f32)> = Vec::new();
        for user in 0..log.users.len() as u32 {
            touched.clear();
            let events = log.events_until(user, cutoff);
            let events = events.map(|event| (things.of(log.item[event]), weight(log.kind[event]), log.time[event]));
            touched.extend(events.filter(|event| event.0 != NONE));
            touched.sort_by_key(|event| event.0);
            row.clear();
            let pairs = touched.chunk_by(|a, b| a.0 == b.0);
            row.extend(pairs.map(|pair| (pair[0].0, pair.iter().map(|event| event.1).sum())));
            row.retain(|entry| entry.1 > 0.0);
            if row.len() > LONGEST {
                made.long.insert(user, row.iter().map(|entry| entry.0).collect());
                let latest = latest(&touched);
                row.retain(|entry| latest.binary_search(&entry.0).is_ok());
            }
            made.counted.push(&row);
        }
        made
    }

    /// Of pairs whose times are not known: all count.
    pub fn of(counted: Interactions) -> Self {
        Self { counted, long: HashMap::new() }
    }

    /// What a user knows, ascending.
    pub fn known(&self, user: u32) -> &[u32] {
        self.long.get(&user).map_or_else(|| self.counted.row(user as usize).0, Vec::as_slice)
    }

    /// Only the users named, ascending.
    #[must_use]
    pub fn select(&self, users: &[u32]) -> Self {
        let long = (0..).zip(users).filter_map(|(row, user)| Some((row, self.long.get(user)?.clone())));
        Self { counted: self.counted.select(users), long: long.collect() }
    }

    /// How many users have more things than count.
    pub fn cut(&self) -> usize {
        self.long.len()
    }
}

impl Interactions {
    /// Users × items of the events with `timestamp <= cutoff`, of each user the latest [`LONGEST`]; the weight is the sum of
    /// the event weights over the pair.
    pub fn until(log: &EventLog, cutoff: i64, settings: &RecommendSettings) -> Self {
        Histories::until(log, cutoff, &Things::new(log.items.len(), None, None), settings).counted
    }
}

/// The [`LONGEST`] things touched last, ascending; of those touched at the same time the smaller ones.
fn latest(touched: &[(u32, f32, i64)]) -> Vec<u32> {
    let weighs = touched.iter().filter(|event| event.1 > 0.0);
    let mut last: HashMap<u32, i64> = HashMap::new();
    for &(thing, _, time) in weighs {
        let known = last.entry(thing).or_insert(time);
        *known = time.max(*known);
    }
    let mut things: Vec<(i64, u32)> = last.into_iter().map(|(thing, time)| (time, thing)).collect();
    things.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut latest: Vec<u32> = things.into_iter().take(LONGEST).map(|(_, thing)| thing).collect();
    latest.sort_unstable();
    latest
}
