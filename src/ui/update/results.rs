//! Answers of background work.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::format;
use crate::job::Job;
use crate::stage::StageId;
use crate::store::{self, Comparison, DataTable, ItemProfile, Marks, Run, RunInfo, Summary, UserProfile};
use crate::ui::app::App;
use crate::ui::command::{Open, Runs};
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, requested};
use crate::ui::grid::Answer;
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::popups::{Message, Popup};
use crate::ui::update::runs;
use crate::ui::work::Work;

pub(super) fn run_opened(app: &mut App, run: Result<Option<(Run, Option<String>)>>) -> Effects {
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
        Ok(Some((run, earlier))) => {
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
            vec![Effect::Work(Work::LoadUsers(run), Job::new())]
        }
    }
}

/// Why a stage has no answer.
fn reason(app: &App, stage: StageId) -> String {
    let record = app.run.as_ref().and_then(|run| run.info().stage(stage).cloned());
    match record.map(|record| (record.state, record.reason)) {
        Some((state, Some(reason))) => format!("{} {state}: {reason}", stage.name()),
        Some((state, None)) => format!("{} {state}", stage.name()),
        None => format!("{} is not part of this run", stage.name()),
    }
}

pub(super) fn users_loaded(app: &mut App, users: Result<Option<DataTable>>) -> Effects {
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
        effects.push(Effect::Work(Work::Summarise(run, users), Job::new()));
    }
    if app.pane == Pane::Recommendations {
        effects.extend(ask_recommendations(app));
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

pub(super) fn summarised(app: &mut App, run: &str, summary: Result<Arc<Summary>>) -> Effects {
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

fn is_current(app: &App, run: &str) -> bool {
    app.run.as_ref().is_some_and(|current| current.info().id == run)
}

/// Asks for the recommendations, once per run.
pub(super) fn ask_recommendations(app: &mut App) -> Effects {
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
    vec![Effect::Work(Work::LoadRecommendations(run, app.users().cloned()), Job::new())]
}

pub(super) fn recommended(app: &mut App, run: &str, tables: Result<(DataTable, Option<DataTable>)>) -> Effects {
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

pub(super) fn run_ended(app: &mut App, result: Result<RunInfo>) -> Effects {
    app.running = false;
    match result {
        Ok(_) => vec![Effect::Work(Work::OpenRun(app.workspace.clone()), Job::new())],
        Err(Error::Shrunk(what)) => {
            app.stages = app.recorded_stages();
            let again = if app.forced { Runs::All } else { Runs::Stale };
            let words = format!("{what}. Take it as it is?");
            app.popups.push(Popup::Message(Message::asked("The log has shrunk", &words, again.into())));
            app.accept_shrunk = true;
            Vec::new()
        }
        Err(error) => {
            app.stages = app.recorded_stages();
            let title = if matches!(error, Error::Cancelled) { "Run cancelled" } else { "Run failed" };
            app.tell(title, &error);
            Vec::new()
        }
    }
}

/// The table that waits for an answer, and its room.
fn awaiting(app: &mut App, generation: u64) -> Option<&mut crate::ui::grid::Grid> {
    let drills = app.drills.iter_mut().filter_map(Drill::grid_mut);
    app.grids.iter_mut().chain(drills).find(|grid| grid.awaits(generation))
}

fn room_of_awaiting(app: &App, generation: u64) -> crate::ui::grid::Room {
    let pane = Pane::ALL.into_iter().find(|pane| app.grid_of(*pane).awaits(generation));
    pane.map_or_else(|| app.room(), |pane| app.room_of(pane))
}

/// A view's answer: the prompt that asked closes on success and shows what was wrong otherwise.
pub(super) fn ordered(app: &mut App, generation: u64, rows: Result<Arc<[u32]>>) -> Effects {
    let room = room_of_awaiting(app, generation);
    let Some(grid) = awaiting(app, generation) else { return Vec::new() };
    let answer = grid.ordered(rows, room);
    let filter = grid.view().filter.clone();
    let asked = app.popups.iter().position(|popup| matches!(popup, Popup::Prompt(prompt) if prompt.waiting));
    match (answer, asked) {
        (Answer::Stale, _) | (Answer::Shown, None) => {}
        (Answer::Shown, Some(asked)) => {
            app.popups.remove(asked);
            if let Some(filter) = filter {
                crate::ui::app::write_down(&mut app.written.filters, &filter);
            }
        }
        (Answer::Refused(problem), Some(asked)) => {
            if let Popup::Prompt(prompt) = &mut app.popups[asked] {
                prompt.waiting = false;
                prompt.problem = Some(problem);
            }
        }
        (Answer::Refused(problem), None) => app.tell("View", &problem),
    }
    Vec::new()
}

pub(super) fn found(app: &mut App, generation: u64, position: Result<Option<usize>>) -> Effects {
    let room = room_of_awaiting(app, generation);
    if let Some(grid) = awaiting(app, generation) {
        grid.found(position, room);
    }
    Vec::new()
}

pub(super) fn profiled(app: &mut App, generation: u64, profile: Result<UserProfile>) -> Effects {
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::User(page) if page.generation == generation => Some(page),
        _ => None,
    });
    if let Some(page) = page {
        page.profile = Some(profile.map_err(|error| error.to_string()));
    }
    Vec::new()
}

pub(super) fn item_found(app: &mut App, generation: u64, item: Result<ItemProfile>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Item(page) if page.generation == generation => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    let mut effects = Vec::new();
    match item {
        Ok(item) => {
            effects = requested(page.grid.take(Some(item.similar.clone()), Marks::default(), room));
            page.item = Some(Ok(item));
        }
        Err(error) => page.item = Some(Err(error.to_string())),
    }
    effects
}

pub(super) fn compared(app: &mut App, generation: u64, comparison: Result<Comparison>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Compare(page) if page.generation == generation => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    let mut effects = Vec::new();
    match comparison {
        Ok(comparison) => {
            effects = requested(page.grid.take(Some(comparison.moved.clone()), Marks::default(), room));
            page.comparison = Some(Ok(comparison));
        }
        Err(error) => page.comparison = Some(Err(error.to_string())),
    }
    effects
}

pub(super) fn queried(app: &mut App, generation: u64, query: String, result: Result<(DataTable, bool)>) -> Effects {
    if generation != app.generation {
        return Vec::new();
    }
    let asked = app.popups.iter().position(
        |popup| matches!(popup, Popup::Prompt(prompt) if prompt.waiting && prompt.purpose == crate::ui::popups::Purpose::Query),
    );
    match result {
        Ok((table, cut)) => {
            if let Some(asked) = asked {
                app.popups.remove(asked);
            }
            let rows = format::thousands(table.len() as u64);
            app.query_note =
                cut.then(|| Ok(format!("first {rows} rows: ui.sql_rows is the limit, or the query's own LIMIT")));
            crate::ui::app::write_down(&mut app.written.queries, &query);
            app.query = Some(query);
            let room = app.room_of(Pane::Sql);
            let grid = app.grid_of_mut(Pane::Sql);
            // Another query's filter, sort and columns mean nothing here.
            *grid = crate::ui::grid::Grid::new(Pane::Sql.description().start);
            requested(grid.take(Some(table), Marks::default(), room))
        }
        Err(error) => {
            match asked {
                Some(asked) => {
                    if let Popup::Prompt(prompt) = &mut app.popups[asked] {
                        prompt.waiting = false;
                        prompt.problem = Some(error.to_string());
                    }
                }
                None => app.query_note = Some(Err(error.to_string())),
            }
            Vec::new()
        }
    }
}
