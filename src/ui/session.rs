//! How a workspace was left: pane, theme, sort, filter, columns, marks. Kept per workspace in the user's state folder.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::dirs;
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::store::{DataTable, Marks};
use crate::ui::grid::Kept;

/// The most bytes that a session can need: the marks of millions of users.
const MOST: u64 = 256 << 20;

/// How a workspace was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The open pane, by its title.
    pub pane: String,
    /// The theme, where another than the configured was chosen.
    pub theme: Option<String>,
    /// Filter, sort and columns, by the pane's title.
    pub tables: BTreeMap<String, Kept>,
    /// Ids of the marked users.
    pub marks: Vec<String>,
    /// The churn threshold, in hundredths.
    pub threshold: Option<usize>,
    /// SQL conditions written before.
    pub filters: Vec<String>,
    /// SQL queries written before.
    pub queries: Vec<String>,
}

impl Session {
    /// The file of a workspace's session; `None` on a system without a home folder.
    pub fn file(workspace: &Path) -> Option<PathBuf> {
        let folder = dirs::state()?.join("sessions");
        let place = fs::canonicalize(workspace).or_else(|_| std::path::absolute(workspace)).ok()?;
        Some(folder.join(format!("{:016x}.json", xxh3_64(place.as_os_str().as_encoded_bytes()))))
    }

    /// Reads a session; an empty one where there is none, or none that can be read.
    pub fn load(file: &Path) -> Self {
        let unreadable = |error: &dyn Display| {
            tracing::warn!(file = %file.display(), %error, "the session cannot be read and starts anew");
            Self::default()
        };
        match files::read_regular(file, MOST) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| unreadable(&error)),
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Self::default(),
            Err(error) => unreadable(&error),
        }
    }

    /// With the ids of these rows of the user table as its marks.
    ///
    /// # Errors
    /// Where the table cannot be read.
    pub fn with_marks(self, table: &DataTable, marks: &Marks) -> Result<Self> {
        Ok(Self { marks: table.texts(&marks.rows(), 0)?, ..self })
    }

    /// Writes the session, whole or not at all and for this user alone: it is personal, whoever shares the workspace.
    pub fn save(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            files::create_folder(folder, Share::Private)?;
        }
        let text = serde_json::to_vec(self)
            .map_err(|error| Error::Missing(format!("the session cannot be written: {error}")))?;
        files::replace(file, &text, Share::Private)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_session_is_read_back_and_a_damaged_one_starts_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/session.json");
        assert_eq!(Session::load(&file), Session::default());
        let session = Session { pane: "Churn".to_owned(), marks: vec!["7".to_owned()], ..Session::default() };
        session.save(&file).unwrap();
        assert_eq!(Session::load(&file), session);
        fs::write(&file, "{ half").unwrap();
        assert_eq!(Session::load(&file), Session::default());
    }
}
