//! The views that the table's keys lead to.

use crate::store::{self, DataTable, Part, Shown, SortKey, TAG, View};
use crate::ui::grid::{Grid, GridRequest, Kept, Room, cell};

impl Grid {
    /// The view asked for last: keys typed faster than views are made build on each other.
    pub fn wanted(&self) -> &View {
        self.pending.as_ref().and_then(|pending| pending.view.as_ref()).unwrap_or(&self.arrangement.view)
    }

    /// The place in the table of the column under the cursor.
    pub fn column_at_cursor(&self) -> Option<usize> {
        Some(self.column()?.at)
    }

    /// The most frequent values of a column, once they were looked for.
    pub fn known_values(&self, column: &str) -> Option<&[Part]> {
        self.values.get(column).map(Vec::as_slice)
    }

    /// Keeps the most frequent values of a column.
    pub fn learn_values(&mut self, column: &str, values: Vec<Part>) {
        self.values.insert(column.to_owned(), values);
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

    /// Takes the same rows with other tags. The view is asked for again where it hangs on them.
    pub fn renew(&mut self, table: &DataTable, room: Room) -> Vec<GridRequest> {
        let Some(old) = &self.table else { return Vec::new() };
        let names = |table: &DataTable| table.columns().iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        if names(old) != names(table) {
            // The first tags bring a column of their own. What has another table, such as lists, keeps it.
            let of_users = names(old).iter().all(|name| table.column(name).is_some());
            let marks = self.marks().clone();
            return if of_users { self.take(Some(table.clone()), marks, room) } else { Vec::new() };
        }
        self.table = Some(table.clone());
        self.values.clear();
        let view = self.wanted().clone();
        let of_tags = view.sort.iter().any(|key| key.column == TAG)
            || view.filter.as_ref().is_some_and(|filter| filter.contains(TAG) || filter.contains("anywhere"));
        if of_tags { self.ask_for(view, false) } else { Vec::new() }
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
        let shown = table.columns().get(column.at).map_or(Shown::Plain, |info| info.shown);
        Ok(self.narrowed_to(&cell::condition(&column.title, &table.cell(row, column.at), shown)?))
    }

    /// The view after `!`: only rows unlike the cell under the cursor.
    pub fn unlike_cell(&self) -> std::result::Result<View, String> {
        let (Some(table), Some(row), Some(column)) = (self.table(), self.row(), self.column()) else {
            return Err("there is no cell under the cursor".to_owned());
        };
        let shown = table.columns().get(column.at).map_or(Shown::Plain, |info| info.shown);
        Ok(self.narrowed_to(&cell::other(&column.title, &table.cell(row, column.at), shown)?))
    }

    /// The view of those rows for which a condition holds too.
    pub fn narrowed_to(&self, condition: &str) -> View {
        View { filter: Some(self.narrowed(condition)), ..self.wanted().clone() }
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
    pub fn reset(&mut self, room: Room) -> Vec<GridRequest> {
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

    /// Shows the table as it was kept.
    pub fn recall(&mut self, kept: Kept, room: Room) -> Vec<GridRequest> {
        let Some(table) = self.table().cloned() else { return Vec::new() };
        if let Some(order) = &kept.columns {
            self.arrange(room, |columns, at| {
                columns.arrange(order);
                at
            });
        }
        let view = named_as_in(kept.view, &table);
        if *self.wanted() == view { Vec::new() } else { self.ask(view) }
    }

    /// Goes to a row of the table; false where the view has it not.
    pub fn go_to_row(&mut self, row: u32, room: Room) -> bool {
        let place = self.rows().position(row);
        if let Some(place) = place {
            self.go_to(place + 1, room);
        }
        place.is_some()
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
