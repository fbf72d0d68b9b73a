//! Visitors who log in: their rows count for the user, and no model knows it before it happened.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::headless::{path, report, succeeded, user360};

/// The day `day` of a year at some second of it.
fn time(day: u64, second: u64) -> String {
    let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
    let day = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(day as i64)).unwrap();
    format!("{day}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

fn rows(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

/// Runs the first stages on a log by settings.
fn run(input: &Path, workspace: &Path, settings: &str, stages: &str) {
    let file = workspace.with_extension("toml");
    fs::write(&file, settings).unwrap();
    let args =
        ["run", "--config", path(&file), "--only", stages, "--input", path(input), "--workspace", path(workspace)];
    succeeded(user360(&args));
}

#[test]
fn rows_of_a_browser_count_for_the_user_who_logs_in_there() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("tracks.csv"), folder.path().join("workspace"));
    let mut log = String::from("timestamp,anonymousId,userId,event,product_id,price,order_id\n");
    for at in 0..120_u64 {
        let (visitor, time) = (at % 12, time(at / 4, at * 700));
        // Visitors 0 to 7 log in on their later days, as users 100 to 103: each has two browsers.
        let user = if visitor < 8 && at >= 60 { (100 + visitor / 2).to_string() } else { String::new() };
        let bought = at % 5 == 0;
        let (event, order) =
            if bought { ("Order Completed", format!("o{at}")) } else { ("Product Viewed", String::new()) };
        writeln!(log, "{time},a{visitor},{user},{event},p{},{}.50,{order}", at % 7, 10 + at % 3).unwrap();
    }
    fs::write(&input, log).unwrap();
    let settings = folder.path().join("shop.toml");
    let told = succeeded(user360(&["init", path(&input), "--yes", "--out", path(&settings)]));
    assert!(told.contains("anonymousId"), "{told}");
    let written = fs::read_to_string(&settings).unwrap();
    assert!(written.contains("user = \"userId\"") && written.contains("anonymous_user = \"anonymousId\""), "{written}");
    let run = ["run", "--config", path(&settings), "--input", path(&input), "--workspace", path(&workspace)];
    let run = [&run[..], &["--only", "ingest,features"]].concat();
    succeeded(user360(&run));
    let first = report(&workspace);
    assert_eq!(first["input"]["events"]["accepted"], 120);
    let users = rows(&workspace, "SELECT user_id FROM features ORDER BY user_id");
    let expected =
        ["100", "101", "102", "103", "a10", "a11", "a8", "a9"].map(|id| serde_json::json!({ "user_id": id }));
    assert_eq!(users.as_array().unwrap(), &expected);
    let notes = first["stages"][0]["notes"].to_string();
    assert!(
        notes.contains("8 of 12 anonymous ids are seen with a user: 40 of 80 rows without a user count for one, 40 of them only since a later login"),
        "{notes}"
    );
    let late = rows(
        &workspace,
        "SELECT count(joined_from) AS n, count(joined_at) AS m, min(joined_at - time) > interval '0 seconds' AS later FROM events",
    );
    assert_eq!(late, serde_json::json!([{"n": 40, "m": 40, "later": true}]));
    // A log that goes on may tell who a visitor was: it is read whole, and gives what reading all of it at once gives.
    let more = format!("{}a9,104,Product Viewed,p1,10.50,\n", time(31, 0) + ",");
    fs::write(&input, fs::read_to_string(&input).unwrap() + &more).unwrap();
    succeeded(user360(&run));
    let second = report(&workspace);
    let notes = second["stages"][0]["notes"].to_string();
    assert!(notes.contains("read whole: new rows may tell who an anonymous visitor was"), "{notes}");
    assert_eq!(
        rows(&workspace, "SELECT count(*) AS n FROM events WHERE user_id = '104'"),
        serde_json::json!([{"n": 11}])
    );
}

#[test]
fn a_visitor_whose_id_is_written_as_another_users_is_no_such_user() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
    // Browser 1 is user 7's, browser 2 nobody's; users 1 and 2 are others.
    let log = "time,device,customer,event\n2024-01-01,1,,view\n2024-01-02,1,7,view\n2024-01-03,2,,view\n2024-01-04,9,1,view\n2024-01-05,9,2,view\n";
    fs::write(&input, log).unwrap();
    let columns = "time = \"time\"\nuser = \"customer\"\nanonymous_user = \"device\"\nevent = \"event\"\n";
    run(&input, &workspace, &format!("[ingest]\nlayout = \"custom\"\n[ingest.columns]\n{columns}"), "ingest,features");
    let users = rows(&workspace, "SELECT user_id, total_events AS n FROM features ORDER BY user_id");
    let expected = [("1", 1), ("2", 1), ("7", 2), ("anonymous-2", 1)];
    assert_eq!(users.as_array().unwrap(), &expected.map(|(id, n)| serde_json::json!({"user_id": id, "n": n})));
}

/// A log of visitors with two browsers each, whose returns are chance alone. Those who come back log in on both, so that
/// whoever knows the login of later knows who came back.
fn returns_by_chance(joined_beforehand: bool) -> String {
    let mut log = String::from("time,anonymous_id,user_id,event\n");
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for person in 0..1_500_u64 {
        let mut row = |day: u64, second: u64, browser: u64, known: bool| {
            let user = if known { format!("u{person}") } else { String::new() };
            let id = format!("a{person}-{browser}");
            let id = if joined_beforehand && known { String::new() } else { id };
            writeln!(log, "{},{id},{user},view", time(day, second)).unwrap();
        };
        let back = random(2) == 1;
        let before = joined_beforehand && back;
        for browser in 0..2 {
            for _ in 0..=random(4) {
                row(random(60), random(80_000), browser, before);
            }
            // Half of them log in early, which everybody may know.
            if back {
                row(62 + random(25), random(80_000), browser, true);
            }
        }
    }
    log + &format!("{},last,last,view\n", time(90, 0))
}

/// The area under the curve of churn, and its interval.
fn churn_auc(log: &str) -> [f64; 3] {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
    fs::write(&input, log).unwrap();
    let columns = "time = \"time\"\nuser = \"user_id\"\nanonymous_user = \"anonymous_id\"\nevent = \"event\"\n";
    let settings = format!("[ingest]\nlayout = \"custom\"\n[ingest.columns]\n{columns}[churn]\ninactive_days = 30\n");
    run(&input, &workspace, &settings, "ingest,features,churn");
    let report = report(&workspace);
    let churn = &report["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == "churn").unwrap()["metrics"];
    ["auc_low", "auc", "auc_high"].map(|name| churn[name].as_f64().unwrap())
}

#[test]
fn a_login_after_the_cutoff_tells_the_model_nothing() {
    let [low, auc, high] = churn_auc(&returns_by_chance(false));
    assert!(low <= 0.5 && 0.5 <= high, "{low} {auc} {high}");
    // The same log with its users joined beforehand: the test can tell.
    let [low, auc, _] = churn_auc(&returns_by_chance(true));
    assert!(low > 0.6, "{low} {auc}");
}
