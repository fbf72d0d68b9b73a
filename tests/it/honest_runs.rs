//! What a run answers for: nothing wrong without a word, a broken run takes no whole one's place, a signal ends it, and no
//! setting or query ends the program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crossterm::event::KeyCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use user360::error::Error;
use user360::ui::Action;

use crate::bench::Bench;
use crate::headless::{path, report, sample, stage, succeeded, user360};

const DAY_MS: i64 = 86_400_000;
/// 2024-01-01 00:00 UTC.
const START_MS: i64 = 1_704_067_200_000;

/// A log of `users` users over `days` days: each looks at something every seventh day, every fifth buys.
fn log(folder: &Path, users: i64, days: i64) {
    let mut text = String::from("timestamp,visitorid,event,itemid,transactionid\n");
    for day in 0..days {
        for user in (0..users).filter(|user| (user + day) % 7 == 0) {
            let time = START_MS + day * DAY_MS + user * 1_000;
            writeln!(text, "{time},{user},view,{},", (user * 3 + day) % 20).unwrap();
            if user % 5 == 0 {
                writeln!(text, "{},{user},transaction,{},{day}{user}", time + 500, (user * 3 + day) % 20).unwrap();
            }
        }
    }
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("events.csv"), text).unwrap();
}

/// A workspace and a log beside it.
struct Shop {
    root: TempDir,
}

impl Shop {
    fn new(users: i64, days: i64) -> Self {
        let shop = Self { root: tempfile::tempdir().unwrap() };
        log(&shop.input(), users, days);
        shop
    }

    fn input(&self) -> PathBuf {
        self.root.path().join("log")
    }

    fn workspace(&self) -> PathBuf {
        self.root.path().join("workspace")
    }

    fn run(&self, more: &[&str]) -> Output {
        let (input, workspace) = (self.input(), self.workspace());
        // Whether other settings are asked about is tested elsewhere.
        let mut args = vec!["run", "--accept-settings", "--input", path(&input), "--workspace", path(&workspace)];
        args.extend(more);
        user360(&args)
    }

    fn ask(&self, args: &[&str]) -> Output {
        let workspace = self.workspace();
        let mut all = args.to_vec();
        all.extend(["--workspace", path(&workspace)]);
        user360(&all)
    }

    fn settings(&self, text: &str) -> PathBuf {
        let file = self.root.path().join("config.toml");
        fs::write(&file, text).unwrap();
        file
    }

    /// The manifest and the names of everything in `runs`.
    fn state(&self) -> (String, Vec<String>) {
        let manifest = fs::read_to_string(self.workspace().join("manifest.json")).unwrap();
        let mut names: Vec<String> = fs::read_dir(self.workspace().join("runs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        (manifest, names)
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_user_with_one_event_is_shown_at_its_time() {
    let shop = Shop { root: tempfile::tempdir().unwrap() };
    fs::create_dir_all(shop.input()).unwrap();
    let rows = "timestamp,visitorid,event,itemid,transactionid\n1704067200123,1,view,5,\n1704153600000,2,view,5,\n\
                1704240000000,2,view,6,\n";
    fs::write(shop.input().join("events.csv"), rows).unwrap();
    succeeded(shop.run(&["--only", "features"]));
    let user: Value = serde_json::from_str(&succeeded(shop.ask(&["user", "1", "--format", "json"]))).unwrap();
    assert_eq!(user["timeline"][0]["time"], "2024-01-01T00:00:00Z");
    assert!(succeeded(shop.ask(&["user", "1"])).contains("2024-01-01T00:00:00Z  view"));
    // One row is written as many are, in every format.
    for format in ["table", "csv", "json"] {
        let rows = |limit: &str| {
            succeeded(shop.ask(&[
                "sql",
                "select time, user_id from events order by time",
                "--limit",
                limit,
                "--format",
                format,
            ]))
        };
        let (one, many) = (rows("1"), rows("3"));
        assert!(one.contains("2024-01-01T00:00:00.123Z") && many.contains("2024-01-01T00:00:00.123Z"), "{one}{many}");
    }
}

#[test]
fn a_wrong_name_in_the_settings_changes_nothing() {
    let shop = Shop::new(60, 90);
    succeeded(shop.run(&[]));
    let before = shop.state();
    for (section, name) in [("segments", "sesions"), ("uplift", "recency_day"), ("segments", "x")] {
        let settings = shop.settings(&format!("[{section}]\nfeatures = [\"sessions\", \"{name}\"]\n"));
        let output = shop.run(&["--config", path(&settings)]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(
            told(&output).contains(&format!("{section}.features: there is no feature \"{name}\"")),
            "{}",
            told(&output)
        );
        assert_eq!(shop.state(), before);
    }
}

#[test]
fn a_disk_that_takes_no_more_changes_nothing() {
    let shop = Shop::new(60, 90);
    succeeded(shop.run(&[]));
    let before = shop.state();
    let (input, workspace) = (shop.input(), shop.workspace());
    let mut failed = 0;
    // Files may not grow beyond so many blocks: the first table does not fit, or one of a later stage.
    for blocks in [1, 4, 8, 12, 16, 24, 32] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let output = Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_user360"), "run", "--force"])
            .args(["--input", path(&input), "--workspace", path(&workspace)])
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .env("XDG_STATE_HOME", "/nonexistent")
            .output()
            .unwrap();
        if output.status.success() {
            break;
        }
        failed += 1;
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert_eq!(shop.state(), before, "{blocks} blocks: {}", told(&output));
    }
    assert!(failed > 1, "{failed}");
}

#[test]
fn a_log_that_has_lost_much_is_taken_only_where_that_is_said() {
    let shop = Shop::new(100, 90);
    succeeded(shop.run(&[]));
    let before = shop.state();
    let refused = |why: &str| {
        let output = shop.run(&[]);
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert!(told(&output).contains(why) && told(&output).contains("--accept-shrunk"), "{}", told(&output));
        assert_eq!(shop.state(), before);
    };
    log(&shop.input(), 50, 90);
    refused("50 users where there were 100");
    log(&shop.input(), 100, 40);
    refused(" events where there were ");
    log(&shop.input(), 104, 89);
    refused("an end at 2024-03-29");
    // Under other settings of reading it cannot be compared.
    let settings = shop.settings("[ingest]\nrejected_limit = 0.5\n");
    succeeded(shop.run(&["--config", path(&settings), "--only", "features"]));
    log(&shop.input(), 50, 90);
    assert_eq!(shop.run(&["--force", "--config", path(&settings)]).status.code(), Some(3));
    succeeded(shop.run(&["--accept-shrunk"]));
    assert_eq!(report(&shop.workspace())["input"]["users"], 50);
    // A twentieth fewer is no loss, and what has grown is none.
    log(&shop.input(), 48, 91);
    succeeded(shop.run(&[]));
}

#[test]
fn the_workbench_asks_before_it_takes_a_log_that_has_lost_much() {
    let mut bench = Bench::new(120, 40);
    let shrunk = || Action::RunEnded(Err(Error::Shrunk("5 events where there were 9".to_owned())));
    bench.strokes("r").act(shrunk());
    assert!(bench.says("5 events where there were 9. Take it as it is?"), "{:#?}", bench.lines());
    // A no is a no, also for the next run.
    bench.press(KeyCode::Esc).strokes("r").act(shrunk());
    bench.press(KeyCode::Enter);
    assert_eq!(
        (bench.accepted.as_slice(), bench.started.as_slice()),
        ([false, false, true].as_slice(), [false; 3].as_slice())
    );
    bench.act(Action::RunEnded(Err(Error::Cancelled)));
    bench.press(KeyCode::Esc).strokes("R").act(shrunk());
    bench.press(KeyCode::Enter);
    assert_eq!(
        (bench.accepted[3..].as_ref(), bench.started[3..].as_ref()),
        ([false, true].as_slice(), [true; 2].as_slice())
    );
}

#[test]
fn what_the_data_do_not_allow_is_judged_anew_and_makes_no_new_run() {
    let shop = Shop::new(40, 20);
    succeeded(shop.run(&[]));
    let first = report(&shop.workspace());
    assert_eq!(stage(&first, "churn")["state"], "skipped");
    let before = shop.state();
    succeeded(shop.run(&[]));
    assert_eq!(shop.state(), before);
    // With other settings it is judged by them.
    let settings = shop.settings("[churn]\ninactive_days = 5\n");
    succeeded(shop.run(&["--config", path(&settings)]));
    assert_eq!(stage(&report(&shop.workspace()), "churn")["state"], "done");
}

/// A command at work, its output kept.
fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::yield_now();
    }
}

/// Sends a signal and returns the exit code with the time that it took.
fn signalled(mut child: Child, signal: Signal) -> (Option<i32>, Duration) {
    let begun = Instant::now();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let status = child.wait().unwrap();
    (status.code(), begun.elapsed())
}

/// A second, and what a busy machine adds.
const SOON: Duration = Duration::from_millis(2500);

#[test]
fn a_signal_ends_a_run_within_a_second_and_leaves_the_workspace_as_it_was() {
    let input = sample();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let root = tempfile::tempdir().unwrap();
        let child = start(&["run", "--input", path(&input), "--workspace", path(root.path())]);
        let runs = root.path().join("runs");
        wait_until("no run begins", || fs::read_dir(&runs).is_ok_and(|mut entries| entries.next().is_some()));
        let (ended, took) = signalled(child, signal);
        assert_eq!(ended, Some(code));
        assert!(took < SOON, "{took:?}");
        let none = user360(&["report", "--workspace", path(root.path())]);
        assert!(told(&none).contains("no run yet"), "{}", told(&none));
        // The next start finds nothing in its way.
        succeeded(user360(&["run", "--input", path(&input), "--workspace", path(root.path()), "--only", "features"]));
        assert_eq!(fs::read_dir(&runs).unwrap().count(), 1);
    }
}

#[test]
fn a_signal_ends_what_the_query_engine_will_not_leave() {
    let shop = Shop::new(300, 60);
    succeeded(shop.run(&["--only", "features"]));
    let workspace = shop.workspace();
    let endless = "select sum(a.user_id * b.user_id + c.user_id) from events a cross join events b cross join events c";
    let child = start(&["sql", endless, "--workspace", path(&workspace)]);
    // Its thread for queries tells that it has begun.
    let tasks = format!("/proc/{}/task", child.id());
    let names = || fs::read_dir(&tasks).into_iter().flatten().flatten().map(|task| task.path().join("comm"));
    wait_until("no query begins", || {
        names().any(|name| fs::read_to_string(name).is_ok_and(|name| name.trim() == "query"))
    });
    let (code, took) = signalled(child, Signal::INT);
    assert_eq!(code, Some(130));
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_signal_ends_a_sample_and_its_files_do_not_appear() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("log");
    let child = start(&["sample", path(&out), "--scale", "10", "--props"]);
    wait_until("no sample begins", || out.exists());
    let (code, took) = signalled(child, Signal::TERM);
    assert_eq!(code, Some(143));
    assert!(took < SOON, "{took:?}");
    assert!(!out.join("events.csv").exists());
}

#[test]
fn no_condition_and_no_query_ends_the_program() {
    let shop = Shop::new(40, 60);
    succeeded(shop.run(&["--only", "features"]));
    let where_ = |condition: &str| shop.ask(&["users", "--limit", "1", "--where", condition]);
    // As many operators as are admitted.
    let ids = |count: i64| (0..count).map(|id| format!("user_id = {id}")).collect::<Vec<_>>().join(" or ");
    for condition in [
        ids(200),
        format!("1{} > 0", "+1".repeat(399)),
        format!("sessions{} is null", " is null".repeat(398)),
        format!("{}sessions{} > 0", "(".repeat(20), ")".repeat(20)),
        format!("user_id in ({})", (0..15_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",")),
        format!("case {}else false end", "when sessions > 0 then true ".repeat(190)),
    ] {
        let output = where_(&condition);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{:?} {condition}\n{}", output.status, told(&output));
        assert!(!told(&output).contains("the most"), "{}", told(&output));
    }
    for condition in [
        ids(2_000),
        format!("1{} > 0", "+1".repeat(3_000)),
        format!("{}sessions > 0", "not ".repeat(10_000)),
        format!("{}sessions{} > 0", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}sessions{} > 0", "abs(".repeat(200), ")".repeat(200)),
        format!("sessions{}", " between 0 and 1".repeat(60)),
        format!("{}true{}", "case when sessions > 0 then ".repeat(100), " else false end".repeat(100)),
    ] {
        let output = where_(&condition);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("most") && !told.contains("panicked"), "{told}");
    }
    for query in [
        vec!["select 1 as a from users"; 600].join(" union all "),
        "select * from read_parquet('x')".to_owned(),
        "select -interval 'x' from users".to_owned(),
    ] {
        let output = shop.ask(&["sql", &query]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    }
}

#[test]
fn settings_out_of_range_are_refused_with_the_range() {
    let shop = Shop::new(40, 60);
    for (setting, range) in [
        ("[recommend]\nrank = 1000000", "between 1 and 1024"),
        ("[ltv]\ntrees = 1000000000", "between 1 and 10000"),
        ("[uplift]\ntrees = 9223372036854775807", "between 1 and 10000"),
        ("[recommend]\ncutoff_days = 1e300", "between 0.001 and 36500"),
        ("[churn]\ninactive_days = nan", "between 0.001 and 36500"),
        ("[churn]\nl2 = inf", "between 0 and 1000000000"),
        ("[segments]\nmax_iterations = 100000000", "between 1 and 100000"),
    ] {
        let output = shop.run(&["--config", path(&shop.settings(setting))]);
        assert_eq!(output.status.code(), Some(2), "{setting}: {}", told(&output));
        assert!(told(&output).contains(range), "{setting}: {}", told(&output));
    }
    let output = user360(&["bench", "--repeat", "1000000000"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("between 1 and 1000"), "{}", told(&output));
}

#[test]
fn a_settings_file_that_is_none_is_refused_at_once() {
    let root = tempfile::tempdir().unwrap();
    let pipe = root.path().join("config.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let output = user360(&["config", "--config", path(&pipe)]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("named pipe"), "{}", told(&output));
    fs::remove_file(&pipe).unwrap();
    for (text, why) in [
        (format!("# {}", "x".repeat(2 << 20)), "is longer than 1048576 bytes"),
        (format!("x = {}", "[".repeat(20_000)), ""),
        (format!("[a{}]", ".a".repeat(50_000)), ""),
    ] {
        fs::write(&pipe, text).unwrap();
        let output = user360(&["config", "--config", path(&pipe)]);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{:?} {}", output.status, told(&output));
        assert!(told(&output).contains(why), "{}", told(&output));
    }
}
