//! Ids of users that stand for nobody, told by how much of the log is theirs.

use crate::ingest::layout::{Layout, LayoutName};
use crate::ingest::log::EventLog;

/// Ids that logs write where nobody was logged in, and that may as well be a customer's.
const DOUBTFUL: [&str; 2] = ["0", "-1"];
/// Such an id is nobody's where it has more than one event in so many of the log's.
const SHARE: usize = 100;
/// And so many times as many as the next.
const TIMES: usize = 10;
/// A user with more than one event in so many is named.
const LARGE: usize = 20;
/// Users of a log from which on one with so many events is odd.
const USERS: usize = 100;

fn why(id: &str) -> String {
    format!("user {id}, who is nobody")
}

/// Whether rows are ignored for this reason because of what all rows of the log are like.
pub(super) fn is_nobody_by_share(reason: &str) -> bool {
    DOUBTFUL.into_iter().any(|id| why(id) == reason)
}

/// Leaves out what is nobody's in a log of no known shape; the reasons, and how many events went for each.
pub(super) fn leave_out<R: Copy>(log: &mut EventLog, layouts: &[Layout], rows: &mut Vec<R>) -> Vec<(String, u64)> {
    let mut left_out = Vec::new();
    if layouts.iter().any(|layout| layout.name != LayoutName::Custom) {
        return left_out;
    }
    for id in DOUBTFUL {
        let Some(code) = log.users.code(id) else { continue };
        let events = |user: u32| log.all_of(user).len();
        let others = (0..log.users.len() as u32).filter(|&user| user != code).map(events).max().unwrap_or_default();
        let own = events(code);
        if others > 0 && own * SHARE > log.len() && own >= TIMES * others {
            let keep: Vec<bool> = (0..log.users.len() as u32).map(|user| user != code).collect();
            left_out.push((why(id), log.keep_users(&keep, rows)));
        }
    }
    left_out
}

/// Names a user with a large share of all events: perhaps no person at all.
pub(super) fn largest(log: &EventLog) -> Option<String> {
    let (user, events) =
        (0..log.users.len() as u32).map(|user| (user, log.all_of(user).len())).max_by_key(|&(_, events)| events)?;
    (log.users.len() >= USERS && events * LARGE > log.len()).then(|| {
        let (all, id) = (log.len(), log.users.text(user));
        format!("user {id} has {events} of {all} events; perhaps that is no person")
    })
}
