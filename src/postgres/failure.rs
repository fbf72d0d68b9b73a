//! What a server or the way to it said, in one of our own errors. The client's errors hold no password.

use tokio_postgres::error::{DbError, ErrorPosition};

use crate::error::Error;
use crate::postgres::address::Address;
use crate::text::shown;

/// Errors of the server that have to do with it and not with what was asked: it ends, is too busy, or refuses the user.
const OF_THE_SERVER: [&str; 4] = ["08", "28", "53", "57"];

/// Why a connection could not be made.
pub(super) fn of_connecting(address: &Address, error: &tokio_postgres::Error) -> Error {
    let way_out = match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("28P01" | "28000") => {
            "; the password is looked for in database.password_file, PGPASSWORD, PGPASSFILE, ~/.pgpass"
        }
        None if reason(error).contains("password missing") => {
            "; put it into ~/.pgpass, PGPASSWORD, or a file that database.password_file names"
        }
        Some(_) | None => "",
    };
    Error::Fetch(format!("{address}: cannot connect: {}{way_out}", reason(error)))
}

/// Why a statement failed, whose text is `query` where the user wrote it. `kept` says what became of what was done before.
pub(super) fn of_statement(address: &Address, query: Option<&str>, error: &tokio_postgres::Error, kept: &str) -> Error {
    let Some(told) = error.as_db_error() else {
        let away = if error.is_closed() { "the server went away".to_owned() } else { reason(error) };
        return Error::Fetch(format!("{address}: the connection broke: {away}; {kept}"));
    };
    let code = told.code().code();
    if OF_THE_SERVER.iter().any(|class| code.starts_with(class)) && code != "57014" {
        return Error::Fetch(format!("{address}: {}; {kept}", in_words(told)));
    }
    let mut text = format!("{}: {}", shown(&address.to_string()), shown(&in_words(told)));
    if let (Some(query), Some(ErrorPosition::Original(position))) = (query, told.position()) {
        text.push_str(&pointed(query, *position as usize));
    }
    Error::Query(text)
}

/// The server's message with what it adds.
fn in_words(told: &DbError) -> String {
    let detail = told.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let hint = told.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
    let place =
        told.where_().and_then(|place| place.lines().next()).map(|place| format!(", {place}")).unwrap_or_default();
    format!("{}{detail}{hint}{place}", told.message())
}

/// The line of a query in which a position lies, counted in letters from 1, and a mark below it.
fn pointed(query: &str, position: usize) -> String {
    let before: String = query.chars().take(position.saturating_sub(1)).collect();
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[start..].chars().count();
    let text = query.lines().nth(line).unwrap_or_default();
    // Tabs and the like are shown as they are escaped: the mark stands below what is shown.
    let blank = shown(&text.chars().take(column).collect::<String>()).chars().count();
    format!("\nline {}, column {}:\n  {}\n  {}^", line + 1, column + 1, shown(text), " ".repeat(blank))
}

/// The innermost reason of an error of the client.
fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return in_words(told);
    }
    let mut inner: &dyn std::error::Error = error;
    let mut text = error.to_string();
    while let Some(source) = inner.source() {
        inner = source;
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_below_the_place_in_its_line() {
        assert_eq!(pointed("select a,\n  b.x\nfrom t", 13), "\nline 2, column 3:\n    b.x\n    ^");
        assert_eq!(pointed("selec 1", 1), "\nline 1, column 1:\n  selec 1\n  ^");
        assert_eq!(pointed("", 9), "\nline 1, column 1:\n  \n  ^");
    }
}
