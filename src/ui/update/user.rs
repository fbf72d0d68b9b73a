//! What can be done on a user's page.

use crate::ui::app::App;
use crate::ui::command::{Table, Timeline};
use crate::ui::drill::Drill;
use crate::ui::effect::Effects;
use crate::ui::pane::Pane;
use crate::ui::update::{clip, export, reveal};

/// Turns the timeline's pages.
pub(super) fn turn(app: &mut App, command: Timeline) -> Effects {
    if let Some(Drill::User(page)) = app.drills.last_mut() {
        page.turn(command == Timeline::Older);
        reveal(app);
    }
    Vec::new()
}

/// A table's commands that mean the user of the page.
pub(super) fn as_row(app: &mut App, command: Table) -> Effects {
    let Some(Drill::User(page)) = app.drills.last() else { return Vec::new() };
    match command {
        Table::Mark => {
            let row = page.row as u32;
            app.grid_of_mut(Pane::Users).toggle_mark(row);
            app.spread_marks(Pane::Users);
        }
        Table::CopyCell => {
            let id = page.id.clone();
            return clip::copy(app, "the id", &id);
        }
        Table::Export => return export::begin(app),
        _ => {}
    }
    Vec::new()
}
