//! The eight panes: each shows its own, and what moves in it changes its figures.

use super::{quit, to_users};
use crate::pty::{BACK_TAB, CLEAR, DOWN, ENTER, ESC, LARGE, LEFT, Place, RIGHT, SMALL, TAB, UP};
use crate::shop;

use polars::prelude::*;
use user360::store::Workspace;

/// Key, title, and words that no other pane says.
const PANES: [(&str, &str, &[&str]); 8] = [
    ("1", "Overview", &["Stages of run", "Events by day", "auc 0.7314"]),
    ("2", "Users", &["40 users", "uplift_group", "row 1"]),
    ("3", "Segments", &["silhouette 0.412", "3 segments", "Profile of One-time"]),
    ("4", "Churn", &["threshold 0.50", "AUC 0.7314", "churn ▼", "Users by churn"]),
    ("5", "LTV", &["held-out RMSE 0.906", "ltv ▼", "Users by expected purchases"]),
    ("6", "Recommendations", &["recall@5 0.05 (popularity 0.01)", "item_1", "For user 7"]),
    ("7", "Persuadables", &["simulated campaign", "uplift ▼", "What a budget buys"]),
    ("8", "SQL", &["Tables", "similar_items", "writes a query"]),
];

fn shows(title: &str, words: &[&str]) -> Vec<String> {
    std::iter::once(format!("User360 › {title}")).chain(words.iter().map(|words| (*words).to_owned())).collect()
}

#[test]
fn every_pane_shows_its_own_by_its_digit() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
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
    terminal.wait_for("auc 0.7314");
    let forth = PANES.iter().cycle().skip(1).take(8).map(|pane| (TAB, pane));
    let back = PANES.iter().rev().map(|pane| (BACK_TAB, pane));
    for (key, (_, title, words)) in forth.chain(back) {
        terminal.send(key);
        let wanted = shows(title, words);
        terminal.wait_for_all(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }
    quit(terminal);
}

/// A column of a table of the current run.
fn column(place: &Place, table: &str, name: &str) -> Vec<f64> {
    let run = Workspace::open(place.workspace()).current().unwrap().unwrap();
    let file = std::fs::File::open(run.path(&format!("{table}.parquet"))).unwrap();
    let frame = ParquetReader::new(file).finish().unwrap();
    let values = frame.column(name).unwrap().cast(&DataType::Float64).unwrap();
    values.f64().unwrap().iter().map(Option::unwrap).collect()
}

#[test]
fn the_churn_threshold_says_whom_it_reaches() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    terminal.send("4");
    let churn = column(&place, "churn", "churn");
    let said = |hundredths: u32| {
        let threshold = f64::from(hundredths) / 100.0;
        let users = churn.iter().filter(|value| **value >= threshold).count();
        // As the shop's record has them.
        let (precision, recall) = (0.6 + threshold / 3.0, 1.0 - threshold);
        (format!("threshold {threshold:.2}: {users} users"), format!("precision {precision:.3}, recall {recall:.3}"))
    };
    assert_ne!(said(50).0, said(60).0.replace("0.60", "0.50"), "the shop's users are not told apart");
    for (keys, hundredths) in [(String::new(), 50), (RIGHT.repeat(10), 60), (LEFT.repeat(45), 15)] {
        terminal.send(&keys);
        let (users, tested) = said(hundredths);
        terminal.wait_for_all(&[&users, &tested]);
    }
    // It stops at its ends.
    terminal.send(&LEFT.repeat(30));
    terminal.wait_for("threshold 0.00: 40 users");
    terminal.send(&RIGHT.repeat(130));
    terminal.wait_for("threshold 1.00: 0 users");
    quit(terminal);
}

/// Users reached and extra conversions, as the Persuadables pane says them.
fn budget(screen: &str) -> Option<(usize, f64)> {
    let words = screen.split_once("budget ")?.1;
    let (users, rest) = words.split_once(" users: ")?;
    let (extra, _) = rest.split_once(" extra conversions")?;
    Some((users.parse().ok()?, extra.parse().ok()?))
}

#[test]
fn the_budget_says_what_it_buys() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    terminal.send("7");
    let mut uplift = column(&place, "uplift", "uplift");
    uplift.sort_by(|a, b| b.total_cmp(a));
    let right = |screen: &str| {
        let (users, extra) = budget(screen).unwrap();
        let expected: f64 = uplift[..users].iter().sum();
        assert!((extra - expected).abs() < 6e-5, "{extra} for {users} users, not {expected}");
        users
    };
    let first = right(&terminal.wait("budget", |screen| budget(&screen.contents()).is_some()));
    assert!(first < 40, "{first}");
    terminal.send(RIGHT);
    let more = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users > first);
    right(&terminal.wait("larger budget", more));
    terminal.send(&RIGHT.repeat(30));
    let all = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users == 40);
    right(&terminal.wait("budget for everybody", all));
    terminal.send(&LEFT.repeat(60));
    let least = |screen: &vt100::Screen| budget(&screen.contents()).is_some_and(|(users, _)| users <= first);
    right(&terminal.wait("least budget", least));
    quit(terminal);
}

#[test]
fn what_shows_uplift_says_that_it_is_simulated() {
    for size in [SMALL, LARGE] {
        let place = Place::shop();
        shop::commit(&place.workspace());
        let mut terminal = place.open(size);
        // The Overview's line of the stage, and the stage's report.
        terminal.wait_for_all(&["simulated  qini 0.21"]);
        terminal.send("G\r");
        terminal.wait_for_all(&["› uplift", "simulated"]);
        terminal.send(ESC);
        terminal.wait_without("› uplift");
        to_users(&mut terminal);
        terminal.wait_for_all(&["uplift_group", "simulated campaign"]);
        // However long the filter is.
        terminal.send("fchurn > 0.5 and segment = 'One-time' and sessions > 0 and views >= 0\r");
        terminal.wait_for_all(&["where churn > 0.5", "simulated"]);
        terminal.send("\r");
        terminal.wait_for_all(&["Why this churn score", "simulated"]);
        terminal.send(ESC);
        terminal.wait_without("Why this churn score");
        terminal.send("7");
        terminal.wait_for_all(&["simulated campaign", "budget"]);
        terminal.send("8w");
        terminal.wait_for("Query: such as");
        terminal.send("select user_id, uplift from users\r");
        terminal.wait_for_all(&["40 rows", "simulated"]);
        terminal.send("\r");
        terminal.wait_for_all(&["› Row 1", "uplift", "simulated"]);
        terminal.send(ESC);
        terminal.wait_without("› Row 1");
        // What changed since the previous run.
        terminal.send("1");
        terminal.wait_for("auc 0.7314");
        terminal.send("d");
        terminal.wait_for_all(&["40 users in both runs · row 1", "uplift: simulated"]);
        terminal.send(ESC);
        terminal.wait_without("What changed");
        quit(terminal);
    }
}

#[test]
fn a_query_answers_and_a_wrong_one_says_what_is_wrong() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("auc 0.7314");
    let prompt = |screen: &vt100::Screen| screen.rows(0, 120).nth(37).unwrap().clone();
    terminal.send("8");
    terminal.wait_for("writes a query");
    let query = "select segment, count(*) as users from users group by segment order by users desc, segment";
    terminal.send("w");
    terminal.wait_for("Query: such as");
    terminal.send(query);
    terminal.send(ENTER);
    let screen = terminal.wait_for("3 rows");
    assert!(!screen.contains("Query: such as"), "{screen}");
    let counts: Vec<Vec<&str>> = screen
        .lines()
        .filter(|line| ["Browsers", "Loyal buyers", "One-time"].iter().any(|name| line.contains(name)))
        .map(|line| line.trim_start_matches('▌').trim().rsplitn(2, "  ").map(str::trim).collect())
        .collect();
    let run = Workspace::open(place.workspace()).current().unwrap().unwrap();
    let file = std::fs::File::open(run.path("segments.parquet")).unwrap();
    let segments = ParquetReader::new(file).finish().unwrap();
    let names: Vec<&str> = segments.column("segment").unwrap().str().unwrap().iter().map(Option::unwrap).collect();
    for count in &counts {
        let users = names.iter().filter(|name| **name == count[1]).count();
        assert_eq!(count[0], users.to_string(), "{counts:?}");
    }
    assert_eq!(counts.len(), 3, "{screen}");

    // The row opens as a page.
    terminal.send("g\r");
    terminal.wait_for_all(&["User360 › SQL ›", "segment"]);
    terminal.send(ESC);
    terminal.wait_without("User360 › SQL ›");

    // A wrong query keeps the result and the prompt, and names the nearest column.
    terminal.send("w");
    terminal.wait_for("Query: such as");
    terminal.send(CLEAR);
    terminal.send("select churm from users\r");
    let screen = terminal.wait_for("did you mean churn?");
    assert!(screen.contains("Query: such as") && screen.contains("Loyal buyers"), "{screen}");
    terminal.send(ESC);
    terminal.wait_without("Query: such as");
    terminal.send("w");
    terminal.wait_for("Query: such as");
    terminal.send(CLEAR);
    terminal.send("select * from user\r");
    terminal.wait_for("did you mean users?");
    terminal.send(ESC);
    terminal.wait_without("Query: such as");

    // Up recalls the query that was answered, Down goes back to an empty line.
    terminal.send("w");
    terminal.wait_for("Query: such as");
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
