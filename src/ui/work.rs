//! Work that must not hold the screen up: what it needs, and the action that answers it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config;
use crate::error::{Error, Result};
use crate::fetch::{self, FetchRequest};
use crate::job::Job;
use crate::pipeline::propose::{Draft, Request};
use crate::store::{self, DataTable, ExportOptions, Format, Marks, Run, View, Workspace};
use crate::ui::action::{Action, Reading};
use crate::ui::session::Session;

/// Rows to be written.
#[derive(Clone, Debug)]
pub enum Rows {
    /// These, in this order.
    These(Arc<[u32]>),
    /// Those for which a condition is true.
    Where(String),
}

impl Rows {
    fn of(self, table: &DataTable, job: &Job) -> Result<Arc<[u32]>> {
        match self {
            Self::These(rows) => Ok(rows),
            Self::Where(filter) => table.order(&View { filter: Some(filter), sort: Vec::new() }, job),
        }
    }
}

/// Work that must not hold the screen up.
#[derive(Debug)]
pub enum Work {
    /// Read the workspace's manifest and the current run's record.
    OpenRun(PathBuf),
    /// Read the user table.
    LoadUsers(Arc<Run>),
    /// Compute what the panes say of all users.
    Summarise(Arc<Run>, DataTable),
    /// Read recommendations and catalogue; the user table gives the segments.
    LoadRecommendations(Arc<Run>, Option<DataTable>),
    /// Filter and sort.
    Order {
        /// Answered with this number.
        generation: u64,
        /// The table.
        table: DataTable,
        /// What to show of it.
        view: View,
    },
    /// Find the next row whose cell holds a text.
    Search {
        /// Answered with this number.
        generation: u64,
        /// The table.
        table: DataTable,
        /// The view.
        rows: Arc<[u32]>,
        /// The column looked in.
        column: usize,
        /// The text.
        text: String,
        /// The position after which to look; the search goes round.
        from: usize,
        /// Upwards.
        backwards: bool,
    },
    /// Gather a user's page.
    Profile {
        /// Answered with this number.
        generation: u64,
        /// The run.
        run: Arc<Run>,
        /// The table.
        users: DataTable,
        /// The user's row.
        row: usize,
    },
    /// Gather an item's page.
    Item {
        /// Answered with this number.
        generation: u64,
        /// The run.
        run: Arc<Run>,
        /// The item's id.
        id: String,
    },
    /// Compare a run with an earlier one of the workspace.
    Compare {
        /// Answered with this number.
        generation: u64,
        /// The workspace.
        workspace: PathBuf,
        /// Id of the earlier run.
        before: String,
        /// The run.
        run: Arc<Run>,
    },
    /// Run a query.
    Query {
        /// Answered with this number.
        generation: u64,
        /// The run.
        run: Arc<Run>,
        /// The user table, where it is read already.
        users: Option<DataTable>,
        /// The query.
        query: String,
        /// Most rows wanted.
        limit: usize,
    },
    /// Write rows to a file.
    Export {
        /// The table.
        table: DataTable,
        /// Its rows.
        rows: Rows,
        /// The columns, in this order.
        columns: Vec<String>,
        /// The file.
        path: PathBuf,
        /// Its format.
        format: Format,
        /// How to write.
        options: ExportOptions,
    },
    /// Download a data set.
    Fetch(Box<FetchRequest>),
    /// Look at a log that nobody described.
    InspectLog {
        /// Answered with this number.
        generation: u64,
        /// The log, and what is known of it.
        request: Box<Request>,
    },
    /// Read a log's first rows by the settings chosen.
    Preview {
        /// Answered with this number.
        generation: u64,
        /// The log and its settings.
        draft: Box<Draft>,
    },
    /// Write a log's settings to a configuration.
    WriteSettings {
        /// The file.
        path: PathBuf,
        /// The log and its settings.
        draft: Box<Draft>,
        /// Whether the settings take the place of those that the file has.
        overwrite: bool,
    },
    /// Save the session, with the ids of these rows of the user table as its marks.
    SaveSession(PathBuf, Box<Session>, Option<(DataTable, Marks)>),
}

impl Work {
    /// Does it; takes as long as it takes.
    pub fn perform(self, job: &Job) -> Action {
        match self {
            Self::OpenRun(root) => Action::RunOpened(open(root)),
            Self::LoadUsers(run) => {
                let users = if run.has("features") { DataTable::users(&run).map(Some) } else { Ok(None) };
                Action::UsersLoaded(users)
            }
            Self::Summarise(run, users) => {
                let summary = store::summary(&run, &users, job).map(Arc::new);
                Action::Summarised { run: run.info().id.clone(), summary }
            }
            Self::LoadRecommendations(run, users) => {
                let tables = recommendations(&run, users.as_ref());
                Action::Recommended { run: run.info().id.clone(), tables }
            }
            Self::Order { generation, table, view } => Action::Ordered { generation, rows: table.order(&view, job) },
            Self::Search { generation, table, rows, column, text, from, backwards } => {
                let position = search(&table, &rows, column, &text, from, backwards, job);
                Action::Found { generation, position }
            }
            Self::Profile { generation, run, users, row } => {
                Action::Profiled { generation, profile: Box::new(store::profile(&run, &users, row)) }
            }
            Self::Item { generation, run, id } => {
                Action::ItemFound { generation, item: Box::new(store::item_profile(&run, &id)) }
            }
            Self::Compare { generation, workspace, before, run } => {
                let earlier = Workspace::open(workspace).run(&before);
                let comparison = earlier.and_then(|earlier| store::compare(&earlier, &run));
                Action::Compared { generation, comparison: Box::new(comparison) }
            }
            Self::Query { generation, run, users, query, limit } => {
                let result = self::query(&run, users.as_ref(), &query, limit);
                Action::Queried { generation, query, result }
            }
            Self::Export { table, rows, columns, path, format, options } => {
                let frame = rows.of(&table, job).and_then(|rows| table.select(&rows, Some(&columns)));
                Action::Exported(frame.and_then(|frame| store::export(&frame, &path, format, &options, job)))
            }
            Self::Fetch(request) => Action::Fetched(Box::new(fetch::fetch(&request, job))),
            Self::InspectLog { generation, request } => {
                Action::LogInspected { generation, draft: Box::new(Draft::inspect(&request, job)) }
            }
            Self::Preview { generation, draft } => {
                Action::Previewed { generation, preview: Box::new(draft.preview(job)) }
            }
            Self::WriteSettings { path, draft, overwrite } => {
                let result = config::write_ingest(&path, &draft.proposal(), draft.input(), overwrite);
                Action::SettingsWritten { path, reading: Box::new(reading(&draft)), result }
            }
            Self::SaveSession(path, session, marked) => {
                let session = match marked {
                    Some((table, marks)) => session.with_marks(&table, &marks),
                    None => *session,
                };
                Action::SessionSaved(session.save(&path))
            }
        }
    }

    /// The answer when the work broke down instead of ending.
    pub fn broken(&self) -> impl FnOnce(String) -> Action + Send + 'static {
        let kind = match self {
            Self::OpenRun(_) => Kind::Open,
            Self::LoadUsers(_) => Kind::Load,
            Self::Summarise(run, _) => Kind::Summarise(run.info().id.clone()),
            Self::LoadRecommendations(run, _) => Kind::Recommend(run.info().id.clone()),
            Self::Order { generation, .. } => Kind::Order(*generation),
            Self::Search { generation, .. } => Kind::Search(*generation),
            Self::Profile { generation, .. } => Kind::Profile(*generation),
            Self::Item { generation, .. } => Kind::Item(*generation),
            Self::Compare { generation, .. } => Kind::Compare(*generation),
            Self::Query { generation, query, .. } => Kind::Query(*generation, query.clone()),
            Self::Export { .. } => Kind::Export,
            Self::Fetch(_) => Kind::Fetch,
            Self::InspectLog { generation, .. } => Kind::InspectLog(*generation),
            Self::Preview { generation, .. } => Kind::Preview(*generation),
            Self::WriteSettings { path, draft, .. } => Kind::Write(path.clone(), Box::new(reading(draft))),
            Self::SaveSession(..) => Kind::Save,
        };
        move |what| {
            let error = Error::Missing(format!("internal error: {what}; the log has more"));
            match kind {
                Kind::Open => Action::RunOpened(Err(error)),
                Kind::Load => Action::UsersLoaded(Err(error)),
                Kind::Summarise(run) => Action::Summarised { run, summary: Err(error) },
                Kind::Recommend(run) => Action::Recommended { run, tables: Err(error) },
                Kind::Order(generation) => Action::Ordered { generation, rows: Err(error) },
                Kind::Search(generation) => Action::Found { generation, position: Err(error) },
                Kind::Profile(generation) => Action::Profiled { generation, profile: Box::new(Err(error)) },
                Kind::Item(generation) => Action::ItemFound { generation, item: Box::new(Err(error)) },
                Kind::Compare(generation) => Action::Compared { generation, comparison: Box::new(Err(error)) },
                Kind::Query(generation, query) => Action::Queried { generation, query, result: Err(error) },
                Kind::Export => Action::Exported(Err(error)),
                Kind::Fetch => Action::Fetched(Box::new(Err(error))),
                Kind::InspectLog(generation) => Action::LogInspected { generation, draft: Box::new(Err(error)) },
                Kind::Preview(generation) => Action::Previewed { generation, preview: Box::new(Err(error)) },
                Kind::Write(path, reading) => Action::SettingsWritten { path, reading, result: Err(error) },
                Kind::Save => Action::SessionSaved(Err(error)),
            }
        }
    }
}

enum Kind {
    Open,
    Load,
    Summarise(String),
    Recommend(String),
    Order(u64),
    Search(u64),
    Profile(u64),
    Item(u64),
    Compare(u64),
    Query(u64, String),
    Export,
    Fetch,
    InspectLog(u64),
    Preview(u64),
    Write(PathBuf, Box<Reading>),
    Save,
}

/// A log as the settings chosen read it.
fn reading(draft: &Draft) -> Reading {
    Reading { input: draft.input().to_path_buf(), ingest: Some(draft.settings()), accept_shrunk: false }
}

/// The current run and the id of the one kept before it.
fn open(root: PathBuf) -> Result<Option<(Run, Option<String>)>> {
    let workspace = Workspace::open(root);
    let Some(run) = workspace.current()? else { return Ok(None) };
    let runs = workspace.runs()?;
    let earlier = runs.iter().skip_while(|id| **id != run.info().id).nth(1).cloned();
    Ok(Some((run, earlier)))
}

fn recommendations(run: &Run, users: Option<&DataTable>) -> Result<(DataTable, Option<DataTable>)> {
    let table = store::recommendations(run, users)?;
    let items = if run.has("items") { Some(DataTable::of_frame(run.table("items")?)) } else { None };
    Ok((table, items))
}

fn query(run: &Run, users: Option<&DataTable>, query: &str, limit: usize) -> Result<(DataTable, bool)> {
    // One row more than wanted tells whether there are more.
    let frame = store::sql_beside(run, users, query, limit.saturating_add(1))?;
    let cut = frame.height() > limit;
    Ok((DataTable::of_frame(frame.head(Some(limit))), cut))
}

/// Rows between two looks at the cancel flag.
const CHECK_EVERY: usize = 4096;

fn search(
    table: &DataTable,
    rows: &[u32],
    column: usize,
    text: &str,
    from: usize,
    backwards: bool,
    job: &Job,
) -> Result<Option<usize>> {
    let all = rows.len();
    for step in 1..=all {
        if step % CHECK_EVERY == 0 {
            job.check()?;
        }
        let position = if backwards { (from + all - step % all) % all } else { (from + step) % all };
        if table.cell(rows[position] as usize, column).to_string().contains(text) {
            return Ok(Some(position));
        }
    }
    Ok(None)
}
