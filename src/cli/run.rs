//! `user360 run`: the main job without a screen.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::args::RunArgs;
use crate::cli::ask::accepted;
use crate::cli::door::{self, note};
use crate::cli::init::Looked;
use crate::cli::{init, progress, report, workbench};
use crate::config::shop_file;
use crate::error::{Error, Result};
use crate::ingest::propose::Request;
use crate::ingest::{self, IngestSettings, is_database, is_remote, is_standard_input};
use crate::job::Job;
use crate::pipeline::{self, Asked, Board, Held, LogChoice, RunRequest};
use crate::stage::{StageState, Why};
use crate::store::{RunInfo, Workspace};
use crate::text::shown_path;

/// Exit code where a stage that ran last time did not run now.
const MISSING: u8 = 5;

/// Runs the stages that are due and prints the report. Exit code 1 when a stage failed, 5 when one that ran last time did
/// not run now.
pub fn run(args: &RunArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let workspace = workbench::workspace(workspace)?;
    let (input, log, mut held) = log(args, &workspace)?;
    let mut request = RunRequest {
        input,
        workspace,
        only: args.only.clone(),
        force: args.force,
        config: log.config,
        campaign: args.campaign.clone(),
        accept_shrunk: args.accept_shrunk,
        accept_settings: args.accept_settings,
    };
    request.config.recommend.thorough |= args.thorough;
    if let Some(date) = &args.date {
        request.config.campaign.date.clone_from(date);
        require_campaign(&request)?;
    }
    let before = Workspace::open(&request.workspace).current().ok().flatten().map(|run| run.info().clone());
    let info = loop {
        match attempt(&request, held.take()) {
            Err(Error::Shrunk(what)) if !request.accept_shrunk && accepted(&format!("{what}\nTake it as it is?"))? => {
                request.accept_shrunk = true;
            }
            Err(Error::Changed(what))
                if !request.accept_settings && accepted(&format!("{what}\nTake these settings?"))? =>
            {
                request.accept_settings = true;
            }
            ended => break ended?,
        }
    };
    report::text::print(&info, args.format, None)?;
    if info.stages.iter().any(|stage| stage.state == StageState::Failed) {
        return Ok(ExitCode::FAILURE);
    }
    let missing = before.map(|before| missing(&before, &info)).unwrap_or_default();
    if missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    note!("ran last time and not now: {}", missing.join(", "));
    Ok(ExitCode::from(MISSING))
}

/// The stages that the run before had a result of and this one has none of, but for those that `--only` left out.
fn missing(before: &RunInfo, now: &RunInfo) -> Vec<&'static str> {
    let ran = |state| matches!(state, StageState::Done | StageState::Cached);
    let lost = now.stages.iter().filter(|stage| {
        let ran_before = before.stage(stage.id).is_some_and(|earlier| ran(earlier.state));
        ran_before && !ran(stage.state) && stage.why != Some(Why::LeftOut)
    });
    lost.map(|stage| stage.id.name()).collect()
}

/// Refuses a campaign's date where there is no campaign. What lies at a remote input is known only once it is here; there
/// the uplift stage says that nothing bears the date.
fn require_campaign(request: &RunRequest) -> Result<()> {
    if request.campaign.is_some() || is_remote(&request.input) {
        return Ok(());
    }
    match ingest::discover(&request.input, &request.config.ingest)?.campaign {
        Some(_) => Ok(()),
        None => Err(Error::Config(format!(
            "--date says when the campaign ran, and there is none: no campaign.csv lies in {}; name the file with --campaign",
            shown_path(&request.input)
        ))),
    }
}

/// The log and its settings; of a log that nothing describes, those that `init --yes` writes. Standard input, which can be
/// read once, and the rows of a query that nothing describes are brought into the workspace before anything is told of them.
fn log(args: &RunArgs, workspace: &Path) -> Result<(PathBuf, LogChoice, Option<Held>)> {
    let asked = Asked { config: args.config.as_deref(), input: args.input.as_deref(), goes_on: false };
    let mut log = LogChoice::find(workspace, asked)?;
    for warning in &log.warnings {
        note!("warning: {warning}");
    }
    let input = log.required(workspace)?;
    if let Some(query) = &args.query {
        if !is_database(&input) {
            let what = format!("--query tells the rows of a database, and {} is none", shown_path(&input));
            return Err(Error::Config(what));
        }
        log.config.ingest.query.clone_from(query);
    }
    let mut held = is_standard_input(&input).then(|| hold(&input, &log, workspace)).transpose()?;
    if log.is_described()? {
        return Ok((input, log, held));
    }
    if let Some(config) = &args.config {
        let what = format!(
            "{} does not say how it is read; `user360 init {} --out {} --overwrite --yes` does",
            shown_path(config),
            shown_path(&input),
            shown_path(config)
        );
        return Err(Error::Input { path: input, line: None, what });
    }
    // A query is asked once, to tell how its rows are read and to read them.
    if is_database(&input) {
        held = Some(hold(&input, &log, workspace)?);
    }
    let named = args.input.clone().unwrap_or_else(|| input.clone());
    let password_file = log.config.database.password_file();
    let given = IngestSettings { files: Vec::new(), ..log.config.ingest.clone() };
    let brought = held.as_ref().map(|held| Arc::clone(held.fetched()));
    let request = Request { paths: vec![named], given, password_file, brought, ..Request::default() };
    let looked = Looked::at(&request)?;
    door::narrate_lines(&looked.text());
    let draft = looked.worth_writing()?;
    let out = shop_file(workspace);
    init::write_settings(&draft, &out, Some(&workspace.to_path_buf()), true)?;
    note!("no settings said how to read {}: wrote what is proposed above to {}", shown_path(&input), shown_path(&out));
    let log = LogChoice::find(workspace, Asked::default())?;
    Ok((log.required(workspace)?, log, held))
}

fn hold(input: &Path, log: &LogChoice, workspace: &Path) -> Result<Held> {
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    Held::bring(input, &log.config, workspace, &job)
}

fn attempt(request: &RunRequest, held: Option<Held>) -> Result<RunInfo> {
    let board = Board::new();
    let cancelled = board.clone();
    progress::cancel_on_signal(move || cancelled.cancel_all());
    progress::watch(&board, || pipeline::run_held(request, held, &board))
}
