//! What the session has told, kept for who looked away.

use jiff::Zoned;

use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::popups::{Message, Popup};
use crate::ui::widgets::text;

/// Notices that are kept.
const KEPT: usize = 500;
/// Columns of the status line that a notice leaves to the way to help and the way out.
const LEFT: usize = 20;

/// What was told, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    told: Vec<(String, String)>,
    /// The lines on the page and under the table as they were looked at last.
    last: [Option<String>; 2],
    /// The number of the latest: it alone fades.
    number: u64,
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
    /// Says something that needs no answer: in the status line, whence it fades; in a box where there is no room for it.
    pub(in crate::ui) fn say(&mut self, title: &str, words: &impl ToString) {
        let words = words.to_string();
        let line = format!("{title}: {}", words.lines().collect::<Vec<_>>().join("; "));
        if text::width(&text::clean(&line)) + LEFT > usize::from(self.size.width) {
            return self.tell(title, &words);
        }
        // Said again it is told again.
        self.notices.last[0] = None;
        self.note = Some(line);
    }

    /// Says something that the reader closes.
    pub fn tell(&mut self, title: &str, words: &impl ToString) {
        self.notices.keep(format!("{title}: {}", words.to_string()));
        self.popups.push(Popup::Message(Message::told(title, words)));
    }

    /// Takes a notice off the screen, unless a later one has come since.
    pub(in crate::ui) fn fade(&mut self, number: u64) {
        if number != self.notices.number {
            return;
        }
        let note = self.note.take();
        let drills = self.drills.iter_mut().filter_map(Drill::grid_mut);
        let notes = self.grids.iter_mut().chain(drills).map(|grid| grid.note.take());
        // The iterator takes every note, and says whether there was one.
        let seen = notes.fold(note.is_some(), |seen, note| seen || note.is_some());
        self.notices.last = [None, None];
        self.dirty |= seen;
    }

    /// Keeps the lines on the page and under the table that are new; the number of the latest, where there is one to fade.
    pub(in crate::ui) fn keep_note(&mut self) -> Option<u64> {
        let before = self.notices.number;
        let now = [self.note.clone(), self.grid().and_then(|grid| grid.note.clone())];
        for (now, last) in now.iter().zip(self.notices.last.clone()) {
            if let Some(words) = now.as_ref().filter(|words| last.as_ref() != Some(*words)) {
                self.notices.keep(words.clone());
                self.notices.number += 1;
            }
        }
        self.notices.last = now;
        (self.notices.number > before).then_some(self.notices.number)
    }
}
