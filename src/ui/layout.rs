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
/// Rows beyond which a chart reads no better: they go to the table, where it has rows for them.
const TALL: u16 = 18;
/// Rows of users, the header included, that stay where there are charts too.
const TABLE_ROWS: u16 = 5;

/// Charts one below the other at most.
const LINES: usize = 3;

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

/// Rows of the screen from which on a line below the tabs says what is shown.
const CONTEXT_FROM: u16 = 30;

/// The line of the shop, its date, the filter and the marks; empty on a low screen.
pub fn context(size: Size) -> Rect {
    Rect::new(0, 1, size.width, u16::from(size.height >= CONTEXT_FROM))
}

/// What pane and drill-down draw on.
pub fn body(size: Size) -> Rect {
    let above = 1 + context(size).height;
    Rect::new(0, above, size.width, size.height.saturating_sub(above + 1))
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
/// `whole`: the body is wide enough for all columns of the table. So many `charts` share the room that is left to them.
pub fn parts(body: Rect, head: u16, rows: usize, whole: bool, split: Option<Split>, charts: usize) -> Parts {
    let head = Rect { height: head.min(body.height), ..body };
    let rest = Rect { y: head.bottom(), height: body.height - head.height, ..body };
    let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).max(TABLE_ROWS);
    let upper = match split {
        None | Some(Split::Table) => rest.height,
        Some(Split::Charts) => 0,
        Some(Split::Both) => {
            let lines = charts.div_ceil(usize::from(side_by_side(rest.width))).clamp(1, LINES) as u16;
            let free = rest.height.saturating_sub(lines * TALL);
            let share = (rest.height * 2 / 5).max(TABLE_ROWS + 1).max(free);
            // A few rows less make room for a second line of charts.
            let below_two = rest.height.saturating_sub(2 * CHART_ROWS);
            let share = if lines > 1 && below_two >= TABLE_ROWS + 6 { share.min(below_two.max(free)) } else { share };
            wanted.min(share).min(rest.height)
        }
    };
    let status = u16::from(upper > 0);
    let table = Rect { height: upper.saturating_sub(status), ..rest };
    let status = Rect { y: table.bottom(), height: status.min(rest.height), ..rest };
    let lower = Rect { y: status.bottom(), height: rest.bottom().saturating_sub(status.bottom()), ..rest };
    let (table, preview) = beside(table, whole);
    let charts = if split.is_none() || lower.height < 4 { Vec::new() } else { grid(lower, charts) };
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

/// Charts that find room side by side.
fn side_by_side(width: u16) -> u16 {
    (width / CHART).clamp(1, 3)
}

/// As many of the charts as find room, together filling it; one place where there is none.
fn grid(area: Rect, charts: usize) -> Vec<Rect> {
    cells(area, CHART_ROWS, LINES, charts)
}

/// As many cells as find room, at most `most` in at most so many lines of `rows` rows or more; together they fill it.
pub fn cells(area: Rect, rows: u16, lines: usize, most: usize) -> Vec<Rect> {
    let columns = usize::from(side_by_side(area.width));
    let lines = usize::from(area.height / rows.max(1)).clamp(1, lines).min(most.div_ceil(columns).max(1));
    let shown = most.clamp(1, columns * lines);
    let part = |whole: u16, at: usize, of: usize| (usize::from(whole) * at / of) as u16;
    let mut cells = Vec::new();
    for line in 0..lines {
        let (top, bottom) = (part(area.height, line, lines), part(area.height, line + 1, lines));
        let here = shown / lines + usize::from(line < shown % lines);
        for at in 0..here {
            let (left, right) = (part(area.width, at, here), part(area.width, at + 1, here));
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
                    let parts = parts(body, 1, 1000, false, split, usize::from(width) % 7);
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
        let of = |width, height| parts(Rect::new(0, 1, width, height), 0, 1000, false, None, 0);
        assert_eq!((of(119, 38).table.width, of(119, 38).preview.width), (119, 0));
        assert_eq!((of(120, 38).table.width, of(120, 38).preview.width), (84, 36));
        assert_eq!(of(120, 7).preview.width, 0);
        assert_eq!(parts(Rect::new(0, 1, 120, 38), 0, 1000, true, None, 0).preview.width, 0, "all of it is in sight");
    }

    #[test]
    fn cells_of_a_last_row_share_its_width() {
        let of = |width, height, most| {
            let cells = cells(Rect::new(0, 5, width, height), 11, 4, most);
            let areas: u32 = cells.iter().map(|cell| cell.area()).sum();
            assert_eq!(areas, u32::from(width) * u32::from(height), "{cells:?}");
            (cells.len(), cells.last().map(|cell| cell.width))
        };
        assert_eq!(of(200, 33, 8), (8, Some(100)));
        assert_eq!(of(120, 25, 8), (4, Some(60)));
        assert_eq!(of(80, 5, 8), (1, Some(80)));
    }

    #[test]
    fn a_short_table_leaves_its_room_to_the_charts() {
        let of = |split| parts(Rect::new(0, 1, 120, 38), 1, 3, false, split, 5);
        assert_eq!(of(Some(Split::Both)).table.height, 4);
        assert_eq!(of(Some(Split::Both)).charts.len(), 4);
        assert!(of(None).charts.is_empty());
    }

    #[test]
    fn charts_fill_a_large_screen_and_a_few_leave_their_room_to_the_table() {
        let of = |charts| parts(Rect::new(0, 1, 200, 58), 1, 1000, false, Some(Split::Both), charts);
        for charts in 1..=6 {
            let parts = of(charts);
            assert_eq!(parts.charts.len(), charts, "all are in sight");
            let covered: u32 = parts.charts.iter().map(|area| area.area()).sum();
            let lower = 200 * (59 - u32::from(parts.status.bottom()));
            assert_eq!(covered, lower, "{charts} charts leave nothing blank");
        }
        assert!(of(2).table.height > of(6).table.height);
        assert_eq!(parts(Rect::new(0, 1, 80, 22), 1, 1000, false, Some(Split::Both), 5).charts.len(), 1);
    }
}
