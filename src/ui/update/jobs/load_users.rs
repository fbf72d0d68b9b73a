//! Reads a run's user table.

use std::sync::Arc;

use crate::error::Result;
use crate::stage::StageId;
use crate::store::{DataTable, Marks, Run};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::{reason, recommend, summarise};

/// Reads the user table, if the run has one.
pub(in crate::ui::update) fn load(run: Arc<Run>) -> Effect {
    let users = move || if run.has("features") { DataTable::users(&run).map(Some) } else { Ok(None) };
    Effect::background(Work::new("read the users", move |_| users(), users_loaded))
}

fn users_loaded(app: &mut App, users: Result<Option<DataTable>>) -> Effects {
    let users = match users {
        Ok(Some(users)) => users,
        Ok(None) => {
            let why = reason(app, StageId::Features);
            return no_users(app, &why);
        }
        Err(error) => return no_users(app, &error.to_string()),
    };
    let marks = carried_over(app, &users);
    let mut effects = Vec::new();
    for pane in Pane::ALL {
        let Some(PaneTable::Users { needs }) = pane.description().table else { continue };
        let room = app.room_of(pane);
        if let Some(column) = needs
            && users.column(column).is_none()
            && let Some(stage) = pane.stage()
        {
            let why = reason(app, stage);
            app.grid_of_mut(pane).take_problem(why);
            continue;
        }
        effects.extend(requested(app.grid_of_mut(pane).take(Some(users.clone()), marks.clone(), room)));
    }
    app.session = None;
    for drill in &mut app.drills {
        if let Drill::User(page) = drill
            && let Some(row) = users.row_of(&page.id)
        {
            page.row = row;
        }
    }
    if let Some(run) = app.run.clone() {
        effects.push(summarise::summarise(run, users));
    }
    if app.pane.description().table == Some(PaneTable::Recommendations) {
        effects.extend(recommend::ask(app));
    }
    effects
}

fn no_users(app: &mut App, why: &str) -> Effects {
    for pane in Pane::of_users().chain([Pane::Segments]) {
        app.grid_of_mut(pane).take_problem(why.to_owned());
    }
    Vec::new()
}

/// The marked users among those of another table: by id, for their rows may be others.
fn carried_over(app: &App, users: &DataTable) -> Marks {
    let mut marks = Marks::default();
    let grid = app.grid_of(Pane::Users);
    let ids: Vec<String> = match (grid.table(), &app.session) {
        (Some(table), _) => {
            grid.marks().rows().into_iter().map(|row| table.cell(row as usize, 0).to_string()).collect()
        }
        (None, Some(session)) => session.marks.clone(),
        (None, None) => Vec::new(),
    };
    let rows: Vec<u32> = ids.iter().filter_map(|id| users.row_of(id)).map(|row| row as u32).collect();
    marks.mark(&rows);
    marks
}
