//! Carts that were never bought.

use rayon::prelude::*;

use crate::features::table::FeatureTable;
use crate::ingest::{EventKind, EventLog};

/// Whether each row's user has put something into a cart up to the table's cutoff and bought nothing since.
pub fn abandoned(log: &EventLog, table: &FeatureTable) -> Vec<bool> {
    let of = |&user: &u32| {
        let latest = |kind: EventKind| {
            let mut events = log.events_until(user, table.as_of);
            events.rfind(|&event| log.kind[event] == kind).map(|event| log.time[event])
        };
        latest(EventKind::AddToCart).is_some_and(|cart| latest(EventKind::Transaction).is_none_or(|order| order < cart))
    };
    table.users.par_iter().map(of).collect()
}
