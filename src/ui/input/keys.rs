//! What keys send, as xterm, rxvt, the Linux console, tmux and kitty do.
//!
//! See <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html> ("PC-Style Function Keys"), rxvt's `rxvt(7)`,
//! `console_codes(4)` and <https://sw.kovidgoyal.net/kitty/keyboard-protocol/>.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers};

use crate::ui::input::reply::number;

/// The key of a single character. Capitals are typed with Shift.
pub(super) fn letter(letter: char) -> KeyEvent {
    let modifiers = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(letter), modifiers)
}

/// The key of a byte below 0x80 that begins no sequence.
pub(super) fn ascii(byte: u8) -> KeyEvent {
    let ctrl = |letter: u8| KeyEvent::new(KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL);
    match byte {
        0x00 => ctrl(b' '),
        b'\t' => KeyCode::Tab.into(),
        b'\r' => KeyCode::Enter.into(),
        0x01..=0x1a => ctrl(byte - 1 + b'a'),
        0x1b => KeyCode::Esc.into(),
        0x1c..=0x1f => ctrl(byte - 0x1c + b'4'),
        0x7f => KeyCode::Backspace.into(),
        _ => letter(char::from(byte)),
    }
}

/// The key of a control sequence: what stands between `ESC [` and its last byte, and that byte.
pub(super) fn control(inside: &[u8], last: u8) -> Option<KeyEvent> {
    let mut parts = inside.split(|byte| *byte == b';');
    let first = parts.next().unwrap_or_default();
    let second = parts.next().unwrap_or_default();
    match last {
        b'u' => unicode(first, second),
        b'~' if first == b"27" => unicode(parts.next()?, second),
        b'~' => with(numbered(number(first)?)?, second),
        // rxvt.
        b'^' => Some(KeyEvent::new(numbered(number(first)?)?, KeyModifiers::CONTROL)),
        b'$' => Some(KeyEvent::new(numbered(number(first)?)?, KeyModifiers::SHIFT)),
        b'@' => Some(KeyEvent::new(numbered(number(first)?)?, KeyModifiers::CONTROL | KeyModifiers::SHIFT)),
        b'a'..=b'd' if inside.is_empty() => Some(KeyEvent::new(named(last.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
        // Some leave out the 1 before the modifier, or the semicolon between them.
        _ if second.is_empty() && first != b"1" => with(named(last)?, first),
        _ => with(named(last)?, second),
    }
}

/// The key of `ESC O`, a modifier that may be missing, and a letter.
pub(super) fn application(modifier: &[u8], last: u8) -> Option<KeyEvent> {
    let code = match last {
        b'a'..=b'd' => return Some(KeyEvent::new(named(last.to_ascii_uppercase())?, KeyModifiers::CONTROL)),
        // The number pad.
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'j' + b'*')),
        _ => named(last)?,
    };
    with(code, modifier)
}

/// The key of `ESC [ [` and a letter: F1 to F5 on the Linux console.
pub(super) fn console(last: u8) -> Option<KeyEvent> {
    matches!(last, b'A'..=b'E').then(|| KeyCode::F(last - b'A' + 1).into())
}

/// A key with `modifiers:kind` as xterm and kitty write them.
fn with(code: KeyCode, modifiers: &[u8]) -> Option<KeyEvent> {
    let mut parts = modifiers.split(|byte| *byte == b':');
    let mask = match parts.next().unwrap_or_default() {
        b"" => 1,
        digits => number(digits)?,
    };
    let kind = match parts.next() {
        Some(b"2") => KeyEventKind::Repeat,
        Some(b"3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let bits = mask.saturating_sub(1);
    let mut held = KeyModifiers::NONE;
    let mut locked = KeyEventState::NONE;
    let all = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    for (bit, modifier) in all.into_iter().enumerate() {
        if bits >> bit & 1 == 1 {
            held |= modifier;
        }
    }
    for (bit, lock) in [(6, KeyEventState::CAPS_LOCK), (7, KeyEventState::NUM_LOCK)] {
        if bits >> bit & 1 == 1 {
            locked |= lock;
        }
    }
    Some(KeyEvent::new_with_kind_and_state(code, held, kind, locked))
}

/// The key of `code:shifted:base ; modifiers:kind`.
fn unicode(code: &[u8], modifiers: &[u8]) -> Option<KeyEvent> {
    let mut codes = code.split(|byte| *byte == b':');
    let code = number(codes.next()?)?;
    if let Some(code) = on_the_number_pad(code) {
        let mut key = with(code, modifiers)?;
        key.state |= KeyEventState::KEYPAD;
        return Some(key);
    }
    let code = match code {
        8 | 127 => KeyCode::Backspace,
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        // F13 to F35; what else stands here are locks, modifiers by themselves and keys of players.
        57376..=57398 => KeyCode::F((code - 57376) as u8 + 13),
        57344..=63743 | 0..32 => return None,
        _ => KeyCode::Char(char::from_u32(code)?),
    };
    let mut key = with(code, modifiers)?;
    if key.modifiers.contains(KeyModifiers::SHIFT) {
        let shifted = codes.next().and_then(number).and_then(char::from_u32);
        key.code = match (key.code, shifted) {
            (KeyCode::Tab, _) => KeyCode::BackTab,
            (KeyCode::Char(_), Some(letter)) => KeyCode::Char(letter),
            (KeyCode::Char(letter), None) => KeyCode::Char(capital(letter)),
            (code, _) => code,
        };
    }
    Some(key)
}

/// The capital of a letter that has one of a single character.
fn capital(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    }
}

fn on_the_number_pad(code: u32) -> Option<KeyCode> {
    Some(match code {
        57399..=57408 => KeyCode::Char(char::from((code - 57399) as u8 + b'0')),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57414 => KeyCode::Enter,
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        57427 => KeyCode::KeypadBegin,
        _ => return None,
    })
}

fn named(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23..=26 => KeyCode::F(number as u8 - 12),
        28 | 29 => KeyCode::F(number as u8 - 13),
        31..=34 => KeyCode::F(number as u8 - 14),
        _ => return None,
    })
}
