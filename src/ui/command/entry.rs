//! A line of the command table.

use crate::ui::command::{Command, Context};
use crate::ui::key::Key;

/// When a command would do something: hints and palette leave it out otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// There is a raw log to run on, and no run is under way.
    Runnable,
    /// A stage is at work.
    StageAtWork,
    /// A text is written of which words can be completed.
    Completable,
    /// There is something to look closer at under the cursor.
    Openable,
    /// The table is there.
    Table,
    /// The table shows a row.
    Rows,
    /// View or columns are not as they were at first.
    Touched,
    /// Something was searched for.
    Sought,
    /// There is something to undo.
    Undoable,
    /// There is something to do again.
    Redoable,
    /// The pane has charts.
    Charts,
    /// A tour is made.
    Touring,
    /// The workspace has a run newer than the one shown.
    NewerRun,
    /// The workspace keeps another run.
    EarlierRun,
    /// There is a run.
    Run,
    /// An export or a download is under way.
    Exporting,
    /// No download is under way.
    NotFetching,
    /// There is a layer below, or a range to leave.
    Layered,
    /// Settings tell where users have a page elsewhere.
    Linked,
    /// There are older events.
    Older,
    /// There are newer events.
    Newer,
}

impl When {
    /// Why it would do nothing where this does not hold.
    pub fn why(self) -> &'static str {
        match self {
            Self::Always => "not here",
            Self::Runnable => "a run is under way, or there is no log to run on",
            Self::StageAtWork => "no stage is at work",
            Self::Completable => "nothing can be completed here",
            Self::Openable => "there is nothing to open here",
            Self::Table => "there is no table yet",
            Self::Rows => "there is no row",
            Self::Touched => "nothing is changed",
            Self::Sought => "nothing was searched for",
            Self::Undoable => "there is nothing to undo",
            Self::Redoable => "there is nothing to redo",
            Self::Charts => "there are no charts here",
            Self::Touring => "no tour is made",
            Self::NewerRun => "the run shown is the newest",
            Self::EarlierRun => "no other run is kept",
            Self::Run => "there is no run yet",
            Self::Exporting => "no export or download is under way",
            Self::NotFetching => "a download is under way",
            Self::Layered => "nothing is open",
            Self::Linked => "settings name no page elsewhere",
            Self::Older => "there are no older events",
            Self::Newer => "there are no newer events",
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// Its name in the palette and in settings.
    pub id: &'static str,
    /// What it does, for a reader.
    pub title: &'static str,
    /// The word in the hint bar; none for what needs no hint.
    pub hint: Option<&'static str>,
    /// Its keys.
    pub keys: Vec<Key>,
    /// Where the keys hold.
    pub contexts: Vec<Context>,
    /// When it would do something.
    pub when: When,
}
