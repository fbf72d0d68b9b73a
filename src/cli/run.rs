//! `user360 run`: the main job without a screen.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::RunArgs;
use crate::cli::{door, progress, report, workbench};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::pipeline::{self, Board, RunRequest};
use crate::stage::StageState;
use crate::store::RunInfo;

/// Runs the stages that are due and prints the report. Exit code 1 when a stage failed.
pub fn run(args: &RunArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let mut request = RunRequest {
        input: args.input.clone(),
        workspace: workbench::workspace(workspace)?,
        only: args.only.clone(),
        force: args.force,
        config: Config::load(args.config.as_deref())?,
        campaign: args.campaign.clone(),
        accept_shrunk: args.accept_shrunk,
    };
    let info = match attempt(&request) {
        Err(Error::Shrunk(what)) if accepted(&what)? => {
            request.accept_shrunk = true;
            attempt(&request)?
        }
        ended => ended?,
    };
    report::print(&info, args.format, None)?;
    let failed = info.stages.iter().any(|stage| stage.state == StageState::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn attempt(request: &RunRequest) -> Result<RunInfo> {
    let board = Board::new();
    let cancelled = board.clone();
    progress::cancel_on_signal(move || cancelled.cancel_all());
    progress::watch(&board, || pipeline::run(request, &board))
}

/// Whether whoever sits before the terminal takes a log that has lost much; without a terminal nobody does.
fn accepted(what: &str) -> Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(false);
    }
    door::narrate_lines(&format!("{what}\nTake it as it is? [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::io("stdin"))?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
