//! `user360 runs`: the kept runs of a workspace, which stay and which go.

use std::path::PathBuf;
use std::process::ExitCode;

use polars::prelude::*;

use crate::cli::args::{RunsArgs, RunsCommand};
use crate::cli::door::{note, say};
use crate::cli::formats::RowFormat;
use crate::cli::{output, workbench};
use crate::config::InForce;
use crate::error::Result;
use crate::spreadsheet::Style;
use crate::stage::StageState;
use crate::store::{Removed, RunInfo, Workspace};

/// Lists, pins, unpins or removes.
pub fn run(args: &RunsArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let root = workbench::workspace(workspace)?;
    let share = InForce::load(None, &root)?.config.run.share;
    let workspace = Workspace::open(&root).shared(share);
    match &args.what {
        RunsCommand::List { format } => list(&workspace, *format)?,
        RunsCommand::Pin { run } => pin(&workspace, run, true)?,
        RunsCommand::Unpin { run } => pin(&workspace, run, false)?,
        RunsCommand::Rm { runs } => remove(&workspace, runs)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn pin(workspace: &Workspace, run: &str, pinned: bool) -> Result<()> {
    let id = workspace.run_named(run)?;
    let changed = workspace.writer()?.pin(&id, pinned)?;
    let (is, already) = (if pinned { "pinned" } else { "not pinned" }, if changed { "" } else { " already" });
    say!("{id} is {is}{already}");
    Ok(())
}

/// All of them are found before the first goes.
fn remove(workspace: &Workspace, runs: &[String]) -> Result<()> {
    let ids: Vec<String> = runs.iter().map(|run| workspace.run_named(run)).collect::<Result<_>>()?;
    let writer = workspace.writer()?;
    for id in ids {
        match writer.remove(&id)? {
            Removed::Gone => say!("{id} is removed"),
            Removed::Later => {
                say!("{id} is removed; its files are still read, or not all its own, and go at a later start");
            }
        }
    }
    Ok(())
}

fn list(workspace: &Workspace, format: RowFormat) -> Result<()> {
    let pinned = workspace.pinned()?;
    let mut kept = Vec::new();
    for id in workspace.runs()? {
        match workspace.run(&id) {
            Ok(run) => kept.push(run.info().clone()),
            Err(error) => note!("{id} cannot be read: {error}"),
        }
    }
    let time = |name: &str, of: fn(&RunInfo) -> i64| {
        let times: Vec<i64> = kept.iter().map(of).collect();
        Column::new(name.into(), times).cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)))
    };
    let count = |of: fn(&RunInfo) -> u64| kept.iter().map(|info| of(info) as i64).collect::<Vec<i64>>();
    let done = |info: &RunInfo| {
        let done = |state| matches!(state, StageState::Done | StageState::Cached);
        info.stages.iter().filter(|stage| done(stage.state)).count() as i64
    };
    let current = workspace.runs()?.into_iter().next();
    let frame = DataFrame::new(
        kept.len(),
        vec![
            Column::new("run".into(), kept.iter().map(|info| info.id.as_str()).collect::<Vec<_>>()),
            time("made", |info| info.created_ms)?,
            time("as_of", |info| info.as_of)?,
            Column::new("users".into(), count(|info| info.users)),
            Column::new("items".into(), count(|info| info.items)),
            Column::new("stages_done".into(), kept.iter().map(done).collect::<Vec<i64>>()),
            Column::new("complete".into(), kept.iter().map(RunInfo::is_complete).collect::<Vec<bool>>()),
            Column::new("bytes".into(), count(|info| info.files().map(|file| file.bytes).sum())),
            Column::new(
                "current".into(),
                kept.iter().map(|info| Some(&info.id) == current.as_ref()).collect::<Vec<bool>>(),
            ),
            Column::new("pinned".into(), kept.iter().map(|info| pinned.contains(&info.id)).collect::<Vec<bool>>()),
        ],
    )?;
    output::print(frame.into(), format, Style::default())
}
