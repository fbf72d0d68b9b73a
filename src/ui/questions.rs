//! The questions after a log's settings, while they are asked.

use std::path::PathBuf;

use crate::config::{Answer, Hints};

/// The questions that are being asked, of the configuration `file`.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The configuration that the answers go to.
    pub file: PathBuf,
    /// What the log tells of the answers.
    pub hints: Hints,
    /// The place of the question that is asked now.
    pub at: usize,
    /// What was answered.
    pub answers: Vec<Answer>,
    /// What was left open.
    pub open: Vec<&'static str>,
    /// What is told when all is asked.
    pub then: String,
}
