//! One user's events to one row of features: a single scan, no knowledge of other users.

use std::ops::Range;

use crate::features::sessions::sessions;
use crate::ingest::{EventKind, EventLog, NONE};

/// A day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// The features of one user as of a cutoff; NaN stands for null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Behaviour {
    pub sessions: u32,
    pub total_events: u32,
    pub unique_items: u32,
    pub avg_time_between_events: f32,
    pub view_cart_ratio: f32,
    pub recency_days: f32,
    pub views: u32,
    pub addtocarts: u32,
    pub transactions: u32,
    pub orders: u32,
    pub items_bought: u32,
    pub tenure_days: f32,
    pub active_days: u32,
    pub events_7d: u32,
    pub events_30d: u32,
    pub transactions_30d: u32,
    pub unique_categories: u32,
    pub avg_session_events: f32,
    pub avg_session_minutes: f32,
    pub weekend_share: f32,
    pub spend: f64,
    pub top_category: u32,
}

/// Buffers kept from user to user.
#[derive(Default)]
pub(super) struct Scratch {
    codes: Vec<u32>,
}

impl Scratch {
    /// How many distinct codes `codes` yields, [`NONE`] left out.
    fn distinct(&mut self, codes: impl Iterator<Item = u32>) -> u32 {
        self.collect(codes);
        self.codes.chunk_by(|a, b| a == b).count() as u32
    }

    /// The commonest code, the smallest among equals; [`NONE`] when there is none.
    fn commonest(&self) -> u32 {
        let runs = self.codes.chunk_by(|a, b| a == b);
        runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map_or(NONE, |run| run[0])
    }

    fn collect(&mut self, codes: impl Iterator<Item = u32>) {
        self.codes.clear();
        self.codes.extend(codes.filter(|&code| code != NONE));
        self.codes.sort_unstable();
    }
}

/// Scans `events` (one user's, ascending in time, not empty, none after `cutoff`).
/// `category` holds the category code of each item, [`NONE`] where unknown; it may be empty.
pub(super) fn behaviour(
    log: &EventLog,
    category: &[u32],
    events: Range<usize>,
    cutoff: i64,
    gap_ms: i64,
    scratch: &mut Scratch,
) -> Behaviour {
    let times = &log.time[events.clone()];
    let (first, last) = (times[0], times[times.len() - 1]);
    let count = times.len() as u32;
    let of_kind = |kind| events.clone().filter(move |&event| log.kind[event] == kind);
    let within = |days: i64| count - times.partition_point(|&time| time <= cutoff - days * DAY_MS) as u32;
    let (views, addtocarts) = (of_kind(EventKind::View).count() as u32, of_kind(EventKind::AddToCart).count() as u32);
    let session = sessions(log, events.clone(), gap_ms);
    let item_category = |event: usize| category.get(log.item[event] as usize).copied().unwrap_or(NONE);
    let weekend = times.iter().filter(|&&time| is_weekend(time)).count();
    let unique_categories = scratch.distinct(events.clone().map(item_category));
    let top_category = scratch.commonest();
    Behaviour {
        sessions: session.count,
        total_events: count,
        unique_items: scratch.distinct(of_kind(EventKind::View).map(|event| log.item[event])),
        avg_time_between_events: ratio((last - first) as f64 / 1000.0, count - 1),
        view_cart_ratio: ratio(f64::from(addtocarts), views),
        recency_days: days(cutoff - last),
        views,
        addtocarts,
        transactions: of_kind(EventKind::Transaction).count() as u32,
        orders: scratch.distinct(of_kind(EventKind::Transaction).map(|event| log.transaction[event])),
        items_bought: scratch.distinct(of_kind(EventKind::Transaction).map(|event| log.item[event])),
        tenure_days: days(cutoff - first),
        active_days: times.chunk_by(|a, b| a.div_euclid(DAY_MS) == b.div_euclid(DAY_MS)).count() as u32,
        events_7d: within(7),
        events_30d: within(30),
        transactions_30d: of_kind(EventKind::Transaction).filter(|&e| log.time[e] > cutoff - 30 * DAY_MS).count()
            as u32,
        unique_categories,
        avg_session_events: ratio(f64::from(count), session.count),
        avg_session_minutes: ratio(session.milliseconds as f64 / 60_000.0, session.count),
        weekend_share: ratio(weekend as f64, count),
        spend: spend(log, of_kind(EventKind::Transaction)),
        top_category,
    }
}

/// The sum of the known prices of the purchases; 0 without a purchase, NaN when purchases have no known price.
fn spend(log: &EventLog, purchases: impl Iterator<Item = usize>) -> f64 {
    let (mut sum, mut known, mut bought) = (0.0, false, false);
    for event in purchases {
        bought = true;
        let price = log.price.get(event).copied().unwrap_or(f64::NAN);
        if !price.is_nan() {
            known = true;
            sum += price;
        }
    }
    if bought && !known { f64::NAN } else { sum }
}

/// `amount / count`; null for a count of 0.
fn ratio(amount: f64, count: u32) -> f32 {
    if count == 0 { f32::NAN } else { (amount / f64::from(count)) as f32 }
}

fn days(milliseconds: i64) -> f32 {
    (milliseconds as f64 / DAY_MS as f64) as f32
}

/// Saturday or Sunday, UTC. 1970-01-01 was a Thursday.
fn is_weekend(time: i64) -> bool {
    matches!((time.div_euclid(DAY_MS) + 3).rem_euclid(7), 5 | 6)
}
