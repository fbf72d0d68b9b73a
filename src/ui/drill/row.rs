//! A row of a query's result, whole: one line per column, long cells in full.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::DataTable;
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns of the names at most.
const NAMES: usize = 32;

/// A row of a query's result.
#[derive(Debug)]
pub struct RowPage {
    title: String,
    cells: Vec<(String, String)>,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

impl RowPage {
    /// A row of a table; `simulated` where the run's uplift is of a simulated campaign.
    pub fn new(table: &DataTable, row: usize, simulated: bool) -> Self {
        let columns = table.columns().iter().enumerate();
        let mut cells: Vec<(String, String)> = columns
            .map(|(at, column)| (text::clean(&column.name), text::clean(&table.cell(row, at).to_string())))
            .collect();
        if simulated && cells.iter().any(|(name, _)| name.contains("uplift")) {
            cells.insert(0, (String::new(), "uplift: simulated campaign".to_owned()));
        }
        Self { title: format!("Row {}", format::thousands(row as u64 + 1)), cells, scroll: 0 }
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        self.title.clone()
    }

    /// Name and value, the values cut into lines of the screen.
    fn lines(&self, width: usize) -> Vec<(&str, String)> {
        let names = self.names();
        let room = width.saturating_sub(names + 2).max(1);
        let mut lines = Vec::new();
        for (name, value) in &self.cells {
            let mut name = name.as_str();
            for piece in text::wrap(value, room) {
                lines.push((name, piece));
                name = "";
            }
        }
        lines
    }

    fn names(&self) -> usize {
        self.cells.iter().map(|(name, _)| text::width(name)).max().unwrap_or(0).min(NAMES)
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let body = layout::body(size);
        let lines = self.lines(usize::from(body.width.saturating_sub(2))).len() as u16;
        lines.saturating_sub(body.height.saturating_sub(2))
    }

    /// Draws the part in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let inside = panel::framed(&self.title, area, buffer, theme);
        let names = self.names();
        let lines = self.lines(usize::from(inside.width));
        let drawn = lines.into_iter().skip(usize::from(self.scroll)).take(usize::from(inside.height));
        let drawn = drawn.map(|(name, value)| {
            let name = text::pad(name, names, false, &theme.glyphs.cut) + "  ";
            Line::from(vec![Span::styled(name, theme.style(Role::Dim)), Span::raw(value)])
        });
        panel::lines(drawn.collect(), inside, buffer);
    }
}
