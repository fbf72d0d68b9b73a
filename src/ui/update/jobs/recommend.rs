//! Reads recommendations and catalogue, the first time that they are to be seen.

use crate::error::Result;
use crate::stage::StageId;
use crate::store::{self, DataTable, Marks, Run};
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::Pane;
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::{is_current, reason};

/// Asks for the recommendations, once per run.
pub(in crate::ui::update) fn ask(app: &mut App) -> Effects {
    let Some(run) = app.run.clone() else { return Vec::new() };
    if app.asked_recommendations {
        return Vec::new();
    }
    if !run.has("recommendations") {
        let why = reason(app, StageId::Recommend);
        app.grid_of_mut(Pane::Recommendations).take_problem(why);
        return Vec::new();
    }
    // Without the user table the segments would be missing.
    if app.users().is_none() && app.grid_of(Pane::Users).problem.is_none() {
        return Vec::new();
    }
    app.asked_recommendations = true;
    let id = run.info().id.clone();
    vec![Effect::background(Work::new(
        "read the recommendations",
        move |_| recommendations(&run),
        move |app, tables| recommended(app, &id, tables),
    ))]
}

fn recommendations(run: &Run) -> Result<(DataTable, Option<DataTable>)> {
    let table = store::recommendations(run)?;
    let items = run.has("items").then(|| DataTable::of_run(run, "items")).transpose()?;
    Ok((table, items))
}

fn recommended(app: &mut App, run: &str, tables: Result<(DataTable, Option<DataTable>)>) -> Effects {
    if !is_current(app, run) {
        return Vec::new();
    }
    match tables {
        Ok((table, items)) => {
            app.items = items;
            let room = app.room_of(Pane::Recommendations);
            let same = app.users().is_some_and(|users| users.len() == table.len());
            let marks = if same { app.grid_of(Pane::Users).marks().clone() } else { Marks::default() };
            requested(app.grid_of_mut(Pane::Recommendations).take(Some(table), marks, room))
        }
        Err(error) => {
            app.grid_of_mut(Pane::Recommendations).take_problem(error.to_string());
            Vec::new()
        }
    }
}
