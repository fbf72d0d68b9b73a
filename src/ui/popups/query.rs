//! The editor of a query: its lines, and beside them what can be asked.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthChar;

use crate::format;
use crate::store::TableInfo;
use crate::ui::popups::prompt::Prompt;
use crate::ui::popups::titles::titled;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Rows of the editor at least, its frame included, as far as the screen has them.
const ROWS: u16 = 14;
/// Columns of the catalogue.
const SIDE: u16 = 28;

/// The words of a query that may be names, in lower case.
pub fn words(query: &str) -> Vec<String> {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    query.split(|letter| !part(letter)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The tables that a query names, in the catalogue's order.
pub fn named<'a>(query: &str, tables: &'a [TableInfo]) -> Vec<&'a TableInfo> {
    let words = words(query);
    let is_named = |table: &&TableInfo| {
        let name = table.name.to_lowercase();
        words.iter().any(|word| *word == name || word.rsplit('.').next() == Some(&name))
    };
    tables.iter().filter(is_named).collect()
}

/// The rows of a text in so many columns, and row and column of its cursor, which is told in letters.
fn laid(value: &str, cursor: usize, columns: usize) -> (Vec<String>, (usize, usize)) {
    let mut rows = vec![String::new()];
    let (mut used, mut place) = (0, (0, 0));
    for (at, letter) in value.chars().enumerate() {
        if at == cursor {
            place = (rows.len() - 1, used);
        }
        if letter == '\n' {
            rows.push(String::new());
            used = 0;
            continue;
        }
        for shown in text::clean(letter.encode_utf8(&mut [0; 4])).chars() {
            let wide = shown.width().unwrap_or(0);
            if used + wide > columns {
                rows.push(String::new());
                used = 0;
            }
            if let Some(row) = rows.last_mut() {
                row.push(shown);
            }
            used += wide;
        }
    }
    if cursor >= value.chars().count() {
        place = (rows.len() - 1, used);
    }
    (rows, place)
}

/// Draws the editor at the foot of the screen.
pub fn draw(prompt: &Prompt, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
    let left = size.width.saturating_sub(SIDE);
    let columns = usize::from(left.saturating_sub(3)).max(1);
    let (rows, (row, column)) = laid(prompt.input.value(), prompt.input.cursor(), columns);
    let above = prompt.lines_above(columns, theme);
    let wanted = u16::try_from(rows.len() + above.len() + 2).unwrap_or(u16::MAX).max(ROWS);
    let height = wanted.min(size.height.saturating_sub(2));
    let area = Rect::new(0, size.height.saturating_sub(1 + height), size.width, height);
    frame.render_widget(Clear, area);
    let waiting = if prompt.waiting { format!(" {}", theme.glyphs.running) } else { String::new() };
    let editor = Rect { width: left, ..area };
    let room = columns.saturating_sub(2 + text::width(&waiting));
    let title = titled("Query: Alt-Enter begins a line; for example select * from users", room, theme) + &waiting;
    let inside = panel::framed(&title, editor, frame.buffer_mut(), theme);
    let room = usize::from(inside.height);
    let told = above.len().min(room.saturating_sub(1));
    let room = room - told;
    let first = (row + 1).saturating_sub(room);
    let shown = rows.into_iter().skip(first).take(room).map(Line::from);
    let lines: Vec<Line<'_>> = shown.collect();
    let below = Rect { y: inside.bottom().saturating_sub(told as u16), height: told as u16, ..inside };
    panel::lines(lines, Rect { height: room as u16, ..inside }, frame.buffer_mut());
    panel::lines(above, below, frame.buffer_mut());
    let side = Rect { x: left, width: size.width - left, ..area };
    let inside_side = panel::framed("Tables", side, frame.buffer_mut(), theme);
    panel::lines(catalogue(prompt, usize::from(inside_side.width), theme), inside_side, frame.buffer_mut());
    let at = (inside.x + column as u16).min(inside.right().saturating_sub(1));
    frame.set_cursor_position(Position::new(at, inside.y + (row - first) as u16));
}

/// The tables that the query names with their columns, then the others.
fn catalogue(prompt: &Prompt, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let named = named(prompt.input.value(), &prompt.tables);
    let cut = &theme.glyphs.cut;
    let head = |table: &TableInfo, role: Role| {
        let rows = format::thousands(table.rows);
        let room = columns.saturating_sub(text::width(&rows) + 1);
        let name = text::pad(&text::clean(&table.name), room, false, cut);
        Line::from(vec![
            Span::styled(name, theme.style(role)),
            Span::styled(format!(" {rows}"), theme.style(Role::Dim)),
        ])
    };
    let mut lines = Vec::new();
    for table in &named {
        lines.push(head(table, Role::Header));
        let names = table.columns.iter().map(|name| text::fit(&format!("  {}", text::clean(name)), columns, cut));
        lines.extend(names.map(Line::from));
    }
    let others = prompt.tables.iter().filter(|table| !named.iter().any(|known| known.name == table.name));
    lines.extend(others.map(|table| head(table, Role::Text)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_laid_out_with_their_cursor() {
        let of = |value: &str, cursor| laid(value, cursor, 4);
        let rows = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>();
        assert_eq!(of("", 0), (rows(&[""]), (0, 0)));
        assert_eq!(of("ab\ncd", 3), (rows(&["ab", "cd"]), (1, 0)));
        assert_eq!(of("ab\n", 3), (rows(&["ab", ""]), (1, 0)));
        assert_eq!(of("abcdef", 5), (rows(&["abcd", "ef"]), (1, 1)));
        assert_eq!(of("日本語", 3), (rows(&["日本", "語"]), (1, 2)));
    }

    #[test]
    fn tables_are_known_by_their_names() {
        let table = |name: &str| TableInfo { name: name.to_owned(), rows: 1, columns: Vec::new() };
        let tables = [table("users"), table("events"), table("items")];
        let found = named("select * from previous.users u join EVENTS e using (user_id)", &tables);
        assert_eq!(found.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["users", "events"]);
    }
}
