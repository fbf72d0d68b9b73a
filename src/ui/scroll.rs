//! A backend that lets the terminal move rows itself: where a frame is the last one with some rows moved up or down by
//! one, the move is sent and then what still differs, a fraction of the cells.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};

use crate::ui::output;
use crate::ui::widgets::text;

/// Cells that a move must spare to be worth its bytes.
const WORTH: i64 = 60;

/// Draws through crossterm.
pub struct Scrolling<W: Write> {
    inner: CrosstermBackend<W>,
    /// What the terminal shows; `None` where it shows nothing yet.
    shown: Option<Buffer>,
}

impl<W: Write> Scrolling<W> {
    /// A backend for a terminal that shows nothing yet.
    pub fn new(writer: W) -> Self {
        Self { inner: CrosstermBackend::new(writer), shown: None }
    }
}

impl<W: Write> Write for Scrolling<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for Scrolling<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let changes: Vec<(u16, u16, &Cell)> = content.collect();
        let Some(mut shown) = self.shown.take() else {
            let size = self.size()?;
            let mut next = Buffer::empty((Position::ORIGIN, size).into());
            apply(&mut next, &changes);
            let drawn = self.inner.draw(beyond(changes, &next).into_iter());
            self.shown = Some(next);
            return drawn;
        };
        let mut next = shown.clone();
        apply(&mut next, &changes);
        let drawn = if let Some(moved) = Move::between(&shown, &next) {
            moved.apply(&mut shown);
            self.inner.write_all(moved.sequence().as_bytes())?;
            self.inner.draw(beyond(shown.diff(&next), &next).into_iter())
        } else {
            self.inner.draw(beyond(changes, &next).into_iter())
        };
        self.shown = Some(next);
        drawn
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.shown = None;
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.shown = None;
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size().map(|size| output::drawable(size.width, size.height).into())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

fn apply(buffer: &mut Buffer, changes: &[(u16, u16, &Cell)]) {
    for &(x, y, cell) in changes {
        if let Some(old) = buffer.cell_mut((x, y)) {
            *old = cell.clone();
        }
    }
}

/// The changes, so told that they are right on every terminal: behind each symbol of several letters that a simpler one
/// draws one by one (a family of emoji) the cells that it would then have drawn over; before each that a simpler one draws
/// narrower (a keycap) the blanks that it would leave as they were, and behind it the cursor is placed anew.
fn beyond<'a>(changes: Vec<(u16, u16, &'a Cell)>, next: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    let apart = |symbol: &str| text::apart(symbol) as u16;
    let together = |symbol: &str| text::width(symbol).max(1) as u16;
    if changes.iter().all(|(.., cell)| cell.symbol().len() <= 4) {
        return changes;
    }
    let mut all = Vec::with_capacity(changes.len() + 16);
    // In the row at hand: the first column that is not yet drawn, and the end of what must be.
    let (mut row, mut column, mut end) = (0, 0, 0);
    let fill = |all: &mut Vec<(u16, u16, &'a Cell)>, row: u16, from: u16, to: u16| {
        let mut at = from;
        while at < to {
            let Some(cell) = next.cell((at, row)) else { break };
            all.push((at, row, cell));
            at += together(cell.symbol());
        }
    };
    for (x, y, cell) in changes {
        let same = y == row;
        fill(&mut all, row, column, if same { end.min(x) } else { end });
        if !same {
            end = 0;
        } else if x < column {
            // Hidden by the symbol before it, which was drawn with its blanks.
            continue;
        }
        let symbol = cell.symbol();
        if apart(symbol) < together(symbol) {
            all.extend((x..x + together(symbol)).filter_map(|at| Some((at, y, next.cell((x + 1, y))?))));
        }
        all.push((x, y, cell));
        row = y;
        column = x + together(cell.symbol());
        end = end.max(x + apart(cell.symbol()));
    }
    fill(&mut all, row, column, end);
    all
}

/// Rows that take the place of their neighbours; the last of them leaves an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    /// The topmost row concerned.
    top: usize,
    /// The lowest.
    bottom: usize,
    /// Whether rows move up.
    up: bool,
}

impl Move {
    /// The move that spares the most cells between two frames, if one is worth it.
    fn between(shown: &Buffer, next: &Buffer) -> Option<Self> {
        let height = usize::from(next.area.height);
        let empty = vec![Cell::EMPTY; usize::from(next.area.width)];
        let differing = |a: &[Cell], b: &[Cell]| a.iter().zip(b).filter(|(a, b)| a != b).count() as i64;
        let without: Vec<i64> = (0..height).map(|y| differing(row(shown, y), row(next, y))).collect();
        if without.iter().sum::<i64>() < WORTH {
            return None;
        }
        let mut best: Option<(i64, Self)> = None;
        for up in [true, false] {
            // Rows counted against the direction: each takes the next one's place.
            let at = |place: usize| if up { place } else { height - 1 - place };
            let (mut spared, mut first) = (0, 0);
            for place in 0..height.saturating_sub(1) {
                if spared <= 0 {
                    (spared, first) = (0, place);
                }
                let (here, from) = (at(place), at(place + 1));
                spared += without[here] - differing(row(shown, from), row(next, here));
                let all = spared + without[from] - differing(&empty, row(next, from));
                if all >= WORTH && best.is_none_or(|(most, _)| all > most) {
                    let (start, end) = (at(first), from);
                    best = Some((all, Self { top: start.min(end), bottom: start.max(end), up }));
                }
            }
        }
        best.map(|(_, found)| found)
    }

    /// Moves the rows of a buffer as the terminal does.
    fn apply(self, buffer: &mut Buffer) {
        let width = usize::from(buffer.area.width);
        let cells = &mut buffer.content[self.top * width..(self.bottom + 1) * width];
        if self.up {
            cells.rotate_left(width);
            let emptied = cells.len() - width;
            cells[emptied..].fill(Cell::EMPTY);
        } else {
            cells.rotate_right(width);
            cells[..width].fill(Cell::EMPTY);
        }
    }

    /// What tells the terminal so: the rows as scrolling region, then a line feed on its last row or a reverse line feed
    /// on its first, which every terminal since the VT100 knows.
    fn sequence(self) -> String {
        let (top, bottom) = (self.top + 1, self.bottom + 1);
        let scroll = if self.up { format!("\x1b[{bottom};1H\n") } else { format!("\x1b[{top};1H\x1bM") };
        format!("\x1b[{top};{bottom}r{scroll}\x1b[r")
    }
}

fn row(buffer: &Buffer, y: usize) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    &buffer.content[y * width..(y + 1) * width]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    use super::*;
    use crate::ui::frame::shortened;
    use crate::ui::terminal::Collector;

    const AREA: Rect = Rect { x: 0, y: 0, width: 30, height: 12 };

    /// A page of a list: 10 rows from `first` on, the one with the cursor reversed, between two lines that stay.
    fn page(first: usize, cursor: usize) -> Buffer {
        let mut buffer = Buffer::empty(AREA);
        buffer.set_string(0, 0, "head", Style::new());
        for line in 0..10 {
            let number = first + line;
            let style = if number == cursor { Style::new().reversed() } else { Style::new().fg(Color::Green) };
            buffer.set_string(
                0,
                line as u16 + 1,
                format!("{number:04} 日本 {:>18}", (number + 7) * (number + 3) * 7_919_000_000_017),
                style,
            );
        }
        buffer.set_string(0, 11, format!("row {cursor}"), Style::new().fg(Color::Red));
        buffer
    }

    #[test]
    fn behind_a_keycap_the_cursor_is_placed_anew() {
        let buffer = |text: &str| {
            let mut buffer = Buffer::empty(AREA);
            buffer.set_string(0, 0, text, Style::new());
            buffer
        };
        // Over what was written before: every cell is sent.
        let frames = [buffer("abcdefghijklmnop"), buffer("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3} ABCDEFGHI")];
        let (_, cells) = drawn(&frames, true);
        let row: Vec<&str> = cells.iter().take(16).map(|cell| cell.0.as_str()).collect();
        assert_eq!(row[4..].concat(), " ABCDEFGHI  ", "{row:?}");
        assert!(!row[..4].concat().contains(|letter: char| letter.is_alphabetic()), "nothing old is left: {row:?}");
    }

    /// What a cell of a terminal looks like; one that was never written looks like a space.
    type Look = (String, vt100::Color, vt100::Color, bool);

    /// Draws frames one after the other; the bytes of the last one and the terminal's cells after all.
    fn drawn(frames: &[Buffer], scrolling: bool) -> (usize, Vec<Look>) {
        let bytes = Collector::default();
        let mut backend = Scrolling::new(bytes.clone());
        let size = |value| std::num::NonZeroU16::new(value).unwrap();
        let mut terminal = vt100::Parser::new(size(AREA.height), size(AREA.width), 0);
        let mut before = Buffer::empty(AREA);
        let mut last = 0;
        for frame in frames {
            if scrolling {
                backend.shown = Some(before.clone());
                backend.draw(before.diff(frame).into_iter()).unwrap();
            } else {
                backend.inner.draw(before.diff(frame).into_iter()).unwrap();
            }
            let frame_bytes = shortened(&std::mem::take(&mut *bytes.0.borrow_mut()));
            last = frame_bytes.len();
            terminal.process(&frame_bytes);
            before = frame.clone();
        }
        let look = |(row, column)| {
            let cell = terminal.screen().cell(row, column).unwrap();
            let letter = if cell.contents().is_empty() { " " } else { cell.contents() };
            let no_ink = letter == " " && !cell.inverse();
            let ink = if no_ink { vt100::Color::Default } else { cell.fgcolor() };
            (letter.to_owned(), ink, cell.bgcolor(), cell.inverse())
        };
        let cells = (0..AREA.height).flat_map(|row| (0..AREA.width).map(move |column| (row, column)));
        (last, cells.map(look).collect())
    }

    #[test]
    fn a_page_that_scrolls_by_a_row_is_moved() {
        for (from, to) in [(page(5, 14), page(6, 15)), (page(6, 6), page(5, 5))] {
            let up = from == page(5, 14);
            assert_eq!(Move::between(&from, &to).map(|found| found.up), Some(up));
            let (bytes, screen) = drawn(&[from.clone(), to.clone()], true);
            let (all, same) = drawn(&[from, to], false);
            assert_eq!(screen, same);
            assert!(bytes * 2 < all, "{bytes} of {all}");
        }
        assert_eq!(Move::between(&page(5, 7), &page(5, 8)), None);
        assert_eq!(Move::between(&page(5, 7), &page(5, 7)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), ..ProptestConfig::with_cases(400) })]

        /// Whatever is drawn behind whatever, the terminal shows what it would show without moves. What is written over a
        /// line is of narrow letters, behind the line's wide ones: where half a wide letter is written over, frames drawn
        /// without moves leave stale grounds.
        #[test]
        fn a_terminal_shows_the_same(
            steps in prop::collection::vec((0_usize..40, 0_usize..12, "[a-zä ]{0,25}", 0_u16..12), 1..8),
        ) {
            let frames: Vec<Buffer> = steps
                .into_iter()
                .map(|(first, cursor, text, line)| {
                    let mut frame = page(first / 8, first / 8 + cursor);
                    frame.set_string(9, line, text, Style::new().bg(Color::Blue));
                    frame
                })
                .collect();
            let (moved, plain) = (drawn(&frames, true).1, drawn(&frames, false).1);
            for (cell, (moved, plain)) in moved.iter().zip(&plain).enumerate() {
                let width = usize::from(AREA.width);
                prop_assert_eq!(moved, plain, "row {}, column {}", cell / width, cell % width);
            }
        }
    }
}
