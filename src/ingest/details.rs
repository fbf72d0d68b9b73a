//! What event rows tell beside who did what and when: money, sessions, and the categories and prices of items.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::error::Result;
use crate::ingest::categories::TreeRows;
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::mapped::Details;
use crate::ingest::order::Tie;
use crate::ingest::properties::{Prices, Properties};
use crate::ingest::quarantine::Quarantine;
use crate::job::Job;

const DAY_MS: i64 = 86_400_000;
/// Users and rows between two looks at the cancel flag.
const USERS_PER_CHECK: u32 = 4_096;
const ROWS_PER_CHECK: usize = 1 << 20;

impl Tie for Details {
    type Row = u32;

    fn row(row: u32) -> u32 {
        row
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let prices = if self.price.is_empty() { Ordering::Equal } else { self.price[a].total_cmp(&self.price[b]) };
        let quantities =
            || if self.quantity.is_empty() { Ordering::Equal } else { self.quantity[a].total_cmp(&self.quantity[b]) };
        let sessions = || if self.session.is_empty() { Ordering::Equal } else { self.session[a].cmp(&self.session[b]) };
        prices.then_with(quantities).then_with(sessions)
    }
}

impl Details {
    /// Sets price and session of the events; `rows` holds each one's row.
    pub(super) fn complete(&self, log: &mut EventLog, rows: &[u32], job: &Job) -> Result<()> {
        if self.price.iter().any(|price| !price.is_nan()) {
            let amount = |row: &u32| {
                let quantity = self.quantity.get(*row as usize).copied().unwrap_or(1.0);
                self.price[*row as usize] * f64::from(quantity)
            };
            log.price = rows.iter().map(amount).collect();
        }
        if self.session.iter().any(|&session| session != 0) {
            log.session = self.sessions(log, rows, job)?;
        }
        Ok(())
    }

    /// Sessions numbered as the log goes; events without a session id share one a day.
    fn sessions(&self, log: &EventLog, rows: &[u32], job: &Job) -> Result<Vec<u32>> {
        let mut numbers = Vec::with_capacity(rows.len());
        let mut known: HashMap<(u64, i64), u32> = HashMap::new();
        let mut next = 0;
        for user in 0..log.users.len() as u32 {
            if user.is_multiple_of(USERS_PER_CHECK) {
                job.check()?;
            }
            known.clear();
            for event in log.events_of(user) {
                let session = self.session[rows[event] as usize];
                let day = if session == 0 { log.time[event].div_euclid(DAY_MS) } else { 0 };
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
        let nested = self.categories.iter().any(|name| name.contains(separators));
        nested.then(|| TreeRows::of_paths(self.categories.iter().map(|name| &**name), separators))
    }

    /// The items' latest categories and prices, as property files would tell them; `None` where no row names any.
    pub(super) fn properties(&self, log: &EventLog, rows: &[u32], job: &Job) -> Result<Option<Properties>> {
        if self.category.is_empty() && log.price.is_empty() {
            return Ok(None);
        }
        let mut category: Vec<(i64, u32)> = vec![(i64::MIN, NONE); log.items.len()];
        let mut price: Vec<(i64, f64)> = vec![(i64::MIN, f64::NAN); log.items.len()];
        for (event, &row) in rows.iter().enumerate() {
            if event.is_multiple_of(ROWS_PER_CHECK) {
                job.check()?;
            }
            let (item, time, row) = (log.item[event] as usize, log.time[event], row as usize);
            if let Some(&index) = self.category.get(row).filter(|&&index| index != NONE) {
                let latest = &mut category[item];
                // Of two names at the same time the first in the alphabet, whatever the order of the rows.
                let name = |index: u32| self.categories.get(index as usize);
                if time > latest.0 || (time == latest.0 && name(index) < name(latest.1)) {
                    *latest = (time, index);
                }
            }
            if let Some(&paid) = self.price.get(row).filter(|paid| !paid.is_nan()) {
                let latest = &mut price[item];
                if time > latest.0 || (time == latest.0 && paid > latest.1) {
                    *latest = (time, paid);
                }
            }
        }
        let known = price.iter().enumerate().filter(|(_, (_, price))| !price.is_nan());
        let known: Vec<_> = known.map(|(item, &(time, price))| (item as u32, time, price)).collect();
        Ok(Some(Properties {
            read: 0,
            used: 0,
            rejected: Quarantine::default(),
            items_elsewhere: 0,
            categories: self.categories.clone(),
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
    })
}
