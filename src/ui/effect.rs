//! What the screen asks the outside world to do, and the background jobs among it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::caught;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::stage::StageId;
use crate::ui::app::App;
use crate::ui::reading::Reading;

/// What the outside world is asked to do.
#[derive(Debug)]
pub enum Effect {
    /// Do this in the background; the answer comes as an [`Action`](super::Action). The job is cancelled when nobody wants
    /// it any more.
    Work(Work, Job),
    /// Say [`Action::Slow`](super::Action::Slow) when the request is not answered soon.
    Watch(u64),
    /// Say [`Action::SaveDue`](super::Action::SaveDue) in a while.
    SaveLater,
    /// Say [`Action::Faded`](super::Action::Faded) of this notice in a while.
    FadeLater(u64),
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
    /// Give the terminal to the analyst's own editor with this text; [`Action::Edited`](super::Action::Edited) tells what it
    /// became.
    Edit(String),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back until the shell continues the program.
    Suspend,
    /// End the program.
    Quit,
}

/// What the screen asks for.
pub type Effects = Vec<Effect>;

impl Effect {
    /// Work that nobody watches or cancels.
    pub(super) fn background(work: Work) -> Self {
        Self::Work(work, Job::new())
    }
}

/// A background job: what it does, and what becomes of its answer.
pub struct Work {
    name: &'static str,
    quiet: bool,
    awaited: Option<u64>,
    run: Box<dyn FnOnce(&Job) -> Change + Send>,
}

/// What an answer changes, and asks for next.
type Change = Box<dyn FnOnce(&mut App) -> Effects + Send>;

impl Work {
    /// `run` is done on a thread of its own. `answer` takes its result on the screen's thread; it tells an outdated one by
    /// the number of the request that it holds. A panic of `run` becomes an error.
    pub(super) fn new<T: Send + 'static>(
        name: &'static str,
        run: impl FnOnce(&Job) -> Result<T> + Send + 'static,
        answer: impl FnOnce(&mut App, Result<T>) -> Effects + Send + 'static,
    ) -> Self {
        let run = move |job: &Job| -> Change {
            let result = catch_unwind(AssertUnwindSafe(|| run(job))).unwrap_or_else(|panic| {
                let what = caught::text(panic.as_ref());
                Err(Error::Missing(format!("internal error: could not {name}: {what}; the log has more")))
            });
            Box::new(move |app| answer(app, result))
        };
        Self { name, quiet: false, awaited: Some(0), run: Box::new(run) }
    }

    /// As it is, but keys do not wait for its answer: what they mean does not hang on it.
    pub(super) fn aside(self) -> Self {
        Self { awaited: None, ..self }
    }

    /// As it is, but its answer changes nothing that is seen.
    pub(super) fn quietly(self) -> Self {
        Self { quiet: true, awaited: None, ..self }
    }

    /// The number under which its answer is awaited, where keys that are typed meanwhile wait for it.
    pub(super) fn awaited_mut(&mut self) -> Option<&mut u64> {
        self.awaited.as_mut()
    }

    /// Does it; takes as long as it takes.
    pub fn perform(self, job: &Job) -> Answer {
        Answer { name: self.name, quiet: self.quiet, awaited: self.awaited, change: (self.run)(job) }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Work({})", self.name)
    }
}

/// The answer of a background job.
pub struct Answer {
    name: &'static str,
    quiet: bool,
    awaited: Option<u64>,
    change: Change,
}

impl Answer {
    /// Whether it changes nothing that is seen.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The number under which keys wait for it.
    pub(super) fn awaited(&self) -> Option<u64> {
        self.awaited
    }

    /// Applies it.
    pub(super) fn apply(self, app: &mut App) -> Effects {
        (self.change)(app)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Answer({})", self.name)
    }
}
