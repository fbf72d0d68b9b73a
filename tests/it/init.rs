//! A log nobody described: looked at, described, run.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::headless::{path, report, succeeded, user360};

/// A German shop's log of 400 rows.
pub fn german() -> String {
    let mut log = String::from("Zeit;Kunde;Aktion;Artikel;Preis\n");
    for row in 0..400 {
        let (day, month, hour) = (row % 28 + 1, row / 28 % 3 + 1, row % 24);
        let event = ["product_view", "product_view", "warenkorb", "bestellung", "newsletter"][row % 5];
        let (user, item) = (row % 61, row % 31);
        writeln!(log, "{day:02}.{month:02}.2024 {hour:02}:00;K{user};{event};A{item};{row},50").unwrap();
    }
    log
}

#[test]
fn a_run_by_the_written_settings_gives_the_numbers_of_the_preview() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("log.csv"), folder.path().join("shop.toml"));
    fs::write(&log, german()).unwrap();
    fs::write(&out, "[run]\nkeep = 2\n").unwrap();
    let told = user360(&["init", path(&log), "--out", path(&out), "--yes"]);
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&out).unwrap(), "[run]\nkeep = 2\n");
    let args = ["init", path(&log), "--out", path(&out), "--yes", "--overwrite", "--format", "json"];
    let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
    let settings = &told["settings"];
    assert_eq!(settings["time_format"], "%d.%m.%Y %H:%M");
    assert_eq!((&settings["columns"]["user"], &settings["columns"]["price"]), (&"Kunde".into(), &"Preis".into()));
    assert_eq!(told["preview"]["counts"]["transactions"], 80);
    let written = fs::read_to_string(&out).unwrap();
    assert!(written.starts_with("[run]\nkeep = 2\n\n[ingest]\n"), "{written}");
    let workspace = folder.path().join("workspace");
    let (config, space) = (path(&out), path(&workspace));
    let run = ["run", "--only", "ingest", "--config", config, "--input", path(&log), "--workspace", space];
    succeeded(user360(&run));
    let (report, counts) = (report(&workspace), &told["preview"]["counts"]);
    let input = &report["input"];
    for (count, known) in [
        ("read", &input["events"]["read"]),
        ("accepted", &input["events"]["accepted"]),
        ("duplicates", &input["events"]["duplicates"]),
        ("ignored", &input["events"]["ignored"]),
        ("users", &input["users"]),
        ("items", &input["items"]),
    ] {
        assert_eq!(&counts[count], known, "{count}");
    }
    for (count, kind) in [("views", "view"), ("addtocarts", "addtocart"), ("transactions", "transaction")] {
        let query = format!("SELECT count(*) AS n FROM events WHERE event = '{kind}'");
        let rows = succeeded(user360(&["sql", &query, "--format", "json", "--workspace", space]));
        let rows: Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(rows[0]["n"], counts[count], "{count}");
    }
}

#[test]
fn a_log_without_times_is_refused_and_nothing_is_written_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("log.csv"), folder.path().join("shop.toml"));
    fs::write(&log, "user,item\na,b\nc,d\n").unwrap();
    let refused = user360(&["init", path(&log), "--out", path(&out), "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("no column could be the time") && told.contains("user, item"), "{told}");
    fs::write(&log, german()).unwrap();
    succeeded(user360(&["init", path(&log), "--out", path(&out)]));
    assert!(!out.exists());
}

#[test]
fn a_second_file_with_other_columns_is_named_and_a_column_given_is_freed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.csv"), folder.path().join("two.csv"));
    fs::write(&one, german()).unwrap();
    fs::write(&two, german().replace("Preis", "Betrag")).unwrap();
    let args = ["init", path(&one), path(&two), "--set", "columns.transaction=Artikel", "--set", "columns.item=Preis"];
    let refused = user360(&[&args[..], &["--format", "json"]].concat());
    let told: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let note = "two.csv lacks Preis and has Betrag beside; only one.csv was looked at, the preview reads all";
    assert_eq!(told["notes"], serde_json::json!([note]));
    let columns = &told["settings"]["columns"];
    assert_eq!((&columns["item"], &columns["price"]), (&"Preis".into(), &Value::Null));
    assert!(told["error"].as_str().unwrap().contains("no column \"Preis\" in two.csv"), "{told:#}");
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(user360(&args).stdout).unwrap();
    assert!(said.contains(note), "{said}");
}
