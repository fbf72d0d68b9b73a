//! SQL conditions over one table, and how complaints about SQL are told.

use std::sync::Once;

use polars::prelude::*;
use polars::sql::{SQLContext, sql_expr};

use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::store::admit;
use crate::text::shown;

/// What the SQL parser's own complaints begin with.
pub(super) const PARSER: &str = "sql parser error: ";

/// The columns that a condition names; `None` where it does not read.
pub fn columns_of(condition: &str) -> Option<Vec<String>> {
    keep_warnings_off_the_screen();
    let names = admit::with_room(|| {
        admit::condition(condition)?;
        Ok(sql_expr(condition)?.meta().root_names())
    });
    Some(names.ok()?.iter().map(ToString::to_string).collect())
}

/// Reads an SQL condition over the columns of `schema`.
///
/// Errors say what is wrong, where, and which column was probably meant.
pub fn condition(text: &str, schema: &Schema) -> Result<Expr> {
    admit::with_room(|| read_condition(text, schema))
}

/// Which rows of a table a condition keeps: one answer a row, or one for all of them.
pub(super) fn answers(frame: &DataFrame, text: &str) -> Result<Column> {
    admit::with_room(|| {
        let condition = read_condition(text, frame.schema())?;
        let kept = frame.clone().lazy().select([condition.alias("kept")]).collect();
        let kept = kept.map_err(|error| Error::Query(format!("{text}: {}", in_short(&error))))?;
        Ok(kept.column("kept")?.clone())
    })
}

fn read_condition(text: &str, schema: &Schema) -> Result<Expr> {
    keep_warnings_off_the_screen();
    if text.trim().is_empty() {
        return Err(Error::Query("the condition is empty; write one such as `churn > 0.8`".to_owned()));
    }
    admit::condition(text).map_err(|error| Error::Query(format!("{}: {error}", start(text))))?;
    // No column holds lists, and arithmetic on a list ends the engine instead of the query.
    if outside_quotes(text).any(|letter| letter == '[') {
        return Err(Error::Query(format!("{text}: a condition has no lists in [ ]; write `in (1, 2)`")));
    }
    if let Some(complaint) = syntax(text, schema) {
        return Err(Error::Query(complaint));
    }
    let expression = sql_expr(text).map_err(|error| Error::Query(format!("{text}: {}", in_short(&error))))?;
    if let Expr::Alias(..) = expression {
        return Err(Error::Query(format!("{text}: a condition has no name; leave out what follows it")));
    }
    let known: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).collect();
    for name in expression.clone().meta().root_names() {
        if !known.contains(&name.as_str()) {
            let quoted = text.contains(&format!("\"{name}\""));
            let hint = if quoted { format!(" (text stands in single quotes: '{name}')") } else { String::new() };
            return Err(Error::Query(format!("{}{hint}{}", unknown_column(&name, &known), under(text, &name))));
        }
    }
    // The type is checked on no rows, so that a number or a text given as a condition is refused before any work.
    let typed = DataFrame::empty_with_schema(schema)
        .lazy()
        .select([expression.clone().alias("condition")])
        .collect()
        .map_err(|error| Error::Query(format!("{text}: {}", in_short(&error))))?;
    match typed.column("condition")?.dtype() {
        DataType::Boolean => Ok(expression),
        other => Err(Error::Query(format!(
            "{text}: this is no condition but a value of type {other}; compare it, as in `churn > 0.8`"
        ))),
    }
}

/// The beginning of a text that may be long.
fn start(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The letters of a text that stand in neither kind of quotes.
fn outside_quotes(text: &str) -> impl Iterator<Item = char> {
    let mut quote = None;
    text.chars().filter(move |&letter| {
        let outside = quote.is_none();
        if quote == Some(letter) {
            quote = None;
        } else if outside && matches!(letter, '\'' | '"') {
            quote = Some(letter);
        }
        outside
    })
}

/// The parser's complaint about a condition, with a caret under the place; `None` where it reads.
///
/// The text is read as the end of a statement, on a line of its own, so that a complaint's column is the text's own.
fn syntax(text: &str, schema: &Schema) -> Option<String> {
    let mut context = SQLContext::new();
    context.register("rows", DataFrame::empty_with_schema(schema).lazy());
    let complaint = in_short(&context.execute(&format!("SELECT 1 FROM rows WHERE\n{text}\n")).err()?);
    let complaint = complaint.strip_prefix(PARSER)?;
    let (what, place) = complaint.split_once(" at Line: ").unwrap_or((complaint, ""));
    let what = what.replace("found: EOF", "found: the end").replace("end of statement", "the end");
    let mut numbers = place.split(", Column: ").map(|number| number.trim().parse::<usize>().ok());
    let (line, column) = (numbers.next().flatten(), numbers.next().flatten());
    let shown = line.and_then(|line| text.lines().nth(line.checked_sub(2)?));
    // A complaint without a place is about a text that ends too early.
    let (shown, at) = match (shown, column) {
        (Some(shown), Some(column)) => (shown, column.saturating_sub(1)),
        _ => text.lines().last().map(|last| (last, last.trim_end().chars().count()))?,
    };
    Some(format!("not an SQL condition: {what}\n  {shown}\n  {}^", " ".repeat(at)))
}

/// What to say of a column that does not exist.
pub(super) fn unknown_column(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("no column {}; did you mean {nearest}?", shown(name)),
        None => format!("no column {}; the columns are {}", shown(name), shown(&known.join(", "))),
    }
}

/// The line of `text` that names `name` as a word of its own, and carets under it.
fn under(text: &str, name: &str) -> String {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let found = text.lines().find_map(|line| {
        let mut places = line.match_indices(name).map(|(at, _)| at);
        let alone = places
            .find(|&at| !line[..at].ends_with(part_of_word) && !line[at + name.len()..].starts_with(part_of_word));
        alone.map(|at| (line, at))
    });
    found.map_or_else(String::new, |(line, at)| {
        format!("\n  {line}\n  {}{}", " ".repeat(line[..at].chars().count()), "^".repeat(name.chars().count()))
    })
}

/// The longest message shown of the query engine's own.
const SHORT: usize = 300;

/// The query engine's message without its plan, its dumps and its name for the kind of error.
pub(super) fn in_short(error: &PolarsError) -> String {
    let message = error.to_string();
    let message = message.split("\n\nResolved plan").next().unwrap_or_default().trim();
    let message = message.strip_prefix("not found: ").unwrap_or(message);
    if message.contains("recursion limit exceeded") {
        return admit::too_deep();
    }
    // A parsed statement printed in full says nothing to its author.
    let message = match message.split_once(" {") {
        Some((what, dump)) if dump.contains("Span(") => format!("{what} is not supported"),
        _ => message.to_owned(),
    };
    match message.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// Polars tells of deprecated casts on stderr, which is the screen's; they go to the log instead.
pub(super) fn keep_warnings_off_the_screen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| polars::error::set_warning_function(|warning, _| tracing::debug!(warning, "query engine")));
}
