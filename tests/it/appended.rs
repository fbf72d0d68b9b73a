//! A log that grew: the second run reads what is new and ends as a first one on all of it would.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::layouts::{Event, KINDS, shop, text, user360};

/// The report of a run on `input`, and every file of it but its record.
fn run(input: &Path, workspace: &Path) -> (Value, BTreeMap<String, Vec<u8>>) {
    let output = user360(&["run", "--input", text(input), "--workspace", text(workspace), "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let folder = workspace.join("runs").join(report["run"].as_str().unwrap());
    let mut files = BTreeMap::new();
    for folder in [folder.clone(), folder.join("models")] {
        for entry in fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            files.insert(entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
    files.remove("run.json").unwrap();
    (report, files)
}

/// What ingest noted last.
fn reading(report: &Value) -> &str {
    report["stages"][0]["notes"].as_array().unwrap().last().map_or("", |note| note.as_str().unwrap())
}

/// Two runs, the second after `grow`, against one on the grown log in a workspace of its own.
fn agree(first: &[(&str, String)], grow: impl Fn(&Path), told: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (input, ours, fresh) = (folder.path().join("log"), folder.path().join("ours"), folder.path().join("fresh"));
    fs::create_dir(&input).unwrap();
    for (name, content) in first {
        fs::write(input.join(name), content).unwrap();
    }
    run(&input, &ours);
    grow(&input);
    let (grown, files) = run(&input, &ours);
    let (whole, expected) = run(&input, &fresh);
    assert!(reading(&grown).contains(told), "{}", reading(&grown));
    assert!(!reading(&whole).contains("taken over"));
    assert_eq!(grown["input"], whole["input"]);
    assert_eq!(files.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in &files {
        assert!(*bytes == expected[name], "{name} differs");
    }
    for (ours, theirs) in grown["stages"].as_array().unwrap().iter().zip(whole["stages"].as_array().unwrap()) {
        assert_eq!((&ours["state"], &ours["metrics"]), (&theirs["state"], &theirs["metrics"]));
    }
}

fn retailrocket(events: &[Event]) -> String {
    events.iter().fold(String::new(), |mut rows, event| {
        let order = if event.kind == 2 { event.order.to_string() } else { String::new() };
        writeln!(rows, "{},{},{},{},{order}", event.second * 1_000, event.user, KINDS[event.kind], event.item).unwrap();
        rows
    })
}

#[test]
fn a_grown_file_gives_the_same_bytes_as_a_whole_reading() {
    let mut events = shop();
    events.sort_by_key(|event| event.second);
    let (first, second) = events.split_at(events.len() * 3 / 4);
    let header = "timestamp,visitorid,event,itemid,transactionid\n";
    // Rows that cannot be used, on both sides.
    let first_rows = format!("{header}{}never,1,view,1,\n", retailrocket(first));
    let more = format!("1569888000000,,view,1,\n{}{}", retailrocket(&first[..3]), retailrocket(second));
    let grow = |input: &Path| {
        use std::io::Write as _;
        let mut log = fs::OpenOptions::new().append(true).open(input.join("events.csv")).unwrap();
        log.write_all(more.as_bytes()).unwrap();
    };
    agree(&[("events.csv", first_rows)], grow, "new ones read: events.csv from line ");
}

#[test]
fn next_month_s_file_is_the_only_one_that_is_read() {
    let shop = shop();
    let names = ["view", "cart", "purchase"];
    let month = |name: &str| {
        let header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
        shop.iter().filter(|event| event.time("%Y-%m") == name).fold(header.to_owned(), |mut rows, event| {
            let (time, kind, item) = (event.time("%Y-%m-%d %H:%M:%S UTC"), names[event.kind], event.item);
            let session = event.second / 7_200;
            writeln!(
                rows,
                "{time},{kind},{item},{},toys.c{},,{},{},s{session}",
                item % 7,
                item % 5,
                event.price(),
                event.user
            )
            .unwrap();
            rows
        })
    };
    let first = [("2019-Oct.csv", month("2019-10")), ("2019-Nov.csv", month("2019-11"))];
    let grow = |input: &Path| fs::write(input.join("2019-Zdec.csv"), month("2019-12")).unwrap();
    agree(&first, grow, "new ones read: 2019-Zdec.csv");
}
