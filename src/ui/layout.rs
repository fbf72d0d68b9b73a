//! Where things stand.
//!
//! ```text
//!  User360 › Overview                       1 Overview  2 Users    <- head
//! ╭ Stages ────────────────────────────────────────────────────╮
//! │                                                            │   body
//! ╰────────────────────────────────────────────────────────────╯
//!  Enter open  r run  : palette  ? help  q quit                    <- hints
//! ```

use ratatui::layout::{Rect, Size};

/// The smallest screen that shows everything.
pub const LEAST: Size = Size { width: 60, height: 16 };

/// Whether the screen is large enough.
pub fn fits(size: Size) -> bool {
    size.width >= LEAST.width && size.height >= LEAST.height
}

/// The line of the breadcrumb and the tabs.
pub fn head(size: Size) -> Rect {
    Rect::new(0, 0, size.width, 1)
}

/// What pane and drill-down draw on.
pub fn body(size: Size) -> Rect {
    Rect::new(0, 1, size.width, size.height.saturating_sub(2))
}

/// The line of the hints.
pub fn hints(size: Size) -> Rect {
    Rect::new(0, size.height.saturating_sub(1), size.width, 1)
}

/// The parts of the Users pane.
#[derive(Debug)]
pub struct UsersParts {
    /// Header and rows.
    pub table: Rect,
    /// What is shown of how many.
    pub status: Rect,
}

/// Splits the body for the Users pane.
pub fn users(body: Rect) -> UsersParts {
    let table = Rect { height: body.height.saturating_sub(1), ..body };
    UsersParts { table, status: Rect { y: body.bottom().saturating_sub(1), height: 1, ..body } }
}

/// A popup of at most this size in the middle of the screen.
pub fn centred(size: Size, width: u16, height: u16) -> Rect {
    let width = width.min(size.width.saturating_sub(2));
    let height = height.min(size.height.saturating_sub(2));
    Rect::new((size.width - width) / 2, (size.height - height) / 2, width, height)
}
