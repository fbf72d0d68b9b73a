//! Where things stand.
//!
//! ```text
//!  User360 › Churn                   1 2 3 4 Churn 5 6 7 8        <- head
//!  threshold 0.50: 1,234 users score at least that …              <- a line of the pane's own
//!   user_id   churn ▼  segment                                    <- table
//! ▌ 257597    0.9991   Lapsed one-time browsers
//!  1,407,580 users · row 1                                        <- status
//! ╭ ROC, 2 of 6 ───────────────╮╭ Calibration, 3 of 6 ───────────╮
//! │                            ││                                │  figures
//! ╰────────────────────────────╯╰────────────────────────────────╯
//!  Enter open  f filter  : palette  ? help  q quit                <- hints
//! ```

use ratatui::layout::{Rect, Size};

/// The smallest screen that shows everything.
pub const LEAST: Size = Size { width: 60, height: 16 };

/// Columns that a chart wants at least where there are several side by side.
const CHART: u16 = 52;
/// Rows that a chart wants at least where there are several one below the other.
const CHART_ROWS: u16 = 13;
/// Rows of users, the header included, that stay where there are charts too.
const TABLE_ROWS: u16 = 5;

/// Columns of the screen from which on the row under the cursor is shown beside the table.
const PREVIEW_FROM: u16 = 120;
/// Rows of a table, the header included, beside which there is room for that.
const PREVIEW_ROWS: u16 = 9;

/// How a pane divides its room between table and charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// The table above, charts below.
    #[default]
    Both,
    /// The table alone.
    Table,
    /// Charts alone.
    Charts,
}

impl Split {
    /// The next one.
    pub fn next(self) -> Self {
        match self {
            Self::Both => Self::Table,
            Self::Table => Self::Charts,
            Self::Charts => Self::Both,
        }
    }
}

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

/// The parts of a pane or page with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Lines of the pane's own.
    pub head: Rect,
    /// Header and rows.
    pub table: Rect,
    /// What is shown of how many.
    pub status: Rect,
    /// What the row under the cursor holds beyond the columns in sight; empty where there is no room for it.
    pub preview: Rect,
    /// Charts, the first to the upper left.
    pub charts: Vec<Rect>,
}

/// Divides the body: `head` lines, then the table of `rows` rows and its status line, then charts where there are any.
/// `whole`: the body is wide enough for all columns of the table.
pub fn parts(body: Rect, head: u16, rows: usize, whole: bool, split: Option<Split>) -> Parts {
    let head = Rect { height: head.min(body.height), ..body };
    let rest = Rect { y: head.bottom(), height: body.height - head.height, ..body };
    let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).max(TABLE_ROWS);
    let upper = match split {
        None | Some(Split::Table) => rest.height,
        Some(Split::Charts) => 0,
        Some(Split::Both) => wanted.min((rest.height * 2 / 5).max(TABLE_ROWS + 1)).min(rest.height),
    };
    let status = u16::from(upper > 0);
    let table = Rect { height: upper.saturating_sub(status), ..rest };
    let status = Rect { y: table.bottom(), height: status.min(rest.height), ..rest };
    let lower = Rect { y: status.bottom(), height: rest.bottom().saturating_sub(status.bottom()), ..rest };
    let (table, preview) = beside(table, whole);
    let charts = if split.is_none() || lower.height < 4 { Vec::new() } else { grid(lower) };
    Parts { head, table, status, preview, charts }
}

/// Takes the room of the preview from the right of a table that is not seen whole.
fn beside(table: Rect, whole: bool) -> (Rect, Rect) {
    if whole || table.width < PREVIEW_FROM || table.height < PREVIEW_ROWS {
        return (table, Rect { width: 0, x: table.right(), ..table });
    }
    let width = (table.width * 3 / 10).min(60);
    let narrow = Rect { width: table.width - width, ..table };
    (narrow, Rect { x: narrow.right(), width, ..table })
}

/// As many charts as find room, all of one size.
fn grid(area: Rect) -> Vec<Rect> {
    let columns = (area.width / CHART).clamp(1, 3);
    let rows = (area.height / CHART_ROWS).clamp(1, 3);
    let mut cells = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let (left, right) = (area.width * column / columns, area.width * (column + 1) / columns);
            let (top, bottom) = (area.height * row / rows, area.height * (row + 1) / rows);
            cells.push(Rect::new(area.x + left, area.y + top, right - left, bottom - top));
        }
    }
    cells
}

/// A popup of at most this size in the middle of the screen.
pub fn centred(size: Size, width: u16, height: u16) -> Rect {
    let width = width.min(size.width.saturating_sub(2));
    let height = height.min(size.height.saturating_sub(2));
    Rect::new((size.width - width) / 2, (size.height - height) / 2, width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_body_without_overlap_at_any_size() {
        for width in [1, 60, 80, 120, 200] {
            for height in [1, 3, 14, 22, 38, 60] {
                for split in [None, Some(Split::Both), Some(Split::Table), Some(Split::Charts)] {
                    let body = Rect::new(0, 1, width, height);
                    let parts = parts(body, 1, 1000, false, split);
                    let mut areas = vec![parts.head, parts.table, parts.status, parts.preview];
                    areas.extend(&parts.charts);
                    for area in &areas {
                        assert_eq!(area.intersection(body).area(), area.area(), "{area:?} in {body:?}");
                    }
                    for (at, area) in areas.iter().enumerate() {
                        assert!(areas[..at].iter().all(|other| other.intersection(*area).area() == 0), "{areas:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_wide_table_of_many_rows_has_a_preview_beside_it() {
        let of = |width, height| parts(Rect::new(0, 1, width, height), 0, 1000, false, None);
        assert_eq!((of(119, 38).table.width, of(119, 38).preview.width), (119, 0));
        assert_eq!((of(120, 38).table.width, of(120, 38).preview.width), (84, 36));
        assert_eq!(of(120, 7).preview.width, 0);
        assert_eq!(parts(Rect::new(0, 1, 120, 38), 0, 1000, true, None).preview.width, 0, "all of it is in sight");
    }

    #[test]
    fn a_short_table_leaves_its_room_to_the_charts() {
        let body = Rect::new(0, 1, 120, 38);
        assert_eq!(parts(body, 1, 3, false, Some(Split::Both)).table.height, 4);
        assert_eq!(parts(body, 1, 3, false, Some(Split::Both)).charts.len(), 4);
        assert!(parts(body, 1, 3, false, None).charts.is_empty());
    }
}
