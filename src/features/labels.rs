//! Labels: what happened to a user after the cutoff C and until a later time, T for the latest window. Features never see
//! these events.

use rayon::prelude::*;

use crate::features::buyers::distinct;
use crate::features::table::FeatureTable;
use crate::ingest::{EventKind, EventLog, Money};

/// Churn: whether each row's user has no activity in `(C, until]`.
pub fn left(log: &EventLog, table: &FeatureTable, until: i64) -> Vec<bool> {
    let left = |&user: &u32| log.events_until(user, table.as_of).end == log.events_until(user, until).end;
    table.users.par_iter().map(left).collect()
}

/// Whether each row's user had any activity in the `days` before the table's cutoff.
pub fn active(table: &FeatureTable, days: f64) -> Vec<bool> {
    let recency = table.feature("recency_days");
    (0..table.len()).map(|row| recency.is_some_and(|recency| recency.values.get(row) <= days)).collect()
}

/// LTV: the number of `transaction` events of each row's user in `(C, until]`.
pub fn purchases(log: &EventLog, table: &FeatureTable, until: i64) -> Vec<f32> {
    let bought = |&user: &u32| {
        let after = log.events_until(user, table.as_of).end..log.events_until(user, until).end;
        log.kind[after].iter().filter(|&&kind| kind == EventKind::Transaction).count() as f32
    };
    table.users.par_iter().map(bought).collect()
}

/// LTV: the number of orders of each row's user in `(C, until]`; of days of the shop with a purchase where the log names no orders.
pub fn orders(log: &EventLog, table: &FeatureTable, until: i64) -> Vec<f32> {
    let bought = |&user: &u32| {
        let after = log.events_until(user, table.as_of).end..log.events_until(user, until).end;
        let events = after.filter(|&event| log.kind[event] == EventKind::Transaction);
        if log.transactions.is_empty() {
            let mut days: Vec<i64> = events.map(|event| log.day(event)).collect();
            days.dedup();
            return days.len() as f32;
        }
        distinct(events.map(|event| log.transaction[event]).collect()) as f32
    };
    table.users.par_iter().map(bought).collect()
}

/// LTV in money: the known prices of what each row's user bought in `(C, until]` less those of what came back then, at least
/// 0; and how many purchases have no known price and therefore count nothing.
pub fn revenue(log: &EventLog, table: &FeatureTable, until: i64) -> (Vec<f32>, u64) {
    let bought = |&user: &u32| {
        let after = log.events_until(user, table.as_of).end..log.events_until(user, until).end;
        let returned = log.asides_until(user, table.as_of).end..log.asides_until(user, until).end;
        let (mut sum, mut unpriced) = (Money::default(), 0);
        for event in after.chain(returned) {
            let is_return = log.kind[event] == EventKind::Return;
            if log.kind[event] != EventKind::Transaction && !is_return {
                continue;
            }
            match log.price.get(event) {
                Some(&price) if !price.is_nan() => sum += Money::of(price),
                _ => unpriced += u64::from(!is_return),
            }
        }
        (sum.amount().max(0.0) as f32, unpriced)
    };
    let of_users: Vec<(f32, u64)> = table.users.par_iter().map(bought).collect();
    (of_users.iter().map(|(sum, _)| *sum).collect(), of_users.iter().map(|(_, unpriced)| unpriced).sum())
}
