//! Scrolling of pages and lists that have no cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::command::Move;

/// Where a move leads that starts at `from`, ends at `last` at most, and sees `page` lines.
pub fn moved(command: Move, from: u16, last: u16, page: u16) -> u16 {
    let to = match command {
        Move::Down => from.saturating_add(1),
        Move::Up => from.saturating_sub(1),
        Move::HalfDown => from.saturating_add(page / 2),
        Move::HalfUp => from.saturating_sub(page / 2),
        Move::PageDown => from.saturating_add(page),
        Move::PageUp => from.saturating_sub(page),
        Move::First => 0,
        Move::Last => last,
    };
    to.min(last)
}

/// Copies the part of a long page that is in sight.
pub fn copy(page: &Buffer, scroll: u16, area: Rect, buffer: &mut Buffer) {
    for y in 0..area.height.min(page.area.height.saturating_sub(scroll)) {
        for x in 0..area.width.min(page.area.width) {
            buffer[(area.x + x, area.y + y)] = page[(x, y + scroll)].clone();
        }
    }
}
