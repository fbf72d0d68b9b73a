//! What each buyer ordered, line by line, oldest first.

use rayon::prelude::*;

use crate::ingest::{EventKind, EventLog, Money, NONE};

/// A purchase row or a return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// When, UTC milliseconds.
    pub time: i64,
    /// The day of the shop, counted from 1 January 1970.
    pub day: i64,
    /// Its price, below 0 for a return; 0 where unknown.
    pub net: Money,
    /// Whether it is the first row of an order.
    pub is_order: bool,
}

/// The lines of a user with a purchase.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Buyer {
    /// The user's code.
    pub user: u32,
    /// Purchases and returns, by time.
    pub lines: Vec<Line>,
}

impl Buyer {
    /// The days of the shop with an order, each once.
    pub fn days(&self) -> Vec<i64> {
        let mut days: Vec<i64> = self.lines.iter().filter(|line| line.is_order).map(|line| line.day).collect();
        days.dedup();
        days
    }

    /// What was spent after a time, net of returns.
    pub fn net_after(&self, time: i64) -> f64 {
        self.lines.iter().filter(|line| line.time > time).map(|line| line.net).sum::<Money>().amount()
    }
}

/// Every user with a purchase, by code.
pub(super) fn buyers(log: &EventLog) -> Vec<Buyer> {
    let net = |event: usize| {
        log.price.get(event).copied().filter(|price| !price.is_nan()).map_or(Money::default(), Money::of)
    };
    let of = |user: u32| {
        let (mut lines, mut seen, mut last) = (Vec::new(), Vec::new(), None);
        for event in log.events_of(user).filter(|&event| log.kind[event] == EventKind::Transaction) {
            let order = log.transaction.get(event).copied().filter(|&order| order != NONE);
            let day = log.day(event);
            let is_order = match order {
                Some(order) if seen.contains(&order) => false,
                Some(order) => {
                    seen.push(order);
                    true
                }
                None => log.transactions.is_empty() && last.replace(day) != Some(day),
            };
            lines.push(Line { time: log.time[event], day, net: net(event), is_order });
        }
        if lines.is_empty() {
            return None;
        }
        let returned = log.asides_of(user).filter(|&event| log.kind[event] == EventKind::Return);
        lines.extend(returned.map(|event| Line {
            time: log.time[event],
            day: log.day(event),
            net: net(event),
            is_order: false,
        }));
        lines.sort_by_key(|line| line.time);
        Some(Buyer { user, lines })
    };
    (0..log.users.len() as u32).into_par_iter().filter_map(of).collect()
}
