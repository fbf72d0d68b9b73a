//! Sessions: runs of one user's events with no gap over the limit, or the log's own session ids where it has them.

use std::ops::Range;

use crate::ingest::EventLog;

/// How many sessions a user had, and how long they lasted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// Number of sessions.
    pub count: u32,
    /// Sum of (last − first event) over the sessions, in milliseconds.
    pub milliseconds: i64,
}

/// Counts the sessions among `events`, which belong to one user and ascend in time.
///
/// A gap of more than `gap_ms` starts a new session. Where the log carries session ids, those decide instead.
pub fn sessions(log: &EventLog, events: Range<usize>, gap_ms: i64) -> Sessions {
    if log.session.is_empty() { by_gap(&log.time[events], gap_ms) } else { by_id(log, events) }
}

fn by_gap(times: &[i64], gap_ms: i64) -> Sessions {
    let mut found = Sessions { count: u32::from(!times.is_empty()), milliseconds: 0 };
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        if gap > gap_ms {
            found.count += 1;
        } else {
            found.milliseconds += gap;
        }
    }
    found
}

fn by_id(log: &EventLog, events: Range<usize>) -> Sessions {
    let mut spans: Vec<(u32, i64)> = events.map(|event| (log.session[event], log.time[event])).collect();
    spans.sort_unstable();
    let mut found = Sessions::default();
    for span in spans.chunk_by(|a, b| a.0 == b.0) {
        found.count += 1;
        found.milliseconds += span[span.len() - 1].1 - span[0].1;
    }
    found
}
