//! The panes of the models: a line that sums the model up, the table, the charts.
//!
//! ```text
//!  held-out AUC 0.871 …  threshold 0.50: …
//!   user_id   churn ▼  segment
//!  1,407,580 users · row 1
//! ╭ ROC curve, chart 2 of 6 ───╮╭ Calibration, chart 3 of 6 ─────╮
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::ui::app::App;
use crate::ui::layout::Parts;
use crate::ui::pane::Pane;
use crate::ui::panes::{charts, headline, table};
use crate::ui::theme::Role;
use crate::ui::widgets::panel::lines;

/// Draws the pane.
pub fn draw(app: &App, pane: Pane, buffer: &mut Buffer) {
    let parts = app.parts();
    let theme = app.theme();
    let grid = app.grid_of(pane);
    headline::draw(app, pane, parts.head, buffer);
    if parts.table.height > 0 {
        table::draw(app, grid, &parts, buffer);
    }
    // A stage without an answer has no charts either: its reason stands in the table's place.
    if grid.problem.is_some() {
        if parts.table.height == 0 {
            let table = Rect { height: 4, ..parts.charts.first().copied().unwrap_or_default() };
            table::draw(app, grid, &Parts { table, ..parts.clone() }, buffer);
        }
        return;
    }
    let shown = app.charts_of(pane);
    let first = app.chart[pane.place()];
    for (at, area) in parts.charts.iter().enumerate().take(shown.len()) {
        let place = (first + at) % shown.len();
        let number = format!("chart {} of {}", place + 1, shown.len());
        charts::draw(app, pane, shown[place], &number, *area, buffer);
    }
    if shown.is_empty()
        && let Some(area) = parts.charts.first()
    {
        let words = Line::styled(" the charts appear when a run is there", theme.style(Role::Dim));
        lines(vec![words], *area, buffer);
    }
}
