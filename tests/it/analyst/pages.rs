//! From a row to its page, from there to the next, and back.

use super::{quit, to_users};
use crate::pty::{ENTER, ESC, LARGE, Place};
use crate::shop;

#[test]
fn from_a_user_to_a_recommended_item_and_back() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.send("jj\r");
    terminal.wait_for_all(&["User360 › Users › User 21", "Why this churn score", "Activity by week"]);
    terminal.send("o");
    terminal.wait_for_all(&["Look up an item", "recommended"]);
    // The first offer is the user's first recommendation: (21 mod 12) + 100.
    terminal.send(ENTER);
    terminal.wait_for_all(&["› User 21 › Item 109", "home/tea", "3 similar items", "0.7500"]);
    // From an item to one like it.
    terminal.send("g\r");
    terminal.wait_for_all(&["› Item 109 › Item 110", "3 similar items"]);
    terminal.send(ESC);
    terminal.wait("item 109 again", |screen| {
        let text = screen.contents();
        text.contains("› Item 109") && !text.contains("Item 110 ")
    });
    terminal.send(ESC);
    terminal.wait("user 21 again", |screen| {
        let text = screen.contents();
        text.contains("Why this churn score") && !text.contains("› Item")
    });
    // An item that no list offers is typed.
    terminal.send("o");
    terminal.wait_for("Look up an item");
    terminal.send("104\r");
    terminal.wait_for_all(&["› User 21 › Item 104", "156"]);
    terminal.send("o");
    terminal.wait_for("Look up an item");
    terminal.send("999\r");
    terminal.wait_for_all(&["› Item 999", "no item 999"]);
    terminal.send("qqq");
    terminal.wait("users again", |screen| {
        let text = screen.contents();
        text.contains("40 users") && !text.contains("› User 21")
    });
    quit(terminal);
}

#[test]
fn a_segment_opens_its_users_and_its_page() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    terminal.send("3");
    terminal.wait_for_all(&["3 segments", "Profile of One-time"]);
    terminal.send("j");
    terminal.wait_for("row 2");
    let name = terminal.look(|screen| {
        let text = screen.contents();
        let row = text.lines().find(|line| line.starts_with('▌')).unwrap().trim_start_matches('▌').trim().to_owned();
        ["One-time", "Loyal buyers", "Browsers"].into_iter().find(|name| row.starts_with(name)).unwrap()
    });
    terminal.send("o");
    terminal.wait_for_all(&[&format!("User360 › Segments › {name}"), "everybody", "days_since_last", "users"]);
    terminal.send(ESC);
    terminal.wait_for("Profile of");
    terminal.send(ENTER);
    let screen = terminal.wait_for_all(&["User360 › Users", &format!("where segment = '{name}'")]);
    let size = (1..=shop::USERS)
        .filter(|user| ["Loyal buyers", "One-time", "Browsers"][(user * 7 % 3) as usize] == name)
        .count();
    assert!(screen.contains(&format!("{size} of 40 users")), "{screen}");
    let others = ["One-time", "Loyal buyers", "Browsers"].into_iter().filter(|other| *other != name);
    for other in others {
        assert!(!screen.contains(&format!("{other} ")), "{screen}");
    }
    quit(terminal);
}

#[test]
fn two_runs_are_compared() {
    let place = Place::empty();
    let first = shop::commit(&place.workspace());
    let second = shop::commit(&place.workspace());
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    terminal.send("d");
    terminal.wait_for_all(&["What changed", &format!("from run {first} to {second}"), "40 users in both runs, 0 only"]);
    terminal.wait_for_all(&["Segments: from (rows) to (columns)", "Metrics", "churn auc", "same"]);
    terminal.send(ENTER);
    terminal.wait_for("Why this churn score");
    terminal.send(ESC);
    terminal.wait_for("Segments: from (rows)");
    terminal.send(ESC);
    terminal.wait_for("Stages of run");
    quit(terminal);
}

#[test]
fn without_an_earlier_run_there_is_nothing_to_compare() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    terminal.send("d");
    terminal.wait_for("keeps no earlier run");
    terminal.send(ENTER);
    terminal.wait_without("keeps no earlier run");
    quit(terminal);
}
