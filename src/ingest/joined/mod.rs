//! Logs whose rows are completed by other tables: what an order's number, a customer's or an item's stands for.
//!
//! The tables are held in memory by their keys, the log is passed through and written as a file of its own, which is read as
//! any log is and goes when it has been read.

mod dimension;
mod write;

use serde::{Deserialize, Serialize};

pub(super) use dimension::{Dimension, key_of};
pub use write::join;
pub(super) use write::{join_head, rows_of};

/// A table whose columns are added to the log's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinSettings {
    /// The file, relative to the input folder.
    pub file: String,
    /// The column by which rows find theirs: one of the log's, or one that a table before this one adds.
    pub on: String,
    /// The same column in the file, where it is called otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
}

impl JoinSettings {
    /// The name of the key in the file.
    pub(super) fn key(&self) -> &str {
        if self.key.is_empty() { &self.on } else { &self.key }
    }
}
