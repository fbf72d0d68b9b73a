//! `user360 runs` and `user360 compare`: the kept runs, which stay, what changed between two, and alerts.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use user360::store::Workspace;

use crate::headless::{path, succeeded, user360};
use crate::sample;

/// A workspace with two runs; gives the ids of the earlier and the later.
fn two() -> (TempDir, String, String) {
    let place = tempfile::tempdir().unwrap();
    let later = sample::copy(sample::two_runs(), place.path());
    (place, sample::earlier(), later)
}

fn listed(workspace: &Path) -> Value {
    let list = succeeded(user360(&["runs", "list", "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&list).unwrap()
}

fn refused(args: &[&str], workspace: &Path, code: i32, words: &str) {
    let ended = user360(&[args, &["--workspace", path(workspace)]].concat());
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(code), "{args:?}: {told}");
    assert!(told.contains(words), "{args:?}: {told}");
}

/// Commits the current run once more, under a new id, as one of the newest that are kept.
fn another(workspace: &Path, keep: usize) -> String {
    let opened = Workspace::open(workspace);
    let now = opened.current().unwrap().unwrap();
    let new = opened.writer().unwrap().begin().unwrap();
    let mut info = now.info().clone();
    for file in info.files() {
        new.reuse(&now, file).unwrap();
    }
    new.id().clone_into(&mut info.id);
    drop(now);
    new.commit(&info, keep).unwrap().info().id.clone()
}

#[test]
fn runs_are_listed_pinned_and_removed() {
    let (place, earlier, later) = two();
    let root = place.path();
    let list = listed(root);
    assert_eq!((&list[0]["run"], &list[1]["run"]), (&Value::from(later.as_str()), &Value::from(earlier.as_str())));
    assert_eq!((&list[0]["current"], &list[1]["current"]), (&Value::from(true), &Value::from(false)));
    assert_eq!(list[0]["users"], sample::USERS);
    assert_eq!((&list[0]["stages_done"], &list[0]["complete"]), (&Value::from(7), &Value::from(true)));
    assert!(list[0]["bytes"].as_u64().unwrap() > 10_000);

    let pin = |what: &str, run: &str| succeeded(user360(&["runs", what, run, "--workspace", path(root)]));
    assert_eq!(pin("pin", "previous"), format!("{earlier} is pinned\n"));
    assert_eq!(pin("pin", &earlier[..20]), format!("{earlier} is pinned already\n"));
    assert_eq!(listed(root)[1]["pinned"], true);
    refused(&["runs", "rm", "previous"], root, 1, "is pinned");
    refused(&["runs", "rm", "current"], root, 1, "is the current run");
    refused(&["runs", "pin", "2031-01-01"], root, 1, &format!("no run 2031-01-01; there are {later}, {earlier}"));
    refused(&["runs", "pin", "2"], root, 1, "may mean any of the runs");

    // Newer runs take the place of the later one, and not of the pinned one.
    let third = another(root, 1);
    let kept: Vec<Value> = listed(root).as_array().unwrap().iter().map(|run| run["run"].clone()).collect();
    assert_eq!(kept, [third.as_str(), earlier.as_str()]);
    assert!(succeeded(user360(&["doctor", "--repair", "--workspace", path(root)])).contains("nothing to mend"));
    assert_eq!(pin("unpin", &earlier), format!("{earlier} is not pinned\n"));
    let folder = root.join("runs").join(&earlier);
    assert!(folder.exists());
    assert_eq!(
        succeeded(user360(&["runs", "rm", &earlier, "--workspace", path(root)])),
        format!("{earlier} is removed\n")
    );
    assert!(!folder.exists() && listed(root).as_array().unwrap().len() == 1);
    refused(&["runs", "rm", "previous"], root, 1, "no run before the current one");
}

#[test]
fn two_runs_are_compared_in_words_and_in_numbers() {
    let (place, earlier, later) = two();
    let root = path(place.path());
    let text = succeeded(user360(&["compare", "--workspace", root]));
    assert!(
        text.starts_with(&format!("from run {earlier} to {later}\n1,830 users in both runs, 0 only in the")),
        "{text}"
    );
    for words in
        ["0 users moved to another segment", "segments, from (rows) to (columns)", "churn active_auc", "10 of 1,830"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let answer = succeeded(user360(&[
        "compare",
        "previous",
        "current",
        "--format",
        "json",
        "--limit",
        "3",
        "--workspace",
        root,
    ]));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["before"], &answer["after"]), (&earlier.as_str().into(), &later.as_str().into()));
    assert_eq!(answer["moved"].as_array().unwrap().len(), 3);
    let users: u64 = answer["migration"]["users"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|users| users.as_u64().unwrap())
        .sum();
    assert_eq!(users, sample::USERS as u64);
    // The other way round, and a run beside itself.
    let back = succeeded(user360(&["compare", &later, &earlier, "--format", "json", "--workspace", root]));
    let back: Value = serde_json::from_str(&back).unwrap();
    let auc = |answer: &Value, which: &str| {
        let metrics = answer["metrics"].as_array().unwrap();
        metrics.iter().find(|pair| pair["metric"] == "active_auc").unwrap()[which].as_f64().unwrap()
    };
    assert_eq!((auc(&answer, "before"), auc(&answer, "after")), (auc(&back, "after"), auc(&back, "before")));
    assert!((auc(&answer, "before") - auc(&answer, "after")).abs() > 1e-6);
    let same = succeeded(user360(&["compare", "current", "current", "--workspace", root]));
    assert!(same.contains("same") && same.contains("0 users"), "{same}");
}

#[test]
fn an_alert_that_holds_is_told_by_the_exit_code() {
    let (place, ..) = two();
    let root = place.path();
    let compare = |settings: &str| {
        fs::write(root.join("user360.toml"), settings).unwrap();
        let ended = user360(&["compare", "--format", "json", "--workspace", path(root)]);
        let answer = serde_json::from_slice::<Value>(&ended.stdout).unwrap_or_default();
        (ended.status.code(), answer["alerts"].clone(), String::from_utf8(ended.stderr).unwrap())
    };
    let quiet = "[[alerts]]\nname = \"fewer rows\"\nwhen = \"rows_change < -0.2 or rejected_share > 0.5\"\n";
    let (code, alerts, _) = compare(quiet);
    assert_eq!((code, &alerts[0]["holds"]), (Some(0), &Value::from(false)), "{alerts}");
    let old = format!("{quiet}[[alerts]]\nname = \"old\"\nwhen = \"age_hours > 24 and users = 1830\"\n");
    let (code, alerts, _) = compare(&old);
    assert_eq!((code, &alerts[1]["holds"], &alerts[1]["name"]), (Some(4), &Value::from(true), &Value::from("old")));
    let (code, _, told) = compare("[[alerts]]\nname = \"x\"\nwhen = \"rows_chnge < 0\"\n");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the alert \"x\"") && told.contains("did you mean rows_change?"), "{told}");
    let (code, _, told) = compare("[run]\nkeep = 3\n[[alerts]]\nname = \"x\"\nwhen_ = \"1 = 1\"\n");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("user360.toml:3:") || told.contains("user360.toml:5:"), "{told}");
    let doctor = user360(&["doctor", "--workspace", path(root)]);
    assert!(String::from_utf8(doctor.stdout).unwrap().contains("settings    WRONG"), "doctor reads them too");
    // Settings beside alerts go on being read.
    let (code, ..) = compare(&format!("[run]\nkeep = 3\n{quiet}"));
    assert_eq!(code, Some(0));
}
