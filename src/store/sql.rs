//! Whole SQL queries over a run's tables.

use polars::prelude::*;
use polars::sql::SQLContext;

use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::store::admit;
use crate::store::condition::{PARSER, in_short, keep_warnings_off_the_screen, unknown_column};
use crate::store::run::Run;
use crate::store::table::DataTable;

/// Runs a query over the run's tables and returns at most `limit` rows.
///
/// The tables are those of the run and `users`: every per-user table side by side. Errors name the table or column that
/// was probably meant, or the file that is damaged.
pub fn sql(run: &Run, query: &str, limit: usize) -> Result<DataFrame> {
    sql_beside(run, None, query, limit)
}

/// As [`sql`], with the user table as it was read already.
pub fn sql_beside(run: &Run, users: Option<&DataTable>, query: &str, limit: usize) -> Result<DataFrame> {
    keep_warnings_off_the_screen();
    let first = first_word(query);
    if !["select", "with", "show", "explain"].contains(&first.as_str()) {
        let begins = if first.is_empty() { String::new() } else { format!(", not {}", first.to_uppercase()) };
        return Err(Error::Query(format!("a query starts with SELECT or WITH{begins}: the tables are read-only")));
    }
    let mut context = SQLContext::new();
    let tables = run.tables();
    let named: Vec<&str> = tables.iter().copied().filter(|table| first == "show" || mentions(query, table)).collect();
    for table in &named {
        context.register(table, run.scan(table).map_err(|error| run.blame(&[table], error))?);
    }
    if first == "show" || mentions(query, "users") {
        let users = users.map_or_else(|| DataTable::users(run), |users| Ok(users.clone()))?;
        context.register("users", users.frame().clone().lazy());
    }
    let limit = IdxSize::try_from(limit).unwrap_or(IdxSize::MAX);
    let wrong = |error: PolarsError| match run.blame(&named, error.into()) {
        Error::Table(error) => Error::Query(explained(&in_short(&error), &tables)),
        damage => damage,
    };
    // What the engine was built without, such as arithmetic on lists, it answers with a panic.
    admit::with_room(|| {
        admit::query(query)?;
        context.execute(query).and_then(|frame| frame.limit(limit).collect()).map_err(wrong)
    })
}

/// Adds the nearest table or column to a complaint about an unknown one.
fn explained(complaint: &str, tables: &[&str]) -> String {
    let quoted: Vec<&str> = complaint.split(['\'', '"']).skip(1).step_by(2).collect();
    let (Some(unknown), true) =
        (quoted.first(), complaint.contains("not found") || complaint.contains("unable to find"))
    else {
        return complaint.strip_prefix(PARSER).map_or(complaint.to_owned(), |what| format!("not SQL: {what}"));
    };
    if complaint.contains("find column") {
        return unknown_column(unknown, &quoted[1..]);
    }
    let known: Vec<&str> = std::iter::once("users").chain(tables.iter().copied()).collect();
    let meant = nearest(unknown, &known).map_or_else(String::new, |nearest| format!("did you mean {nearest}? "));
    format!("no table {unknown}; {meant}the tables are {}", known.join(", "))
}

/// The word that a query starts with, in lower case, after brackets and comments.
fn first_word(query: &str) -> String {
    let mut rest = query;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
        let Some(comment) = rest.strip_prefix("--") else { break };
        rest = comment.split_once('\n').map_or("", |(_, after)| after);
    }
    rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether a query names a table; a table it does not name need not be opened.
fn mentions(query: &str, table: &str) -> bool {
    query
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .any(|word| word.eq_ignore_ascii_case(table))
}
