//! A terminal whose size never stays.

use super::{quit, to_users};
use crate::pty::{ENTER, Place, Terminal};
use crate::sample::{ALL_USERS, LOADED};

/// Every cell: text, colours, attributes.
fn picture(screen: &vt100::Screen) -> Vec<Vec<String>> {
    let (rows, columns) = screen.size();
    let cell = |row, column| {
        let cell = screen.cell(row, column).unwrap();
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let looks = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
        format!("{text} {:?} {:?} {looks:?}", cell.fgcolor(), cell.bgcolor())
    };
    (0..rows.get()).map(|row| (0..columns.get()).map(|column| cell(row, column)).collect()).collect()
}

/// Resizes as fast as possible while keys are sent; ends at 100 × 30.
fn storm(terminal: &mut Terminal, keys: [&str; 2]) {
    let sizes = [(60, 200), (5, 20), (24, 80), (16, 60), (15, 59), (1, 1), (40, 120), (10, 200), (60, 30), (33, 77)];
    for (at, size) in sizes.iter().cycle().take(60).enumerate() {
        terminal.resize(*size);
        terminal.send(keys[at % 2]);
    }
    terminal.resize((30, 100));
}

/// After a storm the screen is as if the program had been opened at this size.
fn whole_again(place: &Place, terminal: &Terminal, way: &[(&str, &str)]) {
    // The same workspace, seen by a reader without a session.
    let fresh = Place::empty();
    let workspace = place.workspace();
    let arguments = ["--workspace", crate::pty::typed(&workspace)];
    let mut other = crate::pty::Start::of(crate::pty::USER360, &fresh).arguments(&arguments).size((30, 100)).open();
    other.wait_for(LOADED);
    for (keys, words) in way {
        other.send(keys);
        other.wait_for(words);
    }
    other.come_to_rest();
    let wanted = other.look(picture);
    terminal.wait("screen as if opened at this size", |screen| picture(screen) == wanted);
    // Whatever lies over the pane: this quits.
    other.send("\u{3}");
    assert!(other.assert_restored().success());
}

#[test]
fn a_table_is_whole_after_a_storm_of_sizes() {
    let place = Place::shop();
    let mut terminal = place.open((24, 80));
    to_users(&mut terminal);
    storm(&mut terminal, ["jjj", "kl"]);
    terminal.send("hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhg");
    whole_again(&place, &terminal, &[("2", ALL_USERS)]);
    quit(terminal);
}

#[test]
fn charts_are_whole_after_a_storm_of_sizes() {
    let place = Place::shop();
    let mut terminal = place.open((24, 80));
    to_users(&mut terminal);
    for (pane, words) in [("3", "silhouette 0.470"), ("4", "active users: AUC 0.785"), ("7", "budget"), ("1", LOADED)] {
        terminal.send(pane);
        terminal.wait_for(words);
        storm(&mut terminal, [pane, pane]);
        whole_again(&place, &terminal, &[(pane, words)]);
    }
    quit(terminal);
}

#[test]
fn a_page_and_what_lies_over_it_are_whole_after_a_storm_of_sizes() {
    let place = Place::shop();
    let mut terminal = place.open((24, 80));
    to_users(&mut terminal);
    terminal.send(ENTER);
    terminal.wait_for("Why so likely to leave");
    storm(&mut terminal, ["j", "G"]);
    terminal.send("g");
    whole_again(&place, &terminal, &[("2", ALL_USERS), (ENTER, "Activity by week")]);
    terminal.send("?");
    terminal.wait_for("Help, lines");
    storm(&mut terminal, ["j", "G"]);
    terminal.send("g");
    whole_again(&place, &terminal, &[("2", ALL_USERS), (ENTER, "Activity by week"), ("?", "Help, lines 1-")]);
    terminal.send("qq");
    terminal.wait_for(ALL_USERS);
    // The prompt and the lists.
    for (key, words) in [("f", "Filter: rows"), (":", "Commands"), ("t", "high-contrast"), ("c", "Columns: ")] {
        terminal.send(key);
        terminal.wait_for(words);
        storm(&mut terminal, ["", ""]);
        whole_again(&place, &terminal, &[("2", ALL_USERS), (key, words)]);
        terminal.send(crate::pty::ESC);
        terminal.wait_without(words);
    }
    quit(terminal);
}
