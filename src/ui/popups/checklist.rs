//! Columns to tick: those of a table on screen, or those of an export.

use ratatui::Frame;
use ratatui::layout::Size;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 50;

/// Columns, ticked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// Name and tick, in the order shown.
    pub columns: Vec<(String, bool)>,
    /// The one under the cursor.
    pub at: usize,
    /// Whether it chooses what the dialog below exports, and not what the table shows.
    pub of_export: bool,
}

impl Checklist {
    /// The columns of a table on screen.
    pub fn new(columns: Vec<(String, bool)>, of_export: bool) -> Self {
        Self { columns, at: 0, of_export }
    }

    /// Names of the ticked columns.
    pub fn ticked(&self) -> Vec<String> {
        self.columns.iter().filter(|(_, ticked)| *ticked).map(|(name, _)| name.clone()).collect()
    }

    /// Ticks or unticks the column under the cursor.
    pub fn tick(&mut self) {
        if let Some((_, ticked)) = self.columns.get_mut(self.at) {
            *ticked = !*ticked;
        }
    }

    /// Ticks every column; unticks them where all are ticked.
    pub fn tick_all(&mut self) {
        let all = self.columns.iter().all(|(_, ticked)| *ticked);
        for (_, ticked) in &mut self.columns {
            *ticked = !all;
        }
    }

    fn visible(&self, size: Size) -> usize {
        usize::from(layout::centred(size, WIDTH, self.columns.len() as u16 + 2).height.saturating_sub(2))
    }

    /// Rows in sight.
    pub fn page(&self, size: Size) -> u16 {
        self.visible(size) as u16
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let area = layout::centred(size, WIDTH, self.columns.len() as u16 + 2);
        frame.render_widget(Clear, area);
        let ticked = self.columns.iter().filter(|(_, ticked)| *ticked).count();
        let what = if self.of_export { "Columns to export" } else { "Columns" };
        let title = format!("{what}: {ticked} of {}", self.columns.len());
        let inside = panel::framed(&title, area, frame.buffer_mut(), theme);
        let visible = self.visible(size).max(1);
        let first = (self.at + 1).saturating_sub(visible);
        let room = usize::from(inside.width);
        let lines = self.columns.iter().enumerate().skip(first).take(visible).map(|(at, (name, ticked))| {
            let here = at == self.at;
            let cursor = if here { theme.glyphs.cursor.as_str() } else { "" };
            let tick = if *ticked { "[x]" } else { "[ ]" };
            let words = format!("{}{tick} {}", text::pad(cursor, 2, false, ""), text::clean(name));
            let words = text::pad(&words, room, false, &theme.glyphs.cut);
            Line::styled(words, theme.style(if here { Role::Cursor } else { Role::Text }))
        });
        panel::lines(lines.collect(), inside, frame.buffer_mut());
    }
}
