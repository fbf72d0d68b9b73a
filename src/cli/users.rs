//! `user360 users`: rows of the user table, filtered and sorted.

use std::path::PathBuf;
use std::process::ExitCode;

use polars::prelude::DataFrame;

use crate::cli::args::UsersArgs;
use crate::cli::door::note;
use crate::cli::output;
use crate::cli::workbench;
use crate::error::Result;
use crate::format::thousands;
use crate::job::Job;
use crate::store::{DataTable, Run, SortKey, View, columns_of};

/// How many users are looked up before reading everyone's columns is as quick.
const FEW: usize = 1000;

/// Rows of a table for people.
const SHOWN: usize = 20;

/// Prints the first rows of the view; stderr says how many there are.
pub fn run(args: &UsersArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let run = workbench::current_run(workspace)?;
    let columns = args.columns.as_deref();
    let limit = output::limit(args.limit, args.format, SHOWN);
    let (frame, total) = first_rows(&run, &view(args.condition.as_deref(), &args.sort), columns, limit)?;
    output::print(&frame, args.format, args.raw)?;
    note_simulation(&run, columns);
    if frame.height() < total {
        note!("first {} of {} rows; --limit shows more", thousands(frame.height() as u64), thousands(total as u64));
    }
    Ok(ExitCode::SUCCESS)
}

/// The first rows of the view and how many it has. Few users are found by the columns sorted by or asked about alone, and
/// those to be shown are read where none is named.
fn first_rows(run: &Run, view: &View, columns: Option<&[String]>, limit: usize) -> Result<(DataFrame, usize)> {
    let found = if columns.is_some() || limit <= FEW { found_by(run, view, columns)? } else { None };
    // All columns otherwise: what is wrong with the condition, and which name was meant, is told of them.
    let (users, is_whole) = match found {
        Some(users) => (users, false),
        None => (DataTable::users(run)?, true),
    };
    let order = users.order(view, &Job::new())?;
    let shown = &order[..order.len().min(limit)];
    if is_whole || columns.is_some() {
        return Ok((users.select(shown, columns)?, order.len()));
    }
    let mut ascending = shown.to_vec();
    ascending.sort_unstable();
    let places: Vec<u32> = shown.iter().map(|row| ascending.partition_point(|other| other < row) as u32).collect();
    let ids = users.select(&ascending, None)?.column("user_id")?.clone();
    Ok((DataTable::users_among(run, &ids)?.select(&places, None)?, order.len()))
}

/// Everyone with the columns that the view and its reader name; `None` where there is no such column, or the condition
/// does not read.
fn found_by(run: &Run, view: &View, columns: Option<&[String]>) -> Result<Option<DataTable>> {
    let Some(mut names) = view.filter.as_deref().map_or(Some(Vec::new()), columns_of) else { return Ok(None) };
    names.extend(view.sort.iter().map(|key| key.column.clone()).chain(columns.into_iter().flatten().cloned()));
    let users = DataTable::users_of(run, &names)?;
    let is_known = |name: &String| users.column(name).is_some();
    Ok(names.iter().all(is_known).then_some(users))
}

/// Says on stderr that the uplift among the columns is of a simulated campaign.
pub fn note_simulation(run: &Run, columns: Option<&[String]>) {
    let shown = columns.is_none_or(|columns| columns.iter().any(|column| column.starts_with("uplift")));
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
