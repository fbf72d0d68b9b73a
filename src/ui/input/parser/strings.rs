//! Strings of the terminal and pastes: what comes between a beginning and an end of its own.

use crossterm::event::Event;

use crate::ui::input::parser::{BEL, ESC, Input, MOST_STRING, Parser, State};
use crate::ui::input::reply;

const PASTE_ENDS: &[u8] = b"\x1b[201~";

impl Parser {
    pub(super) fn string(&mut self, byte: u8, kind: u8, escape: bool, found: &mut Vec<Input>) {
        match byte {
            BEL => self.end_string(kind, found),
            b'\\' if escape => self.end_string(kind, found),
            _ if escape => {
                // The escape was no end: it begins something else.
                self.state = State::String { kind, escape: false };
                self.interrupt(ESC, found);
                self.byte(byte, found);
            }
            ESC => self.state = State::String { kind, escape: true },
            // No answer holds control characters: these are keys.
            0..0x20 | 0x7f => self.interrupt(byte, found),
            _ => self.hold(byte, MOST_STRING),
        }
    }

    pub(super) fn end_string(&mut self, kind: u8, found: &mut Vec<Input>) {
        if self.cut {
            self.nothing(found);
        } else {
            let inside = std::mem::take(&mut self.held);
            self.answer(reply::string(kind, &inside), found);
        }
    }

    pub(super) fn paste(&mut self, byte: u8, matched: usize, found: &mut Vec<Input>) {
        if byte == PASTE_ENDS[matched] {
            if matched + 1 == PASTE_ENDS.len() {
                self.end_paste(found);
            } else {
                self.state = State::Paste { matched: matched + 1 };
            }
            return;
        }
        for &held in &PASTE_ENDS[..matched] {
            self.hold(held, Self::MOST_HELD);
        }
        // The end begins with an escape and holds no second one.
        if byte == ESC {
            self.state = State::Paste { matched: 1 };
        } else {
            self.hold(byte, Self::MOST_HELD);
            self.state = State::Paste { matched: 0 };
        }
    }

    pub(super) fn end_paste(&mut self, found: &mut Vec<Input>) {
        let mut bytes = std::mem::take(&mut self.held);
        if self.cut
            && let Err(error) = std::str::from_utf8(&bytes)
            && error.error_len().is_none()
        {
            // The limit went through a character.
            bytes.truncate(error.valid_up_to());
        }
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.event(Event::Paste(text), found);
    }

    /// Ends a paste whose end did not come: the part of an end that was seen belongs to it.
    pub(super) fn give_up_paste(&mut self, matched: usize, found: &mut Vec<Input>) {
        for &held in &PASTE_ENDS[..matched] {
            self.hold(held, Self::MOST_HELD);
        }
        self.end_paste(found);
    }
}
