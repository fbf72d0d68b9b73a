//! How much more, or less, was bought a year ago in the window to come than in the one before it.

use rayon::prelude::*;

use crate::features::behaviour::DAY_MS;
use crate::ingest::{EventKind, EventLog};

/// A year in whole weeks, so that weekdays fall alike.
const YEAR: i64 = 364 * DAY_MS;
/// Users are compared who were active in so much time before a window.
const ACTIVE: i64 = 30 * DAY_MS;
/// The fewest buyers in either window.
const FEWEST: usize = 50;
/// The ratio lies within these.
const BOUNDS: (f64, f64) = (0.5, 2.0);

/// The ratio of purchase rows per user, active in the 30 days before, of the `days` after `as_of` less a year to that of
/// the `days` up to then. `None` where the log does not reach that far back, either window has fewer than 50 buyers, or
/// the two cannot be told apart.
pub fn season(log: &EventLog, as_of: i64, days: f64) -> Option<f64> {
    let window = (days * DAY_MS as f64) as i64;
    let (before, then) = (as_of - YEAR - window, as_of - YEAR);
    let first = log.time.iter().copied().min()?;
    if first > before - ACTIVE || then + window > as_of {
        return None;
    }
    let (earlier, later) = (Window::of(log, before, window), Window::of(log, then, window));
    let ratio = (later.rows / later.users as f64) / (earlier.rows / earlier.users as f64);
    let deviation = (1.0 / earlier.buyers as f64 + 1.0 / later.buyers as f64).sqrt();
    let is_told = earlier.buyers.min(later.buyers) >= FEWEST && ratio.ln().abs() > 2.0 * deviation;
    is_told.then(|| ratio.clamp(BOUNDS.0, BOUNDS.1))
}

/// What the users who were active before a cutoff bought after it.
#[derive(Clone, Copy, Default)]
struct Window {
    users: usize,
    buyers: usize,
    rows: f64,
}

impl Window {
    fn of(log: &EventLog, cutoff: i64, window: i64) -> Self {
        let of = |user: u32| {
            let before = log.events_until(user, cutoff);
            if before.clone().next_back().is_none_or(|last| log.time[last] < cutoff - ACTIVE) {
                return Self::default();
            }
            let after = before.end..log.events_until(user, cutoff + window).end;
            let rows = log.kind[after].iter().filter(|&&kind| kind == EventKind::Transaction).count();
            Self { users: 1, buyers: usize::from(rows > 0), rows: rows as f64 }
        };
        let users: Vec<Self> = (0..log.users.len() as u32).into_par_iter().map(of).collect();
        users.into_iter().fold(Self::default(), |sum, one| Self {
            users: sum.users + one.users,
            buyers: sum.buyers + one.buyers,
            rows: sum.rows + one.rows,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::{Ids, NONE};

    /// 200 users who buy every ten days for 530, and in the days from 100 to 160 twice as often where `has_season`.
    fn log(has_season: bool) -> EventLog {
        let (mut offsets, mut time) = (vec![0], Vec::new());
        for user in 0..200_i64 {
            for day in 0..530 {
                let often = has_season && (100..160).contains(&day);
                if (day + user) % 10 == 0 || (often && (day + user) % 10 == 5) {
                    time.push(day * DAY_MS);
                }
            }
            offsets.push(time.len() as u32);
        }
        let events = time.len();
        EventLog {
            users: Ids::Integer((0..200).collect()),
            items: Ids::Integer(vec![0]),
            transactions: Ids::Integer(Vec::new()),
            offsets,
            active_until: Vec::new(),
            time,
            kind: vec![EventKind::Transaction; events],
            item: vec![0; events],
            transaction: vec![NONE; events],
            price: Vec::new(),
            session: Vec::new(),
            as_of: 530 * DAY_MS,
            zone: crate::zone::ShopZone::default(),
            late: crate::ingest::LateLinks::default(),
        }
    }

    #[test]
    fn last_years_ratio_is_told_where_there_was_one() {
        let at = (100 + 364) * DAY_MS;
        let found = season(&log(true), at, 60.0).unwrap();
        assert!((found - 2.0).abs() < 0.05, "{found}");
        assert_eq!(season(&log(false), at, 60.0), None, "nothing differs");
        assert_eq!(season(&log(true), at - 31 * DAY_MS, 60.0), None, "the log is too short");
    }
}
