//! What one user did: the timeline, the weeks, the categories.

use std::sync::Arc;

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::store::cell::{Cell, cell_of};
use crate::store::engine::catalog;
use crate::store::run::Run;
use crate::zone::ShopZone;

/// A week in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// A Monday: weeks start there.
const FIRST_MONDAY_MS: i64 = 4 * 86_400_000;

/// Activity of one week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Monday 00:00 by the shop's clock, in its milliseconds.
    pub start: i64,
    /// Views, addtocarts, transactions.
    pub events: [u32; 3],
    /// Events of every kind.
    pub all: u32,
}

/// How much of a user's activity went to one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affinity {
    /// The category's path from its root.
    pub category: String,
    /// Events on its items.
    pub events: u32,
}

/// One event of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEvent {
    /// UTC milliseconds.
    pub time: i64,
    /// Its kind, such as `view` or `transaction`.
    pub event: String,
    /// The item, if the event names one.
    pub item: Option<String>,
    /// How the item is called, where that is known.
    pub name: Option<String>,
    /// The transaction, if any.
    pub transaction: Option<String>,
    /// The price then, if known.
    pub price: Option<f64>,
}

impl TimelineEvent {
    /// What the catalogue's rows, ordered by item, say of its item.
    fn row_among<'a>(&self, rows: &'a [CatalogueRow]) -> Option<&'a CatalogueRow> {
        let item = self.item.as_ref()?;
        rows.binary_search_by(|row| row.item.cmp(item)).ok().map(|at| &rows[at])
    }
}

/// A user's events, newest first. Only the row groups that may hold the user are read.
pub fn timeline(run: &Run, id: &Cell) -> Result<Vec<TimelineEvent>> {
    if !run.has("events") {
        return Ok(Vec::new());
    }
    let events = rows_with(run, "events", "user_id", std::slice::from_ref(id))?;
    let column = |name: &str| events.column(name).ok();
    let text = |name: &str, row| match column(name).map(|column| cell_of(column, row)) {
        None | Some(Cell::Null) => None,
        Some(cell) => Some(cell.to_string()),
    };
    let lacks =
        |what: &str| Error::damaged_run(run.path("events.parquet"), format!("an event of user {id} has no {what}"));
    let rows = (0..events.height()).rev().map(|row| {
        let Some(Cell::Time(time)) = column("time").map(|column| cell_of(column, row)) else {
            return Err(lacks("time"));
        };
        Ok(TimelineEvent {
            time,
            event: text("event", row).ok_or_else(|| lacks("kind"))?,
            item: text("item_id", row),
            name: None,
            transaction: text("transaction_id", row),
            price: float(column("price"), row),
        })
    });
    rows.collect()
}

/// The rows of a run's table in which a column has one of some values.
pub(super) fn rows_with(run: &Run, table: &str, column: &str, values: &[Cell]) -> Result<DataFrame> {
    let stored = catalog::open(run, table)?.ok_or_else(|| run.lacks(table))?;
    Arc::new(stored).rows_with(column, values)
}

pub(super) fn float(column: Option<&Column>, row: usize) -> Option<f64> {
    match column.map(|column| cell_of(column, row)) {
        Some(Cell::Float(value)) => Some(value),
        Some(Cell::Int(value)) => Some(value as f64),
        _ => None,
    }
}

/// What the catalogue says of an item.
pub(super) struct CatalogueRow {
    pub item: String,
    /// How it is called.
    pub name: Option<String>,
    /// How its category is called, else its path from the root.
    pub category: Option<String>,
    pub price: Option<f64>,
}

/// The catalogue's rows of the named items.
pub(super) fn catalogue_rows(run: &Run, items: &[String]) -> Result<Vec<CatalogueRow>> {
    if items.is_empty() || !run.has("items") {
        return Ok(Vec::new());
    }
    let wanted: Vec<Cell> = items.iter().map(|item| Cell::Text(item.clone())).collect();
    let found = rows_with(run, "items", "item_id", &wanted)?;
    let text = |name: &str, row| match found.column(name).map(|column| cell_of(column, row)) {
        Ok(Cell::Text(text)) => Some(text),
        _ => None,
    };
    let ids = found.column("item_id")?;
    let rows = (0..found.height()).map(|row| CatalogueRow {
        item: cell_of(ids, row).to_string(),
        name: text("name", row),
        category: text("category_name", row).or_else(|| text("category_path", row)),
        price: float(found.column("price").ok(), row),
    });
    Ok(rows.collect())
}

/// The catalogue's rows of the items of a timeline, by item; the timeline's items are called as they say.
pub(super) fn name_items(run: &Run, timeline: &mut [TimelineEvent]) -> Result<Vec<CatalogueRow>> {
    let mut items: Vec<String> = timeline.iter().filter_map(|event| event.item.clone()).collect();
    items.sort_unstable();
    items.dedup();
    let mut rows = catalogue_rows(run, &items)?;
    rows.sort_by(|a, b| a.item.cmp(&b.item));
    for event in timeline {
        event.name = event.row_among(&rows).and_then(|row| row.name.clone());
    }
    Ok(rows)
}

pub(super) fn affinity(timeline: &[TimelineEvent], paths: &[CatalogueRow]) -> Vec<Affinity> {
    let mut found: Vec<Affinity> = Vec::new();
    for event in timeline {
        let Some(path) = event.row_among(paths).and_then(|row| row.category.as_ref()) else { continue };
        match found.iter_mut().find(|known| known.category == *path) {
            Some(known) => known.events += 1,
            None => found.push(Affinity { category: path.clone(), events: 1 }),
        }
    }
    found.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.category.cmp(&b.category)));
    found
}

/// Activity week by week of the shop's clock, from that of the first event to that of `as_of`.
pub(super) fn weeks(timeline: &[TimelineEvent], as_of: i64, zone: &ShopZone) -> Vec<Week> {
    let start = |time: i64| (zone.clock(time) - FIRST_MONDAY_MS).div_euclid(WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
    let times = || timeline.iter().map(|event| event.time);
    let (Some(oldest), Some(newest)) = (times().min(), times().max()) else { return Vec::new() };
    let first = start(oldest);
    let count = (start(newest.max(as_of)) - first) / WEEK_MS + 1;
    let mut weeks: Vec<Week> =
        (0..count).map(|week| Week { start: first + week * WEEK_MS, events: [0; 3], all: 0 }).collect();
    for event in timeline {
        let week = ((start(event.time) - first) / WEEK_MS) as usize;
        weeks[week].all += 1;
        let kind = ["view", "addtocart", "transaction"].iter().position(|kind| *kind == event.event);
        if let Some(kind) = kind {
            weeks[week].events[kind] += 1;
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_go_on_to_the_end_of_the_log_and_count_events_of_every_kind() {
        let event = |day: i64, event: &str| TimelineEvent {
            time: day * 86_400_000,
            event: event.to_owned(),
            item: None,
            name: None,
            transaction: None,
            price: None,
        };
        // Day 4 is a Monday; the log ends on the Sunday of the third week after it.
        let weeks = weeks(&[event(10, "response"), event(4, "view")], 31 * 86_400_000, &ShopZone::default());
        assert_eq!(weeks.iter().map(|week| week.all).collect::<Vec<_>>(), [2, 0, 0, 0]);
        assert_eq!((weeks[0].start, weeks[0].events), (FIRST_MONDAY_MS, [1, 0, 0]));
    }
}
