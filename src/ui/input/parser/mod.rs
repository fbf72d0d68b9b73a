//! Bytes into events, one byte at a time: how they are cut into reads makes no difference.

mod ends;
mod strings;

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyModifiers};

use crate::ui::input::keys;
use crate::ui::input::reply::{self, Reply};

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// The longest control sequence and the longest string that are read; what is longer is passed over.
const MOST_CONTROL: usize = 256;
const MOST_STRING: usize = 4096;

/// How long an escape waits for the rest of a sequence before it is the key Esc.
const ESCAPE: Duration = Duration::from_millis(50);
/// How long a sequence, a string and a paste may stand still unfinished. A terminal sends each at once, but a network
/// may cut them.
const CONTROL: Duration = Duration::from_millis(100);
const STRING: Duration = Duration::from_millis(500);
const PASTE: Duration = Duration::from_secs(1);
/// How much of its time another byte gives back: at the speed of typing less than passes, so that keys pressed behind an
/// unfinished paste do not prolong it; at the speed of any line more.
const PER_BYTE: Duration = Duration::from_millis(2);

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key, a paste, a change of focus. The mouse is passed over.
    Event(Event),
    /// An answer of the terminal.
    Reply(Reply),
}

/// Where in a sequence the bytes so far have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between sequences.
    Ground,
    /// Inside a character of several bytes, with Alt or without.
    Letter { alt: bool },
    /// Behind an escape.
    Escape,
    /// Behind `ESC [`.
    Control,
    /// Behind `ESC [ [`.
    Console,
    /// Behind `ESC [ M`, with so many bytes of a mouse event to come.
    Mouse(u8),
    /// Behind `ESC O`.
    Application,
    /// Inside a string of this kind, perhaps behind an escape that may end it.
    String { kind: u8, escape: bool },
    /// Inside a paste, with so many bytes of its end seen.
    Paste { matched: usize },
}

/// Cuts the terminal's bytes into events and replies.
///
/// Give it bytes with [`Parser::feed`] and the time that passes while a sequence is unfinished with [`Parser::pass`].
/// However the bytes are cut, the same comes out; whatever came before, once [`Parser::patience`] is over the next byte
/// is read as itself. It holds at most [`Parser::MOST_HELD`] bytes.
#[derive(Debug)]
pub struct Parser {
    state: State,
    /// The unfinished sequence or paste, without what began it.
    held: Vec<u8>,
    /// Whether the sequence was too long to be held.
    cut: bool,
    /// Whether another escape came before the sequence's own: rxvt's Alt, or the key Esc.
    alt: bool,
    /// Whether a string was given up, so that its end may come late.
    late: bool,
    /// How long the unfinished sequence may still stand.
    left: Duration,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// The most bytes that are held: those of a paste. What is pasted behind them is left out.
    pub const MOST_HELD: usize = 1 << 20;

    /// Between sequences.
    pub fn new() -> Self {
        Self { state: State::Ground, held: Vec::new(), cut: false, alt: false, late: false, left: Duration::ZERO }
    }

    /// Reads bytes; what they complete is added to `found`.
    pub fn feed(&mut self, bytes: &[u8], found: &mut Vec<Input>) {
        for &byte in bytes {
            let before = (std::mem::discriminant(&self.state), self.most());
            self.byte(byte, found);
            let most = self.most();
            // What has just begun has its whole time; what goes on gets some back.
            let begun = before.0 != std::mem::discriminant(&self.state) || before.1 < most;
            self.left = if begun { most } else { most.min(self.left + PER_BYTE) };
        }
    }

    /// How long the unfinished sequence may wait for its next byte; `None` between sequences.
    pub fn patience(&self) -> Option<Duration> {
        (self.state != State::Ground).then_some(self.left)
    }

    /// Lets time pass. Where that was the last of the unfinished sequence's, it is given up: a lone escape is the key
    /// Esc, a paste is what came of it, and of anything else nothing remains.
    pub fn pass(&mut self, time: Duration, found: &mut Vec<Input>) {
        if self.state == State::Ground {
            return;
        }
        self.left = self.left.saturating_sub(time);
        if self.left.is_zero() {
            self.give_up(found);
        }
    }

    /// How many bytes are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    fn most(&self) -> Duration {
        match self.state {
            State::Ground => Duration::ZERO,
            State::Escape => ESCAPE,
            // These two bytes are a key with Alt as well.
            State::Control | State::Application | State::String { .. } if self.held.is_empty() && !self.cut => ESCAPE,
            State::Letter { .. } | State::Control | State::Console | State::Mouse(_) | State::Application => CONTROL,
            State::String { .. } => STRING,
            State::Paste { .. } => PASTE,
        }
    }

    /// Reads one byte. A byte that does not belong to the sequence before it ends that and is read as itself.
    fn byte(&mut self, byte: u8, found: &mut Vec<Input>) {
        match self.state {
            State::Ground => self.ground(byte, found),
            State::Letter { alt } => self.letter(byte, alt, found),
            State::Escape => self.escape(byte, found),
            State::Control => self.control(byte, found),
            State::Console if matches!(byte, 0x20..=0x7e) => self.key(keys::console(byte), found),
            State::Mouse(left) if byte >= 0x20 => match left {
                0 | 1 => self.nothing(found),
                _ => self.state = State::Mouse(left - 1),
            },
            State::Application => self.application(byte, found),
            State::String { kind, escape } => self.string(byte, kind, escape, found),
            State::Paste { matched } => self.paste(byte, matched, found),
            State::Console | State::Mouse(_) => self.interrupt(byte, found),
        }
    }

    fn ground(&mut self, byte: u8, found: &mut Vec<Input>) {
        match byte {
            ESC => self.state = State::Escape,
            0..=0x7f => self.give(keys::ascii(byte), found),
            0xc2..=0xf4 => self.begin(State::Letter { alt: false }, byte),
            // No character begins so.
            _ => {}
        }
    }

    fn letter(&mut self, byte: u8, alt: bool, found: &mut Vec<Input>) {
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                let mut key = text.chars().next().map(keys::letter);
                if let Some(key) = &mut key
                    && alt
                {
                    key.modifiers |= KeyModifiers::ALT;
                }
                self.key(key, found);
            }
            Err(error) if error.error_len().is_none() => {}
            Err(_) => self.interrupt(byte, found),
        }
    }

    fn escape(&mut self, byte: u8, found: &mut Vec<Input>) {
        match byte {
            ESC if self.alt => self.give(KeyCode::Esc.into(), found),
            ESC => self.alt = true,
            b'[' => self.state = State::Control,
            b'O' => self.state = State::Application,
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::String { kind: byte, escape: false },
            b'\\' if self.late => {
                self.late = false;
                self.nothing(found);
            }
            0..=0x7f => self.with_alt(keys::ascii(byte), found),
            0xc2..=0xf4 => {
                self.escape_before(found);
                self.begin(State::Letter { alt: true }, byte);
            }
            _ => self.give_up(found),
        }
    }

    fn control(&mut self, byte: u8, found: &mut Vec<Input>) {
        let first = self.held.is_empty() && !self.cut;
        match byte {
            0x20..=0x3f => self.hold(byte, MOST_CONTROL),
            b'[' if first => self.state = State::Console,
            b'M' if first => self.state = State::Mouse(3),
            _ if !(0x40..=0x7e).contains(&byte) => self.interrupt(byte, found),
            _ if self.cut => self.nothing(found),
            _ => self.end_control(byte, found),
        }
    }

    fn end_control(&mut self, last: u8, found: &mut Vec<Input>) {
        let inside = std::mem::take(&mut self.held);
        let private = matches!(inside.first(), Some(b'<'..=b'?'));
        let between = inside.last().is_some_and(|byte| matches!(byte, 0x20..=0x2f));
        match last {
            // The mouse.
            b'M' | b'm' if private || last == b'M' => self.nothing(found),
            b'c' | b'n' | b't' | b'y' if !(inside.is_empty() && last == b'c') => {
                self.answer(reply::control(&inside, last), found);
            }
            b'R' if !inside.is_empty() => self.answer(reply::control(&inside, last), found),
            _ if private || between => self.answer(reply::control(&inside, last), found),
            b'I' if inside.is_empty() => self.event(Event::FocusGained, found),
            b'O' if inside.is_empty() => self.event(Event::FocusLost, found),
            b'~' if inside == b"200" => {
                self.escape_before(found);
                self.late = false;
                self.state = State::Paste { matched: 0 };
            }
            _ => self.key(keys::control(&inside, last), found),
        }
    }

    fn application(&mut self, byte: u8, found: &mut Vec<Input>) {
        match byte {
            b'0'..=b'9' | b';' => self.hold(byte, MOST_CONTROL),
            0x20..=0x7e if self.cut => self.nothing(found),
            0x20..=0x7e => self.key(keys::application(&self.held, byte), found),
            _ => self.interrupt(byte, found),
        }
    }

    fn hold(&mut self, byte: u8, most: usize) {
        if self.held.len() < most {
            self.held.push(byte);
        } else {
            self.cut = true;
        }
    }

    fn begin(&mut self, state: State, byte: u8) {
        self.state = state;
        self.held.clear();
        self.held.push(byte);
    }
}
