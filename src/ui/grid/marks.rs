//! Marking rows: one, a range, all of the view, the others.

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
            let rows = self.rows.part(*range.start()..range.end() + 1).into_owned();
            self.change_marks(|marks| marks.mark(rows));
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

    /// Marks these rows of the table and no others.
    pub fn mark_only(&mut self, rows: Vec<u32>) {
        self.range = None;
        self.change_marks(|marks| {
            *marks = Marks::default();
            marks.mark(rows);
        });
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
        let rows = self.rows.clone();
        self.range = None;
        if rows.rows().all(|row| self.arrangement.marks.contains(row)) {
            self.change_marks(|marks| marks.unmark(rows.rows()));
        } else {
            self.change_marks(|marks| marks.mark(rows.rows()));
        }
    }

    /// Marks what is not marked in the view, and takes the marks of the rest away.
    pub fn invert_marks(&mut self) {
        let rows = self.rows.clone();
        self.range = None;
        self.change_marks(|marks| marks.flip(rows.rows()));
    }
}
