//! The rows of an export, some at a time, so that a table of any size is written without being held.

use polars::prelude::DataFrame;

use crate::error::Result;

/// Rows that come block by block, all with the same columns.
pub struct Blocks<'a> {
    head: DataFrame,
    rows: u64,
    parts: Box<dyn Iterator<Item = Result<DataFrame>> + Send + 'a>,
}

impl<'a> Blocks<'a> {
    /// `head` has the columns and no row; `rows` is how many the parts have together, 0 where that is not known.
    pub(super) fn new(head: DataFrame, rows: u64, parts: impl Iterator<Item = Result<DataFrame>> + Send + 'a) -> Self {
        Self { head, rows, parts: Box::new(parts) }
    }

    /// The columns, without rows.
    pub fn head(&self) -> &DataFrame {
        &self.head
    }

    /// How many rows there are; 0 where that is not known before they have come.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl From<DataFrame> for Blocks<'_> {
    fn from(frame: DataFrame) -> Self {
        Self::new(frame.head(Some(0)), frame.height() as u64, std::iter::once(Ok(frame)))
    }
}

impl From<&DataFrame> for Blocks<'_> {
    fn from(frame: &DataFrame) -> Self {
        frame.clone().into()
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<DataFrame>;

    fn next(&mut self) -> Option<Self::Item> {
        self.parts.next()
    }
}
