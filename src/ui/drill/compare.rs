//! What changed since the previous run: users whose churn moved most, segment migration, metrics side by side.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::{Comparison, Migration};
use crate::ui::grid::{Grid, Start};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// How many panels stand beside the table.
pub const PANELS: usize = 2;
/// Columns of a number.
const NUMBER: usize = 11;

/// What changed between two runs.
#[derive(Debug)]
pub struct ComparePage {
    /// The request whose answer it waits for.
    pub generation: u64,
    /// The comparison; `None` while it is made.
    pub comparison: Option<Result<Comparison, String>>,
    /// The users in both runs.
    pub grid: Grid,
    /// The first panel shown.
    pub chart: usize,
}

impl ComparePage {
    /// A page that waits for its answer.
    pub fn waiting(generation: u64) -> Self {
        let start = Start { noun: "users in both runs", ..Start::default() };
        Self { generation, comparison: None, grid: Grid::new(start), chart: 0 }
    }

    /// Its name in the breadcrumb.
    pub fn title() -> String {
        "What changed".to_owned()
    }

    /// Draws the lines above the table.
    pub fn draw_head(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let (role, words) = match &self.comparison {
            None => (Role::Dim, vec!["comparing with the previous run".to_owned()]),
            Some(Err(problem)) => (Role::Bad, vec![text::clean(problem)]),
            Some(Ok(comparison)) => {
                let [both, gone, new] = comparison.users.map(format::thousands);
                let runs =
                    format!("from run {} to {}", text::clean(&comparison.before), text::clean(&comparison.after));
                let users =
                    format!("{both} users in both runs, {gone} only in the earlier, {new} new; most moved first");
                (Role::Text, vec![runs, users])
            }
        };
        let lines = words.into_iter().map(|line| Line::styled(format!(" {line}"), theme.style(role)));
        panel::lines(lines.collect(), area, buffer);
    }

    /// Draws a panel.
    pub fn draw_panel(&self, panel: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let Some(Ok(comparison)) = &self.comparison else { return };
        if panel == 0 {
            draw_migration(comparison.migration.as_ref(), area, buffer, theme);
        } else {
            draw_metrics(comparison, area, buffer, theme);
        }
    }
}

fn draw_migration(migration: Option<&Migration>, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let title = match migration {
        Some(Migration { by_names: None, .. }) => "Segments: from (rows) to (columns), scored as before",
        _ => "Segments: from (rows) to (columns), users",
    };
    let inside = panel::framed(title, area, buffer, theme);
    let Some(migration) = migration else {
        let words = "one of the runs has no segments";
        return panel::lines(vec![Line::styled(words, theme.style(Role::Dim))], inside, buffer);
    };
    let cut = &theme.glyphs.cut;
    let columns = migration.to.len().max(1);
    let width = usize::from(inside.width);
    let names = (width / 3).max(12).min(width);
    let each = (width.saturating_sub(names) / columns).clamp(6, 24);
    let mut header = text::pad("", names, false, "");
    for to in &migration.to {
        header += &text::pad(&text::fit(&text::clean(to), each.saturating_sub(1), cut), each, true, cut);
    }
    let mut lines = vec![Line::styled(header, theme.style(Role::Dim))];
    for (from, users) in migration.from.iter().zip(&migration.users) {
        let mut spans = vec![Span::raw(text::pad(&text::clean(from), names, false, cut))];
        for (to, count) in migration.to.iter().zip(users) {
            let style = theme.style(match (from == to, *count) {
                (_, 0) => Role::Dim,
                (true, _) => Role::Text,
                (false, _) => Role::Warn,
            });
            spans.push(Span::styled(text::pad(&format::thousands(*count), each, true, cut), style));
        }
        lines.push(Line::from(spans));
    }
    lines.extend(
        text::wrap(&told(migration), width.max(1)).into_iter().map(|line| Line::styled(line, theme.style(Role::Dim))),
    );
    panel::lines(lines, inside, buffer);
}

/// How many users moved, and how many the later run's clustering alone moved.
fn told(migration: &Migration) -> String {
    let moved = format::thousands(migration.moved());
    match (migration.by_clustering, &migration.by_names) {
        (Some(anew), _) => format!(
            "{moved} moved; {} more stay by the earlier run's centres and bear another name only because the later run \
             clustered anew",
            format::thousands(anew)
        ),
        (None, Some(why)) => format!("{moved} bear another name, moved or clustered anew: {}", text::clean(why)),
        (None, None) => format!("{moved} bear another name"),
    }
}

fn draw_metrics(comparison: &Comparison, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let room = usize::from(area.height.saturating_sub(3));
    let figures: Vec<_> = comparison.figures().collect();
    let shown = room.min(figures.len());
    let title = if shown < figures.len() {
        format!("Metrics, first {shown} of {}", figures.len())
    } else {
        "Metrics".to_owned()
    };
    let inside = panel::framed(&title, area, buffer, theme);
    let names = usize::from(inside.width).saturating_sub(3 * (NUMBER + 1));
    let row = |name: &str, numbers: [&str; 3]| {
        let cut = &theme.glyphs.cut;
        let numbers = numbers.map(|number| format!(" {}", text::pad(number, NUMBER, true, cut))).concat();
        text::pad(name, names, false, cut) + &numbers
    };
    let mut lines = vec![Line::styled(row("", ["before", "after", "change"]), theme.style(Role::Dim))];
    lines.extend(figures.into_iter().take(shown).map(|pair| {
        let (name, way) = pair.words(&comparison.terms);
        let said = |value: f64| way.number(value, &comparison.terms.currency);
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), said);
        let change = match (pair.before, pair.after) {
            (Some(before), Some(after)) => match after.total_cmp(&before) {
                Ordering::Equal => "same".to_owned(),
                Ordering::Greater => format!("+{}", said(after - before).trim_start_matches('+')),
                Ordering::Less => said(after - before),
            },
            _ => "-".to_owned(),
        };
        Line::from(row(&text::clean(&name), [&number(pair.before), &number(pair.after), &change]))
    }));
    panel::lines(lines, inside, buffer);
}
