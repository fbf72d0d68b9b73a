//! The SQL pane: the query, its result as a table; before the first, what can be queried.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::ui::app::App;
use crate::ui::command::Open;
use crate::ui::pane::Pane;
use crate::ui::panes::table;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Draws the pane.
pub fn draw(app: &App, buffer: &mut Buffer) {
    let parts = app.parts();
    let theme = app.theme();
    let inside = panel::framed("Query", parts.head, buffer, theme);
    let width = usize::from(inside.width).max(1);
    let key = app.bindings.keys(Open::Query.into()).first().map(ToString::to_string).unwrap_or_default();
    let mut lines: Vec<Line<'_>> = match &app.query {
        Some(query) => {
            let lines = query.lines().flat_map(|line| text::wrap(&text::clean(line), width));
            lines.map(Line::from).collect()
        }
        None => vec![Line::from(vec![
            Span::styled(key, theme.style(Role::Key)),
            Span::styled(" writes a query; Up and Down bring back earlier ones", theme.style(Role::Dim)),
        ])],
    };
    match &app.query_note {
        Some(Ok(note)) => lines.insert(0, Line::styled(text::clean(note), theme.style(Role::Warn))),
        Some(Err(problem)) => lines.insert(0, Line::styled(text::clean(problem), theme.style(Role::Bad))),
        None => {}
    }
    panel::lines(lines, inside, buffer);
    let grid = app.grid_of(Pane::Sql);
    if grid.table().is_some() {
        table::draw(app, grid, &parts, buffer);
    } else {
        draw_tables(app, parts.table, buffer);
    }
}

/// What can be queried, and what was queried before.
fn draw_tables(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let Some(run) = &app.run else {
        let words = if app.opening { "reading the workspace" } else { "no run yet: see Overview (1)" };
        return panel::lines(vec![Line::styled(format!(" {words}"), theme.style(Role::Dim))], area, buffer);
    };
    let mut lines = vec![Line::styled(" Tables", theme.style(Role::Header))];
    let width = usize::from(area.width);
    match &app.summary {
        Some(Ok(summary)) => lines.extend(summary.tables.iter().map(|table| {
            let rows = format::counted(table.rows, "rows");
            // The numbers stand under each other.
            let rows = rows.strip_suffix("row").map_or_else(|| rows.clone(), |count| format!("{count}row "));
            let words = format!(
                "   {}{}  ",
                text::pad(&text::clean(&table.name), 17, false, &theme.glyphs.cut),
                text::pad(&rows, 16, true, &theme.glyphs.cut)
            );
            let room = width.saturating_sub(text::width(&words) + 1);
            let columns = text::fit(&text::clean(&table.columns.join(", ")), room, &theme.glyphs.cut);
            Line::from(vec![Span::raw(words), Span::styled(columns, theme.style(Role::Dim))])
        })),
        _ => lines.extend(run.tables().into_iter().map(|name| Line::from(format!("   {}", text::clean(name))))),
    }
    if !app.written.queries.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled(" Queries before, the newest first", theme.style(Role::Header)));
        let width = usize::from(area.width).saturating_sub(4);
        let queries = app.written.queries.iter().rev();
        lines.extend(queries.map(|query| {
            Line::from(format!("   {}", text::fit(&text::clean(&query.replace('\n', " ")), width, &theme.glyphs.cut)))
        }));
    }
    panel::lines(lines, area, buffer);
}
