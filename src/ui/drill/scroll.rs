//! Scrolling of pages and lists that have no cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::command::Command;

/// Where a scroll command leads; `None` for other commands.
pub fn moved(command: Command, from: u16, last: u16, page: u16) -> Option<u16> {
    let to = match command {
        Command::Down => from.saturating_add(1),
        Command::Up => from.saturating_sub(1),
        Command::HalfDown => from.saturating_add(page / 2),
        Command::HalfUp => from.saturating_sub(page / 2),
        Command::PageDown => from.saturating_add(page),
        Command::PageUp => from.saturating_sub(page),
        Command::First => 0,
        Command::Last => last,
        _ => return None,
    };
    Some(to.min(last))
}

/// Copies the part of a long page that is in sight.
pub fn copy(page: &Buffer, scroll: u16, area: Rect, buffer: &mut Buffer) {
    for y in 0..area.height.min(page.area.height.saturating_sub(scroll)) {
        for x in 0..area.width.min(page.area.width) {
            buffer[(area.x + x, area.y + y)] = page[(x, y + scroll)].clone();
        }
    }
}
