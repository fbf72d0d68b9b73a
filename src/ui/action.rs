//! What can happen to the screen.

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::layout::Size;

use crate::config::IngestSettings;
use crate::error::Result;
use crate::fetch::Fetched;
use crate::pipeline::StageStatus;
use crate::pipeline::propose::{Draft, Preview};
use crate::store::{Comparison, DataTable, Exported, ItemProfile, Run, RunInfo, Summary, UserProfile};
use crate::ui::command::Command;

/// Something happened.
#[derive(Debug)]
pub enum Action {
    /// A key that is no command here: text for the prompt.
    Type(KeyEvent),
    /// Text from the clipboard.
    Paste(String),
    /// A command.
    Command(Command),
    /// The terminal has another size.
    Resize(Size),
    /// The stages of the run under way.
    Stages(Vec<StageStatus>),
    /// Time to look how far an export or a download has come.
    PollProgress,
    /// The run ended.
    RunEnded(Result<RunInfo>),
    /// The workspace's current run, if it has one, and the id of the one before it.
    RunOpened(Result<Option<(Run, Option<String>)>>),
    /// Its user table; `None` where the run has none.
    UsersLoaded(Result<Option<DataTable>>),
    /// What the panes say of all users.
    Summarised {
        /// The run it is of.
        run: String,
        /// The summary.
        summary: Result<Arc<Summary>>,
    },
    /// The recommendations and the catalogue, if the run has one.
    Recommended {
        /// The run they are of.
        run: String,
        /// The tables.
        tables: Result<(DataTable, Option<DataTable>)>,
    },
    /// A view's rows.
    Ordered {
        /// The request answered.
        generation: u64,
        /// Rows in the view's order.
        rows: Result<Arc<[u32]>>,
    },
    /// A search's end: the position in the view.
    Found {
        /// The request answered.
        generation: u64,
        /// Where, if anywhere.
        position: Result<Option<usize>>,
    },
    /// A request has taken long enough for the reader to be told.
    Slow {
        /// The request.
        generation: u64,
    },
    /// A user's page.
    Profiled {
        /// The request answered.
        generation: u64,
        /// The page.
        profile: Box<Result<UserProfile>>,
    },
    /// An item's page.
    ItemFound {
        /// The request answered.
        generation: u64,
        /// The page.
        item: Box<Result<ItemProfile>>,
    },
    /// What changed between two runs.
    Compared {
        /// The request answered.
        generation: u64,
        /// The comparison.
        comparison: Box<Result<Comparison>>,
    },
    /// A query's result.
    Queried {
        /// The request answered.
        generation: u64,
        /// The query.
        query: String,
        /// Its rows, and whether there are more.
        result: Result<(DataTable, bool)>,
    },
    /// An export's end.
    Exported(Result<Exported>),
    /// A download's end.
    Fetched(Box<Result<Fetched>>),
    /// What a look at a log found.
    LogInspected {
        /// The request answered.
        generation: u64,
        /// What it found.
        draft: Box<Result<Draft>>,
    },
    /// What a log's first rows are.
    Previewed {
        /// The request answered.
        generation: u64,
        /// What they are.
        preview: Box<Result<Preview>>,
    },
    /// How writing a log's settings ended.
    SettingsWritten {
        /// The file.
        path: PathBuf,
        /// The settings written, and what they read.
        reading: Box<Reading>,
        /// How it ended.
        result: Result<()>,
    },
    /// Time to save the session.
    SaveDue,
    /// How saving the session ended.
    SessionSaved(Result<()>),
}

/// A log and how it is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The log.
    pub input: PathBuf,
    /// How it is read; `None` for as the configuration says.
    pub ingest: Option<IngestSettings>,
    /// Whether it is taken even where it has lost much of what the last run read.
    pub accept_shrunk: bool,
}
