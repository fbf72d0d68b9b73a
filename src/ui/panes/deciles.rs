//! Decile tables: what was predicted beside what was seen on the held-out users.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::stage::StageId;
use crate::store::Shown;
use crate::store::results::ltv::{AmountDecile, Ltv};
use crate::store::results::uplift::{Uplift, UpliftDecile};
use crate::ui::app::App;
use crate::ui::pane::Pane;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Columns of a number.
const NUMBER: usize = 11;
/// Columns of an interval.
const INTERVAL: usize = 20;

/// The recorded deciles of a pane's stage, best first: number, users, predicted, seen, and the seen one's interval where
/// there is one.
fn recorded(app: &App, pane: Pane) -> Option<Vec<[f64; 6]>> {
    let info = app.run.as_ref()?.info();
    let rows: Vec<[f64; 6]> = match pane.stage() {
        Some(StageId::Ltv) => {
            let deciles = info.detail::<Ltv>().evaluation?.deciles;
            let row = |row: AmountDecile| {
                [f64::from(row.decile), row.users as f64, row.predicted, row.actual, f64::NAN, f64::NAN]
            };
            deciles.into_iter().map(row).collect()
        }
        Some(StageId::Uplift) => {
            let deciles = info.detail::<Uplift>().evaluation?.deciles;
            // A decile without treated or without untreated users shows no effect.
            let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
            let row = |row: UpliftDecile| {
                let seen = [row.observed, row.observed_low, row.observed_high].map(known);
                [f64::from(row.decile), row.rows as f64, row.predicted, seen[0], seen[1], seen[2]]
            };
            deciles.into_iter().map(row).collect()
        }
        _ => return None,
    };
    (!rows.is_empty()).then_some(rows)
}

/// Draws the table.
pub fn draw(app: &App, pane: Pane, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let rows = recorded(app, pane).unwrap_or_default();
    let width = usize::from(area.width);
    let bar = width.saturating_sub(8 + 3 * (NUMBER + 1) + 1);
    let most = rows.iter().map(|row| row[3]).filter(|seen| seen.is_finite()).fold(1e-12, f64::max);
    let line = |decile: &str, numbers: [&str; 3]| {
        let numbers = numbers.map(|number| format!(" {}", text::pad(number, NUMBER, true, ""))).concat();
        text::pad(decile, 8, true, "") + &numbers
    };
    let mut lines = vec![Line::styled(line("decile", ["users", "predicted", "seen"]), theme.style(Role::Dim))];
    let terms = &app.front.terms;
    // Effects as the ranking tells them, purchases with as many decimals as their small means need.
    let shown = match pane.stage() {
        Some(StageId::Uplift) => terms.shown("users", "uplift").unwrap_or(Shown::Points),
        _ => Shown::Number(3),
    };
    lines.extend(rows.iter().map(|[decile, users, predicted, seen, low, high]| {
        let number = |value: f64| shown.number(value, &terms.currency);
        let words =
            line(&format::number(*decile), [&format::thousands(*users as u64), &number(*predicted), &number(*seen)]);
        let share = if seen.is_nan() { 0.0 } else { seen / most };
        let bar = Span::styled(format!(" {}", panel::bar(share, bar, theme)), theme.series(0));
        let interval = format!(" {} to {}", number(*low), number(*high));
        if low.is_nan() || text::width(&words) + text::width(&interval) > width {
            return Line::from(vec![Span::raw(words), bar]);
        }
        Line::from(vec![
            Span::raw(words),
            Span::styled(text::pad(&interval, INTERVAL, false, ""), theme.style(Role::Dim)),
            bar,
        ])
    }));
    panel::lines(lines, area, buffer);
}
