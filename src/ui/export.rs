//! What is exported, and the export under way as the screen sees it.

use std::path::PathBuf;

use crate::error::Result;
use crate::format;
use crate::job::Job;
use crate::store::{DataTable, Order, View};

/// Rows to be written.
#[derive(Clone, Debug)]
pub enum Rows {
    /// These, in this order.
    These(Order),
    /// Those for which a condition is true.
    Where(String),
}

impl Rows {
    /// The rows of a table, in the order to be written.
    pub fn of(self, table: &DataTable, job: &Job) -> Result<Order> {
        match self {
            Self::These(rows) => Ok(rows),
            Self::Where(filter) => table.order(&View { filter: Some(filter), sort: Vec::new() }, job),
        }
    }
}

/// An export under way.
#[derive(Debug)]
pub struct Exporting {
    /// Progress and cancel.
    pub job: Job,
    /// What is written.
    pub path: PathBuf,
    /// How far it is, as last shown.
    pub shown: String,
}

impl Exporting {
    /// An export that begins.
    pub fn new(job: Job, path: PathBuf) -> Self {
        Self { job, path, shown: "exporting".to_owned() }
    }

    /// Looks how far it has come; whether that reads differently than before.
    pub fn poll(&mut self) -> bool {
        let progress = self.job.progress();
        let share = (progress.done * 100).checked_div(progress.total).unwrap_or(0);
        let words = format!("exporting {}, {share} %", format::counted(progress.total, "rows"));
        let changed = words != self.shown;
        self.shown = words;
        changed
    }
}
