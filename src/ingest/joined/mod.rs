//! Logs whose rows are completed by other tables: what an order's number, a customer's or an item's stands for.
//!
//! The tables are held in memory by their keys, the log is passed through in batches, completed side by side, and written as
//! a file of its own, which is read as any log is and goes when it has been read.

mod batch;
mod dimension;
mod plan;
mod write;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::ingest::one_or_many::one_or_many;
use crate::text::same_letters;

pub(super) use dimension::{Dimension, key_of, whole_key};
pub use write::join;
pub(super) use write::{join_head, rows_of};

/// A table whose columns are added to the log's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinSettings {
    /// The file, relative to the input folder.
    pub file: String,
    /// The columns by which rows find theirs: the log's, or those that a table before this one adds.
    pub on: KeyColumns,
    /// The same columns in the file, where they are called otherwise.
    #[serde(default, skip_serializing_if = "KeyColumns::is_empty")]
    pub key: KeyColumns,
}

impl JoinSettings {
    /// The names of the key in the file.
    pub(super) fn key(&self) -> &KeyColumns {
        if self.key.is_empty() { &self.on } else { &self.key }
    }

    /// Whether the columns of the key can be what they say.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |what: String| Err(Error::Config(format!("ingest.join: {}: {what}", self.file)));
        if self.on.is_empty() {
            return wrong("`on` names no column".to_owned());
        }
        if self.key().0.len() != self.on.0.len() {
            return wrong(format!(
                "`on` names {} ({}), `key` {} ({})",
                self.on.0.len(),
                self.on,
                self.key.0.len(),
                self.key
            ));
        }
        Ok(())
    }
}

/// The columns that make a key: one, or several that tell a row apart together. Written as a text or a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyColumns(Vec<String>);

impl KeyColumns {
    /// Of these names.
    pub(super) fn of(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Their names.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places of the columns among these names; else the first that is not there.
    fn places(&self, names: &[String]) -> std::result::Result<Vec<usize>, &str> {
        let place = |column: &String| names.iter().position(|name| same_letters(name, column));
        self.0.iter().map(|column| place(column).ok_or(column.as_str())).collect()
    }
}

impl fmt::Display for KeyColumns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => out.write_str(one),
            [first @ .., last] => write!(out, "{} and {last}", first.join(", ")),
        }
    }
}

impl Serialize for KeyColumns {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(out),
            several => several.serialize(out),
        }
    }
}

impl<'de> Deserialize<'de> for KeyColumns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        one_or_many(from).map(Self)
    }
}
