//! What an action changes, and what it asks for: the only place that changes the state.

use std::sync::Arc;

use super::action::{Action, Effect, Effects, Work};
use super::app::{App, Pane};
use super::command::{Command, Context, in_context};
use super::drill::{Drill, StagePage, UserPage, scroll};
use super::layout;
use super::popups::{Message, Palette, Popup, Prompt, Purpose, help};
use super::stages;
use super::users::Answer;
use crate::error::Result;
use crate::job::Job;
use crate::pipeline::{StageId, StageStatus};
use crate::store::{Run, RunInfo, UserTable, View};

/// Applies an action.
pub fn update(app: &mut App, action: Action) -> Effects {
    match action {
        // The stages are looked at several times a second: only what is seen to change is drawn.
        Action::Stages(statuses) => {
            take_stages(app, &statuses);
            return Vec::new();
        }
        Action::Slow { generation } => {
            app.dirty |= app.users.slow(generation);
            return Vec::new();
        }
        _ => app.dirty = true,
    }
    match action {
        Action::Command(command) => perform(app, command),
        Action::Type(key) => {
            typed(app, &crossterm::event::Event::Key(key));
            Vec::new()
        }
        Action::Paste(text) => {
            for letter in text.chars().filter(|letter| !letter.is_control()) {
                let key = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(letter));
                typed(app, &crossterm::event::Event::Key(key));
            }
            Vec::new()
        }
        Action::Resize(size) => {
            app.size = size;
            reveal(app);
            Vec::new()
        }
        Action::RunOpened(run) => run_opened(app, run),
        Action::UsersLoaded(users) => users_loaded(app, users),
        Action::RunEnded(result) => run_ended(app, result),
        Action::Ordered { generation, rows } => {
            let visible = app.visible_rows();
            let answer = app.users.ordered(generation, rows, visible);
            view_answered(app, answer);
            Vec::new()
        }
        Action::Found { generation, position } => {
            let visible = app.visible_rows();
            app.users.found(generation, position, visible);
            Vec::new()
        }
        Action::Profiled { generation, profile } => {
            for drill in &mut app.drills {
                if let Drill::User(page) = drill
                    && page.generation == generation
                {
                    page.profile = Some((*profile).map_err(|error| error.to_string()));
                    break;
                }
            }
            Vec::new()
        }
        Action::Stages(_) | Action::Slow { .. } => Vec::new(),
    }
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

/// Keeps cursor and scrolling in sight after the size or the contents changed.
fn reveal(app: &mut App) {
    let visible = app.visible_rows();
    app.users.cursor.reveal_row(app.users.rows.len(), visible);
    app.users.cursor.reveal_column(&app.users.columns, usize::from(app.size.width));
    let size = app.size;
    for drill in &mut app.drills {
        let (scroll, last) = drill.scroll(size);
        *scroll = (*scroll).min(last);
    }
    for popup in &mut app.popups {
        if let Popup::Help(scroll) = popup {
            *scroll = (*scroll).min(help::last_scroll(size));
        }
    }
}

fn run_opened(app: &mut App, run: Result<Option<Run>>) -> Effects {
    app.opening = false;
    match run {
        Err(error) => {
            app.popups.push(Popup::Message(Message::told("Workspace", &error)));
            Vec::new()
        }
        Ok(None) => {
            app.stages = app.recorded_stages();
            if app.demo && app.input.is_some() { start(app, false) } else { Vec::new() }
        }
        Ok(Some(run)) => {
            let run = Arc::new(run);
            app.run = Some(Arc::clone(&run));
            if !app.running {
                app.stages = app.recorded_stages();
            }
            vec![Effect::Work(Work::LoadUsers(run), Job::new())]
        }
    }
}

fn users_loaded(app: &mut App, users: Result<Option<UserTable>>) -> Effects {
    let (visible, width) = (app.visible_rows(), usize::from(app.size.width));
    match users {
        Ok(Some(users)) => app.users.take(Some(users), visible, width),
        Ok(None) => {
            let why = app.run.as_ref().and_then(|run| run.info().stage(StageId::Features.name())?.reason.clone());
            let effects = app.users.take(None, visible, width);
            let why = why.unwrap_or_else(|| "the run has no features".to_owned());
            app.users.problem = Some(why);
            effects
        }
        Err(error) => {
            let effects = app.users.take(None, visible, width);
            app.users.problem = Some(error.to_string());
            effects
        }
    }
}

fn run_ended(app: &mut App, result: Result<RunInfo>) -> Effects {
    app.running = false;
    match result {
        Ok(_) => vec![Effect::Work(Work::OpenRun(app.workspace.clone()), Job::new())],
        Err(error) => {
            app.stages = app.recorded_stages();
            let title = if matches!(error, crate::error::Error::Cancelled) { "Run cancelled" } else { "Run failed" };
            app.popups.push(Popup::Message(Message::told(title, &error)));
            Vec::new()
        }
    }
}

fn start(app: &mut App, force: bool) -> Effects {
    app.running = true;
    app.stages = StageId::ALL.into_iter().map(stages::unknown).collect();
    vec![Effect::Start { force }]
}

/// A view's answer: the prompt that asked closes on success and shows what was wrong otherwise.
fn view_answered(app: &mut App, answer: Answer) {
    let asked = app.popups.iter().position(|popup| matches!(popup, Popup::Prompt(prompt) if prompt.waiting));
    match (answer, asked) {
        (Answer::Stale, _) | (Answer::Shown, None) => {}
        (Answer::Shown, Some(asked)) => {
            app.popups.remove(asked);
        }
        (Answer::Refused(problem), Some(asked)) => {
            if let Popup::Prompt(prompt) = &mut app.popups[asked] {
                prompt.waiting = false;
                prompt.problem = Some(problem);
            }
        }
        (Answer::Refused(problem), None) => app.popups.push(Popup::Message(Message::told("View", &problem))),
    }
}

fn typed(app: &mut App, event: &crossterm::event::Event) {
    let Some(request) = tui_input::backend::crossterm::to_input_request(event) else { return };
    match app.popups.last_mut() {
        Some(Popup::Prompt(prompt)) => {
            prompt.input.handle(request);
        }
        Some(Popup::Palette(palette)) => {
            palette.input.handle(request);
            palette.chosen = 0;
        }
        _ => {}
    }
}

/// A command goes through the layers from above until one takes it.
fn perform(app: &mut App, command: Command) -> Effects {
    on_popup(app, command)
        .or_else(|| on_drill(app, command))
        .or_else(|| on_pane(app, command))
        .unwrap_or_else(|| everywhere(app, command))
}

fn on_popup(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    match app.popups.last_mut()? {
        Popup::Help(at) => match command {
            Command::Back | Command::Close | Command::Help => {
                app.popups.pop();
            }
            _ => *at = scroll::moved(command, *at, help::last_scroll(size), help::visible(size))?,
        },
        Popup::Message(_) => match command {
            Command::Accept => {
                if let Some(Popup::Message(Message { then: Some(then), .. })) = app.popups.pop() {
                    return Some(everywhere(app, then));
                }
            }
            Command::Dismiss | Command::Close => {
                app.popups.pop();
            }
            Command::Quit | Command::Suspend | Command::Redraw | Command::Theme => return None,
            _ => {}
        },
        Popup::Palette(palette) => match command {
            Command::PreviousChoice => palette.chosen = palette.chosen.saturating_sub(1),
            Command::NextChoice => {
                palette.chosen = (palette.chosen + 1).min(palette.matching().len().saturating_sub(1));
            }
            Command::Dismiss => {
                app.popups.pop();
            }
            Command::Accept => {
                let chosen = palette.matching().get(palette.chosen).map(|entry| entry.command);
                app.popups.pop();
                return Some(chosen.map(|chosen| perform(app, chosen)).unwrap_or_default());
            }
            _ => return None,
        },
        Popup::Prompt(_) => match command {
            Command::Dismiss => {
                if matches!(app.popups.pop(), Some(Popup::Prompt(prompt)) if prompt.waiting) {
                    app.users.give_up();
                }
            }
            Command::Accept => return Some(accept(app)),
            _ => return None,
        },
    }
    Some(Vec::new())
}

/// Enter in a prompt.
fn accept(app: &mut App) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    let text = prompt.input.value().trim().to_owned();
    match prompt.purpose {
        Purpose::Filter => {
            prompt.problem = None;
            prompt.waiting = true;
            let filter = (!text.is_empty()).then_some(text);
            app.users.ask(View { filter, ..app.users.wanted().clone() })
        }
        Purpose::Search => {
            app.popups.pop();
            app.users.sought = text;
            app.users.seek(false)
        }
    }
}

fn on_drill(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    let drill = app.drills.last_mut()?;
    match (command, &mut *drill) {
        (Command::Back | Command::Close, _) => {
            app.drills.pop();
        }
        (Command::OlderEvents | Command::NewerEvents, Drill::User(page)) => {
            page.turn(command == Command::OlderEvents);
            let (scroll, last) = drill.scroll(size);
            *scroll = (*scroll).min(last);
        }
        _ => {
            let (at, last) = drill.scroll(size);
            *at = scroll::moved(command, *at, last, layout::body(size).height)?;
        }
    }
    Some(Vec::new())
}

fn on_pane(app: &mut App, command: Command) -> Option<Effects> {
    if !app.drills.is_empty() {
        return None;
    }
    match app.pane {
        Pane::Overview => on_overview(app, command),
        Pane::Users => on_users(app, command),
    }
}

fn on_overview(app: &mut App, command: Command) -> Option<Effects> {
    if matches!(command, Command::RunStale | Command::RunAll | Command::CancelStage | Command::Open)
        && !app.can(command)
    {
        let why = match command {
            Command::RunStale | Command::RunAll if app.running => {
                "a run is under way; x cancels the stage under the cursor"
            }
            Command::RunStale | Command::RunAll => {
                "nothing to run: start with user360 --input DIR, or user360 run --input DIR"
            }
            Command::CancelStage => "the stage under the cursor is not at work",
            _ => "this stage has no report yet",
        };
        app.popups.push(Popup::Message(Message::told("Overview", &why)));
        return Some(Vec::new());
    }
    match command {
        Command::RunStale => return Some(start(app, false)),
        Command::RunAll => return Some(start(app, true)),
        Command::CancelStage => return Some(vec![Effect::Cancel(app.stages[app.stage].id)]),
        Command::Open => {
            let record = app.record().cloned()?;
            app.drills.push(Drill::Stage(Box::new(StagePage::new(record))));
        }
        _ => {
            let last = app.stages.len().saturating_sub(1) as u16;
            app.stage = usize::from(scroll::moved(command, app.stage as u16, last, last + 1)?);
        }
    }
    Some(Vec::new())
}

fn on_users(app: &mut App, command: Command) -> Option<Effects> {
    let (visible, width) = (app.visible_rows(), usize::from(app.size.width));
    let users = &mut app.users;
    let rows = users.rows.len();
    let page = visible.max(1) as isize;
    let down = match command {
        Command::Down => Some(1),
        Command::Up => Some(-1),
        Command::HalfDown => Some(page / 2),
        Command::HalfUp => Some(-page / 2),
        Command::PageDown => Some(page),
        Command::PageUp => Some(-page),
        Command::First => Some(isize::MIN),
        Command::Last => Some(isize::MAX),
        _ => None,
    };
    if let Some(by) = down {
        users.cursor.move_rows(by, rows, visible);
        return Some(Vec::new());
    }
    match command {
        Command::Left => users.cursor.move_columns(-1, &users.columns, width),
        Command::Right => users.cursor.move_columns(1, &users.columns, width),
        Command::Sort => return Some(users.sorted().map(|view| users.ask(view)).unwrap_or_default()),
        Command::SortMore => return Some(users.sorted_further().map(|view| users.ask(view)).unwrap_or_default()),
        Command::FilterCell => match users.like_cell() {
            Ok(view) => return Some(users.ask(view)),
            Err(why) => users.note = Some(why),
        },
        Command::ResetView => return Some(users.ask(View::default())),
        Command::Filter if users.table.is_some() => {
            let start = users.view.filter.clone().unwrap_or_default();
            app.popups.push(Popup::Prompt(Prompt::new(Purpose::Filter, &start)));
        }
        Command::Search if rows > 0 => app.popups.push(Popup::Prompt(Prompt::new(Purpose::Search, ""))),
        Command::SearchNext => return Some(users.seek(false)),
        Command::SearchPrevious => return Some(users.seek(true)),
        Command::Open => return Some(open_user(app)),
        _ => return None,
    }
    Some(Vec::new())
}

fn open_user(app: &mut App) -> Effects {
    let (Some(run), Some(users), Some(row)) = (app.run.clone(), app.users.table.clone(), app.users.row()) else {
        return Vec::new();
    };
    let generation = app.next_generation();
    let detail = run.info().stage(StageId::Features.name()).map(|stage| &stage.detail);
    let units = detail.and_then(|detail| detail.get("units")?.as_object().cloned()).unwrap_or_default();
    let page = UserPage::waiting(users.cell(row, 0).to_string(), generation, units);
    app.drills.push(Drill::User(Box::new(page)));
    vec![Effect::Work(Work::Profile { generation, run, users, row }, Job::new())]
}

fn everywhere(app: &mut App, command: Command) -> Effects {
    let show = |app: &mut App, pane: Pane| {
        app.drills.clear();
        app.popups.clear();
        app.pane = pane;
    };
    let other = |app: &App, by: usize| {
        let at = Pane::ALL.iter().position(|pane| *pane == app.pane).unwrap_or(0);
        Pane::ALL[(at + by) % Pane::ALL.len()]
    };
    match command {
        Command::ShowOverview => show(app, Pane::Overview),
        Command::ShowUsers => show(app, Pane::Users),
        Command::NextPane => show(app, other(app, 1)),
        Command::PreviousPane => show(app, other(app, Pane::ALL.len() - 1)),
        Command::Theme => app.next_theme(),
        Command::Help => app.popups.push(Popup::Help(0)),
        Command::Palette => {
            let context = app.context();
            let useful = |command| app.can(command) && command != Command::Palette;
            let mut offered: Vec<_> = in_context(context).filter(|entry| useful(entry.command)).collect();
            offered.sort_by_key(|entry| !entry.contexts.contains(&context));
            app.popups.push(Popup::Palette(Palette::new(offered)));
        }
        Command::Redraw => return vec![Effect::Redraw],
        Command::Suspend => return vec![Effect::Suspend],
        Command::Close if app.running => {
            let words = "A run is under way. Quitting gives it up; the last finished run stays as it is. Quit?";
            app.popups.push(Popup::Message(Message::asked("Quit", words, Command::Quit)));
        }
        Command::Close | Command::Quit => return vec![Effect::Quit],
        _ => {}
    }
    Vec::new()
}

/// What a key means on the topmost layer: a command, or text where it takes text.
pub fn resolve(app: &App, key: crossterm::event::KeyEvent) -> Option<Action> {
    if key.kind == crossterm::event::KeyEventKind::Release {
        return None;
    }
    let context: Context = app.context();
    match super::command::lookup(context, key.into()) {
        Some(command) => Some(Action::Command(command)),
        None => context.takes_text().then_some(Action::Type(key)),
    }
}
