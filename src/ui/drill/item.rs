//! An item's page: one sentence first, what the catalogue and the log say of it, and the items like it, or who would want it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::store::{Cell, Fact, ItemProfile};
use crate::ui::grid::{Grid, Start};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns of a fact's label, and columns of the screen from which facts stand in two columns.
const LABEL: usize = 16;
const TWO_FROM: usize = 90;

/// An item's page.
#[derive(Debug)]
pub struct ItemPage {
    /// The item's id.
    pub id: String,
    /// The request whose answer it waits for.
    pub generation: u64,
    /// What is known; `None` while it is gathered.
    pub item: Option<Result<ItemProfile, String>>,
    /// Whether the table is of the users who would want it; else it is of the items like it.
    pub of_users: bool,
    /// How many would want it, in words, once that is known.
    pub told: Option<String>,
    /// The table.
    pub grid: Grid,
}

impl ItemPage {
    /// A page that waits for its answer.
    pub fn waiting(id: String, generation: u64) -> Self {
        Self { id, generation, item: None, of_users: false, told: None, grid: Self::empty(false) }
    }

    /// A table without rows.
    fn empty(of_users: bool) -> Grid {
        let noun = if of_users { "users who would want it" } else { "similar items" };
        Grid::new(Start { noun, ..Start::default() })
    }

    /// Turns to the other table, which waits for the answer to a request.
    pub fn turn(&mut self, generation: u64) {
        (self.of_users, self.told, self.generation) = (!self.of_users, None, generation);
        self.grid = Self::empty(self.of_users);
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        format!("Item {}", text::clean(&self.id))
    }

    /// Lines above the table of similar items.
    pub fn head(&self, size: Size) -> u16 {
        let rows = match &self.item {
            Some(Ok(item)) => self.lines(item, usize::from(size.width.saturating_sub(2)), None).len() as u16,
            _ => 1,
        };
        // Below it stands the table, with room for its head and a few rows.
        (rows + 2).min(size.height.saturating_sub(8).max(size.height / 2))
    }

    /// The sentence, the facts in one column or two, and the note, in lines of so many columns; without a theme they have
    /// no looks.
    fn lines(&self, item: &ItemProfile, width: usize, theme: Option<&Theme>) -> Vec<Line<'static>> {
        let style = |role| theme.map(|theme| theme.style(role)).unwrap_or_default();
        let sentence = text::wrap(&text::clean(&item.sentence), width.max(1)).into_iter().map(Line::from);
        let columns = if width >= TWO_FROM { 2 } else { 1 };
        let each = item.facts.len().div_ceil(columns).max(1);
        let cut = theme.map_or("", |theme| theme.glyphs.cut.as_str());
        let fact = |fact: &Fact, last: bool| {
            let label = text::pad(&text::clean(&fact.label), LABEL, false, "");
            let room = width / columns - LABEL;
            let value = if last { said(fact) } else { text::pad(&said(fact), room, false, cut) };
            [Span::raw(label), Span::styled(value, style(Role::Header))]
        };
        let facts = (0..each.min(item.facts.len())).map(|row| {
            let places: Vec<usize> = (row..item.facts.len()).step_by(each).collect();
            let last = places.len().saturating_sub(1);
            Line::from(
                places
                    .iter()
                    .enumerate()
                    .flat_map(|(at, place)| fact(&item.facts[*place], at == last))
                    .collect::<Vec<_>>(),
            )
        });
        let role = if self.of_users { Role::Dim } else { Role::Warn };
        let note = self.note(item).map(|note| Line::styled(text::clean(&note), style(role)));
        sentence.chain(facts).chain(note).collect()
    }

    /// The line below the facts.
    fn note(&self, item: &ItemProfile) -> Option<String> {
        match (&self.told, self.of_users) {
            (Some(told), true) => Some(format!("Users whose lists hold it, or who know items like it: {told}")),
            (None, true) => Some("looking for the users whose lists hold it, or who know items like it".to_owned()),
            (_, false) => item.note.clone(),
        }
    }

    /// Draws what is above the table.
    pub fn draw_head(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let inside = panel::framed(&self.title(), area, buffer, theme);
        let line = |role: Role, words: String| vec![Line::styled(words, theme.style(role))];
        let lines = match &self.item {
            None => line(Role::Dim, "gathering what is known of this item".to_owned()),
            Some(Err(problem)) => line(Role::Bad, text::clean(problem)),
            Some(Ok(item)) => self.lines(item, usize::from(inside.width), Some(theme)),
        };
        panel::lines(lines, inside, buffer);
    }
}

fn said(fact: &Fact) -> String {
    if fact.value == Cell::Null { "unknown".to_owned() } else { text::clean(&fact.words) }
}
