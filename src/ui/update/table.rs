//! Keys of the tables: the same in every pane.

use crate::format;
use crate::ui::app::App;
use crate::ui::clipboard::{self, Through};
use crate::ui::command::Command;
use crate::ui::effect::{Effect, Effects, requested};
use crate::ui::grid::{Columns, Grid, Room};
use crate::ui::popups::{Checklist, Popup, Prompt, Purpose};
use crate::ui::update::{export, popups};
use crate::ui::widgets::text;

/// Columns of the screen that a key makes a column wider or narrower by.
const STEP: isize = 2;

/// A command of the table in sight; `None` for a command that is none of its.
pub(super) fn on_table(app: &mut App, command: Command) -> Option<Effects> {
    let room = app.room();
    let grid = app.grid_mut()?;
    if moved(grid, command, room) || arranged(grid, command, room) {
        return Some(Vec::new());
    }
    let mut effects = Vec::new();
    match command {
        Command::Sort => effects = grid.sorted().map(|view| requested(grid.ask(view))).unwrap_or_default(),
        Command::SortMore => effects = grid.sorted_further().map(|view| requested(grid.ask(view))).unwrap_or_default(),
        Command::FilterCell => match grid.like_cell() {
            Ok(view) => effects = requested(grid.ask(view)),
            Err(why) => grid.note = Some(why),
        },
        Command::ResetView => effects = requested(grid.reset(room)),
        Command::Undo | Command::Redo => effects = requested(grid.undo(command == Command::Redo, room)),
        Command::SearchNext => effects = requested(grid.seek(false)),
        Command::SearchPrevious => effects = requested(grid.seek(true)),
        Command::Mark => grid.mark(room),
        Command::MarkRange => grid.mark_range(room),
        Command::MarkAll => grid.mark_all(),
        Command::InvertMarks => grid.invert_marks(),
        Command::Filter if grid.table().is_some() => popups::ask_filter(app),
        Command::Search => {
            if let Some(column) = grid.sought_column().filter(|_| !grid.rows().is_empty()) {
                let prompt = Prompt::new(Purpose::Search, "").about(&column);
                app.popups.push(Popup::Prompt(prompt));
            }
        }
        Command::GoToRow if !grid.rows().is_empty() => {
            let last = format::thousands(grid.rows().len() as u64);
            app.popups.push(Popup::Prompt(Prompt::new(Purpose::GoTo, "").about(&last)));
        }
        Command::Columns if grid.table().is_some() => {
            let columns = grid.columns().all().iter().map(|column| (column.title.clone(), !column.hidden));
            let list = Checklist::new(columns.collect(), false);
            app.popups.push(Popup::Checklist(list));
        }
        Command::CopyCell => {
            if let Some(cell) = grid.cell_text() {
                effects = copy(app, "the cell", &cell);
            }
        }
        Command::CopyRow => {
            if let Some(row) = grid.row_text() {
                effects = copy(app, "the row", &row);
            }
        }
        Command::Export => effects = export::begin(app),
        Command::Back if grid.range.is_some() => grid.range = None,
        _ => return None,
    }
    app.share_marks();
    Some(effects)
}

/// Moves the cursor, if that is what the command asks for.
fn moved(grid: &mut Grid, command: Command, room: Room) -> bool {
    let page = room.rows.max(1) as isize;
    let down = match command {
        Command::Down => 1,
        Command::Up => -1,
        Command::HalfDown => (page / 2).max(1),
        Command::HalfUp => -(page / 2).max(1),
        Command::PageDown => page,
        Command::PageUp => -page,
        Command::First => isize::MIN,
        Command::Last => isize::MAX,
        Command::Left | Command::Less => {
            grid.move_columns(-1, room);
            return true;
        }
        Command::Right | Command::More => {
            grid.move_columns(1, room);
            return true;
        }
        _ => return false,
    };
    grid.move_rows(down, room);
    true
}

/// Arranges the columns, if that is what the command asks for.
fn arranged(grid: &mut Grid, command: Command, room: Room) -> bool {
    let resize = |by: isize| {
        move |columns: &mut Columns, at: usize| {
            columns.resize(at, by);
            at
        }
    };
    match command {
        Command::Wider => grid.arrange(room, resize(STEP)),
        Command::Narrower => grid.arrange(room, resize(-STEP)),
        Command::Fit => grid.fit_column(room),
        Command::Pin => grid.arrange(room, Columns::pin),
        Command::Hide => {
            let before = grid.columns().names().len();
            grid.arrange(room, |columns, at| {
                columns.hide(at);
                at
            });
            if before == 1 && grid.table().is_some() {
                grid.note = Some("the last column stays".to_owned());
            }
        }
        _ => return false,
    }
    true
}

/// Sends text to the clipboard of the reader's own machine and says so.
pub(super) fn copy(app: &mut App, what: &str, words: &str) -> Effects {
    let shown = text::fit(&text::clean(words), 40, &app.theme().glyphs.cut);
    match clipboard::copy(words, Through::detect()) {
        Ok(bytes) => {
            let note = format!("copied {what}: {shown}");
            match app.grid_mut() {
                Some(grid) => grid.note = Some(note),
                None => app.note = Some(note),
            }
            vec![Effect::Copy(bytes)]
        }
        Err(error) => {
            app.tell("Copy", &error);
            Vec::new()
        }
    }
}
