//! Moves on the topmost layer, and the way back from it.

use crate::ui::app::App;
use crate::ui::command::{Layer, Move};
use crate::ui::drill::scroll;
use crate::ui::effect::Effects;
use crate::ui::layout;
use crate::ui::update::{program, reveal, table};

/// Moves the cursor of a table, scrolls a page, or goes to another stage.
pub(super) fn moved(app: &mut App, command: Move) -> Effects {
    let (size, room) = (app.size, app.room());
    if let Some(grid) = app.grid_mut() {
        table::move_rows(grid, command, room);
    } else if let Some(drill) = app.drills.last_mut() {
        if let Some((at, last)) = drill.scroll(size) {
            *at = scroll::moved(command, *at, last, layout::body(size).height);
        }
    } else {
        let last = app.front.spots(app.running, app.stages.len()).len().saturating_sub(1) as u16;
        let at = scroll::moved(command, (app.front.at as u16).min(last), last, last + 1);
        app.go_to_spot(usize::from(at));
    }
    Vec::new()
}

/// Leaves a range, a page, or, from a pane, the program.
pub(super) fn left(app: &mut App, command: Layer) -> Effects {
    match command {
        Layer::Back if app.grid().is_some_and(|grid| grid.range.is_some()) => {
            if let Some(grid) = app.grid_mut() {
                grid.range = None;
            }
        }
        Layer::Back | Layer::Close if !app.drills.is_empty() => {
            app.drills.pop();
            reveal(app);
        }
        Layer::Back if app.is_unfolded() => app.front.unfolded = false,
        Layer::Back => {}
        Layer::Close => return program::close(app),
    }
    Vec::new()
}
