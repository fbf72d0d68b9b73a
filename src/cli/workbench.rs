//! `user360` and `user360 demo`: the way to the screen; and where the workspace is.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::{Run, Workspace};
use crate::ui::{self, FirstLook, UiOptions};
use crate::{ingest, logging, store};

/// Opens the workbench on a workspace, which may be empty; `input` is what its `r` runs on, `look` a log to be described.
pub fn open(workspace: Option<PathBuf>, input: Option<PathBuf>, look: Option<FirstLook>) -> Result<ExitCode> {
    ui::require_terminal()?;
    let root = self::workspace(workspace)?;
    Workspace::open(&root).current()?;
    let config = Config::load(None)?;
    ui::run(UiOptions { workspace: root, config, input, look, demo: false, log: logging::file() })?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the workbench on [`sample`] data; its stages run on the screen the first time.
pub fn demo(workspace: Option<PathBuf>) -> Result<ExitCode> {
    ui::require_terminal()?;
    let root = workspace.unwrap_or_else(demo_root);
    let input = sample(&root)?;
    let config = Config::load(None)?;
    ui::run(UiOptions { workspace: root, config, input: Some(input), look: None, demo: true, log: logging::file() })?;
    Ok(ExitCode::SUCCESS)
}

/// The sample data: `sample-data/` where the program is started from its source folder; elsewhere made by the generator
/// in `root`, unless it is there already.
pub fn sample(root: &Path) -> Result<PathBuf> {
    let bundled = Path::new("sample-data");
    if bundled.join("events.csv").exists() {
        return Ok(bundled.to_path_buf());
    }
    let folder = root.join("sample-data");
    if !folder.join("events.csv").exists() {
        ingest::synth::generate(&folder, &ingest::synth::SynthSettings::sample(), &Job::new())?;
    }
    Ok(folder)
}

/// Where `user360 demo` works unless it is told another folder.
pub fn demo_root() -> PathBuf {
    std::env::temp_dir().join(format!("user360-demo-{}", user_name()))
}

/// The name that keeps two people's demos on one machine apart.
fn user_name() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let safe: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if safe.is_empty() { rustix::process::getuid().as_raw().to_string() } else { safe }
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
