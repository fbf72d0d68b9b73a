//! Marking rows: one, a range, all of the view, the others.

use std::sync::Arc;

use crate::store::Marks;
use crate::ui::grid::{Grid, Room};

impl Grid {
    /// Changes the marks.
    fn change_marks(&mut self, change: impl FnOnce(&mut Marks)) {
        let mut marks = self.arrangement.marks.clone();
        change(&mut marks);
        if marks != self.arrangement.marks {
            self.remember();
            self.arrangement.marks = marks;
        }
    }

    /// Marks the row under the cursor or takes its mark away, and goes on to the next; marks a whole range where one is
    /// being chosen.
    pub fn mark(&mut self, room: Room) {
        if let Some(range) = self.range_rows() {
            let rows = Arc::clone(&self.rows);
            if let Some(rows) = rows.get(range) {
                self.change_marks(|marks| marks.mark(rows));
            }
            self.range = None;
        } else if let Some(row) = self.row() {
            self.change_marks(|marks| marks.toggle(row as u32));
            self.move_rows(1, room);
        }
    }

    /// Marks a row of the table or takes its mark away.
    pub fn toggle_mark(&mut self, row: u32) {
        self.change_marks(|marks| marks.toggle(row));
    }

    /// Begins a range at the row under the cursor; marks it where one is being chosen.
    pub fn mark_range(&mut self, room: Room) {
        if self.range.is_some() {
            self.mark(room);
        } else if self.row().is_some() {
            self.range = Some(self.cursor.row);
        }
    }

    /// Marks every row of the view; takes the marks away where all are marked.
    pub fn mark_all(&mut self) {
        let rows = Arc::clone(&self.rows);
        self.range = None;
        if rows.iter().all(|row| self.arrangement.marks.contains(*row)) {
            self.change_marks(|marks| marks.unmark(&rows));
        } else {
            self.change_marks(|marks| marks.mark(&rows));
        }
    }

    /// Marks what is not marked in the view, and takes the marks of the rest away.
    pub fn invert_marks(&mut self) {
        let rows = Arc::clone(&self.rows);
        self.range = None;
        self.change_marks(|marks| marks.flip(&rows));
    }
}
