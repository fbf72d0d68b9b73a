//! What the session has told, kept for who looked away.

use jiff::Zoned;

use crate::ui::app::App;

/// Notices that are kept.
const KEPT: usize = 500;

/// What was told, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    told: Vec<(String, String)>,
    /// The lines on the page and under the table as they were looked at last.
    last: [Option<String>; 2],
}

impl Notices {
    /// Every notice with its time of day, the newest first.
    pub fn newest_first(&self) -> Vec<(String, String)> {
        self.told.iter().rev().cloned().collect()
    }

    pub(super) fn keep(&mut self, words: String) {
        self.told.push((Zoned::now().strftime("%H:%M:%S").to_string(), words));
        let surplus = self.told.len().saturating_sub(KEPT);
        self.told.drain(..surplus);
    }
}

impl App {
    /// Keeps the lines on the page and under the table that are new.
    pub(in crate::ui) fn keep_note(&mut self) {
        let now = [self.note.clone(), self.grid().and_then(|grid| grid.note.clone())];
        for (now, last) in now.iter().zip(self.notices.last.clone()) {
            if let Some(words) = now.as_ref().filter(|words| last.as_ref() != Some(*words)) {
                self.notices.keep(words.clone());
            }
        }
        self.notices.last = now;
    }
}
