//! What the details of events make of a log: its sessions, the categories and prices of its items.

use std::collections::HashMap;

use crate::error::Result;
use crate::ingest::append::EventDetails;
use crate::ingest::categories::TreeRows;
use crate::ingest::label::Label;
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::properties::{Prices, Properties};
use crate::ingest::quarantine::Quarantine;
use crate::job::Job;

const USERS_PER_CHECK: u32 = 4_096;
const EVENTS_PER_CHECK: usize = 1 << 20;

impl EventDetails {
    /// Sessions numbered as the log goes; events without a session id share one a day. Empty where no event has one.
    pub(super) fn sessions(&self, log: &EventLog, job: &Job) -> Result<Vec<u32>> {
        if self.session.iter().all(|&session| session == 0) {
            return Ok(Vec::new());
        }
        let mut numbers = Vec::with_capacity(log.len());
        let mut known: HashMap<(u64, i64), u32> = HashMap::new();
        let mut next = 0;
        for user in 0..log.users.len() as u32 {
            if user.is_multiple_of(USERS_PER_CHECK) {
                job.check()?;
            }
            known.clear();
            for event in log.all_of(user) {
                let session = self.session[event];
                let day = if session == 0 { log.day(event) } else { 0 };
                let number = *known.entry((session, day)).or_insert(next);
                next = next.max(number + 1);
                numbers.push(number);
            }
        }
        Ok(numbers)
    }

    /// The tree that the categories' names spell; `None` where they name no category above another.
    pub(super) fn tree(&self, dotted: bool) -> Option<TreeRows> {
        let separators: &[char] = if dotted { &['/', '.'] } else { &['/'] };
        let names = &self.labels[Label::Category as usize].texts;
        let nested = names.iter().any(|name| name.contains(separators));
        nested.then(|| TreeRows::of_paths(names.iter().map(|name| &**name), separators))
    }

    /// The items' latest categories and prices, as property files would tell them; `None` where no event names any.
    /// `price` is of one piece, by event; it may be empty.
    pub(super) fn properties(&self, log: &EventLog, price: &[f64], job: &Job) -> Result<Option<Properties>> {
        let categories = &self.labels[Label::Category as usize];
        if categories.codes.is_empty() && price.is_empty() {
            return Ok(None);
        }
        let mut category: Vec<(i64, u32)> = vec![(i64::MIN, NONE); log.items.len()];
        let mut latest: Vec<(i64, f64)> = vec![(i64::MIN, f64::NAN); log.items.len()];
        for event in 0..log.len() {
            if event.is_multiple_of(EVENTS_PER_CHECK) {
                job.check()?;
            }
            // What a purchase once cost is no price of the day on which it comes back.
            if log.item[event] == NONE || log.kind[event] == EventKind::Return {
                continue;
            }
            let (item, time) = (log.item[event] as usize, log.time[event]);
            if let Some(&index) = categories.codes.get(event).filter(|&&index| index != NONE) {
                let latest = &mut category[item];
                // Of two names at the same time the first in the alphabet, whatever the order of the rows.
                let name = |index: u32| categories.texts.get(index as usize);
                if time > latest.0 || (time == latest.0 && name(index) < name(latest.1)) {
                    *latest = (time, index);
                }
            }
            if let Some(&paid) = price.get(event).filter(|paid| !paid.is_nan()) {
                let latest = &mut latest[item];
                if time > latest.0 || (time == latest.0 && paid > latest.1) {
                    *latest = (time, paid);
                }
            }
        }
        let known = latest.iter().enumerate().filter(|(_, (_, price))| !price.is_nan());
        let known: Vec<_> = known.map(|(item, &(time, price))| (item as u32, time, price)).collect();
        Ok(Some(Properties {
            read: 0,
            used: 0,
            rejected: Quarantine::default(),
            items_elsewhere: 0,
            categories: categories.texts.clone(),
            category: category.into_iter().map(|(_, index)| index).collect(),
            available: vec![None; log.items.len()],
            prices: Prices::new(&known, log.items.len(), job)?,
        }))
    }
}

/// The event of a log that has nothing but one kind, for a note: "purchases only".
pub(super) fn only_kind(log: &EventLog) -> Option<&'static str> {
    let first = *log.kind.first()?;
    let all = log.kind.iter().all(|&kind| kind == first);
    all.then_some(match first {
        EventKind::View => "views",
        EventKind::AddToCart => "carts",
        EventKind::Transaction => "purchases",
        EventKind::Visit => "visits",
        EventKind::Response => "responses",
        // No log holds these alone: its users have done something.
        EventKind::Return | EventKind::Contact | EventKind::OptOut => return None,
    })
}
