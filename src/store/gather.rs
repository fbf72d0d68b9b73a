//! Gathers what is known of one user from the tables of a run.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::store::activity::{affinity, catalogue_rows, float, name_items, rows_with, timeline, weeks};
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Role, Shown};
use crate::store::notes::{Note, Notes};
use crate::store::profile::{Attribute, Recommendation, UserProfile};
use crate::store::run::Run;
use crate::store::sentence::sentence;
use crate::store::table::DataTable;
use crate::store::terms::{Terms, USERS};
use crate::store::why::{Why, reasons};

/// Gathers the profile of the user in `row` of the user table, but for what all users are asked about: see [`standing`](crate::store::standing).
///
/// # Errors
/// [`Error::Missing`] for a row beyond the table's end, [`Error::Damaged`] where the run's tables do not read.
pub fn profile(run: &Run, users: &DataTable, row: usize) -> Result<UserProfile> {
    if row >= users.len() {
        return Err(Error::Missing(format!("there is no row {row} among {} users", users.len())));
    }
    let frame = users.select(&[row as u32], None)?;
    let id = cell_of(frame.column("user_id")?, 0);
    let mut timeline = timeline(run, &id)?;
    let paths = name_items(run, &mut timeline)?;
    let Lists { recommendations, again, source } = lists(run, &id)?;
    let terms = Terms::of(run.info());
    let attributes = shown(&frame).map(|(column, role)| Attribute {
        name: column.name().to_string(),
        label: terms.label(USERS, column.name()),
        shown: terms.shown(USERS, column.name()).unwrap_or(Shown::Plain),
        role,
        value: cell_of(column, 0),
        percentile: None,
        segment_mean: None,
        largest: None,
    });
    let (reasons, base) = reasons(&frame, 0, &terms.currency);
    let as_of = run.info().as_of;
    let silent = timeline.first().map(|last| (as_of - last.time).max(0) as f64 / DAY_MS);
    let (note, note_problem) = note_of(run, &id.to_string());
    let mut profile = UserProfile {
        id: id.to_string(),
        row,
        sentence: String::new(),
        note,
        note_problem,
        as_of,
        zone: terms.zone.clone(),
        silent_days: silent,
        currency: terms.currency.clone(),
        uplift_simulated: run.info().uplift_is_simulated(),
        attributes: attributes.collect(),
        why: Why::of(base, &reasons),
        reasons,
        weeks: weeks(&timeline, as_of, &terms.zone),
        affinity: affinity(&timeline, &paths),
        recommendations,
        again,
        source,
        timeline,
    };
    profile.sentence = sentence(&profile, &terms);
    Ok(profile)
}

/// What was written about a user, and why that may be missing.
fn note_of(run: &Run, id: &str) -> (Option<Note>, Option<String>) {
    match Notes::read(run.workspace()) {
        Ok(Some(notes)) => (notes.of_user(id).cloned(), notes.problem()),
        Ok(None) => (None, None),
        Err(error) => (None, Some(error.to_string())),
    }
}

/// A day in milliseconds.
const DAY_MS: f64 = 86_400_000.0;

/// The columns of the page's attributes.
fn shown(frame: &DataFrame) -> impl Iterator<Item = (&Column, Role)> {
    let columns = frame.columns().iter().map(|column| (column, columns::role(column.name())));
    columns.filter(|(_, role)| !matches!(role, Role::Key | Role::Reason))
}

/// The lists of items of a user.
#[derive(Debug, Default)]
struct Lists {
    recommendations: Vec<Recommendation>,
    again: Vec<Recommendation>,
    source: Option<String>,
}

fn lists(run: &Run, id: &Cell) -> Result<Lists> {
    if !run.has("recommendations") {
        return Ok(Lists::default());
    }
    let row = rows_with(run, "recommendations", "user_id", std::slice::from_ref(id))?;
    if row.height() == 0 {
        return Ok(Lists::default());
    }
    let source = match row.column("source").map(|column| cell_of(column, 0)) {
        Ok(Cell::Text(source)) => Some(source),
        _ => None,
    };
    // Runs of earlier versions tell one source for the whole list, and nothing of what is bought again.
    let optional = |name: &str| row.column(name).is_ok().then(|| list(&row, name)).transpose();
    let (items, scores) = (list(&row, "items")?, list(&row, "scores")?);
    let sources = optional("sources")?;
    let mut recommendations = named(run, &items, &scores)?;
    for (at, entry) in recommendations.iter_mut().enumerate() {
        entry.source = sources.as_ref().map(|sources| cell_of(sources, at).to_string());
    }
    let mut again = Vec::new();
    if let (Some(items), Some(chances), Some(due)) =
        (optional("again_items")?, optional("again_scores")?, optional("again_due_days")?)
    {
        again = named(run, &items, &chances)?;
        for (at, entry) in again.iter_mut().enumerate() {
            entry.due_days = float(Some(&due), at);
        }
    }
    Ok(Lists { recommendations, again, source })
}

/// A list of the first row; one that is null names nothing.
fn list(row: &DataFrame, name: &str) -> Result<Column> {
    Ok(row.column(name)?.list()?.get_as_series(0).unwrap_or_default().into_column())
}

/// Items with what the catalogue knows of them.
fn named(run: &Run, items: &Column, scores: &Column) -> Result<Vec<Recommendation>> {
    let ids: Vec<String> = (0..items.len()).map(|at| cell_of(items, at).to_string()).collect();
    let known = catalogue_rows(run, &ids)?;
    let found = ids.into_iter().enumerate().map(|(at, item)| {
        let row = known.iter().find(|row| row.item == item);
        Recommendation {
            score: float(Some(scores), at),
            source: None,
            name: row.and_then(|row| row.name.clone()),
            category: row.and_then(|row| row.category.clone()),
            price: row.and_then(|row| row.price),
            due_days: None,
            item,
        }
    });
    Ok(found.collect())
}
