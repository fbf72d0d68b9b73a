//! From a row to its page, from there to the next, and back.

use super::{quit, to_users};
use crate::pty::{ENTER, ESC, LARGE, Place};
use crate::sample::{self, ALL_USERS, LATER, LOADED, SEGMENTS, SIZES};

/// The item most like another.
fn similar(item: i64) -> i64 {
    let table = sample::current(sample::workspace()).table("similar_items").unwrap();
    let row = table.column("item_id").unwrap().i64().unwrap().iter().position(|id| id == Some(item)).unwrap();
    let items = table.column("items").unwrap().list().unwrap().get_as_series(row).unwrap();
    items.i64().unwrap().get(0).unwrap()
}

#[test]
fn from_a_user_to_a_recommended_item_and_back() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    terminal.send("jj\r");
    terminal.wait_for_all(&["Users › User 2", "Why so likely to leave", "Activity by week"]);
    terminal.send("o");
    terminal.wait_for_all(&["Look up an item", "recommended"]);
    // The first offer is the user's first recommendation.
    terminal.send(ENTER);
    terminal.wait_for_all(&["› Item 2000", "similar items"]);
    // From an item to one like it.
    let next = similar(2000);
    terminal.send("g\r");
    terminal.wait_for_all(&[&format!("› Item {next}"), "similar items"]);
    terminal.send(ESC);
    terminal.wait("item 2000 again", |screen| {
        let text = screen.contents();
        text.contains("› Item 2000") && !text.contains(&format!("› Item {next}"))
    });
    terminal.send(ESC);
    terminal.wait("user 2 again", |screen| {
        let text = screen.contents();
        text.contains("Why so likely to leave") && !text.contains("› Item")
    });
    // An item that no list offers is typed.
    terminal.send("o");
    terminal.wait_for("Look up an item");
    terminal.send("104\r");
    terminal.wait_for_all(&["› Item 104", "64,776"]);
    terminal.send("o");
    terminal.wait_for("Look up an item");
    terminal.send("99999\r");
    terminal.wait_for_all(&["› Item 99999", "no item 99999"]);
    terminal.send("qqq");
    terminal.wait("users again", |screen| {
        let text = screen.contents();
        text.contains(ALL_USERS) && !text.contains("› User 2")
    });
    quit(terminal);
}

#[test]
fn a_segment_opens_its_users_and_its_page() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    terminal.send("3");
    terminal.wait_for_all(&["5 segments", "Profile of Lapsed"]);
    terminal.send("j");
    terminal.wait_for("row 2");
    let name = terminal.look(|screen| {
        let text = screen.contents();
        let row = text
            .lines()
            .find(|line| line.starts_with('▌'))
            .unwrap()
            .trim_start_matches(|letter: char| !letter.is_alphanumeric())
            .to_owned();
        SEGMENTS.into_iter().find(|name| row.starts_with(name)).unwrap()
    });
    terminal.send("o");
    terminal.wait_for_all(&[&format!("› {name}"), "everybody", "Last seen", "users"]);
    terminal.send(ESC);
    terminal.wait_for("Profile of");
    terminal.send(ENTER);
    let screen = terminal.wait_for_all(&["User360 › Users", &format!("where segment = '{name}'")]);
    let size = SIZES[SEGMENTS.iter().position(|other| *other == name).unwrap()];
    assert!(screen.contains(&format!("{size} of 1,830 users")), "{screen}");
    let others = SEGMENTS.into_iter().filter(|other| *other != name);
    for other in others {
        assert!(!screen.contains(&format!("{other} ")), "{screen}");
    }
    quit(terminal);
}

#[test]
fn two_runs_are_compared() {
    let place = Place::holding(sample::two_runs());
    let (first, second) = (sample::earlier(), sample::current(&place.workspace()).info().id.clone());
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LATER);
    terminal.send("d");
    terminal.wait_for_all(&[
        "What changed",
        &format!("From run {first} to {second}:"),
        "1,830 users in both runs, 0 new",
    ]);
    terminal.wait_for_all(&["Segments: from (rows) to (columns)", "Metrics", "churn Ranking (AUC)", "same"]);
    terminal.send(ENTER);
    terminal.wait_for("Why so likely to leave");
    terminal.send(ESC);
    terminal.wait_for("Segments: from (rows)");
    terminal.send(ESC);
    terminal.wait_for("stages done");
    quit(terminal);
}

#[test]
fn without_an_earlier_run_there_is_nothing_to_compare() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    terminal.send("d");
    terminal.wait_for("keeps no earlier run");
    terminal.send(ENTER);
    terminal.wait_without("keeps no earlier run");
    quit(terminal);
}
