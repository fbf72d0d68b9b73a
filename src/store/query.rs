//! SQL: conditions over one table, and whole queries over a run's tables.

use polars::prelude::*;
use polars::sql::{SQLContext, sql_expr};

use super::run::Run;
use super::users::UserTable;
use crate::error::{Error, Result};

/// Reads an SQL condition over the columns of `schema`.
///
/// Errors say what is wrong, where, and which column was probably meant.
pub fn condition(text: &str, schema: &Schema) -> Result<Expr> {
    let expression = sql_expr(text).map_err(|error| Error::Query(syntax(text, &error)))?;
    let known: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).collect();
    for name in expression.clone().meta().root_names() {
        if !known.contains(&name.as_str()) {
            return Err(Error::Query(format!("{}{}", unknown_column(&name, &known), place(text, &name))));
        }
    }
    // The type is checked on no rows, so that a number or a text given as a condition is refused before any work.
    let typed = DataFrame::empty_with_schema(schema)
        .lazy()
        .select([expression.clone().alias("condition")])
        .collect()
        .map_err(|error| Error::Query(format!("{text}: {error}")))?;
    match typed.column("condition")?.dtype() {
        DataType::Boolean => Ok(expression),
        other => Err(Error::Query(format!(
            "{text}: this is no condition but a value of type {other}; compare it, as in `churn > 0.8`"
        ))),
    }
}

/// What to say of a column that does not exist.
pub(super) fn unknown_column(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("no column {name}; did you mean {nearest}?"),
        None => format!("no column {name}; the columns are {}", known.join(", ")),
    }
}

/// The known name closest to a mistyped one, if any is close.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|&candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// A caret under the first place where `name` stands in `text`.
fn place(text: &str, name: &str) -> String {
    text.find(name).map_or_else(String::new, |at| {
        format!("\n  {text}\n  {}{}", " ".repeat(text[..at].chars().count()), "^".repeat(name.chars().count()))
    })
}

/// The parser's complaint in one line, without its wrapping.
fn syntax(text: &str, error: &PolarsError) -> String {
    let complaint = error.to_string();
    let complaint = complaint.lines().next().unwrap_or_default().to_owned();
    let column = complaint
        .split("Column: ")
        .nth(1)
        .and_then(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<usize>().ok());
    let caret =
        column.map_or_else(String::new, |column| format!("\n  {text}\n  {}^", " ".repeat(column.saturating_sub(1))));
    format!("not an SQL condition: {complaint}{caret}")
}

/// Runs a query over the run's tables and returns at most `limit` rows.
///
/// The tables are those of the run and `users`: every per-user table side by side.
pub fn sql(run: &Run, query: &str, limit: usize) -> Result<DataFrame> {
    let mut context = SQLContext::new();
    let mut known = vec!["users"];
    for table in run.tables() {
        if mentions(query, table) {
            context.register(table, run.scan(table)?);
        }
        known.push(table);
    }
    if mentions(query, "users") {
        context.register("users", UserTable::load(run)?.frame().clone().lazy());
    }
    let wrong = |error: PolarsError| Error::Query(format!("{error}; the tables are {}", known.join(", ")));
    let first = query.trim_start().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    if !["select", "with", "show", "describe", "explain"].contains(&first.to_ascii_lowercase().as_str()) {
        return Err(Error::Query(format!("a query starts with SELECT or WITH, not {first}: the tables are read-only")));
    }
    let limit = IdxSize::try_from(limit).unwrap_or(IdxSize::MAX);
    context.execute(query).and_then(|frame| frame.limit(limit).collect()).map_err(wrong)
}

/// Whether a query names a table; a table it does not name need not be opened.
fn mentions(query: &str, table: &str) -> bool {
    query
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .any(|word| word.eq_ignore_ascii_case(table))
}
