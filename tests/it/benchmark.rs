//! `user360 bench`: what it prints is what was measured, and its metrics are those computed by hand.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::headless::{path, sample, succeeded, user360};
use crate::unchecked::unchecked;

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&succeeded(user360(args))).unwrap()
}

#[track_caller]
fn refused(output: &Output, code: i32, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    for words in words {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
}

#[track_caller]
fn close(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap_or(f64::NAN);
    assert!((found - expected).abs() < 1e-9, "{found} ≠ {expected}");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Temporary workspaces that a bench of this process id has left.
fn left_behind(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_stage_is_timed_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let log = sample();
    let args = ["bench", "--input", path(&log), "--repeat", "2"];
    let run = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_user360"));
        command.args([&args[..], more].concat()).env("TMPDIR", folder.path()).env("XDG_CONFIG_HOME", "/nonexistent");
        succeeded(command.env("XDG_STATE_HOME", folder.path().join("state")).output().unwrap())
    };
    let told: Value = serde_json::from_str(&run(&["--json"])).unwrap();
    let names: Vec<PathBuf> = left_behind(folder.path());
    assert!(names.iter().all(|name| name.ends_with("state")), "{names:?}");

    assert_eq!((&told["format"], &told["repeat"]), (&Value::from(1), &Value::from(2)));
    let bytes: u64 = ["events", "item_properties_part1", "item_properties_part2", "category_tree"]
        .map(|name| fs::metadata(log.join(name).with_extension("csv")).unwrap().len())
        .iter()
        .sum();
    assert_eq!((&told["input"]["bytes"], &told["input"]["files"]), (&Value::from(bytes), &Value::from(4)));
    let (plain, ingest) =
        (number(&told["input"]["plain_bytes_per_second"]), number(&told["input"]["ingest_bytes_per_second"]));
    close(&told["input"]["ingest_share_of_plain"], ingest / plain);
    assert!(plain > ingest, "reading and doing nothing is quicker");

    let stages = told["stages"].as_array().unwrap();
    let ids: Vec<&str> = stages.iter().map(|stage| stage["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["ingest", "features", "segments", "churn", "ltv", "recommend", "uplift"]);
    let mut sum = [0.0, 0.0];
    for stage in stages {
        let each: Vec<f64> = stage["seconds"]["each"].as_array().unwrap().iter().map(number).collect();
        assert_eq!((stage["state"].as_str(), each.len()), (Some("done"), 2), "{stage}");
        close(&stage["seconds"]["best"], each[0].min(each[1]));
        close(&stage["seconds"]["median"], f64::midpoint(each[0], each[1]));
        let speed = number(&stage["rows"]) / number(&stage["seconds"]["best"]);
        assert!((number(&stage["rows_per_second"]) / speed - 1.0).abs() < 1e-9);
        if cfg!(target_os = "linux") {
            assert!(number(&stage["peak_rss_bytes"]) > 1e6, "{stage}");
        } else {
            unchecked("peak memory", "only Linux tells it");
        }
        sum[0] += each[0];
        sum[1] += each[1];
    }
    for (run, stages) in sum.into_iter().enumerate() {
        let whole = number(&told["whole"]["each"][run]);
        assert!(whole >= stages, "a run of {whole} s holds its stages' {stages} s");
    }
    assert!(number(&told["unchanged"]["best"]) < number(&told["whole"]["best"]));
    assert!(told["machine"]["threads"].as_u64().unwrap() > 0);
    // The tests run a debug build unless they are asked for another.
    let warned = told["warnings"].to_string().contains("a debug build");
    assert_eq!((warned, told["machine"]["build"] == "debug"), (cfg!(debug_assertions), cfg!(debug_assertions)));
}

#[test]
fn the_text_says_the_same_and_warns() {
    let log = sample();
    let text = succeeded(user360(&["bench", "--input", path(&log)]));
    for id in ["ingest", "features", "segments", "churn", "ltv", "recommend", "uplift", "whole", "unchanged", "read"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{id} "))), "{id} has no line:\n{text}");
    }
    assert!(text.contains("MB/s") && text.contains("threads, memory"), "{text}");
    assert_eq!(text.contains("warning   a debug build"), cfg!(debug_assertions), "{text}");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let log = sample();
    refused(&user360(&["bench", "--repeat", "0"]), 2, &["between 1 and 1000"]);
    refused(&user360(&["bench", "--input", "/nowhere/log"]), 1, &["/nowhere/log"]);
    let named = user360(&["bench", "--input", path(&log), "--workspace", "/nowhere"]);
    refused(&named, 2, &["leave --workspace out"]);
}

/// A split to be computed by hand: A goes with B, C with D.
const TRAIN: &str = "user,item,weight\nann,A,1\nben,A,1\nben,B,2\ncid,A,1\ncid,B,1\ndan,C,1\ndan,D,1\neve,C,3\n";
const TEST: &str = "weight,item,user\n1,B,ann\n1,D,eve\n1,A,eve\n";

fn split(train: &str, test: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (at_train, at_test) = (folder.path().join("train.csv"), folder.path().join("test.csv"));
    fs::write(&at_train, train).unwrap();
    fs::write(&at_test, test).unwrap();
    (folder, at_train, at_test)
}

/// Of ann's neighbours only B is new to her: hit. Of eve's only D is: one of the two that she wants. Popularity (A 3, B 2,
/// C 2, D 1) offers ann B, C, D and eve A, B, D: all that both want.
#[test]
fn metrics_of_a_split_are_those_computed_by_hand() {
    let (_folder, train, test) = split(TRAIN, TEST);
    let args = ["bench", "recommend", "--train", path(&train), "--test", path(&test), "--model", "item-knn"];
    let told = json(&[&args[..], &["--format", "json"]].concat());
    let second = 1.0 / 3.0_f64.log2();
    let metrics = &told["metrics"];
    close(&metrics["recall@5"], f64::midpoint(1.0, 0.5));
    close(&metrics["recall@20"], f64::midpoint(1.0, 0.5));
    close(&metrics["ndcg@5"], f64::midpoint(1.0, 1.0 / (1.0 + second)));
    close(&metrics["map@5"], f64::midpoint(1.0, 0.5));
    close(&metrics["coverage"], 2.0 / 4.0);
    close(&told["popularity"]["recall@5"], 1.0);
    // A at eve's first place, D at her third.
    close(&told["popularity"]["ndcg@20"], f64::midpoint(1.0, f64::midpoint(1.0, 2.0) / (1.0 + second)));
    close(&told["popularity"]["coverage"], 1.0);
    assert_eq!(told["picked"]["model"], "item-knn");
    let counts = ["users", "items", "train_pairs", "test_pairs", "test_users"].map(|name| told[name].as_u64().unwrap());
    assert_eq!(counts, [5, 4, 8, 3, 2]);
    for name in ["pick_seconds", "fit_seconds", "recommend_seconds"] {
        assert!(number(&told[name]) >= 0.0);
    }
    let text = succeeded(user360(&args));
    assert!(text.contains("recall@5       0.75000     1.00000"), "{text}");
}

#[test]
fn rows_that_cannot_be_judged_are_counted() {
    let train = format!("{TRAIN}eve,C,1\n");
    // Again, known already, of a stranger, an item that nobody has.
    let test = format!("{TEST}1,B,ann\n1,A,ann\n1,A,zoe\n1,Z,ann\n");
    let (_folder, train, test) = split(&train, &test);
    let told =
        json(&["bench", "recommend", "--train", path(&train), "--test", path(&test), "--model", "item-knn", "--json"]);
    let notes = told["notes"].to_string();
    for words in [
        "1 training rows name a pair again",
        "1 test rows name a pair again",
        "1 test rows are left out: their user has no training row",
        "1 test rows are left out: they are training rows too",
        "1 test rows name an item that no training row has",
    ] {
        assert!(notes.contains(words), "{words:?} is not in {notes}");
    }
    // ann now finds one of two.
    close(&told["metrics"]["recall@5"], 0.5);
}

/// 80 users of two tastes, each with items of theirs and now and then another; the test asks for three of each user's.
fn two_tastes() -> (String, String) {
    let (mut train, mut test) = ("user,item,weight\n".to_owned(), "user,item,weight\n".to_owned());
    for user in 0..80_u32 {
        let mut items: Vec<u32> = Vec::new();
        for draw in 0..16 {
            let hash = crc32fast::hash(format!("taste {user} {draw}").as_bytes());
            let stray = u32::from((hash / 64).is_multiple_of(5));
            let item = (user + stray) % 2 * 40 + hash % 40;
            if !items.contains(&item) {
                items.push(item);
            }
        }
        for (place, item) in items.into_iter().enumerate() {
            let part = if place < 3 { &mut test } else { &mut train };
            writeln!(part, "u{user},i{item},1").unwrap();
        }
    }
    (train, test)
}

#[test]
fn auto_chooses_by_the_training_pairs_alone() {
    let (train, test) = two_tastes();
    let (_folder, train, test) = split(&train, &test);
    let args = ["bench", "recommend", "--train", path(&train), "--test", path(&test), "--rank", "4", "--json"];
    let told = json(&args);
    let tried = told["tried"].as_array().unwrap();
    let name = |tried: &Value| tried["model"].as_str().unwrap().split(' ').next().unwrap().to_owned();
    for model in ["popularity", "item-knn", "ease", "als", "blend"] {
        assert!(tried.iter().any(|tried| name(tried) == model), "{model} is not in {tried:?}");
    }
    assert!(told["notes"].to_string().contains("5 drawn fifths of the training pairs"), "{}", told["notes"]);
    let best = tried.iter().map(|tried| number(&tried["ndcg@5"])).fold(0.0, f64::max);
    let picked = tried.iter().find(|tried| number(&tried["ndcg@5"]) >= best).unwrap();
    // Both blends are called so.
    assert!(told["picked"]["model"].as_str().unwrap().ends_with(&name(picked)), "{} {picked}", told["picked"]);

    // Other test pairs, the same choice by the same figures; another seed draws other pairs.
    let half = fs::read_to_string(&test).unwrap().lines().take(40).collect::<Vec<_>>().join("\n");
    fs::write(&test, half).unwrap();
    assert_eq!(json(&args)["tried"], told["tried"]);
    assert_ne!(json(&[&args[..], &["--seed", "7"]].concat())["tried"], told["tried"]);
}

#[test]
fn a_wrong_column_or_cell_is_named() {
    let run = |train: &str, test: &str| {
        let (_folder, train, test) = split(train, test);
        user360(&["bench", "recommend", "--train", path(&train), "--test", path(&test)])
    };
    refused(
        &run("user,product,weight\na,b,1\n", TEST),
        1,
        &["train.csv:1", "no column `item`", "user, product, weight"],
    );
    refused(&run(TRAIN, "user,item,weight\na,b,\n"), 1, &["test.csv:2", "weight is \"\"", "above 0"]);
    refused(&run("user,item,weight\na,b,1\na,c,-1\n", TEST), 1, &["train.csv:3", "weight is \"-1\""]);
    refused(&run("user,item,weight\na,,1\n", TEST), 1, &["train.csv:2", "item is empty"]);
    refused(&run(TRAIN, "user,item,weight\n"), 1, &["test.csv", "holds no row"]);
    refused(&run(TRAIN, "user,item,weight\nzoe,A,1\n"), 1, &["no user of the training pairs"]);
    let (_folder, train, test) = split(TRAIN, TEST);
    let args = ["bench", "recommend", "--train", path(&train), "--test", path(&test)];
    refused(&user360(&[&args[..], &["--rank", "0"]].concat()), 2, &["recommend.rank"]);
    refused(
        &user360(&[&args[..], &["--model", "best"]].concat()),
        2,
        &["auto, popularity, item-knn, ease, als and blend"],
    );
}

/// 4,000 rows: those with `age` 1 are persuaded by the treatment.
fn campaign() -> String {
    let mut text = "user,treatment,outcome,age\n".to_owned();
    for user in 0..4_000_u32 {
        let hash = crc32fast::hash(format!("bench {user}").as_bytes());
        let (treated, dice) = (hash % 2, hash / 2 % 100);
        let outcome = u32::from(dice < 10 + 40 * treated * (user % 2));
        writeln!(text, "{user},{treated},{outcome},{}", user % 2).unwrap();
    }
    text
}

#[test]
fn qini_of_every_learner_and_seed_is_that_of_the_uplift_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campaign.csv");
    fs::write(&file, campaign()).unwrap();
    let told = json(&["bench", "uplift", "--campaign", path(&file), "--repeat", "2", "--json"]);
    assert_eq!(told["seeds"], serde_json::json!([42, 43]));
    let scores = told["scores"].as_array().unwrap();
    let learners: Vec<&str> = scores.iter().map(|score| score["learner"].as_str().unwrap()).collect();
    assert_eq!(learners, ["t", "s", "x"]);
    for score in scores {
        let learner = score["learner"].as_str().unwrap();
        let alone = json(&["uplift", "--campaign", path(&file), "--learner", learner, "--format", "json"]);
        let (first, second) = (number(&score["qini"][0]), number(&score["qini"][1]));
        close(&alone["arms"][0]["evaluation"]["qini"], first);
        close(&score["qini_mean"], f64::midpoint(first, second));
        close(&score["qini_sd"], (first - second).abs() / 2.0_f64.sqrt());
        assert!(first > 0.0 && score["seconds"]["each"].as_array().unwrap().len() == 2, "{score}");
    }
    let text = succeeded(user360(&["bench", "uplift", "--campaign", path(&file), "--learner", "t"]));
    assert!(text.lines().any(|line| line.starts_with("t        treated")), "{text}");
    refused(&user360(&["bench", "uplift", "--campaign", path(&file), "--outcome", "sale"]), 2, &["no column \"sale\""]);
}
