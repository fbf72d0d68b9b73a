//! Text that a spreadsheet would run, and how it is kept from that. May import nothing.
//!
//! A cell that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, also with their full-width and small
//! forms, and behind blanks, quotes or characters that do not show; one that begins with a tab or a line break is taken
//! apart by some. Such text gets an apostrophe in front, which spreadsheets do not show. A plain number and a telephone
//! number are no formula.

mod dialect;

use std::borrow::Cow;

pub use dialect::{Dialect, Style};

/// A text as a cell that no spreadsheet runs.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`neutral`] made this of.
pub fn original(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a spreadsheet would run the text, or take it apart.
pub fn is_formula(text: &str) -> bool {
    let begins = text.chars().find(|letter| begins_formula(*letter) || !passed_over(*letter));
    begins.is_some_and(begins_formula) && !is_number(text) && !is_telephone(text)
}

fn begins_formula(letter: char) -> bool {
    matches!(
        letter,
        '=' | '+'
            | '-'
            | '@'
            | '\t'
            | '\r'
            | '\n'
            | '＝'
            | '＋'
            | '－'
            | '＠'
            | '\u{fe62}'
            | '\u{fe63}'
            | '\u{fe66}'
            | '\u{fe6b}'
    )
}

/// What may stand before a formula without making it text.
fn passed_over(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter,
            '\'' | '"' | '`' | '\u{2018}'..='\u{201f}' | '\u{ff07}' | '\u{ff02}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A number with its sign, such as `-1,234.50` or `+2.5e-3`.
fn is_number(text: &str) -> bool {
    let text = text.trim_matches(' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, power) = match unsigned.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.strip_prefix(['+', '-']).unwrap_or(power)),
        None => (unsigned, "0"),
    };
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Digits with at most one separator between two of them, or a point before the first.
    let grouped = digits.strip_prefix('.').unwrap_or(digits).split([',', '.']).all(whole);
    grouped && whole(power)
}

/// A telephone number with its country, such as `+49 170 1234567` or `+1 (555) 123-4567`.
fn is_telephone(text: &str) -> bool {
    let Some(number) = text.trim_matches(' ').strip_prefix('+') else { return false };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let ends = number.starts_with(|first: char| first.is_ascii_digit() || first == '(')
        && number.ends_with(|last: char| last.is_ascii_digit());
    let separated = number.split(|letter: char| letter.is_ascii_digit()).all(|between| {
        // One sign, with a blank or a parenthesis about it: never two that would reckon.
        matches!(between, "" | " " | "-" | "/" | "." | " (" | "(" | ") " | ")" | " - " | ")-" | " / ")
    });
    (6..=15).contains(&digits) && ends && separated
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_told_from_numbers() {
        for formula in [
            "=1+1",
            "+A1",
            "-A1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "﹦1",
            " =1",
            "\"=1",
            "'=1",
            "\u{feff}=1",
            "\u{200b}\u{202e}+cmd",
            "\u{a0}=1",
            "\u{3000}＝1",
            "-",
            "+",
            "=",
            "-1-2",
            "+1+2",
            "-1+cmd|' /C calc'!A0",
            "+49 170 =1",
            "-5\n=1",
            "+12+345678",
            "+1*234567",
            "\u{1}=1",
            "+49 170 1234567+1",
            "-1e5x",
            "--5",
            "+1..5",
            "'-5",
        ] {
            assert!(is_formula(formula), "{formula:?}");
            assert_eq!(neutral(formula), format!("'{formula}"));
            assert_eq!(original(&neutral(formula)), formula);
        }
        for text in [
            "",
            "plain",
            "a=1",
            "-12.5",
            "+3",
            "-1,234.50",
            "+2.5e-3",
            "-.5",
            " -5",
            "+49 170 1234567",
            "+1 (555) 123-4567",
            "+49-170-1234567",
            "+33.1.23.45.67.89",
            "O'Neil",
            "'quoted'",
            "日本",
            "«=1»",
            "12-34",
            "#ref",
        ] {
            assert!(!is_formula(text), "{text:?}");
            assert_eq!(original(&neutral(text)), text);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_with_a_formula_and_every_text_comes_back(
            text in prop_oneof![any::<String>(), "[=+\\-@＝＋－＠ '\"\t\r\n\u{feff}\u{200b}a1.5(]{0,9}"],
        ) {
            let cell = neutral(&text);
            prop_assert_eq!(original(&cell), text.as_str());
            let harmless = |cell: &str| cell.chars().all(|letter| letter.is_ascii_digit() || " +-.,()/eE".contains(letter));
            if cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
                prop_assert!(harmless(&cell), "{:?}", cell);
            }
            prop_assert!(!cell.starts_with(['\t', '\r', '\n', '=', '@']));
        }
    }
}
