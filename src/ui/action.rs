//! What can happen to the screen.

use crossterm::event::KeyEvent;
use ratatui::layout::Size;

use crate::error::Result;
use crate::pipeline::StageStatus;
use crate::store::RunInfo;
use crate::ui::command::Command;
use crate::ui::effect::Answer;

/// Something happened.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "the large one comes once a run")]
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
    /// Time to look whether the workspace has a newer run.
    LookForRun,
    /// The analyst's own editor is left, with this text.
    Edited(Result<String>),
    /// The run ended.
    RunEnded(Result<RunInfo>),
    /// A request has taken long enough for the reader to be told.
    Slow {
        /// The request.
        generation: u64,
    },
    /// A background job has ended.
    Answered(Answer),
    /// Time to save the session.
    SaveDue,
    /// A notice has been there long enough to be read.
    Faded {
        /// The notice.
        notice: u64,
    },
}
