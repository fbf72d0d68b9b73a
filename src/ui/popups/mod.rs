//! Layers above everything: help, prompts, lists to choose from, the dialogs of an export and of a log, messages and
//! questions.

pub mod checklist;
pub mod export;
pub mod help;
pub mod line;
pub mod log;
mod log_lines;
pub mod message;
pub mod picker;
pub mod prompt;

pub use checklist::Checklist;
pub use export::ExportDialog;
pub use log::LogDialog;
pub use message::Message;
pub use picker::{Offer, Picked, Picker};
pub use prompt::{Prompt, Purpose};

use crate::ui::command::Context;

/// A layer that takes every key until it is closed.
#[derive(Debug)]
pub enum Popup {
    /// Every key; scrolled by so many lines.
    Help(u16),
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
    /// Something to be told or asked.
    Message(Message),
}

impl Popup {
    /// Where its keys are looked up.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(_) => Context::Help,
            Self::Prompt(_) => Context::Prompt,
            Self::Picker(_) => Context::Palette,
            Self::Checklist(_) => Context::Checklist,
            Self::Export(_) => Context::Export,
            Self::Log(_) => Context::Log,
            Self::Message(_) => Context::Message,
        }
    }
}
