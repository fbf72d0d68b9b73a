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

/// Weeks whose funnel is told.
const WEEKS: usize = 13;

/// Users with a view, a cart, a purchase in each of the last whole weeks, counted back from T, the earliest first; of a
/// shorter log in the last seven days alone.
pub(super) fn funnels(log: &EventLog) -> Vec<Funnel> {
    const WEEK: i64 = 7 * DAY_MS;
    let count = ((span_days(log) / 7.0).floor() as usize).clamp(1, WEEKS);
    let none = || vec![Funnel::default(); count];
    let add = |mut weeks: Vec<Funnel>, user: u32| {
        let mut seen = [[false; 3]; WEEKS];
        for event in log.events_of(user).rev() {
            let back = ((log.as_of - log.time[event]) / WEEK) as usize;
            if back >= count {
                break;
            }
            if let Some(step) = EventKind::FUNNEL.iter().position(|&step| step == log.kind[event]) {
                seen[back][step] = true;
            }
        }
        for (week, [view, cart, purchase]) in weeks.iter_mut().rev().zip(seen) {
            week.view += u64::from(view);
            week.cart += u64::from(cart);
            week.purchase += u64::from(purchase);
        }
        weeks
    };
    let join = |mut a: Vec<Funnel>, b: Vec<Funnel>| {
        for (a, b) in a.iter_mut().zip(b) {
            *a = Funnel { view: a.view + b.view, cart: a.cart + b.cart, purchase: a.purchase + b.purchase };
        }
        a
    };
    (0..log.users.len() as u32).into_par_iter().fold(none, add).reduce(none, join)
}
