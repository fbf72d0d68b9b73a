//! What is clean: no active byte, no forged line, no formula.

use crate::pty;

/// No active byte, and no line of the log's own making.
#[track_caller]
pub fn is_clean(bytes: &[u8], what: &str) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
    let active = text.chars().find(|letter| *letter != '\n' && is_active(*letter));
    assert_eq!(active, None, "{what}:\n{}", text.escape_debug());
    assert!(!text.contains("zero\u{200d}"), "{what}: a joiner that joins nothing");
    assert!(!text.contains("tag\u{e0041}"), "{what}: a tag outside a flag");
    no_forged_line(text, what);
}

/// Written here once more, apart from the program's own rule.
pub fn is_active(letter: char) -> bool {
    let code = u32::from(letter);
    code < 0x20
        || (0x7f..=0x9f).contains(&code)
        || [0x200b, 0x2028, 0x2029, 0xfeff].contains(&code)
        || (0x202a..=0x202e).contains(&code)
        || (0x2060..=0x2069).contains(&code)
}

#[track_caller]
pub fn no_forged_line(text: &str, what: &str) {
    let forged = text.lines().find(|line| line.trim_start().starts_with("FORGED"));
    assert_eq!(forged, None, "{what}:\n{text}");
}

/// No cell of a table begins as a formula does.
#[track_caller]
pub fn no_formula(table: &[u8], what: &str) {
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(table).into_records();
    let cells: Vec<String> = rows.flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(cells.len() >= 20, "{what} holds little: {cells:?}");
    for cell in cells {
        let number = cell.parse::<f64>().is_ok();
        assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{what}: {cell:?}");
    }
}

/// The only controls on a terminal are the program's own: colours, and what the progress line moves and clears.
#[track_caller]
pub fn terminal_is_clean(bytes: &[u8], own: &[&str], what: &str) {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(|letter| is_active(letter) && !matches!(letter, '\n' | '\r')) {
        let found = &rest[at..];
        let known = own.iter().find(|own| found.starts_with(**own)).map(|own| own.len());
        let length = known.or_else(|| own_sequence(found));
        let Some(length) = length else {
            let near: String = found.chars().take(40).collect();
            panic!("{what}: {near:?} was written to the terminal");
        };
        rest = &found[length..];
    }
    for wanted in ["\u{1b}[31mPWNED", "\u{1b}[HPWNED", "zero\u{200d}", "tag\u{e0041}"] {
        assert!(!pty::holds(bytes, wanted.as_bytes()), "{what}: {wanted:?} was written to the terminal");
    }
}

/// The length of a control sequence of cursor, clearing, colours or modes.
pub fn own_sequence(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, ';' | '?')))?;
    "ABCDEFGHJKSTfhlmrsu".contains(inside[end..].chars().next()?).then_some(end + 3)
}
