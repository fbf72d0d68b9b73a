//! Layers above everything: help, prompts, the palette, messages and questions.

pub mod help;
pub mod message;
pub mod palette;
pub mod prompt;

pub use message::Message;
pub use palette::Palette;
pub use prompt::{Prompt, Purpose};

use super::command::Context;

/// A layer that takes every key until it is closed.
#[derive(Debug)]
pub enum Popup {
    /// Every key; scrolled by so many lines.
    Help(u16),
    /// A line of text.
    Prompt(Prompt),
    /// Commands by name.
    Palette(Palette),
    /// Something to be told or asked.
    Message(Message),
}

impl Popup {
    /// Where its keys are looked up.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(_) => Context::Help,
            Self::Prompt(_) => Context::Prompt,
            Self::Palette(_) => Context::Palette,
            Self::Message(_) => Context::Message,
        }
    }
}
