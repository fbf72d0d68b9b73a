//! The workbench: the engine's results on a terminal.
//!
//! [`run`] takes the terminal and stays until the analyst leaves. [`App`] owns the state; an [`Action`] goes through
//! [`update`], the only place that changes it, and comes out as [`Effect`]s; [`view`] draws it and changes nothing.
//! Layers: pane (`panes`) < page opened from it (`drill`) < popup (`popups`); keys go to the topmost first.
//! One table (`command`) feeds bindings, hints, help and palette. May import [`crate::store`], [`crate::pipeline`] and
//! [`crate::plot`]; computes nothing itself and is imported by nobody but the command line.

mod action;
mod app;
pub mod command;
mod drill;
mod event_loop;
mod key;
mod layout;
mod panes;
mod popups;
mod stages;
mod terminal;
pub mod theme;
mod update;
mod users;
mod view;
mod widgets;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Size;

pub use action::{Action, Effect, Effects, Work};
pub use app::{App, Pane};
pub use event_loop::RunStages;
pub use key::Key;
pub use terminal::check as require_terminal;
pub use update::{resolve, update};
pub use view::view;

use crate::error::Result;
use crate::pipeline::{self, RunRequest};
use theme::Depth;

/// How long a run given up may take to clean up after the screen is closed.
const PARTING: Duration = Duration::from_millis(1500);

/// What the workbench is started with.
#[derive(Clone, Debug)]
pub struct UiOptions {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// What `r` runs; without it the workbench only shows.
    pub request: Option<RunRequest>,
    /// On sample data: a workspace without a run gets one at once.
    pub demo: bool,
    /// Where the log is, for who must read it after a panic.
    pub log: Option<PathBuf>,
}

/// Shows the workbench until the analyst leaves it or the terminal disappears.
///
/// Errors before anything is drawn where there is no terminal, or one that cannot be drawn on.
pub fn run(options: UiOptions) -> Result<()> {
    terminal::check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(terminal::terminal)?;
    let guard = terminal::Guard::take(options.log)?;
    let hang_up = terminal::watch_hang_up()?;
    let gone = hang_up.clone();
    let mut screen = terminal::Screen::new()?;
    let (width, height) = crossterm::terminal::size().map_err(terminal::terminal)?;
    let input = options.request.as_ref().map(|request| request.input.display().to_string());
    let stages = options.request.map(run_stages);
    let (mut app, first) = App::new(options.workspace, input, options.demo, Size { width, height }, Depth::detect())?;
    let ended = runtime.block_on(event_loop::drive(&mut app, first, stages, &mut screen, hang_up));
    drop(guard);
    if *gone.borrow() {
        runtime.shutdown_background();
        return Ok(());
    }
    runtime.shutdown_timeout(PARTING);
    ended
}

/// What `r` and `R` do, as the loop calls it.
fn run_stages(request: RunRequest) -> RunStages {
    Arc::new(move |board, force| {
        let request = RunRequest { force: force || request.force, ..request.clone() };
        pipeline::run(&request, board)
    })
}
