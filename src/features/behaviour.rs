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
    /// What lies before it, in UTC milliseconds, is left out.
    from: i64,
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
    /// Whether the log has purchases at all.
    sells: bool,
}

impl Scratch {
    /// Buffers for a log with purchases or without.
    pub fn new(sells: bool) -> Self {
        Self { codes: Vec::new(), sells }
    }

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
    /// The behaviour in `events`: the user's activity, ascending in time, not empty, none before `from` or after `cutoff`.
    ///
    /// `category` holds the category code of each item, [`NONE`] where unknown; it may be empty.
    pub fn of(
        log: &'a EventLog,
        category: &[u32],
        user: u32,
        events: Range<usize>,
        (from, cutoff): (i64, i64),
        gap_ms: i64,
        scratch: &'a mut Scratch,
    ) -> Self {
        // An event without an item lies beyond every catalogue.
        let category_of = |event: usize| category.get(log.item[event] as usize).copied().unwrap_or(NONE);
        let categories = scratch.distinct(events.clone().map(category_of));
        let top_category = scratch.most_frequent();
        let sessions = sessions(log, events.clone(), gap_ms);
        Self { log, user, events, scratch, from, cutoff, sessions, categories, top_category }
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

    /// How many days of the shop have an event.
    pub fn active_days(&self) -> u32 {
        let zone = &self.log.zone;
        self.times().chunk_by(|a, b| zone.day(*a) == zone.day(*b)).count() as u32
    }

    /// Whether the log has purchases, of whomever.
    pub fn shop_sells(&self) -> bool {
        self.scratch.sells
    }

    /// How many orders there are, of the last days before the cutoff or at all: different ones, or days of the shop with a purchase
    /// where the log names none.
    pub fn orders(&mut self, days: Option<i64>) -> u32 {
        let (log, after) = (self.log, days.map_or(i64::MIN, |days| self.cutoff - days * DAY_MS));
        let bought = self.events_of_kind(EventKind::Transaction).filter(move |&event| log.time[event] > after);
        if log.transactions.is_empty() {
            return days_of(log, bought).count() as u32;
        }
        self.scratch.distinct(bought.map(|event| log.transaction[event]))
    }

    /// The time of the last purchase.
    pub fn last_order(&self) -> Option<i64> {
        self.events_of_kind(EventKind::Transaction).last().map(|event| self.log.time[event])
    }

    /// The days of the shop with a purchase, ascending.
    fn order_days(&self) -> impl Iterator<Item = i64> + use<'a> {
        days_of(self.log, self.events_of_kind(EventKind::Transaction))
    }

    /// The mean number of days from one day with a purchase to the next; NaN with fewer than two.
    pub fn days_between_orders(&self) -> f32 {
        let (mut first, mut last, mut count) = (None, 0, 0);
        for day in self.order_days() {
            first.get_or_insert(day);
            (last, count) = (day, count + 1);
        }
        match first {
            Some(first) if count > 1 => ((last - first) as f64 / f64::from(count - 1)) as f32,
            _ => f32::NAN,
        }
    }

    /// Time since the last purchase, and the gaps between days with a purchase, which `gaps` takes: days all.
    pub fn rhythm(&self, gaps: &mut Vec<f32>) -> Rhythm {
        let Some(last) = self.last_order() else { return Rhythm { since: f32::NAN, sum: 0.0, gaps: 0 } };
        let since = ((self.cutoff - last) as f64 / DAY_MS as f64) as f32;
        let (mut sum, mut count, mut before) = (0.0, 0, None);
        for day in self.order_days() {
            if let Some(before) = before.replace(day) {
                let gap = (day - before) as f32;
                gaps.push(gap);
                (sum, count) = (sum + gap, count + 1);
            }
        }
        Rhythm { since, sum, gaps: count }
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
        self.spend_after(i64::MIN)
    }

    /// The same of the last days before the cutoff.
    pub fn spend_within(&self, days: i64) -> f64 {
        self.spend_after(self.cutoff - days * DAY_MS)
    }

    fn spend_after(&self, after: i64) -> f64 {
        let log = self.log;
        let is_after = move |&event: &usize| log.time[event] > after;
        let mut bought = self.events_of_kind(EventKind::Transaction).filter(is_after).peekable();
        let any = bought.peek().is_some();
        let mut known = bought.filter_map(|event| self.price(event)).peekable();
        if any && known.peek().is_none() {
            return f64::NAN;
        }
        let returned = self.returned().filter(is_after).filter_map(|event| self.price(event));
        known.chain(returned).map(Money::of).sum::<Money>().amount()
    }

    fn returned(&self) -> impl Iterator<Item = usize> + use<'a> {
        let (log, from, asides) = (self.log, self.from, self.log.asides_until(self.user, self.cutoff));
        asides.filter(move |&event| log.kind[event] == EventKind::Return && log.time[event] >= from)
    }

    fn price(&self, event: usize) -> Option<f64> {
        self.log.price.get(event).copied().filter(|price| !price.is_nan())
    }
}

/// When a user bought last, and the user's gaps between days with a purchase, days all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rhythm {
    /// Since the last purchase; NaN without one.
    pub since: f32,
    /// The sum of the gaps.
    pub sum: f32,
    /// How many gaps there are.
    pub gaps: u32,
}

impl Rhythm {
    /// Gaps of the shop's length that each user is given beside the own ones.
    const MORE: f32 = 3.0;

    /// How many of the user's mean gaps, drawn towards the shop's, have passed since the last purchase.
    pub fn overdue(self, of_shop: f32) -> f32 {
        self.since * (self.gaps as f32 + Self::MORE) / (self.sum + Self::MORE * of_shop)
    }
}

/// The days of the shop of events that ascend in time, each once.
fn days_of<'a>(log: &'a EventLog, events: impl Iterator<Item = usize> + 'a) -> impl Iterator<Item = i64> + 'a {
    let mut last = None;
    events.map(move |event| log.day(event)).filter(move |&day| last.replace(day) != Some(day))
}
