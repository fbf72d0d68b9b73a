//! `user360` and `user360 demo`: the way to the screen; and where the workspace is.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::door::note;
use crate::config::Config;
use crate::dirs;
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::job::Job;
use crate::pipeline::{Asked, LogChoice};
use crate::store::{Run, View, Workspace};
use crate::ui::{self, LogRequest, Pane, UiOptions};
use crate::{ingest, logging, store};

/// Opens the workbench on a workspace, which may be empty; `input` is what its `r` runs on, `look` a log to be described.
pub fn open(workspace: Option<PathBuf>, input: Option<&Path>, log_request: Option<LogRequest>) -> Result<ExitCode> {
    opened(workspace, input, log_request, None, false)
}

/// Opens the workbench on a pane with a filter and an order of its own, where they are asked for; `watch` opens newer runs by
/// themselves.
pub fn open_at(
    workspace: Option<PathBuf>,
    input: Option<&Path>,
    view: Option<(Pane, View)>,
    watch: bool,
) -> Result<ExitCode> {
    if let Some((pane, _)) = view.as_ref().filter(|(pane, view)| !pane.is_kept() && *view != View::default()) {
        let what =
            format!("{} has no table before there is a query or a page; leave --where and --sort out", pane.title());
        return Err(Error::Config(what));
    }
    opened(workspace, input, None, view, watch)
}

fn opened(
    workspace: Option<PathBuf>,
    input: Option<&Path>,
    log_request: Option<LogRequest>,
    view: Option<(Pane, View)>,
    watch: bool,
) -> Result<ExitCode> {
    ui::require_terminal()?;
    let root = self::workspace(workspace)?;
    let LogChoice { named: input, config, warnings, .. } =
        LogChoice::find(&root, Asked { input, goes_on: true, ..Asked::default() })?;
    for warning in warnings {
        note!("warning: {warning}");
    }
    let opened = Workspace::open(&root).shared(config.run.share);
    opened.current()?;
    opened.tidy();
    ui::run(UiOptions {
        workspace: root,
        config,
        input,
        log_request,
        view,
        watch,
        demo: false,
        tour: false,
        log: logging::file(),
    })
}

/// Opens the workbench on [`sample`] data; its stages run on the screen the first time;
/// `tour` walks through it.
pub fn demo(workspace: Option<PathBuf>, tour: bool) -> Result<ExitCode> {
    ui::require_terminal()?;
    let root = workspace.map_or_else(demo_root, Ok)?;
    let config = Config::load(None)?;
    let input = sample(&root)?;
    Workspace::open(&root).shared(config.run.share).tidy();
    ui::run(UiOptions {
        workspace: root,
        config,
        input: Some(input),
        log_request: None,
        view: None,
        watch: false,
        demo: true,
        tour,
        log: logging::file(),
    })
}

/// The sample data: `sample-data/` where the program is started from its source folder; elsewhere made by the generator
/// in `root`, unless it is there already. A `root` that others can write is refused.
pub fn sample(root: &Path) -> Result<PathBuf> {
    let bundled = Path::new("sample-data");
    if bundled.join("events.csv").exists() {
        return Ok(bundled.to_path_buf());
    }
    let folder = root.join("sample-data");
    for folder in [root, &folder] {
        files::create_folder(folder, Share::Private)?;
        files::require_own(folder)?;
    }
    if !folder.join("events.csv").exists() {
        ingest::synth::generate(&folder, &ingest::synth::SynthSettings::sample(), &Job::new())?;
    }
    Ok(folder)
}

/// Where `user360 demo` works unless it is told another folder: in the user's own cache, where nobody else can have laid
/// anything.
pub fn demo_root() -> Result<PathBuf> {
    dirs::cache().map(|cache| cache.join("demo")).ok_or_else(|| {
        Error::Missing("this system has no home folder; name a folder for the demo with --workspace DIR".to_owned())
    })
}

/// The workspace named on the command line, or the platform's default.
pub fn workspace(named: Option<PathBuf>) -> Result<PathBuf> {
    match named {
        Some(root) => Ok(root),
        None => store::default_root(),
    }
}

/// The current run of a workspace, or an error that says how to make one.
pub fn current_run(named: Option<PathBuf>) -> Result<Run> {
    let root = workspace(named)?;
    Workspace::open(&root).current()?.ok_or_else(|| {
        Error::Missing(format!("{}: no run yet; make one with `user360 run --input DIR`", root.display()))
    })
}
