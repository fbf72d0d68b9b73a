//! Runs a query.

use crate::error::Result;
use crate::format;
use crate::job::Job;
use crate::store::{self, DataTable, Marks, Run};
use crate::ui::app::{App, write_down};
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::Grid;
use crate::ui::pane::Pane;
use crate::ui::popups::{Popup, Purpose};
use crate::ui::update::jobs::order::requested;

/// Runs a query on the run shown; its answer closes the prompt.
pub(in crate::ui::update) fn query(app: &mut App, query: String) -> Effects {
    let Some(run) = app.run.clone() else { return Vec::new() };
    let generation = app.next_generation();
    app.query_generation = generation;
    // The result in sight is the table `last` of the next query.
    let run = app.last_result.as_ref().map_or_else(|| run.as_ref().clone(), |last| last.as_last_of(&run));
    let limit = app.settings.sql_rows;
    let asked = query.clone();
    app.query_job.cancel();
    app.query_job = Job::new();
    let work = Work::new(
        "run a query",
        move |job| first_rows(&run, &query, limit, job),
        move |app, result| queried(app, generation, asked, result),
    );
    vec![Effect::Work(work, app.query_job.clone())]
}

fn first_rows(run: &Run, query: &str, limit: usize, job: &Job) -> Result<(DataTable, bool)> {
    // One row more than wanted tells whether there are more.
    let frame = store::sql_of_job(run, query, limit.saturating_add(1), job)?;
    let cut = frame.height() > limit;
    Ok((DataTable::of_frame(frame.head(Some(limit))).aligned(), cut))
}

fn queried(app: &mut App, generation: u64, query: String, result: Result<(DataTable, bool)>) -> Effects {
    if generation != app.query_generation {
        return Vec::new();
    }
    let asked = app
        .popups
        .iter()
        .position(|popup| matches!(popup, Popup::Prompt(prompt) if prompt.waiting && prompt.purpose == Purpose::Query));
    match result {
        Ok((table, cut)) => {
            app.last_result = Some(table.clone());
            if let Some(asked) = asked {
                app.popups.remove(asked);
            }
            let rows = format::thousands(table.len() as u64);
            app.query_note =
                cut.then(|| Ok(format!("first {rows} rows: ui.sql_rows is the limit, or the query's own LIMIT")));
            write_down(&mut app.written.queries, &query);
            app.query = Some(query);
            let room = app.room_of(Pane::Sql);
            let grid = app.grid_of_mut(Pane::Sql);
            // Another query's filter, sort and columns mean nothing here.
            *grid = Grid::new(Pane::Sql.description().start);
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
