//! Changes of view, columns and marks: made, undone, done again.

use crate::store::View;
use crate::ui::grid::{Arrangement, Columns, Grid, GridRequest, Room};
use crate::ui::widgets::text;

/// Steps that undo goes back at most.
const STEPS: usize = 100;

/// Rows that tell how wide the columns of a short table are.
const WHOLE: usize = 200;

impl Grid {
    /// Keeps the look of now for undo.
    pub(super) fn remember(&mut self) {
        if self.past.len() == STEPS {
            self.past.remove(0);
        }
        self.past.push(self.arrangement.clone());
        self.future.clear();
    }

    /// Keeps the look of now, but with this view, for undo.
    pub(super) fn remember_view(&mut self, view: View) {
        self.remember();
        if let Some(last) = self.past.last_mut() {
            last.view = view;
        }
    }

    /// Whether there is something to undo, or to do again.
    pub fn can_undo(&self, again: bool) -> bool {
        if again { !self.future.is_empty() } else { !self.past.is_empty() }
    }

    /// Goes back to the look before the last change, or forward again.
    pub fn undo(&mut self, again: bool, room: Room) -> Vec<GridRequest> {
        self.note = None;
        let earlier = if again { self.future.pop() } else { self.past.pop() };
        let Some(earlier) = earlier else {
            self.note = Some(if again { "nothing to do again" } else { "nothing to undo" }.to_owned());
            return Vec::new();
        };
        let now = self.arrangement.clone();
        let kept = if again { &mut self.past } else { &mut self.future };
        kept.push(now);
        let view = earlier.view.clone();
        // The view changes when its rows are there.
        self.arrangement = Arrangement { view: self.arrangement.view.clone(), ..earlier };
        self.reveal(room);
        if view == self.arrangement.view { Vec::new() } else { self.ask_for(view, false) }
    }

    /// Changes the columns by `change`, which gives the place of the column under the cursor afterwards.
    pub fn arrange(&mut self, room: Room, change: impl FnOnce(&mut Columns, usize) -> usize) {
        let before = self.arrangement.columns.clone();
        let mut columns = before.clone();
        let at = change(&mut columns, self.cursor.column);
        if columns != before {
            self.remember();
            self.arrangement.columns = columns;
            self.cursor.column = at;
        }
        self.reveal(room);
    }

    /// Shows the texts of a short table's columns whole, where there is room.
    pub fn show_whole(&mut self, titles: &[&str], room: Room) {
        let Some(table) = self.table.clone() else { return };
        for title in titles {
            let Some(at) = table.column(title) else { continue };
            let cells = (0..table.len().min(WHOLE)).map(|row| text::width(&text::clean(&table.shown(row, at))));
            let widest = cells.max().unwrap_or(0) + 1;
            self.arrangement.columns.widen(title, widest, room.width);
        }
        self.begun = self.arrangement.columns.clone();
    }

    /// Makes the column under the cursor as wide as its contents in sight.
    pub fn fit_column(&mut self, room: Room) {
        let (Some(table), Some(column)) = (self.table.clone(), self.column()) else { return };
        let in_sight = self.rows.part(self.cursor.top..self.cursor.top + room.rows).into_owned();
        let widths: Vec<usize> =
            in_sight.into_iter().map(|row| text::width(&text::clean(&table.shown(row as usize, column.at)))).collect();
        self.arrange(room, |columns, at| {
            columns.fit(at, widths.into_iter());
            at
        });
    }
}
