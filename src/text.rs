//! The one door for text that reaches a person: what a terminal would obey, and what would turn the text around, is
//! written out as an escape. May import nothing.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text for one line: every control character (line breaks and tabs included), C1 character and bidirectional
/// embedding, override or isolate as an escape such as `\x1b` or `\u{202e}`.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, false)
}

/// As [`shown`], for a text of several lines: line breaks stay.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    escaped(text, true)
}

fn escaped(text: &str, lines: bool) -> Cow<'_, str> {
    let obeyed = |letter: char| active(letter) && !(lines && letter == '\n');
    if !text.chars().any(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if !obeyed(letter) {
            out.push(letter);
        } else if letter.is_ascii() && !matches!(letter, '\n' | '\r' | '\t') {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{:02x}", u32::from(letter));
        } else {
            out.extend(letter.escape_default());
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal would obey the character, or it would turn around what stands beside it.
pub fn active(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
