//! The binary on files, without a screen.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::sample::workspace;

/// The log that was `sample-data` first: reference values hang on it. [`crate::sample::shop`] is of today's.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-v1")
}

pub fn user360(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        // The reader's own configuration must not reach the tests.
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", std::env::temp_dir().join("user360-test-state"))
        .output()
        .unwrap()
}

#[track_caller]
pub fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{:?}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn report(workspace: &Path) -> Value {
    serde_json::from_str(&succeeded(user360(&["report", "--format", "json", "--workspace", path(workspace)]))).unwrap()
}

pub fn stage<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == id).unwrap()
}

/// The folder of the current run.
fn current(workspace: &Path) -> PathBuf {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    workspace.join("runs").join(manifest["current"].as_str().unwrap())
}

#[test]
fn the_main_job_answers_about_every_user() {
    let report = report(workspace());
    assert_eq!(report["format"], 1);
    let users = report["input"]["users"].as_u64().unwrap();
    for id in ["features", "segments", "churn", "ltv", "recommend", "uplift"] {
        let stage = stage(&report, id);
        assert_eq!(stage["state"], "done", "{stage}");
        assert_eq!(stage["rows"], users, "{id} has a row for every user");
    }
    let events = &report["input"]["events"];
    let rejected: u64 = events["rejected"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
    let sum = events["accepted"].as_u64().unwrap() + events["duplicates"].as_u64().unwrap() + rejected;
    assert_eq!(events["read"].as_u64().unwrap(), sum, "every row is accounted for");
    let metric = |id: &str, name: &str| stage(&report, id)["metrics"][name].as_f64().unwrap();
    assert!(metric("churn", "auc") > 0.65, "churn drivers are planted in the sample: AUC {}", metric("churn", "auc"));
    assert!(metric("recommend", "recall@20") > metric("recommend", "popularity_recall@20"), "tastes are planted");
    assert!(metric("ltv", "rmse") <= metric("ltv", "rmse_mean") * 1.001, "never worse than the mean");
    assert_eq!(stage(&report, "uplift")["metrics"]["simulated"], true);
    let figures = &report["figures"];
    for name in
        ["best_customers", "gone_quiet", "at_risk", "orders", "cohorts", "funnel", "rfm_grid", "days_between_orders"]
    {
        assert!(!figures[name]["value"].is_null() && figures[name]["reason"].is_null(), "{name}: {figures}");
    }
    let told = succeeded(user360(&["report", "--workspace", path(workspace())]));
    assert!(told.contains("\nbest customers ") && told.contains("\nmoney at stake "), "{told}");
    let sizes = stage(&report, "segments")["metrics"]["sizes"].as_array().unwrap();
    assert_eq!(sizes.iter().map(|size| size.as_u64().unwrap()).sum::<u64>(), users);
}

/// The later of the two runs has fitted churn anew and taken LTV over from the earlier one.
#[test]
fn figures_are_made_of_stages_that_were_taken_over_too() {
    let later = report(crate::sample::two_runs());
    assert_eq!((&stage(&later, "churn")["state"], &stage(&later, "ltv")["state"]), (&"done".into(), &"cached".into()));
    assert!(later["figures"]["money_at_stake"]["value"].as_f64().unwrap() > 0.0, "{}", later["figures"]);
}

#[test]
fn charts_are_of_braille_and_blocks_or_of_ascii() {
    let drawn = |form: &str| succeeded(user360(&["report", form, "--workspace", path(workspace())]));
    let (unicode, ascii) = (drawn("--charts"), drawn("--charts=ascii"));
    assert!(unicode.contains('⠤') && unicode.contains('█'), "{unicode}");
    // Below the text, so that the text is the same.
    assert!(ascii.lines().filter(|line| line.starts_with("    ")).all(str::is_ascii), "{ascii}");
    let text = succeeded(user360(&["report", "--workspace", path(workspace())]));
    assert!(text.lines().all(|line| ascii.contains(line)), "{text}");
    let refused = user360(&["report", "--charts", "--format", "json", "--workspace", path(workspace())]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn every_metric_of_the_contract_is_in_the_report() {
    let report = report(workspace());
    for (id, names) in [
        ("segments", "k inertia silhouette sizes explained_variance"),
        ("churn", "base_rate auc pr_auc log_loss brier"),
        ("ltv", "rmse rmse_mean mae spearman gini"),
        (
            "recommend",
            "recall@5 recall@20 ndcg@5 ndcg@20 map@5 coverage popularity_recall@5 popularity_recall@20 test_users",
        ),
        ("uplift", "simulated ate ate_low ate_high qini auuc uplift@10 uplift@20 uplift@30 true_effect_correlation"),
        (
            "uplift",
            "qini_low qini_high qini_chance auuc_low auuc_high uplift@10_low uplift@30_high decile_error differs",
        ),
        ("uplift", "random balance_smd balance_z policy_value policy_value_low one_arm_value policy_gain_high"),
    ] {
        for name in names.split(' ') {
            let value = &stage(&report, id)["metrics"][name];
            assert!(!value.is_null(), "{id} reports no {name}");
        }
    }
}

#[test]
fn a_second_run_takes_over_what_has_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |extra: &[&str]| -> Value {
        let mut args = vec!["run", "--input", "", "--workspace", "", "--format", "json"];
        let sample = sample();
        args[2] = path(&sample);
        args[4] = path(folder.path());
        args.extend(extra);
        serde_json::from_str(&succeeded(user360(&args))).unwrap()
    };
    let state = |report: &Value, id: &str| stage(report, id)["state"].as_str().unwrap().to_owned();
    let first = run(&["--only", "features"]);
    assert_eq!((state(&first, "features").as_str(), state(&first, "churn").as_str()), ("done", "skipped"));
    assert_eq!(stage(&first, "churn")["reason"], "left out by --only");
    let second = run(&["--only", "churn"]);
    assert_eq!((state(&second, "ingest").as_str(), state(&second, "features").as_str()), ("cached", "cached"));
    assert_eq!(state(&second, "churn"), "done");
    assert_ne!(first["run"], second["run"]);
    let third = run(&["--only", "churn"]);
    assert_eq!(state(&third, "churn"), "cached");
    assert_eq!(third["run"], second["run"], "with nothing due there is no new run");

    // From the events read back, churn gives the same bytes as from the raw log.
    let of = |folder: &Path| fs::read(current(folder).join("churn.parquet")).unwrap();
    assert!(of(folder.path()) == of(workspace()), "churn from the kept events differs from churn from the raw log");
    let config = folder.path().join("config.toml");
    fs::write(&config, "[churn]\ninactive_days = 20\n").unwrap();
    let fourth = run(&["--only", "churn", "--config", path(&config), "--accept-settings"]);
    // The features' status depends on that setting.
    assert_eq!((state(&fourth, "features").as_str(), state(&fourth, "churn").as_str()), ("done", "done"));
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_one_and_two_threads() {
    let tables = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_user360"))
            .args(["run", "--input", path(&sample()), "--workspace", path(folder.path())])
            .env("RAYON_NUM_THREADS", threads)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap();
        succeeded(output);
        let run: Value = serde_json::from_slice(&fs::read(current(folder.path()).join("run.json")).unwrap()).unwrap();
        let stages = run["stages"].as_array().unwrap();
        let files = stages.iter().flat_map(|stage| stage["files"].as_array().unwrap().clone());
        files.map(|file| (file["name"].to_string(), file["xxh3"].to_string())).collect::<Vec<_>>()
    };
    let one = tables("1");
    assert!(one.len() >= 12, "{one:?}");
    assert_eq!(one, tables("2"));
}

#[test]
fn users_are_listed_filtered_and_sorted() {
    let text = succeeded(user360(&[
        "users",
        "--where",
        "churn > 0.5 and views >= 1",
        "--sort",
        "ltv:desc",
        "--sort",
        "user_id",
        "--columns",
        "user_id,churn,ltv,views",
        "--limit",
        "7",
        "--format",
        "csv",
        "--workspace",
        path(workspace()),
    ]));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["user_id", "churn", "ltv", "views"]);
    let rows: Vec<Vec<f64>> =
        reader.records().map(|row| row.unwrap().iter().map(|field| field.parse().unwrap()).collect()).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row[1] > 0.5 && row[3] >= 1.0));
    assert!(
        rows.windows(2).all(|pair| pair[1][2].total_cmp(&pair[0][2]).then(pair[0][0].total_cmp(&pair[1][0])).is_lt())
    );
    let wrong = user360(&["users", "--where", "chrun > 0.5", "--workspace", path(workspace())]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean churn?"));
}

/// Which columns are shown decides which are read, and nothing else.
#[test]
fn named_columns_are_those_of_the_whole_table() {
    let list = |sort: &str, columns: &[&str]| -> Value {
        let condition = "views >= 1 and segment is not null";
        let mut args = vec!["users", "--where", condition, "--sort", sort, "--sort", "recency_days"];
        args.extend(["--limit", "40", "--format", "json", "--workspace", path(workspace())]);
        args.extend(columns);
        serde_json::from_str(&succeeded(user360(&args))).unwrap()
    };
    for sort in ["user_id:desc", "segment", "ltv:desc"] {
        let whole = list(sort, &[]);
        let named = list(sort, &["--columns", "reason1,user_id,churn"]);
        assert_eq!(named.as_array().unwrap().len(), 40);
        for (named, whole) in named.as_array().unwrap().iter().zip(whole.as_array().unwrap()) {
            assert_eq!(named.as_object().unwrap().len(), 3);
            assert!(
                named.as_object().unwrap().iter().all(|(column, value)| *value == whole[column]),
                "{named} {whole}"
            );
        }
    }
    for (option, wrong) in [("--where", "chrun > 0.5"), ("--sort", "chrun"), ("--columns", "user_id,chrun")] {
        let mut args = vec!["users", option, wrong, "--workspace", path(workspace())];
        if option != "--columns" {
            args.extend(["--columns", "user_id"]);
        }
        let refused = user360(&args);
        assert_eq!(refused.status.code(), Some(2), "{option}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("did you mean churn?"), "{option}");
    }
}

#[test]
fn one_user_is_told_whole() {
    let list = succeeded(user360(&[
        "users",
        "--sort",
        "total_events:desc",
        "--limit",
        "1",
        "--format",
        "json",
        "--workspace",
        path(workspace()),
    ]));
    let top: Value = serde_json::from_str(&list).unwrap();
    let id = top[0]["user_id"].to_string();
    let user: Value =
        serde_json::from_str(&succeeded(user360(&["user", &id, "--format", "json", "--workspace", path(workspace())])))
            .unwrap();
    assert_eq!(user["timeline_total"], top[0]["total_events"]);
    assert_eq!(user["attributes"]["churn"]["value"], top[0]["churn"]);
    assert!(user["attributes"]["total_events"]["percentile"].as_f64().unwrap() > 99.0);
    assert!(!user["churn_reasons"].as_array().unwrap().is_empty());
    assert!(!user["recommendations"].as_array().unwrap().is_empty());
    let missing = user360(&["user", "no-such-user", "--workspace", path(workspace())]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no user no-such-user"));
}

#[test]
fn export_and_sql_agree() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("list.csv");
    let condition = "segment is not null and simulated_uplift > 0";
    let told =
        succeeded(user360(&["export", "--where", condition, "--out", path(&out), "--workspace", path(workspace())]));
    let rows = csv::Reader::from_path(&out).unwrap().records().count();
    assert!(told.contains(path(&out)) && told.contains("rows"), "{told}");
    let query = format!("select count(*) as n from users where {condition}");
    let counted = succeeded(user360(&["sql", &query, "--format", "json", "--workspace", path(workspace())]));
    assert_eq!(serde_json::from_str::<Value>(&counted).unwrap()[0]["n"], rows);
    let again = user360(&["export", "--out", path(&out), "--workspace", path(workspace())]);
    assert!(!again.status.success(), "an existing file is not replaced unasked");
}

#[test]
fn a_log_too_short_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("events.csv");
    let mut text = "timestamp,visitorid,event,itemid,transactionid\n".to_owned();
    for n in 0..400_i64 {
        let kind = if n % 7 == 0 { "addtocart" } else { "view" };
        writeln!(text, "{},{},{kind},{},", 1_430_622_004_384 + n * 3_000_000, n % 60, n % 13).unwrap();
    }
    fs::write(&log, text).unwrap();
    let workspace = folder.path().join("workspace");
    let args = ["run", "--input", path(folder.path()), "--workspace", path(&workspace), "--format", "json"];
    let report: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
    for (id, days) in [("churn", "37"), ("ltv", "67")] {
        let stage = stage(&report, id);
        assert_eq!(stage["state"], "skipped");
        let reason = stage["reason"].as_str().unwrap();
        assert!(reason.contains("the log spans 13.9 days") && reason.contains(days), "{reason}");
    }
    assert_eq!(stage(&report, "segments")["state"], "done");
    let users = succeeded(user360(&["users", "--limit", "1", "--workspace", path(&workspace)]));
    assert!(!users.contains("churn"), "no column for a model that did not run");
}

#[test]
fn bad_input_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    let run = |input: &Path| user360(&["run", "--input", path(input), "--workspace", path(&workspace)]);
    let told = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let nothing = run(&folder.path().join("nowhere"));
    assert_eq!(nothing.status.code(), Some(1));
    assert!(told(&nothing).contains("nowhere"), "{}", told(&nothing));
    let log = folder.path().join("events.csv");
    fs::write(&log, "timestamp,visitorid,event,itemid,transactionid\nyesterday,1,view,2,\n1430622004384,1,sniff,2,\n")
        .unwrap();
    let rejected = run(folder.path());
    assert_eq!(rejected.status.code(), Some(3), "{}", told(&rejected));
    assert!(told(&rejected).contains("bad_time") && told(&rejected).contains("unknown_event"), "{}", told(&rejected));
    assert!(!workspace.join("manifest.json").exists(), "nothing is committed");
    let config = folder.path().join("config.toml");
    fs::write(&config, "[churn]\ninactive_day = 3\n").unwrap();
    let wrong = user360(&["run", "--input", path(folder.path()), "--config", path(&config)]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(told(&wrong).contains("config.toml:2:") && told(&wrong).contains("inactive_day"), "{}", told(&wrong));
    assert_eq!(user360(&["run", "--input", ".", "--only", "chrun"]).status.code(), Some(2));
}

#[test]
fn a_killed_run_leaves_the_previous_one_current() {
    let folder = tempfile::tempdir().unwrap();
    let sample = sample();
    let args = ["run", "--input", path(&sample), "--workspace", path(folder.path()), "--only", "features"];
    succeeded(user360(&args));
    let before = report(folder.path())["run"].clone();
    let mut child = Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(["run", "--force", "--input", path(&sample), "--workspace", path(folder.path())])
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let runs = folder.path().join("runs");
    let unfinished =
        || fs::read_dir(&runs).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with(".tmp-"));
    while !unfinished() {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it could be killed");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(unfinished(), "the killed run left its folder");
    assert_eq!(report(folder.path())["run"], before);
    succeeded(user360(&args));
    succeeded(user360(&["run", "--input", path(&sample), "--workspace", path(folder.path()), "--only", "segments"]));
    assert!(!unfinished(), "the next run removed it");
    assert!(
        succeeded(user360(&["doctor", "--verify", "--workspace", path(folder.path())]))
            .contains("every checksum holds")
    );
}

#[test]
fn help_man_and_completions_know_every_subcommand() {
    let man = succeeded(user360(&["man"]));
    let completions = succeeded(user360(&["completions", "bash"]));
    let help = succeeded(user360(&["--help"]));
    for command in ["demo", "run", "report", "users", "user", "export", "sql", "fetch", "sample", "config", "doctor"] {
        for (place, text) in [("man", &man), ("completions", &completions), ("help", &help)] {
            assert!(text.contains(command), "{command} is missing from {place}");
        }
    }
}
