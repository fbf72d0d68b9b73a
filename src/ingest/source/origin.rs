//! What the path of a raw table names.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::source::container::Container;
use crate::ingest::source::listing::tables_of;
use crate::ingest::source::member;

/// Where the bytes of a table lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Origin {
    /// In a file of their own.
    File(PathBuf),
    /// In an archive, as the member of this name.
    Member(PathBuf, String),
    /// In a workbook, as the sheet of this name.
    Sheet(PathBuf, String),
}

impl Origin {
    /// The place that a path names. A container that holds one table alone stands for it.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Input`] for a container that cannot be read or holds several tables.
    pub(in crate::ingest) fn of(path: &Path) -> Result<Self> {
        let Some((file, within)) = split(path) else {
            return Self::whole(path);
        };
        match Container::of(&file)? {
            Some(Container::Archive) => Ok(Self::Member(file, within)),
            Some(Container::Workbook) => Ok(Self::Sheet(file, within)),
            None => {
                let what = format!("is no archive or workbook, and holds no {within:?}");
                Err(Error::Input { path: file, line: None, what })
            }
        }
    }

    fn whole(path: &Path) -> Result<Self> {
        let Some(container) = Container::of(path)? else { return Ok(Self::File(path.to_path_buf())) };
        let mut tables = tables_of(path, container)?;
        match (tables.pop(), tables.len(), container) {
            (Some(one), 0, Container::Archive) => Ok(Self::Member(path.to_path_buf(), one)),
            (Some(one), 0, Container::Workbook) => Ok(Self::Sheet(path.to_path_buf(), one)),
            (Some(last), before, _) => {
                let what = format!(
                    "holds {} tables ({}, {last}); name one of them as {}/{last}",
                    before + 1,
                    tables.join(", "),
                    file_name(path)
                );
                Err(Error::Input { path: path.to_path_buf(), line: None, what })
            }
            (None, ..) => {
                let what = "holds no table: no member is named like a CSV or JSON file".to_owned();
                Err(Error::Input { path: path.to_path_buf(), line: None, what })
            }
        }
    }

    /// The file on disk.
    pub(in crate::ingest) fn file(&self) -> &Path {
        match self {
            Self::File(file) | Self::Member(file, _) | Self::Sheet(file, _) => file,
        }
    }

    /// The table's name: with that of its container before it.
    pub(in crate::ingest) fn name(&self) -> String {
        match self {
            Self::File(file) => file_name(file),
            Self::Member(file, within) | Self::Sheet(file, within) => format!("{}/{within}", file_name(file)),
        }
    }

    /// Its bytes as they are stored; a sheet's are its workbook's.
    pub(in crate::ingest) fn bytes(&self) -> Result<u64> {
        match self {
            Self::File(file) | Self::Sheet(file, _) => Ok(std::fs::metadata(file).map_err(Error::io(file))?.len()),
            Self::Member(file, name) => Ok(member::find(file, name)?.1.at.compressed_size_hint()),
        }
    }
}

/// The archive or workbook that a path leads through.
pub(in crate::ingest) fn container_of(path: &Path) -> Option<PathBuf> {
    split(path).map(|(file, _)| file)
}

/// The file that a path leads through, and what the path names within it; `None` for any other path.
pub(super) fn split(path: &Path) -> Option<(PathBuf, String)> {
    if std::fs::symlink_metadata(path).is_ok() {
        return None;
    }
    let file = path.ancestors().skip(1).find(|above| std::fs::metadata(above).is_ok())?;
    if !file.is_file() {
        return None;
    }
    let within = path.strip_prefix(file).ok()?.to_str()?;
    Some((file.to_path_buf(), within.to_owned()))
}
