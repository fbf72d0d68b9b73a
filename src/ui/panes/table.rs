//! A table with its status line, in any pane or page.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::ui::app::App;
use crate::ui::grid::Grid;
use crate::ui::theme::Role;
use crate::ui::widgets::table::Table;
use crate::ui::widgets::{panel, text};

/// Draws a grid's table and its status line; why there is none where there is none.
pub fn draw(app: &App, grid: &Grid, area: Rect, status: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let Some(table) = grid.table() else {
        let (role, words) = match (&grid.problem, &app.run) {
            (Some(problem), _) => (Role::Warn, format!("nothing to show: {problem}")),
            (None, Some(_)) => (Role::Dim, "reading".to_owned()),
            (None, None) if app.opening => (Role::Dim, "reading the workspace".to_owned()),
            (None, None) => (Role::Dim, "no run yet: see Overview (1)".to_owned()),
        };
        return draw_words(app, role, &words, area, buffer);
    };
    let glyphs = &theme.glyphs;
    let rows = grid.rows();
    let columns = grid.columns().visible();
    let mark = |at: usize| {
        let name = columns.get(at).map(|column| column.title.as_str()).unwrap_or_default();
        grid.sort_mark(name, &glyphs.ascending, &glyphs.descending)
    };
    let drawn = Table {
        columns: &columns,
        pinned: grid.columns().pinned(),
        rows: rows.len(),
        cursor: &grid.cursor,
        mark: &mark,
        cell: &|row, at| rows.get(row).map_or_else(String::new, |row| table.cell(row as usize, at).to_string()),
        marked: &|row| rows.get(row).is_some_and(|row| grid.marks().contains(row)),
        range: grid.range_rows(),
    };
    let (seen_rows, seen_columns) = drawn.in_sight(area);
    if let Err(error) = table.look(&rows.part(seen_rows), &seen_columns) {
        return draw_words(app, Role::Bad, &error.to_string(), area, buffer);
    }
    drawn.draw(area, buffer, theme);
    if rows.is_empty() && area.height > 1 {
        let empty = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let words = if table.is_empty() {
            format!("  there are no {}", grid.noun())
        } else {
            format!("  no {} match this view; u undoes it, 0 shows all", grid.noun())
        };
        panel::lines(vec![Line::styled(words, theme.style(Role::Warn))], empty, buffer);
    }
    draw_status(app, grid, table.len(), status, buffer);
}

/// Words in the table's place.
fn draw_words(app: &App, role: Role, words: &str, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width).saturating_sub(2).max(1);
    let pieces = words.lines().flat_map(|line| text::wrap(&text::clean(line), width));
    let lines = pieces.map(|line| Line::styled(format!(" {line}"), app.theme().style(role)));
    panel::lines(lines.collect(), area, buffer);
}

/// Rows of how many, the row under the cursor, marks, filter, and what is under way.
fn draw_status(app: &App, grid: &Grid, all: usize, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let theme = app.theme();
    let shown = grid.rows().len();
    let mut words = if shown == all {
        format!(" {} {}", format::thousands(all as u64), grid.noun())
    } else {
        format!(" {} of {} {}", format::thousands(shown as u64), format::thousands(all as u64), grid.noun())
    };
    let mut say = |more: &str| {
        words.extend([" ", &theme.glyphs.between, " ", more]);
    };
    if shown > 0 {
        say(&format!("row {}", format::thousands(grid.cursor.row as u64 + 1)));
    }
    if !grid.marks().is_empty() {
        say(&format!("{} marked", format::thousands(grid.marks().len() as u64)));
    }
    // Before what may be long, so that it is never cut off.
    let uplift = grid.columns().names().iter().any(|name| name.contains("uplift"));
    if uplift && app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated()) {
        say("uplift: simulated campaign");
    }
    if let Some(range) = grid.range_rows() {
        let rows = format::thousands((range.end() - range.start() + 1) as u64);
        say(&format!("range of {rows}: Space marks it, Esc leaves it"));
    }
    let hidden = grid.columns().all().len() - grid.columns().names().len();
    if let Some(filter) = &grid.view().filter {
        say(&format!("where {}", text::clean(filter)));
    }
    if hidden > 0 {
        say(&format!("{hidden} columns hidden (c)"));
    }
    let busy = if grid.slow { format!("{} working ", theme.glyphs.running) } else { String::new() };
    let note = grid.note.as_ref().map(|note| format!("{} ", text::clean(note))).unwrap_or_default();
    let columns = usize::from(area.width);
    let right = text::fit(&(note + &busy), columns * 2 / 3, &theme.glyphs.cut);
    let left = text::pad(&words, columns - text::width(&right), false, &theme.glyphs.cut);
    let line =
        Line::from(vec![Span::styled(left, theme.style(Role::Dim)), Span::styled(right, theme.style(Role::Warn))]);
    panel::lines(vec![line], area, buffer);
}
