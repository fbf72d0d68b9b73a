//! What the query engine complains of, told so that the reader knows where and what was probably meant.

use std::sync::Arc;

use datafusion::arrow::error::ArrowError;
use datafusion::common::{Column, DataFusionError, Diagnostic, SchemaError};
use sqlparser::parser::ParserError;

use crate::error::Error;
use crate::nearest::nearest;
use crate::store::engine::functions;
use crate::store::engine::limits::too_deep;
use crate::store::unknown::unknown_column;
use crate::text::shown;

/// The longest message shown of the query engine's own.
const SHORT: usize = 300;

/// A complaint about a query whose text is known, over tables of these names.
pub(super) fn told(error: DataFusionError, text: &str, tables: &[String]) -> Error {
    let place = error.diagnostic().and_then(place);
    match own(error) {
        Ok(own) => own,
        Err(error) => {
            let what = words(&error, tables);
            let at = place.and_then(|(line, column)| under(text, line, column));
            Error::Query(format!("{what}{}", at.unwrap_or_default()))
        }
    }
}

/// This program's own error inside one of the query engine's.
fn own(error: DataFusionError) -> Result<Error, DataFusionError> {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(own) => Ok(*own),
            Err(inner) => match inner.downcast::<DataFusionError>() {
                Ok(inner) => own(*inner),
                Err(inner) => Err(DataFusionError::External(inner)),
            },
        },
        DataFusionError::ArrowError(inner, _) => match *inner {
            ArrowError::ExternalError(inner) => own(DataFusionError::External(inner)),
            inner => Err(DataFusionError::ArrowError(Box::new(inner), None)),
        },
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => own(*inner),
        DataFusionError::Collection(mut several) if !several.is_empty() => own(several.swap_remove(0)),
        DataFusionError::Shared(inner) => match Arc::try_unwrap(inner) {
            Ok(inner) => own(inner),
            Err(inner) => match inner.find_root() {
                DataFusionError::External(external) if external.is::<Error>() => Ok(Error::Query(external.to_string())),
                _ => Err(DataFusionError::Shared(inner)),
            },
        },
        error => Err(error),
    }
}

/// Line and column of a complaint, counted from 1.
fn place(diagnostic: &Diagnostic) -> Option<(u64, u64)> {
    let start = diagnostic.span?.start;
    (start.line > 0).then_some((start.line, start.column))
}

fn words(error: &DataFusionError, tables: &[String]) -> String {
    match error {
        DataFusionError::SQL(error, _) => syntax("", error),
        DataFusionError::SchemaError(error, _) => schema(error),
        DataFusionError::ResourcesExhausted(_) => format!(
            "it needs more than the {} MiB of memory that queries may take; ask for fewer rows or columns, or raise `memory` \
             of [sql]",
            crate::store::engine::session::memory() >> 20
        ),
        DataFusionError::Shared(inner) => words(inner, tables),
        DataFusionError::Internal(message) | DataFusionError::Execution(message) if message.contains("panic") => {
            "the query engine cannot do this with values of these types".to_owned()
        }
        DataFusionError::Internal(message) if message.contains("failed to match any signature") => plan(message, tables),
        DataFusionError::Internal(message) => {
            format!("the query engine cannot do this with values of these types: {}", short(message))
        }
        DataFusionError::Plan(message) => plan(message, tables),
        DataFusionError::NotImplemented(message) if message.contains("OuterReferenceColumn") => {
            "not supported: this subquery looks at the row outside in a way that cannot be joined, such as with a LIMIT of its \
             own; number its rows with row_number() over (partition by …) and keep the first"
                .to_owned()
        }
        DataFusionError::NotImplemented(message) => format!("not supported: {}", short(message)),
        DataFusionError::ArrowError(inner, _) => arrow(inner),
        error => short(&error.strip_backtrace()),
    }
}

/// The parser's complaint about a text, with a caret under the place.
pub(super) fn syntax(text: &str, error: &ParserError) -> String {
    let message = match error {
        ParserError::RecursionLimitExceeded => return too_deep(),
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
    };
    let (what, place) = message.split_once(" at Line: ").unwrap_or((message, ""));
    let what = what.replace("found: EOF", "found: the end").replace("end of statement", "the end");
    let mut numbers = place.split(", Column: ").map(|number| number.trim().parse::<u64>().ok());
    let at = numbers.next().flatten().zip(numbers.next().flatten());
    let at = at.and_then(|(line, column)| under(text, line, column));
    format!("not SQL: {}{}", short(&what), at.unwrap_or_default())
}

fn schema(error: &SchemaError) -> String {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let of_table = |column: &&Column| {
                field.relation.as_ref().is_none_or(|wanted| column.relation.as_ref() == Some(wanted))
            };
            let mut known: Vec<&str> = valid_fields.iter().filter(of_table).map(Column::name).collect();
            if known.is_empty() {
                known = valid_fields.iter().map(Column::name).collect();
            }
            if known.is_empty() {
                return format!("no column {}", shown(field.name()));
            }
            unknown_column(field.name(), &known)
        }
        SchemaError::AmbiguousReference { field } => {
            format!("{} is a column of several tables; write TABLE.{}", shown(field.name()), shown(field.name()))
        }
        other => short(&other.to_string()),
    }
}

fn plan(message: &str, tables: &[String]) -> String {
    let missing = message.strip_prefix("table '").and_then(|rest| rest.split_once("' not found"));
    if let Some((name, _)) = missing {
        let name = name.strip_prefix("user360.").unwrap_or(name);
        let name = name.strip_prefix("run.").unwrap_or(name);
        let known: Vec<&str> = tables.iter().map(String::as_str).collect();
        let meant = nearest(name, &known).map_or_else(String::new, |nearest| format!("did you mean {nearest}? "));
        return format!("no table {}; {meant}the tables are {}", shown(name), known.join(", "));
    }
    if let Some((_, rest)) = message.split_once("Invalid function '") {
        let name = rest.split('\'').next().unwrap_or_default();
        let known = functions::names();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let meant = nearest(name, &known).map_or_else(String::new, |nearest| format!("; did you mean {nearest}()?"));
        return format!("no function {}(){meant}", shown(name));
    }
    if message.contains("Interval(") {
        return "a span of time (interval) is added to times and to other spans only; epoch(span) gives its seconds"
            .to_owned();
    }
    if let Some((name, _)) = message.split_once("' failed to match any signature") {
        let name = name.rsplit('\'').next().unwrap_or_default();
        return format!("{}() does not take values of this kind", shown(name));
    }
    short(message.split(": While expanding wildcard").next().unwrap_or(message))
}

fn arrow(error: &ArrowError) -> String {
    match error {
        ArrowError::DivideByZero => "a whole number is divided by zero".to_owned(),
        ArrowError::CastError(message) => short(message),
        error => {
            let message = error.to_string();
            short(message.split_once(": ").map_or(message.as_str(), |(_, what)| what))
        }
    }
}

/// The first line of a message without the engine's name for the kind of error.
fn short(message: &str) -> String {
    let first = message.split("\n\n").next().unwrap_or_default();
    let mut line = first.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    for prefix in ["Error during planning: ", "Execution error: ", "External error: ", "Arrow error: ", "SQL error: "] {
        line = line.replace(prefix, "");
    }
    if let Some((before, _)) = line.split_once("This issue was likely caused by a bug") {
        line = before.trim().to_owned();
    }
    let line = shown(&line).into_owned();
    match line.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The line of the text, and a caret under the place.
fn under(text: &str, line: u64, column: u64) -> Option<String> {
    let shown = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let at = usize::try_from(column).ok()?.saturating_sub(1);
    // Of a long line the part around the place.
    let start = at.saturating_sub(60);
    let part: String = shown.chars().skip(start).take(120).collect();
    Some(format!("\n  {}\n  {}^", crate::text::shown(&part), " ".repeat(at - start)))
}
