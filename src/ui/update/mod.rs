//! What an action changes, and what it asks for: the only place that changes the state.

mod export;
mod fetch;
mod log;
mod open;
mod panes;
mod popups;
mod results;
mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::job::Job;
use crate::pipeline::StageStatus;
use crate::stage::StageId;
use crate::ui::action::{Action, Reading};
use crate::ui::app::App;
use crate::ui::command::Command;
use crate::ui::drill::{Drill, scroll};
use crate::ui::effect::{Effect, Effects};
use crate::ui::layout;
use crate::ui::pane::Pane;
use crate::ui::popups::{Message, Picked, Popup, help};
use crate::ui::stages;
use crate::ui::work::Work;

pub(super) use log::open as open_log;

/// Applies an action.
pub fn update(app: &mut App, action: Action) -> Effects {
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
        Action::SaveDue => return save(app),
        Action::SessionSaved(result) => {
            if let Err(error) = result {
                tracing::warn!(%error, "the session is not saved");
            }
            return Vec::new();
        }
        _ => app.dirty = true,
    }
    let mut effects = match action {
        Action::Command(command) => {
            // What was just done has been read by whoever goes on.
            app.note = None;
            perform(app, command)
        }
        Action::Type(key) => popups::typed(app, key),
        Action::Paste(text) => popups::paste(app, &text),
        Action::Resize(size) => {
            app.size = size;
            reveal(app);
            Vec::new()
        }
        Action::RunOpened(run) => results::run_opened(app, run),
        Action::UsersLoaded(users) => results::users_loaded(app, users),
        Action::Summarised { run, summary } => results::summarised(app, &run, summary),
        Action::Recommended { run, tables } => results::recommended(app, &run, tables),
        Action::RunEnded(result) => results::run_ended(app, result),
        Action::Ordered { generation, rows } => results::ordered(app, generation, rows),
        Action::Found { generation, position } => results::found(app, generation, position),
        Action::Profiled { generation, profile } => results::profiled(app, generation, *profile),
        Action::ItemFound { generation, item } => results::item_found(app, generation, *item),
        Action::Compared { generation, comparison } => results::compared(app, generation, *comparison),
        Action::Queried { generation, query, result } => results::queried(app, generation, query, result),
        Action::Exported(result) => export::exported(app, result),
        Action::Fetched(result) => fetch::fetched(app, *result),
        Action::LogInspected { generation, draft } => log::inspected(app, generation, *draft),
        Action::Previewed { generation, preview } => log::previewed(app, generation, *preview),
        Action::SettingsWritten { path, reading, result } => log::written(app, &path, *reading, result),
        Action::Stages(_) | Action::PollProgress | Action::Slow { .. } | Action::SaveDue | Action::SessionSaved(_) => {
            Vec::new()
        }
    };
    if app.run.is_some() && !app.unsaved {
        app.unsaved = true;
        effects.push(Effect::SaveLater);
    }
    effects
}

/// Saves the session where it differs from what was last saved, unless the reader wants none.
fn save(app: &mut App) -> Effects {
    app.unsaved = false;
    let file = crate::ui::session::Session::file(&app.workspace).filter(|_| app.settings.restore);
    let now = (app.session_but_marks(), app.grid_of(Pane::Users).marks().clone());
    if app.saved.as_ref() == Some(&now) {
        return Vec::new();
    }
    let session = Box::new(now.0.clone());
    app.saved = Some(now);
    file.map(|file| vec![Effect::Work(Work::SaveSession(file, session, app.marked_users()), Job::new())])
        .unwrap_or_default()
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
    let lines = help::last_scroll(size, &app.bindings);
    for popup in &mut app.popups {
        if let Popup::Help(scroll) = popup {
            *scroll = (*scroll).min(lines);
        }
    }
}

/// A command goes through the layers from above until one takes it.
fn perform(app: &mut App, command: Command) -> Effects {
    popups::on_popup(app, command)
        .or_else(|| on_drill(app, command))
        .or_else(|| panes::on_pane(app, command))
        .unwrap_or_else(|| everywhere(app, command))
}

fn on_drill(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    app.drills.last()?;
    if command == Command::Back && app.grid().is_some_and(|grid| grid.range.is_some()) {
        return table::on_table(app, command);
    }
    match command {
        Command::Back | Command::Close => {
            app.drills.pop();
            reveal(app);
            return Some(Vec::new());
        }
        Command::FindItem => return Some(open::choose_item(app)),
        Command::Open => return Some(open::open_on_drill(app)),
        _ => {}
    }
    if app.grid().is_some() {
        return panes::on_charts(app, command).or_else(|| table::on_table(app, command));
    }
    match (command, app.drills.last_mut()?) {
        (Command::OlderEvents | Command::NewerEvents, Drill::User(page)) => {
            page.turn(command == Command::OlderEvents);
            reveal(app);
        }
        (Command::Mark, Drill::User(page)) => {
            let row = page.row as u32;
            app.grid_of_mut(Pane::Users).toggle_mark(row);
            app.spread_marks(Pane::Users);
        }
        (Command::CopyCell, Drill::User(page)) => {
            let id = page.id.clone();
            return Some(table::copy(app, "the id", &id));
        }
        (Command::Export, Drill::User(_)) => return Some(export::begin(app)),
        (_, drill) => {
            let (at, last) = drill.scroll(size)?;
            *at = scroll::moved(command, *at, last, layout::body(size).height)?;
        }
    }
    Some(Vec::new())
}

/// Goes to a pane; the Recommendations pane asks for its tables the first time.
pub(super) fn show(app: &mut App, pane: Pane) -> Effects {
    app.drills.clear();
    app.popups.clear();
    app.pane = pane;
    reveal(app);
    if pane == Pane::Recommendations { results::ask_recommendations(app) } else { Vec::new() }
}

fn everywhere(app: &mut App, command: Command) -> Effects {
    let other = |app: &App, by: usize| Pane::ALL[(app.pane.place() + by) % Pane::ALL.len()];
    match command {
        Command::ShowOverview => return show(app, Pane::Overview),
        Command::ShowUsers => return show(app, Pane::Users),
        Command::ShowSegments => return show(app, Pane::Segments),
        Command::ShowChurn => return show(app, Pane::Churn),
        Command::ShowLtv => return show(app, Pane::Ltv),
        Command::ShowRecommendations => return show(app, Pane::Recommendations),
        Command::ShowPersuadables => return show(app, Pane::Persuadables),
        Command::ShowSql => return show(app, Pane::Sql),
        Command::NextPane => {
            let next = other(app, 1);
            return show(app, next);
        }
        Command::PreviousPane => {
            let previous = other(app, Pane::ALL.len() - 1);
            return show(app, previous);
        }
        Command::Theme => {
            let mut picker = open::themes(app);
            let now = Picked::Theme(app.theme().name.clone());
            picker.choose(&now);
            picker.before = Some(now);
            app.popups.push(Popup::Picker(picker));
        }
        Command::Help => app.popups.push(Popup::Help(0)),
        Command::Palette => {
            let picker = open::commands(app);
            app.popups.push(Popup::Picker(picker));
        }
        // Where both are under way, the one that the hints tell of.
        Command::CancelExport => match (&app.exporting, &app.fetching) {
            (Some(exporting), _) => exporting.job.cancel(),
            (None, Some(fetching)) => fetching.job.cancel(),
            (None, None) => app.tell("Cancel", &"no export and no download is under way"),
        },
        Command::Fetch => return fetch::begin(app),
        Command::Init => return log::begin(app),
        Command::Redraw => return vec![Effect::Redraw],
        Command::Suspend => return vec![Effect::Suspend],
        Command::Close if app.running => {
            let words = "A run is under way. Quitting gives it up; the last finished run stays as it is. Quit?";
            app.popups.push(Popup::Message(Message::asked("Quit", words, Command::Quit)));
        }
        Command::Close if app.exporting.is_some() => {
            let words = "An export is under way. Quitting gives it up and leaves no part of a file. Quit?";
            app.popups.push(Popup::Message(Message::asked("Quit", words, Command::Quit)));
        }
        Command::Close if app.fetching.is_some() => {
            let words = "A download is under way. Quitting stops it; the same download goes on later from what has \
                         arrived. Quit?";
            app.popups.push(Popup::Message(Message::asked("Quit", words, Command::Quit)));
        }
        Command::Close | Command::Quit => {
            if let Some(fetching) = &app.fetching {
                fetching.job.cancel();
            }
            if let Some(exporting) = &app.exporting {
                exporting.job.cancel();
            }
            for popup in &mut app.popups {
                if let Popup::Log(dialog) = popup {
                    dialog.give_up();
                }
            }
            return vec![Effect::Quit];
        }
        _ => {}
    }
    Vec::new()
}

fn start(app: &mut App, force: bool) -> Effects {
    let Some(input) = app.input.clone() else { return Vec::new() };
    app.running = true;
    app.stages = StageId::ALL.into_iter().map(stages::unknown).collect();
    app.forced = force;
    // The sample of the demo is the program's own.
    let accept_shrunk = std::mem::take(&mut app.accept_shrunk) || app.demo;
    let reading = Box::new(Reading { input, ingest: app.ingest.clone(), accept_shrunk });
    vec![Effect::Start { reading, force }]
}

/// The keys that an event stands for. A terminal sends Alt as Esc before the key, and a multiplexer that waits for what
/// follows an Esc makes one of the two: where Alt and the key mean nothing together they are meant one after the other.
pub fn split_alt(app: &App, key: KeyEvent) -> Vec<KeyEvent> {
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
pub fn resolve(app: &App, key: KeyEvent) -> Option<Action> {
    if key.kind == crossterm::event::KeyEventKind::Release {
        return None;
    }
    let context = app.context();
    match app.bindings.lookup(context, key.into()) {
        Some(command) => Some(Action::Command(command)),
        None => context.takes_text().then_some(Action::Type(key)),
    }
}
