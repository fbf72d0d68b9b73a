//! Some of a table's rows, and the condition that tells which.

/// Some of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The value, or the range.
    pub label: String,
    /// How many rows there are.
    pub rows: u64,
    /// The SQL condition that holds for them; `None` where there is none.
    pub condition: Option<String>,
}
