//! Everything known about one user: the 360° page.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::store::activity::{
    Affinity, TimelineEvent, Week, affinity, catalogue_rows, float, name_items, rows_with, timeline, weeks,
};
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Role, Shown};
use crate::store::run::Run;
use crate::store::standing::Standing;
use crate::store::table::DataTable;
use crate::store::terms::{Terms, USERS};

/// One column of the user table for this user, seen against the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The column.
    pub name: String,
    /// What it is called on screen.
    pub label: String,
    /// How its values are shown.
    pub shown: Shown,
    /// Its part on the page.
    pub role: Role,
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

/// One recommended item.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The item.
    pub item: String,
    /// How it is called, where that is known.
    pub name: Option<String>,
    /// The model's score; `None` where the model said nothing of it.
    pub score: Option<f64>,
    /// Where it comes from: the model, or `category` and `shop` for what is popular there; `None` in runs that tell no
    /// such thing.
    pub source: Option<String>,
    /// How its category is called, else the category's path from its root, if known.
    pub category: Option<String>,
    /// The price at T, if known.
    pub price: Option<f64>,
    /// Days until it is due by the user's rhythm, negative where it is overdue; of what is bought again only.
    pub due_days: Option<f64>,
}

impl Recommendation {
    /// When it is due, in words; empty where no rhythm is known.
    pub fn due(&self) -> String {
        match self.due_days.map(|days| days.round() as i64) {
            None => String::new(),
            Some(0) => "due now".to_owned(),
            Some(days) if days < 0 => format!("{} d overdue", days.unsigned_abs()),
            Some(days) => format!("due in {days} d"),
        }
    }

    /// The score in words: a number, else why there is none.
    pub fn scored(&self, number: impl Fn(f64) -> String) -> String {
        match (self.score.filter(|score| !score.is_nan()), self.source.as_deref()) {
            (Some(score), _) => number(score),
            (None, Some("category" | "shop")) => POPULAR.to_owned(),
            (None, _) => "–".to_owned(),
        }
    }
}

/// What stands in place of a score for an item that is popular, and of which the model says nothing.
pub const POPULAR: &str = "popular";

/// Everything known about one user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserProfile {
    /// The id.
    pub id: String,
    /// The row of the user table.
    pub row: usize,
    /// What stands behind money; empty where the run does not know it.
    pub currency: String,
    /// Whether the uplift is of a simulated campaign.
    pub uplift_simulated: bool,
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
    /// What was bought before and is likely to be bought again; the score is how likely within the days ahead.
    pub again: Vec<Recommendation>,
    /// Where the top-5 comes from.
    pub source: Option<String>,
    /// Every event, newest first.
    pub timeline: Vec<TimelineEvent>,
}

impl UserProfile {
    /// With each attribute seen against the other users.
    #[must_use]
    pub fn with_standing(mut self, standing: &[Standing]) -> Self {
        for attribute in &mut self.attributes {
            if let Some(found) = standing.iter().find(|found| found.column == attribute.name) {
                (attribute.percentile, attribute.segment_mean) = (found.percentile, found.segment_mean);
            }
        }
        self
    }

    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

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
    });
    Ok(UserProfile {
        id: id.to_string(),
        row,
        currency: terms.currency.clone(),
        uplift_simulated: run.info().uplift_is_simulated(),
        attributes: attributes.collect(),
        reasons: reasons(&frame, 0),
        weeks: weeks(&timeline),
        affinity: affinity(&timeline, &paths),
        recommendations,
        again,
        source,
        timeline,
    })
}

/// The columns of the page's attributes.
fn shown(frame: &DataFrame) -> impl Iterator<Item = (&Column, Role)> {
    let columns = frame.columns().iter().map(|column| (column, columns::role(column.name())));
    columns.filter(|(_, role)| !matches!(role, Role::Key | Role::Reason))
}

fn reasons(frame: &DataFrame, row: usize) -> Vec<Reason> {
    let text = |name: &str| frame.column(name).map_or(Cell::Null, |column| cell_of(column, row));
    let mut found = Vec::new();
    for column in frame.columns() {
        if let (Some(group), Cell::Float(contribution)) = (column.name().strip_prefix("because_"), cell_of(column, row))
        {
            let feature = if group == "rest" { "together with the rest" } else { group }.to_owned();
            found.push(Reason { feature, contribution });
        }
    }
    // Runs of version 0.1 tell single features.
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
