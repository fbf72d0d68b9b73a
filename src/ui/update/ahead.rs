//! Keys in their order, each bound to the view that it is typed for: what needs a view that is still made waits for it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::ui::action::Action;
use crate::ui::ahead::Typed;
use crate::ui::app::App;
use crate::ui::command::{Command, Program, Table};
use crate::ui::grid::Grid;
use crate::ui::pane::{PaneTable, Slider};
use crate::ui::popups::{Popup, Purpose};
use crate::ui::update::{resolve, split_alt};

/// Takes something typed. What it means comes out of [`next_typed`], now or when what it waits for is there.
pub fn typed(app: &mut App, typed: Typed) {
    // The two that must not wait: the end of the program, and giving up what takes long, as a query may.
    let gives_up = |app: &App| app.ahead.is_long() || (app.ahead.is_empty() && awaits_query(app));
    if let Typed::Key(key) = &typed
        && (is_end(*key) || (is_escape(*key) && gives_up(app)))
    {
        app.ahead.forget();
        app.at_once = true;
        if gave_up(app) {
            app.ahead.give_up();
        }
    }
    app.ahead.push(typed);
}

/// What the first thing typed means, once it need not wait; `None` when nothing is left to be done now.
pub fn next_typed(app: &mut App) -> Option<Action> {
    loop {
        let first = app.ahead.first()?.clone();
        let at_once = std::mem::take(&mut app.at_once);
        let key = match first {
            Typed::Paste(_) if app.ahead.is_waiting() => return None,
            Typed::Paste(text) => {
                app.ahead.take_first();
                if app.context().takes_text() {
                    return Some(Action::Paste(text));
                }
                continue;
            }
            Typed::Key(key) => key,
        };
        // What an Esc before a key means is only known on the view that it comes to.
        if key.modifiers.contains(KeyModifiers::ALT) && app.ahead.is_waiting() && !at_once {
            return None;
        }
        let mut keys = split_alt(app, key);
        let key = keys.remove(0);
        let action = resolve(app, key);
        if !at_once && must_wait(app, action.as_ref()) {
            return None;
        }
        app.ahead.take_first();
        if let Some(second) = keys.pop() {
            app.ahead.put_back(Typed::Key(second));
        }
        if action.is_some() {
            return action;
        }
    }
}

/// Gives up what the topmost layer waits for; whether it waited for anything.
fn gave_up(app: &mut App) -> bool {
    // A prompt gives up what it asked for by itself, on the Esc that comes to it.
    if let Some(popup) = app.popups.last() {
        return matches!(popup, Popup::Prompt(prompt) if prompt.waiting);
    }
    let Some(grid) = app.grid_mut().filter(|grid| grid.is_asking()) else { return false };
    grid.give_up();
    true
}

/// Whether the answer to a query is awaited on top of all.
fn awaits_query(app: &App) -> bool {
    matches!(app.popups.last(), Some(Popup::Prompt(prompt)) if prompt.waiting && prompt.purpose == Purpose::Query)
}

fn is_end(key: KeyEvent) -> bool {
    key.modifiers == KeyModifiers::CONTROL && matches!(key.code, KeyCode::Char('c'))
}

fn is_escape(key: KeyEvent) -> bool {
    key.modifiers.is_empty() && key.code == KeyCode::Esc
}

/// Whether an action on the pane in sight is about what the summary says.
fn is_of_summary(app: &App, action: &Action) -> bool {
    let pane = app.pane.description();
    match action {
        Action::Command(Command::Show(_) | Command::Program(_)) => false,
        Action::Command(Command::Step(_)) if pane.slider == Some(Slider::Budget) => true,
        _ => pane.table == Some(PaneTable::Segments),
    }
}

/// Whether an action needs a view that is still made.
fn must_wait(app: &App, action: Option<&Action>) -> bool {
    let Some(action) = action else { return app.ahead.is_waiting() };
    if app.is_summarising() && app.popups.is_empty() && app.drills.is_empty() && is_of_summary(app, action) {
        return true;
    }
    if !app.ahead.is_waiting() {
        return false;
    }
    // Under a question of which the answer is awaited the keys are the question's.
    if matches!(app.popups.last(), Some(Popup::Prompt(prompt)) if prompt.waiting) {
        return true;
    }
    match action {
        // What they copy is of the view that is still made.
        Action::Command(Command::Program(Program::CopyCommand | Program::CopyLink)) => true,
        Action::Command(Command::Show(_) | Command::Program(_)) => false,
        // A newer order of the same rows takes the older one's place.
        Action::Command(Command::Table(Table::Sort | Table::SortMore)) => !app.grid().is_some_and(Grid::awaits_view),
        _ => true,
    }
}
