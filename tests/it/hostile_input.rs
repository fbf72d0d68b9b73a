//! Input that is no file, that changes while it is read, or that no shop writes: named, refused, never believed.

// Rows read best as the text they will be in the file.
#![allow(clippy::format_collect)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::headless::path;

const HEADER: &str = "timestamp,visitorid,event,itemid,transactionid\n";
/// Longer than any of these commands takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", std::env::temp_dir().join("user360-test-state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a command to end; one that hangs fails the test.
#[track_caller]
fn ended(mut child: Child) -> Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the command hangs: {}", errors(&child.wait_with_output().unwrap()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a command that has to refuse something; gives its complaint.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let output = ended(start(args));
    let complaint = errors(&output);
    assert!(output.status.code().is_some_and(|code| code == 1 || code == 2), "{:?}: {complaint}", output.status);
    assert!(!complaint.contains("panicked"), "{complaint}");
    complaint
}

fn rows(count: usize) -> String {
    (0..count).map(|at| format!("{},{},view,{},\n", 1_433_193_132_535 + at as u64, at % 977, at % 53)).collect()
}

fn shop(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("events.csv"), format!("{HEADER}{}", rows(count))).unwrap();
    folder
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_named_pipe_is_refused_wherever_a_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("pipe.csv");
    pipe(&fifo);
    let (pairs, workspace) = (folder.path().join("pairs.csv"), folder.path().join("workspace"));
    fs::write(&pairs, "user,item,weight\n1,2,1\n").unwrap();
    let names = |complaint: String| assert!(complaint.contains("pipe.csv is a named pipe"), "{complaint}");
    names(refused(&["--workspace", path(&workspace), "run", "--input", path(&fifo)]));
    names(refused(&["init", path(&fifo)]));
    names(refused(&["init", "--yes", path(&pairs), path(&fifo)]));
    names(refused(&["uplift", "--campaign", path(&fifo)]));
    names(refused(&["bench", "recommend", "--train", path(&fifo), "--test", path(&pairs)]));
    let log = shop(100);
    names(refused(&["--workspace", path(&workspace), "run", "--input", path(log.path()), "--campaign", path(&fifo)]));
    for name in ["item_properties.csv", "category_tree.csv", "events.csv"] {
        let log = shop(100);
        let file = log.path().join(name);
        let _ = fs::remove_file(&file);
        pipe(&file);
        let complaint = refused(&["--workspace", path(&workspace), "run", "--input", path(log.path())]);
        assert!(complaint.contains(&format!("{name} is a named pipe")), "{complaint}");
    }
    let complaint = refused(&["--workspace", path(&workspace), "run", "--input", "/dev/zero"]);
    assert!(complaint.contains("/dev/zero is a device"), "{complaint}");
}

#[test]
fn a_log_that_is_written_to_while_it_is_read_makes_no_run() {
    let log = shop(100_000);
    let events = log.path().join("events.csv");
    let whole = fs::read(&events).unwrap();
    let workspace = tempfile::tempdir().unwrap();
    let done = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Cut short and completed again, over and over: at every moment of the reading. It is never empty.
            let half = whole.len() / 2;
            let mut file = fs::OpenOptions::new().append(true).open(&events).unwrap();
            while !done.load(Ordering::Relaxed) {
                file.set_len(half as u64).unwrap();
                file.write_all(&whole[half..]).unwrap();
            }
        });
        let child =
            start(&["--workspace", path(workspace.path()), "run", "--input", path(log.path()), "--only", "features"]);
        let output = ended(child);
        done.store(true, Ordering::Relaxed);
        output
    });
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(errors(&output).contains("events.csv"), "{}", errors(&output));
    assert!(errors(&output).contains("while it was read"), "{}", errors(&output));
    assert!(!workspace.path().join("manifest.json").exists(), "nothing is committed");
    let runs = fs::read_dir(workspace.path().join("runs")).unwrap();
    assert_eq!(runs.count(), 0, "nothing stays below runs");
}

#[test]
fn cells_names_and_lines_without_measure_are_handled() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("user360.toml");
    let long = "e".repeat(70_000);
    let day = |at: usize| format!("2015-01-{:02} 10:00:00", 1 + at % 28);
    let log = |name: &str, event: &str, item: &str| -> String {
        (0..60)
            .map(|at| {
                format!("{},u{},{},{item}{}\n", day(at), at % 7, if at % 3 == 0 { event } else { "view" }, at % 5)
            })
            .fold(name.to_owned(), |text, row| text + &row)
    };
    let files = [
        ("event.csv", log("time,user,event,item\n", &long, "i")),
        ("item.csv", log("time,user,event,item\n", "view", &long)),
        ("header.csv", log(&format!("time,user,{long},item\n"), "view", "i")),
        ("columns.csv", format!("{}\n", (0..30_000).map(|at| format!("c{at},")).collect::<String>())),
        ("line.csv", format!("{HEADER}{}{}\n{}", rows(50), "x".repeat(1 << 20), rows(50))),
        ("empty.csv", String::new()),
        ("blank.csv", "\n\n\n".to_owned()),
        ("no-end.csv", format!("{HEADER}1433193132535,1,view,2,")),
        ("header-alone.csv", HEADER.trim_end().to_owned()),
        ("nothing.csv", "\0".repeat(100_000)),
        ("quote.csv", "\"".repeat(100_000)),
    ];
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        let workspace = folder.path().join("workspace");
        let init: &[&str] = &["init", "--yes", "--overwrite", "--out", path(&config), path(&file)];
        let run: &[&str] =
            &["--workspace", path(&workspace), "run", "--force", "--only", "features", "--input", path(&file)];
        for args in [init, run] {
            let output = ended(start(args));
            let complaint = errors(&output);
            assert!(matches!(output.status.code(), Some(0..=3)), "{name}: {:?}: {complaint}", output.status);
            assert!(!complaint.contains("panicked"), "{name}: {complaint}");
            assert!(
                complaint.len() + output.stdout.len() < 50_000,
                "{name}: {} bytes are told",
                complaint.len() + output.stdout.len()
            );
        }
    }
}

#[test]
fn a_sample_that_is_interrupted_ends_at_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let child = start(&["sample", path(folder.path()), "--scale", "10", "--props"]);
    while !catches_interrupt(&child) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let begun = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = ended(child);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(130), "{}", errors(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Whether a process has a handler for SIGINT: bit 1 of the mask of signals caught.
fn catches_interrupt(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() & 0b10 != 0
}
