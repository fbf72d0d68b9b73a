//! Paragraphs to be read, scrolled where they are long.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::ui::layout;
use crate::ui::popups::titles::{reading_width, titled};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns that it takes at least where there is room.
const WIDTH: u16 = 76;

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    /// A heading, and what stands beside it.
    Heading(String, String),
    /// Words.
    Words(String),
    /// What is less important.
    Aside(String),
}

/// The page.
#[derive(Debug)]
pub struct TextPage {
    /// What it is about.
    pub title: String,
    /// What it says.
    pub paragraphs: Vec<Paragraph>,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

impl TextPage {
    /// A page from its beginning.
    pub fn new(title: String, paragraphs: Vec<Paragraph>) -> Self {
        Self { title, paragraphs, scroll: 0 }
    }

    fn lines(&self, width: usize) -> Vec<(Role, String, String)> {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            let (role, words) = match paragraph {
                Paragraph::Heading(head, beside) => {
                    if !lines.is_empty() {
                        lines.push((Role::Text, String::new(), String::new()));
                    }
                    lines.push((Role::Header, text::clean(head), text::clean(beside)));
                    continue;
                }
                Paragraph::Words(words) => (Role::Text, words),
                Paragraph::Aside(words) => (Role::Dim, words),
            };
            let pieces = text::wrap(&text::clean(words), width.saturating_sub(2).max(1));
            lines.extend(pieces.into_iter().map(|piece| (role, format!("  {piece}"), String::new())));
        }
        lines
    }

    fn area(&self, size: Size) -> Rect {
        let wanted = reading_width(size.width, WIDTH);
        let width = usize::from(wanted.min(size.width.saturating_sub(2)).saturating_sub(2));
        let lines = u16::try_from(self.lines(width).len()).unwrap_or(u16::MAX);
        layout::centred(size, wanted, lines.saturating_add(2))
    }

    /// How many lines are in sight.
    pub fn visible(&self, size: Size) -> u16 {
        self.area(size).height.saturating_sub(2)
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let width = usize::from(self.area(size).width.saturating_sub(2));
        u16::try_from(self.lines(width).len()).unwrap_or(u16::MAX).saturating_sub(self.visible(size))
    }

    /// Draws the part in sight.
    pub fn draw(&self, size: Size, buffer: &mut Buffer, theme: &Theme) {
        let area = self.area(size);
        Clear.render(area, buffer);
        let lines = self.lines(usize::from(area.width.saturating_sub(2)));
        let (first, visible) = (usize::from(self.scroll), usize::from(self.visible(size)));
        let title = if lines.len() > visible {
            format!("{}, lines {}-{} of {}", self.title, first + 1, (first + visible).min(lines.len()), lines.len())
        } else {
            self.title.clone()
        };
        let title = titled(&text::clean(&title), usize::from(area.width).saturating_sub(4), theme);
        let inside = panel::framed(&title, area, buffer, theme);
        let drawn = lines.into_iter().skip(first).map(|(role, words, beside)| {
            let mut spans = vec![Span::styled(words, theme.style(role))];
            if !beside.is_empty() {
                spans.push(Span::styled(format!("  {beside}"), theme.style(Role::Text)));
            }
            Line::from(spans)
        });
        panel::lines(drawn.collect(), inside, buffer);
    }
}
