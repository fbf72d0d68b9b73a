//! A table held in memory by its key.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::campaign::{Cells, cells};
use crate::ingest::grammar::{column_names, is_empty, whole_of};
use crate::ingest::joined::KeyColumns;
use crate::ingest::shape::shown;
use crate::job::Job;

/// A table by its key.
pub(in crate::ingest) struct Dimension {
    /// Its columns but the key.
    pub(in crate::ingest) names: Vec<String>,
    columns: Vec<Vec<String>>,
    /// How many rows there are, those of repeated keys too.
    pub(super) rows: usize,
    row_of: HashMap<String, u32>,
    /// Rows whose key another row has too.
    pub(in crate::ingest) repeated: usize,
    /// A key, to show what they look like.
    pub(in crate::ingest) example: String,
}

/// A cell of a key as it is compared: `17850.0` is `17850`.
pub(in crate::ingest) fn key_of(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    whole_of(cell).map_or(Cow::Borrowed(cell), |whole| Cow::Owned(whole.to_owned()))
}

/// What stands between the cells of a key of several columns: no table of text holds it.
const BETWEEN: char = '\u{1f}';

/// The key that a row's cells make; `None` where one of them is empty.
pub(in crate::ingest) fn whole_key<'a>(cells: impl IntoIterator<Item = &'a str>) -> Option<Cow<'a, str>> {
    let mut key: Option<Cow<'a, str>> = None;
    for cell in cells {
        if is_empty(cell) {
            return None;
        }
        let cell = key_of(cell);
        key = Some(match key {
            None => cell,
            Some(before) => {
                let mut both = before.into_owned();
                both.push(BETWEEN);
                both.push_str(&cell);
                Cow::Owned(both)
            }
        });
    }
    key
}

/// A row's key as it is shown: its cells as they are written.
pub(super) fn shown_key<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    cells.into_iter().map(str::trim).collect::<Vec<_>>().join(", ")
}

impl Dimension {
    /// Reads a file by the columns that are its key. Of rows with one key the first by its text counts: no rule hangs on the
    /// order of rows.
    ///
    /// # Errors
    /// As reading it; [`Error::Input`] where it lacks one of the columns.
    pub(in crate::ingest) fn read(path: &Path, key: &KeyColumns, job: &Job) -> Result<Self> {
        let Cells { header, mut columns, .. } = cells(path, "rows of joined tables", job)?;
        let names = column_names(&header);
        let places = key.places(&names).map_err(|lacking| {
            let what = format!(
                "no column \"{lacking}\" in {}; its columns are {}; set ingest.join",
                file_name(path),
                shown(&names)
            );
            Error::Input { path: path.to_path_buf(), line: None, what }
        })?;
        let keys: Vec<Vec<String>> = places.iter().map(|&place| std::mem::take(&mut columns[place])).collect();
        let others = || (0..names.len()).filter(|place| !places.contains(place));
        let columns = others().map(|place| std::mem::take(&mut columns[place])).collect();
        let names = others().map(|place| names[place].clone()).collect();
        let rows = keys.first().map_or(0, Vec::len);
        let mut dimension = Self { names, columns, rows, row_of: HashMap::new(), repeated: 0, example: String::new() };
        for row in 0..rows {
            let cells = || keys.iter().map(|column| column[row].as_str());
            let Some(key) = whole_key(cells()) else { continue };
            if dimension.example.is_empty() {
                dimension.example = shown_key(cells());
            }
            let row = row as u32;
            let Some(&known) = dimension.row_of.get(key.as_ref()) else {
                dimension.row_of.insert(key.into_owned(), row);
                continue;
            };
            dimension.repeated += 1;
            if dimension.text(row) < dimension.text(known) {
                dimension.row_of.insert(key.into_owned(), row);
            }
        }
        Ok(dimension)
    }

    fn text(&self, row: u32) -> Vec<&str> {
        self.columns.iter().map(|column| column[row as usize].as_str()).collect()
    }

    /// The cells of a [`whole_key`]; `None` where the table has none of it.
    pub(in crate::ingest) fn cells(&self, key: &str) -> Option<impl Iterator<Item = &str>> {
        let row = self.row(key)?;
        Some(self.columns.iter().map(move |column| column[row as usize].as_str()))
    }

    /// The row of a [`whole_key`].
    pub(super) fn row(&self, key: &str) -> Option<u32> {
        self.row_of.get(key).copied()
    }

    /// The cell of a row in a column, by their places.
    pub(super) fn cell(&self, row: u32, column: usize) -> &str {
        &self.columns[column][row as usize]
    }

    /// Different keys.
    pub(in crate::ingest) fn keys(&self) -> usize {
        self.row_of.len()
    }
}
