//! The palette: commands found by a few letters of their name.

use ratatui::Frame;
use ratatui::layout::{Position, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use tui_input::Input;

use crate::ui::command::Entry;
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 76;
const HEIGHT: u16 = 16;

/// Commands of the layer below, narrowed by what is typed.
#[derive(Debug)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// The command under the cursor, among the matching.
    pub chosen: usize,
    offered: Vec<&'static Entry>,
}

impl Palette {
    /// A palette that offers these commands.
    pub fn new(offered: Vec<&'static Entry>) -> Self {
        Self { input: Input::default(), chosen: 0, offered }
    }

    /// The matching commands, the best first.
    pub fn matching(&self) -> Vec<&'static Entry> {
        let wanted = self.input.value();
        let mut scored: Vec<(u32, &'static Entry)> =
            self.offered.iter().filter_map(|entry| Some((score(entry, wanted)?, *entry))).collect();
        // The sort is stable: equals stay in the table's order.
        scored.sort_by_key(|(cost, _)| *cost);
        scored.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let area = layout::centred(size, WIDTH, HEIGHT);
        frame.render_widget(Clear, area);
        let inside = panel::framed("Commands", area, frame.buffer_mut(), theme);
        let room = usize::from(inside.width);
        let typed = text::fit(&text::clean(self.input.value()), room.saturating_sub(3), "");
        let mut lines = vec![Line::from(vec![Span::styled(": ", theme.style(Role::Key)), Span::raw(typed)])];
        let visible = usize::from(inside.height.saturating_sub(1));
        let first = (self.chosen + 1).saturating_sub(visible);
        for (at, entry) in self.matching().into_iter().enumerate().skip(first).take(visible) {
            let chosen = at == self.chosen;
            let mark = if chosen { theme.glyphs.cursor.as_str() } else { "" };
            let style = theme.style(if chosen { Role::Cursor } else { Role::Text });
            let key = entry.keys.first().map(ToString::to_string).unwrap_or_default();
            let words = format!(
                "{}{} {}{}",
                text::pad(mark, 2, false, ""),
                text::pad(entry.id, 17, false, ""),
                text::pad(entry.title, room.saturating_sub(30), false, &theme.glyphs.cut),
                text::pad(&key, 10, true, "")
            );
            lines.push(Line::styled(text::fit(&words, room, ""), style));
        }
        if lines.len() == 1 {
            lines.push(Line::styled("  no command of that name can be used here", theme.style(Role::Dim)));
        }
        panel::lines(lines, inside, frame.buffer_mut());
        let at = (2 + self.input.visual_cursor()).min(room.saturating_sub(1)) as u16;
        frame.set_cursor_position(Position::new(inside.x + at, inside.y));
    }
}

/// How far an entry is from what is typed: letters skipped between those that match in order, names before titles.
fn score(entry: &Entry, wanted: &str) -> Option<u32> {
    let by_id = skipped(entry.id, wanted);
    let by_title = skipped(entry.title, wanted).map(|skipped| skipped + 100);
    by_id.into_iter().chain(by_title).min()
}

fn skipped(text: &str, wanted: &str) -> Option<u32> {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut skipped = 0;
    for letter in wanted.chars().flat_map(char::to_lowercase).filter(|letter| !letter.is_whitespace()) {
        loop {
            if letters.next()? == letter {
                break;
            }
            skipped += 1;
        }
    }
    Some(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::COMMANDS;

    #[test]
    fn a_few_letters_in_order_find_a_command() {
        let mut palette = Palette::new(COMMANDS.iter().collect());
        assert_eq!(palette.matching().len(), COMMANDS.len());
        for (typed, found) in [("them", "theme"), ("fcell", "filter-cell"), ("RESET", "reset-view")] {
            palette.input = Input::new(typed.to_owned());
            assert_eq!(palette.matching().first().map(|entry| entry.id), Some(found));
        }
        palette.input = Input::new("zzz".to_owned());
        assert!(palette.matching().is_empty());
    }
}
