//! The views that the table's keys lead to.

use crate::store::{self, DataTable, SortKey, View};
use crate::ui::grid::Grid;
use crate::ui::grid::cell;

impl Grid {
    /// The view asked for last: keys typed faster than views are made build on each other.
    pub fn wanted(&self) -> &View {
        self.pending.as_ref().and_then(|pending| pending.view.as_ref()).unwrap_or(&self.arrangement.view)
    }

    /// The view after `s`: the column under the cursor ascending, then descending, then not.
    pub fn sorted(&self) -> Option<View> {
        let column = self.column()?.title;
        let sort = match self.wanted().sort.first() {
            Some(key) if key.column == column && !key.descending => vec![SortKey { column, descending: true }],
            Some(key) if key.column == column => Vec::new(),
            _ => vec![SortKey { column, descending: false }],
        };
        Some(View { sort, ..self.wanted().clone() })
    }

    /// The view after `S`: ties of the first key broken by the column under the cursor.
    pub fn sorted_further(&self) -> Option<View> {
        let column = self.column()?.title;
        let Some(first) = self.wanted().sort.first().cloned() else { return self.sorted() };
        if first.column == column {
            return self.sorted();
        }
        let sort = match self.wanted().sort.get(1) {
            Some(key) if key.column == column && !key.descending => vec![first, SortKey { column, descending: true }],
            Some(key) if key.column == column => vec![first],
            _ => vec![first, SortKey { column, descending: false }],
        };
        Some(View { sort, ..self.wanted().clone() })
    }

    /// The view after `F`: also like the cell under the cursor.
    pub fn like_cell(&self) -> std::result::Result<View, String> {
        let (Some(table), Some(row), Some(column)) = (self.table(), self.row(), self.column()) else {
            return Err("there is no cell under the cursor".to_owned());
        };
        let like = cell::condition(&column.title, &table.cell(row, column.at))?;
        Ok(View { filter: Some(self.narrowed(&like)), ..self.wanted().clone() })
    }

    /// The filter of now and a condition more.
    fn narrowed(&self, condition: &str) -> String {
        match &self.wanted().filter {
            Some(earlier) => format!("({earlier}) and {condition}"),
            None => condition.to_owned(),
        }
    }

    /// Whether view and columns are as they were at first.
    pub fn is_untouched(&self) -> bool {
        (self.table().is_none() || *self.columns() == self.begun) && *self.wanted() == self.start.view_on(self.table())
    }

    /// Goes back to the view and the columns of the beginning.
    pub fn reset(&mut self, room: crate::ui::grid::Room) -> Vec<crate::ui::grid::GridRequest> {
        let columns = self.begun.clone();
        if self.table().is_none() {
            return Vec::new();
        }
        self.arrange(room, |now, at| {
            *now = columns;
            at
        });
        let begun = self.start.view_on(self.table());
        if *self.wanted() == begun { Vec::new() } else { self.ask(begun) }
    }

    /// What stands behind a column's title.
    pub fn sort_mark(&self, column: &str, ascending: &str, descending: &str) -> String {
        let sort = &self.view().sort;
        let Some(place) = sort.iter().position(|key| key.column == column) else { return String::new() };
        let arrow = if sort[place].descending { descending } else { ascending };
        if sort.len() > 1 { format!(" {arrow}{}", place + 1) } else { format!(" {arrow}") }
    }
}

/// The view with columns by the names that this table has for them: those of a campaign tell whether it is simulated.
pub(super) fn named_as_in(mut view: View, table: &DataTable) -> View {
    for key in &mut view.sort {
        if table.column(&key.column).is_none()
            && let Some(other) = store::other_name(&key.column).filter(|other| table.column(other).is_some())
        {
            other.clone_into(&mut key.column);
        }
    }
    view
}
