//! Orders, revenue and active users by 28 days counted back from T: whole weeks, so that weekends weigh alike.

use rayon::prelude::*;

use crate::features::{DAY_MS, span_days};
use crate::ingest::{EventKind, EventLog, Money};
use crate::pipeline::figures::history::Buyer;
use crate::store::front_page::{Compared, Funnel};

/// A period.
const PERIOD: i64 = 28 * DAY_MS;
/// Periods in a year of whole weeks.
const YEAR: usize = 13;

/// Numbers period by period, the latest first; whole periods alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Periods {
    /// Orders.
    pub orders: Vec<f64>,
    /// Net revenue.
    pub revenue: Vec<f64>,
    /// Users with activity.
    pub active: Vec<f64>,
}

impl Periods {
    /// Of a log and its buyers.
    pub fn of(log: &EventLog, buyers: &[Buyer]) -> Self {
        let whole = (span_days(log) / 28.0).floor() as usize;
        let place = |time: i64| Some(((log.as_of - time) / PERIOD) as usize).filter(|&place| place < whole);
        let (mut orders, mut revenue) = (vec![0.0; whole], vec![Money::default(); whole]);
        for line in buyers.iter().flat_map(|buyer| &buyer.lines) {
            if let Some(place) = place(line.time) {
                orders[place] += f64::from(u8::from(line.is_order));
                revenue[place] += line.net;
            }
        }
        let add = |mut active: Vec<f64>, user: u32| {
            let mut last = None;
            for place in log.time[log.events_of(user)].iter().filter_map(|&time| place(time)) {
                if last.replace(place) != Some(place) {
                    active[place] += 1.0;
                }
            }
            active
        };
        let join = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let none = || vec![0.0; whole];
        let active = (0..log.users.len() as u32).into_par_iter().fold(none, add).reduce(none, join);
        Self { orders, revenue: revenue.into_iter().map(Money::amount).collect(), active }
    }
}

/// The latest period beside the one before and the same a year earlier; `None` in a log of less than 28 days.
pub(super) fn compared(periods: &[f64]) -> Option<Compared> {
    let last = *periods.first()?;
    Some(Compared { last, before: periods.get(1).copied(), year_ago: periods.get(YEAR).copied() })
}

/// Users with a view, a cart, a purchase in the last seven days.
pub(super) fn funnel(log: &EventLog) -> Funnel {
    let after = log.as_of - 7 * DAY_MS;
    let of = |user: u32| {
        let events = log.events_until(user, after).end..log.events_of(user).end;
        let has = |kind: EventKind| u64::from(log.kind[events.clone()].contains(&kind));
        [has(EventKind::View), has(EventKind::AddToCart), has(EventKind::Transaction)]
    };
    let sum = |a: [u64; 3], b: [u64; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let [view, cart, purchase] = (0..log.users.len() as u32).into_par_iter().map(of).reduce(|| [0; 3], sum);
    Funnel { view, cart, purchase }
}
