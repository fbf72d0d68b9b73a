//! The shape of a raw table, and what becomes of its rows: what the readers of CSV and of Parquet share.

use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::quarantine::Reason;

/// More columns than this are no table's.
pub(super) const MOST_COLUMNS: usize = 10_000;

/// The columns to read; cells come in this order.
pub(super) struct Columns<const N: usize> {
    pub(super) names: [&'static str; N],
    /// A column that may be absent; its cells are then empty.
    pub(super) optional: Option<&'static str>,
}

/// The shape of a table: what its columns are and how its fields are told apart.
pub(super) trait Shape<const N: usize>: Sync {
    /// What stands between two fields.
    fn separator(&self) -> u8 {
        b','
    }

    /// Whether the first row names the columns.
    fn header(&self) -> bool {
        true
    }

    /// Whether rows may leave their last fields out, and end in empty ones beyond the header's.
    fn ragged(&self) -> bool {
        false
    }

    /// What stands before the milliseconds of a time that Parquet stores as such, with a zone or without.
    fn instant(&self, _zoned: bool) -> &'static str {
        ""
    }

    /// The position of each column in a header, or in the first row of a table without one.
    fn locate(&self, path: &Path, headers: &[&str]) -> Result<[Option<usize>; N]>;

    /// The header in a few words, for a file that is empty.
    fn expected(&self) -> String;
}

impl<const N: usize> Shape<N> for Columns<N> {
    fn expected(&self) -> String {
        format!("a header with {}", self.names.join(", "))
    }

    /// Names are compared without case and surrounding space.
    fn locate(&self, path: &Path, headers: &[&str]) -> Result<[Option<usize>; N]> {
        let mut places = [None; N];
        for (place, name) in places.iter_mut().zip(self.names) {
            let mut found = (0..headers.len()).filter(|&at| headers[at].trim().eq_ignore_ascii_case(name));
            *place = found.next();
            let problem = if found.next().is_some() {
                format!("the header names column `{name}` twice; rename one")
            } else if place.is_none() && self.optional != Some(name) {
                format!("no column `{name}`; the header has: {}", shown(headers))
            } else {
                continue;
            };
            return Err(Error::Input { path: path.to_path_buf(), line: Some(1), what: problem });
        }
        Ok(places)
    }
}

/// Rows gathered from one chunk of a table.
pub(super) trait Rows<const N: usize>: Send {
    /// Takes note of the whole record of the row that comes next, as it is written, where it is text.
    fn written(&mut self, _record: &[u8]) {}

    /// Takes a row, whose cells are trimmed; `Err` says why it cannot be used.
    fn row(&mut self, cells: &[&str; N]) -> Result<(), Reason>;

    /// Takes note of a row that cannot be used. `line` counts from the chunk's start, from 0.
    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]);
}

/// Refuses a first row of so many fields that the file is no table.
pub(super) fn refuse_wide(path: &Path, fields: usize) -> Result<()> {
    if fields <= MOST_COLUMNS {
        return Ok(());
    }
    let what =
        format!("its first row has {fields} fields, more than {MOST_COLUMNS}; this is no table with named columns");
    Err(Error::Input { path: path.to_path_buf(), line: Some(1), what })
}

/// The columns of a file in at most 300 letters.
pub(super) fn shown(headers: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = headers.iter().take(300).map(AsRef::as_ref).collect();
    names.join(", ").chars().take(300).flat_map(char::escape_debug).collect()
}
