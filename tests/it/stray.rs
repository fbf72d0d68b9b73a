//! Bytes that are no keys: answers of the terminal, sequences and pastes that never end. The keyboard outlives them all.

use std::time::{Duration, Instant};

use crate::pty::{CLEAR, DEADLINE, Place, SMALL, Terminal};
use crate::sample::{ALL_USERS, LOADED};

/// Presses a key that may be lost in what came before it, until the screen shows what it does.
fn press_until(terminal: &mut Terminal, key: &str, words: &str) {
    let start = Instant::now();
    let mut shown = false;
    while !shown {
        assert!(
            start.elapsed() < DEADLINE,
            "{key:?} does nothing: no {words} on\n{}",
            terminal.look(vt100::Screen::contents)
        );
        terminal.send(key);
        shown = terminal.shows_within(words, Duration::from_millis(150));
    }
}

/// The workbench on the shop's users.
fn users_pane(place: &Place) -> Terminal {
    let mut terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal
}

/// The same with an empty line for a filter open.
fn filter_prompt(place: &Place) -> Terminal {
    let mut terminal = users_pane(place);
    terminal.send("f");
    terminal.send(CLEAR);
    terminal
}

#[test]
fn answers_of_the_terminal_and_what_never_ends_leave_the_keyboard_alive() {
    let place = Place::shop();
    let mut terminal = users_pane(&place);
    let stray = [
        "\u{1b}[?2026;2$y",
        "\u{1b}[?997;1n",
        "\u{1b}[<0;1",
        "\u{1b}[<",
        "\u{1b}[?2004h",
        "\u{1b}[?62;22c",
        "\u{1b}[>0;276;0c",
        "\u{1b}[?1u",
        "\u{1b}[12;40R",
        "\u{1b}[8;24;80t",
        "\u{1b}]11;rgb:0000/0000/0000\u{7}",
        "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\",
        "\u{1b}]11;rgb:00",
        "\u{1b}P1$r0m\u{1b}\\",
        "\u{1b}_Gi=1;OK\u{1b}\\",
        "\u{1b}_Gi=1",
        "\u{1b}[M",
        "\u{1b}[99;",
        "\u{1b}[200~",
        "\u{1b}[200",
    ];
    for (turn, bytes) in stray.into_iter().enumerate() {
        terminal.send(bytes);
        let (key, words) = if turn % 2 == 0 { ("G", "row 1,830") } else { ("g", "row 1 ") };
        press_until(&mut terminal, key, words);
        // None of the bytes was a key: the table is still there, and nothing on top of it.
        let screen = terminal.wait_for(ALL_USERS);
        assert!(screen.contains("User360 › Users"), "{bytes:?}\n{screen}");
    }
    // The end of a program is not to be lost either, whatever stands before it.
    terminal.send("\u{1b}[<0;1\u{3}");
    assert!(terminal.assert_restored().success());
}

#[test]
fn a_paste_that_never_ends_is_what_came_of_it() {
    let place = Place::shop();
    let mut terminal = filter_prompt(&place);
    terminal.send("\u{1b}[200~churn > 0.5");
    terminal.wait_for("churn > 0.5");
    terminal.send("\r");
    terminal.wait_for("where churn > 0.5");
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn a_paste_as_long_as_a_book_holds_nothing_up() {
    let place = Place::shop();
    let mut terminal = filter_prompt(&place);
    terminal.send(&format!("\u{1b}[200~{}\u{1b}[201~", "or true ".repeat(40_000)));
    // The whole of it is refused, and the line is as it was.
    terminal.wait_for("too many for this line");
    terminal.send("\r");
    terminal.wait_without("too many");
    terminal.send(&format!("\u{1b}[200~{}\u{1b}[201~", "x".repeat(60_000)));
    terminal.send(CLEAR);
    terminal.send("churn > 0.5\r");
    terminal.wait_for("where churn > 0.5");
    terminal.send("\u{3}");
    assert!(terminal.assert_restored().success());
}
