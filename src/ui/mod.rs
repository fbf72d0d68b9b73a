//! The workbench: the engine's results on a terminal.
//!
//! [`run`] takes the terminal and stays until the analyst leaves. [`App`] owns the state; an [`Action`] goes through
//! [`update`], the only place that changes it, and comes out as [`Effect`]s; [`view`] draws it and changes nothing.
//! Layers: pane (`panes`) < page opened from it (`drill`) < popup (`popups`); keys go to the topmost first.
//! One table (`command`) feeds bindings, hints, help and palette; one kind of table state (`grid`) serves every pane.
//! May import [`crate::store`], [`crate::pipeline`], [`crate::fetch`], [`crate::config`] and [`crate::plot`]; computes nothing itself and is
//! imported by nobody but the command line.

mod action;
mod app;
pub mod bindings;
mod clipboard;
pub mod command;
mod drill;
mod effect;
mod event_loop;
mod export;
mod fetch;
mod frame;
mod grid;
mod key;
mod layout;
mod log;
mod pane;
mod panes;
mod popups;
mod scroll;
mod session;
mod stages;
mod terminal;
pub mod theme;
mod update;
mod view;
mod widgets;
mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Size;

pub use action::{Action, Reading};
pub use app::{App, Opening};
pub use effect::{Effect, Effects};
pub use event_loop::RunStages;
pub use fetch::FetchService;
pub use key::Key;
pub use log::FirstLook;
pub use pane::Pane;
pub use session::Session;
pub use terminal::check as require_terminal;
pub use update::{resolve, told_apart, update};
pub use view::view;
pub use work::Work;

use update::open_log;

use crate::config::Config;
use crate::error::Result;
use crate::pipeline::{self, RunRequest};
use bindings::Bindings;
use theme::{Depth, Theme};

/// How long a run given up may take to clean up after the screen is closed.
const PARTING: Duration = Duration::from_millis(1500);

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
    pub look: Option<FirstLook>,
    /// On sample data: a workspace without a run gets one at once.
    pub demo: bool,
    /// Where the log is, for who must read it after a panic.
    pub log: Option<PathBuf>,
}

/// Shows the workbench until the analyst leaves it or the terminal disappears.
///
/// Errors before anything is drawn where there is no terminal, or one that cannot be drawn on, or where the user's keys
/// cannot be read.
pub fn run(options: UiOptions) -> Result<()> {
    let stages = run_stages(options.workspace.clone(), options.config.clone());
    run_with(options, stages)
}

/// As [`run`], with what `r` and `R` do given by the caller.
pub fn run_with(options: UiOptions, stages: RunStages) -> Result<()> {
    terminal::check()?;
    let bindings = Bindings::load()?;
    let own = Config::default_file().map(|file| file.with_file_name("themes"));
    let (themes, wrong) = Theme::all(own.as_deref(), Depth::detect())?;
    let warnings = wrong.iter().map(ToString::to_string).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(terminal::terminal)?;
    let session_file = Session::file(&options.workspace).filter(|_| options.config.ui.restore);
    let session = session_file.as_deref().map(Session::load).unwrap_or_default();
    let guard = terminal::Guard::take(options.log)?;
    let hang_up = terminal::watch_hang_up()?;
    let gone = hang_up.clone();
    let mut screen = terminal::Screen::new()?;
    let (width, height) = crossterm::terminal::size().map_err(terminal::terminal)?;
    let (mut app, mut first) = App::new(Opening {
        workspace: options.workspace,
        input: options.input,
        demo: options.demo,
        size: Size { width, height },
        themes,
        bindings,
        settings: options.config.ui,
        session,
        warnings,
        service: FetchService::of_environment(),
    })?;
    first.extend(options.look.map(|look| open_log(&mut app, look)).unwrap_or_default());
    app.share = options.config.run.share;
    let ended = runtime.block_on(event_loop::drive(&mut app, first, stages, &mut screen, hang_up));
    drop(guard);
    if let Some(file) = session_file.filter(|_| app.run.is_some())
        && let Err(error) = app.session().save(&file)
    {
        tracing::warn!(%error, "the session is not saved");
    }
    if *gone.borrow() {
        runtime.shutdown_background();
        return Ok(());
    }
    runtime.shutdown_timeout(PARTING);
    ended
}

/// What `r` and `R` do, as the loop calls it.
fn run_stages(workspace: PathBuf, config: Config) -> RunStages {
    Arc::new(move |board, reading, force| {
        let (workspace, mut config) = (workspace.clone(), config.clone());
        if let Some(ingest) = reading.ingest {
            config.ingest = ingest;
        }
        pipeline::run(&RunRequest { input: reading.input, workspace, only: None, force, config, campaign: None }, board)
    })
}
