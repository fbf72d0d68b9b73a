//! `user360 export`: users to a file, or to a table of a database.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::ExportArgs;
use crate::cli::destination::Destination;
use crate::cli::door::note;
use crate::cli::{progress, users, workbench};
use crate::config::InForce;
use crate::error::Result;
use crate::job::Job;
use crate::pipeline;
use crate::store::{DataTable, ExportOptions, Workspace};

/// Writes the view and says where, and how many rows.
pub fn run(args: &ExportArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let destination = Destination::of(&args.out, args.format, args.mode, args.overwrite)?;
    let root = workbench::workspace(workspace.clone())?;
    let config = InForce::load(None, &root)?.config;
    let profile = args.profile.as_deref().map(|name| pipeline::export_profile(&root, name)).transpose()?;
    Workspace::open(&root).tidy();
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let run = workbench::current_run(workspace)?;
    let table = DataTable::users(&run)?;
    let order = table.order(&users::view(args.condition.as_deref(), &args.sort), &job)?;
    let (share, make_folder, overwrite) = (config.run.share, args.make_folder, args.overwrite);
    let (raw, dialect) = (args.raw, args.dialect.unwrap_or_default());
    let mut options = ExportOptions { raw, dialect, overwrite, make_folder, share };
    let rows = match &profile {
        None => table.blocks(order, args.columns.as_deref())?,
        Some(profile) => {
            options.raw |= profile.raw;
            options.dialect = args.dialect.unwrap_or(profile.dialect);
            let (_, missing) = profile.fits(&run, &table)?;
            if !missing.is_empty() {
                note!("the profile {} goes without {}, which this run does not tell", profile.name, missing.join(", "));
            }
            profile.blocks(&run, &table, order)?
        }
    };
    destination.write_and_say(rows, destination.asking(options)?, &config, &job)?;
    if profile.is_none() {
        users::note_simulation(&run, args.columns.as_deref());
    }
    Ok(ExitCode::SUCCESS)
}
