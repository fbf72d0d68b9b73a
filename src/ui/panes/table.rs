//! A table with its status line, in any pane or page.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::{self, Cell, ColumnKind, DataTable};
use crate::ui::app::App;
use crate::ui::grid::Grid;
use crate::ui::layout::Parts;
use crate::ui::panes::preview;
use crate::ui::theme::Role;
use crate::ui::widgets::table::{Column, Table};
use crate::ui::widgets::{panel, text};

/// The column whose texts are names of segments.
const SEGMENT: &str = "segment";

/// Draws a grid's table, its status line and what else the row under the cursor holds; why there is none where there is
/// none.
pub fn draw(app: &App, grid: &Grid, parts: &Parts, buffer: &mut Buffer) {
    let (theme, area, status) = (app.theme(), parts.table, parts.status);
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
    let ranked = ranked(grid, table);
    let share = |row: usize| {
        let (at, full) = ranked?;
        match table.cell(rows.get(row)? as usize, at) {
            Cell::Float(value) => Some(value / full),
            _ => None,
        }
    };
    let drawn = Table {
        columns: &columns,
        pinned: grid.columns().pinned(),
        rows: rows.len(),
        cursor: &grid.cursor,
        mark: &mark,
        cell: &|row, at| rows.get(row).map_or_else(String::new, |row| table.shown(row as usize, at)),
        dot: &|at, words| {
            let of_segments = table.columns().get(at).is_some_and(|column| column.name == SEGMENT);
            let (number, of) = app.segment_series(words).filter(|_| of_segments)?;
            let (sign, style) = theme.dot(number, of);
            Some((sign.to_owned(), style))
        },
        bar: ranked.map(|(at, _)| (at, &share as &dyn Fn(usize) -> Option<f64>)),
        marked: &|row| rows.get(row).is_some_and(|row| grid.marks().contains(row)),
        range: grid.range_rows(),
    };
    let (seen_rows, seen_columns) = drawn.in_sight(area);
    if let Err(error) = table.look(&rows.part(seen_rows), &seen_columns) {
        return draw_words(app, Role::Bad, &error.to_string(), area, buffer);
    }
    drawn.draw(area, buffer, theme);
    preview::draw(app, grid, &seen_columns, parts.preview, buffer);
    if rows.is_empty() && area.height > 1 {
        let empty = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let words = if table.is_empty() {
            format!("  there are no {}", grid.noun())
        } else {
            format!("  no {} match this view; u undoes it, 0 shows all", grid.noun())
        };
        panel::lines(vec![Line::styled(words, theme.style(Role::Warn))], empty, buffer);
    }
    let out_of_sight = out_of_sight(app, &columns, grid.columns().pinned(), &seen_columns);
    let mut in_sight = columns.iter().filter(|column| seen_columns.contains(&column.at));
    let uplift = in_sight.any(|column| column.title.contains("uplift"));
    draw_status(app, grid, uplift, out_of_sight, status, buffer);
}

/// Words in the table's place.
fn draw_words(app: &App, role: Role, words: &str, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width).saturating_sub(2).max(1);
    let pieces = words.lines().flat_map(|line| text::wrap(&text::clean(line), width));
    let lines = pieces.map(|line| Line::styled(format!(" {line}"), app.theme().style(role)));
    panel::lines(lines.collect(), area, buffer);
}

/// The column that the rows are ranked by, where it holds shares or other scores, and the number of a full bar: 1 for
/// shares, else that of the first row.
fn ranked(grid: &Grid, table: &DataTable) -> Option<(usize, f64)> {
    let sort = &grid.view().sort;
    let mut keys = sort.iter().filter_map(|key| Some((key, table.column(&key.column)?)));
    let (key, at) = keys.find(|(_, at)| table.columns()[*at].kind == ColumnKind::Float)?;
    if store::user_column(&key.column).is_some_and(|column| ["probability", "share"].contains(&column.unit)) {
        return Some((at, 1.0));
    }
    match table.cell(grid.rows().get(0)? as usize, at) {
        Cell::Float(most) if key.descending && most > 0.0 => Some((at, most)),
        _ => None,
    }
}

/// Which of the columns are in sight, where some are not: those beside the pinned ones, counted from 1.
fn out_of_sight(app: &App, columns: &[Column], pinned: usize, seen: &[usize]) -> Option<String> {
    if seen.len() >= columns.len() {
        return None;
    }
    let in_sight = |place: &usize| seen.contains(&columns[*place].at);
    let first = (pinned..columns.len()).find(in_sight).unwrap_or(0);
    let last = (0..columns.len()).rev().find(in_sight).unwrap_or(first);
    let ascii = app.theme().glyphs.ascii;
    let (to, left, right) = if ascii { ("-", " <", " >") } else { ("–", " ◂", " ▸") };
    let first = if first == pinned { 0 } else { first };
    let left = if first > 0 { left } else { "" };
    let right = if last + 1 < columns.len() { right } else { "" };
    Some(format!("columns {}{to}{} of {}{left}{right}", first + 1, last + 1, columns.len()))
}

/// Blanks between the state of the table and what is told of it.
const APART: usize = 2;

/// Rows of how many, the row under the cursor, marks, filter, and what is under way. `uplift`: some is in sight.
fn draw_status(app: &App, grid: &Grid, uplift: bool, out_of_sight: Option<String>, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let theme = app.theme();
    let busy = if grid.slow { format!("{} working ", theme.glyphs.running) } else { String::new() };
    let note = grid.note.as_ref().map(|note| format!("{} ", text::clean(note))).unwrap_or_default();
    let columns = usize::from(area.width);
    let tells = !note.is_empty();
    let right = text::fit(&(note + &busy), columns, &theme.glyphs.cut);
    // What is told is never glued to what stands there.
    let left = columns.saturating_sub(text::width(&right));
    let apart = if right.is_empty() { 0 } else { APART.min(left) };
    let room = left - apart;
    let mut said = said(app, grid, uplift, out_of_sight);
    let between = format!(" {} ", theme.glyphs.between);
    let joined = |said: &[(Said, String)]| {
        format!(" {}", said.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join(&between))
    };
    // What can be seen otherwise gives way to the rest.
    for less in [Said::Hidden, Said::Columns] {
        if text::width(&joined(&said)) > room {
            said.retain(|(what, _)| *what != less);
        }
    }
    // A notice is read whole while it stands there.
    while tells && !said.is_empty() && text::width(&joined(&said)) > room {
        said.pop();
    }
    let left = text::pad(&joined(&said), room, false, &theme.glyphs.cut) + &" ".repeat(apart);
    let line =
        Line::from(vec![Span::styled(left, theme.style(Role::Dim)), Span::styled(right, theme.style(Role::Warn))]);
    panel::lines(vec![line], area, buffer);
}

/// What a part of the status line tells.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    /// What must be said.
    Needed,
    /// Which columns are in sight.
    Columns,
    /// How many are hidden.
    Hidden,
}

/// The parts of the status line.
fn said(app: &App, grid: &Grid, uplift: bool, out_of_sight: Option<String>) -> Vec<(Said, String)> {
    let all = grid.table().map_or(0, DataTable::len);
    let shown = grid.rows().len();
    let rows = if shown == all {
        format::counted(all as u64, grid.noun())
    } else {
        format!("{} of {}", format::thousands(shown as u64), format::counted(all as u64, grid.noun()))
    };
    let mut said = vec![(Said::Needed, rows)];
    if shown > 0 {
        said.push((Said::Needed, format!("row {}", format::thousands(grid.cursor.row as u64 + 1))));
    }
    said.extend(out_of_sight.map(|columns| (Said::Columns, columns)));
    if !grid.marks().is_empty() {
        said.push((Said::Needed, format!("{} marked", format::thousands(grid.marks().len() as u64))));
    }
    // Before what may be long, so that it is never cut off.
    if uplift && app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated()) {
        said.push((Said::Needed, "uplift: simulated campaign".to_owned()));
    }
    if let Some(range) = grid.range_rows() {
        let rows = format::thousands((range.end() - range.start() + 1) as u64);
        said.push((Said::Needed, format!("range of {rows}: Space marks it, Esc leaves it")));
    }
    if let Some(filter) = &grid.view().filter {
        said.push((Said::Needed, format!("where {}", text::clean(filter))));
    }
    let hidden = grid.columns().all().len() - grid.columns().names().len();
    if hidden > 0 {
        said.push((Said::Hidden, format!("{} hidden (c)", format::counted(hidden as u64, "columns"))));
    }
    said
}
