//! Reads a run's user table.

use std::sync::Arc;

use crate::error::Result;
use crate::stage::StageId;
use crate::store::results::Churn;
use crate::store::{self, DataTable, Marks, Run};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::Start;
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::{reason, recommend, summarise};

/// The user table and those of its users that were marked.
type Users = (DataTable, Marks);

/// Opens the user table, if the run has one.
pub(in crate::ui::update) fn load(app: &App, run: Arc<Run>) -> Effect {
    let marked = marked(app);
    let users = move || {
        if !run.has("features") {
            return Ok(None);
        }
        let users = DataTable::users(&run)?;
        let marks = carried_over(marked, &users)?;
        Ok(Some((users, marks)))
    };
    let work = Work::new("read the users", move |_| users(), users_loaded);
    // While an earlier run is shown the keys are its own.
    Effect::background(if app.users().is_some() { work.aside() } else { work })
}

fn users_loaded(app: &mut App, users: Result<Option<Users>>) -> Effects {
    let (users, marks) = match users {
        Ok(Some(users)) => users,
        Ok(None) => {
            let why = reason(app, StageId::Features);
            return no_users(app, &why);
        }
        Err(error) => return no_users(app, &error.to_string()),
    };
    let mut effects = Vec::new();
    // Where nearly all leave the ranking is that of who comes back.
    let turned = app.run.as_ref().is_some_and(|run| run.info().detail::<Churn>().is_of_return());
    app.grid_of_mut(Pane::Churn).begin_with(Start { turned, ..Pane::Churn.description().start });
    for pane in Pane::ALL {
        let Some(PaneTable::Users { needs }) = pane.description().table else { continue };
        let room = app.room_of(pane);
        if let Some(column) = needs
            && users.column(column).is_none()
            && store::other_name(column).is_none_or(|other| users.column(other).is_none())
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
        let Drill::User(page) = drill else { continue };
        match users.row_of(&page.id) {
            Ok(Some(row)) => page.row = row,
            Ok(None) => {}
            Err(error) => page.profile = Some(Err(error.to_string())),
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

/// The users that are marked, or were when the program was left.
enum Marked {
    Rows(DataTable, Marks),
    Ids(Vec<String>),
}

fn marked(app: &App) -> Marked {
    match (app.marked_users(), &app.session) {
        (Some((table, marks)), _) => Marked::Rows(table, marks),
        (None, Some(session)) => Marked::Ids(session.marks.clone()),
        (None, None) => Marked::Ids(Vec::new()),
    }
}

/// The marked users among those of another table: by id, for their rows may be others.
fn carried_over(marked: Marked, users: &DataTable) -> Result<Marks> {
    let ids = match marked {
        Marked::Rows(table, marks) => table.texts(&marks.rows(), 0)?,
        Marked::Ids(ids) => ids,
    };
    let mut marks = Marks::default();
    marks.mark(users.rows_of(&ids)?);
    Ok(marks)
}
