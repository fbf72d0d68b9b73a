//! What ingest records: what became of every row, the funnel, events by day, and how far each file was read.

use serde::{Deserialize, Serialize};

use crate::ingest::{FileRead, IngestCounts};
use crate::stage::StageId;
use crate::store::charts::build::chart;
use crate::store::charts::{Chart, ChartKind, Steps, day_ticks};
use crate::store::results::Pairs;
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};

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
    /// Every UTC day from the first event to the last.
    #[serde(default, deserialize_with = "part")]
    pub events_by_day: Vec<Day>,
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

/// A UTC day such as `2015-05-03`, and its views, carted items and purchases.
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
    vec![events_by_day(&stage.detail_of::<Ingest>().events_by_day)]
}

fn events_by_day(days: &[Day]) -> Option<Chart> {
    let ends = (days.first()?.0.clone(), days.last()?.0.clone());
    let values = days.iter().map(|Day(_, views, carts, purchases)| (views + carts + purchases) as f64).collect();
    let ticks = day_ticks(&ends.0, days.len());
    let steps = Steps { x_title: "day (UTC)".to_owned(), y_title: "events a day".to_owned(), values, ends, ticks };
    Some(chart("events-by-day", "Events by day", ChartKind::Line(steps)))
}
