//! Columns to tick: those of a table on screen, or those of an export. Each stands with what it is called, its name behind;
//! a search leaves those that hold a text in either.

use ratatui::Frame;
use ratatui::layout::Size;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::text::Sought;
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 66;
/// Columns of the labels at most.
const LABELS: usize = 32;

/// A column that can be ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its name in SQL and files.
    pub name: String,
    /// What it is called on screen.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// Columns, ticked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    columns: Vec<Tick>,
    /// The one under the cursor, among those in the list.
    pub at: usize,
    /// Only columns that hold this are listed; all of them where it is empty.
    pub sought: String,
    /// Whether it chooses what the dialog below exports, and not what the table shows.
    pub of_export: bool,
}

impl Checklist {
    /// The columns of a table on screen, in the order shown.
    pub fn new(columns: Vec<Tick>, of_export: bool) -> Self {
        Self { columns, at: 0, sought: String::new(), of_export }
    }

    /// Names of the ticked columns.
    pub fn ticked(&self) -> Vec<String> {
        self.columns.iter().filter(|column| column.ticked).map(|column| column.name.clone()).collect()
    }

    /// The places of the columns in the list.
    fn listed(&self) -> Vec<usize> {
        let sought = Sought::new(&self.sought);
        let holds = |column: &Tick| sought.is_in(&column.name) || sought.is_in(&column.label);
        let all = self.columns.iter().enumerate();
        all.filter(|(_, column)| self.sought.is_empty() || holds(column)).map(|(at, _)| at).collect()
    }

    /// The place of the last column in the list.
    pub fn last(&self) -> usize {
        self.listed().len().saturating_sub(1)
    }

    /// Lists only the columns whose label or name holds a text; false where none does, and all are listed.
    pub fn seek(&mut self, text: &str) -> bool {
        text.clone_into(&mut self.sought);
        self.at = 0;
        let found = !self.listed().is_empty();
        if !found {
            self.sought.clear();
        }
        found
    }

    /// Ticks or unticks the column under the cursor.
    pub fn tick(&mut self) {
        if let Some(at) = self.listed().get(self.at) {
            self.columns[*at].ticked ^= true;
        }
    }

    /// Ticks every column in the list; unticks them where all are ticked.
    pub fn tick_all(&mut self) {
        let listed = self.listed();
        let all = listed.iter().all(|at| self.columns[*at].ticked);
        for at in listed {
            self.columns[at].ticked = !all;
        }
    }

    fn visible(&self, size: Size) -> usize {
        // As high as the whole list, so that a search does not make it jump.
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
        let ticked = self.columns.iter().filter(|column| column.ticked).count();
        let what = if self.of_export { "Columns to export" } else { "Columns" };
        let sought = if self.sought.is_empty() { String::new() } else { format!(" \"{}\"", text::clean(&self.sought)) };
        let title = format!("{what}{sought}: {ticked} of {}", self.columns.len());
        let room = usize::from(area.width.saturating_sub(2));
        let title = text::fit(&title, room.saturating_sub(2), &theme.glyphs.cut);
        let inside = panel::framed(&title, area, frame.buffer_mut(), theme);
        let visible = self.visible(size).max(1);
        let first = (self.at + 1).saturating_sub(visible);
        let cut = &theme.glyphs.cut;
        let label = |column: &Tick| text::clean(&column.label);
        let widest = self.columns.iter().map(|column| text::width(&label(column))).max().unwrap_or(0);
        let labels = widest.min(LABELS).min(room / 2);
        let lines = self.listed().into_iter().enumerate().skip(first).take(visible).map(|(at, place)| {
            let column = &self.columns[place];
            let here = at == self.at;
            let cursor = if here { theme.glyphs.cursor.as_str() } else { "" };
            let tick = if column.ticked { "[x]" } else { "[ ]" };
            let words = format!(
                "{}{tick} {}  ",
                text::pad(cursor, 2, false, ""),
                text::pad(&label(column), labels, false, cut)
            );
            // What has no other label is named once.
            let name = if column.label == column.name { String::new() } else { text::clean(&column.name) };
            let name = text::pad(&name, room.saturating_sub(text::width(&words)), false, cut);
            let (left, right) = if here { (Role::Cursor, Role::Cursor) } else { (Role::Text, Role::Dim) };
            Line::from(vec![Span::styled(words, theme.style(left)), Span::styled(name, theme.style(right))])
        });
        panel::lines(lines.collect(), inside, frame.buffer_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_label_and_by_name_and_ticked_where_they_are_listed() {
        let of = |name: &str, label: &str| Tick { name: name.to_owned(), label: label.to_owned(), ticked: false };
        let columns = vec![of("user_id", "User"), of("churn", "Likely to leave"), of("recency_days", "Last seen")];
        let mut list = Checklist::new(columns, false);
        for (sought, found) in [("LEAVE", "churn"), ("recency", "recency_days")] {
            assert!(list.seek(sought));
            list.tick_all();
            assert_eq!(list.ticked(), [found], "{sought}");
            list.tick();
        }
        assert!(!list.seek("nowhere") && list.last() == 2);
    }
}
