//! The top-5 of the user under the cursor: item, its name or else its category path, price, score, source.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::format;
use crate::store::{Cell, POPULAR};
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
    let (id, price, score) = (12.min(width), 10, 9);
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
        let known = |name: &str| {
            let items = app.items.as_ref()?;
            let cell = match items.row_of(&item) {
                Ok(row) => items.cell(row?, items.column(name)?),
                Err(error) => Cell::Unreadable(error.to_string()),
            };
            match cell {
                Cell::Null => None,
                Cell::Float(value) => Some(format::number(value)),
                other => Some(text::clean(&other.to_string())),
            }
        };
        let unknown = || "-".to_owned();
        let (category, price) = (
            known(if named { "name" } else { "category_path" }).unwrap_or_else(unknown),
            known("price").unwrap_or_else(unknown),
        );
        let score = match (cell(&format!("score_{place}")), cell(&format!("source_{place}"))) {
            (Cell::Float(score), _) => format::number(score),
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
    panel::lines(lines, area, buffer);
}
