//! Filters, sorts and searches tables: what their grids ask for.

use crate::error::Result;
use crate::store::Order;
use crate::ui::app::{App, write_down};
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::{Answer, Grid, GridRequest, Room, Wanted};
use crate::ui::pane::Pane;
use crate::ui::popups::Popup;

/// What a table's requests ask for: the work itself, and word when it takes long.
pub(in crate::ui::update) fn requested(requests: Vec<GridRequest>) -> Effects {
    let effects = |request: GridRequest| {
        let GridRequest { generation, job, table, wanted } = request;
        let work = match wanted {
            Wanted::View(view) => Work::new(
                "filter and sort",
                move |job| table.order(&view, job),
                move |app, rows| ordered(app, generation, rows),
            ),
            Wanted::Row { rows, column, text, from, backwards } => Work::new(
                "search",
                move |job| table.search(&rows, column, &text, from, backwards, job),
                move |app, position| found(app, generation, position),
            ),
        };
        [Effect::Work(work, job), Effect::Watch(generation)]
    };
    requests.into_iter().flat_map(effects).collect()
}

/// The table that waits for an answer, and its room.
fn awaiting(app: &mut App, generation: u64) -> Option<&mut Grid> {
    let drills = app.drills.iter_mut().filter_map(Drill::grid_mut);
    app.grids.iter_mut().chain(drills).find(|grid| grid.awaits(generation))
}

fn room_of_awaiting(app: &App, generation: u64) -> Room {
    let pane = Pane::ALL.into_iter().find(|pane| app.grid_of(*pane).awaits(generation));
    pane.map_or_else(|| app.room(), |pane| app.room_of(pane))
}

/// A view's answer: the prompt that asked closes on success and shows what was wrong otherwise.
fn ordered(app: &mut App, generation: u64, rows: Result<Order>) -> Effects {
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
                write_down(&mut app.written.filters, &filter);
            }
        }
        (Answer::Refused(problem), Some(asked)) => {
            if let Popup::Prompt(prompt) = &mut app.popups[asked] {
                prompt.refuse(problem);
            }
        }
        (Answer::Refused(problem), None) => app.tell("View", &problem),
    }
    Vec::new()
}

fn found(app: &mut App, generation: u64, position: Result<Option<usize>>) -> Effects {
    let room = room_of_awaiting(app, generation);
    if let Some(grid) = awaiting(app, generation) {
        grid.found(position, room);
    }
    Vec::new()
}
