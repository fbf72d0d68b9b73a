//! A framed area with a title, and the small bar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Widget};

use crate::ui::theme::{Role, Theme};

/// Draws a frame with a title and returns the area inside.
pub fn framed(title: &str, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Rect {
    let block = Block::new()
        .borders(Borders::ALL)
        .style(theme.style(Role::Text))
        .border_set(theme.frame())
        .border_style(theme.style(Role::Border))
        .title(Span::styled(format!(" {title} "), theme.style(Role::Title)));
    let inside = block.inner(area);
    block.render(area, buffer);
    inside
}

/// Draws lines from the top of an area; what does not fit is cut.
pub fn lines(lines: Vec<Line<'_>>, area: Rect, buffer: &mut Buffer) {
    Paragraph::new(lines).render(area, buffer);
}

/// Words whose numbers stand out.
pub fn numbers_bold(words: &str, style: Style, theme: &Theme) -> Vec<Span<'static>> {
    let is_number =
        |word: &str| word.trim_start_matches(['+', '-', '−', '±', '(']).starts_with(|c: char| c.is_ascii_digit());
    let pieces = words.split_inclusive(' ');
    let number = style.patch(theme.style(Role::Number));
    pieces.map(|piece| Span::styled(piece.to_owned(), if is_number(piece) { number } else { style })).collect()
}

/// A bar of `columns` filled to `share` (0–1).
pub fn bar(share: f64, columns: usize, theme: &Theme) -> String {
    let filled = ((share.clamp(0.0, 1.0) * columns as f64).round() as usize).min(columns);
    theme.glyphs.filled.repeat(filled) + &theme.glyphs.unfilled.repeat(columns - filled)
}

/// A bar of `columns` to the right of a middle line for what is above 0, to the left of it for what is below; full at ±1.
pub fn signed_bar(share: f64, columns: usize, theme: &Theme) -> String {
    let half = columns.saturating_sub(1) / 2;
    if half == 0 {
        return String::new();
    }
    let filled = ((share.abs().min(1.0) * half as f64).round() as usize).min(half);
    let middle = if theme.glyphs.ascii { "|" } else { "│" };
    let (full, blank) = (theme.glyphs.filled.repeat(filled), " ".repeat(half - filled));
    if share < 0.0 { format!("{blank}{full}{middle}") } else { format!("{}{middle}{full}", " ".repeat(half)) }
}
