//! `user360 sql`: a query over the run's tables.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::SqlArgs;
use crate::cli::door::note;
use crate::cli::output;
use crate::cli::workbench;
use crate::error::Result;
use crate::format::thousands;
use crate::store::sql;

/// Prints the query's rows; stderr says when the limit cut them.
pub fn run(args: &SqlArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let run = workbench::current_run(workspace)?;
    // One row more than asked for tells whether there are more.
    let frame = sql(&run, &args.query, args.limit.saturating_add(1))?;
    let shown = frame.head(Some(args.limit));
    output::print(&shown, args.format, args.raw)?;
    if frame.height() > args.limit {
        note!("first {} rows; --limit shows more", thousands(args.limit as u64));
    }
    Ok(ExitCode::SUCCESS)
}
