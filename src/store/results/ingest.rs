//! What ingest records: what became of every row, the funnel, events by day, and how far each file was read.

use serde::{Deserialize, Serialize};

use crate::ingest::{FileRead, IngestCounts};
use crate::stage::StageId;
use crate::store::charts::build::chart;
use crate::store::charts::{Chart, ChartKind, Steps, day_ticks};
use crate::store::results::Pairs;
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};
use crate::zone::ShopZone;

/// Ingest's results.
#[derive(Clone, Copy, Debug)]
pub enum Ingest {}

impl Recorded for Ingest {
    const STAGE: StageId = StageId::Ingest;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How much the log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {
    /// Accepted events.
    pub events: Option<u64>,
    /// Distinct users.
    pub users: Option<u64>,
    /// Distinct items.
    pub items: Option<u64>,
}

/// The account of the reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// What was read, as the run and the report tell it.
    #[serde(default, deserialize_with = "part")]
    pub input: Option<Input>,
    /// What became of every row.
    #[serde(default, deserialize_with = "part")]
    pub counts: Option<IngestCounts>,
    /// T: the latest accepted timestamp, UTC milliseconds.
    #[serde(default, deserialize_with = "part")]
    pub as_of: Option<i64>,
    /// From view to cart to purchase.
    #[serde(default, deserialize_with = "part")]
    pub funnel: Option<Funnel>,
    /// Every day of the shop from the first event to the last.
    #[serde(default, deserialize_with = "part")]
    pub events_by_day: Vec<Day>,
    /// The shop's clock, where it is not UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ShopZone>,
    /// In what money is counted, where the log names one currency and no `ingest.rates` say what others are worth.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// For a later run to go on with.
    #[serde(default, deserialize_with = "part")]
    pub read: Option<Reading>,
}

/// What was read; also the `input` of `run.json` and of the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The shape that the log was read in.
    #[serde(default, deserialize_with = "part")]
    pub layout: Option<String>,
    /// Event rows.
    #[serde(default, deserialize_with = "part")]
    pub events: Rows,
    /// Distinct users.
    #[serde(default, deserialize_with = "part")]
    pub users: Option<u64>,
    /// Distinct items.
    #[serde(default, deserialize_with = "part")]
    pub items: Option<u64>,
}

/// What became of the event rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Rows read.
    #[serde(default, deserialize_with = "part")]
    pub read: Option<u64>,
    /// Events in the log.
    #[serde(default, deserialize_with = "part")]
    pub accepted: Option<u64>,
    /// Rows dropped because they repeat another.
    #[serde(default, deserialize_with = "part")]
    pub duplicates: Option<u64>,
    /// Rows of orders of which a newer export tells how they stand now.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub replaced: Option<u64>,
    /// Rows rejected, by reason.
    #[serde(default, deserialize_with = "part")]
    pub rejected: Pairs<u64>,
    /// Rows that are no event of the shop, by name.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Pairs::is_empty")]
    pub ignored: Pairs<u64>,
}

/// Events and users at each step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// Views.
    pub view: Option<u64>,
    /// Users with a view.
    pub users_view: Option<u64>,
    /// Carted items.
    pub addtocart: Option<u64>,
    /// Users who put something into a cart.
    pub users_addtocart: Option<u64>,
    /// Purchases.
    pub transaction: Option<u64>,
    /// Users who bought.
    pub users_transaction: Option<u64>,
}

/// A day of the shop such as `2015-05-03`, and its views, carted items and purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day(pub String, pub u64, pub u64, pub u64);

/// What a run records of its reading, for a later one to go on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The key of the settings.
    pub settings: String,
    /// Whether every file could name orders.
    pub orders: bool,
    /// How far each event file was read.
    pub files: Vec<FileRead>,
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    let detail = stage.detail_of::<Ingest>();
    vec![events_by_day(&detail.events_by_day, &detail.zone.unwrap_or_default())]
}

fn events_by_day(days: &[Day], zone: &ShopZone) -> Option<Chart> {
    course(days, zone, "events-by-day", "Events", |Day(_, views, carts, purchases)| (views + carts + purchases) as f64)
}

/// Days up to which a chart has one step a day; above it has one a week, so that the line can be read.
pub const DAILY: usize = 180;

/// What is counted of the days of a log, one step a day, or of a long log one a whole week, counted back from its last day.
pub fn course(days: &[Day], zone: &ShopZone, id: &'static str, what: &str, of: impl Fn(&Day) -> f64) -> Option<Chart> {
    let (step, period) = if days.len() > DAILY { (7, "week") } else { (1, "day") };
    let kept = &days[days.len() % step..];
    let ends = (kept.first()?.0.clone(), kept.last()?.0.clone());
    let ticks = day_ticks(&ends.0, kept.len()).into_iter().map(|(place, label)| (place / step as f64, label));
    let steps = Steps {
        x_title: format!("{period} ({zone})"),
        y_title: format!("{} a {period}", what.to_lowercase()),
        values: kept.chunks(step).map(|days| days.iter().map(&of).sum()).collect(),
        ticks: ticks.collect(),
        ends,
    };
    Some(chart(id, &format!("{what} by {period}"), ChartKind::Line(steps)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(days: &[Day], of: impl Fn(&Day) -> f64) -> (String, Steps) {
        let chart = course(days, &ShopZone::default(), "events-by-day", "Events", of).unwrap();
        let ChartKind::Line(steps) = chart.kind else { unreachable!() };
        (chart.title, steps)
    }

    #[test]
    fn a_long_log_is_drawn_by_whole_weeks() {
        let first: jiff::civil::Date = "2024-07-01".parse().unwrap();
        let one = |at: i64| Day((first + jiff::Span::new().days(at)).to_string(), 1, 0, at as u64 % 2);
        let long: Vec<Day> = (0..402).map(one).collect();
        let (title, steps) = line(&long, |Day(_, views, ..)| *views as f64);
        assert_eq!((title.as_str(), steps.ends.0.as_str()), ("Events by week", "2024-07-04"));
        assert!(steps.values.len() == 57 && steps.values.iter().all(|sum| (*sum - 7.0).abs() < 1e-9));
        // Three days are left out, and the first of September is 59 days, or 8.4 weeks, from the fourth of July.
        let (place, label) = &steps.ticks[0];
        assert!(label == "Sep 2024" && (place - 59.0 / 7.0).abs() < 1e-9, "{place} {label}");
        let (title, steps) = line(&long[..30], |Day(.., bought)| *bought as f64);
        assert_eq!((title.as_str(), steps.values.len()), ("Events by day", 30));
        assert_eq!(steps.values.iter().sum::<f64>() as u64, 15);
    }
}
