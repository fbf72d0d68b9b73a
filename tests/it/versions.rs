//! What earlier versions wrote opens today, and what later ones will write is refused and left alone.
//! `tests/fixtures/README.md` tells how each file was made.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use user360::store::Workspace;
use xxhash_rust::xxh3::xxh3_64;

use crate::init::german;
use crate::pty::{self, LARGE};
use crate::trust::place::{Place, copy, differences, fixture, tree};

/// Users of the log of 0.1.0.
const USERS: usize = 103;
/// The tables of its current run.
const TABLES: [&str; 9] =
    ["events", "items", "features", "segments", "churn", "ltv", "recommendations", "similar_items", "uplift"];

/// Every command that reads a workspace.
pub fn readers() -> Vec<Vec<String>> {
    let mut commands: Vec<Vec<String>> = [
        &["report"][..],
        &["report", "--format", "json"],
        &["report", "--charts"],
        &["report", "--html", "-", "--with-users"],
        &["users", "--limit", "1000", "--format", "csv"],
        &["users", "--where", "churn > 0.5 and total_events > 3", "--sort", "ltv:desc", "--format", "json"],
        &["user", "261"],
        &["user", "261", "--format", "json"],
        &["doctor"],
        &["doctor", "--verify"],
    ]
    .iter()
    .map(|args| args.iter().map(ToString::to_string).collect())
    .collect();
    for table in TABLES {
        commands
            .push(["sql", &format!("select count(*) as n from {table}"), "--format", "json"].map(String::from).into());
    }
    for out in ["out.csv", "out.parquet", "out.jsonl"] {
        commands.push(["export", "--out", out, "--overwrite"].map(String::from).into());
    }
    commands
}

pub fn as_args(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

#[test]
fn every_reading_command_answers_on_a_workspace_of_0_1_0() {
    let place = Place::of_0_1_0();
    let before = tree(&place.workspace());
    for command in readers() {
        let told = place.answer(&as_args(&command));
        assert!(command[0] == "export" || !told.trim().is_empty(), "{command:?} says nothing");
    }
    let users = place.answer(&["users", "--limit", "1000", "--format", "csv"]);
    assert_eq!(users.lines().count(), USERS + 1);
    let exported = fs::read_to_string(place.work("out.csv")).unwrap();
    assert_eq!(exported.lines().count(), USERS + 1);
    let sum = "select count(*) as users, sum(total_events) as events, sum(recency_days) as days from features";
    let told: Value = serde_json::from_str(&place.answer(&["sql", sum, "--format", "json"])).unwrap();
    assert_eq!((&told[0]["users"], &told[0]["events"]), (&103.into(), &1809.into()), "{told}");
    assert!(place.answer(&["doctor", "--verify"]).contains("every checksum holds"));
    assert_eq!(differences(&before, &tree(&place.workspace())), Vec::<PathBuf>::new(), "readers write nothing");

    // Its predecessor, which has no uplift, is whole too.
    let workspace = Workspace::open(place.workspace());
    let runs = workspace.runs().unwrap();
    assert_eq!(runs.len(), 2);
    let earlier = workspace.run(&runs[1]).unwrap();
    earlier.verify().unwrap();
    assert_eq!((earlier.table("features").unwrap().height(), earlier.has("uplift")), (USERS, false));
}

/// Columns of a campaign have the names today that tell whether it is simulated; queries and filters written for an old run
/// go on working on it.
#[test]
fn the_columns_of_a_campaign_of_0_1_0_keep_their_names() {
    let place = Place::of_0_1_0();
    let query = "select count(uplift) as n, count(uplift_group) as g, count(p_treated) as t from users";
    let told: Value = serde_json::from_str(&place.answer(&["sql", query, "--format", "json"])).unwrap();
    assert_eq!((&told[0]["n"], &told[0]["g"], &told[0]["t"]), (&103.into(), &103.into(), &103.into()), "{told}");
    let filter = ["users", "--where", "uplift_group = 'persuadable'", "--sort", "uplift:desc", "--limit", "1000"];
    let persuadable = place.answer(&[&filter[..], &["--format", "csv"]].concat());
    let counted = "select count(*) as n from uplift where uplift_group = 'persuadable'";
    let told: Value = serde_json::from_str(&place.answer(&["sql", counted, "--format", "json"])).unwrap();
    assert_eq!(told[0]["n"], persuadable.lines().count() - 1, "{told}");
    assert!(persuadable.starts_with("user_id,segment,churn,ltv,revenue,uplift,uplift_group"), "{persuadable}");
}

/// `new` says all that `old` says; it may say more.
fn says_all(old: &Value, new: &Value, at: &str) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                let at = format!("{at}.{key}");
                says_all(value, new.get(key).unwrap_or_else(|| panic!("{at} is gone")), &at);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "{at}");
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                says_all(old, new, &format!("{at}[{index}]"));
            }
        }
        (old, new) => assert_eq!(old, new, "{at}"),
    }
}

#[test]
fn the_report_still_says_all_that_0_1_0_said() {
    let place = Place::of_0_1_0();
    let old: Value = serde_json::from_slice(&fs::read(fixture("0.1.0/report.json")).unwrap()).unwrap();
    let new: Value = serde_json::from_str(&place.answer(&["report", "--format", "json"])).unwrap();
    says_all(&old, &new, "report");
}

#[test]
fn the_workbench_opens_a_workspace_session_keys_and_theme_of_0_1_0() {
    let place = pty::Place::empty();
    copy(&fixture("0.1.0/workspace"), &place.workspace());
    for name in ["config.toml", "keys.toml", "themes/shop.toml"] {
        fs::copy(fixture("0.1.0").join(name), place.config(name)).unwrap();
    }
    let real = fs::canonicalize(place.workspace()).unwrap();
    let session = place.state(&format!("user360/sessions/{:016x}.json", xxh3_64(real.as_os_str().as_encoded_bytes())));
    fs::create_dir_all(session.parent().unwrap()).unwrap();
    fs::copy(fixture("0.1.0/session.json"), &session).unwrap();
    let mut terminal = place.open(LARGE);
    // The session's pane, filter and marks.
    terminal.wait_for_all(&["where total_events > 3", "2 marked"]);
    // F7 is the keys file's own.
    terminal.send("\u{1b}[18~");
    terminal.wait("a sort by another column", |screen| {
        let text = screen.contents();
        text.contains('▲') && !text.contains("Likely to leave ▼")
    });
    terminal.send("1");
    terminal.wait_for("stages done");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    let doctor = pty::headless(&place).arg("doctor").output().unwrap();
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.status.success(), "{told}");
    assert!(told.contains("theme       shop is sound") && told.contains("keys.toml is sound"), "{told}");
}

#[test]
fn a_run_goes_on_from_a_workspace_of_0_1_0() {
    let place = Place::of_0_1_0();
    let old = Workspace::open(place.workspace()).runs().unwrap();
    let told = place.answer(&["run", "--input", "log", "--config", "config.toml", "--format", "json"]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(report["input"]["users"], USERS);
    assert_eq!(report["input"]["events"]["accepted"], 1809);
    for stage in report["stages"].as_array().unwrap() {
        let state = stage["state"].as_str().unwrap();
        assert!(matches!(state, "done" | "cached") || stage["id"] == "uplift", "{stage}");
    }
    let workspace = Workspace::open(place.workspace());
    let run = workspace.current().unwrap().unwrap();
    run.verify().unwrap();
    assert_eq!(report["run"], run.info().id.as_str());
    assert_eq!(workspace.runs().unwrap(), [run.info().id.clone(), old[0].clone()], "keep = 2");
    assert!(place.answer(&["doctor", "--verify"]).contains("every checksum holds"));
}

#[test]
fn the_settings_that_init_of_0_1_0_wrote_read_the_log_as_then() {
    let place = Place::new();
    fs::write(place.work("german.csv"), german()).unwrap();
    fs::copy(fixture("0.1.0/user360.toml"), place.work("user360.toml")).unwrap();
    let run = ["run", "--input", "german.csv", "--config", "user360.toml", "--only", "features", "--format", "json"];
    let report: Value = serde_json::from_str(&place.answer(&run)).unwrap();
    let events = &report["input"]["events"];
    assert_eq!(
        (&events["read"], &events["accepted"], &report["input"]["users"]),
        (&400.into(), &320.into(), &61.into())
    );
}

/// Nothing in the fixtures tells of the machine that made them.
#[test]
fn fixtures_name_no_machine() {
    for (path, contents) in tree(&fixture("")) {
        let contents = contents.unwrap_or_default();
        for words in ["/home/", "/root", "/tmp/"] {
            assert!(!pty::holds(&contents, words.as_bytes()), "{} holds {words}", Path::new(&path).display());
        }
    }
}
