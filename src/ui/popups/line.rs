//! A line of text being written: what keys and pastes make of it, and how long it may become.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::to_input_request;

/// The most bytes that a line holds. Each key goes through the whole of it, and no condition, query or path is as long.
const LONGEST: usize = 1 << 16;

/// What a key does to the line. A line that is full stays as it is.
pub fn typed(input: &mut Input, key: KeyEvent) {
    let Some(request) = to_input_request(&Event::Key(key)) else { return };
    let before = input.value().len();
    input.handle(request);
    if input.value().len() > LONGEST.max(before) {
        // A letter, or what was cut out and is put in again: its beginning has room.
        let end = input.value().floor_char_boundary(LONGEST);
        let (value, cursor) = (input.value()[..end].to_owned(), input.cursor());
        *input = std::mem::take(input).with_value(value).with_cursor(cursor);
    }
}

/// Inserts a text at the cursor, without its control characters and as a whole, for half a condition may be one as well;
/// an error, with the line as it was, where the text is too long.
pub fn pasted(input: &mut Input, text: &str) -> Result<(), String> {
    put(input, &text.chars().filter(|letter| !letter.is_control()).collect::<String>())
}

/// As [`pasted`], where a text may have several lines.
pub fn pasted_lines(input: &mut Input, text: &str) -> Result<(), String> {
    put(input, &text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect::<String>())
}

fn put(input: &mut Input, text: &str) -> Result<(), String> {
    if input.value().len() + text.len() > LONGEST {
        return Err(format!("{} bytes are too many for this line, which holds {LONGEST}", text.len()));
    }
    let (value, cursor) = (input.value(), input.cursor());
    let at = value.char_indices().nth(cursor).map_or(value.len(), |(at, _)| at);
    let whole = [&value[..at], text, &value[at..]].concat();
    *input = std::mem::take(input).with_value(whole).with_cursor(cursor + text.chars().count());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn a_text_goes_where_the_cursor_stands() {
        let mut input = Input::new("a€b".to_owned()).with_cursor(2);
        assert_eq!(pasted(&mut input, "x\u{7}ß"), Ok(()));
        assert_eq!((input.value(), input.cursor()), ("a€xßb", 4));
        typed(&mut input, KeyEvent::from(KeyCode::Char('!')));
        assert_eq!((input.value(), input.cursor()), ("a€xß!b", 5));
    }

    #[test]
    fn a_line_has_an_end() {
        let mut input = Input::new("€".repeat(LONGEST / 3));
        let full = input.value().to_owned();
        let refused = pasted(&mut input, "ab");
        assert!(refused.is_err_and(|told| told.starts_with("2 bytes are too many")));
        assert_eq!((pasted(&mut input, "a"), input.value().len()), (Ok(()), LONGEST));
        typed(&mut input, KeyEvent::from(KeyCode::Char('b')));
        assert_eq!(input.value(), format!("{full}a"));
        // Cut out and put in again and again.
        for letter in ['u', 'y', 'y', 'y'] {
            typed(&mut input, KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
        }
        assert_eq!((input.value().len(), input.value().starts_with(&full)), (LONGEST, true));
    }
}
