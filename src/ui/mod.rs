//! The workbench: the engine's results on a terminal.
//!
//! [`run`] takes the terminal and stays until the analyst leaves. [`App`] owns the state; an [`Action`] goes through
//! [`update`], the only place that changes it, and comes out as [`Effect`]s; [`view`] draws it and changes nothing.
//! Layers: pane (`panes`) < page opened from it (`drill`) < popup (`popups`); keys go to the topmost first.
//! One table (`command`) feeds bindings, hints, help and palette; one kind of table state (`grid`) serves every pane.
//! The terminal: [`input`] reads its keys and replies, `output` writes to it, `terminal` takes it and gives it back, the
//! [`keeper`] does so where the program has died; `signals` and `ending` see to an end that nothing holds up.
//! May import [`crate::store`], [`crate::pipeline`], [`crate::fetch`], [`crate::config`] and [`crate::plot`]; computes nothing itself and is
//! imported by nobody but the command line.

mod action;
pub mod ahead;
mod app;
mod background;
pub mod bindings;
mod clipboard;
pub mod command;
mod drill;
mod editor;
mod effect;
mod ending;
mod event_loop;
mod explain;
mod export;
mod fetch;
mod frame;
mod front;
mod grid;
mod history;
pub mod input;
pub mod keeper;
mod key;
mod layout;
mod log;
mod output;
mod pane;
mod panes;
mod popups;
mod programs;
mod questions;
mod reading;
mod scroll;
mod session;
mod signals;
mod stages;
mod terminal;
pub mod theme;
mod tour;
mod update;
mod view;
mod widgets;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Size;
use tokio::sync::watch;

pub use action::Action;
pub use app::{App, Opening};
pub use effect::{Answer, Effect, Effects, Work};
pub use event_loop::RunStages;
pub use fetch::FetchService;
pub use key::Key;
pub use log::LogRequest;
pub use pane::Pane;
pub use programs::OwnProgram;
pub use reading::Reading;
pub use session::Session;
pub use terminal::check as require_terminal;
pub use update::{next_typed, open, typed, update};
pub use view::view;

use update::open_log;

use crate::config::{Config, Extras, shop_file};
use crate::error::{Error, Result};
use crate::pipeline::{self, Asked, LogChoice, RunRequest};
use crate::store::View;
use bindings::Bindings;
use theme::{Depth, Theme};

/// How long work given up may take to clean up after the screen is closed.
const PARTING: Duration = Duration::from_millis(500);

/// What the workbench is started with.
#[derive(Clone, Debug)]
pub struct UiOptions {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// The settings, of the screen and of the runs.
    pub config: Config,
    /// The raw log that `r` runs on; without it the workbench only shows, until it has downloaded one.
    pub input: Option<PathBuf>,
    /// A log to be looked at as soon as the workbench is open.
    pub log_request: Option<LogRequest>,
    /// The pane to open, and the filter and order of its table.
    pub view: Option<(Pane, View)>,
    /// Whether a newer run is opened by itself.
    pub watch: bool,
    /// On sample data: a workspace without a run gets one at once.
    pub demo: bool,
    /// Whether the tour is begun.
    pub tour: bool,
    /// Where the log is, for who must read it after a panic.
    pub log: Option<PathBuf>,
}

/// Shows the workbench until the analyst leaves it, a signal ends it or the terminal disappears; gives the exit code.
///
/// Errors before anything is drawn where there is no terminal, or one that cannot be drawn on, or where the user's keys
/// cannot be read.
pub fn run(options: UiOptions) -> Result<ExitCode> {
    crate::store::set_query_memory(options.config.sql.memory_bytes());
    let stages = if options.demo {
        run_sample(options.workspace.clone(), options.config.clone())
    } else {
        run_stages(options.workspace.clone())
    };
    run_with(options, stages)
}

/// As [`run`], with what `r` and `R` do given by the caller.
pub fn run_with(options: UiOptions, stages: RunStages) -> Result<ExitCode> {
    terminal::check()?;
    let bindings = Bindings::load()?;
    let programs = OwnProgram::all(&bindings)?;
    let link = links(&options.workspace)?;
    let own = Config::default_file().map(|file| file.with_file_name("themes"));
    let depth = Depth::detect();
    let (themes, wrong) = Theme::all(own.as_deref(), depth)?;
    let warnings = wrong.iter().map(ToString::to_string).collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(output::terminal)?;
    let session_file = Session::file(&options.workspace).filter(|_| options.config.ui.restore);
    let session = session_file.as_deref().map(Session::load).unwrap_or_default();
    let signals = runtime.block_on(async { signals::Signals::new() })?;
    let guard = terminal::Guard::take(options.log)?;
    let (tell, hang_up) = watch::channel(false);
    let input = input::Reader::start(move || terminal::lost(&tell)).map_err(output::terminal)?;
    let gone = hang_up.clone();
    let mut screen = terminal::Screen::new()?;
    let (width, height) = output::size()?;
    let (mut app, mut first) = open(Opening {
        workspace: options.workspace,
        input: options.input,
        demo: options.demo,
        size: Size { width, height },
        themes,
        bindings,
        settings: terminal::settings_for(options.config.ui, std::env::var("TERM").ok().as_deref()),
        session,
        warnings,
        service: FetchService::of_environment(),
    })?;
    app.take_doors(programs, link);
    app.watch = options.watch;
    app.tour = options.tour.then_some(0);
    if options.tour {
        app.pane = Pane::Overview;
    }
    app.opened_at = jiff::Timestamp::now().as_millisecond();
    // With fewer colours there is nothing to fit to the background.
    app.asks_for_background = depth == Depth::True;
    if let Some((pane, view)) = options.view {
        app.open_at(pane, view);
    }
    first.extend(options.log_request.map(|request| open_log(&mut app, request)).unwrap_or_default());
    app.share = options.config.run.share;
    let ended = runtime.block_on(event_loop::drive(&mut app, first, stages, &mut screen, &input, signals, hang_up));
    // What is typed from now on is the shell's.
    drop(input);
    drop(guard);
    if let Some(file) = session_file.filter(|_| app.run.is_some())
        && let Err(error) = app.session().and_then(|session| session.save_beside(&file, &app.known_session))
    {
        tracing::warn!(%error, "the session is not saved");
    }
    let ended = match ended {
        // A terminal that takes nothing, or has disappeared, may break the loop before it tells why it ends.
        Err(error) => ending::asked_to_end().or(gone.borrow().then_some(ending::HUNG_UP)).ok_or(error),
        ended => ended,
    };
    // Work that does not look at its job holds nobody up.
    runtime.shutdown_timeout(PARTING);
    ended.map(ExitCode::from)
}

/// Where users have a page elsewhere: as the user's own settings say, else the workspace's, else the machine's.
fn links(workspace: &Path) -> Result<Option<String>> {
    for file in Config::default_file().into_iter().chain([shop_file(workspace)]).chain(Config::machine_file()) {
        if let Some(link) = Extras::read(&file)?.links.user {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

/// What `r` and `R` do, as the loop calls it: the workspace's settings are those of the moment.
fn run_stages(workspace: PathBuf) -> RunStages {
    Arc::new(move |board, reading, force| {
        let mut log =
            LogChoice::find(&workspace, Asked { input: Some(&reading.input), goes_on: true, ..Asked::default() })?;
        if let Some(ingest) = reading.ingest {
            log.config.ingest = ingest;
        } else if !log.is_described()? {
            let what = "nothing says how it is read; I looks at it and proposes settings".to_owned();
            return Err(Error::Input { path: reading.input, line: None, what });
        }
        let input = log.required(&workspace)?;
        let (accept_shrunk, accept_settings) = (reading.accept_shrunk, reading.accept_settings);
        let (workspace, config) = (workspace.clone(), log.config);
        let request =
            RunRequest { input, workspace, only: None, force, config, campaign: None, accept_shrunk, accept_settings };
        pipeline::run(&request, board)
    })
}

/// The same on the sample of the demo, by the user's own settings.
fn run_sample(workspace: PathBuf, config: Config) -> RunStages {
    Arc::new(move |board, reading, force| {
        let (input, workspace, config) = (reading.input, workspace.clone(), config.clone());
        let (accept_shrunk, accept_settings) = (reading.accept_shrunk, reading.accept_settings);
        let request =
            RunRequest { input, workspace, only: None, force, config, campaign: None, accept_shrunk, accept_settings };
        pipeline::run(&request, board)
    })
}
