//! What one user did up to a cutoff, as features ask about it: the user's events alone, no knowledge of other users.

use std::ops::Range;

use crate::features::sessions::{Sessions, sessions};
use crate::ingest::{EventKind, EventLog, Money, NONE};

/// A day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// The events of one user up to a cutoff.
pub(super) struct Behaviour<'a> {
    log: &'a EventLog,
    user: u32,
    events: Range<usize>,
    scratch: &'a mut Scratch,
    /// The cutoff, in UTC milliseconds.
    pub cutoff: i64,
    /// The user's visits.
    pub sessions: Sessions,
    /// How many different known categories the items of the events are in.
    pub categories: u32,
    /// The category of most events, the smallest code among equals; [`NONE`] where no category is known.
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
        self.codes.clear();
        self.codes.extend(codes.filter(|&code| code != NONE));
        self.codes.sort_unstable();
        self.codes.chunk_by(|a, b| a == b).count() as u32
    }

    /// The most frequent of the codes counted last, the smallest among equals; [`NONE`] when there is none.
    fn most_frequent(&self) -> u32 {
        let runs = self.codes.chunk_by(|a, b| a == b);
        runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map_or(NONE, |run| run[0])
    }
}

impl<'a> Behaviour<'a> {
    /// The behaviour in `events`: the user's activity, ascending in time, not empty, none after `cutoff`.
    ///
    /// `category` holds the category code of each item, [`NONE`] where unknown; it may be empty.
    pub fn of(
        log: &'a EventLog,
        category: &[u32],
        user: u32,
        events: Range<usize>,
        cutoff: i64,
        gap_ms: i64,
        scratch: &'a mut Scratch,
    ) -> Self {
        // An event without an item lies beyond every catalogue.
        let category_of = |event: usize| category.get(log.item[event] as usize).copied().unwrap_or(NONE);
        let categories = scratch.distinct(events.clone().map(category_of));
        let top_category = scratch.most_frequent();
        let sessions = sessions(log, events.clone(), gap_ms);
        Self { log, user, events, scratch, cutoff, sessions, categories, top_category }
    }

    fn times(&self) -> &'a [i64] {
        &self.log.time[self.events.clone()]
    }

    fn events_of_kind(&self, kind: EventKind) -> impl Iterator<Item = usize> + use<'a> {
        let log = self.log;
        self.events.clone().filter(move |&event| log.kind[event] == kind)
    }

    /// How many events there are.
    pub fn count(&self) -> u32 {
        self.events.len() as u32
    }

    /// The time of the first event.
    pub fn first(&self) -> i64 {
        self.log.time[self.events.start]
    }

    /// The time of the last event.
    pub fn last(&self) -> i64 {
        self.log.time[self.events.end - 1]
    }

    /// How many events are of a kind.
    pub fn of_kind(&self, kind: EventKind) -> u32 {
        self.events_of_kind(kind).count() as u32
    }

    /// How many events lie within the last days before the cutoff.
    pub fn within(&self, days: i64) -> u32 {
        self.count() - self.times().partition_point(|&time| time <= self.cutoff - days * DAY_MS) as u32
    }

    /// How many events of a kind lie within the last days before the cutoff.
    pub fn of_kind_within(&self, kind: EventKind, days: i64) -> u32 {
        let after = self.cutoff - days * DAY_MS;
        self.events_of_kind(kind).filter(|&event| self.log.time[event] > after).count() as u32
    }

    /// How many different codes the events of a kind have, [`NONE`] left out.
    pub fn distinct(&mut self, kind: EventKind, code: fn(&EventLog, usize) -> u32) -> u32 {
        let log = self.log;
        let codes = self.events_of_kind(kind).map(|event| code(log, event));
        self.scratch.distinct(codes)
    }

    /// How many days, UTC, have an event.
    pub fn active_days(&self) -> u32 {
        self.times().chunk_by(|a, b| a.div_euclid(DAY_MS) == b.div_euclid(DAY_MS)).count() as u32
    }

    /// Whether the log names orders.
    pub fn has_order_ids(&self) -> bool {
        !self.log.transactions.is_empty()
    }

    /// How many days, UTC, have an event of a kind.
    pub fn days_with(&self, kind: EventKind) -> u32 {
        // A user's events ascend in time.
        let mut last = None;
        let days = self.events_of_kind(kind).map(|event| self.log.time[event].div_euclid(DAY_MS));
        days.filter(|&day| last.replace(day) != Some(day)).count() as u32
    }

    /// How many events meet a condition, which is asked of the log and the event's place in it.
    pub fn count_where(&self, holds: impl Fn(&EventLog, usize) -> bool) -> u32 {
        self.events.clone().filter(|&event| holds(self.log, event)).count() as u32
    }

    /// How many returns there are.
    pub fn returns(&self) -> u32 {
        self.returned().count() as u32
    }

    /// The sum of the known prices of the purchases, less those of the returns; 0 without a purchase, NaN when purchases
    /// have no known price.
    pub fn spend(&self) -> f64 {
        let mut bought = self.events_of_kind(EventKind::Transaction).peekable();
        let any = bought.peek().is_some();
        let mut known = bought.filter_map(|event| self.price(event)).peekable();
        if any && known.peek().is_none() {
            return f64::NAN;
        }
        let returned = self.returned().filter_map(|event| self.price(event));
        known.chain(returned).map(Money::of).sum::<Money>().amount()
    }

    fn returned(&self) -> impl Iterator<Item = usize> + use<'a> {
        let (log, asides) = (self.log, self.log.asides_until(self.user, self.cutoff));
        asides.filter(move |&event| log.kind[event] == EventKind::Return)
    }

    fn price(&self, event: usize) -> Option<f64> {
        self.log.price.get(event).copied().filter(|price| !price.is_nan())
    }
}
