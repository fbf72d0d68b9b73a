//! A key as bindings name it.

use std::fmt;

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

    /// A named key.
    pub const fn named(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
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
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            other => write!(f, "{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
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
}
