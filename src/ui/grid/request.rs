//! What a grid asks others to do: it sorts, filters and searches nothing itself.

use crate::job::Job;
use crate::store::{DataTable, Order, View};

/// A request of a grid; the reply carries its generation.
#[derive(Debug)]
pub struct GridRequest {
    /// The request's number: the grid takes only the reply to its latest.
    pub generation: u64,
    /// Cancelled when the grid no longer wants the reply.
    pub job: Job,
    /// The table.
    pub table: DataTable,
    /// What is wanted of it.
    pub wanted: Wanted,
}

/// What is wanted of a table.
#[derive(Debug)]
pub enum Wanted {
    /// The rows of a view, in its order.
    View(View),
    /// The next row whose cell holds a text.
    Row {
        /// The rows in view.
        rows: Order,
        /// The column looked in.
        column: usize,
        /// The text.
        text: String,
        /// The position after which to look; the search goes round.
        from: usize,
        /// Upwards.
        backwards: bool,
    },
}
