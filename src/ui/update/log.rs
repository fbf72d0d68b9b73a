//! A log that nobody described: from the question to the settings that `r` reads it by.

use std::path::{Path, PathBuf};

use crate::config;
use crate::error::Result;
use crate::files::{self, Share};
use crate::job::Job;
use crate::pipeline::propose::{Changed, Draft, Preview, Request};
use crate::ui::app::App;
use crate::ui::command::{Command, Dialog, Layer, Move, Program, Runs};
use crate::ui::drill::scroll;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::fetch::in_full;
use crate::ui::log::LogRequest;
use crate::ui::popups::{LogDialog, Popup, Prompt, Purpose};
use crate::ui::reading::Reading;
use crate::ui::update::fetch::{key, refuse};
use crate::ui::update::questions;
use crate::ui::widgets::text;

/// Asks for the log.
pub(super) fn begin(app: &mut App) -> Effects {
    let start = app.input.as_ref().map(|input| input.display().to_string()).unwrap_or_default();
    app.popups.push(Popup::Prompt(Prompt::new(Purpose::Log, &start)));
    Vec::new()
}

/// Enter behind the log: looks at it in the background.
pub(super) fn take_log(app: &mut App, path: &str) -> Effects {
    if path.is_empty() {
        return refuse(app, "name a file, or a folder, with a log".to_owned());
    }
    app.popups.pop();
    let address = Path::new(path.trim());
    let place = if Request::is_address(address) { address.to_path_buf() } else { in_full(path) };
    let request = Request { paths: vec![place], ..Request::default() };
    let out = config::shop_file(&app.workspace);
    open(app, LogRequest { request, out, overwrite: false })
}

/// Opens the dialog and looks at the log.
pub(in crate::ui) fn open(app: &mut App, asked: LogRequest) -> Effects {
    let LogRequest { request, out, overwrite } = asked;
    app.popups.push(Popup::Log(Box::new(LogDialog::new(request.clone(), out, overwrite))));
    inspect(app, Box::new(request))
}

/// The dialog of a log, under whatever layers are above it.
fn dialog(app: &mut App) -> Option<&mut LogDialog> {
    app.popups.iter_mut().rev().find_map(|popup| match popup {
        Popup::Log(dialog) => Some(&mut **dialog),
        _ => None,
    })
}

/// The dialog, where it waits for this answer; an older request's is dropped.
fn awaiting(app: &mut App, generation: u64) -> Option<&mut LogDialog> {
    let dialog = dialog(app)?;
    dialog.answered(generation).then_some(dialog)
}

fn inspect(app: &mut App, request: Box<Request>) -> Effects {
    let (generation, job) = (app.next_generation(), Job::new());
    let Some(dialog) = dialog(app) else { return Vec::new() };
    dialog.wait(generation, job.clone(), true);
    let work = Work::new(
        "look at the log",
        move |job| Draft::inspect(&request, job),
        move |app, draft| inspected(app, generation, draft),
    );
    vec![Effect::Work(work, job)]
}

fn ask_preview(app: &mut App) -> Effects {
    let (generation, job) = (app.next_generation(), Job::new());
    let Some(dialog) = dialog(app) else { return Vec::new() };
    let Some(draft) = dialog.draft.clone().map(Box::new) else { return Vec::new() };
    dialog.wait(generation, job.clone(), false);
    let work = Work::new(
        "read the first rows",
        move |job| draft.preview(job),
        move |app, preview| previewed(app, generation, preview),
    );
    vec![Effect::Work(work.aside(), job)]
}

/// A look has ended.
fn inspected(app: &mut App, generation: u64, draft: Result<Draft>) -> Effects {
    let Some(dialog) = awaiting(app, generation) else { return Vec::new() };
    match draft {
        Ok(draft) => {
            dialog.take(draft);
            ask_preview(app)
        }
        Err(error) => {
            let asked = dialog.draft.is_none().then(|| dialog.request.paths.clone());
            let effects = match asked {
                // The choices of the look before stay; what their rows are may have been given up for this one.
                None => ask_preview(app),
                Some(paths) => {
                    ask_again(app, &paths);
                    Vec::new()
                }
            };
            app.tell("Log", &error);
            effects
        }
    }
}

/// Without a look there is nothing to choose: back to the question.
fn ask_again(app: &mut App, paths: &[PathBuf]) {
    app.popups.retain(|popup| !matches!(popup, Popup::Log(_)));
    if let [path] = paths {
        app.popups.push(Popup::Prompt(Prompt::new(Purpose::Log, &path.display().to_string())));
    }
}

/// What the first rows are is known.
fn previewed(app: &mut App, generation: u64, preview: Result<Preview>) -> Effects {
    if let Some(dialog) = awaiting(app, generation) {
        dialog.show(preview.map_err(|error| error.to_string()));
    }
    Vec::new()
}

/// Keys of the dialog.
pub(super) fn on_log(app: &mut App, command: Command) -> Option<Effects> {
    let (size, ascii) = (app.size, app.theme().glyphs.ascii);
    let Some(Popup::Log(dialog)) = app.popups.last_mut() else { return None };
    match command {
        Command::Dialog(Dialog::Dismiss) | Command::Layer(Layer::Close) => {
            dialog.give_up();
            app.popups.pop();
            app.note = Some("nothing was written".to_owned());
        }
        Command::Move(Move::PageDown | Move::HalfDown) => dialog.scroll_by(1, size),
        Command::Move(Move::PageUp | Move::HalfUp) => dialog.scroll_by(-1, size),
        Command::Dialog(Dialog::NextOption | Dialog::PreviousOption) => {
            let by = if command == Command::Dialog(Dialog::NextOption) { 1 } else { -1 };
            return Some(dialog.next_option(by).map(|(key, option)| choose(app, &key, &option)).unwrap_or_default());
        }
        Command::Dialog(Dialog::ChooseOption) => {
            if let Some(picker) = dialog.picker(ascii) {
                app.popups.push(Popup::Picker(picker));
            }
        }
        Command::Dialog(Dialog::ClearOption) => match dialog.is_optional() {
            Some(key) => return Some(choose(app, &key, "")),
            None => app.note = Some("this cannot be without a choice".to_owned()),
        },
        Command::Dialog(Dialog::UndoOption | Dialog::ProposedOptions) => {
            if dialog.undo(command == Command::Dialog(Dialog::ProposedOptions)) {
                return Some(ask_preview(app));
            }
            app.note = Some("nothing was chosen otherwise than proposed".to_owned());
        }
        Command::Dialog(Dialog::WriteSettings) if dialog.draft.is_some() => {
            let start = in_full(&dialog.out.display().to_string()).display().to_string();
            let name = dialog.name();
            app.popups.push(Popup::Prompt(Prompt::new(Purpose::Settings, &start).about(&name)));
        }
        Command::Program(Program::Quit | Program::Suspend | Program::Redraw | Program::Help | Program::Theme) => {
            return None;
        }
        Command::Move(command) => {
            let (at, last) = dialog.place();
            dialog.go_to(usize::from(scroll::moved(command, at, last, last)));
        }
        _ => {}
    }
    Some(Vec::new())
}

/// Another option of the line under the cursor.
pub(super) fn choose_here(app: &mut App, option: &str) -> Effects {
    let key = dialog(app).and_then(|dialog| Some(dialog.choice()?.key.clone()));
    key.map(|key| choose(app, &key, option)).unwrap_or_default()
}

fn choose(app: &mut App, key: &str, option: &str) -> Effects {
    let dialog = dialog(app).filter(|dialog| !dialog.is_looking());
    match dialog.map(|dialog| dialog.choose(key, option)) {
        Some(Changed::Settings) => ask_preview(app),
        Some(Changed::Shape(request)) => inspect(app, request),
        Some(Changed::Nothing) | None => Vec::new(),
    }
}

/// Enter behind the file: writes the settings.
pub(super) fn take_file(app: &mut App, typed: &str) -> Effects {
    let path = in_full(typed);
    // The workspace's folder is made when it is needed.
    let own =
        (path == in_full(&config::shop_file(&app.workspace).display().to_string())).then(|| app.workspace.clone());
    let share = app.share;
    let Some(dialog) = dialog(app) else { return Vec::new() };
    let (objections, unasked) = (dialog.objections(), dialog.overwrite);
    let Some(draft) = dialog.draft.clone().map(Box::new) else { return Vec::new() };
    let objections = match problem(typed, &path, own.is_some()).map_or(objections, Err) {
        Ok(objections) => objections,
        Err(problem) => return refuse(app, problem),
    };
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    let overwrite = path.exists();
    let exists = (overwrite && !unasked)
        .then(|| format!("{} exists. Enter again replaces its [ingest] part; another name keeps it.", path.display()));
    let against =
        (!objections.is_empty()).then(|| format!("{}. Enter again writes it all the same.", objections.join(". ")));
    let asked: Vec<String> = against.into_iter().chain(exists).collect();
    if !asked.is_empty() && prompt.confirmed.as_deref() != Some(typed) {
        prompt.confirmed = Some(typed.to_owned());
        return refuse(app, asked.join(" "));
    }
    prompt.problem = None;
    prompt.waiting = true;
    let (file, reading) = (path.clone(), reading(&draft, own.is_some()));
    vec![Effect::background(Work::new(
        "write the settings",
        move |_| {
            let share = if own.is_some() { share } else { Share::Private };
            own.map_or(Ok(()), |folder| files::create_folder(&folder, share))?;
            config::write_ingest(&path, &draft.proposal(), draft.input(), share, overwrite)
        },
        move |app, result| written(app, &file, reading, result),
    ))]
}

/// A log as the settings chosen read it; those in the workspace are read from there whenever it runs.
fn reading(draft: &Draft, in_workspace: bool) -> Reading {
    let ingest = (!in_workspace).then(|| draft.settings());
    Reading { input: draft.input().to_path_buf(), ingest, accept_shrunk: false, accept_settings: false }
}

fn problem(written: &str, path: &Path, in_workspace: bool) -> Option<String> {
    let shown = path.display();
    if written.is_empty() || path.file_name().is_none() {
        return Some("name a file, such as user360.toml".to_owned());
    }
    if path.is_dir() {
        return Some(format!("{shown} is a folder; name a file in it"));
    }
    let lost = !in_workspace && !path.parent().is_some_and(Path::is_dir);
    lost.then(|| format!("{shown} lies in no existing folder; make the folder first, or choose another"))
}

/// The settings are written, or not.
fn written(app: &mut App, path: &Path, reading: Reading, result: Result<()>) -> Effects {
    let asked = app.popups.iter().position(
        |popup| matches!(popup, Popup::Prompt(prompt) if prompt.purpose == Purpose::Settings && prompt.waiting),
    );
    if let Err(error) = result {
        match asked.and_then(|asked| app.popups.get_mut(asked)) {
            Some(Popup::Prompt(prompt)) => {
                prompt.waiting = false;
                prompt.problem = Some(error.to_string());
            }
            _ => app.tell("Log", &error),
        }
        return Vec::new();
    }
    let hints = app.popups.iter().find_map(|popup| match popup {
        Popup::Log(dialog) => Some(dialog.hints()),
        _ => None,
    });
    app.popups.retain(|popup| {
        !matches!(popup, Popup::Log(_))
            && !matches!(popup, Popup::Prompt(prompt) if prompt.purpose == Purpose::Settings)
    });
    app.input = Some(reading.input);
    app.ingest = reading.ingest;
    let (then, key) = (if app.running { "the next " } else { "" }, key(app, Runs::Stale.into()));
    let note = |file: &str| format!("wrote {}; {then}{key} runs the stages on it", text::clean(file));
    let (whole, name) = (path.display().to_string(), path.file_name().unwrap_or_default().to_string_lossy());
    // The line at the foot is short: what comes next is worth more than the folder, which the reader has just named.
    let fits = text::width(&note(&whole)) < usize::from(app.size.width) * 2 / 3;
    let note = if fits { note(&whole) } else { note(&name) };
    questions::begin(app, path, hints.unwrap_or_default(), note)
}
