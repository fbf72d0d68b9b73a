//! Keys of the tables: the same in every pane.

use crate::format;
use crate::store::DataTable;
use crate::ui::app::App;
use crate::ui::command::{Move, Neighbour, Table};
use crate::ui::effect::Effects;
use crate::ui::grid::{Columns, Grid, Room};
use crate::ui::popups::checklist::Tick;
use crate::ui::popups::{Checklist, Popup, Prompt, Purpose};
use crate::ui::update::jobs::order::requested;
use crate::ui::update::{clip, columns, copy, export, filter, next, user, views};

/// Columns of the screen that a key makes a column wider or narrower by.
const STEP: isize = 2;

/// Does the command in the table in sight, or on a user's page.
pub(super) fn perform(app: &mut App, command: Table) -> Effects {
    let (room, on_page) = (app.room(), !app.drills.is_empty());
    let Some(grid) = app.grid_mut() else { return user::as_row(app, command) };
    let mut effects = Vec::new();
    match command {
        Table::Sort => effects = grid.sorted().map(|view| requested(grid.ask_order(view))).unwrap_or_default(),
        Table::SortMore => {
            effects = grid.sorted_further().map(|view| requested(grid.ask_order(view))).unwrap_or_default();
        }
        Table::FilterCell => match grid.like_cell() {
            Ok(view) => effects = requested(grid.ask(view)),
            Err(why) => grid.note = Some(why),
        },
        Table::FilterOut => match grid.unlike_cell() {
            Ok(view) => effects = requested(grid.ask(view)),
            Err(why) => grid.note = Some(why),
        },
        Table::Views if grid.table().is_some() => effects = views::open(app),
        Table::CopyAs => effects = copy::ask(app),
        Table::Statistics if grid.row().is_some() => effects = columns::statistics(app),
        Table::Group if grid.row().is_some() => effects = columns::group(app),
        Table::ResetView => effects = requested(grid.reset(room)),
        Table::Undo | Table::Redo => effects = requested(grid.undo(command == Table::Redo, room)),
        // A page of an item has a table of its own: without a search in it the list behind is meant.
        Table::SearchNext | Table::SearchPrevious if on_page && grid.sought.is_empty() => {
            let next = command == Table::SearchNext;
            return next::perform(app, if next { Neighbour::Next } else { Neighbour::Previous });
        }
        Table::SearchNext => effects = requested(grid.seek(false)),
        Table::SearchPrevious => effects = requested(grid.seek(true)),
        Table::Mark => grid.mark(room),
        Table::MarkRange => grid.mark_range(room),
        Table::MarkAll => grid.mark_all(),
        Table::InvertMarks => grid.invert_marks(),
        Table::Filter if grid.table().is_some() => filter::ask(app),
        Table::Search => {
            if let Some(column) = grid.sought_column().filter(|_| !grid.rows().is_empty()) {
                let prompt = Prompt::new(Purpose::Search, "").about(&column);
                app.popups.push(Popup::Prompt(prompt));
            }
        }
        Table::GoToRow if !grid.rows().is_empty() => {
            let last = format::thousands(grid.rows().len() as u64);
            app.popups.push(Popup::Prompt(Prompt::new(Purpose::GoTo, "").about(&last)));
        }
        Table::Columns if grid.table().is_some() => {
            let known = grid.table().map(DataTable::columns).unwrap_or_default();
            let columns = grid.columns().all().iter().map(|column| Tick {
                name: column.title.clone(),
                label: known.get(column.at).map_or_else(|| column.title.clone(), |info| info.label.clone()),
                ticked: !column.hidden,
            });
            let list = Checklist::new(columns.collect(), false);
            app.popups.push(Popup::Checklist(list));
        }
        Table::CopyCell => {
            if let Some(cell) = grid.cell_text() {
                effects = clip::copy(app, "the cell", &cell);
            }
        }
        Table::CopyRow => {
            if let Some(row) = grid.row_text() {
                effects = clip::copy(app, "the row", &row);
            }
        }
        Table::Export => effects = export::begin(app),
        Table::Filter | Table::GoToRow | Table::Columns | Table::Views | Table::Statistics | Table::Group => {}
        Table::Left => grid.move_columns(-1, room),
        Table::Right => grid.move_columns(1, room),
        Table::Wider => grid.arrange(room, resize(STEP)),
        Table::Narrower => grid.arrange(room, resize(-STEP)),
        Table::Fit => grid.fit_column(room),
        Table::Pin => grid.arrange(room, Columns::pin),
        Table::Hide => hide(grid, room),
    }
    app.share_marks();
    effects
}

/// Moves the cursor up or down.
pub(super) fn move_rows(grid: &mut Grid, command: Move, room: Room) {
    let page = room.rows.max(1) as isize;
    let down = match command {
        Move::Down => 1,
        Move::Up => -1,
        Move::HalfDown => (page / 2).max(1),
        Move::HalfUp => -(page / 2).max(1),
        Move::PageDown => page,
        Move::PageUp => -page,
        Move::First => isize::MIN,
        Move::Last => isize::MAX,
    };
    grid.move_rows(down, room);
}

fn resize(by: isize) -> impl Fn(&mut Columns, usize) -> usize {
    move |columns, at| {
        columns.resize(at, by);
        at
    }
}

fn hide(grid: &mut Grid, room: Room) {
    let before = grid.columns().names().len();
    grid.arrange(room, |columns, at| {
        columns.hide(at);
        at
    });
    if before == 1 && grid.table().is_some() {
        grid.note = Some("the last column stays".to_owned());
    }
}
