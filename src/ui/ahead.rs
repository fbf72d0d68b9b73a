//! What was typed before the view that it is meant for is there: it waits, in order, and none of it is lost.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;

/// How long something is awaited until Esc means that it is given up, rather than the view to come.
const PATIENCE: Duration = Duration::from_millis(400);

/// Something typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// A key.
    Key(KeyEvent),
    /// Text from the clipboard.
    Paste(String),
}

/// What waits, and how much it waits for.
#[derive(Debug, Default)]
pub struct Ahead {
    typed: VecDeque<Typed>,
    /// Answers that are awaited.
    answers: usize,
    /// How often all that was awaited was given up: an answer of before is awaited no more.
    given_up: u64,
    /// Since when.
    since: Option<Instant>,
}

impl Ahead {
    /// One more answer is awaited. What comes back is to be told when it is there.
    pub(super) fn await_answer(&mut self) -> u64 {
        if self.answers == 0 {
            self.since = Some(Instant::now());
        }
        self.answers += 1;
        self.given_up
    }

    /// The answer awaited under this number is there.
    pub(super) fn answered(&mut self, number: u64) {
        if number == self.given_up {
            self.answers = self.answers.saturating_sub(1);
        }
    }

    /// Nothing is awaited any more.
    pub(super) fn give_up(&mut self) {
        self.given_up += 1;
        self.answers = 0;
    }

    /// Whether any is awaited.
    pub fn is_waiting(&self) -> bool {
        self.answers > 0
    }

    /// Whether whoever looks at the screen has seen that it is busy.
    pub(super) fn is_long(&self) -> bool {
        self.is_waiting() && self.since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    /// Whether nothing typed waits.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// Puts something behind all that waits.
    pub(super) fn push(&mut self, typed: Typed) {
        self.typed.push_back(typed);
    }

    /// Puts something before all that waits.
    pub(super) fn put_back(&mut self, typed: Typed) {
        self.typed.push_front(typed);
    }

    /// What waits longest.
    pub(super) fn first(&self) -> Option<&Typed> {
        self.typed.front()
    }

    /// Takes that out.
    pub(super) fn take_first(&mut self) -> Option<Typed> {
        self.typed.pop_front()
    }

    /// Forgets all that was typed.
    pub(super) fn forget(&mut self) {
        self.typed.clear();
    }
}
