//! `user360 add`: more files of a log, by way of the workspace's inbox.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::headless::{path, report, stage, succeeded, user360};

/// Orders of one month, two lines each.
fn orders(month: usize) -> String {
    let mut log = String::from("order_id,customer_id,created_at,sku,quantity,price\n");
    for at in 0..120 {
        let (order, customer, day) = (month * 1000 + at / 2, at % 37, at % 28 + 1);
        writeln!(
            log,
            "{order},C{customer},2024-{month:02}-{day:02} 10:{:02}:00,P{},1,{}.50",
            at % 60,
            at % 13,
            at % 40
        )
        .unwrap();
    }
    log
}

/// A workspace that has run on the orders of January.
fn shop() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let workspace = place.path().join("workspace");
    fs::write(place.path().join("orders.csv"), orders(1)).unwrap();
    let log = place.path().join("orders.csv");
    succeeded(user360(&["init", path(&log), "--yes", "--workspace", path(&workspace)]));
    succeeded(run(&workspace));
    (place, workspace)
}

fn run(workspace: &Path) -> Output {
    user360(&["run", "--only", "ingest", "--workspace", path(workspace), "--format", "json"])
}

fn add(workspace: &Path, files: &[&Path]) -> Output {
    let mut args = vec!["add", "--workspace", path(workspace)];
    args.extend(files.iter().map(|file| path(file)));
    user360(&args)
}

fn accepted(workspace: &Path) -> u64 {
    report(workspace)["input"]["events"]["accepted"].as_u64().unwrap()
}

/// The bytes of the events that the current run holds.
fn events(workspace: &Path) -> Vec<u8> {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    fs::read(workspace.join("runs").join(manifest["current"].as_str().unwrap()).join("events.parquet")).unwrap()
}

#[test]
fn a_weeks_file_adds_to_the_log_and_equals_a_reading_of_both_at_once() {
    let (place, workspace) = shop();
    // Of the same name as the log: a shop exports it so every month.
    let february = place.path().join("february");
    fs::create_dir(&february).unwrap();
    fs::write(february.join("orders.csv"), orders(2)).unwrap();
    let told = succeeded(add(&workspace, &[&february.join("orders.csv")]));
    assert!(told.contains("orders-2.csv") && told.contains("of the first 120 rows 120 are accepted"), "{told}");
    let read: Value = serde_json::from_str(&succeeded(run(&workspace))).unwrap();
    let notes = stage(&read, "ingest")["notes"].to_string();
    assert!(
        notes.contains("120 event rows taken over") && notes.contains("120 new ones read: orders-2.csv"),
        "{notes}"
    );
    assert_eq!(accepted(&workspace), 240);

    let whole = place.path().join("whole");
    fs::create_dir(&whole).unwrap();
    fs::copy(place.path().join("orders.csv"), whole.join("orders.csv")).unwrap();
    fs::copy(workspace.join("inbox/orders-2.csv"), whole.join("orders-2.csv")).unwrap();
    let other = place.path().join("other");
    let files = [whole.join("orders.csv"), whole.join("orders-2.csv")];
    succeeded(user360(&["init", path(&files[0]), path(&files[1]), "--yes", "--workspace", path(&other)]));
    succeeded(run(&other));
    assert_eq!(events(&workspace), events(&other));
}

#[test]
fn a_file_is_taken_once_and_one_that_does_not_fit_keeps_all_out() {
    let (place, workspace) = shop();
    let at = |name: &str, text: &str| {
        let file = place.path().join(name);
        fs::write(&file, text).unwrap();
        file
    };
    let march = at("march.csv", &orders(3));
    let renamed = at("renamed.csv", &orders(4).replace("customer_id", "client"));
    let broken = at("broken.csv", &orders(5).replace("2024-05-0", "soon-"));
    for (file, why) in [(&renamed, "customer_id"), (&broken, "bad_time")] {
        let refused = add(&workspace, &[&march, file]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains(why), "{told}");
        assert!(!workspace.join("inbox").exists(), "none was taken");
    }
    succeeded(add(&workspace, &[&march]));
    let again = succeeded(add(&workspace, &[&march]));
    assert!(again.contains("is read already"), "{again}");
    let own = succeeded(add(&workspace, &[&place.path().join("orders.csv")]));
    assert!(own.contains("is read already"), "{own}");
    assert_eq!(fs::read_dir(workspace.join("inbox")).unwrap().count(), 1);
    succeeded(run(&workspace));
    assert_eq!(accepted(&workspace), 240);
    // Taken out again, the log has shrunk.
    fs::remove_file(workspace.join("inbox/march.csv")).unwrap();
    assert_eq!(run(&workspace).status.code(), Some(3));
}

#[test]
fn more_columns_are_named_and_the_answer_is_for_programs_too() {
    let (place, workspace) = shop();
    let wide = place.path().join("wide.csv");
    let text: Vec<String> = orders(6).lines().map(|line| format!("{line},x")).collect();
    fs::write(&wide, text.join("\n").replacen(",x", ",campaign", 1)).unwrap();
    let told = user360(&["add", path(&wide), "--format", "json", "--workspace", path(&workspace)]);
    let told: Value = serde_json::from_str(&succeeded(told)).unwrap();
    assert_eq!((&told["files"][0]["state"], &told["files"][0]["preview"]["accepted"]), (&"added".into(), &120.into()));
    assert_eq!(told["files"][0]["notes"][0], "wide.csv has campaign beside, compared with orders.csv");
}

#[test]
fn a_workspace_without_a_log_takes_a_known_shape_and_reads_its_inbox_alone() {
    let place = tempfile::tempdir().unwrap();
    let workspace = place.path().join("workspace");
    let unknown = place.path().join("orders.csv");
    fs::write(&unknown, orders(1)).unwrap();
    let refused = add(&workspace, &[&unknown]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("`user360 init` proposes settings"), "{told}");
    let known = place.path().join("clicks.csv");
    let mut log = String::from("timestamp,visitorid,event,itemid,transactionid\n");
    for at in 0..50 {
        writeln!(log, "{},{},view,{},", 1_433_221_332_117_u64 + at * 100_000, at % 9, at % 7).unwrap();
    }
    fs::write(&known, log).unwrap();
    succeeded(add(&workspace, &[&known]));
    succeeded(run(&workspace));
    assert_eq!(accepted(&workspace), 50);
}

#[test]
fn an_export_that_tells_anew_how_orders_stand_is_refused_and_new_orders_are_taken() {
    let place = tempfile::tempdir().unwrap();
    let (workspace, log) = (place.path().join("workspace"), place.path().join("orders.csv"));
    let with_status = |month: usize, status: &str| {
        let rows = orders(month);
        let lines: Vec<String> = rows.lines().skip(1).map(|line| format!("{line},{status}")).collect();
        format!("{},status\n{}\n", rows.lines().next().unwrap(), lines.join("\n"))
    };
    fs::write(&log, with_status(1, "completed")).unwrap();
    succeeded(user360(&["init", path(&log), "--yes", "--workspace", path(&workspace)]));
    succeeded(run(&workspace));
    let newer = place.path().join("newer.csv");
    fs::write(&newer, with_status(1, "completed").replacen("completed", "refunded", 30)).unwrap();
    let refused = add(&workspace, &[&newer]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("60 of the 60 orders looked at stand, such as 1000"), "{told}");
    fs::write(&newer, with_status(2, "completed")).unwrap();
    succeeded(add(&workspace, &[&newer]));
    succeeded(run(&workspace));
    assert_eq!(accepted(&workspace), 240);
    assert!(succeeded(add(&workspace, &[&newer])).contains("is read already"), "what is read is no newer export");
}
