//! Reads the current run of the workspace, at first and after each run of the stages.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline;
use crate::stage::StageId;
use crate::store::{self, Beside, Course, DatedRun, Marks, Run, RunInfo, Workspace};
use crate::ui::app::App;
use crate::ui::command::{Open, Runs};
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::front::Front;
use crate::ui::pane::Pane;
use crate::ui::popups::{Message, Popup};
use crate::ui::update::jobs::{load_users, start};

/// Reads the workspace's manifest and the current run's record.
pub(in crate::ui::update) fn open(workspace: PathBuf) -> Effect {
    Effect::background(Work::new("open the run", |_| current(workspace), run_opened))
}

/// The same after a run, when keys go on meaning what is shown until the new tables are there.
fn open_later(workspace: PathBuf) -> Effect {
    Effect::background(Work::new("open the run", |_| current(workspace), run_opened).aside())
}

/// The current run, the others that are kept, the page of its figures, and what is wrong with what stands beside its
/// tables.
type Opened = (Run, Vec<(String, Option<DatedRun>)>, Front, Vec<Error>);

fn current(root: PathBuf) -> Result<Option<Opened>> {
    let mut wrong = Vec::new();
    let beside = pipeline::beside(&root).unwrap_or_else(|error| {
        wrong.push(error);
        Beside::default()
    });
    let course = store::course(&root).unwrap_or_else(|error| {
        wrong.push(error);
        Course::default()
    });
    let workspace = Workspace::open(root);
    let Some(run) = workspace.current()? else { return Ok(None) };
    let runs = workspace.runs()?;
    let dated = |id: &String| course.runs.iter().find(|run| run.id == *id).cloned();
    let others = runs.iter().filter(|id| **id != run.info().id).map(|id| (id.clone(), dated(id))).collect();
    let front = Front::of(&run, course);
    Ok(Some((run.with_beside(beside), others, front, wrong)))
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
            if app.demo && app.input.is_some() { start::start(app, false) } else { Vec::new() }
        }
        Ok(Some((run, others, front, wrong))) => {
            for wrong in wrong {
                app.tell("Workspace", &wrong);
            }
            let unfolded = app.front.unfolded;
            app.front = Front { unfolded, ..front };
            let run = Arc::new(run);
            app.charts = StageId::ALL
                .into_iter()
                .filter_map(|id| Some((id.name(), store::charts(run.info().stage(id)?))))
                .collect();
            if let Some(before) = app.run.replace(Arc::clone(&run)).filter(|before| before.info().id != run.info().id) {
                app.last_seen = Some(before.info().id.clone());
            }
            app.kept_runs = others;
            app.newer_run = None;
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

/// Looks whether the workspace has a run newer than the one shown: that is told, or opened where the workbench watches.
pub(in crate::ui::update) fn look_for_newer(app: &App) -> Vec<Effect> {
    let Some(run) = &app.run else { return Vec::new() };
    let (shown, root) = (run.info().id.clone(), app.workspace.clone());
    let find = move |_: &Job| Ok(Workspace::open(root).runs()?.into_iter().next().filter(|id| *id != shown));
    vec![Effect::background(Work::new("look for a newer run", find, newer_found).quietly())]
}

fn newer_found(app: &mut App, newer: Result<Option<String>>) -> Effects {
    // A workspace that cannot be read at the moment is looked at again soon.
    let Ok(newer) = newer else { return Vec::new() };
    if app.running || app.newer_run == newer {
        return Vec::new();
    }
    app.newer_run = newer;
    app.dirty = true;
    if app.watch && app.newer_run.is_some() { vec![open_later(app.workspace.clone())] } else { Vec::new() }
}

/// Opens the newer run.
pub(in crate::ui::update) fn open_newer(app: &App) -> Effects {
    vec![open(app.workspace.clone())]
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
            if matches!(error, Error::Cancelled) {
                app.say("Run cancelled", &error);
            } else {
                app.tell("Run failed", &error);
            }
            Vec::new()
        }
    }
}
