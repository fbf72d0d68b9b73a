//! Which columns of a table are shown, in which order, how wide, and which stay while the others scroll.

use serde::{Deserialize, Serialize};

use crate::store::{ColumnKind, DataTable, Role, user_column};
use crate::ui::widgets::table::{self, Column};
use crate::ui::widgets::text;

/// The columns of a table as the reader has arranged them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    list: Vec<Column>,
    /// The first so many of the list stay while the others scroll.
    pinned: usize,
}

/// A column order by names, as it outlives the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnOrder {
    /// Name, width, hidden: in the order shown.
    pub columns: Vec<(String, usize, bool)>,
    /// How many of the first stay while the others scroll.
    pub pinned: usize,
}

/// Columns of the screen that a column takes at most by itself.
const WIDEST: usize = 28;
/// Columns of the screen that a number takes at least, so that one beyond the sample still fits.
const NUMBER: usize = 9;
/// Columns of the screen that a score takes at least, so that a bar fits beside it.
const SCORE: usize = 14;
/// The narrowest a column can be made, and the widest.
const LIMITS: (usize, usize) = (3, 120);

impl Columns {
    /// The columns of a table: those of `first` in that order and the others hidden after them; all where it is empty.
    pub fn of(table: &DataTable, first: &[&str]) -> Self {
        // Without a sample, which is told of where the table is drawn, columns are as wide as their titles.
        let sample = table.sample().ok();
        let mut list: Vec<Column> = (0..table.columns().len()).map(|at| column(table, sample.as_ref(), at)).collect();
        if !first.is_empty() {
            let place = |title: &str| first.iter().position(|name| *name == title).unwrap_or(usize::MAX);
            list.sort_by_key(|column| place(&column.title));
            for column in list.iter_mut().skip(1) {
                column.hidden = !first.contains(&column.title.as_str());
            }
        }
        Self { pinned: usize::from(!list.is_empty()), list }
    }

    /// The columns drawn, the pinned ones first.
    pub fn visible(&self) -> Vec<Column> {
        self.list.iter().filter(|column| !column.hidden).cloned().collect()
    }

    /// Every column, drawn or not.
    pub fn all(&self) -> &[Column] {
        &self.list
    }

    /// Whether every column is drawn, and all in sight at once in this many columns of the screen.
    pub fn are_whole(&self, width: usize) -> bool {
        self.list.iter().all(|column| !column.hidden) && table::fit(&self.list, width)
    }

    /// How many of the drawn columns stay while the others scroll.
    pub fn pinned(&self) -> usize {
        self.list[..self.pinned].iter().filter(|column| !column.hidden).count()
    }

    /// Names of the columns drawn.
    pub fn names(&self) -> Vec<String> {
        self.list.iter().filter(|column| !column.hidden).map(|column| column.title.clone()).collect()
    }

    /// The place in the list of the drawn column at a place.
    fn place(&self, drawn: usize) -> Option<usize> {
        self.list.iter().enumerate().filter(|(_, column)| !column.hidden).nth(drawn).map(|(place, _)| place)
    }

    /// Hides a drawn column; the last one stays.
    pub fn hide(&mut self, drawn: usize) -> bool {
        let alone = self.list.iter().filter(|column| !column.hidden).count() < 2;
        match self.place(drawn) {
            Some(place) if !alone => {
                self.list[place].hidden = true;
                true
            }
            _ => false,
        }
    }

    /// Shows exactly these columns; at least one stays.
    pub fn show_only(&mut self, names: &[String]) {
        if self.list.iter().any(|column| names.contains(&column.title)) {
            for column in &mut self.list {
                column.hidden = !names.contains(&column.title);
            }
        }
    }

    /// Pins a drawn column behind those pinned, or lets it go again; returns where it is drawn now.
    pub fn pin(&mut self, drawn: usize) -> usize {
        let Some(place) = self.place(drawn) else { return drawn };
        let column = self.list.remove(place);
        // Either way it stands at the border: the last of the pinned, or the first of the others.
        let target = if place < self.pinned {
            self.pinned -= 1;
            self.pinned
        } else {
            self.pinned += 1;
            self.pinned - 1
        };
        self.list.insert(target, column);
        self.list[..target].iter().filter(|column| !column.hidden).count()
    }

    /// Makes a drawn column wider or narrower.
    pub fn resize(&mut self, drawn: usize, by: isize) {
        if let Some(place) = self.place(drawn) {
            let width = &mut self.list[place].width;
            *width = width.saturating_add_signed(by).clamp(LIMITS.0, LIMITS.1);
        }
    }

    /// Makes a drawn column as wide as its title and the widest of `cells`.
    pub fn fit(&mut self, drawn: usize, cells: impl Iterator<Item = usize>) {
        if let Some(place) = self.place(drawn) {
            let column = &mut self.list[place];
            let title = text::width(&column.label) + 3;
            // A segment's name has a dot before it.
            let dot = if column.title == "segment" { 2 } else { 0 };
            let widest = cells.map(|cell| cell + dot).chain([title]).max().unwrap_or(title);
            column.width = widest.clamp(LIMITS.0, LIMITS.1);
        }
    }

    /// Makes a column as wide as its widest cell, as long as all columns stay in sight at once in `room`.
    pub fn widen(&mut self, title: &str, widest: usize, room: usize) {
        let Some(place) = self.list.iter().position(|column| column.title == title && !column.hidden) else { return };
        while self.list[place].width < widest.min(LIMITS.1) {
            self.list[place].width += 1;
            let drawn = self.visible();
            if !table::fit(&drawn, room) {
                self.list[place].width -= 1;
                return;
            }
        }
    }

    /// The order by names.
    pub fn column_order(&self) -> ColumnOrder {
        let columns = self.list.iter().map(|column| (column.title.clone(), column.width, column.hidden));
        ColumnOrder { columns: columns.collect(), pinned: self.pinned }
    }

    /// Arranges the columns as they were; those that the order does not know come last, as they are.
    pub fn arrange(&mut self, wanted: &ColumnOrder) {
        let place = |title: &str| wanted.columns.iter().position(|(name, ..)| name == title);
        let kept = wanted.columns.iter().take(wanted.pinned);
        let pinned = kept.filter(|(name, ..)| self.list.iter().any(|column| column.title == *name)).count();
        // A column that was not there then stands behind the one that it stands behind by itself; the first comes last.
        let mut behind = wanted.columns.len();
        self.list.sort_by_cached_key(|column| {
            behind = place(&column.title).unwrap_or(behind);
            behind
        });
        for column in &mut self.list {
            if let Some(place) = place(&column.title) {
                let (_, width, hidden) = &wanted.columns[place];
                column.width = (*width).clamp(LIMITS.0, LIMITS.1);
                column.hidden = *hidden;
            }
        }
        if self.list.iter().all(|column| column.hidden)
            && let Some(first) = self.list.first_mut()
        {
            first.hidden = false;
        }
        self.pinned = pinned;
    }
}

fn column(table: &DataTable, sample: Option<&DataTable>, at: usize) -> Column {
    let info = &table.columns()[at];
    let width = |table: &DataTable, row: usize| text::width(&text::clean(&table.shown(row, at)));
    let sampled = sample.and_then(|sample| (0..sample.len()).map(|row| width(sample, row)).max()).unwrap_or(0);
    let numeric = matches!(info.kind, ColumnKind::Int | ColumnKind::Float);
    let is_score =
        info.kind == ColumnKind::Float && user_column(&info.name).is_some_and(|column| column.role == Role::Score);
    let least = if is_score {
        SCORE
    } else if numeric {
        NUMBER
    } else {
        4
    };
    // Room for the sort mark behind the title.
    let title = text::width(&info.label) + 3;
    let dot = if info.name == "segment" { 2 } else { 0 };
    let width = (sampled.min(WIDEST) + dot).max(least).max(title);
    Column { at, title: info.name.clone(), label: text::clean(&info.label), width, numeric, hidden: false }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use polars::prelude::*;

    use super::*;

    fn columns() -> Columns {
        let frame = df!("id" => [1, 2], "a" => [1.5, 2.5], "b" => ["x", "y"], "c" => [3, 4]).unwrap();
        Columns::of(&DataTable::of_frame(frame), &[])
    }

    #[test]
    fn pinned_columns_come_first_and_go_back() {
        let mut columns = columns();
        assert_eq!(columns.pin(2), 1);
        assert_eq!((columns.names(), columns.pinned()), (["id", "b", "a", "c"].map(str::to_owned).to_vec(), 2));
        assert_eq!(columns.pin(3), 2);
        assert_eq!((columns.names(), columns.pinned()), (["id", "b", "c", "a"].map(str::to_owned).to_vec(), 3));
        assert_eq!(columns.pin(0), 2);
        assert_eq!((columns.names(), columns.pinned()), (["b", "c", "id", "a"].map(str::to_owned).to_vec(), 2));
        for _ in 0..2 {
            columns.pin(0);
        }
        assert_eq!(columns.pinned(), 0);
    }

    #[test]
    fn hidden_columns_are_kept_and_one_always_stays() {
        let mut columns = columns();
        assert!(columns.hide(0) && columns.hide(0) && columns.hide(0));
        assert_eq!(columns.names(), ["c"]);
        assert!(!columns.hide(0));
        columns.show_only(&["a".to_owned(), "id".to_owned()]);
        assert_eq!(columns.names(), ["id", "a"]);
        columns.show_only(&[]);
        assert_eq!(columns.names(), ["id", "a"]);
    }

    #[test]
    fn a_column_order_outlives_its_table() {
        let mut first = columns();
        first.pin(3);
        first.hide(2);
        first.resize(0, 7);
        let kept = first.column_order();
        let frame = df!("new" => [1], "c" => [1], "id" => [1], "a" => [2.0]).unwrap();
        let mut second = Columns::of(&DataTable::of_frame(frame), &[]);
        second.arrange(&kept);
        assert_eq!((second.names(), second.pinned()), (["id", "c", "new"].map(str::to_owned).to_vec(), 2));
        assert_eq!(second.visible()[0].width, first.visible()[0].width);
    }
}
