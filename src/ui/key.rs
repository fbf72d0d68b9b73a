//! A key as bindings name it.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers. Shift is not one of them: it shows in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// A letter or sign.
    pub const fn letter(letter: char) -> Self {
        Self::named(KeyCode::Char(letter))
    }

    /// A letter with Ctrl.
    pub const fn ctrl(letter: char) -> Self {
        Self { code: KeyCode::Char(letter), modifiers: KeyModifiers::CONTROL }
    }

    /// A named key with Alt.
    pub const fn alt(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::ALT }
    }

    /// The event of its being pressed.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// A named key.
    pub const fn named(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// Whether it is text where text is typed: a letter, sign or space without Ctrl and Alt.
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    }

    /// The key as a terminal reports it: Ctrl makes of a letter a control code, so that `Ctrl-i` is the tab, `Ctrl-m`
    /// the return, `Ctrl-[` the escape, and small and capital letters are one.
    ///
    /// See the table of control codes in ECMA-48, 8.2, and of what xterm sends in
    /// <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>.
    #[must_use]
    pub fn as_reported(self) -> Self {
        let KeyCode::Char(letter) = self.code else { return self };
        if !self.modifiers.contains(KeyModifiers::CONTROL) {
            return self;
        }
        let without = self.modifiers - KeyModifiers::CONTROL;
        match letter.to_ascii_lowercase() {
            'i' => Self { code: KeyCode::Tab, modifiers: without },
            'm' => Self { code: KeyCode::Enter, modifiers: without },
            '[' => Self { code: KeyCode::Esc, modifiers: without },
            small => Self { code: KeyCode::Char(small), modifiers: self.modifiers },
        }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self { code: event.code, modifiers: event.modifiers - KeyModifiers::SHIFT }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(letter) => write!(f, "{letter}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            code => match NAMES.iter().find(|(_, named)| *named == code) {
                Some((name, _)) => f.write_str(name),
                None => write!(f, "{code}"),
            },
        }
    }
}

/// The keys that have a name, as help and `keys.toml` write it.
const NAMES: [(&str, KeyCode); 16] = [
    ("Space", KeyCode::Char(' ')),
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
];

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no key; write one letter or sign, F1 to F12, or {names}, if need be with Ctrl- or Alt- before it",
    names = NAMES.map(|(name, _)| name).join(", ")
)]
pub struct NoKey(String);

/// Reads what [`fmt::Display`] writes; upper and lower case are the same in names, but not in a letter.
impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut rest = text;
        let mut modifiers = KeyModifiers::NONE;
        for (prefix, modifier) in [("Ctrl-", KeyModifiers::CONTROL), ("Alt-", KeyModifiers::ALT)] {
            if let Some((start, after)) = rest.split_at_checked(prefix.len())
                && start.eq_ignore_ascii_case(prefix)
            {
                modifiers |= modifier;
                rest = after;
            }
        }
        let code = code(rest).ok_or_else(|| NoKey(text.to_owned()))?;
        Ok(Self { code, modifiers })
    }
}

/// The key of a name or of a single letter.
fn code(name: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(*code);
    }
    let mut letters = name.chars();
    match (letters.next()?, letters.as_str()) {
        (letter, "") if !letter.is_control() => Some(KeyCode::Char(letter)),
        ('F' | 'f', number) => (1..=12).find(|known| known.to_string() == number).map(KeyCode::F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_terminal_that_reports_shift_means_the_same_key() {
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Key::from(shifted), Key::letter('G'));
        assert_ne!(Key::from(KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL)), Key::letter('g'));
    }

    #[test]
    fn keys_are_written_as_the_help_names_them() {
        let written: Vec<String> =
            [Key::ctrl('d'), Key::letter('?'), Key::named(KeyCode::PageDown), Key::named(KeyCode::Enter)]
                .iter()
                .map(ToString::to_string)
                .collect();
        assert_eq!(written, ["Ctrl-d", "?", "PgDn", "Enter"]);
    }

    #[test]
    fn a_key_reads_back_as_it_is_written() {
        let named = NAMES.map(|(_, code)| code).into_iter().chain((1..=12).map(KeyCode::F));
        let letters = ('!'..='~').chain(['ä', 'Ж', '–', '例']).map(KeyCode::Char);
        for code in named.chain(letters) {
            for bits in 0..4 {
                let ctrl = if bits & 1 == 0 { KeyModifiers::NONE } else { KeyModifiers::CONTROL };
                let alt = if bits & 2 == 0 { KeyModifiers::NONE } else { KeyModifiers::ALT };
                let key = Key { code, modifiers: ctrl | alt };
                assert_eq!(key.to_string().parse(), Ok(key), "{key}");
            }
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_letters_are_not() {
        assert_eq!("ctrl-PGUP".parse(), Ok(Key { code: KeyCode::PageUp, modifiers: KeyModifiers::CONTROL }));
        assert_eq!("shift-tab".parse(), Ok(Key::named(KeyCode::BackTab)));
        assert_eq!("f12".parse(), Ok(Key::named(KeyCode::F(12))));
        assert_eq!("F".parse(), Ok(Key::letter('F')));
        assert_ne!("g".parse::<Key>(), "G".parse());
        assert_eq!("Ctrl--".parse(), Ok(Key::ctrl('-')));
        assert_eq!("-".parse(), Ok(Key::letter('-')));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "Strg-x", "Ctrl-", "Ctrl-Ctrl-x", "Shift-x", "F0", "F13", "F012", "F+1", "xy", "\t", "Ctrl+x"]
        {
            let refused = text.parse::<Key>().unwrap_err().to_string();
            assert!(refused.contains(&format!("\"{text}\" is no key")) && refused.contains("PgDn"), "{refused}");
        }
    }

    #[test]
    fn what_a_terminal_cannot_tell_apart_is_one_key() {
        let reported = |text: &str| text.parse::<Key>().unwrap().as_reported().to_string();
        assert_eq!(
            ["Ctrl-i", "Ctrl-m", "Ctrl-[", "Ctrl-D", "Alt-D", "G", "Ctrl-Up"].map(reported),
            ["Tab", "Enter", "Esc", "Ctrl-d", "Alt-D", "G", "Ctrl-Up"]
        );
    }
}
