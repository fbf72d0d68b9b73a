//! How rows are completed: which table each key is looked for in, and what of it goes into the row.

use std::path::Path;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::grammar::column_names;
use crate::ingest::joined::batch::{Batch, write_cell};
use crate::ingest::joined::dimension::{shown_key, whole_key};
use crate::ingest::joined::{Dimension, JoinSettings};
use crate::ingest::shape::shown;

/// Where a cell of a key stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the log's own row.
    Own(usize),
    /// In the row that an earlier join found, by the join's place and the column's.
    Joined(usize, usize),
}

/// A table that is joined, and where its key stands in the rows.
pub(super) struct Join {
    pub(super) file: String,
    pub(super) on: String,
    key: Vec<Place>,
    pub(super) dimension: Dimension,
    /// What each of the table's rows adds to a line of CSV, the separator before each cell included.
    added: Vec<String>,
    /// What is added where there is no row.
    nothing: String,
}

/// What came of a join.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) found: u64,
    pub(super) unknown: u64,
    pub(super) empty: u64,
    /// A key that the table lacks.
    pub(super) example: String,
}

impl Tally {
    /// Adds what came of the rows behind these.
    pub(super) fn join(&mut self, later: Self) {
        self.found += later.found;
        self.unknown += later.unknown;
        self.empty += later.empty;
        if self.example.is_empty() {
            self.example = later.example;
        }
    }
}

/// How the rows of one file are completed.
pub(super) struct Plan {
    own: usize,
    /// The names of the columns that are written.
    pub(super) header: String,
    columns: usize,
    pub(super) joins: Vec<Join>,
}

impl Plan {
    /// Finds the keys among a file's columns. Of the tables' columns those are written that are `wanted`.
    ///
    /// # Errors
    /// [`Error::Input`] where a column of a key is not there.
    pub(super) fn new(
        file: &Path,
        header: &[&str],
        joins: &[JoinSettings],
        dimensions: Vec<Dimension>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let mut names = column_names(header);
        let own = names.len();
        let mut places: Vec<Place> = (0..own).map(Place::Own).collect();
        let mut line = String::new();
        for (at, name) in names.iter().enumerate() {
            line.push_str(if at > 0 { "," } else { "" });
            write_cell(&mut line, name);
        }
        let mut plan = Self { own, header: line, columns: own, joins: Vec::new() };
        for (join, dimension) in joins.iter().zip(dimensions) {
            let key = join.on.places(&names).map_err(|lacking| {
                let what = format!(
                    "no column \"{lacking}\" to join {} by; its columns are {}; set ingest.join",
                    join.file,
                    shown(&names)
                );
                Error::Input { path: file.to_path_buf(), line: Some(1), what }
            })?;
            let stem = file_name(Path::new(&join.file));
            let stem = stem.split('.').next().unwrap_or_default().to_owned();
            let mut kept = Vec::new();
            for (column, name) in dimension.names.iter().enumerate() {
                // A name that is there already is told by its table's.
                let taken = names.iter().any(|known| known.eq_ignore_ascii_case(name));
                names.push(if taken { format!("{stem}.{name}") } else { name.clone() });
                places.push(Place::Joined(plan.joins.len(), column));
                if let Some(name) = names.last().filter(|name| wanted(name)) {
                    kept.push(column);
                    plan.header.push(',');
                    write_cell(&mut plan.header, name);
                }
            }
            plan.columns += kept.len();
            let added = (0..dimension.rows as u32).map(|row| {
                let mut line = String::new();
                for &column in &kept {
                    line.push(',');
                    write_cell(&mut line, dimension.cell(row, column));
                }
                line
            });
            let added = added.collect();
            plan.joins.push(Join {
                file: file_name(Path::new(&join.file)),
                on: join.on.to_string(),
                key: key.into_iter().map(|at| places[at]).collect(),
                added,
                nothing: ",".repeat(kept.len()),
                dimension,
            });
        }
        plan.header.push('\n');
        Ok(plan)
    }

    /// The rows with what the tables tell of them as lines of CSV, and what came of each join.
    pub(super) fn complete(&self, batch: &Batch) -> (String, Vec<Tally>) {
        let mut text = String::new();
        let mut tallies = vec![Tally::default(); self.joins.len()];
        let mut found: Vec<Option<u32>> = Vec::with_capacity(self.joins.len());
        batch.for_each(|cells| {
            for (at, cell) in cells.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write_cell(&mut text, cell);
            }
            // A line without a letter would be none.
            text.push_str(if cells == [""] { "\"\"" } else { "" });
            if cells.len() == self.own {
                found.clear();
                for (join, tally) in self.joins.iter().zip(&mut tallies) {
                    let row = self.look(join, cells, &found, tally);
                    text.push_str(row.map_or(join.nothing.as_str(), |row| &join.added[row as usize]));
                    found.push(row);
                }
            } else {
                // What is no row of the log stays none, and the reader counts it: never may its surplus cells take the
                // place of joined ones.
                let surplus = if cells.len() > self.own { (self.columns + 1).saturating_sub(cells.len()) } else { 0 };
                text.push_str(&",?".repeat(surplus));
            }
            text.push('\n');
        });
        (text, tallies)
    }

    /// The row of a join's table that a row's key names.
    fn look(&self, join: &Join, cells: &[&str], found: &[Option<u32>], tally: &mut Tally) -> Option<u32> {
        let key = || {
            join.key.iter().map(|place| match *place {
                Place::Own(at) => cells[at],
                Place::Joined(at, column) => found[at].map_or("", |row| self.joins[at].dimension.cell(row, column)),
            })
        };
        let Some(whole) = whole_key(key()) else {
            tally.empty += 1;
            return None;
        };
        let row = join.dimension.row(&whole);
        if row.is_some() {
            tally.found += 1;
        } else {
            tally.unknown += 1;
            if tally.example.is_empty() {
                tally.example = shown_key(key());
            }
        }
        row
    }

    /// The tables again.
    pub(super) fn into_dimensions(self) -> Vec<Dimension> {
        self.joins.into_iter().map(|join| join.dimension).collect()
    }
}
