//! The shop's clock: its days and weekends begin at its own midnight, and times are told by it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::bench::Bench;
use crate::headless::{path, succeeded, user360};
use crate::sample;

/// A log of forty users over sixty days of a winter, and in it user 77, who came three times: on Friday 12 January 2024 at
/// 22:30 and at 23:30 UTC, of which Berlin's clock shows the second on Saturday at 00:30, and on Saturday at 10:00.
fn log(folder: &Path) -> PathBuf {
    let mut rows = String::from("time,user,event,item,price,order\n");
    for at in 0..600_u64 {
        let day = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days((at % 60) as i64)).unwrap();
        let (event, order) = if at % 9 == 0 { ("purchase", format!("o{at}")) } else { ("view", String::new()) };
        writeln!(rows, "{day}T12:{:02}:00Z,{},{event},{},{}.50,{order}", at % 60, 100 + at % 40, at % 11, 3 + at % 20)
            .unwrap();
    }
    for time in ["2024-01-12T22:30:00Z", "2024-01-12T23:30:00Z", "2024-01-13T10:00:00Z"] {
        writeln!(rows, "{time},77,view,1,4.50,").unwrap();
    }
    let file = folder.join("events.csv");
    fs::write(&file, rows).unwrap();
    file
}

/// Runs it by the clock of a zone.
fn run(zone: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (input, config, workspace) =
        (log(folder.path()), folder.path().join("user360.toml"), folder.path().join("shop"));
    let settings = format!(
        "[ingest]\nlayout = \"custom\"\ntime_zone = \"{zone}\"\n[ingest.columns]\ntime = \"time\"\nuser = \"user\"\n\
         event = \"event\"\nitem = \"item\"\nprice = \"price\"\ntransaction = \"order\"\n\
         [ingest.events]\npurchase = \"transaction\"\n"
    );
    fs::write(&config, settings).unwrap();
    let args = ["run", "--config", path(&config), "--input", path(&input), "--workspace", path(&workspace)];
    succeeded(user360(&[&args[..], &["--only", "segments"]].concat()));
    (folder, workspace)
}

fn of_user(workspace: &Path) -> Value {
    let query = "select active_days, round(weekend_share, 3) as weekends from users where user_id = 77";
    let rows = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str::<Value>(&rows).unwrap()[0].clone()
}

#[test]
fn days_and_weekends_begin_at_the_shops_midnight() {
    let (_folder, by_utc) = run("UTC");
    assert_eq!(of_user(&by_utc), serde_json::json!({"active_days": 2, "weekends": 0.333}));
    // By Berlin's clock: Friday once, Saturday twice.
    let (_folder, by_berlin) = run("Europe/Berlin");
    assert_eq!(of_user(&by_berlin), serde_json::json!({"active_days": 2, "weekends": 0.667}));
    // By that of Honolulu, ten hours behind: Friday at 12:30 and 13:30, and Saturday at 0:00.
    let (_folder, by_honolulu) = run("Pacific/Honolulu");
    assert_eq!(of_user(&by_honolulu), serde_json::json!({"active_days": 2, "weekends": 0.333}));
    // By that of Auckland, thirteen hours ahead: all of it on Saturday.
    let (_folder, by_auckland) = run("Pacific/Auckland");
    assert_eq!(of_user(&by_auckland), serde_json::json!({"active_days": 1, "weekends": 1.0}));
}

#[test]
fn times_are_told_by_the_shops_clock_which_is_named_once() {
    let (_folder, workspace) = run("Europe/Berlin");
    let told = succeeded(user360(&["user", "77", "--workspace", path(&workspace)]));
    for time in ["2024-01-13T11:00:00+01:00", "2024-01-13T00:30:00+01:00", "2024-01-12T23:30:00+01:00"] {
        assert!(told.contains(time), "{told}");
    }
    // What programs read stays in UTC.
    let json = succeeded(user360(&["user", "77", "--format", "json", "--workspace", path(&workspace)]));
    assert!(json.contains("2024-01-12T23:30:00Z"), "{json}");
    let report = succeeded(user360(&["report", "--markdown", "-", "--workspace", path(&workspace)]));
    assert!(report.contains("29 February 2024, 13:59 Europe/Berlin"), "{report}");

    let place = tempfile::tempdir().unwrap();
    let run = sample::copy(&workspace, place.path());
    let mut bench = Bench::on(place, run, 120, 40);
    bench.strokes("2f user_id = 77<enter><enter>");
    assert!(bench.says("as of 2024-02-29 13:59 Europe/Berlin"), "{:#?}", bench.lines());
    bench.strokes("G");
    assert!(bench.says("times in Europe/Berlin") && bench.says("2024-01-13 00:30"), "{:#?}", bench.lines());
}
