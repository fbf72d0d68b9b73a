//! Accepted rows to the sorted event log: a counting sort by user, then each user's few events by comparison.

use rayon::prelude::*;

use super::events::EventRows;
use super::log::{EventKind, EventLog, NONE};
use crate::error::Result;
use crate::job::Job;

/// Users sorted as one unit of work.
const GROUP: usize = 16_384;

/// An event within its user; the order of the fields is the order of the log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    time: i64,
    kind: EventKind,
    item: u32,
    transaction: u32,
}

/// The sorted events of a group of users.
#[derive(Default)]
struct Sorted {
    events_per_user: Vec<u32>,
    events: Vec<Event>,
}

/// Builds the log and counts the exact duplicates it dropped: rows that agree in time, user, event, item and transaction.
/// Prices and sessions stay empty.
pub(super) fn build_log(rows: EventRows, job: &Job) -> Result<(EventLog, u64)> {
    let EventRows { time, kind, user, item, with_transaction, transaction, .. } = rows;
    let as_of = time.par_iter().copied().max().unwrap_or(0);
    job.begin("events sorted", time.len() as u64);
    let (users, user) = user.encode(job)?;
    let (items, item) = item.encode(job)?;
    let (transactions, transaction_code) = transaction.encode(job)?;
    let mut transaction = vec![NONE; time.len()];
    for (&row, &code) in with_transaction.iter().zip(&transaction_code) {
        transaction[row as usize] = code;
    }
    job.check()?;

    let mut next = vec![0_usize; users.len() + 1];
    for &user in &user {
        next[user as usize + 1] += 1;
    }
    for user in 0..users.len() {
        next[user + 1] += next[user];
    }
    let bounds = next.clone();
    let empty = Event { time: 0, kind: EventKind::View, item: 0, transaction: NONE };
    let mut events = vec![empty; time.len()];
    for (row, &user) in user.iter().enumerate() {
        let place = &mut next[user as usize];
        events[*place] = Event { time: time[row], kind: kind[row], item: item[row], transaction: transaction[row] };
        *place += 1;
    }
    drop((time, kind, user, item, transaction, next));
    job.check()?;

    let mut groups = Vec::new();
    let mut rest = events.as_mut_slice();
    for first in (0..users.len()).step_by(GROUP) {
        let bounds = &bounds[first..=(first + GROUP).min(users.len())];
        let (group, after) = rest.split_at_mut(bounds[bounds.len() - 1] - bounds[0]);
        groups.push((bounds, group));
        rest = after;
    }
    let sorted = groups
        .into_par_iter()
        .map(|(bounds, group)| {
            job.check()?;
            let sorted = sort_group(bounds, group);
            job.advance(group.len() as u64);
            Ok(sorted)
        })
        .collect::<Result<Vec<_>>>()?;

    let kept = sorted.iter().map(|group| group.events.len()).sum();
    let mut log = EventLog {
        users,
        items,
        transactions,
        offsets: Vec::with_capacity(bounds.len()),
        time: Vec::with_capacity(kept),
        kind: Vec::with_capacity(kept),
        item: Vec::with_capacity(kept),
        transaction: Vec::with_capacity(kept),
        price: Vec::new(),
        session: Vec::new(),
        as_of,
    };
    let duplicates = (events.len() - kept) as u64;
    drop(events);
    log.offsets.push(0);
    let mut end = 0;
    for group in sorted {
        for count in group.events_per_user {
            end += count;
            log.offsets.push(end);
        }
        log.time.extend(group.events.iter().map(|event| event.time));
        log.kind.extend(group.events.iter().map(|event| event.kind));
        log.item.extend(group.events.iter().map(|event| event.item));
        log.transaction.extend(group.events.iter().map(|event| event.transaction));
    }
    Ok((log, duplicates))
}

/// Sorts each user's events and leaves exact repetitions out.
fn sort_group(bounds: &[usize], group: &mut [Event]) -> Sorted {
    let mut sorted =
        Sorted { events_per_user: Vec::with_capacity(bounds.len()), events: Vec::with_capacity(group.len()) };
    for user in bounds.windows(2) {
        let events = &mut group[user[0] - bounds[0]..user[1] - bounds[0]];
        events.sort_unstable();
        let before = sorted.events.len();
        for &event in &*events {
            if sorted.events.len() == before || sorted.events.last() != Some(&event) {
                sorted.events.push(event);
            }
        }
        sorted.events_per_user.push((sorted.events.len() - before) as u32);
    }
    sorted
}
