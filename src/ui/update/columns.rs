//! A table's columns: which are shown, what they hold, their groups, and the filters that these lead to.

use crate::ui::app::App;
use crate::ui::command::{Command, Dialog, Layer, Program};
use crate::ui::drill::{Drill, GroupsPage, scroll};
use crate::ui::effect::Effects;
use crate::ui::grid::{Grid, next_generation};
use crate::ui::popups::{Popup, Prompt, Purpose, StatisticsBox};
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::statistics::{self, Grouped};
use crate::ui::update::reveal;

/// Opens the statistics of the column under the cursor, over the rows of the view.
pub(super) fn statistics(app: &mut App) -> Effects {
    let Some((table, column, grid)) = under_cursor(app) else { return Vec::new() };
    let info = &table.columns()[column];
    let title = if info.label == info.name { info.name.clone() } else { format!("{} ({})", info.label, info.name) };
    let waiting = StatisticsBox::waiting(next_generation(), &title, grid.noun());
    let effect = statistics::count(&waiting, table, grid.rows().clone(), column);
    app.popups.push(Popup::Statistics(Box::new(waiting)));
    vec![effect]
}

/// Opens the rows of the view by the values of the column under the cursor.
pub(super) fn group(app: &mut App) -> Effects {
    let Some((table, column, grid)) = under_cursor(app) else { return Vec::new() };
    let page = GroupsPage::waiting(next_generation(), &table.columns()[column].label);
    let noun = if grid.noun().contains(' ') { "rows" } else { grid.noun() };
    let measured = grid.columns().visible().iter().map(|column| column.at).collect();
    let asked = Grouped { rows: grid.rows().clone(), table, column, measured, noun };
    let effect = statistics::group(&page, asked);
    app.drills.push(Drill::Groups(Box::new(page)));
    vec![effect]
}

/// Leaves the groups for the rows of the one under the cursor.
pub(super) fn open_group(app: &mut App) -> Effects {
    let Some(Drill::Groups(page)) = app.drills.last_mut() else { return Vec::new() };
    let Some(condition) = page.condition().map(str::to_owned) else {
        if page.grid.row().is_some() {
            page.grid.note = Some("no condition tells this group: filter with an expression (f)".to_owned());
        }
        return Vec::new();
    };
    app.drills.pop();
    reveal(app);
    narrow(app, &condition)
}

/// Keeps the rows of the view for which a condition holds too.
fn narrow(app: &mut App, condition: &str) -> Effects {
    let Some(grid) = app.grid_mut() else { return Vec::new() };
    requested(grid.ask(grid.narrowed_to(condition)))
}

fn under_cursor(app: &App) -> Option<(crate::store::DataTable, usize, &Grid)> {
    let grid = app.grid()?;
    Some((grid.table()?.clone(), grid.column_at_cursor()?, grid))
}

/// A command in the box of a column's statistics.
pub(super) fn on_statistics(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    let Some(Popup::Statistics(waiting)) = app.popups.last_mut() else { return None };
    match command {
        Command::Move(command) => waiting.moved(command, size),
        Command::Dialog(Dialog::Dismiss) | Command::Layer(Layer::Close) => {
            app.popups.pop();
        }
        Command::Dialog(Dialog::Accept) => {
            let Some(part) = waiting.chosen() else { return Some(Vec::new()) };
            let condition = part.condition.clone();
            app.popups.pop();
            if let Some(condition) = condition {
                return Some(narrow(app, &condition));
            }
            if let Some(grid) = app.grid_mut() {
                grid.note = Some("no condition tells this value: filter with an expression (f)".to_owned());
            }
        }
        Command::Program(Program::Quit | Program::Suspend | Program::Redraw) => return None,
        _ => {}
    }
    Some(Vec::new())
}

/// A command in a list of columns to tick.
pub(super) fn on_checklist(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    let Some(Popup::Checklist(list)) = app.popups.last_mut() else { return None };
    match command {
        Command::Dialog(Dialog::Tick) => list.tick(),
        Command::Dialog(Dialog::TickAll) => list.tick_all(),
        Command::Dialog(Dialog::SearchPage) => {
            let prompt = Prompt::new(Purpose::Page, &list.sought);
            app.popups.push(Popup::Prompt(prompt));
        }
        Command::Dialog(Dialog::Dismiss) | Command::Layer(Layer::Close) => {
            app.popups.pop();
        }
        Command::Dialog(Dialog::Accept) => {
            let (ticked, of_export) = (list.ticked(), list.of_export);
            if ticked.is_empty() {
                app.say("Columns", &"one column at least must be ticked");
                return Some(Vec::new());
            }
            app.popups.pop();
            if of_export {
                if let Some(Popup::Export(dialog)) = app.popups.last_mut() {
                    dialog.tick(ticked);
                }
            } else {
                let room = app.room();
                if let Some(grid) = app.grid_mut() {
                    grid.arrange(room, |columns, at| {
                        columns.show_only(&ticked);
                        at
                    });
                }
            }
        }
        Command::Program(Program::Quit | Program::Suspend | Program::Redraw) => return None,
        Command::Move(command) => {
            let last = list.last() as u16;
            list.at = usize::from(scroll::moved(command, list.at as u16, last, list.page(size)));
        }
        _ => {}
    }
    Some(Vec::new())
}
