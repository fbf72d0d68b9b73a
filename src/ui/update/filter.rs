//! The prompt for a filter: the SQL that it makes of what people write, the words that it offers, and what is no condition
//! taken as a text to be found.

use crate::error::Result;
use crate::store::{ColumnKind, Order, Part, Statistics, View, as_sql, by_name, quoted_name, quoted_text};
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::{Grid, next_generation};
use crate::ui::pane::Pane;
use crate::ui::popups::completion::{Completion, Wanted, begins, last_clause, matching, wanted};
use crate::ui::popups::{Popup, Prompt, Purpose};
use crate::ui::update::jobs::order::requested;

/// Values of a column that are offered at most, the most frequent.
const VALUES: usize = 300;

/// The prompt for a filter of the table in sight.
pub(super) fn ask(app: &mut App) {
    let Some(grid) = app.grid() else { return };
    let start = grid.view().filter.clone().unwrap_or_default();
    let prompt = Prompt::new(Purpose::Filter, &start).with_history(&app.written.filters);
    app.popups.push(Popup::Prompt(prompt));
}

/// Enter in the prompt.
pub(super) fn accept(app: &mut App, text: &str) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    prompt.problem = None;
    prompt.waiting = true;
    let as_text = prompt.confirmed.as_deref() == Some(text);
    let filter = match text {
        "" => None,
        text if as_text => Some(format!("anywhere({})", quoted_text(text))),
        text => Some(condition(app, text)),
    };
    let Some(grid) = app.grid_mut() else { return Vec::new() };
    let view = View { filter, ..grid.wanted().clone() };
    requested(grid.ask(view))
}

/// Shows the SQL that is made of what is written now, where it differs.
pub(super) fn show_sql(app: &mut App) {
    let Some(Popup::Prompt(prompt)) = app.popups.last() else { return };
    if prompt.purpose != Purpose::Filter {
        return;
    }
    let text = prompt.input.value().trim().to_owned();
    let sql = condition(app, &text);
    if let Some(Popup::Prompt(prompt)) = app.popups.last_mut() {
        prompt.made = (sql != text).then_some(sql);
    }
}

/// Completes the column or the value before the cursor, or offers the next one.
pub(super) fn complete(app: &mut App) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    if prompt.purpose != Purpose::Filter {
        return Vec::new();
    }
    if !prompt.offer_next() {
        let cursor = prompt.input.cursor();
        let before: String = prompt.input.value().chars().take(cursor).collect();
        let Some(table) = app.grid().and_then(Grid::table) else { return Vec::new() };
        let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
        let begun = |letters: usize| before.chars().skip(cursor - letters).collect::<String>();
        let (from, offers) = match wanted(&before, &names) {
            Wanted::Name(letters) => {
                let offers = matching(names.iter().copied(), &begun(letters));
                let clause = last_clause(&before);
                if offers.is_empty() || clause.contains(' ') {
                    // Words of a label, such as `Likely to le`.
                    let labels = table.columns().iter().filter(|column| begins(&column.label, clause));
                    let named: Vec<String> = labels.map(|column| quoted_name(&column.name)).collect();
                    (cursor - clause.chars().count(), named)
                } else {
                    (cursor - letters, offers.iter().map(|name| quoted_name(name)).collect())
                }
            }
            Wanted::Value(column, letters) => {
                let Some(values) = app.grid().and_then(|grid| grid.known_values(&column)) else {
                    return look_for_values(app, &column);
                };
                let begun = begun(letters);
                (cursor - letters, offered(values, &column, begun.trim_start_matches('\'')))
            }
            Wanted::Nothing => return Vec::new(),
        };
        let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
        if offers.is_empty() {
            prompt.problem = Some("nothing begins like this".to_owned());
        } else {
            prompt.problem = None;
            prompt.completion = Some(Completion::begin(&mut prompt.input, from, offers));
        }
    }
    show_sql(app);
    Vec::new()
}

/// The values that go on with what was begun, as SQL.
fn offered(values: &[Part], column: &str, begun: &str) -> Vec<String> {
    let is = format!("{} = ", quoted_name(column));
    let labels = matching(values.iter().map(|part| part.label.as_str()), begun);
    let sql = |label: String| {
        let part = values.iter().find(|part| part.label == label)?;
        Some(part.condition.as_ref()?.strip_prefix(&is)?.to_owned())
    };
    labels.into_iter().filter_map(sql).collect()
}

fn look_for_values(app: &mut App, column: &str) -> Effects {
    let Some(table) = app.grid().and_then(Grid::table).cloned() else { return Vec::new() };
    let Some(place) = table.column(column) else { return Vec::new() };
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    let generation = next_generation();
    prompt.asked = Some(generation);
    let rows = Order::All(u32::try_from(table.len()).unwrap_or(u32::MAX));
    let column = column.to_owned();
    let work = Work::new(
        "look for the values of a column",
        move |job| table.statistics(&rows, place, VALUES, job),
        move |app, told| values_found(app, generation, &column, told),
    );
    vec![Effect::background(work)]
}

fn values_found(app: &mut App, generation: u64, column: &str, told: Result<Statistics>) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    if prompt.asked != Some(generation) {
        return Vec::new();
    }
    prompt.asked = None;
    match told {
        Ok(told) => {
            if let Some(grid) = app.grid_mut() {
                grid.learn_values(column, told.frequent);
            }
            complete(app)
        }
        Err(error) => {
            prompt.problem = Some(error.to_string());
            Vec::new()
        }
    }
}

/// The SQL condition of what was typed about the table in sight.
fn condition(app: &App, text: &str) -> String {
    let Some(grid) = app.grid() else { return text.to_owned() };
    let Some(table) = grid.table() else { return text.to_owned() };
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    let texts = |name: &str| {
        let column = table.columns().iter().find(|column| column.name.eq_ignore_ascii_case(name))?;
        let known = grid.known_values(&column.name).unwrap_or_default();
        (column.kind == ColumnKind::Text).then(|| match column.name.as_str() {
            "segment" if known.is_empty() => segments(app),
            _ => known.iter().map(|part| part.label.clone()).collect(),
        })
    };
    let labels: Vec<_> =
        table.columns().iter().map(|column| (column.label.as_str(), quoted_name(&column.name))).collect();
    let labels: Vec<_> = labels.iter().map(|(label, name)| (*label, name.as_ref())).collect();
    as_sql(&by_name(text, &labels), &names, &texts)
}

/// The names of the segments, as far as they are known.
fn segments(app: &App) -> Vec<String> {
    let Some(table) = app.grid_of(Pane::Segments).table() else { return Vec::new() };
    (0..table.len()).map(|row| table.cell(row, 0).to_string()).collect()
}
