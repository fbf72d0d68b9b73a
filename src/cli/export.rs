//! `user360 export`: users to a file.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::ExportArgs;
use crate::cli::door::say;
use crate::cli::{progress, users, workbench};
use crate::config::Config;
use crate::error::Result;
use crate::format::thousands;
use crate::job::Job;
use crate::store::{self, DataTable, ExportOptions, Format, Workspace};
use crate::text::shown_path;

/// Writes the view to the file and says path, rows and bytes.
pub fn run(args: &ExportArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let format = args.format.map_or_else(|| Format::of_path(&args.out), Ok)?;
    Workspace::open(workbench::workspace(workspace.clone())?).tidy();
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let run = workbench::current_run(workspace)?;
    let table = DataTable::users(&run)?;
    let order = table.order(&users::view(args.condition.as_deref(), &args.sort), &job)?;
    let rows = table.blocks(order, args.columns.as_deref())?;
    let options = ExportOptions { raw: args.raw, overwrite: args.overwrite, share: Config::load(None)?.run.share };
    let written = store::export(rows, &args.out, format, &options, &job)?;
    users::note_simulation(&run, args.columns.as_deref());
    say!("{}  {} rows  {} bytes", shown_path(&written.path), thousands(written.rows), thousands(written.bytes));
    Ok(ExitCode::SUCCESS)
}
