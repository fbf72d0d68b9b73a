//! Text made fit for a cell of the screen: nothing a terminal obeys, no more columns than there are.

use std::borrow::Cow;

use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};
use tui_input::Input;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::{joining, shown};

/// Text from a log with what a terminal would obey written out, as everywhere: [`shown`].
pub fn clean(text: &str) -> String {
    shown(text).into_owned()
}

/// A text being written, cleaned, in a window of `columns` that holds the cursor: the part in sight, and the cursor's
/// column in it.
pub fn window(input: &Input, columns: usize) -> (String, usize) {
    let whole = clean(input.value());
    let before: String = input.value().chars().take(input.cursor()).collect();
    let cursor = clean(&before).width();
    let scroll = (cursor + 1).saturating_sub(columns.max(1));
    let mut skipped = 0;
    let seen = whole.chars().skip_while(|letter| {
        let skip = skipped < scroll;
        skipped += letter.width().unwrap_or(0);
        skip
    });
    (fit(&seen.collect::<String>(), columns, ""), cursor - scroll.min(cursor))
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Columns that a terminal takes which draws each letter by itself: more than [`width`] for a family of emoji.
pub fn apart(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// The text cut to `columns`, with `cut` at its end where something is missing.
pub fn fit(text: &str, columns: usize, cut: &str) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(cut.width());
    let mut fitted = String::with_capacity(text.len());
    let mut used = 0;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide > room {
            break;
        }
        used += wide;
        fitted.push(letter);
    }
    // Nothing is joined to what stands for the rest.
    fitted.truncate(fitted.trim_end_matches(joining).len());
    if cut.width() <= columns {
        fitted.push_str(cut);
    }
    fitted
}

/// The text in exactly `columns`, to the right or to the left.
pub fn pad(text: &str, columns: usize, right: bool, cut: &str) -> String {
    let fitted = fit(text, columns, cut);
    let blank = " ".repeat(columns.saturating_sub(fitted.width()));
    if right { blank + &fitted } else { fitted + &blank }
}

/// The text in lines of at most `columns`, broken between words; a word longer than a line is broken where the line ends.
/// One empty line where it is empty.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let options = textwrap::Options::new(columns.max(1))
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_terminal_obeys_gets_through() {
        assert_eq!(clean("a\u{1b}[2Jb\tc\u{202e}d"), r"a\x1b[2Jb\tc\u{202e}d");
        assert_eq!(clean("日本 ä 👩\u{200d}👧"), "日本 ä 👩\u{200d}👧");
    }

    #[test]
    fn the_cursor_stands_where_the_shown_text_ends() {
        for (written, columns, seen, cursor) in [
            ("abc", 10, "abc", 3),
            ("a\u{202e}b", 20, r"a\u{202e}b", 10),
            ("a\u{202e}b", 6, "02e}b", 5),
            ("日本語", 5, "本語", 4),
            ("", 0, "", 0),
        ] {
            assert_eq!(window(&Input::new(written.to_owned()), columns), (seen.to_owned(), cursor), "{written:?}");
        }
    }

    #[test]
    fn wide_characters_keep_columns_aligned() {
        for columns in 0..8 {
            for text in ["", "abc", "日本語", "a日b", "👩‍🔬x"] {
                assert_eq!(width(&pad(text, columns, false, "…")), columns, "{text} in {columns}");
                assert_eq!(width(&pad(text, columns, true, "…")), columns, "{text} in {columns}");
            }
        }
        assert_eq!(wrap("ab日本c", 3), ["ab", "日", "本c"]);
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!((wrap("", 3), wrap("日", 1)), (vec![String::new()], vec!["日".to_owned()]));
        assert_eq!(wrap("  at the edge-less end", 9), ["  at the", "edge-less", "end"]);
        assert_eq!(fit("日本語", 5, "…"), "日本…");
        assert_eq!(fit("日本語", 4, "…"), "日…");
    }

    proptest::proptest! {
        /// Nothing is lost but blanks, and no line is wider than there is room, whatever the letters' widths.
        #[test]
        fn wrapped_lines_fit_and_keep_every_letter(text in "[a-z日本é\u{301} -]{0,60}", columns in 2_usize..30) {
            let lines = wrap(&text, columns);
            proptest::prop_assert!(lines.iter().all(|line| apart(line) <= columns), "{:?}", lines);
            let letters = |text: &str| text.replace(' ', "");
            proptest::prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
