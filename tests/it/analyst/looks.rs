//! The reader's own: themes, keys, and the clipboard of the machine in front of them.

use std::fs;

use super::{quit, to_users};
use crate::pty::{DOWN, ENTER, ESC, LARGE, Place, UP};
use crate::sample::ALL_USERS;

#[test]
fn a_theme_is_previewed_and_escape_goes_back() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.wait_for("User360 › Users");
    let before = terminal.look(|screen| screen.cell(0, 1).unwrap().fgcolor());
    terminal.send("t");
    terminal.wait_for_all(&["Theme", "colour-blind", "high-contrast", "mono"]);
    // The next theme is previewed by itself, the one of before when going back up.
    terminal.send(DOWN);
    terminal.wait("another theme", |screen| screen.cell(0, 1).unwrap().fgcolor() != before);
    terminal.send(UP);
    terminal.wait("first theme", |screen| screen.cell(0, 1).unwrap().fgcolor() == before);
    terminal.send("ascii");
    terminal.wait_for("User360 > Users");
    terminal.send(ESC);
    terminal.wait("theme of before", |screen| {
        screen.contents().contains("User360 › Users") && screen.cell(0, 1).unwrap().fgcolor() == before
    });
    // Chosen, it stays; also in the next session.
    terminal.send("t");
    terminal.wait_for("colour-blind");
    terminal.send("ascii\r");
    terminal.wait("chosen theme", |screen| {
        let text = screen.contents();
        text.contains("User360 > Users") && !text.contains("colour-blind")
    });
    quit(terminal);
    let terminal = place.open(LARGE);
    terminal.wait_for_all(&["User360 > Users", ALL_USERS]);
    quit(terminal);
}

#[test]
fn a_theme_of_the_readers_own_can_be_chosen() {
    let place = Place::shop();
    let night = "name = \"night\"\n[roles]\ntitle = { fg = \"magenta\", bold = true }\n[glyphs]\nstep = \"»\"\n";
    fs::write(place.config("themes/night.toml"), night).unwrap();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.send("t");
    terminal.wait_for("night");
    terminal.send("night\r");
    terminal.wait("the reader's theme", |screen| {
        screen.contents().contains("User360 » Users") && screen.cell(0, 1).unwrap().fgcolor() == vt100::Color::Idx(5)
    });
    quit(terminal);
}

#[test]
fn a_wrong_theme_is_named_with_its_line_and_the_others_work() {
    let place = Place::shop();
    fs::write(place.config("themes/night.toml"), "name = \"night\"\n[roles]\ntittle = { bold = true }\n").unwrap();
    let mut terminal = place.open((40, 200));
    terminal.wait_for_all(&["night.toml:3", "tittle"]);
    terminal.send(ENTER);
    terminal.wait_without("night.toml");
    to_users(&mut terminal);
    quit(terminal);
}

#[test]
fn a_key_of_the_readers_own_does_what_it_says_and_help_shows_it() {
    let place = Place::shop();
    fs::write(place.config("keys.toml"), "# mine\nsort = [\"x\"]\nexport = [\"F5\", \"Ctrl-e\"]\n").unwrap();
    // Tall enough for all of help.
    let mut terminal = place.open((120, 100));
    to_users(&mut terminal);
    terminal.send("x");
    terminal.wait_for_all(&["User ▲", "x sort"]);
    // The key of before is free: the keys after it find the view as it is.
    terminal.send("sj");
    let screen = terminal.wait_for("row 2");
    assert!(screen.contains("User ▲"), "{screen}");
    terminal.send("?");
    let screen = terminal.wait_for("Help, lines");
    let line = |title: &str| {
        let found =
            screen.lines().find(|line| line.contains(title)).unwrap_or_else(|| panic!("no {title} in {screen}"));
        found.split_once('│').unwrap().1.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line("Sort by this column")[..2], ["x", "Sort"]);
    assert_eq!(line("Export rows to a file")[..3], ["F5", "Ctrl-e", "Export"]);
    terminal.send(ESC);
    terminal.wait_without("Help, lines");
    terminal.send("\u{5}");
    terminal.wait_for("formulas");
    terminal.send(ESC);
    terminal.wait_without("formulas");
    quit(terminal);
}

#[test]
fn wrong_keys_are_refused_before_the_screen_opens() {
    for (text, wanted) in [
        ("# mine\nsrot = [\"x\"]\n", ":2: no command \"srot\"; did you mean sort?"),
        ("sort = [\"e\"]\n", ":1: e is bound to both sort and export in Users"),
        ("quit = []\n", ":1: quit must have a key"),
    ] {
        let place = Place::shop();
        let file = place.config("keys.toml");
        fs::write(&file, text).unwrap();
        let terminal = place.start().size((24, 200)).open();
        terminal.wait_for(&format!("{}{wanted}", file.display()));
        let opened = crate::pty::holds(&terminal.bytes(), b"\x1b[?1049h");
        assert!(!opened, "the screen was opened");
        assert_eq!(terminal.assert_restored().exit_code(), 2, "{text}");
    }
}

/// RFC 4648, section 4.
fn from_base64(text: &[u8]) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} is not of base64"),
    };
    assert_eq!(text.len() % 4, 0);
    let mut bytes = Vec::new();
    for four in text.chunks(4) {
        let padding = four.iter().rev().take_while(|byte| **byte == b'=').count();
        let bits = four.iter().take(4 - padding).fold(0_u32, |bits, byte| bits << 6 | u32::from(value(*byte)));
        let bits = bits << (6 * padding);
        bytes.extend_from_slice(&bits.to_be_bytes()[1..4 - padding]);
    }
    bytes
}

/// The texts that were put on the clipboard, OSC 52.
fn copied(bytes: &[u8]) -> Vec<String> {
    let start = b"\x1b]52;c;";
    let places = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(start));
    let texts = places.map(|at| {
        let rest = &bytes[at + start.len()..];
        let end = rest.iter().position(|byte| matches!(byte, b'\x07' | b'\x1b')).unwrap();
        String::from_utf8(from_base64(&rest[..end])).unwrap()
    });
    texts.collect()
}

#[test]
fn a_cell_a_row_and_an_id_are_copied_to_the_terminals_clipboard() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    assert!(copied(&terminal.bytes()).is_empty());
    terminal.send("jly");
    terminal.wait_for("copied the cell: Lapsed one-time browsers");
    assert_eq!(copied(&terminal.bytes()), ["Lapsed one-time browsers"]);
    // The value as the table shows it.
    terminal.send("ly");
    terminal.wait_for("copied the cell: 0.9961");
    assert_eq!(copied(&terminal.bytes()).pop().unwrap(), "0.9961");
    terminal.send("Y");
    terminal.wait_for("copied the row");
    let row = copied(&terminal.bytes()).pop().unwrap();
    let fields: Vec<&str> = row.split('\t').collect();
    assert_eq!(fields[..2], ["1", "Lapsed one-time browsers"]);
    assert!(fields.len() > 10, "{row:?}");
    terminal.send(ENTER);
    terminal.wait_for("Why so likely to leave");
    terminal.send("y");
    terminal.wait_for("copied the id: 1");
    assert_eq!(copied(&terminal.bytes()).pop().unwrap(), "1");
    terminal.send(ESC);
    terminal.wait_without("Why so likely to leave");
    quit(terminal);
}
