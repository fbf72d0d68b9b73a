//! Help: the command table as a page.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::ui::bindings::Bindings;
use crate::ui::command::{COMMANDS, Context};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Fits a terminal of 80 columns.
const WIDTH: u16 = 78;
const KEYS: usize = 18;

/// Contexts, and keys and titles of the commands that hold in exactly these.
type Group = (&'static [Context], Vec<(String, String)>);

/// What help says: a heading per group of contexts, a line per command. Commands that hold in the same contexts stand
/// together, so that each is named once.
fn lines(bindings: &Bindings) -> Vec<(String, String)> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in COMMANDS.iter() {
        let keys: Vec<String> = bindings.keys(entry.command).iter().map(ToString::to_string).collect();
        let keys = if keys.is_empty() { format!(":{}", entry.id) } else { keys.join(" ") };
        let line = (keys, entry.title.to_owned());
        match groups.iter_mut().find(|(contexts, _)| **contexts == *entry.contexts) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&entry.contexts, vec![line])),
        }
    }
    groups.sort_by_key(|(contexts, _)| !contexts.contains(&Context::Everywhere));
    let mut lines = Vec::new();
    for (contexts, commands) in groups {
        lines.push((String::new(), place(contexts)));
        lines.extend(commands);
        lines.push((String::new(), String::new()));
    }
    lines.pop();
    lines
}

/// Where a group of commands holds, in words.
fn place(contexts: &[Context]) -> String {
    if contexts.contains(&Context::Everywhere) {
        return if contexts.len() > 1 { "Everywhere, while typing too" } else { "Everywhere" }.to_owned();
    }
    let tables = Context::ALL.into_iter().filter(|context| context.has_table());
    let in_tables = tables.clone().all(|table| contexts.contains(&table));
    let rest = contexts.iter().filter(|context| !(in_tables && context.has_table()));
    let mut names: Vec<&str> = rest.map(|context| context.title()).collect();
    if in_tables {
        names.insert(0, "Every table");
    }
    names.join(", ")
}

fn area(size: Size, bindings: &Bindings) -> Rect {
    layout::centred(size, WIDTH, lines(bindings).len() as u16 + 2)
}

/// How many lines are in sight.
pub fn visible(size: Size, bindings: &Bindings) -> u16 {
    area(size, bindings).height.saturating_sub(2)
}

/// How far it can be scrolled.
pub fn last_scroll(size: Size, bindings: &Bindings) -> u16 {
    (lines(bindings).len() as u16).saturating_sub(visible(size, bindings))
}

/// Draws the part in sight.
pub fn draw(scroll: u16, size: Size, buffer: &mut Buffer, theme: &Theme, bindings: &Bindings) {
    let area = area(size, bindings);
    Clear.render(area, buffer);
    let all = lines(bindings);
    let last = (usize::from(scroll) + usize::from(visible(size, bindings))).min(all.len());
    let title = format!("Help, lines {}-{last} of {}", scroll + 1, all.len());
    let inside = panel::framed(&title, area, buffer, theme);
    let drawn = all.into_iter().skip(usize::from(scroll)).map(|(keys, title)| {
        if keys.is_empty() {
            let title = text::fit(&title, usize::from(inside.width), &theme.glyphs.cut);
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
        let lines = lines(&Bindings::built_in());
        for entry in COMMANDS.iter() {
            let line = lines.iter().find(|(_, title)| title == entry.title);
            let keys = line.map_or("", |(keys, _)| keys.as_str());
            assert!(entry.keys.iter().all(|key| keys.split(' ').any(|shown| shown == key.to_string())), "{}", entry.id);
            assert!(keys.len() <= KEYS, "{} needs {} columns", entry.id, keys.len());
            assert!(entry.title.len() + KEYS + 4 <= usize::from(WIDTH), "{} is cut at 80 columns", entry.id);
        }
    }
}
