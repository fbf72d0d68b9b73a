//! SQL conditions over one table: how they are read, and how what is wrong with them is told.

use sqlparser::ast::Expr;
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use crate::error::{Error, Result};
use crate::store::engine::admit;
use crate::store::engine::limits::{DEEPEST, too_deep};
use crate::store::unknown::unknown_column;
use crate::text::shown;

/// Reads a condition.
///
/// # Errors
/// [`Error::Query`] says what is wrong and where.
pub(super) fn read(text: &str) -> Result<Expr> {
    if text.trim().is_empty() {
        return Err(Error::Query("the condition is empty; write one such as `churn > 0.8`".to_owned()));
    }
    admit::tokens(text).map_err(|error| Error::Query(format!("{}: {error}", start(text))))?;
    // No column holds lists.
    if outside_quotes(text).any(|letter| letter == '[') {
        return Err(Error::Query(format!("{}: a condition has no lists in [ ]; write `in (1, 2)`", start(text))));
    }
    let expression = parse(text).map_err(|error| Error::Query(syntax(text, error)))?;
    admit::condition(&expression).map_err(|error| Error::Query(format!("{}: {error}", start(text))))?;
    Ok(expression)
}

fn parse(text: &str) -> Result<Expr, ParserError> {
    let mut parser = Parser::new(&DuckDbDialect {}).with_recursion_limit(DEEPEST).try_with_sql(text)?;
    let expression = parser.parse_expr()?;
    match parser.peek_token().token {
        Token::EOF => Ok(expression),
        _ => parser.expected("the end", parser.peek_token()),
    }
}

/// Refuses a condition that names what is no column, or with the name of one that was probably meant.
pub(super) fn require_known(text: &str, named: &[String], known: &[&str]) -> Result<()> {
    let Some(name) = named.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let quoted = text.contains(&format!("\"{name}\""));
    let hint = if quoted { format!(" (text stands in single quotes: '{}')", shown(name)) } else { String::new() };
    Err(Error::Query(format!("{}{hint}{}", unknown_column(name, known), under(text, name))))
}

/// What to say of an expression that is no condition.
pub(super) fn no_condition(text: &str, kind: &str) -> Error {
    let text = start(text);
    Error::Query(format!("{text}: this is no condition but a value of type {kind}; compare it, as in `churn > 0.8`"))
}

/// The beginning of a text that may be long.
pub(super) fn start(text: &str) -> String {
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

/// The parser's complaint about a condition, with a caret under the place.
fn syntax(text: &str, error: ParserError) -> String {
    let complaint = match error {
        ParserError::ParserError(complaint) | ParserError::TokenizerError(complaint) => complaint,
        ParserError::RecursionLimitExceeded => return format!("{}: {}", start(text), too_deep()),
    };
    let (what, place) = complaint.split_once(" at Line: ").unwrap_or((&complaint, ""));
    let what = what.replace("found: EOF", "found: the end").replace("end of statement", "the end");
    let mut numbers = place.split(", Column: ").map(|number| number.trim().parse::<usize>().ok());
    let (line, column) = (numbers.next().flatten(), numbers.next().flatten());
    let shown_line = line.and_then(|line| text.lines().nth(line.checked_sub(1)?));
    // A complaint without a place is about a text that ends too early.
    let last = || text.lines().last().map(|last| (last, last.trim_end().chars().count()));
    let place = match (shown_line, column) {
        (Some(shown), Some(column)) => Some((shown, column.saturating_sub(1))),
        _ => last(),
    };
    let at = place.map_or_else(String::new, |(line, at)| format!("\n  {line}\n  {}^", " ".repeat(at)));
    format!("not an SQL condition: {}{at}", shown(&what))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::engine::limits::{LONGEST, NESTED, OPERATORS, REPEATED};

    #[test]
    fn long_lists_and_nested_brackets_are_read() {
        let ids = (0..16_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        read(&format!("user_id in ({ids})")).unwrap();
        read(&format!("churn > {}0{}", "(".repeat(NESTED), ")".repeat(NESTED))).unwrap();
    }

    #[test]
    fn a_condition_reads_no_tables() {
        assert!(read("user_id in (select user_id from read_csv('x'))").is_err());
        assert!(read("user_id in (select user_id from events)").unwrap_err().to_string().contains("a query"));
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused_with_the_limit() {
        let chain = |link: &str, times: usize| format!("churn{} > 0", link.repeat(times));
        for (text, limit) in [
            (format!("segment = '{}'", "x".repeat(LONGEST)), LONGEST),
            (vec!["churn > 0.5"; 2000].join(" or "), OPERATORS),
            (chain("+1", 3000), OPERATORS),
            (chain("::double", 1000), OPERATORS),
            (chain(" is null", 1000), OPERATORS),
            (format!("{}churn > 0", "not ".repeat(1000)), OPERATORS),
            (format!("{}churn > 0", "- ".repeat(1000)), OPERATORS),
            (format!("{}churn{} > 0", "(".repeat(10_000), ")".repeat(10_000)), NESTED),
            (format!("case {} else false end", "when churn > 0 then true ".repeat(1000)), OPERATORS),
            (chain(" between 0 and 1", 30), REPEATED),
            (format!("{}churn{} > 0", "abs(".repeat(15), ")".repeat(15)), REPEATED),
        ] {
            let told = read(&text).unwrap_err().to_string();
            assert!(told.contains(&limit.to_string()), "{told}");
        }
    }
}
