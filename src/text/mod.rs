//! The one door for text that reaches a person: what a terminal would obey, what would turn the text around and what
//! would hide in it is written out as an escape such as `\x1b` or `\u{202e}`. May import nothing.
//!
//! Characters that a language or an emoji needs stay where they mean something: the joiners (U+200C, U+200D) and the
//! direction marks (U+200E, U+200F, U+061C) between letters or emoji, variation selectors behind what they vary, and
//! the tags of a flag. [`Door`] is the last gate, around a stream: values are escaped where they are put into a text,
//! and what was forgotten there is escaped on its way out.

mod door;
mod sought;
mod wanted;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

pub use door::{Door, Form};
pub use sought::{Sought, same_letters};
pub use wanted::{Rank, Wanted};

/// A text for one line: every character that is [`active`], line breaks and tabs included, as an escape.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, false, written_out)
}

/// As [`shown`], for a text of several lines: line breaks stay.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    escaped(text, true, written_out)
}

/// A file's name or path, for one line.
pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

/// JSON for a terminal: within strings, what [`shown`] would escape is written as `\uXXXX`, which means the same.
pub fn shown_json(json: &str) -> Cow<'_, str> {
    escaped(json, true, json_escape)
}

/// JSON for a file or a pipe: U+007F to U+009F, which JSON allows as they are, are written as `\uXXXX`, which means the
/// same.
pub fn data_json(json: &str) -> Cow<'_, str> {
    let raw = |letter: char| ('\u{7f}'..='\u{9f}').contains(&letter);
    if json.is_ascii() && !json.contains('\u{7f}') || !json.chars().any(raw) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if raw(letter) { json_escape(&mut out, letter) } else { out.push(letter) }
    }
    Cow::Owned(out)
}

/// Whether a terminal would obey the character, or it would turn around or hide what stands beside it, wherever it
/// stands.
pub fn active(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e001f}')
}

/// Whether it depends on its neighbours if the character may stay.
pub fn joining(letter: char) -> bool {
    matches!(letter,
        '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a cell of the screen may hold this: no active character, and joining ones only behind something.
pub fn fit_for_cell(symbol: &str) -> bool {
    if let [byte] = symbol.as_bytes() {
        return (b' '..0x7f).contains(byte);
    }
    let mut before = None;
    symbol.chars().all(|letter| {
        let fits = !active(letter) && (!joining(letter) || before.is_some_and(|before| before != ' '));
        before = Some(letter);
        fits
    })
}

fn escaped(text: &str, lines: bool, escape: fn(&mut String, char)) -> Cow<'_, str> {
    let plain = |byte: u8| (b' '..0x7f).contains(&byte) || (lines && byte == b'\n');
    if text.bytes().all(plain)
        || !text
            .chars()
            .any(|letter| (active(letter) && letter != '\n') || joining(letter) || (letter == '\n' && !lines))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    // Tags up to here belong to a flag.
    let mut flag_ends = 0;
    for (at, letter) in text.char_indices() {
        let rest = &text[at + letter.len_utf8()..];
        let stays = if lines && letter == '\n' {
            true
        } else if active(letter) {
            false
        } else if at < flag_ends {
            true
        } else if joining(letter) {
            meant(before, letter, rest.chars().next())
        } else {
            true
        };
        if letter == BLACK_FLAG {
            flag_ends = at + letter.len_utf8() + flag(rest);
        }
        if stays {
            out.push(letter);
            before = Some(letter);
        } else {
            escape(&mut out, letter);
            // What stands behind an escape does not stand behind a letter.
            before = None;
        }
    }
    Cow::Owned(out)
}

const BLACK_FLAG: char = '\u{1f3f4}';

/// Bytes of the tags behind a black flag that make it a region's: three to six letters or digits and the closing tag.
fn flag(rest: &str) -> usize {
    let is_word = |letter: &char| matches!(letter, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let word = rest.chars().take_while(is_word).count();
    let closed = rest.chars().nth(word) == Some('\u{e007f}');
    // Each tag takes four bytes.
    if (3..=6).contains(&word) && closed { (word + 1) * 4 } else { 0 }
}

/// Whether a joining character means something between its neighbours.
fn meant(before: Option<char>, letter: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match letter {
        // A variation of what stands before it.
        '\u{fe00}'..='\u{fe0f}' => !before.is_whitespace() && !joining(before),
        '\u{e0100}'..='\u{e01ef}' => before.is_alphabetic() && !before.is_ascii(),
        '\u{e0020}'..='\u{e007f}' => false,
        // Between two letters of plain ASCII nothing joins; between one of them and another script it may.
        _ => after.is_some_and(|after| {
            joins(before) && joins(after) && !joining(after) && !(before.is_ascii() && after.is_ascii())
        }),
    }
}

/// Letters, digits, marks and symbols such as emoji.
fn joins(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric();
    }
    let punctuation = matches!(letter, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{3004}' | '\u{fff0}'..='\u{ffff}');
    let varied = matches!(letter, '\u{fe00}'..='\u{fe0f}');
    varied || !(punctuation || letter.is_whitespace() || active(letter) || joining(letter))
}

// Writing to a string cannot fail, here and below.
fn written_out(out: &mut String, letter: char) {
    if letter.is_ascii() && !matches!(letter, '\n' | '\r' | '\t') {
        let _ = write!(out, "\\x{:02x}", u32::from(letter));
    } else {
        out.extend(letter.escape_default());
    }
}

fn json_escape(out: &mut String, letter: char) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(shown("a\u{1b}]0;t\u{7}b\tc\r\nd\u{7f}\u{9b}e"), r"a\x1b]0;t\x07b\tc\r\nd\x7f\u{9b}e");
        assert_eq!(
            shown("x\u{202e}y\u{2066}z\u{200b}\u{feff}\u{2060}\u{2028}"),
            r"x\u{202e}y\u{2066}z\u{200b}\u{feff}\u{2060}\u{2028}"
        );
        assert_eq!(shown_lines("a\nb\r\n\u{1b}"), "a\nb\\r\n\\x1b");
        assert!(matches!(shown("日本 ä plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn languages_and_emoji_stay_whole() {
        for whole in [
            "کتاب\u{200c}ها",
            "PDF\u{200c}ها",
            "क्\u{200d}ष",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}",
            "שלום\u{200f}א",
        ] {
            assert_eq!(shown(whole), whole);
            assert_eq!(shown_json(whole), whole);
        }
        assert_eq!(shown("a\u{200d}b \u{200c}ب\u{200c} \u{200f}."), r"a\u{200d}b \u{200c}ب\u{200c} \u{200f}.");
        assert_eq!(shown("a\u{e0061}\u{e0062}🏴\u{e0061}"), r"a\u{e0061}\u{e0062}🏴\u{e0061}");
        assert_eq!(shown("\u{200d}👩\u{200d}\u{1b}\u{200d}👩"), r"\u{200d}👩\u{200d}\x1b\u{200d}👩");
        assert_eq!(shown("a\u{fe0f}\u{fe0f}"), "a\u{fe0f}\\u{fe0f}");
    }

    proptest! {
        #[test]
        fn nothing_active_gets_through(text in any::<String>(), odd in "[\u{1b}\u{7f}-\u{9f}\u{200b}-\u{202e}\u{2060}-\u{206f}\u{feff}a\nب👩🏴\u{e0061}\u{e007f}\u{fe0f}]{0,30}") {
            for text in [text, odd] {
                prop_assert!(!shown(&text).chars().any(active));
                prop_assert!(!shown_lines(&text).chars().any(|letter| active(letter) && letter != '\n'));
                let once = shown(&text).into_owned();
                prop_assert_eq!(shown(&once), once.as_str());
                let json = serde_json::to_string(&text).unwrap();
                for written in [shown_json(&json), data_json(&json)] {
                    prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), &text);
                    let raw = |letter: char| ('\u{7f}'..='\u{9f}').contains(&letter);
                    prop_assert!(!written.chars().any(raw));
                }
                prop_assert!(!shown_json(&json).chars().any(active));
            }
        }
    }
}
