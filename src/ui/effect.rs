//! What the screen asks the outside world to do.

use crate::job::Job;
use crate::stage::StageId;
use crate::ui::action::Reading;
use crate::ui::grid::{GridRequest, Wanted};
use crate::ui::work::Work;

/// What the outside world is asked to do.
#[derive(Debug)]
pub enum Effect {
    /// Do this in the background; the answer comes as an [`Action`](super::Action). The job is cancelled when nobody wants it any more.
    Work(Work, Job),
    /// Say [`Action::Slow`](super::Action::Slow) when the request is not answered soon.
    Watch(u64),
    /// Say [`Action::SaveDue`](super::Action::SaveDue) in a while.
    SaveLater,
    /// Run the stages, all of them where `force`.
    Start {
        /// The raw log, and how it is read.
        reading: Box<Reading>,
        /// Also those that are done.
        force: bool,
    },
    /// Cancel a stage of the run under way.
    Cancel(StageId),
    /// Write these bytes to the terminal: a text for its clipboard.
    Copy(Vec<u8>),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back until the shell continues the program.
    Suspend,
    /// End the program.
    Quit,
}

/// What the screen asks for.
pub type Effects = Vec<Effect>;

/// What a table's requests ask for: the work itself, and word when it takes long.
pub fn requested(requests: Vec<GridRequest>) -> Effects {
    let effects = |request: GridRequest| {
        let GridRequest { generation, job, table, wanted } = request;
        let work = match wanted {
            Wanted::View(view) => Work::Order { generation, table, view },
            Wanted::Row { rows, column, text, from, backwards } => {
                Work::Search { generation, table, rows, column, text, from, backwards }
            }
        };
        [Effect::Work(work, job), Effect::Watch(generation)]
    };
    requests.into_iter().flat_map(effects).collect()
}
