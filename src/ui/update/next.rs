//! From a page to that of the next or the previous row of the list behind it.

use crate::ui::app::App;
use crate::ui::command::{Neighbour, Open};
use crate::ui::drill::Drill;
use crate::ui::effect::Effects;
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::update::{open, reveal};

/// How a page is opened from the list behind it.
fn opener(app: &App) -> Option<Open> {
    let (page, behind) = match app.drills.as_slice() {
        [page] => (page, None),
        [.., behind, page] => (page, Some(behind)),
        [] => return None,
    };
    let table = app.pane.description().table;
    let of_users = match behind {
        Some(Drill::Compare(_)) => true,
        Some(Drill::Item(item)) => item.of_users,
        Some(_) => false,
        None => matches!(table, Some(PaneTable::Users { .. } | PaneTable::Recommendations)),
    };
    match page {
        Drill::User(_) if of_users => Some(Open::Selected),
        Drill::Item(_) if matches!(behind, Some(Drill::Item(item)) if !item.of_users) => Some(Open::Selected),
        Drill::Segment(_) if behind.is_none() && app.pane == Pane::Segments => Some(Open::Segment),
        Drill::Row(_) if behind.is_none() => Some(Open::Selected),
        _ => None,
    }
}

/// Does the command.
pub(super) fn perform(app: &mut App, command: Neighbour) -> Effects {
    let Some(opener) = opener(app) else {
        tell(app, "there is no list behind this page");
        return Vec::new();
    };
    let Some(page) = app.drills.pop() else { return Vec::new() };
    let by = if command == Neighbour::Next { 1 } else { -1 };
    let room = app.room();
    let moved = app.grid_mut().is_some_and(|grid| {
        let before = grid.cursor.row;
        grid.move_rows(by, room);
        grid.cursor.row != before
    });
    if !moved {
        app.drills.push(page);
        tell(app, if by > 0 { "this is the last one of the list" } else { "this is the first one of the list" });
        return Vec::new();
    }
    let effects = open::perform(app, opener);
    reveal(app);
    effects
}

/// Says something on the page.
fn tell(app: &mut App, words: &str) {
    match app.grid_mut() {
        Some(grid) => grid.note = Some(words.to_owned()),
        None => app.note = Some(words.to_owned()),
    }
}
