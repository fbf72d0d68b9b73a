//! `user360 users`: rows of the user table, filtered and sorted.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::UsersArgs;
use crate::cli::door::note;
use crate::cli::output;
use crate::cli::workbench;
use crate::error::Result;
use crate::format::{counted, thousands};
use crate::job::Job;
use crate::spreadsheet::Style;
use crate::store::{DataTable, Run, SortKey, View};

/// Rows of a table for people.
const SHOWN: usize = 20;

/// Prints the first rows of the view; stderr says how many there are.
pub fn run(args: &UsersArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let run = workbench::current_run(workspace)?;
    let columns = args.columns.as_deref();
    let limit = output::limit(args.limit, args.format, SHOWN);
    let job = Job::new();
    let users = DataTable::users(&run)?;
    let order = users.order(&view(args.condition.as_deref(), &args.sort), &job)?;
    let total = order.len();
    let printed = order.first(limit);
    let count = printed.len();
    let style = Style { raw: args.raw, dialect: args.dialect };
    output::print(users.blocks(printed, columns)?, args.format, style)?;
    note_simulation(&run, columns);
    if count < total {
        note!("first {} of {}; --limit shows more", thousands(count as u64), counted(total as u64, "rows"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on stderr that the uplift among the columns is of a simulated campaign.
pub fn note_simulation(run: &Run, columns: Option<&[String]>) {
    let shown = columns.is_none_or(|columns| columns.iter().any(|column| column.contains("uplift")));
    if shown && run.info().uplift_is_simulated() {
        note!("uplift is of a simulated campaign");
    }
}

/// The view of `--where` and `--sort COL[:desc]`.
pub fn view(condition: Option<&str>, sort: &[String]) -> View {
    let key = |text: &String| match text.rsplit_once(':') {
        Some((column, "desc")) => SortKey { column: column.to_owned(), descending: true },
        Some((column, "asc")) => SortKey { column: column.to_owned(), descending: false },
        _ => SortKey { column: text.clone(), descending: false },
    };
    View { filter: condition.map(str::to_owned), sort: sort.iter().map(key).collect() }
}
