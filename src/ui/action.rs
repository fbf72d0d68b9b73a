//! What can happen to the screen, and what it asks the outside world to do.

use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::layout::Size;

use super::command::Command;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline::{StageId, StageStatus};
use crate::store::{Run, RunInfo, UserProfile, UserTable, View};

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
    /// The run ended.
    RunEnded(Result<RunInfo>),
    /// The workspace's current run, if it has one.
    RunOpened(Result<Option<Run>>),
    /// Its user table; `None` where the run has none.
    UsersLoaded(Result<Option<UserTable>>),
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
}

/// What the outside world is asked to do.
#[derive(Debug)]
pub enum Effect {
    /// Work off the screen's task; it comes back as an action.
    Work(Work, Job),
    /// Tell after 150 ms whether this request is still under way.
    Watch(u64),
    /// Run the stages.
    Start {
        /// Also those that are not stale.
        force: bool,
    },
    /// Cancel a stage of the run under way.
    Cancel(StageId),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back until the shell continues the program.
    Suspend,
    /// End the program.
    Quit,
}

/// What the screen asks for.
pub type Effects = Vec<Effect>;

/// Work that must not hold the screen up.
#[derive(Debug)]
pub enum Work {
    /// Read the workspace's manifest and the current run's record.
    OpenRun(std::path::PathBuf),
    /// Read the user table.
    LoadUsers(Arc<Run>),
    /// Filter and sort.
    Order {
        /// Answered with this number.
        generation: u64,
        /// The table.
        users: UserTable,
        /// What to show of it.
        view: View,
    },
    /// Find the next id that holds a text.
    Search {
        /// Answered with this number.
        generation: u64,
        /// The table.
        users: UserTable,
        /// The view.
        rows: Arc<[u32]>,
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
        users: UserTable,
        /// The user's row.
        row: usize,
    },
}

impl Work {
    /// Does it; takes as long as it takes.
    pub fn perform(self, job: &Job) -> Action {
        match self {
            Self::OpenRun(root) => Action::RunOpened(crate::store::Workspace::open(root).current()),
            Self::LoadUsers(run) => {
                let users = if run.has("features") { UserTable::load(&run).map(Some) } else { Ok(None) };
                Action::UsersLoaded(users)
            }
            Self::Order { generation, users, view } => Action::Ordered { generation, rows: users.order(&view, job) },
            Self::Search { generation, users, rows, text, from, backwards } => {
                Action::Found { generation, position: search(&users, &rows, &text, from, backwards, job) }
            }
            Self::Profile { generation, run, users, row } => {
                Action::Profiled { generation, profile: Box::new(crate::store::profile(&run, &users, row)) }
            }
        }
    }

    /// The answer when the work broke down instead of ending.
    pub fn broken(&self) -> impl FnOnce(String) -> Action + Send + 'static {
        let kind = match self {
            Self::OpenRun(_) => Kind::Open,
            Self::LoadUsers(_) => Kind::Load,
            Self::Order { generation, .. } => Kind::Order(*generation),
            Self::Search { generation, .. } => Kind::Search(*generation),
            Self::Profile { generation, .. } => Kind::Profile(*generation),
        };
        move |what| {
            let error = Error::Missing(format!("internal error: {what}; the log has more"));
            match kind {
                Kind::Open => Action::RunOpened(Err(error)),
                Kind::Load => Action::UsersLoaded(Err(error)),
                Kind::Order(generation) => Action::Ordered { generation, rows: Err(error) },
                Kind::Search(generation) => Action::Found { generation, position: Err(error) },
                Kind::Profile(generation) => Action::Profiled { generation, profile: Box::new(Err(error)) },
            }
        }
    }
}

enum Kind {
    Open,
    Load,
    Order(u64),
    Search(u64),
    Profile(u64),
}

/// Rows between two looks at the cancel flag.
const CHECK_EVERY: usize = 4096;

fn search(
    users: &UserTable,
    rows: &[u32],
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
        if users.cell(rows[position] as usize, 0).to_string().contains(text) {
            return Ok(Some(position));
        }
    }
    Ok(None)
}
