//! The editor of a query: lines, words offered, saved queries, and the analyst's own editor.

use crate::error::Result;
use crate::store::{TableInfo, sql_functions};
use crate::ui::app::App;
use crate::ui::command::Context;
use crate::ui::effect::{Effect, Effects};
use crate::ui::popups::completion::{Completion, matching};
use crate::ui::popups::query::{named, words};
use crate::ui::popups::{Offer, Picked, Picker, Popup, Prompt, Purpose};
use crate::ui::session::SavedQuery;

/// Words of SQL that are offered behind columns and functions.
const WORDS: [&str; 30] = [
    "select",
    "from",
    "where",
    "group by",
    "order by",
    "having",
    "limit",
    "join",
    "left join",
    "on",
    "using",
    "and",
    "or",
    "not",
    "as",
    "distinct",
    "case",
    "when",
    "then",
    "else",
    "end",
    "between",
    "like",
    "ilike",
    "is null",
    "desc",
    "with",
    "over",
    "partition by",
    "union all",
];

/// Opens the editor with the query whose result is shown.
pub(super) fn ask(app: &mut App) -> Effects {
    if app.run.is_none() {
        app.say("SQL", &"no run yet: there is nothing to query");
        return Vec::new();
    }
    let start = app.query.clone().unwrap_or_default();
    let tables = match &app.summary {
        Some(Ok(summary)) => summary.tables.clone(),
        _ => Vec::new(),
    };
    let prompt = Prompt::new(Purpose::Query, &start).with_history(&app.written.queries).over(tables);
    app.popups.push(Popup::Prompt(prompt));
    Vec::new()
}

/// The query being written.
fn prompt(app: &mut App) -> Option<&mut Prompt> {
    match app.popups.last_mut() {
        Some(Popup::Prompt(prompt)) if prompt.purpose == Purpose::Query => Some(prompt),
        _ => None,
    }
}

/// Begins a new line at the cursor.
pub(super) fn new_line(app: &mut App) {
    if let Some(prompt) = prompt(app) {
        prompt.put("\n");
    }
}

/// Goes a line up or down; from the first and the last one to earlier and later queries.
pub(super) fn line(prompt: &mut Prompt, up: bool) {
    let value: Vec<char> = prompt.input.value().chars().collect();
    let cursor = prompt.input.cursor();
    let start = value[..cursor].iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
    let end = value[cursor..].iter().position(|letter| *letter == '\n').map(|at| cursor + at);
    let column = cursor - start;
    let to = if up {
        start.checked_sub(1).map(|before| {
            let first = value[..before].iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
            (first + column).min(before)
        })
    } else {
        end.map(|end| {
            let length = value[end + 1..].iter().position(|letter| *letter == '\n').unwrap_or(value.len() - end - 1);
            end + 1 + column.min(length)
        })
    };
    match to {
        Some(to) => prompt.input = std::mem::take(&mut prompt.input).with_cursor(to),
        None => prompt.recall(up),
    }
}

/// Completes the table, column or function before the cursor, or puts in the next one offered.
pub(super) fn complete(app: &mut App) {
    let Some(prompt) = prompt(app) else { return };
    if prompt.offer_next() {
        return;
    }
    let cursor = prompt.input.cursor();
    let before: String = prompt.input.value().chars().take(cursor).collect();
    let (begun, offers) = offered(&before, prompt.input.value(), &prompt.tables);
    if offers.is_empty() {
        prompt.problem = Some("nothing begins like this".to_owned());
    } else {
        prompt.problem = None;
        prompt.completion = Some(Completion::begin(&mut prompt.input, cursor - begun, offers));
    }
}

/// How many letters of the word are there, and what it may become.
fn offered(before: &str, query: &str, tables: &[TableInfo]) -> (usize, Vec<String>) {
    let part = |letter: &char| letter.is_alphanumeric() || *letter == '_' || *letter == '.';
    let word: String = before.chars().rev().take_while(part).collect::<Vec<_>>().into_iter().rev().collect();
    let earlier = words(&before[..before.len() - word.len()]);
    if let Some((table, begun)) = word.rsplit_once('.') {
        let columns = table_of(table, query, tables).map(|table| table.columns.as_slice()).unwrap_or_default();
        return (begun.chars().count(), matching(columns.iter().map(String::as_str), begun));
    }
    let names = tables.iter().map(|table| table.name.as_str());
    let letters = word.chars().count();
    if earlier.last().is_some_and(|word| ["from", "join", "describe"].contains(&word.as_str())) {
        return (letters, matching(names, &word));
    }
    let mut of = named(query, tables);
    if of.is_empty() {
        of = tables.iter().collect();
    }
    let columns = of.iter().flat_map(|table| &table.columns).map(String::as_str);
    let mut functions: Vec<String> = sql_functions().into_iter().map(|name| format!("{name}(")).collect();
    functions.sort_unstable();
    let others = functions.iter().map(String::as_str).chain(names).chain(WORDS);
    let mut offers = Vec::new();
    for offer in matching(columns.chain(others), &word) {
        if !offers.contains(&offer) {
            offers.push(offer);
        }
    }
    // Of functions there are hundreds: those that only hold the letters would drown the rest.
    let lower = word.to_lowercase();
    if offers.iter().any(|offer| offer.to_lowercase().starts_with(&lower)) {
        offers.retain(|offer| offer.to_lowercase().starts_with(&lower));
    }
    (letters, offers)
}

/// The table that a word before a dot means: by its own name, or by the one that the query gives it.
fn table_of<'a>(word: &str, query: &str, tables: &'a [TableInfo]) -> Option<&'a TableInfo> {
    let last = |word: &str| word.rsplit('.').next().unwrap_or(word).to_lowercase();
    let by_name = |name: &str| tables.iter().find(|table| table.name.to_lowercase() == last(name));
    by_name(word).or_else(|| {
        let words = words(query);
        let named = |at: usize| match words.get(at + 1).map(String::as_str) {
            Some("as") => words.get(at + 2),
            _ => words.get(at + 1),
        };
        let known = words
            .iter()
            .enumerate()
            .find(|(at, name)| by_name(name).is_some() && named(*at) == Some(&word.to_lowercase()));
        by_name(known?.1)
    })
}

/// Opens the list of saved queries.
pub(super) fn saved(app: &mut App) -> Effects {
    if prompt(app).is_some() {
        let picker = list(app);
        app.popups.push(Popup::Picker(picker));
    }
    Vec::new()
}

fn list(app: &App) -> Picker {
    let offers = app.written.saved.iter().map(|query| Offer {
        name: query.name.clone(),
        title: query.text.replace('\n', " "),
        aside: String::new(),
        picked: Picked::Query(query.name.clone()),
    });
    let none = "type a name: Enter saves the query under it";
    let title = "Queries: Enter opens one; type a name and Ctrl-s to save";
    Picker::new(title, none, offers.collect()).on(Context::Queries)
}

/// Keeps the query being written under a name, in the place of another of that name.
pub(super) fn save(app: &mut App, name: &str) {
    let name = name.trim().to_owned();
    let below = app.popups.len().checked_sub(2).and_then(|at| app.popups.get(at));
    let Some(Popup::Prompt(prompt)) = below else { return };
    let text = prompt.input.value().trim().to_owned();
    if name.is_empty() || text.is_empty() {
        return;
    }
    app.written.saved.retain(|query| query.name != name);
    app.written.saved.push(SavedQuery { name, text });
    app.written.saved.sort_by(|a, b| a.name.cmp(&b.name));
    app.popups.pop();
}

/// Puts a saved query in the place of the one being written.
pub(super) fn recall(app: &mut App, name: &str) -> Effects {
    let text = app.written.saved.iter().find(|query| query.name == name).map(|query| query.text.clone());
    if let (Some(text), Some(prompt)) = (text, prompt(app)) {
        prompt.replace(&text);
    }
    Vec::new()
}

/// Forgets the query under the cursor of the list.
pub(super) fn delete(app: &mut App) {
    let Some(Popup::Picker(picker)) = app.popups.last() else { return };
    let Some(Picked::Query(name)) = picker.picked() else { return };
    app.written.saved.retain(|query| query.name != name);
    app.popups.pop();
    let picker = list(app);
    app.popups.push(Popup::Picker(picker));
}

/// Opens the query in the analyst's own editor.
pub(super) fn edit(app: &mut App) -> Effects {
    if prompt(app).is_none() {
        ask(app);
    }
    prompt(app).map(|prompt| Effect::Edit(prompt.input.value().to_owned())).into_iter().collect()
}

/// The editor is left: what was written in it is the query now.
pub(super) fn edited(app: &mut App, text: Result<String>) {
    match text {
        Ok(text) => {
            if let Some(prompt) = prompt(app) {
                prompt.replace(text.trim_end());
            }
        }
        Err(error) => app.tell("Editor", &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Vec<TableInfo> {
        let table = |name: &str, columns: &[&str]| {
            let columns = columns.iter().map(|name| (*name).to_owned()).collect();
            TableInfo { name: name.to_owned(), rows: 1, columns }
        };
        vec![table("users", &["user_id", "churn", "segment"]), table("events", &["user_id", "event", "time"])]
    }

    fn of(before: &str, after: &str) -> Vec<String> {
        offered(before, &format!("{before}{after}"), &tables()).1
    }

    #[test]
    fn tables_columns_and_functions_are_offered_where_they_fit() {
        assert_eq!(of("select * from u", ""), ["users"]);
        assert_eq!(of("select * from users join ", ""), ["users", "events"]);
        assert_eq!(of("select seg", " from users"), ["segment"]);
        assert!(!of("select ti", " from users").contains(&"time".to_owned()), "the column of another table");
        assert_eq!(of("select e.t", " from users u join events as e using (user_id)"), ["time", "event"]);
        assert_eq!(of("select u.", " from users u"), ["user_id", "churn", "segment"]);
        assert_eq!(of("select u.c", " from previous.users u"), ["churn"]);
        assert!(of("select cou", " from users").contains(&"count(".to_owned()));
        assert_eq!(of("select * from users gro", "").last().map(String::as_str), Some("group by"));
    }

    #[test]
    fn lines_are_gone_through_and_then_the_history() {
        let history = ["select 1".to_owned()];
        let mut prompt = Prompt::new(Purpose::Query, "abc\nd\nefg").with_history(&history);
        let mut at = |up: bool| {
            line(&mut prompt, up);
            (prompt.input.cursor(), prompt.input.value().to_owned())
        };
        let text = "abc\nd\nefg".to_owned();
        assert_eq!(at(true), (5, text.clone()));
        assert_eq!(at(true), (1, text.clone()));
        assert_eq!(at(false), (5, text.clone()));
        assert_eq!(at(false), (7, text));
        at(true);
        at(true);
        assert_eq!(at(true).1, "select 1");
    }
}
