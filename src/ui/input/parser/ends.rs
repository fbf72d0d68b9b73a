//! How a sequence ends: with a key, an event, an answer, or unfinished.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::ui::input::keys;
use crate::ui::input::parser::{Input, MOST_STRING, Parser, State};
use crate::ui::input::reply::Reply;

impl Parser {
    /// Ends the sequence unfinished and reads the byte as itself.
    pub(super) fn interrupt(&mut self, byte: u8, found: &mut Vec<Input>) {
        self.give_up(found);
        self.late = false;
        self.ground(byte, found);
    }

    /// Ends the sequence unfinished.
    pub(super) fn give_up(&mut self, found: &mut Vec<Input>) {
        let introduced = self.held.is_empty() && !self.cut;
        match self.state {
            State::Ground => {}
            State::Escape => {
                self.escape_before(found);
                self.key(Some(KeyCode::Esc.into()), found);
            }
            State::Letter { alt } => {
                self.alt |= alt;
                self.nothing(found);
            }
            State::Control if introduced => self.with_alt(keys::letter('['), found),
            State::Application if introduced => self.with_alt(keys::letter('O'), found),
            State::String { kind, escape } => {
                if introduced {
                    self.with_alt(keys::letter(char::from(kind)), found);
                } else {
                    self.nothing(found);
                }
                if escape {
                    self.give(KeyCode::Esc.into(), found);
                }
                self.late = !introduced;
            }
            // rxvt's keys with Shift end in what elsewhere comes before the end.
            State::Control if self.held.ends_with(b"$") && !self.cut => {
                let inside = std::mem::take(&mut self.held);
                self.key(keys::control(&inside[..inside.len() - 1], b'$'), found);
            }
            State::Paste { matched } => self.give_up_paste(matched, found),
            State::Control | State::Console | State::Mouse(_) | State::Application => self.nothing(found),
        }
    }

    /// Ends the sequence with a key, which an escape before it gives Alt, or with nothing.
    pub(super) fn key(&mut self, key: Option<KeyEvent>, found: &mut Vec<Input>) {
        match key {
            Some(mut key) => {
                if std::mem::take(&mut self.alt) {
                    key.modifiers |= KeyModifiers::ALT;
                }
                self.end();
                self.give(key, found);
            }
            None => self.nothing(found),
        }
    }

    /// Ends the sequence with a key that has Alt, behind the key Esc if another escape came before.
    pub(super) fn with_alt(&mut self, mut key: KeyEvent, found: &mut Vec<Input>) {
        self.escape_before(found);
        key.modifiers |= KeyModifiers::ALT;
        self.key(Some(key), found);
    }

    pub(super) fn event(&mut self, event: Event, found: &mut Vec<Input>) {
        self.nothing(found);
        self.late = false;
        found.push(Input::Event(event));
    }

    pub(super) fn answer(&mut self, reply: Reply, found: &mut Vec<Input>) {
        self.nothing(found);
        found.push(Input::Reply(reply));
    }

    /// Ends the sequence; an escape before it was the key Esc.
    pub(super) fn nothing(&mut self, found: &mut Vec<Input>) {
        self.escape_before(found);
        self.end();
    }

    pub(super) fn escape_before(&mut self, found: &mut Vec<Input>) {
        if std::mem::take(&mut self.alt) {
            self.give(KeyCode::Esc.into(), found);
        }
    }

    pub(super) fn end(&mut self) {
        self.state = State::Ground;
        self.cut = false;
        self.held.clear();
        // A long paste's room is given back.
        self.held.shrink_to(MOST_STRING);
    }

    pub(super) fn give(&mut self, key: KeyEvent, found: &mut Vec<Input>) {
        self.late = false;
        found.push(Input::Event(Event::Key(key)));
    }
}
