//! The tables that a query can name, opened when it names them: those of the run, `users`, and the same of the runs kept
//! before it as `previous.users` and `run_20261122.users`. This is the one place where tables become readable.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;

use crate::error::{Error, Result};
use crate::store::columns;
use crate::store::engine::answers::in_memory;
use crate::store::engine::rows::outer;
use crate::store::engine::scan::StoredTable;
use crate::store::engine::source::Source;
use crate::store::engine::stored::Stored;
use crate::store::engine::tags::Tags;
use crate::store::engine::widen::widened;
use crate::store::history;
use crate::store::notes::Notes;
use crate::store::run::Run;
use crate::store::workspace::Workspace;

/// The tables of one run under one name.
pub(super) const OWN: &str = "run";
/// The run kept before this one.
pub(super) const PREVIOUS: &str = "previous";
/// What rows of the log told beside their events.
const DETAILS: &str = "event_details";
/// Every user with every result.
pub(in crate::store) const USERS: &str = "users";

/// Runs by the name under which a query finds their tables.
#[derive(Debug)]
pub(super) struct Runs {
    own: Run,
    /// Names and ids of the other kept runs, the newest first; several names may mean one run.
    others: Vec<(String, String)>,
    /// `users` with columns of the shop's own.
    widened: OnceLock<Arc<dyn TableProvider>>,
}

impl Runs {
    /// A run and those kept beside it in its workspace.
    pub(super) fn beside(run: &Run) -> Self {
        let kept = Workspace::open(run.workspace()).runs().unwrap_or_default();
        let older = kept.iter().skip_while(|id| **id != run.info().id).nth(1);
        let mut others: Vec<(String, String)> = older.map(|id| (PREVIOUS.to_owned(), id.clone())).into_iter().collect();
        for id in &kept {
            let day = format!("run_{}", id.chars().take_while(char::is_ascii_digit).collect::<String>());
            let whole = format!("run_{}", id.to_lowercase().replace('-', "_"));
            for name in [day, whole] {
                if !others.iter().any(|(known, _)| *known == name) {
                    others.push((name, id.clone()));
                }
            }
        }
        Self { own: run.clone(), others, widened: OnceLock::new() }
    }

    /// The names of kept runs that a table's name can begin with.
    pub(super) fn names(&self) -> Vec<&str> {
        self.others.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The names under which a list of tables shows the runs beside this one.
    pub(super) fn beside_own(&self) -> impl Iterator<Item = &str> {
        let own = &self.own.info().id;
        self.others.iter().filter(move |(_, id)| id != own).map(|(name, _)| name.as_str())
    }

    /// The names of the run's own tables, and of the history of its workspace.
    pub(super) fn tables(&self) -> Vec<String> {
        let beside = self.own.beside().names().into_iter().map(str::to_owned);
        tables(&self.own).into_iter().chain([history::TABLE.to_owned()]).chain(beside).collect()
    }

    /// Gives `users` the columns of the shop's own, where it has any.
    ///
    /// # Errors
    /// [`Error::Query`] for a column that cannot be made.
    pub(super) fn widen(&self, state: &SessionState) -> Result<()> {
        let columns = &self.own.beside().columns;
        if columns.is_empty() || self.widened.get().is_some() {
            return Ok(());
        }
        if let Some(users) = open(&self.own, USERS)? {
            let made = widened(state, Arc::new(StoredTable(Arc::new(users))), columns)?;
            // Another thread has made the same.
            let _ = self.widened.set(made);
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<Option<Run>> {
        if name == OWN {
            return Ok(Some(self.own.clone()));
        }
        let Some((_, id)) = self.others.iter().find(|(known, _)| known == name) else { return Ok(None) };
        if *id == self.own.info().id {
            return Ok(Some(self.own.clone()));
        }
        Workspace::open(self.own.workspace()).run(id).map(Some)
    }
}

/// The names of a run's tables, `users` first where there are per-user tables.
fn tables(run: &Run) -> Vec<String> {
    let users = has_users(run).then_some(USERS);
    users.into_iter().chain(run.tables()).map(str::to_owned).collect()
}

/// Whether a run has the table that says who is a user.
fn has_users(run: &Run) -> bool {
    columns::user_tables().next().is_some_and(|table| run.has(table.name))
}

/// Opens a table of a run; `None` where it has none of this name.
pub(in crate::store) fn open(run: &Run, name: &str) -> Result<Option<Stored>> {
    let source = |name: &str| Source::open(run.open_table(name)?);
    if name == USERS && has_users(run) {
        let tables = columns::user_tables().map(|table| table.name).filter(|table| run.has(table));
        let leading: Vec<&str> = columns::leading().collect();
        let users = Stored::side_by_side(tables.map(source).collect::<Result<_>>()?, "user_id", &leading)?;
        return Ok(Some(tagged(users, run)));
    }
    if name == history::TABLE {
        return Ok(history::open(run.workspace())?.map(Source::open).transpose()?.map(Stored::single));
    }
    // Its rows are those of the events, which give it their keys; what those call price is the piece's price times quantity.
    if name == DETAILS && run.has(name) && run.has("events") {
        let details = source(name)?;
        let priced = details.schema().index_of("unit_price").is_ok();
        let named = |column: &str| if priced && column == "price" { "total" } else { column }.to_owned();
        return Stored::beside(source("events")?, details, named).map(Some);
    }
    if run.has(name) { source(name).map(Stored::single).map(Some) } else { Ok(None) }
}

/// The user table with the tags of the workspace's notes; as it is where nobody has written any.
fn tagged(users: Stored, run: &Run) -> Stored {
    match Notes::read(run.workspace()) {
        Ok(None) => users,
        Ok(Some(notes)) => users.tagged(columns::TAG, "user_id", &["user_id", "customer_name"], Tags::of(notes.tags())),
        Err(error) => {
            tracing::warn!(%error, "users are shown without their tags");
            users
        }
    }
}

/// A table with a row per user beside the table of users that has `column`; alone where the run has no such table, or one
/// of other users.
pub(in crate::store) fn beside_users(run: &Run, name: &str, column: &str) -> Result<Stored> {
    let own = || Source::open(run.open_table(name)?);
    let holder = columns::user_tables().find(|table| run.has(table.name) && table.column(column).is_some());
    if let Some(holder) = holder {
        let beside = Source::open(run.open_table(holder.name)?)?;
        if own()?.group_rows() == beside.group_rows() {
            return Stored::side_by_side(vec![own()?, beside], "user_id", &[]);
        }
    }
    own().map(Stored::single)
}

impl CatalogProvider for Runs {
    fn schema_names(&self) -> Vec<String> {
        std::iter::once(OWN).chain(self.names()).map(str::to_owned).collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let run = self.find(name).transpose()?;
        let widened = if name == OWN { self.widened.get().cloned() } else { None };
        Some(Arc::new(RunTables { run, widened }))
    }
}

/// The tables of one run, or why there are none to be read.
#[derive(Debug)]
struct RunTables {
    run: Result<Run>,
    /// `users` where it has more columns than those of the run.
    widened: Option<Arc<dyn TableProvider>>,
}

#[async_trait]
impl SchemaProvider for RunTables {
    fn table_names(&self) -> Vec<String> {
        let all = |run: &Run| {
            let beside = run.beside().names().into_iter().map(str::to_owned);
            tables(run).into_iter().chain(beside).collect()
        };
        self.run.as_ref().map(all).unwrap_or_default()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let run = self.run.as_ref().map_err(|error| outer(Error::Missing(error.to_string())))?;
        if let Some(users) = self.widened.as_ref().filter(|_| name == USERS) {
            return Ok(Some(Arc::clone(users)));
        }
        if let Some(rows) = run.beside().rows(name).map_err(outer)? {
            return in_memory(rows.columns().iter(), rows.height()).map(Some).map_err(outer);
        }
        let stored = open(run, name).map_err(outer)?;
        Ok(stored.map(|stored| Arc::new(StoredTable(Arc::new(stored))) as Arc<dyn TableProvider>))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.table_names().iter().any(|known| known == name)
    }
}
