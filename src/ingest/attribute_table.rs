//! A table beside the log whose rows tell of items or users by id: its columns found by name, its rows by what ids they hold.

use std::cmp::Reverse;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::ingest::campaign::{Cells, cells};
use crate::ingest::grammar::column_names;
use crate::ingest::shape::shown;
use crate::job::Job;
use crate::text::same_letters;

/// A table of attributes.
pub(super) struct AttributeTable {
    path: PathBuf,
    /// The section of the settings that describes it.
    section: &'static str,
    /// The names of its columns.
    pub(super) names: Vec<String>,
    /// The cells of each column.
    pub(super) columns: Vec<Vec<String>>,
}

impl AttributeTable {
    /// Reads a file.
    ///
    /// # Errors
    /// As reading it.
    pub(super) fn read(path: PathBuf, section: &'static str, job: &Job) -> Result<Self> {
        let unit = if section == "customers" { "rows of customers" } else { "rows of items" };
        let Cells { header, columns, .. } = cells(&path, unit, job)?;
        let names = column_names(&header);
        Ok(Self { path, section, names, columns })
    }

    pub(super) fn wrong(&self, what: String) -> Error {
        Error::Input { path: self.path.clone(), line: None, what }
    }

    /// The column that the settings give under a key, else the first that is called by one of the `known` words.
    ///
    /// # Errors
    /// [`Error::Input`] where the settings name one that is not there.
    pub(super) fn find(&self, key: &str, given: &str, known: &[&str]) -> Result<Option<usize>> {
        if given.is_empty() {
            return Ok(self.called(known));
        }
        let at = self.names.iter().position(|name| same_letters(name, given));
        at.map(Some).ok_or_else(|| {
            let columns = shown(&self.names);
            self.wrong(format!("no column \"{given}\"; its columns are {columns}; set {}.{key}", self.section))
        })
    }

    /// The first column that is called by one of these words, the first words first.
    pub(super) fn called(&self, known: &[&str]) -> Option<usize> {
        let plain: Vec<String> = self.names.iter().map(|name| letters(name)).collect();
        known.iter().find_map(|known| plain.iter().position(|name| name == known))
    }

    /// The column of ids: the one given, else of those that hold as many different ids that `is_known`, the first.
    ///
    /// # Errors
    /// As [`Self::find`]; [`Error::Input`] where none holds any. `whose` is whose ids these are.
    pub(super) fn ids(&self, given: &str, whose: &str, is_known: impl Fn(&str) -> bool) -> Result<usize> {
        let known = |column: &[String]| column.iter().filter(|cell| is_known(cell)).count();
        let fullest = || {
            let held = self.columns.iter().map(|column| known(column)).enumerate().filter(|&(_, known)| known > 0);
            held.max_by_key(|&(at, known)| (known, Reverse(at))).map(|(at, _)| at)
        };
        self.find("id", given, &[])?.or_else(fullest).ok_or_else(|| {
            let section = self.section;
            let what = format!("tells nothing of the log's {whose}: no column holds their ids; set {section}.id to the column that should");
            self.wrong(format!("{what}; its columns are {}", shown(&self.names)))
        })
    }
}

/// A name's letters and digits, in lower case.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
