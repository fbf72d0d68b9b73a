//! Everything known about one user: the 360° page.

use std::cmp::Ordering;

use polars::prelude::*;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::store::activity::{
    Affinity, TimelineEvent, Week, affinity, catalogue_rows, category_paths, float, literal, timeline, weeks,
};
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Holds, Role};
use crate::store::run::Run;
use crate::store::table::DataTable;

/// One column of the user table for this user, seen against the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The column.
    pub name: String,
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
    /// The model's score, if known.
    pub score: Option<f64>,
    /// The category's path from its root, if known.
    pub category: Option<String>,
    /// The price at T, if known.
    pub price: Option<f64>,
}

/// Everything known about one user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserProfile {
    /// The id.
    pub id: String,
    /// The row of the user table.
    pub row: usize,
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
pub fn profile(run: &Run, users: &DataTable, row: usize) -> Result<UserProfile> {
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
        uplift_simulated: run.info().uplift_is_simulated(),
        attributes: attributes(frame, row)?,
        reasons: reasons(frame, row),
        weeks: weeks(&timeline),
        affinity: affinity(&timeline, &paths),
        recommendations,
        source,
        timeline,
    })
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
    let columns = frame.columns().iter().map(|column| (column, columns::role(column.name())));
    let columns: Vec<_> = columns.filter(|(_, role)| !matches!(role, Role::Key | Role::Reason)).collect();
    columns
        .into_par_iter()
        .map(|(column, role)| {
            // A number that names a thing has no percentile.
            let names_a_thing = columns::user_column(column.name()).is_some_and(|entry| entry.holds == Holds::Id);
            let numeric = column.dtype().is_primitive_numeric() && !names_a_thing;
            let (percentile, segment_mean) =
                if numeric { compare(column, row, peers.as_deref())? } else { (None, None) };
            let (name, value) = (column.name().to_string(), cell_of(column, row));
            Ok(Attribute { name, role, value, percentile, segment_mean })
        })
        .collect()
}

/// The percentile of a row's value within its column, and the mean of the column over `peers`.
fn compare(column: &Column, row: usize, peers: Option<&[bool]>) -> Result<(Option<f64>, Option<f64>)> {
    let values = column.cast(&DataType::Float64)?;
    let values = values.f64()?;
    let own = values.get(row).filter(|own| !own.is_nan());
    let (mut below, mut equal, mut known) = (0_u64, 0_u64, 0_u64);
    let (mut sum, mut count) = (0.0, 0_u64);
    let mut see = |row: usize, value: f64| {
        if value.is_nan() {
            return;
        }
        known += 1;
        match own.and_then(|own| value.partial_cmp(&own)) {
            Some(Ordering::Less) => below += 1,
            Some(Ordering::Equal) => equal += 1,
            _ => {}
        }
        if peers.is_some_and(|peers| peers[row]) {
            sum += value;
            count += 1;
        }
    };
    if let Ok(values) = values.cont_slice() {
        values.iter().enumerate().for_each(|(row, value)| see(row, *value));
    } else {
        values.iter().enumerate().for_each(|(row, value)| see(row, value.unwrap_or(f64::NAN)));
    }
    let percentile = own.map(|_| 100.0 * (below as f64 + equal as f64 / 2.0) / known as f64);
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

fn recommendations(run: &Run, id: &Cell) -> Result<(Vec<Recommendation>, Option<String>)> {
    if !run.has("recommendations") {
        return Ok((Vec::new(), None));
    }
    let row = run.scan("recommendations")?.filter(col("user_id").eq(literal(id)));
    let row = run.collect("recommendations", row)?;
    if row.height() == 0 {
        return Ok((Vec::new(), None));
    }
    let list = |name: &str| -> Result<Column> {
        // A list that is null names nothing.
        Ok(row.column(name)?.list()?.get_as_series(0).unwrap_or_default().into_column())
    };
    let (items, scores) = (list("items")?, list("scores")?);
    let ids: Vec<String> = (0..items.len()).map(|at| cell_of(&items, at).to_string()).collect();
    let known = catalogue_rows(run, &ids)?;
    let found = ids.into_iter().enumerate().map(|(at, item)| {
        let row = known.iter().find(|row| row.item == item);
        Recommendation {
            score: float(Some(&scores), at),
            category: row.and_then(|row| row.category.clone()),
            price: row.and_then(|row| row.price),
            item,
        }
    });
    let source = match row.column("source").map(|column| cell_of(column, 0)) {
        Ok(Cell::Text(source)) => Some(source),
        _ => None,
    };
    Ok((found.collect(), source))
}
