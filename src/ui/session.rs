//! How a workspace was left: pane, theme, sort, filter, columns, marks. Kept per workspace in the user's state folder.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::dirs;
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::store::{DataTable, Marks};
use crate::ui::grid::Kept;
use crate::ui::history::write_down;

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
    /// The run that was shown last, by its id.
    pub seen: Option<String>,
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
    /// Views that were given a name.
    pub views: Vec<SavedView>,
    /// Queries that were given a name.
    pub saved_queries: Vec<SavedQuery>,
}

/// A view of a pane's table that was given a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// The pane, by its title.
    pub pane: String,
    /// Filter, sort and columns.
    pub kept: Kept,
}

/// A query that was given a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedQuery {
    /// Its name.
    pub name: String,
    /// The SQL.
    pub text: String,
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

    /// Writes the session, with what another workbench on the same workspace has done to the file since `known`, as this one
    /// last read or wrote it: marks that were set or taken there, and what was written into its prompts. Pane, theme, views
    /// and threshold are those of whoever is last.
    ///
    /// # Errors
    /// Where the file cannot be written; `known` is then as before.
    pub fn save_beside(self, file: &Path, known: &Mutex<Self>) -> Result<()> {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = file.parent() {
            files::create_folder(folder, Share::Private)?;
        }
        // Two that end at once, as the line to both breaks, write one after the other.
        let lock_at = file.with_extension("lock");
        let lock =
            File::options().create(true).truncate(false).write(true).open(&lock_at).map_err(Error::io(&lock_at))?;
        if let Err(error) = flock(&lock, FlockOperation::LockExclusive) {
            tracing::warn!(file = %lock_at.display(), %error, "the session is saved without a lock");
        }
        let theirs = if file.exists() { Self::load(file) } else { known.clone() };
        self.merged(&known, theirs).save(file)?;
        *known = self;
        Ok(())
    }

    /// What is written where the file holds `theirs` and this workbench last knew `known`.
    fn merged(&self, known: &Self, theirs: Self) -> Self {
        let mut all = self.clone();
        if theirs.marks != known.marks {
            let (before, now): (HashSet<&String>, HashSet<&String>) =
                (known.marks.iter().collect(), self.marks.iter().collect());
            let mut marks: Vec<String> =
                theirs.marks.iter().filter(|id| now.contains(id) || !before.contains(id)).cloned().collect();
            let there: HashSet<&String> = theirs.marks.iter().collect();
            marks.extend(self.marks.iter().filter(|id| !before.contains(id) && !there.contains(id)).cloned());
            all.marks = marks;
        }
        for (all, theirs) in [(&mut all.filters, theirs.filters), (&mut all.queries, theirs.queries)] {
            let own = std::mem::replace(all, theirs);
            for entry in &own {
                write_down(all, entry);
            }
        }
        all
    }

    /// Writes the session, whole or not at all and for this user alone: it is personal, whoever shares the workspace.
    fn save(&self, file: &Path) -> Result<()> {
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
        let view = SavedView { name: "late".to_owned(), pane: "Users".to_owned(), ..SavedView::default() };
        let session = Session { views: vec![view], ..session };
        session.save(&file).unwrap();
        assert_eq!(Session::load(&file), session);
        fs::write(&file, "{ half").unwrap();
        assert_eq!(Session::load(&file), Session::default());
    }

    fn marked(ids: &[&str], filters: &[&str]) -> Session {
        let texts = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect();
        Session { marks: texts(ids), filters: texts(filters), ..Session::default() }
    }

    #[test]
    fn two_workbenches_on_one_workspace_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("session.json");
        marked(&["1", "2"], &["a"]).save(&file).unwrap();
        let (first, second) = (Mutex::new(Session::load(&file)), Mutex::new(Session::load(&file)));
        marked(&["1", "2", "3"], &["a", "b"]).save_beside(&file, &first).unwrap();
        // The other took one mark and set one, and knows nothing of the first one's.
        marked(&["2", "4"], &["a", "c"]).save_beside(&file, &second).unwrap();
        assert_eq!(Session::load(&file), marked(&["2", "3", "4"], &["b", "a", "c"]));
        // The first takes its own again: what the other did stays.
        marked(&["1", "2"], &["a", "b"]).save_beside(&file, &first).unwrap();
        assert_eq!(Session::load(&file).marks, ["2", "4"]);
        // A file that was removed is written anew.
        fs::remove_file(&file).unwrap();
        marked(&["1", "2"], &[]).save_beside(&file, &first).unwrap();
        assert_eq!(Session::load(&file).marks, ["1", "2"]);
    }
}
