//! A table held in memory by its key.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::campaign::{Cells, cells};
use crate::ingest::grammar::{column_names, is_empty, whole_of};
use crate::ingest::shape::shown;
use crate::job::Job;

/// A table by its key.
pub(in crate::ingest) struct Dimension {
    /// Its columns but the key.
    pub(in crate::ingest) names: Vec<String>,
    columns: Vec<Vec<String>>,
    row_of: HashMap<String, u32>,
    /// Rows whose key another row has too.
    pub(in crate::ingest) repeated: usize,
    /// A key, to show what they look like.
    pub(in crate::ingest) example: String,
}

/// A key as it is compared: `17850.0` is `17850`.
pub(in crate::ingest) fn key_of(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    whole_of(cell).map_or(Cow::Borrowed(cell), |whole| Cow::Owned(whole.to_owned()))
}

impl Dimension {
    /// Reads a file by the column that is its key. Of rows with one key the first by its text counts: no rule hangs on the
    /// order of rows.
    ///
    /// # Errors
    /// As reading it; [`Error::Input`] where it has no such column.
    pub(in crate::ingest) fn read(path: &Path, key: &str, job: &Job) -> Result<Self> {
        let Cells { header, mut columns, .. } = cells(path, "rows of joined tables", job)?;
        let mut names = column_names(&header);
        let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case(key)) else {
            let what = format!(
                "no column \"{key}\" in {}; its columns are {}; set ingest.join",
                file_name(path),
                shown(&names)
            );
            return Err(Error::Input { path: path.to_path_buf(), line: None, what });
        };
        names.remove(at);
        let keys = columns.remove(at);
        let mut dimension = Self { names, columns, row_of: HashMap::new(), repeated: 0, example: String::new() };
        for (row, key) in (0_u32..).zip(&keys).filter(|(_, key)| !is_empty(key)) {
            let key = key_of(key);
            let Some(&known) = dimension.row_of.get(key.as_ref()) else {
                dimension.row_of.insert(key.into_owned(), row);
                continue;
            };
            dimension.repeated += 1;
            if dimension.text(row) < dimension.text(known) {
                dimension.row_of.insert(key.into_owned(), row);
            }
        }
        dimension.example = keys.first().cloned().unwrap_or_default();
        Ok(dimension)
    }

    fn text(&self, row: u32) -> Vec<&str> {
        self.columns.iter().map(|column| column[row as usize].as_str()).collect()
    }

    /// The cells of a key; `None` where the table has none of it.
    pub(in crate::ingest) fn cells(&self, key: &str) -> Option<impl Iterator<Item = &str>> {
        let row = *self.row_of.get(key_of(key).as_ref())?;
        Some(self.columns.iter().map(move |column| column[row as usize].as_str()))
    }

    /// Different keys.
    pub(in crate::ingest) fn keys(&self) -> usize {
        self.row_of.len()
    }
}
