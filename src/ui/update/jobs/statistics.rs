//! Counts what a column of a table holds, and groups a table's rows by one.

use crate::error::{Error, Result};
use crate::store::{DataTable, Groups, Marks, Order, Statistics};
use crate::ui::app::App;
use crate::ui::drill::{Drill, GroupsPage};
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::popups::{Popup, StatisticsBox};
use crate::ui::update::jobs::order::requested;

/// Values that statistics list.
const VALUES: usize = 30;

/// Counts what a column holds in some rows, for the box that waits for it.
pub(in crate::ui::update) fn count(waiting: &StatisticsBox, table: DataTable, rows: Order, column: usize) -> Effect {
    let generation = waiting.generation;
    let work = Work::new(
        "count what a column holds",
        move |job| table.statistics(&rows, column, VALUES, job),
        move |app, told| counted(app, generation, told),
    );
    Effect::Work(work, waiting.job.clone())
}

fn counted(app: &mut App, generation: u64, told: Result<Statistics>) -> Effects {
    let waiting = app.popups.iter_mut().find_map(|popup| match popup {
        Popup::Statistics(waiting) if waiting.generation == generation => Some(waiting),
        _ => None,
    });
    if let Some(waiting) = waiting {
        waiting.take(told.map_err(|error| error.to_string()));
    }
    Vec::new()
}

/// What is to be grouped.
pub(in crate::ui::update) struct Grouped {
    /// The table.
    pub(in crate::ui::update) table: DataTable,
    /// Its rows.
    pub(in crate::ui::update) rows: Order,
    /// The column they are grouped by.
    pub(in crate::ui::update) column: usize,
    /// The columns whose means are told.
    pub(in crate::ui::update) measured: Vec<usize>,
    /// What the rows are.
    pub(in crate::ui::update) noun: &'static str,
}

/// Groups rows, for the page that waits for it.
pub(in crate::ui::update) fn group(waiting: &GroupsPage, asked: Grouped) -> Effect {
    let generation = waiting.generation;
    let work = Work::new(
        "group rows",
        move |job| asked.table.groups(&asked.rows, asked.column, &asked.measured, asked.noun, job),
        move |app, groups| grouped(app, generation, groups),
    );
    Effect::Work(work, waiting.job.clone())
}

fn grouped(app: &mut App, generation: u64, groups: Result<Groups>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Groups(page) if page.generation == generation => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    match groups {
        Ok(groups) => {
            let table = groups.table.clone();
            page.take(Ok(groups));
            requested(page.grid.take(Some(table), Marks::default(), room))
        }
        Err(Error::Cancelled) => Vec::new(),
        Err(error) => {
            page.take(Err(error.to_string()));
            Vec::new()
        }
    }
}
