//! Computes what the panes say of all users.

use std::sync::Arc;

use crate::error::Result;
use crate::stage::StageId;
use crate::store::{self, DataTable, Marks, Run, Summary};
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::Pane;
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::{is_current, reason};

/// Summarises the users of a run.
pub(in crate::ui::update) fn summarise(run: Arc<Run>, users: DataTable) -> Effect {
    let id = run.info().id.clone();
    let work = Work::new(
        "summarise the users",
        move |job| store::summary(&run, &users, job).map(Arc::new),
        move |app, summary| summarised(app, &id, summary),
    );
    // Few keys need it, and those wait for it (see `ahead`).
    Effect::background(work.aside())
}

fn summarised(app: &mut App, run: &str, summary: Result<Arc<Summary>>) -> Effects {
    if !is_current(app, run) {
        return Vec::new();
    }
    let room = app.room_of(Pane::Segments);
    let mut effects = Vec::new();
    match &summary {
        Ok(summary) => {
            if let Some(segments) = &summary.segments {
                let requests = app.grid_of_mut(Pane::Segments).take(Some(segments.clone()), Marks::default(), room);
                effects = requested(requests);
            } else {
                let why = reason(app, StageId::Segments);
                app.grid_of_mut(Pane::Segments).take_problem(why);
            }
        }
        Err(error) => app.grid_of_mut(Pane::Segments).take_problem(error.to_string()),
    }
    app.summary = Some(summary.map_err(|error| error.to_string()));
    effects
}
