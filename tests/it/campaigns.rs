//! Campaigns' files: on their own, and on the users of a log.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::headless::{path, report, sample, stage, succeeded, user360};

/// A campaign of two letters with planted effects; `tests/data/README.md` tells of it.
fn letters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/campaign.csv.gz")
}

/// The effects are pandas' `y[w == 1].mean() - y[w == 0].mean()` over all rows of an arm and the control. The bounds of
/// the Qini are scikit-uplift's of scikit-learn's two forests of 100 trees, mean of five seeds less two deviations:
/// .120 - .024 and .103 - .008.
#[test]
fn each_arm_has_its_effect_and_is_ranked_well() {
    let file = letters();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("ranking.csv");
    let columns = ["--treatment", "letter", "--control", "No letter", "--outcome", "visit"];
    let common = ["uplift", "--campaign", path(&file), "--ignore", "conversion,spend", "--spend", "spend"];
    let args = [&common[..5], &columns[..], &["--format", "json", "--out", path(&out)]].concat();
    let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
    let arms = told["arms"].as_array().unwrap();
    let expected =
        [("Books letter", 0.083_087_720_910_464_14, 0.096), ("Toys letter", 0.040_303_662_630_319_106, 0.095)];
    assert_eq!(arms.len(), expected.len());
    for (name, effect, qini) in expected {
        let arm = arms.iter().find(|arm| arm["arm"] == name).expect(name);
        assert!((arm["effect"].as_f64().unwrap() - effect).abs() < 1e-9, "{name}: {}", arm["effect"]);
        assert!(arm["evaluation"]["qini"].as_f64().unwrap() > qini, "{name}: {}", arm["evaluation"]["qini"]);
        assert_eq!(arm["evaluation"]["simulated"], false);
    }
    let mut ranking = csv::Reader::from_path(&out).unwrap();
    assert_eq!(
        ranking.headers().unwrap().iter().collect::<Vec<_>>(),
        [
            "row",
            "uplift",
            "uplift_group",
            "p_treated",
            "p_control",
            "best_arm",
            "uplift Toys letter",
            "uplift Books letter"
        ]
    );
    let rows: Vec<csv::StringRecord> = ranking.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9_000);
    let uplift = |row: &csv::StringRecord, at: usize| row[at].parse::<f64>().unwrap();
    assert!(rows.windows(2).all(|pair| uplift(&pair[0], 1) >= uplift(&pair[1], 1)));
    assert!(rows.iter().all(|row| (uplift(row, 1) - uplift(row, 6).max(uplift(row, 7))).abs() < 1e-6));

    let one = [&args[..], &["--arm", "Books letter", "--learner", "x", "--overwrite"]].concat();
    let told: Value = serde_json::from_str(&succeeded(user360(&one))).unwrap();
    assert_eq!((told["arms"].as_array().unwrap().len(), &told["learner"]), (1, &Value::from("x")));
    assert!(told["arms"][0]["evaluation"]["qini"].as_f64().unwrap() > 0.096);

    // What only visitors can do is no predictor, whether or not the analyst says so.
    let unsaid = [&["uplift", "--campaign", path(&file)], &columns[..], &["--format", "json"]].concat();
    let unsaid: Value = serde_json::from_str(&succeeded(user360(&unsaid))).unwrap();
    assert_eq!(unsaid["features"], told["features"]);
    let notes = unsaid["notes"].to_string();
    assert!(notes.contains("left out: conversion is") && notes.contains("left out: spend is"), "{notes}");
}

/// A campaign on every second user of the sample, whose outcome is more frequent among the treated who viewed often.
fn campaign_on_sample(file: &Path) {
    let log = fs::read_to_string(sample().join("events.csv")).unwrap();
    let mut users: Vec<u32> =
        log.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    users.sort_unstable();
    users.dedup();
    let mut text = "user,treatment,outcome,age\n".to_owned();
    for user in users.into_iter().step_by(2).chain([4_000_000_000]) {
        let hash = crc32fast::hash(format!("campaign {user}").as_bytes());
        let (treated, dice) = (hash % 2, hash / 2 % 100);
        let outcome = u32::from(dice < 10 + 30 * treated * (user % 3 / 2));
        writeln!(text, "{user},{treated},{outcome},{}", 20 + user % 3 * 20).unwrap();
    }
    fs::write(file, text).unwrap();
}

#[test]
fn a_campaign_on_the_logs_users_takes_the_simulations_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("campaign.csv"), folder.path().join("workspace"));
    campaign_on_sample(&file);
    let log = sample();
    let run = ["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift"];
    succeeded(user360(&[&run[..], &["--campaign", path(&file)]].concat()));
    let real = report(&workspace);
    let uplift = stage(&real, "uplift").clone();
    assert_eq!(
        (&uplift["state"], &uplift["metrics"]["simulated"]),
        (&Value::from("done"), &Value::Bool(false)),
        "{uplift}"
    );
    assert!(uplift["metrics"]["qini"].as_f64().unwrap() > 0.0, "{uplift}");
    let notes = uplift["notes"].to_string();
    assert!(notes.contains("of its 916 users are in the log") && notes.contains("features are as of T"), "{notes}");
    let users = succeeded(user360(&["users", "--workspace", path(&workspace), "--limit", "3"]));
    assert!(users.contains("uplift"));
    // The same campaign again is nothing new; another one is.
    let again = user360(&[&run[..], &["--campaign", path(&file), "--format", "json"]].concat());
    let again: Value = serde_json::from_str(&succeeded(again)).unwrap();
    assert_eq!(stage(&again, "uplift")["state"], "cached");
    let simulated: Value =
        serde_json::from_str(&succeeded(user360(&[&run[..], &["--format", "json"]].concat()))).unwrap();
    assert_eq!(stage(&simulated, "uplift")["state"], "done");
    assert_eq!(stage(&simulated, "uplift")["metrics"]["simulated"], true);
}

#[test]
fn a_campaign_of_strangers_is_told_where_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("campaign.csv"), folder.path().join("workspace"));
    fs::write(&file, "user,treatment,outcome\nana,1,1\nben,0,0\n").unwrap();
    let log = sample();
    let run = ["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift", "--campaign"];
    let told = user360(&[&run[..], &[path(&file)]].concat());
    assert_eq!(told.status.code(), Some(2));
    // A file that is not meant for this log is no reason for a run without what was asked for.
    assert!(!user360(&["report", "--workspace", path(&workspace)]).status.success());
    let reason = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        reason.contains("none of its 2 users is in the log") && reason.contains("user360 uplift --campaign"),
        "{reason}"
    );
    let told = user360(&["uplift", "--campaign", path(&file), "--outcome", "bought"]);
    assert_eq!(told.status.code(), Some(2));
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(words.contains("no column \"bought\"; its columns are user, treatment, outcome"), "{words}");
}
