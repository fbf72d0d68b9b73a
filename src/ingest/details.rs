//! What event rows tell beside who did what and when: money, sessions, and the categories and prices of items.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::error::Result;
use crate::ingest::append::EventDetails;
use crate::ingest::categories::TreeRows;
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::money::Money;
use crate::ingest::order::Tie;
use crate::ingest::properties::{Prices, Properties};
use crate::ingest::quarantine::Quarantine;
use crate::job::Job;

const DAY_MS: i64 = 86_400_000;
/// Users and rows between two looks at the cancel flag.
const USERS_PER_CHECK: u32 = 4_096;
const ROWS_PER_CHECK: usize = 1 << 20;

/// What an event row tells beside who did what and when, one entry a row; a column that no file has stays empty.
#[derive(Default)]
pub(super) struct Details {
    /// Price of one item, NaN where unknown.
    pub(super) price: Vec<f64>,
    /// How many were bought or sent back; 1 for other events.
    pub(super) quantity: Vec<f64>,
    /// Hash of the session id, 0 without one.
    pub(super) session: Vec<u64>,
    /// Index into `categories`, [`NONE`] without one.
    pub(super) category: Vec<u32>,
    pub(super) categories: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
}

impl Details {
    pub(super) fn of_earlier(earlier: &EventDetails) -> Self {
        let EventDetails { price, quantity, session, category, categories } = earlier.clone();
        let index = categories.iter().enumerate().map(|(at, name)| (name.clone(), at as u32)).collect();
        Self { price, quantity, session, category, categories, index }
    }

    /// The details of events, whose rows are given.
    pub(super) fn of_events(&self, rows: &[u32]) -> EventDetails {
        fn taken<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
            if column.is_empty() { Vec::new() } else { rows.iter().map(|&row| column[row as usize]).collect() }
        }
        EventDetails {
            price: taken(&self.price, rows),
            quantity: taken(&self.quantity, rows),
            session: taken(&self.session, rows),
            category: taken(&self.category, rows),
            categories: self.categories.clone(),
        }
    }

    pub(super) fn category_index(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return NONE;
        }
        if let Some(&index) = self.index.get(name) {
            return index;
        }
        let index = self.categories.len() as u32;
        self.categories.push(name.into());
        self.index.insert(name.into(), index);
        index
    }

    /// Adds the details of `more` rows behind those of `rows`.
    pub(super) fn append(&mut self, rows: usize, more: usize, mut chunk: Self) {
        join(&mut self.price, &mut chunk.price, rows, more, f64::NAN);
        join(&mut self.quantity, &mut chunk.quantity, rows, more, 1.0);
        join(&mut self.session, &mut chunk.session, rows, more, 0);
        let indices: Vec<u32> = chunk.categories.iter().map(|name| self.category_index(name)).collect();
        for index in &mut chunk.category {
            *index = indices.get(*index as usize).copied().unwrap_or(NONE);
        }
        join(&mut self.category, &mut chunk.category, rows, more, NONE);
    }
}

/// Adds a column's next rows; a side that lacks the column is filled with what stands for no value.
fn join<T: Clone>(column: &mut Vec<T>, next: &mut Vec<T>, rows: usize, more: usize, none: T) {
    if column.is_empty() && next.is_empty() {
        return;
    }
    column.resize(rows, none.clone());
    next.resize(more, none);
    column.append(next);
}

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
            let amount = |(row, kind): (&u32, &EventKind)| {
                let quantity = self.quantity.get(*row as usize).copied().unwrap_or(1.0);
                let sign = if *kind == EventKind::Return { -1.0 } else { 1.0 };
                exact(self.price[*row as usize] * quantity * sign)
            };
            log.price = rows.iter().zip(&log.kind).map(amount).collect();
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
            for event in log.all_of(user) {
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
            // What a purchase once cost is no price of the day on which it comes back.
            if log.item[event] == NONE || log.kind[event] == EventKind::Return {
                continue;
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

/// An amount without the noise of its multiplication; NaN stays.
fn exact(amount: f64) -> f64 {
    if amount.is_nan() { amount } else { Money::of(amount).amount() }
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
