//! Labels: what happened to a user after the cutoff, in `(C, T]`. Features never see these events.

use rayon::prelude::*;

use super::table::FeatureTable;
use crate::ingest::{EventKind, EventLog};

/// Churn: whether each row's user has no event in `(C, T]`.
pub fn left(log: &EventLog, table: &FeatureTable) -> Vec<bool> {
    table.users.par_iter().map(|&user| log.events_until(user, table.as_of).end == log.events_of(user).end).collect()
}

/// LTV: the number of `transaction` events of each row's user in `(C, T]`.
pub fn purchases(log: &EventLog, table: &FeatureTable) -> Vec<f32> {
    let bought = |&user: &u32| {
        let after = log.events_until(user, table.as_of).end..log.events_of(user).end;
        log.kind[after].iter().filter(|&&kind| kind == EventKind::Transaction).count() as f32
    };
    table.users.par_iter().map(bought).collect()
}
