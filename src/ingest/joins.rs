//! Accounts that are one person's: rows of an old id count for the new one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::ingest::blocks::head_of;
use crate::ingest::grammar::{Persons, Preamble, SEPARATORS, fields_of, whole_of};
use crate::ingest::records::records;
use crate::ingest::source::{Storage, beside, storage};

/// Bytes of a file of pairs: a few million of them.
const LARGEST: usize = 256 << 20;

/// Which accounts are one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SameUser {
    /// A file of old ids and new ones, relative to the input folder.
    File(String),
    /// The new id of each old one.
    Pairs(BTreeMap<String, String>),
}

impl Default for SameUser {
    fn default() -> Self {
        Self::Pairs(BTreeMap::new())
    }
}

impl SameUser {
    /// The file that holds the pairs, for an input.
    pub(super) fn file(&self, input: &Path) -> Option<PathBuf> {
        let Self::File(name) = self else { return None };
        (!name.is_empty()).then(|| beside(input, name))
    }

    /// The old ids and the new ones; `file` is the one that holds them.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that does not hold two columns.
    pub(super) fn pairs(&self, file: Option<&Path>) -> Result<Vec<(String, String)>> {
        match (self, file) {
            (Self::Pairs(pairs), _) => Ok(pairs.iter().map(|(old, new)| (old.clone(), new.clone())).collect()),
            (Self::File(_), Some(file)) => read_pairs(file),
            (Self::File(_), None) => Ok(Vec::new()),
        }
    }
}

/// The account that each joined account belongs to in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Joins(HashMap<String, String>);

impl Joins {
    /// The joins of pairs, whose ids are spelled as the log's are; in words what is wrong with accounts that are joined to
    /// two others, or in a circle.
    pub(super) fn new(pairs: &[(String, String)], persons: Persons) -> std::result::Result<Self, String> {
        let mut next: HashMap<String, String> = HashMap::new();
        for (old, new) in pairs {
            let [old, new] = [old, new].map(|id| persons.spelled(id.trim()).into_owned());
            if old.is_empty() || new.is_empty() || old == new {
                continue;
            }
            if let Some(other) = next.insert(old.clone(), new.clone()).filter(|other| *other != new) {
                return Err(format!("user {old} is joined to {other} and to {new}; keep one of them"));
            }
        }
        let mut joins = HashMap::with_capacity(next.len());
        for old in next.keys() {
            let (mut last, mut passed) = (old, HashSet::new());
            while let Some(new) = next.get(last) {
                if !passed.insert(last) {
                    return Err(format!("user {old} is joined in a circle, by way of {last}; leave one pair out"));
                }
                last = new;
            }
            joins.insert(old.clone(), last.clone());
        }
        Ok(Self(joins))
    }

    /// The account that an id belongs to, where it is another.
    pub(super) fn account_of(&self, id: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(id).or_else(|| self.0.get(whole_of(id)?)).map(String::as_str)
    }

    /// What tells these joins from others; `None` where there is none.
    pub(super) fn print(&self) -> Option<String> {
        let pairs: BTreeMap<&String, &String> = self.0.iter().collect();
        let text = format!("{pairs:?}");
        (!pairs.is_empty()).then(|| format!("joined {:016x}", xxh3_64(text.as_bytes())))
    }
}

/// The account in the log of each of these users: another one where `[ingest.same_user]` joins it, else their own. `file`
/// holds the pairs where the settings name one.
///
/// # Errors
/// [`Error::Config`] for joins that contradict each other, [`Error::Input`] for a file that holds none.
pub fn accounts(users: &[String], same_user: &SameUser, file: Option<&Path>) -> Result<Vec<String>> {
    let persons = Persons::of(users.iter().map(String::as_str));
    let joins = Joins::new(&same_user.pairs(file)?, persons)
        .map_err(|what| Error::Config(format!("ingest.same_user: {what}")))?;
    Ok(users.iter().map(|user| joins.account_of(user).unwrap_or(user).to_owned()).collect())
}

/// The pairs of a file of two columns. A first row of names is a pair of ids that nobody has.
fn read_pairs(path: &Path) -> Result<Vec<(String, String)>> {
    let wrong = |what: String| Error::Input { path: path.to_path_buf(), line: None, what };
    let storage = storage(path)?;
    if storage == Storage::Parquet {
        return Err(wrong("holds accounts to join as Parquet; write them as CSV: old id, new id".to_owned()));
    }
    let bytes = head_of(path, LARGEST)?;
    if bytes.len() >= LARGEST {
        return Err(wrong(format!("holds more than {} MiB of accounts to join", LARGEST >> 20)));
    }
    let rows = |separator: u8| {
        let begin = Preamble::of(&bytes, |line| fields_of(line, separator)).bytes;
        records(&bytes[begin..], separator, true)
    };
    let two = |&separator: &u8| rows(separator).next().is_some_and(|row| row.len() == 2);
    let Some(separator) = SEPARATORS.into_iter().find(two) else {
        return Err(wrong("holds accounts to join, but not in two columns: old id, new id".to_owned()));
    };
    let mut pairs = Vec::new();
    for (at, row) in rows(separator).enumerate() {
        let [old, new] = row.as_slice() else {
            return Err(wrong(format!("row {} has {} fields where an old and a new id belong", at + 1, row.len())));
        };
        pairs.push((old.clone(), new.clone()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn joins(pairs: &[(&str, &str)]) -> std::result::Result<Joins, String> {
        let pairs: Vec<_> = pairs.iter().map(|&(old, new)| (old.to_owned(), new.to_owned())).collect();
        Joins::new(&pairs, Persons::Emails)
    }

    #[test]
    fn accounts_are_followed_to_the_last_one() {
        let known = joins(&[("A@x.org", "b@x.org"), ("b@x.org", "C@x.org"), ("7", "8"), ("9", "9")]).unwrap();
        assert_eq!(known.account_of("a@x.org"), Some("c@x.org"));
        assert_eq!((known.account_of("b@x.org"), known.account_of("7.0")), (Some("c@x.org"), Some("8")));
        assert_eq!((known.account_of("c@x.org"), known.account_of("9")), (None, None));
    }

    #[test]
    fn accounts_joined_to_two_others_or_in_a_circle_are_refused() {
        assert!(joins(&[("a", "b"), ("a", "c")]).unwrap_err().contains("user a is joined to b and to c"));
        assert!(joins(&[("a", "b"), ("b", "c"), ("c", "a")]).unwrap_err().contains("in a circle"));
        assert!(joins(&[("a", "b"), ("a", "b")]).is_ok(), "said twice");
    }
}
