//! The top-5 of the user under the cursor: item, its name or else its category path, price, score, source; and what is
//! likely to be bought again.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::format;
use crate::store::{Cell, POPULAR, Shown};
use crate::ui::app::App;
use crate::ui::pane::Pane;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Draws the list.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let grid = app.grid_of(Pane::Recommendations);
    let (Some(table), Some(row)) = (grid.table(), grid.row()) else {
        let words = if app.asked_recommendations { "reading" } else { "no user under the cursor" };
        return panel::lines(vec![Line::styled(words, theme.style(Role::Dim))], area, buffer);
    };
    let cut = &theme.glyphs.cut;
    let width = usize::from(area.width);
    let (id, price, score) = (12.min(width), 13, 9);
    let path = width.saturating_sub(3 + id + price + score + 4);
    let line = |place: &str, item: &str, category: &str, money: &str, scored: &str| {
        format!(
            "{} {} {} {} {}",
            text::pad(place, 2, true, ""),
            text::pad(item, id, false, cut),
            text::pad(category, path, false, cut),
            text::pad(money, price, true, cut),
            text::pad(scored, score, true, cut)
        )
    };
    let named = app.items.as_ref().is_some_and(|items| items.column("name").is_some());
    let what = if named { "name" } else { "category path" };
    let mut lines = vec![Line::styled(line("", "item", what, "price", "score"), theme.style(Role::Dim))];
    let cell = |name: &str| table.column(name).map_or(Cell::Null, |column| table.cell(row, column));
    for place in 1.. {
        if table.column(&format!("item_{place}")).is_none() {
            break;
        }
        let item = cell(&format!("item_{place}"));
        if item == Cell::Null {
            continue;
        }
        let item = item.to_string();
        let known = |name: &str| known(app, &item, name);
        let unknown = || Cell::Null.to_string();
        let (category, price) = (
            known(if named { "name" } else { "category_path" }).unwrap_or_else(unknown),
            known("price").unwrap_or_else(unknown),
        );
        let score = match (cell(&format!("score_{place}")), cell(&format!("source_{place}"))) {
            (Cell::Float(score), _) => format!("{score:.3}"),
            (_, Cell::Text(source)) if ["category", "shop"].contains(&source.as_str()) => POPULAR.to_owned(),
            _ => unknown(),
        };
        lines.push(Line::from(line(&place.to_string(), &text::clean(&item), &category, &price, &score)));
    }
    if lines.len() == 1 {
        lines.push(Line::styled("nothing could be recommended to this user", theme.style(Role::Warn)));
    } else {
        let source = cell("source").to_string();
        let words = if source == "fallback" {
            "source: fallback, what is popular in the user's category, then in the shop".to_owned()
        } else {
            format!("source: {}", text::clean(&source))
        };
        lines.push(Line::default());
        lines.push(Line::styled(words, theme.style(Role::Dim)));
        lines.push(Line::styled("o looks up an item and those like it", theme.style(Role::Dim)));
    }
    lines.extend(again(app, &cell, |item, told, due, chance| line("", item, told, due, chance)));
    panel::lines(lines, area, buffer);
}

/// What the user is likely to buy again, with a line above; nothing where there is no such list.
fn again<'a>(
    app: &App,
    cell: &impl Fn(&str) -> Cell,
    line: impl Fn(&str, &str, &str, &str) -> String,
) -> Vec<Line<'a>> {
    let theme = app.theme();
    let mut lines = Vec::new();
    for place in 1.. {
        let item = match cell(&format!("again_{place}")) {
            Cell::Null => break,
            item => item.to_string(),
        };
        if lines.is_empty() {
            lines.push(Line::default());
            lines.push(Line::styled(line("to buy again", "", "due, days", "chance"), theme.style(Role::Dim)));
        }
        let told = known(app, &item, "name").or_else(|| known(app, &item, "category_path"));
        let number = |name: &str, words: fn(f64) -> String| match cell(&format!("{name}_{place}")) {
            Cell::Float(value) => words(value),
            _ => Cell::Null.to_string(),
        };
        let due = number("again_due_days", |days| format!("{days:.0}"));
        let chance = number("again_score", format::percent);
        let told = told.unwrap_or_else(|| Cell::Null.to_string());
        lines.push(Line::from(line(&text::clean(&item), &told, &due, &chance)));
    }
    lines
}

/// What the catalogue says of an item.
fn known(app: &App, item: &str, name: &str) -> Option<String> {
    let items = app.items.as_ref()?;
    let cell = match items.row_of(item) {
        Ok(row) => items.cell(row?, items.column(name)?),
        Err(error) => Cell::Unreadable(error.to_string()),
    };
    match cell {
        Cell::Null => None,
        Cell::Float(price) if name == "price" => Some(Shown::Money.number(price, &app.front.terms.currency)),
        Cell::Float(value) => Some(format::number(value)),
        other => Some(text::clean(&other.to_string())),
    }
}
