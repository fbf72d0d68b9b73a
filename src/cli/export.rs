//! `user360 export`: users to a file, or to a table of a database.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::ExportArgs;
use crate::cli::destination::Destination;
use crate::cli::door::say;
use crate::cli::{progress, users, workbench};
use crate::config::InForce;
use crate::error::Result;
use crate::job::Job;
use crate::store::{DataTable, ExportOptions, Workspace};

/// Writes the view and says where, and how many rows.
pub fn run(args: &ExportArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let destination = Destination::of(&args.out, args.format, args.mode, args.overwrite)?;
    let config = InForce::load(None, &workbench::workspace(workspace.clone())?)?.config;
    Workspace::open(workbench::workspace(workspace.clone())?).tidy();
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let run = workbench::current_run(workspace)?;
    let table = DataTable::users(&run)?;
    let order = table.order(&users::view(args.condition.as_deref(), &args.sort), &job)?;
    let rows = table.blocks(order, args.columns.as_deref())?;
    let options = ExportOptions { raw: args.raw, overwrite: args.overwrite, share: config.run.share };
    let written = destination.write(rows, options, &config, &job)?;
    users::note_simulation(&run, args.columns.as_deref());
    say!("{written}");
    Ok(ExitCode::SUCCESS)
}
