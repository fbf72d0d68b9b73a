//! Reads the current run of the workspace, at first and after each run of the stages.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::pipeline;
use crate::stage::StageId;
use crate::store::{self, Beside, Marks, Run, RunInfo, Workspace};
use crate::ui::app::App;
use crate::ui::command::{Open, Runs};
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::Pane;
use crate::ui::popups::{Message, Popup};
use crate::ui::update::jobs::load_users;
use crate::ui::update::runs;

/// Reads the workspace's manifest and the current run's record.
pub(in crate::ui::update) fn open(workspace: PathBuf) -> Effect {
    Effect::background(Work::new("open the run", |_| current(workspace), run_opened))
}

/// The same after a run, when keys go on meaning what is shown until the new tables are there.
fn open_later(workspace: PathBuf) -> Effect {
    Effect::background(Work::new("open the run", |_| current(workspace), run_opened).aside())
}

/// The current run, the id of the one kept before it, and what is wrong with what stands beside its tables.
type Opened = (Run, Option<String>, Option<Error>);

fn current(root: PathBuf) -> Result<Option<Opened>> {
    let (beside, wrong) = match pipeline::beside(&root) {
        Ok(beside) => (beside, None),
        Err(error) => (Beside::default(), Some(error)),
    };
    let workspace = Workspace::open(root);
    let Some(run) = workspace.current()? else { return Ok(None) };
    let runs = workspace.runs()?;
    let earlier = runs.iter().skip_while(|id| **id != run.info().id).nth(1).cloned();
    Ok(Some((run.with_beside(beside), earlier, wrong)))
}

fn run_opened(app: &mut App, run: Result<Option<Opened>>) -> Effects {
    app.opening = false;
    match run {
        Err(error) => {
            app.tell("Workspace", &error);
            Vec::new()
        }
        Ok(None) => {
            app.stages = app.recorded_stages();
            if app.demo && app.input.is_some() { runs::start(app, false) } else { Vec::new() }
        }
        Ok(Some((run, earlier, wrong))) => {
            if let Some(wrong) = wrong {
                app.tell("Settings", &wrong);
            }
            let run = Arc::new(run);
            app.charts = StageId::ALL
                .into_iter()
                .filter_map(|id| Some((id.name(), store::charts(run.info().stage(id)?))))
                .collect();
            app.run = Some(Arc::clone(&run));
            app.earlier_run = earlier;
            app.summary = None;
            app.items = None;
            app.asked_recommendations = false;
            // The rows of the earlier run are others: none is shown until the new ones are read.
            let room = app.room_of(Pane::Recommendations);
            app.grid_of_mut(Pane::Recommendations).take(None, Marks::default(), room);
            if app.query.is_some() {
                let key = app.bindings.keys(Open::Query.into()).first().map(ToString::to_string).unwrap_or_default();
                app.query_note =
                    Some(Ok(format!("the result is of the run before; {key} and Enter run the query again")));
            }
            if !app.running {
                app.stages = app.recorded_stages();
            }
            vec![load_users::load(app, run)]
        }
    }
}

/// Asks whether the run is to be made all the same.
fn ask_again(app: &mut App, title: &str, words: &str) -> Effects {
    app.stages = app.recorded_stages();
    let again = if app.forced { Runs::All } else { Runs::Stale };
    app.popups.push(Popup::Message(Message::asked(title, words, again.into())));
    Vec::new()
}

/// The stages have ended.
pub(in crate::ui::update) fn run_ended(app: &mut App, result: Result<RunInfo>) -> Effects {
    app.running = false;
    match result {
        Ok(_) => {
            app.accept_settings = false;
            vec![open_later(app.workspace.clone())]
        }
        Err(Error::Shrunk(what)) => {
            app.accept_shrunk = true;
            ask_again(app, "The log has shrunk", &format!("{what}. Take it as it is?"))
        }
        Err(Error::Changed(what)) => {
            app.accept_settings = true;
            ask_again(app, "Other settings", &format!("{what}. Take them?"))
        }
        Err(error) => {
            app.accept_settings = false;
            app.stages = app.recorded_stages();
            let title = if matches!(error, Error::Cancelled) { "Run cancelled" } else { "Run failed" };
            app.tell(title, &error);
            Vec::new()
        }
    }
}
