//! The eight panes: each shows its own, and what moves in it changes its figures.

use super::quit;
use crate::pty::{BACK_TAB, CLEAR, DOWN, ENTER, ESC, LARGE, LEFT, Place, RIGHT, SMALL, TAB, UP};
use crate::sample::{self, ALL_USERS, LATER, LOADED};

use polars::prelude::*;
use user360::store::Workspace;

/// Key, title, and words that no other pane says.
const PANES: [(&str, &str, &[&str]); 8] = [
    ("1", "Overview", &["stages done", "Events by day", LOADED]),
    ("2", "Users", &[ALL_USERS, "Extra (simulated)", "row 1"]),
    ("3", "Segments", &["silhouette 0.470", "5 segments", "Profile of Lapsed"]),
    (
        "4",
        "Churn",
        &["threshold 50 %", "active users: AUC 0.785", "Likely to leave ▼2", "Active users by how likely they leave"],
    ),
    ("5", "LTV", &["held-out Gini", "Purchases expected, 60 d ▼", "Users by expected purchases"]),
    ("6", "Recommendations", &["recall@5", "Item 1", "For user 0"]),
    ("7", "Persuadables", &["simulated", "Extra (simulated) ▼", "What a budget buys"]),
    ("8", "SQL", &["Tables", "similar_items", "writes a query"]),
];

fn shows(title: &str, words: &[&str]) -> Vec<String> {
    std::iter::once(format!("User360 › {title}")).chain(words.iter().map(|words| (*words).to_owned())).collect()
}

#[test]
fn every_pane_shows_its_own_by_its_digit() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    for (key, title, words) in PANES.iter().rev().chain(&PANES) {
        terminal.send(key);
        let wanted = shows(title, words);
        terminal.wait_for_all(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }
    quit(terminal);
}

#[test]
fn tab_goes_through_the_panes_and_shift_tab_back() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    let forth = PANES.iter().cycle().skip(1).take(8).map(|pane| (TAB, pane));
    let back = PANES.iter().rev().map(|pane| (BACK_TAB, pane));
    for (key, (_, title, words)) in forth.chain(back) {
        terminal.send(key);
        let wanted = shows(title, words);
        terminal.wait_for_all(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }
    quit(terminal);
}

#[test]
fn the_churn_threshold_says_whom_it_reaches() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    terminal.send("4");
    // Of the active: who is gone already is no question.
    let active = sample::column("churn", "active");
    let churn = sample::column("churn", "churn").into_iter().zip(&active).filter(|(_, active)| **active > 0.0);
    let churn: Vec<f64> = churn.map(|(churn, _)| churn).collect();
    let record = sample::record("churn");
    let said = |hundredths: u32| {
        let threshold = f64::from(hundredths) / 100.0;
        let users = churn.iter().filter(|value| **value >= threshold).count();
        let tested = &record["detail"]["evaluation"]["of_active"]["thresholds"][hundredths as usize];
        let (precision, recall) = (tested["precision"].as_f64().unwrap(), tested["recall"].as_f64().unwrap());
        let users = if users < 1000 { users.to_string() } else { format!("{},{:03}", users / 1000, users % 1000) };
        (
            format!("threshold {hundredths} %: {users} active users"),
            format!("precision {:.1} %, recall {:.1} %", 100.0 * precision, 100.0 * recall),
        )
    };
    assert_ne!(said(50).0, said(60).0.replace("60 %", "50 %"), "the shop's users are not told apart");
    for (keys, hundredths) in [(String::new(), 50), (RIGHT.repeat(10), 60), (LEFT.repeat(45), 15)] {
        terminal.send(&keys);
        let (users, tested) = said(hundredths);
        terminal.wait_for_all(&[&users, &tested]);
    }
    // It stops at its ends.
    terminal.send(&LEFT.repeat(30));
    terminal.wait_for(&format!("threshold 0 %: {} active users", churn.len()));
    terminal.send(&RIGHT.repeat(130));
    terminal.wait_for("threshold 100 %: 0 active users");
    quit(terminal);
}

/// Users reached and extra conversions, as the Persuadables pane says them.
fn budget(screen: &str) -> Option<(usize, f64)> {
    let words = screen.split_once("budget ")?.1;
    let (users, rest) = words.split_once(" users: ")?;
    let users = users.replace(',', "");
    let (extra, _) = rest.split_once(" extra conversions")?;
    Some((users.parse().ok()?, extra.parse().ok()?))
}

#[test]
fn the_budget_says_what_it_buys() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    terminal.send("7");
    let mut uplift = sample::column("uplift", "simulated_uplift");
    uplift.sort_by(|a, b| b.total_cmp(a));
    let right = |screen: &str| {
        let (users, extra) = budget(screen).unwrap();
        let expected: f64 = uplift[..users].iter().sum();
        assert!((extra - expected).abs() < 0.501, "{extra} for {users} users, not {expected}");
        users
    };
    let first = right(&terminal.wait("budget", |screen| budget(&screen.contents()).is_some()));
    assert!(first < sample::USERS, "{first}");
    terminal.send(RIGHT);
    let more = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users > first);
    right(&terminal.wait("larger budget", more));
    terminal.send(&RIGHT.repeat(60));
    let all = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users == sample::USERS);
    right(&terminal.wait("budget for everybody", all));
    terminal.send(&LEFT.repeat(90));
    let least = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users <= first);
    right(&terminal.wait("least budget", least));
    quit(terminal);
}

#[test]
fn what_shows_uplift_says_that_it_is_simulated() {
    for size in [SMALL, LARGE] {
        let place = Place::holding(sample::two_runs());
        let mut terminal = place.open(size);
        // The Overview's line of the stage, and the stage's report.
        terminal.wait_for("stages done");
        terminal.send("G\r");
        terminal.wait_for_all(&["simulated  Ranking (Qini) 0.156"]);
        terminal.send("G\r");
        terminal.wait_for_all(&["› uplift", "Simulated campaign"]);
        terminal.send(ESC);
        terminal.wait_without("› uplift");
        terminal.send("2");
        terminal.wait_for(ALL_USERS);
        terminal.wait_for("row 1");
        // However long the filter is.
        terminal.send("fchurn > 0.5 and segment != 'Segment 9' and sessions > 0 and views >= 0\r");
        terminal.wait_for("where churn > 0.5");
        // Where a column of it is in sight, its name and the line below say so.
        terminal.send("llllll");
        terminal.wait_for_all(&["(simulated)", "uplift: simulated", "where churn > 0.5"]);
        terminal.send("\r");
        terminal.wait_for_all(&["Why so likely to leave", "simulated"]);
        terminal.send(ESC);
        terminal.wait_without("Why so likely to leave");
        terminal.send("7");
        terminal.wait_for_all(&["simulated", "budget"]);
        terminal.send("8w");
        terminal.wait_for("Query: Alt-Enter");
        terminal.send("select user_id, simulated_uplift from users\r");
        terminal.wait_for_all(&["1,830 rows", "uplift: simulated"]);
        terminal.send("\r");
        terminal.wait_for_all(&["Why so likely to leave", "simulated"]);
        terminal.send(ESC);
        terminal.wait_without("Why so likely to leave");
        // What changed since the previous run.
        terminal.send("1");
        terminal.wait_for(LATER);
        terminal.send("d");
        terminal.wait_for_all(&["1,830 users in both runs", "row 1"]);
        terminal.send(ESC);
        terminal.wait_without("What changed");
        quit(terminal);
    }
}

#[test]
fn escape_gives_a_query_up_and_the_next_one_answers() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    terminal.send("8w");
    terminal.wait_for("Query: Alt-Enter");
    terminal
        .send("select sum(a.user_id * b.user_id + c.user_id) from events a cross join events b cross join events c\r");
    terminal.send(ESC);
    terminal.wait_without("Query: Alt-Enter");
    // Were the first still at work, it would hold the threads that this one needs.
    terminal.send("w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send("select count(*) as counted from users\r");
    terminal.wait_for_all(&["counted", "row 1"]);
    quit(terminal);
}

#[test]
fn a_query_answers_and_a_wrong_one_says_what_is_wrong() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    // The lines of the editor, which go on where one is full.
    let prompt = |screen: &vt100::Screen| {
        let lines = screen.rows(0, 120).skip(25).filter(|line| line.starts_with('│'));
        lines.map(|line| line.chars().skip(1).take(89).collect::<String>()).collect::<String>()
    };
    terminal.send("8");
    terminal.wait_for("writes a query");
    let query = "select segment, count(*) as users from users group by segment order by users desc, segment";
    terminal.send("w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send(query);
    terminal.send(ENTER);
    let screen = terminal.wait_for("5 rows");
    assert!(!screen.contains("Query: Alt-Enter"), "{screen}");
    let counts: Vec<Vec<&str>> = screen
        .lines()
        .filter(|line| sample::SEGMENTS.iter().any(|name| line.contains(name)))
        .map(|line| line.trim_start_matches('▌').trim().rsplitn(2, "  ").map(str::trim).collect())
        .collect();
    let run = Workspace::open(place.workspace()).current().unwrap().unwrap();
    let file = std::fs::File::open(run.path("segments.parquet")).unwrap();
    let segments = ParquetReader::new(file).finish().unwrap();
    let names: Vec<&str> = segments.column("segment").unwrap().str().unwrap().iter().map(Option::unwrap).collect();
    for count in &counts {
        let users = names.iter().filter(|name| count[1].ends_with(**name)).count();
        assert_eq!(count[0].replace(',', ""), users.to_string(), "{counts:?}");
    }
    assert_eq!(counts.len(), 5, "{screen}");

    // The row opens as a page.
    terminal.send("g\r");
    terminal.wait_for_all(&["User360 › SQL ›", "segment"]);
    terminal.send(ESC);
    terminal.wait_without("User360 › SQL ›");

    // A wrong query keeps the result and the prompt, and names the nearest column.
    terminal.send("w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send(CLEAR);
    terminal.send("select churm from users\r");
    let screen = terminal.wait_for("did you mean churn?");
    assert!(screen.contains("Query: Alt-Enter") && screen.contains("Returning shoppers"), "{screen}");
    terminal.send(ESC);
    terminal.wait_without("Query: Alt-Enter");
    terminal.send("w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send(CLEAR);
    terminal.send("select * from user\r");
    terminal.wait_for("did you mean users?");
    terminal.send(ESC);
    terminal.wait_without("Query: Alt-Enter");

    // Up recalls the query that was answered, Down goes back to an empty line.
    terminal.send("w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send(CLEAR);
    terminal.wait("empty line", |screen| !prompt(screen).contains("select"));
    terminal.send(UP);
    terminal.wait("earlier query", |screen| prompt(screen).contains(query));
    terminal.send(DOWN);
    terminal.wait("empty line", |screen| !prompt(screen).contains("select"));
    terminal.send(UP);
    terminal.wait("earlier query", |screen| prompt(screen).contains(query));
    terminal.send(" limit 2\r");
    terminal.wait_for("2 rows");
    quit(terminal);
}
