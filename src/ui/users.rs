//! The Users pane's state: table, view, cursor, and the requests under way.

use std::sync::Arc;

use super::action::{Effect, Effects, Work};
use super::widgets::table::{Column, Cursor};
use super::widgets::text;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::{Cell, ColumnKind, SortKey, UserTable, View};

/// What the Users pane shows.
#[derive(Debug, Default)]
pub struct Users {
    /// The table, once read.
    pub table: Option<UserTable>,
    /// Why there is none.
    pub problem: Option<String>,
    /// Its columns as drawn.
    pub columns: Vec<Column>,
    /// The view that `rows` shows.
    pub view: View,
    /// Rows of the table in the view's order.
    pub rows: Arc<[u32]>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// What was last searched for.
    pub sought: String,
    /// A line for the reader: nothing found, why a cell cannot be filtered by.
    pub note: Option<String>,
    pending: Option<Pending>,
    generation: u64,
    /// Whether the request under way has taken long enough to be shown.
    pub slow: bool,
}

#[derive(Debug)]
struct Pending {
    job: Job,
    view: Option<View>,
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

/// Rows looked at for a column's width.
const SAMPLED: usize = 200;
/// Columns that a column of the table takes at most.
const WIDEST: usize = 28;
/// Columns that a number takes at least, so that one beyond the sample still fits.
const NUMBER: usize = 9;

impl Users {
    /// Takes a table; view and cursor stay as they are where the new table has them.
    pub fn take(&mut self, table: Option<UserTable>, visible: usize, width: usize) -> Effects {
        let cursor_id = self.id_under_cursor();
        self.problem = None;
        self.columns = table.as_ref().map(columns).unwrap_or_default();
        self.rows = table.as_ref().map(|table| (0..table.len() as u32).collect()).unwrap_or_default();
        self.table = table;
        if let (Some(table), Some(id)) = (&self.table, cursor_id) {
            self.cursor.row = table.row_of(&id).unwrap_or(0);
        }
        self.cursor.reveal_row(self.rows.len(), visible);
        self.cursor.reveal_column(&self.columns, width);
        let view = std::mem::take(&mut self.view);
        if view == View::default() { Vec::new() } else { self.ask(view) }
    }

    /// The row of the table under the cursor.
    pub fn row(&self) -> Option<usize> {
        self.rows.get(self.cursor.row).map(|row| *row as usize)
    }

    fn id_under_cursor(&self) -> Option<String> {
        Some(self.table.as_ref()?.cell(self.row()?, 0).to_string())
    }

    /// The name of the column under the cursor.
    fn column(&self) -> Option<String> {
        Some(self.table.as_ref()?.columns().get(self.cursor.column)?.name.clone())
    }

    /// Asks for a view; an older request is given up.
    pub fn ask(&mut self, view: View) -> Effects {
        let Some(users) = self.table.clone() else { return Vec::new() };
        let (generation, job) = self.begin(Some(view.clone()));
        vec![Effect::Work(Work::Order { generation, users, view }, job), Effect::Watch(generation)]
    }

    /// Asks for the next row whose id holds what was sought.
    pub fn seek(&mut self, backwards: bool) -> Effects {
        let Some(users) = self.table.clone() else { return Vec::new() };
        if self.sought.is_empty() || self.rows.is_empty() {
            return Vec::new();
        }
        let (generation, job) = self.begin(None);
        let (rows, text) = (Arc::clone(&self.rows), self.sought.clone());
        let work = Work::Search { generation, users, rows, text, from: self.cursor.row, backwards };
        vec![Effect::Work(work, job), Effect::Watch(generation)]
    }

    fn begin(&mut self, view: Option<View>) -> (u64, Job) {
        self.give_up();
        self.note = None;
        self.generation += 1;
        let job = Job::new();
        self.pending = Some(Pending { job: job.clone(), view });
        (self.generation, job)
    }

    /// Gives up the request under way, if any.
    pub fn give_up(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.job.cancel();
        }
        self.slow = false;
    }

    /// A request has taken long.
    pub fn slow(&mut self, generation: u64) -> bool {
        let now = self.pending.is_some() && generation == self.generation;
        self.slow |= now;
        now
    }

    /// The rows of a view: the cursor stays on its row, or at its place where the row is gone.
    pub fn ordered(&mut self, generation: u64, rows: Result<Arc<[u32]>>, visible: usize) -> Answer {
        if generation != self.generation {
            return Answer::Stale;
        }
        let Some(view) = self.pending.take().and_then(|pending| pending.view) else { return Answer::Stale };
        self.slow = false;
        match rows {
            Ok(rows) => {
                if let Some(held) = self.row()
                    && let Some(place) = rows.iter().position(|row| *row as usize == held)
                {
                    self.cursor.row = place;
                }
                self.rows = rows;
                self.view = view;
                self.cursor.reveal_row(self.rows.len(), visible);
                Answer::Shown
            }
            Err(Error::Cancelled) => Answer::Stale,
            Err(error) => Answer::Refused(error.to_string()),
        }
    }

    /// Where a search ended.
    pub fn found(&mut self, generation: u64, position: Result<Option<usize>>, visible: usize) {
        if generation != self.generation || self.pending.take().is_none() {
            return;
        }
        self.slow = false;
        match position {
            Ok(Some(position)) => {
                self.cursor.row = position;
                self.cursor.reveal_row(self.rows.len(), visible);
            }
            Ok(None) => self.note = Some(format!("no id holds {:?} in this view", self.sought)),
            Err(Error::Cancelled) => {}
            Err(error) => self.note = Some(error.to_string()),
        }
    }

    /// The view asked for last: keys typed faster than views are made build on each other.
    pub fn wanted(&self) -> &View {
        self.pending.as_ref().and_then(|pending| pending.view.as_ref()).unwrap_or(&self.view)
    }

    /// The view after `s`: the column under the cursor ascending, then descending, then not.
    pub fn sorted(&self) -> Option<View> {
        let column = self.column()?;
        let sort = match self.wanted().sort.first() {
            Some(key) if key.column == column && !key.descending => vec![SortKey { column, descending: true }],
            Some(key) if key.column == column => Vec::new(),
            _ => vec![SortKey { column, descending: false }],
        };
        Some(View { sort, ..self.wanted().clone() })
    }

    /// The view after `S`: ties of the first key broken by the column under the cursor.
    pub fn sorted_further(&self) -> Option<View> {
        let column = self.column()?;
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
        let (Some(table), Some(row), Some(column)) = (&self.table, self.row(), self.column()) else {
            return Err("there is no cell under the cursor".to_owned());
        };
        let like = match table.cell(row, self.cursor.column) {
            Cell::Null => format!("{column} is null"),
            Cell::Bool(yes) => format!("{column} = {yes}"),
            Cell::Int(value) => format!("{column} = {value}"),
            Cell::Float(value) => {
                let half = half_step(value);
                format!("{column} >= {} and {column} < {}", value - half, value + half)
            }
            Cell::Text(text) => format!("{column} = '{}'", text.replace('\'', "''")),
            Cell::Time(_) => return Err(format!("filter {column} with an expression (f): times are seldom equal")),
        };
        let filter = match &self.wanted().filter {
            Some(earlier) => format!("({earlier}) and {like}"),
            None => like,
        };
        Ok(View { filter: Some(filter), ..self.wanted().clone() })
    }

    /// What stands behind a column's title.
    pub fn sort_mark(&self, column: usize, ascending: &str, descending: &str) -> String {
        let name = self.table.as_ref().and_then(|table| table.columns().get(column)).map(|column| &column.name);
        let place = self.view.sort.iter().position(|key| Some(&key.column) == name);
        let Some(place) = place else { return String::new() };
        let arrow = if self.view.sort[place].descending { descending } else { ascending };
        if self.view.sort.len() > 1 { format!(" {arrow}{}", place + 1) } else { format!(" {arrow}") }
    }
}

/// Half of the last digit that the table shows of a number, so that rows which look alike are kept.
fn half_step(value: f64) -> f64 {
    let size = value.abs();
    if size == 0.0 {
        5e-5
    } else if size < 1e-4 {
        size * 0.05
    } else if size < 100.0 {
        5e-5
    } else if size < 100_000.0 {
        0.05
    } else {
        0.5
    }
}

fn columns(table: &UserTable) -> Vec<Column> {
    let rows = table.len();
    let step = rows.div_ceil(SAMPLED).max(1);
    let sampled = |column| {
        (0..rows)
            .step_by(step)
            .chain(rows.checked_sub(1))
            .map(|row| text::width(&text::clean(&table.cell(row, column).to_string())))
            .max()
            .unwrap_or(0)
    };
    let columns = table.columns().iter().enumerate();
    columns
        .map(|(at, column)| {
            let numeric = matches!(column.kind, ColumnKind::Int | ColumnKind::Float);
            let least = if numeric { NUMBER } else { 4 };
            // Room for the sort mark behind the title.
            let title = text::width(&column.name) + 3;
            Column { title: column.name.clone(), width: sampled(at).min(WIDEST).max(least).max(title), numeric }
        })
        .collect()
}
