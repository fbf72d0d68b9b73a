//! The Users pane: one row per user, sorted and filtered.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::ui::app::App;
use crate::ui::layout;
use crate::ui::theme::Role;
use crate::ui::widgets::table::Table;
use crate::ui::widgets::{panel, text};

/// Draws the pane.
pub fn draw(app: &App, body: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let users = &app.users;
    let Some(table) = &users.table else {
        let (role, words) = match (&users.problem, &app.run) {
            (Some(problem), _) => (Role::Bad, format!("no user table: {problem}")),
            (None, Some(_)) => (Role::Dim, "reading the user table".to_owned()),
            (None, None) if app.opening => (Role::Dim, "reading the workspace".to_owned()),
            (None, None) => (Role::Dim, "no run yet: see Overview (1)".to_owned()),
        };
        let lines = words.lines().map(|line| Line::styled(format!(" {}", text::clean(line)), theme.style(role)));
        panel::lines(lines.collect(), body, buffer);
        return;
    };
    let parts = layout::users(body);
    let glyphs = &theme.glyphs;
    let drawn = Table {
        columns: &users.columns,
        rows: users.rows.len(),
        cursor: &users.cursor,
        mark: &|column| users.sort_mark(column, &glyphs.ascending, &glyphs.descending),
        cell: &|row, column| {
            users.rows.get(row).map_or_else(String::new, |row| table.cell(*row as usize, column).to_string())
        },
    };
    drawn.draw(parts.table, buffer, theme);
    if users.rows.is_empty() {
        let empty = Rect { y: parts.table.y + 1, height: parts.table.height.saturating_sub(1), ..parts.table };
        let words = "  no user fits this view; 0 shows all again";
        panel::lines(vec![Line::styled(words, theme.style(Role::Warn))], empty, buffer);
    }
    status(app, table.len(), parts.status, buffer);
}

/// Rows of how many, the row under the cursor, filter, and what is under way.
fn status(app: &App, all: usize, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let users = &app.users;
    let shown = users.rows.len();
    let mut words = if shown == all {
        format!(" {} users", text::count(all as u64))
    } else {
        format!(" {} of {} users", text::count(shown as u64), text::count(all as u64))
    };
    let mut say = |more: &str| {
        words.extend([" ", &theme.glyphs.between, " ", more]);
    };
    if shown > 0 {
        say(&format!("row {}", text::count(users.cursor.row as u64 + 1)));
    }
    if let Some(filter) = &users.view.filter {
        say(&format!("where {}", text::clean(filter)));
    }
    if app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated()) {
        say("uplift: simulated campaign");
    }
    let busy = if users.slow { format!("{} working ", theme.glyphs.running) } else { String::new() };
    let note = users.note.as_ref().map(|note| format!("{} ", text::clean(note))).unwrap_or_default();
    let columns = usize::from(area.width);
    let right = text::fit(&(note + &busy), columns / 2, &theme.glyphs.cut);
    let left = text::pad(&words, columns - text::width(&right), false, &theme.glyphs.cut);
    let line =
        Line::from(vec![Span::styled(left, theme.style(Role::Dim)), Span::styled(right, theme.style(Role::Warn))]);
    panel::lines(vec![line], area, buffer);
}
