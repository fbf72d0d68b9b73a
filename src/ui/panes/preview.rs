//! What the row under the cursor holds in the columns that are out of sight, beside a wide table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::Cell;
use crate::ui::app::App;
use crate::ui::grid::Grid;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Columns of the screen that a value takes at least.
const VALUE: usize = 8;

/// Draws the row under the cursor: what is known of it in the columns that are not `seen`, in the table's order.
pub fn draw(app: &App, grid: &Grid, seen: &[usize], area: Rect, buffer: &mut Buffer) {
    let (Some(table), Some(row)) = (grid.table(), grid.row()) else { return };
    if area.width == 0 {
        return;
    }
    let theme = app.theme();
    let cut = &theme.glyphs.cut;
    let columns: Vec<usize> = (0..table.columns().len()).filter(|at| !seen.contains(at)).collect();
    let inside_height = usize::from(area.height.saturating_sub(2));
    let title = text::fit(&text::clean(&table.shown(row, 0)), usize::from(area.width).saturating_sub(6), cut);
    let inside = panel::framed(&title, area, buffer, theme);
    if let Err(error) = table.look(&[row as u32], &columns) {
        let words = text::wrap(&text::clean(&error.to_string()), usize::from(inside.width).max(1));
        let lines = words.into_iter().map(|line| Line::styled(line, theme.style(Role::Bad))).collect();
        return panel::lines(lines, inside, buffer);
    }
    let known: Vec<usize> = columns.into_iter().filter(|at| table.cell(row, *at) != Cell::Null).collect();
    let width = usize::from(inside.width).saturating_sub(1);
    let more = known.len() > inside_height;
    let drawn = if more { inside_height.saturating_sub(1) } else { known.len() };
    let label = |at: usize| text::clean(&table.columns()[at].label);
    let labels = known[..drawn].iter().map(|at| text::width(&label(*at))).max().unwrap_or(0);
    let labels = labels.min(width.saturating_sub(VALUE + 1));
    let line = |at: &usize| {
        let name = text::pad(&label(*at), labels, false, cut);
        let value = text::pad(&text::clean(&table.shown(row, *at)), width.saturating_sub(labels + 1), true, cut);
        Line::from(vec![Span::styled(name, theme.style(Role::Dim)), Span::raw(format!(" {value}"))])
    };
    let mut lines: Vec<Line<'static>> = known[..drawn].iter().map(line).collect();
    if more {
        let left = format::counted((known.len() - drawn) as u64, "more columns");
        lines.push(Line::styled(left, theme.style(Role::Dim)));
    }
    if known.is_empty() {
        lines.push(Line::styled("nothing more is known of it", theme.style(Role::Dim)));
    }
    panel::lines(lines, inside, buffer);
}
