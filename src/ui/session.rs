//! How a workspace was left: pane, theme, sort, filter, columns, marks. Kept per workspace in the user's state folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::app::{App, Written};
use super::grid::Kept;
use super::pane::Pane;
use crate::error::{Error, Result};
use crate::store::{DataTable, Marks};

/// Entries of a prompt's history that are kept.
const HISTORY: usize = 100;

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
        let dirs = directories::ProjectDirs::from("", "", "user360")?;
        let folder = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).join("sessions");
        let place = fs::canonicalize(workspace).or_else(|_| std::path::absolute(workspace)).ok()?;
        Some(folder.join(format!("{:016x}.json", xxh3_64(place.as_os_str().as_encoded_bytes()))))
    }

    /// Reads a session; an empty one where there is none, or none that can be read.
    pub fn load(file: &Path) -> Self {
        let Ok(text) = fs::read(file) else { return Self::default() };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::warn!(file = %file.display(), %error, "the session cannot be read and starts anew");
            Self::default()
        })
    }

    /// With the ids of these rows of the user table as its marks.
    #[must_use]
    pub fn with_marks(self, table: &DataTable, marks: &Marks) -> Self {
        let marks = marks.rows().into_iter().map(|row| table.cell(row as usize, 0).to_string()).collect();
        Self { marks, ..self }
    }

    /// Writes the session: to a temporary file first, renamed at the end.
    pub fn save(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(Error::io(folder))?;
        }
        let text = serde_json::to_vec(self)
            .map_err(|error| Error::Missing(format!("the session cannot be written: {error}")))?;
        let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&temporary, text).map_err(Error::io(&temporary))?;
        fs::rename(&temporary, file).map_err(Error::io(file))
    }
}

/// Adds an entry to a prompt's history, as the newest.
pub fn write_down(history: &mut Vec<String>, entry: &str) {
    history.retain(|known| known != entry);
    history.push(entry.to_owned());
    let surplus = history.len().saturating_sub(HISTORY);
    history.drain(..surplus);
}

impl App {
    /// How the workspace is left now.
    pub fn session(&self) -> Session {
        let session = self.session_but_marks();
        match self.marked_users() {
            Some((table, marks)) => session.with_marks(&table, &marks),
            None => session,
        }
    }

    /// The user table and its marks, once it is read.
    pub(super) fn marked_users(&self) -> Option<(DataTable, Marks)> {
        let users = self.grid_of(Pane::Users);
        Some((users.table()?.clone(), users.marks().clone()))
    }

    /// How the workspace is left now, with the marks as they were found: to name the marked users takes longer.
    pub(super) fn session_but_marks(&self) -> Session {
        let kept = Pane::ALL.into_iter().filter(|pane| !matches!(pane, Pane::Overview | Pane::Sql));
        let theme = self.theme().name.clone();
        Session {
            pane: self.pane.title().to_owned(),
            theme: (theme != self.settings.theme).then_some(theme),
            tables: kept.map(|pane| (pane.title().to_owned(), self.grid_of(pane).keep())).collect(),
            marks: self.session.as_ref().map(|session| session.marks.clone()).unwrap_or_default(),
            threshold: Some(self.threshold),
            filters: self.written.filters.clone(),
            queries: self.written.queries.clone(),
        }
    }

    /// Opens what a session left; its marks wait for the user table.
    pub(super) fn restore(&mut self, session: Session) {
        if !self.settings.restore {
            return;
        }
        if let Some(pane) = Pane::ALL.into_iter().find(|pane| pane.title() == session.pane) {
            self.pane = pane;
        }
        if let Some(theme) = &session.theme {
            self.use_theme(theme);
        }
        for pane in Pane::ALL {
            if let Some(kept) = session.tables.get(pane.title()) {
                self.grid_of_mut(pane).restore(kept.clone());
            }
        }
        self.threshold = session.threshold.unwrap_or(self.threshold).min(100);
        self.written = Written { filters: session.filters.clone(), queries: session.queries.clone() };
        self.session = Some(session);
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

    #[test]
    fn history_keeps_the_newest_once() {
        let mut history = Vec::new();
        for entry in 0..150 {
            write_down(&mut history, &entry.to_string());
        }
        write_down(&mut history, "60");
        assert_eq!((history.len(), history.last().unwrap().as_str()), (HISTORY, "60"));
        assert_eq!(history.iter().filter(|entry| *entry == "60").count(), 1);
    }
}
