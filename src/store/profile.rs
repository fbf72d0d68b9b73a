//! Everything known about one user: the 360° page.

use polars::prelude::*;

use super::cell::{Cell, cell_of};
use super::run::Run;
use super::users::UserTable;
use crate::error::{Error, Result};

/// A week in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// A Monday: weeks start there.
const FIRST_MONDAY_MS: i64 = 4 * 86_400_000;

/// One column of the user table for this user, seen against the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The column.
    pub name: String,
    /// The user's value.
    pub value: Cell,
    /// Share of users with a smaller value plus half of those with the same, 0–100; `None` for text and null.
    pub percentile: Option<f64>,
    /// Mean over the user's segment; `None` for text, or without segments.
    pub segment_mean: Option<f64>,
}

/// A feature that moves the churn score.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The model's column.
    pub feature: String,
    /// Coefficient times standardised value, in log-odds; above 0 it pushes towards leaving.
    pub contribution: f64,
}

/// Activity of one week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Monday 00:00 UTC, milliseconds.
    pub start: i64,
    /// Views, addtocarts, transactions.
    pub events: [u32; 3],
}

/// How much of a user's activity went to one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affinity {
    /// The category's path from its root.
    pub category: String,
    /// Events on its items.
    pub events: u32,
}

/// One recommended item.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The item.
    pub item: String,
    /// The model's score.
    pub score: f64,
    /// The category's path from its root, if known.
    pub category: Option<String>,
    /// The price at T, if known.
    pub price: Option<f64>,
}

/// One event of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEvent {
    /// UTC milliseconds.
    pub time: i64,
    /// `view`, `addtocart` or `transaction`.
    pub event: String,
    /// The item.
    pub item: String,
    /// The transaction, if any.
    pub transaction: Option<String>,
    /// The price then, if known.
    pub price: Option<f64>,
}

/// Everything known about one user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserProfile {
    /// The id.
    pub id: String,
    /// The row of the user table.
    pub row: usize,
    /// Every column of the user table but the id and the churn reasons.
    pub attributes: Vec<Attribute>,
    /// What pushes the churn score up and down, strongest first.
    pub reasons: Vec<Reason>,
    /// Activity from the first week to the last, empty weeks included.
    pub weeks: Vec<Week>,
    /// Activity by category, most first; items of unknown category are left out.
    pub affinity: Vec<Affinity>,
    /// The top-5; empty where the run has none.
    pub recommendations: Vec<Recommendation>,
    /// Where the top-5 comes from.
    pub source: Option<String>,
    /// Every event, newest first.
    pub timeline: Vec<TimelineEvent>,
}

impl UserProfile {
    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Gathers the profile of the user in `row` of the user table.
pub fn profile(run: &Run, users: &UserTable, row: usize) -> Result<UserProfile> {
    let frame = users.frame();
    let id_column = frame.column("user_id")?;
    if row >= users.len() {
        return Err(Error::Missing(format!("there is no row {row} among {} users", users.len())));
    }
    let id = cell_of(id_column, row);
    let timeline = timeline(run, &id)?;
    let paths = category_paths(run, &timeline)?;
    let (recommendations, source) = recommendations(run, &id)?;
    Ok(UserProfile {
        id: id.to_string(),
        row,
        attributes: attributes(frame, row)?,
        reasons: reasons(frame, row),
        weeks: weeks(&timeline),
        affinity: affinity(&timeline, &paths),
        recommendations,
        source,
        timeline,
    })
}

/// Names of the columns that hold churn reasons: `up1`, `up1_value`, …, `down3_value`.
fn is_reason(name: &str) -> bool {
    let stem = name.strip_suffix("_value").unwrap_or(name);
    let digits = stem.strip_prefix("up").or_else(|| stem.strip_prefix("down"));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

fn attributes(frame: &DataFrame, row: usize) -> Result<Vec<Attribute>> {
    let peers: Option<Vec<bool>> = match frame.column("segment") {
        Ok(segment) => {
            let segment = segment.str()?;
            let own = segment.get(row);
            Some(segment.iter().map(|other| own.is_some() && other == own).collect())
        }
        Err(_) => None,
    };
    let columns = frame.columns().iter().filter(|column| column.name() != "user_id" && !is_reason(column.name()));
    columns
        .map(|column| {
            let value = cell_of(column, row);
            // A number that names a thing has no percentile.
            let numeric = column.dtype().is_primitive_numeric()
                && !["segment_id", "top_category"].contains(&column.name().as_str());
            let (percentile, segment_mean) = match (&value, numeric) {
                (_, false) => (None, None),
                (Cell::Null, true) => (None, compare(column, None, peers.as_deref())?.1),
                (_, true) => {
                    let own = column.cast(&DataType::Float64)?.f64()?.get(row);
                    compare(column, own, peers.as_deref())?
                }
            };
            Ok(Attribute { name: column.name().to_string(), value, percentile, segment_mean })
        })
        .collect()
}

/// The percentile of `own` within the column, and the mean of the column over `peers`.
fn compare(column: &Column, own: Option<f64>, peers: Option<&[bool]>) -> Result<(Option<f64>, Option<f64>)> {
    let values = column.cast(&DataType::Float64)?;
    let values = values.f64()?;
    let (mut below, mut equal, mut known) = (0_u64, 0_u64, 0_u64);
    let (mut sum, mut count) = (0.0, 0_u64);
    for (row, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        known += 1;
        if let Some(own) = own {
            below += u64::from(value < own);
            equal += u64::from(value == own);
        }
        if peers.is_some_and(|peers| peers[row]) {
            sum += value;
            count += 1;
        }
    }
    let percentile = own.filter(|_| known > 0).map(|_| 100.0 * (below as f64 + equal as f64 / 2.0) / known as f64);
    Ok((percentile, (count > 0).then(|| sum / count as f64)))
}

fn reasons(frame: &DataFrame, row: usize) -> Vec<Reason> {
    let text = |name: &str| frame.column(name).map_or(Cell::Null, |column| cell_of(column, row));
    let mut found = Vec::new();
    for direction in ["up", "down"] {
        for place in 1.. {
            let name = format!("{direction}{place}");
            if frame.column(&name).is_err() {
                break;
            }
            if let (Cell::Text(feature), Cell::Float(contribution)) = (text(&name), text(&format!("{name}_value"))) {
                found.push(Reason { feature, contribution });
            }
        }
    }
    found.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    found
}

/// A user's events, newest first. Only the row groups that may hold the user are read.
pub fn timeline(run: &Run, id: &Cell) -> Result<Vec<TimelineEvent>> {
    if !run.has("events") {
        return Ok(Vec::new());
    }
    let events = run.scan("events")?.filter(col("user_id").eq(literal(id))).collect()?;
    let column = |name: &str| events.column(name).ok();
    let text = |name: &str, row| match column(name).map(|column| cell_of(column, row)) {
        None | Some(Cell::Null) => None,
        Some(cell) => Some(cell.to_string()),
    };
    let rows = (0..events.height()).rev().map(|row| TimelineEvent {
        time: match column("time").map(|column| cell_of(column, row)) {
            Some(Cell::Time(time)) => time,
            _ => 0,
        },
        event: text("event", row).unwrap_or_default(),
        item: text("item_id", row).unwrap_or_default(),
        transaction: text("transaction_id", row),
        price: float(column("price"), row),
    });
    Ok(rows.collect())
}

fn literal(id: &Cell) -> Expr {
    match id {
        Cell::Int(id) => lit(*id),
        other => lit(other.to_string()),
    }
}

fn float(column: Option<&Column>, row: usize) -> Option<f64> {
    match column.map(|column| cell_of(column, row)) {
        Some(Cell::Float(value)) => Some(value),
        Some(Cell::Int(value)) => Some(value as f64),
        _ => None,
    }
}

/// What `items.parquet` says of the named items: id, category path, price.
fn catalogue_rows(run: &Run, items: &[String]) -> Result<Vec<(String, Option<String>, Option<f64>)>> {
    if items.is_empty() || !run.has("items") {
        return Ok(Vec::new());
    }
    let scan = run.scan("items")?;
    let integer = scan.clone().collect_schema()?.get("item_id").is_some_and(DataType::is_integer);
    let wanted = if integer {
        let ids: Vec<i64> = items.iter().filter_map(|id| id.parse().ok()).collect();
        Series::new("item_id".into(), ids)
    } else {
        Series::new("item_id".into(), items.to_vec())
    };
    let wanted = DataFrame::new_infer_height(vec![wanted.into_column()])?;
    let found = scan.semi_join(wanted.lazy(), col("item_id"), col("item_id")).collect()?;
    let path = |row| match found.column("category_path").map(|column| cell_of(column, row)) {
        Ok(Cell::Text(path)) => Some(path),
        _ => None,
    };
    let ids = found.column("item_id")?;
    Ok((0..found.height())
        .map(|row| (cell_of(ids, row).to_string(), path(row), float(found.column("price").ok(), row)))
        .collect())
}

fn category_paths(run: &Run, timeline: &[TimelineEvent]) -> Result<Vec<(String, Option<String>, Option<f64>)>> {
    let mut items: Vec<String> = timeline.iter().map(|event| event.item.clone()).collect();
    items.sort_unstable();
    items.dedup();
    let mut rows = catalogue_rows(run, &items)?;
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(rows)
}

fn affinity(timeline: &[TimelineEvent], paths: &[(String, Option<String>, Option<f64>)]) -> Vec<Affinity> {
    let mut found: Vec<Affinity> = Vec::new();
    for event in timeline {
        let at = paths.binary_search_by(|(item, _, _)| item.as_str().cmp(&event.item));
        let Some(path) = at.ok().and_then(|at| paths[at].1.as_ref()) else { continue };
        match found.iter_mut().find(|known| known.category == *path) {
            Some(known) => known.events += 1,
            None => found.push(Affinity { category: path.clone(), events: 1 }),
        }
    }
    found.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.category.cmp(&b.category)));
    found
}

fn weeks(timeline: &[TimelineEvent]) -> Vec<Week> {
    let start = |time: i64| (time - FIRST_MONDAY_MS).div_euclid(WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
    let (Some(newest), Some(oldest)) = (timeline.first(), timeline.last()) else { return Vec::new() };
    let first = start(oldest.time);
    let count = (start(newest.time) - first) / WEEK_MS + 1;
    let mut weeks: Vec<Week> = (0..count).map(|week| Week { start: first + week * WEEK_MS, events: [0; 3] }).collect();
    for event in timeline {
        let week = ((start(event.time) - first) / WEEK_MS) as usize;
        let kind = ["view", "addtocart", "transaction"].iter().position(|kind| *kind == event.event);
        if let Some(kind) = kind {
            weeks[week].events[kind] += 1;
        }
    }
    weeks
}

fn recommendations(run: &Run, id: &Cell) -> Result<(Vec<Recommendation>, Option<String>)> {
    if !run.has("recommendations") {
        return Ok((Vec::new(), None));
    }
    let row = run.scan("recommendations")?.filter(col("user_id").eq(literal(id))).collect()?;
    if row.height() == 0 {
        return Ok((Vec::new(), None));
    }
    let list = |name: &str| -> Result<Column> {
        Ok(row.column(name)?.list()?.get_as_series(0).unwrap_or_default().into_column())
    };
    let (items, scores) = (list("items")?, list("scores")?);
    let ids: Vec<String> = (0..items.len()).map(|at| cell_of(&items, at).to_string()).collect();
    let known = catalogue_rows(run, &ids)?;
    let found = ids.into_iter().enumerate().map(|(at, item)| {
        let row = known.iter().find(|(id, _, _)| *id == item);
        Recommendation {
            score: float(Some(&scores), at).unwrap_or(f64::NAN),
            category: row.and_then(|row| row.1.clone()),
            price: row.and_then(|row| row.2),
            item,
        }
    });
    let source = match row.column("source").map(|column| cell_of(column, 0)) {
        Ok(Cell::Text(source)) => Some(source),
        _ => None,
    };
    Ok((found.collect(), source))
}
