//! Pages that are read and searched: every key, those of the place it was asked from first; the notices of the session.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::text::Sought;
use crate::ui::bindings::Bindings;
use crate::ui::command::{COMMANDS, Context};
use crate::ui::layout;
use crate::ui::popups::titles::reading_width;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns at least, where the screen has them: it fits a terminal of 80.
const WIDTH: u16 = 78;
const KEYS: usize = 18;

/// Contexts, and keys and titles of the commands that hold in exactly these.
type Group = (&'static [Context], Vec<(String, String)>);

/// What a page tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Every key, those that hold here first.
    Keys(Context),
    /// What was told in this session, with the time of each.
    Notices(Vec<(String, String)>),
}

/// A page above everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    about: About,
    /// The first line in sight.
    pub scroll: u16,
    /// Only lines that hold this are shown; all of them where it is empty.
    pub sought: String,
}

impl Help {
    /// A page, from its beginning.
    pub fn new(about: About) -> Self {
        Self { about, scroll: 0, sought: String::new() }
    }

    /// The same page with the lines that hold a text.
    #[must_use]
    pub fn searched(&self, text: &str) -> Self {
        Self { about: self.about.clone(), scroll: 0, sought: text.to_owned() }
    }

    /// The lines in so many columns: long headings take several.
    fn lines(&self, columns: usize, bindings: &Bindings) -> Vec<(String, String)> {
        let laid = |(keys, words): (String, String)| {
            let pieces = if keys.is_empty() { text::wrap(&words, columns) } else { vec![words] };
            pieces.into_iter().map(move |piece| (keys.clone(), piece))
        };
        self.told(columns, bindings).into_iter().flat_map(laid).collect()
    }

    /// What is sought, each below its heading: what stands before it, and the text.
    fn told(&self, columns: usize, bindings: &Bindings) -> Vec<(String, String)> {
        let all = match &self.about {
            About::Keys(context) => keys(bindings, *context),
            About::Notices(notices) => wrapped(notices, columns),
        };
        if self.sought.is_empty() {
            return all;
        }
        let sought = Sought::new(&self.sought);
        let mut found: Vec<(String, String)> = Vec::new();
        let mut heading = None;
        for (keys, words) in all {
            if keys.is_empty() && matches!(self.about, About::Keys(_)) {
                heading = Some(words).filter(|words| !words.is_empty());
            } else if sought.is_in(&keys) || sought.is_in(&words) {
                found.extend(heading.take().map(|heading| (String::new(), heading)));
                found.push((keys, words));
            }
        }
        if found.is_empty() {
            found.push((String::new(), format!("nothing here holds \"{}\"", self.sought)));
        }
        found
    }

    fn area(&self, size: Size, bindings: &Bindings) -> Rect {
        // As high as the whole page, so that a search does not make it jump.
        let whole = Self { sought: String::new(), ..self.clone() };
        let width = reading_width(size.width, WIDTH);
        layout::centred(size, width, whole.lines(inside(width, size), bindings).len() as u16 + 2)
    }

    /// How many lines are in sight.
    pub fn visible(&self, size: Size, bindings: &Bindings) -> u16 {
        self.area(size, bindings).height.saturating_sub(2)
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size, bindings: &Bindings) -> u16 {
        let columns = usize::from(self.area(size, bindings).width.saturating_sub(2));
        (self.lines(columns, bindings).len() as u16).saturating_sub(self.visible(size, bindings))
    }

    /// Draws the part in sight.
    pub fn draw(&self, size: Size, buffer: &mut Buffer, theme: &Theme, bindings: &Bindings) {
        let area = self.area(size, bindings);
        Clear.render(area, buffer);
        let all = self.lines(usize::from(area.width.saturating_sub(2)), bindings);
        let last = (usize::from(self.scroll) + usize::from(self.visible(size, bindings))).min(all.len());
        let name = match self.about {
            About::Keys(_) => "Help",
            About::Notices(_) => "Messages",
        };
        let sought = if self.sought.is_empty() { String::new() } else { format!(" \"{}\"", text::clean(&self.sought)) };
        let title = format!("{name}{sought}, lines {}-{last} of {}", self.scroll + 1, all.len());
        let inside = panel::framed(&title, area, buffer, theme);
        let drawn = all.into_iter().skip(usize::from(self.scroll)).map(|(keys, title)| {
            if keys.is_empty() {
                return Line::styled(title, theme.style(Role::Header));
            }
            let keys = Span::styled(text::pad(&keys, KEYS, false, &theme.glyphs.cut), theme.style(Role::Key));
            Line::from(vec![Span::raw("  "), keys, Span::raw(title)])
        });
        panel::lines(drawn.collect(), inside, buffer);
    }
}

/// The columns within a page of a width on a screen.
fn inside(width: u16, size: Size) -> usize {
    usize::from(width.min(size.width.saturating_sub(2)).saturating_sub(2)).max(1)
}

/// Notices as lines that fit: the time before the first of each.
fn wrapped(notices: &[(String, String)], columns: usize) -> Vec<(String, String)> {
    if notices.is_empty() {
        return vec![(String::new(), "nothing was told in this session yet".to_owned())];
    }
    let room = columns.saturating_sub(KEYS + 2).max(1);
    let of = |(time, words): &(String, String)| {
        let lines = words.lines().flat_map(|line| text::wrap(&text::clean(line), room));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        let times = std::iter::once(time.clone()).chain(std::iter::repeat(" ".to_owned()));
        times.zip(lines).collect::<Vec<_>>()
    };
    notices.iter().flat_map(of).collect()
}

/// First what holds here, in the order of the command table, which begins with what is used most; then what holds
/// everywhere; then the rest, under one heading for commands that hold in the same places.
fn keys(bindings: &Bindings, here: Context) -> Vec<(String, String)> {
    let mut own: Vec<(String, String)> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for entry in COMMANDS.iter() {
        let keys: Vec<String> = bindings.keys(entry.command).iter().map(ToString::to_string).collect();
        let keys = if keys.is_empty() { format!(":{}", entry.id) } else { keys.join(" ") };
        let line = (keys, entry.title.to_owned());
        let everywhere = entry.contexts.contains(&Context::Everywhere);
        if entry.contexts.contains(&here) && !everywhere {
            own.push(line);
            continue;
        }
        match groups.iter_mut().find(|(contexts, _)| **contexts == *entry.contexts) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&entry.contexts, vec![line])),
        }
    }
    groups.sort_by_key(|(contexts, _)| !contexts.contains(&Context::Everywhere));
    let mut lines = Vec::new();
    let mut add = |heading: String, commands: Vec<(String, String)>| {
        lines.push((String::new(), heading));
        lines.extend(commands);
        lines.push((String::new(), String::new()));
    };
    if !own.is_empty() {
        add(format!("Here: {}", here.title()), own);
    }
    for (contexts, commands) in groups {
        add(place(contexts), commands);
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
        names.insert(0, "Tables");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::pane::Pane;

    #[test]
    fn every_command_is_in_help_with_all_its_keys() {
        let lines = keys(&Bindings::built_in(), Context::Pane(Pane::Users));
        for entry in COMMANDS.iter() {
            let line = lines.iter().find(|(_, title)| title == entry.title);
            let keys = line.map_or("", |(keys, _)| keys.as_str());
            assert!(entry.keys.iter().all(|key| keys.split(' ').any(|shown| shown == key.to_string())), "{}", entry.id);
            assert!(keys.len() <= KEYS, "{} needs {} columns", entry.id, keys.len());
            assert!(entry.title.len() + KEYS + 4 <= usize::from(WIDTH), "{} is cut at 80 columns", entry.id);
        }
    }

    #[test]
    fn what_holds_here_comes_first() {
        let bindings = Bindings::built_in();
        for here in Context::ALL.into_iter().filter(|here| *here != Context::Everywhere) {
            let lines = keys(&bindings, here);
            let own = |title: &str| {
                let entry = COMMANDS.iter().find(|entry| entry.title == title);
                entry.is_some_and(|entry| entry.contexts.contains(&here))
            };
            let commands: Vec<&str> =
                lines.iter().filter(|(keys, _)| !keys.is_empty()).map(|(_, title)| title.as_str()).collect();
            let first = commands.iter().take_while(|title| own(title)).count();
            let all = COMMANDS
                .iter()
                .filter(|entry| entry.contexts.contains(&here) && !entry.contexts.contains(&Context::Everywhere));
            assert!(first >= all.count(), "{here:?}: {commands:?}");
        }
    }

    #[test]
    fn a_search_leaves_the_lines_that_hold_it_below_their_headings() {
        let bindings = Bindings::built_in();
        let mut page = Help::new(About::Keys(Context::Pane(Pane::Users)));
        let all = page.lines(76, &bindings).len();
        page.sought = "UNDO".to_owned();
        let lines = page.lines(76, &bindings);
        assert!(lines.len() < all && lines.iter().any(|(keys, _)| keys == "u"), "{lines:?}");
        let held = |words: &str| words.to_lowercase().contains("undo");
        assert!(lines.iter().all(|(keys, words)| keys.is_empty() || held(words)), "{lines:?}");
        assert!(lines.iter().any(|(keys, words)| keys.is_empty() && words == "Here: Users"), "{lines:?}");
        page.sought = "nowhere at all".to_owned();
        assert_eq!(page.lines(76, &bindings).len(), 1);
        let notices =
            vec![("12:00:00".to_owned(), "Exported: a\n3 rows".to_owned()), ("12:00:05".to_owned(), "b".to_owned())];
        let mut page = Help::new(About::Notices(notices));
        assert_eq!(page.lines(76, &bindings).len(), 3);
        page.sought = "rows".to_owned();
        assert_eq!(page.lines(76, &bindings), [(" ".to_owned(), "3 rows".to_owned())]);
    }
}
