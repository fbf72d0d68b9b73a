//! The one table: any number of rows, only the visible ones formatted, the pinned columns first.
//!
//! ```text
//!   user_id ▲  segment        churn   <- header; the column under the cursor stands out
//!  ◆12         Loyal buyers   0.1200  <- a marked row
//! ▌ 57         One-time       0.9000  <- the row under the cursor, its cell stands out
//! ```

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::text;

/// A column as drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its place in the table.
    pub at: usize,
    /// Its name.
    pub title: String,
    /// Its header.
    pub label: String,
    /// Columns of the screen it takes.
    pub width: usize,
    /// Drawn to the right.
    pub numeric: bool,
    /// Not drawn.
    pub hidden: bool,
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
    /// Brings the row into the table and into sight.
    pub fn reveal_row(&mut self, rows: usize, visible: usize) {
        self.row = self.row.min(rows.saturating_sub(1));
        let visible = visible.max(1);
        self.top = self.top.min(self.row).max((self.row + 1).saturating_sub(visible));
        // No empty lines below the last row while rows above are out of sight.
        self.top = self.top.min(rows.saturating_sub(visible));
    }

    /// Brings the column into the table and into sight.
    pub fn reveal_column(&mut self, columns: &[Column], pinned: usize, width: usize) {
        self.column = self.column.min(columns.len().saturating_sub(1));
        if self.column < pinned {
            self.left = 0;
            return;
        }
        let furthest = self.column - pinned;
        self.left = self.left.min(furthest);
        while self.left < furthest && !in_sight(columns, pinned, self.left, width).contains(&self.column) {
            self.left += 1;
        }
    }
}

/// The columns that fit whole, the pinned ones first; the first of all is drawn even where it does not.
fn in_sight(columns: &[Column], pinned: usize, left: usize, width: usize) -> Vec<usize> {
    let mut room = width.saturating_sub(MARK);
    let mut seen = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if at >= pinned && at < pinned + left {
            continue;
        }
        if column.width > room && !seen.is_empty() {
            break;
        }
        seen.push(at);
        room = room.saturating_sub(column.width + GAP);
    }
    seen
}

/// Whether columns are in sight all at once.
pub fn fit(columns: &[Column], width: usize) -> bool {
    in_sight(columns, 0, 0, width).len() == columns.len()
}

/// A column's place in the table, and how full the bar of a row is.
pub type Bar<'a> = (usize, &'a dyn Fn(usize) -> Option<f64>);

/// The sign before the text of a column, and its style.
pub type Dot<'a> = &'a dyn Fn(usize, &str) -> Option<(String, Style)>;

/// Columns that a bar takes at least.
const BAR: usize = 3;

/// Columns that a dot takes, with the blank behind it.
const DOT: usize = 2;

/// A table to be drawn.
pub struct Table<'a> {
    /// Its columns.
    pub columns: &'a [Column],
    /// How many of the first stay while the others scroll.
    pub pinned: usize,
    /// How many rows the view has.
    pub rows: usize,
    /// Where the cursor is.
    pub cursor: &'a Cursor,
    /// What stands behind a column's title: its sort mark.
    pub mark: &'a dyn Fn(usize) -> String,
    /// The text of a row of the view and a column.
    pub cell: &'a dyn Fn(usize, usize) -> String,
    /// The column with a bar beside its numbers, and how full it is in a row of the view, from 0 to 1.
    pub bar: Option<Bar<'a>>,
    /// The dot before a text of a column, and its colour: that of the segment it names.
    pub dot: Dot<'a>,
    /// Whether a row of the view is marked.
    pub marked: &'a dyn Fn(usize) -> bool,
    /// Rows of the view in the range being marked.
    pub range: Option<std::ops::RangeInclusive<usize>>,
}

impl Table<'_> {
    /// Which rows of the view are drawn in an area, and which columns of the table.
    pub fn in_sight(&self, area: Rect) -> (Range<usize>, Vec<usize>) {
        let rows = usize::from(area.height.saturating_sub(1)).min(self.rows.saturating_sub(self.cursor.top));
        let columns = in_sight(self.columns, self.pinned, self.cursor.left, usize::from(area.width));
        let columns = columns.into_iter().map(|at| self.columns[at].at).collect();
        (self.cursor.top..self.cursor.top + rows, columns)
    }

    /// Draws the header and the rows in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        if area.height == 0 {
            return;
        }
        let width = usize::from(area.width);
        let seen = in_sight(self.columns, self.pinned, self.cursor.left, width);
        let line_at = |row: u16| Rect { y: area.y + row, height: 1, ..area };
        self.header(&seen, theme).render(line_at(0), buffer);
        let visible = usize::from(area.height - 1).min(self.rows.saturating_sub(self.cursor.top));
        let bar = self.bar_room(&seen, self.cursor.top..self.cursor.top + visible);
        for line in 0..visible {
            let row = self.cursor.top + line;
            self.row(row, &seen, bar, width, theme).render(line_at(line as u16 + 1), buffer);
        }
    }

    fn header(&self, seen: &[usize], theme: &Theme) -> Line<'static> {
        let mut spans = vec![Span::raw(" ".repeat(MARK))];
        for &at in seen {
            let column = &self.columns[at];
            let pin = if self.pinned > 1 && at + 1 == self.pinned { theme.glyphs.pinned.as_str() } else { "" };
            let mark = (self.mark)(at) + pin;
            let title = text::fit(&column.label, column.width.saturating_sub(text::width(&mark)), &theme.glyphs.cut);
            let role = if at == self.cursor.column { Role::HeaderCursor } else { Role::Header };
            let words = text::pad(&(title + &mark), column.width, column.numeric, &theme.glyphs.cut);
            spans.push(Span::styled(words, theme.style(role)));
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        Line::from(spans)
    }

    /// The column with a bar, and the room for it: what the widest number in sight leaves free, so that all bars have one
    /// scale.
    fn bar_room(&self, seen: &[usize], rows: Range<usize>) -> (usize, usize) {
        let Some((bar_at, _)) = self.bar else { return (usize::MAX, 0) };
        let column = seen.iter().map(|at| &self.columns[*at]).find(|column| column.at == bar_at && column.numeric);
        let Some(column) = column else { return (usize::MAX, 0) };
        let widest = rows.map(|row| text::width(&text::clean(&(self.cell)(row, bar_at)))).max().unwrap_or(0);
        (bar_at, column.width.saturating_sub(widest + 1))
    }

    fn row(
        &self,
        row: usize,
        seen: &[usize],
        (bar_at, bar_room): (usize, usize),
        width: usize,
        theme: &Theme,
    ) -> Line<'static> {
        let under_cursor = row == self.cursor.row;
        let marked = (self.marked)(row);
        let style = theme.style(if under_cursor {
            Role::Cursor
        } else if self.range.as_ref().is_some_and(|range| range.contains(&row)) {
            Role::Selection
        } else if marked {
            Role::Mark
        } else {
            Role::Text
        });
        let cursor = if under_cursor { theme.glyphs.cursor.as_str() } else { " " };
        let mark = if marked { theme.glyphs.mark.as_str() } else { " " };
        let mut spans = vec![Span::styled(text::pad(&format!("{cursor}{mark}"), MARK, false, ""), style)];
        let mut used = MARK;
        for &at in seen {
            let column = &self.columns[at];
            let words = text::clean(&(self.cell)(row, column.at));
            let dot = (self.dot)(column.at, &words).filter(|_| column.width > DOT);
            let bar = if column.at == bar_at { self.bar_in(row, bar_room, theme) } else { String::new() };
            let used_up = text::width(&bar) + if dot.is_some() { DOT } else { 0 };
            let words = text::pad(&words, column.width.saturating_sub(used_up), column.numeric, &theme.glyphs.cut);
            if !bar.is_empty() {
                let drawn = if under_cursor { style } else { style.patch(theme.style(Role::Chart)) };
                spans.push(Span::styled(bar, drawn));
            }
            let cell = if under_cursor && at == self.cursor.column { theme.style(Role::CursorCell) } else { style };
            if let Some((sign, colour)) = dot {
                // A colour that is reversed would be a block of it.
                let reversed = cell.add_modifier.contains(Modifier::REVERSED);
                let drawn = if reversed { cell } else { Style { fg: colour.fg.or(cell.fg), ..cell } };
                spans.push(Span::styled(sign, drawn));
                spans.push(Span::styled(" ", cell));
            }
            spans.push(Span::styled(words, cell));
            spans.push(Span::styled(" ".repeat(GAP), style));
            used += column.width + GAP;
        }
        if under_cursor || marked {
            spans.push(Span::styled(" ".repeat(width.saturating_sub(used)), style));
        }
        Line::from(spans)
    }
}

impl Table<'_> {
    /// The bar in what numbers leave free of a cell.
    fn bar_in(&self, row: usize, room: usize, theme: &Theme) -> String {
        let share = self.bar.filter(|_| room >= BAR);
        let Some(share) = share.and_then(|(_, share)| share(row)) else { return String::new() };
        let filled = ((share.clamp(0.0, 1.0) * room as f64).round() as usize).min(room);
        theme.glyphs.filled.repeat(filled) + &" ".repeat(room - filled)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::RefCell;

    use super::*;
    use crate::ui::theme::Depth;

    fn columns() -> Vec<Column> {
        let column = |(at, title): (usize, &&str)| Column {
            at,
            title: (*title).to_owned(),
            label: (*title).to_owned(),
            width: 8,
            numeric: false,
            hidden: false,
        };
        ["id", "a", "b", "c", "d"].iter().enumerate().map(column).collect()
    }

    fn drawn(cursor: &Cursor, rows: usize, width: u16, height: u16) -> (Vec<String>, Vec<usize>) {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let asked = RefCell::new(Vec::new());
        let cell = |row: usize, column: usize| {
            asked.borrow_mut().push(row);
            format!("{row}/{column}")
        };
        let table = Table {
            columns: &columns(),
            pinned: 1,
            rows,
            cursor,
            mark: &|_| String::new(),
            cell: &cell,
            bar: None,
            dot: &|_, _| None,
            marked: &|row| row == 699_998,
            range: None,
        };
        table.draw(area, &mut buffer, &Theme::built_in(Depth::True).unwrap()[0]);
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        let lines = (0..height).map(line).collect();
        let mut rows = asked.into_inner();
        rows.dedup();
        (lines, rows)
    }

    #[test]
    fn only_the_rows_in_sight_are_formatted() {
        let mut cursor = Cursor { row: 700_000, ..Cursor::default() };
        cursor.reveal_row(1_400_000, 4);
        let (lines, asked) = drawn(&cursor, 1_400_000, 40, 5);
        assert_eq!(asked, [699_997, 699_998, 699_999, 700_000]);
        assert_eq!(lines[2], " ◆699998/0  699998/1  699998/2  699998/3");
        assert_eq!(lines[4], "▌ 700000/0  700000/1  700000/2  700000/3");
    }

    #[test]
    fn bars_take_what_the_widest_number_leaves_free() {
        let theme = &Theme::built_in(Depth::True).unwrap()[0];
        let columns = [Column {
            at: 0,
            title: "churn".to_owned(),
            label: "churn".to_owned(),
            width: 9,
            numeric: true,
            hidden: false,
        }];
        let table = Table {
            columns: &columns,
            pinned: 0,
            rows: 3,
            cursor: &Cursor::default(),
            mark: &|_| String::new(),
            cell: &|row, _| ["0.5", "0.25", "1"][row].to_owned(),
            bar: Some((0, &|row| [Some(0.5), None, Some(1.0)][row])),
            dot: &|_, _| None,
            marked: &|_| false,
            range: None,
        };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 4));
        table.draw(buffer.area, &mut buffer, theme);
        let line = |y| (2..11).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let full = &theme.glyphs.filled;
        assert_eq!(line(1), format!("{full}{full}    0.5"), "half of the four columns that are free beside 0.25");
        assert_eq!((line(2).trim(), line(3)), ("0.25", format!("{}    1", full.repeat(4))));
    }

    #[test]
    fn a_segment_has_its_dot_in_its_colour() {
        let theme = &Theme::built_in(Depth::True).unwrap()[0];
        let (sign, style) = theme.dot(1, 3);
        let table = Table {
            columns: &columns()[..2],
            pinned: 0,
            rows: 2,
            cursor: &Cursor::default(),
            mark: &|_| String::new(),
            cell: &|_, at| ["7", "Loyal"][at].to_owned(),
            bar: None,
            dot: &|at, words| (at == 1 && words == "Loyal").then(|| (sign.to_owned(), style)),
            marked: &|_| false,
            range: None,
        };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 22, 3));
        table.draw(buffer.area, &mut buffer, theme);
        let line = |y| (0..22).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        assert_eq!((line(1), line(2)), ("▌ 7         ● Loyal".to_owned(), "  7         ● Loyal".to_owned()));
        assert_eq!((buffer[(12, 2)].fg, buffer[(14, 2)].fg), (style.fg.unwrap(), ratatui::style::Color::Reset));
        // Under the cursor, which is reversed, it would be a block of colour.
        assert_eq!(buffer[(12, 1)].fg, buffer[(14, 1)].fg);
    }

    #[test]
    fn the_first_column_stays_while_the_others_scroll() {
        let mut cursor = Cursor::default();
        for _ in 0..9 {
            cursor.column += 1;
            cursor.reveal_column(&columns(), 1, 30);
        }
        assert_eq!((cursor.column, cursor.left), (4, 2));
        let (lines, _) = drawn(&cursor, 1, 30, 2);
        assert_eq!(lines, ["  id        c         d", "▌ 0/0       0/3       0/4"]);
        cursor.column -= 3;
        cursor.reveal_column(&columns(), 1, 30);
        assert_eq!(drawn(&cursor, 1, 30, 2).0[0], "  id        a         b");
    }

    #[test]
    fn the_cursor_stops_at_the_ends_of_any_table() {
        let mut cursor = Cursor { row: 9, column: 9, top: 7, left: 5 };
        cursor.reveal_row(0, 5);
        cursor.reveal_column(&[], 0, 80);
        assert_eq!(cursor, Cursor::default());
        cursor.row = usize::MAX;
        cursor.reveal_row(3, 5);
        assert_eq!((cursor.row, cursor.top), (2, 0));
        assert_eq!(drawn(&Cursor::default(), 0, 20, 3).0[1], "");
    }
}
