//! Help: the command table as a page.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::ui::command::{COMMANDS, Context};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Fits a terminal of 80 columns.
const WIDTH: u16 = 78;
const KEYS: usize = 18;

/// What help says: a heading per context, a line per command.
fn lines() -> Vec<(String, &'static str)> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        lines.push((String::new(), context.title()));
        for entry in COMMANDS.iter().filter(|entry| entry.contexts.contains(&context)) {
            let keys: Vec<String> = entry.keys.iter().map(ToString::to_string).collect();
            lines.push((keys.join(" "), entry.title));
        }
        lines.push((String::new(), ""));
    }
    lines.pop();
    lines
}

fn area(size: Size) -> Rect {
    layout::centred(size, WIDTH, lines().len() as u16 + 2)
}

/// How many lines are in sight.
pub fn visible(size: Size) -> u16 {
    area(size).height.saturating_sub(2)
}

/// How far it can be scrolled.
pub fn last_scroll(size: Size) -> u16 {
    (lines().len() as u16).saturating_sub(visible(size))
}

/// Draws the part in sight.
pub fn draw(scroll: u16, size: Size, buffer: &mut Buffer, theme: &Theme) {
    let area = area(size);
    Clear.render(area, buffer);
    let all = lines();
    let last = (usize::from(scroll) + usize::from(visible(size))).min(all.len());
    let title = format!("Help, lines {}-{last} of {}", scroll + 1, all.len());
    let inside = panel::framed(&title, area, buffer, theme);
    let drawn = all.into_iter().skip(usize::from(scroll)).map(|(keys, title)| {
        if keys.is_empty() {
            return Line::styled(title, theme.style(Role::Header));
        }
        let keys = Span::styled(text::pad(&keys, KEYS, false, &theme.glyphs.cut), theme.style(Role::Key));
        Line::from(vec![Span::raw("  "), keys, Span::raw(title)])
    });
    panel::lines(drawn.collect(), inside, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_help_with_all_its_keys() {
        let lines = lines();
        for entry in COMMANDS {
            let line = lines.iter().find(|(_, title)| *title == entry.title);
            let keys = line.map_or("", |(keys, _)| keys.as_str());
            assert!(entry.keys.iter().all(|key| keys.split(' ').any(|shown| shown == key.to_string())), "{}", entry.id);
            assert!(keys.len() <= KEYS, "{} needs {} columns", entry.id, keys.len());
            assert!(entry.title.len() + KEYS + 4 <= usize::from(WIDTH), "{} is cut at 80 columns", entry.id);
        }
    }
}
