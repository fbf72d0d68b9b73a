//! `user360 users`: rows of the user table, filtered and sorted.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::UsersArgs;
use super::output::{self, thousands};
use super::workbench;
use crate::error::Result;
use crate::job::Job;
use crate::store::{DataTable, Run, SortKey, View, columns_of};

/// Prints the first rows of the view; stderr says how many there are.
pub fn run(args: &UsersArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let run = workbench::current_run(workspace)?;
    let view = view(args.condition.as_deref(), &args.sort);
    let users = users(&run, &view, args.columns.as_deref())?;
    let order = users.order(&view, &Job::new())?;
    let shown = &order[..order.len().min(args.limit)];
    let frame = users.select(shown, args.columns.as_deref())?;
    output::print(&frame, args.format)?;
    note_simulation(&run, args.columns.as_deref());
    if shown.len() < order.len() {
        eprintln!(
            "first {} of {} rows; --limit shows more",
            thousands(shown.len() as u64),
            thousands(order.len() as u64)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The user table; where its columns are named, only those that are shown, sorted by or asked about.
fn users(run: &Run, view: &View, columns: Option<&[String]>) -> Result<DataTable> {
    let asked = view.filter.as_deref().map_or(Some(Vec::new()), columns_of);
    if let (Some(columns), Some(mut names)) = (columns, asked) {
        names.extend(columns.iter().cloned().chain(view.sort.iter().map(|key| key.column.clone())));
        let users = DataTable::users_of(run, &names)?;
        if names.iter().all(|name| users.column(name).is_some()) {
            return Ok(users);
        }
    }
    // A name that no table has is answered with the nearest of all that there are.
    DataTable::users(run)
}

/// Says on stderr that the uplift among the columns is of a simulated campaign.
pub fn note_simulation(run: &Run, columns: Option<&[String]>) {
    let shown = columns.is_none_or(|columns| columns.iter().any(|column| column.starts_with("uplift")));
    if shown && run.info().uplift_is_simulated() {
        eprintln!("uplift is of a simulated campaign");
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
