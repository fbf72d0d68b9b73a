//! `user360 run`: the main job without a screen.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::RunArgs;
use super::{progress, report, workbench};
use crate::config::Config;
use crate::error::Result;
use crate::pipeline::{self, Board, RunRequest, StageState};

/// Runs the stages that are due and prints the report. Exit code 1 when a stage failed.
pub fn run(args: &RunArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let request = RunRequest {
        input: args.input.clone(),
        workspace: workbench::workspace(workspace)?,
        only: args.only.clone(),
        force: args.force,
        config: Config::load(args.config.as_deref())?,
        campaign: args.campaign.clone(),
    };
    let board = Board::new();
    let cancelled = board.clone();
    progress::cancel_on_signal(move || cancelled.cancel_all());
    let info = progress::watch(&board, || pipeline::run(&request, &board))?;
    report::print(&info, args.format, None)?;
    let failed = info.stages.iter().any(|stage| stage.state == StageState::Failed.name());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
