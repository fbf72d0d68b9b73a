//! What each user has bought up to a cutoff, as a customer base model asks for it.

use rayon::prelude::*;

use crate::features::table::FeatureTable;
use crate::ingest::{EventKind, EventLog, Money, NONE};

/// The purchases of a user up to a cutoff, by days (UTC).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buyer {
    /// Days with a purchase, at least one.
    pub days: u32,
    /// Purchase rows.
    pub rows: u32,
    /// Orders; days with a purchase where the log names none.
    pub orders: u32,
    /// Days from the first of those days to the last.
    pub span: f64,
    /// Days from the first of them to the cutoff.
    pub age: f64,
    /// Known prices of the purchases less those of returns; NaN where no purchase has one.
    pub net: f64,
}

/// How many different codes there are, [`NONE`] left out.
pub(super) fn distinct(mut codes: Vec<u32>) -> u32 {
    codes.sort_unstable();
    codes.dedup();
    codes.iter().filter(|&&code| code != NONE).count() as u32
}

/// The purchases of each row's user up to the table's cutoff; `None` without one.
pub fn buyers(log: &EventLog, table: &FeatureTable) -> Vec<Option<Buyer>> {
    let cutoff = log.zone.day(table.as_of);
    let of = |&user: &u32| {
        let (mut days, mut rows, mut first, mut last) = (0, 0, 0, 0);
        let (mut net, mut priced) = (Money::default(), false);
        let mut orders = Vec::new();
        let price = |event: usize| log.price.get(event).copied().filter(|price| !price.is_nan());
        for event in log.events_until(user, table.as_of) {
            if log.kind[event] != EventKind::Transaction {
                continue;
            }
            let day = log.day(event);
            if rows == 0 {
                first = day;
            }
            if rows == 0 || day != last {
                days += 1;
            }
            (rows, last) = (rows + 1, day);
            if let Some(&order) = log.transaction.get(event) {
                orders.push(order);
            }
            if let Some(price) = price(event) {
                net += Money::of(price);
                priced = true;
            }
        }
        let returned = log.asides_until(user, table.as_of).filter(|&event| log.kind[event] == EventKind::Return);
        returned.filter_map(price).for_each(|price| net += Money::of(price));
        (rows > 0).then(|| Buyer {
            days,
            rows,
            orders: if log.transactions.is_empty() { days } else { distinct(orders) },
            span: (last - first) as f64,
            age: (cutoff - first) as f64,
            net: if priced { net.amount() } else { f64::NAN },
        })
    };
    table.users.par_iter().map(of).collect()
}
