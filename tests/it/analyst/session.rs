//! What is kept: marks through sorting and filtering, and everything through quitting and starting again.

use super::{quit, to_users};
use crate::pty::{LARGE, Place, Terminal};

/// The ids of the marked rows in sight on the Users pane.
fn marked(terminal: &Terminal) -> Vec<String> {
    terminal.look(|screen| {
        let text = screen.contents();
        let lines = text.lines().filter(|line| line.starts_with(" ◆") || line.starts_with("▌◆"));
        lines.map(|line| line[line.find('◆').unwrap() + 3..].split_whitespace().next().unwrap().to_owned()).collect()
    })
}

#[test]
fn marks_survive_sorting_and_filtering() {
    let place = Place::shop();
    let mut terminal = place.open((50, 120));
    to_users(&mut terminal);
    // The first, the second and the fourth user.
    terminal.send("  j ");
    terminal.wait_for("3 marked");
    assert_eq!(marked(&terminal), ["0", "1", "3"]);
    terminal.send("llss");
    terminal.wait_for("Likely to leave ▼");
    terminal.send("fuser_id < 4\r");
    terminal.wait_for_all(&["where user_id < 4", "3 marked"]);
    let mut sorted = marked(&terminal);
    assert_ne!(sorted, ["0", "1", "3"], "not in the order of churn");
    sorted.sort();
    assert_eq!(sorted, ["0", "1", "3"]);
    terminal.send("0");
    terminal.wait("reset view", |screen| {
        let text = screen.contents();
        !text.contains("where") && !text.contains("Likely to leave ▼") && text.contains("3 marked")
    });
    assert_eq!(marked(&terminal), ["0", "1", "3"]);
    // The same users on another pane.
    terminal.send("5");
    terminal.wait_for_all(&["User360 › LTV", "3 marked"]);
    quit(terminal);
}

#[test]
fn a_workspace_opens_as_it_was_left() {
    let place = Place::shop();
    let mut terminal = place.open((50, 150));
    to_users(&mut terminal);
    terminal.send("  j ");
    terminal.wait_for("3 marked");
    terminal.send("fuser_id < 20\r");
    terminal.wait_for("where user_id < 20");
    terminal.send("llss");
    terminal.wait_for("Likely to leave ▼");
    // Hide the column after it.
    terminal.send("l-");
    terminal.wait_for("1 column hidden");
    let left = terminal.look(vt100::Screen::contents);
    assert!(!left.contains(" ltv "), "{left}");
    let before = marked(&terminal);
    quit(terminal);

    let mut terminal = place.open((50, 150));
    terminal.wait_for_all(&[
        "User360 › Users",
        "3 marked",
        "where user_id < 20",
        "Likely to leave ▼",
        "1 column hidden",
    ]);
    let screen = terminal.look(vt100::Screen::contents);
    assert!(screen.contains("20 of 1,830 users") && !screen.contains(" ltv "), "{screen}");
    assert_eq!(marked(&terminal), before);
    terminal.send("4");
    terminal.wait_for_all(&["threshold 50 %", "3 marked"]);
    terminal.send("\u{1b}[C\u{1b}[C");
    terminal.wait_for("threshold 52 %");
    quit(terminal);

    let terminal = place.open((50, 150));
    terminal.wait_for_all(&["User360 › Churn", "threshold 52 %", "3 marked"]);
    quit(terminal);
}

#[test]
fn a_reader_who_wants_no_session_starts_anew() {
    let place = Place::shop();
    std::fs::write(place.config("config.toml"), "[ui]\nrestore = false\n").unwrap();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.send(" ");
    terminal.wait_for("1 marked");
    quit(terminal);
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    assert!(!terminal.look(vt100::Screen::contents).contains("marked"));
    quit(terminal);
}

#[test]
fn two_workspaces_keep_two_sessions() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.send(" ");
    terminal.wait_for("1 marked");
    quit(terminal);
    // The same reader, another workspace.
    let other = Place::shop();
    let other_folder = other.workspace();
    let arguments = ["--workspace", crate::pty::typed(&other_folder)];
    let mut terminal = crate::pty::Start::of(crate::pty::USER360, &place).arguments(&arguments).size(LARGE).open();
    to_users(&mut terminal);
    assert!(!terminal.look(vt100::Screen::contents).contains("marked"));
    quit(terminal);
}
