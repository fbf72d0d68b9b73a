//! A list to choose from, narrowed by a few letters: commands, themes, items, columns.

use ratatui::Frame;
use ratatui::layout::{Position, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use tui_input::Input;

use crate::text::{Rank, Wanted};
use crate::ui::command::{Command, Context};
use crate::ui::layout;
use crate::ui::pane::Pane;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 96;
const HEIGHT: u16 = 16;
/// Columns of the names.
const NAMES: usize = 18;

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// A command.
    Command(Command),
    /// A command of another pane.
    Elsewhere(Pane, Command),
    /// A command that cannot be used now: what it does, and why not.
    Idle(&'static str, &'static str),
    /// A theme, by name.
    Theme(String),
    /// An item, by id.
    Item(String),
    /// An option of a log's setting; empty for no column.
    Setting(String),
    /// A run to compare, by its id; whether as the later of the two.
    Run(String, bool),
    /// A view that was given a name.
    View(String),
    /// A query that was given a name.
    Query(String),
    /// What is copied, in a form.
    Copy(CopyWhat, CopyForm),
}

/// What is copied of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyWhat {
    /// The cell under the cursor.
    Cell,
    /// The row under the cursor.
    Row,
    /// The marked rows.
    Marks,
}

/// The form in which it is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyForm {
    /// As the table shows it, tabs between cells.
    Text,
    /// Comma-separated values with a header.
    Csv,
    /// An array of objects.
    Json,
    /// A table of Markdown's.
    Markdown,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// A key that does the same, or a figure.
    pub aside: String,
    /// What choosing it means.
    pub picked: Picked,
}

/// A list to choose from.
#[derive(Debug)]
pub struct Picker {
    /// What is chosen.
    pub title: &'static str,
    /// What is typed.
    pub input: Input,
    /// The offer under the cursor, among the matching.
    pub chosen: usize,
    /// What is said where nothing matches.
    pub none: &'static str,
    /// What to go back to when nothing is chosen: the theme of before.
    pub before: Option<Picked>,
    /// Where its keys are looked up.
    pub context: Context,
    offers: Vec<Offer>,
}

impl Picker {
    /// A list of these.
    pub fn new(title: &'static str, none: &'static str, offers: Vec<Offer>) -> Self {
        Self { title, input: Input::default(), chosen: 0, none, before: None, context: Context::Palette, offers }
    }

    /// Its keys are looked up here.
    pub fn on(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// The matching offers, the best first: those whose name or title has the words typed, then those whose name has the
    /// letters in order.
    pub fn matching(&self) -> Vec<&Offer> {
        let wanted = Wanted::new(self.input.value());
        let mut ranked: Vec<(Rank, &Offer)> =
            self.offers.iter().filter_map(|offer| Some((wanted.rank(&offer.name, &offer.title)?, offer))).collect();
        // The sort is stable: equals stay in the order of the offers.
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, offer)| offer).collect()
    }

    /// What the offer under the cursor means.
    pub fn picked(&self) -> Option<Picked> {
        self.matching().get(self.chosen).map(|offer| offer.picked.clone())
    }

    /// Moves the cursor; stops at the ends.
    pub fn move_by(&mut self, by: isize) {
        self.chosen = self.chosen.saturating_add_signed(by).min(self.matching().len().saturating_sub(1));
    }

    /// Puts the cursor on the offer that means this.
    pub fn choose(&mut self, picked: &Picked) {
        self.chosen = self.matching().iter().position(|offer| offer.picked == *picked).unwrap_or(0);
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let area = layout::centred(size, WIDTH, HEIGHT);
        frame.render_widget(Clear, area);
        let inside = panel::framed(self.title, area, frame.buffer_mut(), theme);
        let room = usize::from(inside.width);
        let (typed, typed_at) = text::window(&self.input, room.saturating_sub(3));
        let mut lines = vec![Line::from(vec![Span::styled(": ", theme.style(Role::Key)), Span::raw(typed)])];
        let visible = usize::from(inside.height.saturating_sub(1));
        let first = (self.chosen + 1).saturating_sub(visible);
        let cut = &theme.glyphs.cut;
        for (at, offer) in self.matching().into_iter().enumerate().skip(first).take(visible) {
            let chosen = at == self.chosen;
            let mark = if chosen { theme.glyphs.cursor.as_str() } else { "" };
            let style = theme.style(if chosen { Role::Cursor } else { Role::Text });
            let aside = text::clean(&offer.aside);
            let middle = room.saturating_sub(2 + NAMES + 1 + text::width(&aside) + 1);
            let words = format!(
                "{}{} {} {aside}",
                text::pad(mark, 2, false, ""),
                text::pad(&text::clean(&offer.name), NAMES, false, cut),
                text::pad(&text::clean(&offer.title), middle, false, cut),
            );
            lines.push(Line::styled(text::pad(&words, room, false, ""), style));
        }
        if lines.len() == 1 {
            lines.push(Line::styled(format!("  {}", self.none), theme.style(Role::Dim)));
        }
        panel::lines(lines, inside, frame.buffer_mut());
        let at = (2 + typed_at).min(room.saturating_sub(1)) as u16;
        frame.set_cursor_position(Position::new(inside.x + at, inside.y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::COMMANDS;

    #[test]
    fn a_few_letters_in_order_find_a_command() {
        let offers = COMMANDS.iter().map(|entry| Offer {
            name: entry.id.to_owned(),
            title: entry.title.to_owned(),
            aside: String::new(),
            picked: Picked::Command(entry.command),
        });
        let mut picker = Picker::new("Commands", "none", offers.collect());
        assert_eq!(picker.matching().len(), COMMANDS.len());
        for (typed, found) in [
            ("them", "theme"),
            ("fcell", "filter-cell"),
            ("RESET", "reset-view"),
            ("row copy", "copy-row"),
            ("help", "help"),
            ("next p", "next-pane"),
            ("save", "saved-queries"),
            ("save view", "save-view"),
            ("chart", "next-chart"),
            ("sq", "sql"),
        ] {
            picker.input = Input::new(typed.to_owned());
            assert_eq!(picker.matching().first().map(|offer| offer.name.as_str()), Some(found));
        }
        picker.input = Input::new("save".to_owned());
        assert!(picker.matching().iter().all(|offer| offer.name != "sql"));
        picker.input = Input::new("zzz".to_owned());
        assert!(picker.matching().is_empty() && picker.picked().is_none());
    }

    #[test]
    fn accents_case_and_the_order_of_words_do_not_matter() {
        let names = ["Überblick", "Café Crème", "日本語"];
        let offers = names.map(|name| Offer {
            name: name.to_owned(),
            title: "a theme".to_owned(),
            aside: String::new(),
            picked: Picked::Theme(name.to_owned()),
        });
        let mut picker = Picker::new("Theme", "none", offers.to_vec());
        for (typed, found) in [("uber", 0), ("creme cafe", 1), ("本", 2), ("Theme ber", 0)] {
            picker.input = Input::new(typed.to_owned());
            let matching: Vec<&str> = picker.matching().into_iter().map(|offer| offer.name.as_str()).collect();
            assert_eq!(matching, [names[found]], "{typed}");
        }
    }
}
