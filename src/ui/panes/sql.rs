//! The SQL pane: the query, its result as a table; before the first, what can be queried.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::table;
use crate::ui::app::{App, Pane};
use crate::ui::command::Command;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Draws the pane.
pub fn draw(app: &App, buffer: &mut Buffer) {
    let parts = app.parts();
    let theme = app.theme();
    let inside = panel::framed("Query", parts.head, buffer, theme);
    let width = usize::from(inside.width).max(1);
    let key = app.bindings.keys(Command::Query).first().map(ToString::to_string).unwrap_or_default();
    let mut lines: Vec<Line<'_>> = match &app.query {
        Some(query) => text::pieces(&text::clean(query), width).into_iter().map(Line::from).collect(),
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
        table::draw(app, grid, parts.table, parts.status, buffer);
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
    let mut tables = vec![("users".to_owned(), "every per-user table side by side".to_owned())];
    for stage in &run.info().stages {
        let names = stage.files.iter().filter_map(|file| file.name.strip_suffix(".parquet"));
        tables.extend(names.map(|name| (name.to_owned(), format!("of the stage {}", stage.id))));
    }
    let mut lines = vec![Line::styled(" Tables", theme.style(Role::Header))];
    lines.extend(tables.into_iter().map(|(name, what)| {
        Line::from(vec![
            Span::raw(format!("   {}", text::pad(&text::clean(&name), 18, false, &theme.glyphs.cut))),
            Span::styled(what, theme.style(Role::Dim)),
        ])
    }));
    if !app.written.queries.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled(" Queries before, the newest first", theme.style(Role::Header)));
        let width = usize::from(area.width).saturating_sub(4);
        let queries = app.written.queries.iter().rev();
        lines.extend(
            queries.map(|query| Line::from(format!("   {}", text::fit(&text::clean(query), width, &theme.glyphs.cut)))),
        );
    }
    panel::lines(lines, area, buffer);
}
