//! The workspace's inbox: files that `user360 add` brought, which every run reads behind its log.

use std::fs;
use std::io::copy;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{self, NewFile, file_name, open_regular};
use crate::store::workspace::{Workspace, Writer};

/// What became of a file that was to be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It lies in the inbox under this path.
    New(PathBuf),
    /// A file with the same contents was there before.
    Known(PathBuf),
}

impl Workspace {
    /// The inbox, which need not exist.
    pub fn inbox(&self) -> PathBuf {
        self.root().join("inbox")
    }

    /// The files in the inbox, by name.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn inbox_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.inbox();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(&folder)(error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::io(&folder))?;
            // What is being written has a hidden name.
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && !entry.path().is_dir() {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// The file in the inbox that holds the same as this one.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Refused`] for what is no regular file.
    pub fn in_inbox(&self, file: &Path) -> Result<Option<PathBuf>> {
        for there in self.inbox_files()? {
            if same_contents(file, &there)? {
                return Ok(Some(there));
            }
        }
        Ok(None)
    }
}

impl Writer {
    /// Copies a file into the inbox, whole or not at all, under a name that neither the inbox nor `taken` has yet: where
    /// its own is in use, a number is put behind it.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Refused`] for what is no regular file.
    pub fn bring(&self, file: &Path, taken: &[String]) -> Result<Brought> {
        let workspace = self.workspace();
        let folder = workspace.inbox();
        files::create_folder(&folder, workspace.share())?;
        if let Some(there) = workspace.in_inbox(file)? {
            return Ok(Brought::Known(there));
        }
        let path = free_name(&folder, &file_name(file), taken);
        let mut new = NewFile::beside(&path, workspace.share())?;
        copy(&mut open_regular(file)?, &mut new).map_err(Error::io(&path))?;
        new.commit()?;
        Ok(Brought::New(path))
    }
}

/// A path for a file of this name: `orders.csv`, else `orders-2.csv` and so on.
fn free_name(folder: &Path, name: &str, taken: &[String]) -> PathBuf {
    let at = name.find('.').filter(|at| *at > 0).unwrap_or(name.len());
    let (stem, ending) = name.split_at(at);
    let mut tried = name.to_owned();
    let mut number = 2_u64;
    while taken.contains(&tried) || fs::symlink_metadata(folder.join(&tried)).is_ok() {
        tried = format!("{stem}-{number}{ending}");
        number += 1;
    }
    folder.join(tried)
}

/// Whether two files hold the same bytes.
fn same_contents(one: &Path, other: &Path) -> Result<bool> {
    use std::io::{BufRead, BufReader};
    let (one_file, other_file) = (open_regular(one)?, open_regular(other)?);
    let length = |file: &fs::File, path: &Path| file.metadata().map(|there| there.len()).map_err(Error::io(path));
    if length(&one_file, one)? != length(&other_file, other)? {
        return Ok(false);
    }
    let mut one_file = BufReader::with_capacity(1 << 20, one_file);
    let mut other_file = BufReader::with_capacity(1 << 20, other_file);
    loop {
        let left = one_file.fill_buf().map_err(Error::io(one))?;
        let right = other_file.fill_buf().map_err(Error::io(other))?;
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..length] != right[..length] {
            return Ok(false);
        }
        one_file.consume(length);
        other_file.consume(length);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_brought_once_and_another_of_its_name_gets_a_number() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("orders.csv.gz");
        let workspace = Workspace::open(place.path().join("workspace"));
        let inbox = workspace.inbox();
        assert!(workspace.inbox_files().unwrap().is_empty());
        let bring = |contents: &str, taken: &[String]| {
            fs::write(&file, contents).unwrap();
            workspace.writer().unwrap().bring(&file, taken).unwrap()
        };
        assert_eq!(bring("one", &[]), Brought::New(inbox.join("orders.csv.gz")));
        assert_eq!(bring("one", &[]), Brought::Known(inbox.join("orders.csv.gz")));
        assert_eq!(bring("two", &["orders-2.csv.gz".to_owned()]), Brought::New(inbox.join("orders-3.csv.gz")));
        assert_eq!(fs::read_to_string(inbox.join("orders-3.csv.gz")).unwrap(), "two");
        assert_eq!(workspace.inbox_files().unwrap().len(), 2);
    }
}
