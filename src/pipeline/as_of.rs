//! The log and its users as far as they could be told at a cutoff.

use std::borrow::Cow;

use crate::ingest::{EventLog, KnownAt};
use crate::models::evaluate::Split;
use crate::pipeline::source::Inputs;

/// The log by the links between visitors and users that were seen at or before a cutoff: what a model may learn from. Its
/// users have codes of their own where a visitor logged in later.
#[derive(Clone, Debug)]
pub struct AsOf<'a> {
    inputs: Inputs<'a>,
    known: Option<KnownAt>,
    folds: Cow<'a, [u8]>,
    draws: Cow<'a, [u32]>,
}

impl<'a> Inputs<'a> {
    /// What was known of the log's users at `cutoff`.
    pub fn as_of(&self, cutoff: i64) -> AsOf<'a> {
        let known = self.log.known_at(cutoff);
        let (mut folds, mut draws) = (Cow::Borrowed(self.folds), Cow::Borrowed(self.draws));
        if let Some(known) = &known {
            // Visitors who turned out to be one person are judged together.
            folds = known.became.iter().map(|&user| self.folds[user as usize]).collect();
            draws = known.became.iter().map(|&user| self.draws[user as usize]).collect();
        }
        AsOf { inputs: *self, known, folds, draws }
    }
}

impl AsOf<'_> {
    /// The log; its users may have other codes than those of the whole log.
    pub fn log(&self) -> &EventLog {
        self.known.as_ref().map_or(self.inputs.log, |known| &known.log)
    }

    /// How these users of [`AsOf::log`] are split.
    pub fn split(&self, users: &[u32], most: usize) -> Split {
        Split::new(users, &self.folds, &self.draws, most)
    }

    /// The code in [`AsOf::log`] of a user of the whole log; `None` where nobody knew that user.
    pub fn code_of(&self, user: u32) -> Option<u32> {
        match &self.known {
            None => Some(user),
            Some(known) => known.log.users.code(&self.inputs.log.users.text(user)),
        }
    }
}
