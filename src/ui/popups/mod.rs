//! Layers above everything: help, prompts, lists to choose from, the dialogs of an export and of a log, messages and
//! questions.

pub mod checklist;
pub mod completion;
pub mod export;
pub mod help;
pub mod line;
pub mod log;
mod log_lines;
pub mod message;
pub mod picker;
pub mod prompt;
pub mod query;
pub mod statistics;
pub mod text_page;
mod titles;

pub use checklist::Checklist;
pub use export::ExportDialog;
pub use help::{About, Help};
pub use log::LogDialog;
pub use message::Message;
pub use picker::{CopyForm, CopyWhat, Offer, Picked, Picker};
pub use prompt::{Prompt, Purpose};
pub use statistics::StatisticsBox;
pub use text_page::TextPage;

use crate::ui::command::Context;

/// A layer that takes every key until it is closed.
#[derive(Debug)]
pub enum Popup {
    /// A page to read: every key, or the session's notices.
    Help(Help),
    /// A line of text.
    Prompt(Prompt),
    /// Something to choose: a command, a theme, an item.
    Picker(Picker),
    /// Columns to tick.
    Checklist(Checklist),
    /// What to write to which file.
    Export(Box<ExportDialog>),
    /// How a log is to be read.
    Log(Box<LogDialog>),
    /// What a column holds.
    Statistics(Box<StatisticsBox>),
    /// Something to be told or asked.
    Message(Message),
    /// Paragraphs to be read.
    Text(TextPage),
}

impl Popup {
    /// Where its keys are looked up.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(_) | Self::Text(_) => Context::Help,
            Self::Prompt(prompt) => prompt.context(),
            Self::Picker(picker) => picker.context,
            Self::Checklist(_) => Context::Checklist,
            Self::Export(_) => Context::Export,
            Self::Log(_) => Context::Log,
            Self::Statistics(_) => Context::Statistics,
            Self::Message(_) => Context::Message,
        }
    }
}
