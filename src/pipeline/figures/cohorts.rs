//! Users by the month or week of their first order, and who came again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::features::{DAY_MS, span_days};
use crate::ingest::{EventLog, Money};
use crate::pipeline::figures::history::Buyer;
use crate::store::front_page::{Cohort, Cohorts};

/// Days of log below which a cohort is a week.
const SHORT: f64 = 120.0;

/// How time is cut.
#[derive(Clone, Copy)]
enum Cut {
    Month,
    Week,
}

impl Cut {
    /// The number of a day's period.
    fn place(self, day: i64) -> i64 {
        match (self, Timestamp::from_millisecond(day.saturating_mul(DAY_MS))) {
            (Self::Month, Ok(at)) => {
                let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
                i64::from(date.year()) * 12 + i64::from(date.month()) - 1
            }
            // 1 January 1970 was a Thursday.
            _ => (day + 3).div_euclid(7),
        }
    }

    /// The day on which a period begins.
    fn start(self, place: i64) -> String {
        let date = match self {
            Self::Month => Date::new(place.div_euclid(12) as i16, place.rem_euclid(12) as i8 + 1, 1).ok(),
            Self::Week => Date::new(1970, 1, 1).ok().and_then(|first| first.checked_add((place * 7 - 3).days()).ok()),
        };
        date.map_or_else(|| place.to_string(), |date| date.to_string())
    }
}

/// A cohort as it is summed up.
#[derive(Clone, Default)]
struct Sums {
    users: u64,
    again: Vec<u64>,
    net: Vec<Money>,
}

/// The triangle; `None` where nobody came.
pub(super) fn cohorts(log: &EventLog, buyers: &[Buyer]) -> Option<Cohorts> {
    let cut = if span_days(log) < SHORT { Cut::Week } else { Cut::Month };
    let last = cut.place(log.zone.day(log.as_of));
    let mut sums: BTreeMap<i64, Sums> = BTreeMap::new();
    let mut add = |days: &mut dyn Iterator<Item = i64>, net: &[(i64, Money)]| {
        let mut places: Vec<i64> = days.map(|day| cut.place(day)).collect();
        places.dedup();
        let Some(&first) = places.first() else { return };
        let cohort = sums.entry(first).or_default();
        let periods = usize::try_from(last - first).unwrap_or_default();
        cohort.again.resize(periods, 0);
        cohort.net.resize(periods + 1, Money::default());
        cohort.users += 1;
        for place in places.iter().skip(1) {
            cohort.again[usize::try_from(place - first - 1).unwrap_or_default()] += 1;
        }
        for &(day, net) in net {
            let place = usize::try_from(cut.place(day) - first).unwrap_or_default();
            if let Some(sum) = cohort.net.get_mut(place) {
                *sum += net;
            }
        }
    };
    if buyers.is_empty() {
        for user in 0..log.users.len() as u32 {
            add(&mut log.events_of(user).map(|event| log.day(event)), &[]);
        }
    } else {
        for buyer in buyers {
            let net: Vec<(i64, Money)> = buyer.lines.iter().map(|line| (line.day, line.net)).collect();
            add(&mut buyer.days().into_iter(), &net);
        }
    }
    let has_money = !buyers.is_empty() && log.price.iter().any(|price| !price.is_nan());
    let cohort = |(&place, sums): (&i64, &Sums)| {
        let users = sums.users as f64;
        let mut spent = Money::default();
        let net = sums.net.iter().map(|&net| {
            spent += net;
            spent.amount() / users
        });
        Cohort {
            start: cut.start(place),
            users: sums.users,
            shares: sums.again.iter().map(|&again| again as f64 / users).collect(),
            net_per_user: if has_money { net.collect() } else { Vec::new() },
        }
    };
    let period = if matches!(cut, Cut::Week) { "week" } else { "month" }.to_owned();
    let by = if buyers.is_empty() { "visit" } else { "order" }.to_owned();
    (!sums.is_empty()).then(|| Cohorts { period, by, rows: sums.iter().map(cohort).collect() })
}
