//! What outlives the program: kept in a session, restored from one.

use std::sync::{Arc, Mutex};

use crate::error::Result;
use crate::store::{DataTable, Marks, View};
use crate::ui::app::{App, Written};
use crate::ui::grid::Kept;
use crate::ui::pane::Pane;
use crate::ui::session::Session;

impl App {
    /// How the workspace is left now.
    ///
    /// # Errors
    /// Where the ids of the marked users cannot be read.
    pub fn session(&self) -> Result<Session> {
        let session = self.session_but_marks();
        match self.marked_users() {
            Some((table, marks)) => session.with_marks(&table, &marks),
            None => Ok(session),
        }
    }

    /// The user table and its marks, once it is read.
    pub(in crate::ui) fn marked_users(&self) -> Option<(DataTable, Marks)> {
        let users = self.grid_of(Pane::Users);
        Some((users.table()?.clone(), users.marks().clone()))
    }

    /// How the workspace is left now, with the marks as they were found: to name the marked users takes longer.
    pub(in crate::ui) fn session_but_marks(&self) -> Session {
        let kept = Pane::ALL.into_iter().filter(|pane| pane.is_kept());
        let theme = self.theme().name.clone();
        Session {
            pane: self.pane.title().to_owned(),
            theme: (theme != self.settings.theme).then_some(theme),
            seen: self.run.as_ref().map(|run| run.info().id.clone()).or_else(|| self.last_seen.clone()),
            tables: kept.map(|pane| (pane.title().to_owned(), self.grid_of(pane).keep())).collect(),
            marks: self.session.as_ref().map(|session| session.marks.clone()).unwrap_or_default(),
            threshold: Some(self.threshold),
            filters: self.written.filters.clone(),
            queries: self.written.queries.clone(),
            views: self.written.views.clone(),
            saved_queries: self.written.saved.clone(),
        }
    }

    /// Opens a pane with a filter and an order for the table to come; without an order its own stays.
    pub fn open_at(&mut self, pane: Pane, view: View) {
        self.pane = pane;
        if view == View::default() {
            return;
        }
        let grid = self.grid_of_mut(pane);
        let kept = grid.keep();
        let sort = if view.sort.is_empty() { pane.description().start.view_on(None).sort } else { view.sort };
        grid.restore(Kept { view: View { sort, ..view }, ..kept });
    }

    /// Opens what a session left; its marks wait for the user table.
    pub(in crate::ui) fn restore(&mut self, session: Session) {
        self.known_session = Arc::new(Mutex::new(session.clone()));
        if !self.settings.restore {
            return;
        }
        self.last_seen.clone_from(&session.seen);
        if let Some(pane) = Pane::named(&session.pane) {
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
        self.written = Written {
            filters: session.filters.clone(),
            queries: session.queries.clone(),
            views: session.views.clone(),
            saved: session.saved_queries.clone(),
        };
        self.session = Some(session);
    }
}
