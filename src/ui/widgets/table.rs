//! The one table: any number of rows, only the visible ones formatted, the first column pinned.
//!
//! ```text
//!   user_id ▲ │ segment        churn   <- header; the column under the cursor stands out
//!   12        │ Loyal buyers   0.1200
//! ▌ 57        │ One-time       0.9000  <- the row under the cursor, its cell stands out
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::text;
use crate::ui::theme::{Role, Theme};

/// A column as drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub title: String,
    /// Columns of the screen it takes.
    pub width: usize,
    /// Drawn to the right.
    pub numeric: bool,
}

/// Where the cursor is, and which part of the table is in sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Position among the rows of the view.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// First visible row.
    pub top: usize,
    /// Columns scrolled out of sight to the right of the pinned one.
    pub left: usize,
}

/// Columns that the cursor's mark takes.
const MARK: usize = 2;
/// Columns between two columns.
const GAP: usize = 2;

impl Cursor {
    /// Moves by rows; stops at the ends.
    pub fn move_rows(&mut self, by: isize, rows: usize, visible: usize) {
        self.row = self.row.saturating_add_signed(by);
        self.reveal_row(rows, visible);
    }

    /// Moves by columns; stops at the ends.
    pub fn move_columns(&mut self, by: isize, columns: &[Column], width: usize) {
        self.column = self.column.saturating_add_signed(by);
        self.reveal_column(columns, width);
    }

    /// Brings the row into the table and into sight.
    pub fn reveal_row(&mut self, rows: usize, visible: usize) {
        self.row = self.row.min(rows.saturating_sub(1));
        let visible = visible.max(1);
        self.top = self.top.min(self.row).max((self.row + 1).saturating_sub(visible));
        // No empty lines below the last row while rows above are out of sight.
        self.top = self.top.min(rows.saturating_sub(visible));
    }

    /// Brings the column into the table and into sight.
    pub fn reveal_column(&mut self, columns: &[Column], width: usize) {
        self.column = self.column.min(columns.len().saturating_sub(1));
        if self.column == 0 {
            self.left = 0;
            return;
        }
        self.left = self.left.min(self.column - 1);
        while self.left < self.column - 1 && !visible_columns(columns, self.left, width).contains(&self.column) {
            self.left += 1;
        }
    }
}

/// The columns that fit whole, the pinned one first; the last may be cut.
fn visible_columns(columns: &[Column], left: usize, width: usize) -> Vec<usize> {
    let mut room = width.saturating_sub(MARK);
    let mut seen = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if at > 0 && at <= left {
            continue;
        }
        if column.width > room && at > 0 {
            break;
        }
        seen.push(at);
        room = room.saturating_sub(column.width + GAP);
    }
    seen
}

/// A table to be drawn.
pub struct Table<'a> {
    /// Its columns; the first is pinned.
    pub columns: &'a [Column],
    /// How many rows the view has.
    pub rows: usize,
    /// Where the cursor is.
    pub cursor: &'a Cursor,
    /// What stands behind a column's title: its sort mark.
    pub mark: &'a dyn Fn(usize) -> String,
    /// The text of a row of the view and a column.
    pub cell: &'a dyn Fn(usize, usize) -> String,
}

impl Table<'_> {
    /// Draws the header and the rows in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        if area.height == 0 {
            return;
        }
        let width = usize::from(area.width);
        let seen = visible_columns(self.columns, self.cursor.left, width);
        let line_at = |row: u16| Rect { y: area.y + row, height: 1, ..area };
        self.header(&seen, theme).render(line_at(0), buffer);
        let visible = usize::from(area.height - 1).min(self.rows.saturating_sub(self.cursor.top));
        for line in 0..visible {
            let row = self.cursor.top + line;
            self.row(row, &seen, width, theme).render(line_at(line as u16 + 1), buffer);
        }
    }

    fn header(&self, seen: &[usize], theme: &Theme) -> Line<'static> {
        let mut spans = vec![Span::raw(" ".repeat(MARK))];
        for &at in seen {
            let column = &self.columns[at];
            let mark = (self.mark)(at);
            let title = text::fit(&column.title, column.width.saturating_sub(text::width(&mark)), &theme.glyphs.cut);
            let role = if at == self.cursor.column { Role::HeaderCursor } else { Role::Header };
            let words = text::pad(&(title + &mark), column.width, column.numeric, &theme.glyphs.cut);
            spans.push(Span::styled(words, theme.style(role)));
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        Line::from(spans)
    }

    fn row(&self, row: usize, seen: &[usize], width: usize, theme: &Theme) -> Line<'static> {
        let under_cursor = row == self.cursor.row;
        let style = theme.style(if under_cursor { Role::Cursor } else { Role::Text });
        let mark = if under_cursor { theme.glyphs.cursor.as_str() } else { "" };
        let mut spans = vec![Span::styled(text::pad(mark, MARK, false, ""), style)];
        let mut used = MARK;
        for &at in seen {
            let column = &self.columns[at];
            let words = text::clean(&(self.cell)(row, at));
            let words = if theme.glyphs.ascii { words.replace('–', "-") } else { words };
            let words = text::pad(&words, column.width, column.numeric, &theme.glyphs.cut);
            let cell = if under_cursor && at == self.cursor.column { theme.style(Role::CursorCell) } else { style };
            spans.push(Span::styled(words, cell));
            spans.push(Span::styled(" ".repeat(GAP), style));
            used += column.width + GAP;
        }
        if under_cursor {
            spans.push(Span::styled(" ".repeat(width.saturating_sub(used)), style));
        }
        Line::from(spans)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::RefCell;

    use super::*;
    use crate::ui::theme::Depth;

    fn columns() -> Vec<Column> {
        ["id", "a", "b", "c", "d"].map(|title| Column { title: title.to_owned(), width: 8, numeric: false }).to_vec()
    }

    fn drawn(cursor: &Cursor, rows: usize, width: u16, height: u16) -> (Vec<String>, Vec<usize>) {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let asked = RefCell::new(Vec::new());
        let cell = |row: usize, column: usize| {
            asked.borrow_mut().push(row);
            format!("{row}/{column}")
        };
        let table = Table { columns: &columns(), rows, cursor, mark: &|_| String::new(), cell: &cell };
        table.draw(area, &mut buffer, &Theme::built_in(Depth::True).unwrap()[0]);
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        let lines = (0..height).map(line).collect();
        let mut rows = asked.into_inner();
        rows.dedup();
        (lines, rows)
    }

    #[test]
    fn only_the_rows_in_sight_are_formatted() {
        let mut cursor = Cursor::default();
        cursor.move_rows(700_000, 1_400_000, 4);
        let (lines, asked) = drawn(&cursor, 1_400_000, 40, 5);
        assert_eq!(asked, [699_997, 699_998, 699_999, 700_000]);
        assert_eq!(lines[4], "▌ 700000/0  700000/1  700000/2  700000/3");
    }

    #[test]
    fn the_first_column_stays_while_the_others_scroll() {
        let mut cursor = Cursor::default();
        for _ in 0..9 {
            cursor.move_columns(1, &columns(), 30);
        }
        assert_eq!((cursor.column, cursor.left), (4, 2));
        let (lines, _) = drawn(&cursor, 1, 30, 2);
        assert_eq!(lines, ["  id        c         d", "▌ 0/0       0/3       0/4"]);
        cursor.move_columns(-3, &columns(), 30);
        assert_eq!(drawn(&cursor, 1, 30, 2).0[0], "  id        a         b");
    }

    #[test]
    fn the_cursor_stops_at_the_ends_of_any_table() {
        let mut cursor = Cursor { row: 9, column: 9, top: 7, left: 5 };
        cursor.reveal_row(0, 5);
        cursor.reveal_column(&[], 80);
        assert_eq!(cursor, Cursor::default());
        cursor.move_rows(isize::MAX, 3, 5);
        assert_eq!((cursor.row, cursor.top), (2, 0));
        cursor.move_rows(isize::MIN, 3, 5);
        assert_eq!(cursor.row, 0);
        assert_eq!(drawn(&Cursor::default(), 0, 20, 3).0[1], "");
    }
}
