//! The state of a table on screen: what is shown of it, where the cursor is, what is marked, what is under way.
//!
//! Sorting, filtering and searching happen elsewhere: a grid asks for them with a number and keeps only the
//! latest reply. [`super::widgets::table`] draws it.

mod cell;
mod columns;
mod history;
mod marks;
mod request;
mod start;
mod texts;
mod view;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::{DataTable, Marks, Order, Part, View};
use crate::ui::widgets::table::{Column, Cursor};

pub use columns::{ColumnOrder, Columns};
pub use request::{GridRequest, Wanted};
pub use start::Start;

/// Room on the screen for a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Rows in sight.
    pub rows: usize,
    /// Columns of the screen.
    pub width: usize,
}

/// What is shown of a table, and how: what undo goes back to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Arrangement {
    view: View,
    columns: Columns,
    marks: Marks,
}

/// What outlives the program: sort, filter and columns by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Filter and sort.
    pub view: View,
    /// The columns, once the table was seen.
    pub columns: Option<ColumnOrder>,
}

/// A table on screen.
#[derive(Debug, Default)]
pub struct Grid {
    start: Start,
    table: Option<DataTable>,
    /// Why there is none.
    pub problem: Option<String>,
    arrangement: Arrangement,
    /// The columns that the table began with.
    begun: Columns,
    rows: Order,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Where a range that is being marked began.
    pub range: Option<usize>,
    /// What was last searched for.
    pub sought: String,
    /// A line for the reader: nothing found, what was copied.
    pub note: Option<String>,
    /// Whether the request under way has taken long enough to be shown.
    pub slow: bool,
    past: Vec<Arrangement>,
    future: Vec<Arrangement>,
    /// The most frequent values of columns, as far as they were asked for.
    values: BTreeMap<String, Vec<Part>>,
    kept: Option<Kept>,
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    generation: u64,
    job: Job,
    /// The view asked for; `None` for a search.
    view: Option<View>,
    /// The views that undo shall come back to, the latest last: that of now, and those whose rows were still to come when
    /// the next one was asked for.
    past: Vec<View>,
    /// Whether it begins at its first row.
    at_top: bool,
}

/// How the answer to a view's request ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// An older request's; of no interest.
    Stale,
    /// The view is now this.
    Shown,
    /// The view stays what it was, because of this.
    Refused(String),
}

/// A number that no other request has.
pub(in crate::ui) fn next_generation() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Grid {
    /// A grid that waits for its table.
    pub fn new(start: Start) -> Self {
        Self {
            arrangement: Arrangement { view: start.view_on(None), ..Arrangement::default() },
            start,
            ..Self::default()
        }
    }

    /// What its rows are.
    pub fn noun(&self) -> &'static str {
        self.start.noun
    }

    /// The table, once read.
    pub fn table(&self) -> Option<&DataTable> {
        self.table.as_ref()
    }

    /// Filter and sort shown now.
    pub fn view(&self) -> &View {
        &self.arrangement.view
    }

    /// The columns as arranged.
    pub fn columns(&self) -> &Columns {
        &self.arrangement.columns
    }

    /// The marked rows of the table.
    pub fn marks(&self) -> &Marks {
        &self.arrangement.marks
    }

    /// Takes the marks of another grid of the same rows.
    pub fn share_marks(&mut self, marks: &Marks) {
        self.arrangement.marks = marks.clone();
    }

    /// Rows of the table in the view's order.
    pub fn rows(&self) -> &Order {
        &self.rows
    }

    /// Rows of the view that the range being marked covers.
    pub fn range_rows(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let from = self.range?.min(self.rows.len().saturating_sub(1));
        Some(from.min(self.cursor.row)..=from.max(self.cursor.row))
    }

    /// Begins otherwise from now on; the view follows where the reader has not changed it.
    pub fn begin_with(&mut self, start: Start) {
        let begun = self.kept.is_none() && *self.wanted() == self.start.view_on(self.table.as_ref());
        self.start = start;
        if begun {
            self.give_up();
            self.arrangement.view = start.view_on(self.table.as_ref());
        }
    }

    /// Takes a table. View, columns and cursor stay as they are where the new table has them; marks are the caller's to
    /// carry over.
    pub fn take(&mut self, table: Option<DataTable>, marks: Marks, room: Room) -> Vec<GridRequest> {
        let held = self.key_under_cursor();
        // What the reader has not changed begins anew: a run with margins is sorted by what it nets.
        let begun = self.kept.is_none() && *self.wanted() == self.start.view_on(self.table.as_ref());
        let kept = self.kept.take().unwrap_or_else(|| self.keep());
        self.give_up();
        self.problem = None;
        self.values.clear();
        self.range = None;
        self.past.clear();
        self.future.clear();
        self.begun = table.as_ref().map(|table| self.start.columns(table)).unwrap_or_default();
        self.arrangement.columns = self.begun.clone();
        if let Some(order) = &kept.columns {
            self.arrangement.columns.arrange(order);
        }
        self.arrangement.marks = marks;
        self.rows = table.as_ref().map(|table| Order::All(table.len() as u32)).unwrap_or_default();
        self.table = table;
        if let (Some(table), Some(key)) = (&self.table, held) {
            // What cannot be read is told when it is drawn.
            self.cursor.row = table.row_of(&key).ok().flatten().unwrap_or(0);
        }
        self.arrangement.view = View::default();
        self.reveal(room);
        let kept = match &self.table {
            Some(table) if begun => Kept { view: self.start.view_on(Some(table)), ..kept },
            Some(table) => Kept { view: view::named_as_in(kept.view, table), ..kept },
            None => kept,
        };
        if self.table.is_none() || kept.view == View::default() {
            if self.table.is_none() {
                self.kept = Some(kept);
            }
            return Vec::new();
        }
        self.ask_for(kept.view, false)
    }

    /// Shows nothing, for a reason.
    pub fn take_problem(&mut self, why: String) {
        let kept = self.kept.take().unwrap_or_else(|| self.keep());
        *self = Self { problem: Some(why), kept: Some(kept), ..Self::new(self.start) };
    }

    /// What outlives the table and the program.
    pub fn keep(&self) -> Kept {
        match (&self.table, &self.kept) {
            (None, Some(kept)) => kept.clone(),
            (None, None) => Kept { view: self.arrangement.view.clone(), columns: None },
            (Some(_), _) => {
                Kept { view: self.wanted().clone(), columns: Some(self.arrangement.columns.column_order()) }
            }
        }
    }

    /// Sort, filter and columns for the table to come.
    pub fn restore(&mut self, kept: Kept) {
        self.kept = Some(kept);
    }

    /// The row of the table under the cursor.
    pub fn row(&self) -> Option<usize> {
        self.rows.get(self.cursor.row).map(|row| row as usize)
    }

    /// The first cell of the row under the cursor: its name.
    pub fn key_under_cursor(&self) -> Option<String> {
        Some(self.table.as_ref()?.cell(self.row()?, 0).to_string())
    }

    /// The drawn column under the cursor.
    fn column(&self) -> Option<Column> {
        self.arrangement.columns.visible().get(self.cursor.column).cloned()
    }

    /// Brings cursor and scrolling into the table and into sight.
    pub fn reveal(&mut self, room: Room) {
        self.cursor.reveal_row(self.rows.len(), room.rows);
        self.cursor.reveal_column(&self.arrangement.columns.visible(), self.arrangement.columns.pinned(), room.width);
    }

    /// Moves the cursor by rows.
    pub fn move_rows(&mut self, by: isize, room: Room) {
        self.cursor.row = self.cursor.row.saturating_add_signed(by);
        self.reveal(room);
    }

    /// Moves the cursor by columns.
    pub fn move_columns(&mut self, by: isize, room: Room) {
        self.cursor.column = self.cursor.column.saturating_add_signed(by);
        self.reveal(room);
    }

    /// Goes to a position of the view, counted from 1.
    pub fn go_to(&mut self, position: usize, room: Room) {
        self.cursor.row = position.saturating_sub(1);
        self.reveal(room);
    }

    /// Asks for a view; an older request is given up.
    pub fn ask(&mut self, view: View) -> Vec<GridRequest> {
        self.ask_for(view, true)
    }

    /// Asks for another order, which is seen from its first row on, but where a range is being marked or the row under the
    /// cursor is marked.
    pub fn ask_order(&mut self, view: View) -> Vec<GridRequest> {
        let requests = self.ask(view);
        let is_marked = self.row().is_some_and(|row| self.marks().contains(row as u32));
        let at_top = self.range.is_none() && !is_marked;
        if let Some(pending) = &mut self.pending {
            pending.at_top = at_top;
        }
        requests
    }

    fn ask_for(&mut self, view: View, remember: bool) -> Vec<GridRequest> {
        let Some(table) = self.table.clone() else { return Vec::new() };
        let shown = &self.arrangement.view;
        let past = match &self.pending {
            Some(Pending { view: Some(older), past, .. }) if remember => past.iter().chain([older]).cloned().collect(),
            Some(Pending { view: Some(_), past, .. }) => past.clone(),
            _ if remember => vec![shown.clone()],
            _ => Vec::new(),
        };
        let (generation, job) = self.begin(Some(view.clone()), past);
        vec![GridRequest { generation, job, table, wanted: Wanted::View(view) }]
    }

    /// Asks for the next row whose cell in the column under the cursor holds what was sought.
    pub fn seek(&mut self, backwards: bool) -> Vec<GridRequest> {
        let (Some(table), Some(column)) = (self.table.clone(), self.column()) else { return Vec::new() };
        if self.sought.is_empty() || self.rows.is_empty() {
            return Vec::new();
        }
        let (generation, job) = self.begin(None, Vec::new());
        let (rows, text) = (self.rows.clone(), self.sought.clone());
        let wanted = Wanted::Row { rows, column: column.at, text, from: self.cursor.row, backwards };
        vec![GridRequest { generation, job, table, wanted }]
    }

    fn begin(&mut self, view: Option<View>, past: Vec<View>) -> (u64, Job) {
        self.give_up();
        self.note = None;
        let job = Job::new();
        let generation = next_generation();
        self.pending = Some(Pending { generation, job: job.clone(), view, past, at_top: false });
        (generation, job)
    }

    /// Gives up the request under way, if any.
    pub fn give_up(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.job.cancel();
        }
        self.slow = false;
    }

    /// Whether it waits for the answer with this number.
    pub fn awaits(&self, generation: u64) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.generation == generation)
    }

    /// Whether it waits for the rows of a view.
    pub fn awaits_view(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.view.is_some())
    }

    /// The request under way has taken long.
    pub fn take_long(&mut self) {
        self.slow = self.pending.is_some();
    }

    /// The rows of a view: the cursor stays on its row, or at its place where the row is gone.
    pub fn ordered(&mut self, rows: Result<Order>, room: Room) -> Answer {
        let Some(Pending { view: Some(view), past, at_top, .. }) = self.pending.take() else { return Answer::Stale };
        self.slow = false;
        match rows {
            Ok(rows) => {
                // A view asked for without the reader's doing begins at its first row.
                let held = if !past.is_empty() || self.cursor.row > 0 { self.row() } else { None };
                for (earlier, later) in past.iter().zip(past.iter().skip(1).chain([&view])) {
                    if earlier != later {
                        self.remember_view(earlier.clone());
                    }
                }
                if at_top {
                    self.cursor.row = 0;
                } else if let Some(place) = held.and_then(|held| rows.position(held as u32)) {
                    self.cursor.row = place;
                }
                self.rows = rows;
                self.arrangement.view = view;
                self.range = None;
                self.reveal(room);
                Answer::Shown
            }
            Err(Error::Cancelled) => Answer::Stale,
            Err(error) => Answer::Refused(error.to_string()),
        }
    }

    /// Where a search ended.
    pub fn found(&mut self, position: Result<Option<usize>>, room: Room) {
        if self.pending.take().is_none() {
            return;
        }
        self.slow = false;
        match position {
            Ok(Some(position)) => {
                self.cursor.row = position;
                self.reveal(room);
            }
            Ok(None) => {
                let column = self.sought_column().unwrap_or_default();
                self.note = Some(format!("no {column} holds {:?} in this view", self.sought));
            }
            Err(Error::Cancelled) => {}
            Err(error) => self.note = Some(error.to_string()),
        }
    }
}
