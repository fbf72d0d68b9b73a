//! What an action changes, and what it asks for: the only place that changes the state.

mod ahead;
mod charts;
mod clip;
mod columns;
mod compare;
mod copy;
mod doors;
mod export;
mod fetch;
mod filter;
mod jobs;
mod layers;
mod log;
mod next;
mod open;
mod palette;
mod popups;
mod program;
mod query;
mod questions;
mod runs;
mod selected;
mod step;
mod table;
mod user;
mod views;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::error::Result;
use crate::pipeline::StageStatus;
use crate::ui::action::Action;
use crate::ui::app::{App, Opening};
use crate::ui::command::{Command, Dialog};
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects};
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::popups::Popup;
use crate::ui::stages;
use crate::ui::tour;
use crate::ui::update::jobs::{open_run, recommend, save_session};

pub use ahead::{next_typed, typed};
pub(super) use log::open as open_log;

/// The screen before anything is known, and what it asks for first.
pub fn open(opening: Opening) -> Result<(App, Effects)> {
    let mut app = App::new(opening)?;
    let mut first = vec![open_run::open(app.workspace.clone())];
    await_answers(&mut app, &mut first);
    Ok((app, first))
}

/// Applies an action.
pub fn update(app: &mut App, action: Action) -> Effects {
    if let Action::Answered(answer) = &action
        && let Some(number) = answer.awaited()
    {
        app.ahead.answered(number);
    }
    let mut effects = changed(app, action);
    tour::go_on(app);
    await_answers(app, &mut effects);
    effects
}

/// Keys wait for the answers asked for.
fn await_answers(app: &mut App, effects: &mut Effects) {
    for effect in effects {
        if let Effect::Work(work, _) = effect
            && let Some(number) = work.awaited_mut()
        {
            *number = app.ahead.await_answer();
        }
    }
}

fn changed(app: &mut App, action: Action) -> Effects {
    match action {
        // Stages, exports and downloads are looked at several times a second: only what is seen to change is drawn.
        Action::Stages(statuses) => {
            take_stages(app, &statuses);
            return Vec::new();
        }
        Action::PollProgress => {
            app.poll_transfers();
            return Vec::new();
        }
        Action::Slow { generation } => {
            slow(app, generation);
            return Vec::new();
        }
        Action::SaveDue => return save_session::save(app),
        Action::LookForRun => return open_run::look_for_newer(app),
        Action::Faded { notice } => {
            app.fade(notice);
            return Vec::new();
        }
        Action::Answered(answer) if answer.is_quiet() => return answer.apply(app),
        _ => app.dirty = true,
    }
    let mut effects = match action {
        Action::Command(command) => {
            // What was just done has been read by whoever goes on.
            app.note = None;
            perform(app, command)
        }
        Action::Type(key) => {
            app.note = None;
            popups::typed(app, key)
        }
        Action::Paste(text) => popups::paste(app, &text),
        Action::Resize(size) => {
            app.size = size;
            reveal(app);
            Vec::new()
        }
        Action::Edited(text) => {
            query::edited(app, text);
            Vec::new()
        }
        Action::RunEnded(result) => open_run::run_ended(app, result),
        Action::Answered(answer) => {
            let effects = answer.apply(app);
            // A table that came may leave room for less than was thought before.
            reveal(app);
            effects
        }
        Action::Stages(_)
        | Action::PollProgress
        | Action::Slow { .. }
        | Action::SaveDue
        | Action::LookForRun
        | Action::Faded { .. } => Vec::new(),
    };
    effects.extend(app.keep_note().map(Effect::FadeLater));
    if app.run.is_some() && !app.unsaved {
        app.unsaved = true;
        effects.push(Effect::SaveLater);
    }
    effects
}

fn take_stages(app: &mut App, statuses: &[StageStatus]) {
    if !app.running {
        return;
    }
    let lines: Vec<_> = statuses.iter().map(stages::live).collect();
    if lines != app.stages {
        app.stages = lines;
        app.dirty = true;
    }
}

fn slow(app: &mut App, generation: u64) {
    let drills = app.drills.iter_mut().filter_map(Drill::grid_mut);
    if let Some(grid) = app.grids.iter_mut().chain(drills).find(|grid| grid.awaits(generation)) {
        grid.take_long();
        app.dirty = true;
    }
}

/// Keeps cursor and scrolling in sight after the size, the pane or the contents changed.
fn reveal(app: &mut App) {
    let room = app.room();
    if let Some(grid) = app.grid_mut() {
        grid.reveal(room);
    }
    let size = app.size;
    for drill in &mut app.drills {
        if let Some((scroll, last)) = drill.scroll(size) {
            *scroll = (*scroll).min(last);
        }
    }
    for popup in &mut app.popups {
        match popup {
            Popup::Help(page) => page.scroll = page.scroll.min(page.last_scroll(size, &app.bindings)),
            Popup::Text(page) => page.scroll = page.scroll.min(page.last_scroll(size)),
            _ => {}
        }
    }
}

/// Popups take every command before what is below them; else its owner does it.
fn perform(app: &mut App, command: Command) -> Effects {
    if let Some(effects) = popups::on_popup(app, command) {
        return effects;
    }
    match command {
        Command::Show(pane) => show(app, pane),
        Command::Program(command) => program::perform(app, command),
        Command::Runs(command) => runs::perform(app, command),
        Command::Move(command) => layers::moved(app, command),
        Command::Layer(command) => layers::left(app, command),
        Command::Open(command) => open::perform(app, command),
        Command::Step(command) => step::perform(app, command),
        Command::Table(command) => table::perform(app, command),
        Command::Charts(command) => charts::perform(app, command),
        Command::Neighbour(command) => next::perform(app, command),
        Command::Timeline(command) => user::turn(app, command),
        Command::Own(at) => doors::run_own(app, at),
        // Without a dialog there is nothing to answer.
        Command::Dialog(Dialog::Edit) => query::edit(app),
        Command::Dialog(_) => Vec::new(),
    }
}

/// Goes to a pane; recommendations are asked for the first time that they are to be seen.
pub(super) fn show(app: &mut App, pane: Pane) -> Effects {
    app.drills.clear();
    app.popups.clear();
    app.pane = pane;
    reveal(app);
    match pane.description().table {
        Some(PaneTable::Recommendations) => recommend::ask(app),
        _ => Vec::new(),
    }
}

/// The keys that an event stands for. A terminal sends Alt as Esc before the key, and a multiplexer that waits for what
/// follows an Esc makes one of the two: where Alt and the key mean nothing together they are meant one after the other.
fn split_alt(app: &App, key: KeyEvent) -> Vec<KeyEvent> {
    let context = app.context();
    if !key.modifiers.contains(KeyModifiers::ALT) || app.bindings.lookup(context, key.into()).is_some() {
        return vec![key];
    }
    // Words of a line of text are gone through by Alt and these, which the line's editor knows as Meta.
    if context.takes_text() && matches!(key.code, KeyCode::Char('b' | 'f' | 'd')) {
        return vec![KeyEvent { modifiers: KeyModifiers::META, ..key }];
    }
    vec![KeyEvent::from(KeyCode::Esc), KeyEvent { modifiers: key.modifiers - KeyModifiers::ALT, ..key }]
}

/// What a key means on the topmost layer: a command, or text where it takes text.
fn resolve(app: &App, key: KeyEvent) -> Option<Action> {
    if key.kind == crossterm::event::KeyEventKind::Release {
        return None;
    }
    let context = app.context();
    match app.bindings.lookup(context, key.into()) {
        Some(command) => Some(Action::Command(command)),
        None => context.takes_text().then_some(Action::Type(key)),
    }
}
