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
    /// The stage under the cursor is at work.
    StageAtWork,
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
    /// The workspace keeps an earlier run.
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
