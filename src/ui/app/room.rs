//! Which part of the screen goes to what.

use crate::ui::app::App;
use crate::ui::drill::{Drill, compare};
use crate::ui::grid::Room;
use crate::ui::layout::{self, Parts};
use crate::ui::pane::{Body, Pane};

impl App {
    /// How the page in sight divides the body of the screen.
    pub fn parts(&self) -> Parts {
        let body = layout::body(self.size);
        let rows = self.grid().map_or(0, |grid| grid.rows().len());
        let whole = self.grid().is_some_and(|grid| grid.columns().are_whole(usize::from(body.width)));
        let divided = |head, split, charts| layout::parts(body, head, rows, whole, split, charts);
        let plain = |head| divided(head, None, 0);
        match self.drills.last() {
            Some(Drill::Item(page)) => plain(page.head(self.size)),
            Some(Drill::Groups(_)) => plain(1),
            Some(Drill::Compare(page)) => divided(page.head(self.size), Some(self.split), compare::PANELS),
            Some(_) => plain(0),
            None => match self.pane.description().body {
                Body::Overview | Body::Table => plain(0),
                Body::Query => plain(4),
                Body::Analysis => divided(1, Some(self.split), self.charts_of(self.pane).len()),
            },
        }
    }

    /// Room for the table in sight.
    pub fn room(&self) -> Room {
        let table = self.parts().table;
        Room { rows: usize::from(table.height.saturating_sub(1)), width: usize::from(table.width) }
    }

    /// Room for the table of a pane, whatever is in sight.
    pub(in crate::ui) fn room_of(&self, pane: Pane) -> Room {
        if self.drills.is_empty() && self.pane == pane {
            return self.room();
        }
        // Cursor and scrolling come into sight again when the pane is shown.
        let body = layout::body(self.size);
        Room { rows: usize::from(body.height.saturating_sub(2)), width: usize::from(body.width) }
    }
}
