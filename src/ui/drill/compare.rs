//! What changed between two runs: in words, users whose churn moved most or all metrics, segment migration.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
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
/// Lines of the head at most.
const HEAD: u16 = 6;

/// What changed between two runs.
#[derive(Debug)]
pub struct ComparePage {
    /// The request whose answer it waits for.
    pub generation: u64,
    /// The earlier run.
    pub before: String,
    /// The later run; `None` for the one shown.
    pub after: Option<String>,
    /// The comparison; `None` while it is made.
    pub comparison: Option<Result<Comparison, String>>,
    /// The users in both runs, or all metrics.
    pub grid: Grid,
    /// Whether the table is that of the metrics.
    pub of_metrics: bool,
    /// The first panel shown.
    pub chart: usize,
}

impl ComparePage {
    /// A page that waits for its answer.
    pub fn waiting(generation: u64, before: String, after: Option<String>) -> Self {
        let grid = Self::empty(false);
        Self { generation, before, after, comparison: None, grid, of_metrics: false, chart: 0 }
    }

    /// A table for one of the two contents.
    pub fn empty(of_metrics: bool) -> Grid {
        let noun = if of_metrics { "metrics" } else { "users in both runs" };
        Grid::new(Start { noun, ..Start::default() })
    }

    /// Its name in the breadcrumb.
    pub fn title() -> String {
        "What changed".to_owned()
    }

    /// How many lines stand above the table.
    pub fn head(&self, size: Size) -> u16 {
        (self.words(usize::from(size.width)).len() as u16).min(HEAD)
    }

    fn words(&self, width: usize) -> Vec<String> {
        match &self.comparison {
            None => vec!["comparing".to_owned()],
            Some(Err(problem)) => text::wrap(&text::clean(problem), width.saturating_sub(2)),
            Some(Ok(comparison)) => {
                let [then, now] = &comparison.logs_to;
                // Runs on one log are told apart by their ids.
                let between = if then == now {
                    format!("From run {} to {}:", comparison.before, comparison.after)
                } else {
                    format!("From the log to {then} to the log to {now}:")
                };
                let said = comparison.sentences();
                let lines = std::iter::once(&between).chain(&said);
                lines.flat_map(|line| text::wrap(&text::clean(line), width.saturating_sub(2))).collect()
            }
        }
    }

    /// Draws the lines above the table.
    pub fn draw_head(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let role = match &self.comparison {
            Some(Err(_)) => Role::Bad,
            _ => Role::Text,
        };
        let words = self.words(usize::from(area.width)).into_iter();
        let lines = words.map(|line| Line::styled(format!(" {line}"), theme.style(role)));
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
    let width = usize::from(inside.width);
    let columns = migration.to.len().max(1);
    // Columns bear the number of their segment, so that every name is written once, and whole.
    let number = |name: &String| migration.from.iter().position(|known| known == name);
    let further: Vec<&String> = migration.to.iter().filter(|name| number(name).is_none()).collect();
    let place = |name: &String| {
        number(name).or_else(|| further.iter().position(|known| *known == name).map(|at| migration.from.len() + at))
    };
    let counts = migration.users.iter().flatten().map(|count| format::thousands(*count).len()).max().unwrap_or(1);
    let each = (counts + 1).max(3);
    let names = width.saturating_sub(each * columns).max(8);
    let mut header = text::pad("", names, false, "");
    for to in &migration.to {
        let to = place(to).map_or_else(String::new, |at| (at + 1).to_string());
        header += &text::pad(&to, each, true, cut);
    }
    let mut lines = vec![Line::styled(header, theme.style(Role::Dim))];
    for (at, (from, users)) in migration.from.iter().zip(&migration.users).enumerate() {
        let mut name = text::wrap(&format!("{} {}", at + 1, text::clean(from)), names.saturating_sub(1)).into_iter();
        let first = name.next().unwrap_or_default();
        let mut spans = vec![Span::raw(text::pad(&first, names, false, cut))];
        for (to, count) in migration.to.iter().zip(users) {
            let style = theme.style(match (from == to, *count) {
                (_, 0) => Role::Dim,
                (true, _) => Role::Text,
                (false, _) => Role::Header,
            });
            spans.push(Span::styled(text::pad(&format::thousands(*count), each, true, cut), style));
        }
        lines.push(Line::from(spans));
        // A long name goes on below.
        lines.extend(name.map(|rest| Line::raw(format!("  {rest}"))));
    }
    for (at, name) in further.into_iter().enumerate() {
        let words = format!("{} {}: only in the later run", migration.from.len() + at + 1, text::clean(name));
        lines.push(Line::styled(text::fit(&words, width, cut), theme.style(Role::Text)));
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
            "{moved} moved; {} more do as before: only the segments were drawn anew around them, under other names",
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
        format!("Metrics, first {shown} of {}: w lists all", figures.len())
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
        let [name, before, after, change] = pair.told(&comparison.terms);
        Line::from(row(&text::clean(&name), [&before, &after, &change]))
    }));
    panel::lines(lines, inside, buffer);
}
