//! After how long a silence a user counts as gone: told from the gaps between the days on which users were active.

use rayon::prelude::*;

use crate::features::behaviour::DAY_MS;
use crate::features::build::span_days;
use crate::ingest::EventLog;

/// The share of the curve's whole fall after which those who have not come back count as gone.
const SHARE: f64 = 0.9;
/// The answer is a whole number of these.
const WEEK: u32 = 7;
/// The least and the most days; half the log is a bound too.
const BOUNDS: (u32, u32) = (14, 365);
/// The days where nobody ever came back, which tells nothing.
const UNTOLD: u32 = 30;

/// The days of inactivity after which a user counts as gone: those within which the Kaplan–Meier curve of the gaps between
/// active days (UTC; a gap that is still open at T is censored) makes 90 % of its whole fall, rounded up to weeks, from 14
/// to 365, and no more than half the log.
pub fn inactive_days(log: &EventLog) -> f64 {
    let gaps = Gaps::of(log);
    let days = gaps.most_return_within(SHARE).map_or(UNTOLD, |days| days.div_ceil(WEEK) * WEEK);
    let half = (span_days(log) / 2.0).floor().max(1.0);
    f64::from(days.clamp(BOUNDS.0, BOUNDS.1)).min(half)
}

/// Of the users who were active in the `days` before `cutoff`, those without activity in the `days` after it, and how many
/// of these came back later.
pub fn came_back(log: &EventLog, cutoff: i64, days: f64) -> (usize, usize) {
    let window = (days * DAY_MS as f64) as i64;
    let of = |user: u32| {
        let before = log.events_until(user, cutoff);
        let was_active = before.clone().next_back().is_some_and(|last| log.time[last] >= cutoff - window);
        let stayed = log.events_until(user, cutoff + window).end > before.end;
        if !was_active || stayed {
            return (0, 0);
        }
        (1, usize::from(log.events_of(user).end > before.end))
    };
    let sum = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
    (0..log.users.len() as u32).into_par_iter().map(of).reduce(|| (0, 0), sum)
}

/// How many gaps of each length in days there are.
struct Gaps {
    /// Those that ended with the user coming back.
    closed: Vec<u64>,
    /// Those that are open at T.
    open: Vec<u64>,
}

impl Gaps {
    fn of(log: &EventLog) -> Self {
        let day = |time: i64| log.zone.day(time);
        let (last, lengths) = (day(log.as_of), span_days(log) as usize + 2);
        let none = || Self { closed: vec![0; lengths], open: vec![0; lengths] };
        let add = |mut gaps: Self, user: u32| {
            let mut before = None;
            for &time in &log.time[log.events_of(user)] {
                let today = day(time);
                if let Some(gap) = before.replace(today).map(|before| today - before).filter(|gap| *gap > 0) {
                    gaps.closed[(gap as usize).min(lengths - 1)] += 1;
                }
            }
            if let Some(before) = before {
                gaps.open[((last - before).max(0) as usize).min(lengths - 1)] += 1;
            }
            gaps
        };
        let join = |mut a: Self, b: Self| {
            a.closed.iter_mut().zip(b.closed).for_each(|(a, b)| *a += b);
            a.open.iter_mut().zip(b.open).for_each(|(a, b)| *a += b);
            a
        };
        (0..log.users.len() as u32).into_par_iter().fold(none, add).reduce(none, join)
    }

    /// The first day on which the curve has made this share of its whole fall; `None` where it does not fall.
    fn most_return_within(&self, share: f64) -> Option<u32> {
        let mut at_risk: u64 = self.closed.iter().chain(&self.open).sum();
        let (mut surviving, mut curve) = (1.0, Vec::with_capacity(self.closed.len()));
        for (&closed, &open) in self.closed.iter().zip(&self.open) {
            if at_risk > 0 {
                surviving *= 1.0 - closed as f64 / at_risk as f64;
            }
            at_risk -= closed + open;
            curve.push(1.0 - surviving);
        }
        let whole = curve.last().copied().filter(|fall| *fall > 0.0)?;
        curve.iter().position(|&fall| fall >= share * whole - 1e-12).map(|days| days as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{EventKind, Ids, NONE};

    /// A log of views on these days, one list a user.
    fn log(days: &[&[i64]]) -> EventLog {
        let mut offsets = vec![0_u32];
        offsets.extend(days.iter().scan(0, |sum, days| {
            *sum += days.len() as u32;
            Some(*sum)
        }));
        let time: Vec<i64> = days.iter().flat_map(|days| days.iter().map(|day| day * DAY_MS)).collect();
        let events = time.len();
        EventLog {
            users: Ids::Integer((0..days.len() as i64).collect()),
            items: Ids::Integer(vec![0]),
            transactions: Ids::Integer(Vec::new()),
            offsets,
            active_until: Vec::new(),
            as_of: time.iter().copied().max().unwrap_or_default(),
            zone: crate::zone::ShopZone::default(),
            late: crate::ingest::LateLinks::default(),
            time,
            kind: vec![EventKind::View; events],
            item: vec![0; events],
            transaction: vec![NONE; events],
            price: Vec::new(),
            session: Vec::new(),
        }
    }

    /// By hand: closed gaps 10, 20, 40; open ones 0 (of user 0 at T = day 100), 15 and 30. The curve falls at 10 to 5/6·…:
    /// at risk 5 (the gap of length 0 leaves first): 4/5, then at 20 (at risk 3) 2/3, at 40 (at risk 1) 0. Its whole fall
    /// is 1, and 90 % of it is made at 40.
    #[test]
    fn the_curve_is_that_of_kaplan_and_meier() {
        let log = log(&[&[60, 100], &[75, 85], &[50, 70]]);
        let gaps = Gaps::of(&log);
        assert_eq!((gaps.closed[40], gaps.closed[10], gaps.closed[20]), (1, 1, 1));
        assert_eq!((gaps.open[0], gaps.open[15], gaps.open[30]), (1, 1, 1));
        // 1 − 4/5 · 2/3 = .4667 of the whole fall at 20 days, .2 at 10.
        assert_eq!(gaps.most_return_within(0.2), Some(10));
        assert_eq!(gaps.most_return_within(0.46), Some(20));
        assert_eq!(gaps.most_return_within(0.9), Some(40));
        // Half the log is 25 days, less than the 42 of six weeks.
        assert!((inactive_days(&log) - 25.0).abs() < 1e-9);
    }

    #[test]
    fn a_shop_of_slow_customers_waits_for_them() {
        // Everybody comes every 60 days for two years.
        let days: Vec<Vec<i64>> = (0..50).map(|user| (0..12).map(|visit| user + 60 * visit).collect()).collect();
        let days: Vec<&[i64]> = days.iter().map(Vec::as_slice).collect();
        let slow = log(&days);
        assert!((inactive_days(&slow) - 63.0).abs() < 1e-9, "60 days are nine weeks");
        let cutoff = 300 * DAY_MS;
        let (left, back) = came_back(&slow, cutoff, 30.0);
        assert!(left > 10 && back == left, "30 days call {left} gone, who all come back: {back}");
        assert_eq!(came_back(&slow, cutoff, 63.0).0, 0);
    }

    #[test]
    fn nobody_came_back() {
        let log = log(&[&[0], &[5], &[200]]);
        assert!((inactive_days(&log) - 30.0).abs() < 1e-9);
        assert_eq!(came_back(&log, 10 * DAY_MS, 20.0), (2, 0));
    }
}
