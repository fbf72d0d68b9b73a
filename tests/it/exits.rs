//! How the program ends: quietly where the reader of a pipe has seen enough, with an error where the disk is full, with
//! the signal's code where it was told to.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::every_command::{About, Call, calls};
use crate::headless::{path, sample, succeeded, user360};
use crate::init::german;
use crate::pty::{self, DEADLINE, Place, USER360};

struct Files {
    place: Place,
    shop: PathBuf,
    campaign: PathBuf,
    pairs: PathBuf,
    other_pairs: PathBuf,
    out: PathBuf,
}

impl Files {
    fn new() -> Self {
        let place = Place::shop();
        let (shop, campaign, pairs) = (place.file("shop.csv"), place.file("campaign.csv"), place.file("pairs.csv"));
        std::fs::write(&shop, german()).unwrap();
        let rows = |head: &str, row: &dyn Fn(usize) -> String, count: usize| {
            let rows: Vec<String> = (0..count).map(row).collect();
            format!("{head}\n{}\n", rows.join("\n"))
        };
        let person = |at: usize| format!("{at},{},{},{}", ["ctl", "mail"][at % 2], at * 7 % 5 / 4, at * 31 % 83);
        std::fs::write(&campaign, rows("user,treatment,outcome,age", &person, 800)).unwrap();
        let pair = |at: usize| format!("{},{},1", at % 60, at * 7 % 31);
        std::fs::write(&pairs, rows("user,item,weight", &pair, 600)).unwrap();
        let other_pairs = place.file("other_pairs.csv");
        let other = |at: usize| format!("{},{},1", at % 60, (at * 7 + 1) % 31);
        std::fs::write(&other_pairs, rows("user,item,weight", &other, 60)).unwrap();
        let out = place.file("out");
        std::fs::create_dir_all(&out).unwrap();
        Self { place, shop, campaign, pairs, other_pairs, out }
    }

    /// Calls that print something on stdout and succeed, but for those that compute long.
    fn calls(&self) -> Vec<Call> {
        let Self { shop, campaign, pairs, other_pairs, out, .. } = self;
        let log = sample();
        let about = About { log: &log, shop, campaign, pairs, other_pairs, out, user: "7" };
        let mut calls = calls(&about);
        // Others print a run's report; nothing can be fetched here, and the demo needs a screen.
        calls.retain(|call| !matches!(call.arguments[0].as_str(), "run" | "fetch" | "demo"));
        // There is no run that could go.
        calls.retain(|call| !call.arguments.starts_with(&["runs".to_owned(), "rm".to_owned()]));
        calls
    }

    fn command(&self, call: &Call) -> Command {
        let mut command = pty::headless(&self.place);
        command.args(&call.arguments).stdin(Stdio::null());
        // bench makes workspaces of its own.
        if call.arguments[0] == "bench" {
            command = pty::bare(&self.place);
            command.args(&call.arguments).stdin(Stdio::null());
        }
        command
    }
}

fn closed_pipe() -> Stdio {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let files = Files::new();
    for call in files.calls() {
        let ended = files.command(&call).stdout(closed_pipe()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(0), "{call:?}: {told}");
        assert!(!told.contains("Broken pipe") && !told.contains("panicked"), "{call:?}: {told}");
        // Nobody reads what went wrong either.
        let ended = files.command(&call).stdout(closed_pipe()).stderr(closed_pipe()).status().unwrap();
        assert_eq!(ended.code(), Some(0), "{call:?} with stderr closed");
    }
    // What a closed pipe keeps nobody from: the files that were asked for.
    assert!(files.out.join("ranking.csv").exists() && files.out.join("shop.toml").exists());
    for help in ["--help", "--version"] {
        let ended = Command::new(USER360).arg(help).stdout(closed_pipe()).output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]), "{help}");
    }
}

#[test]
fn a_full_disk_behind_stdout_is_an_error_with_its_name() {
    let files = Files::new();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for call in files.calls() {
        let ended = files.command(&call).stdout(full()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{call:?}: {told}");
        assert!(told.contains("user360: stdout: No space left on device"), "{call:?}: {told}");
        assert!(!told.contains("panicked"), "{call:?}: {told}");
    }
    let ended = Command::new(USER360).arg("--help").stdout(full()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn closed_streams_are_no_failure() {
    let files = Files::new();
    for call in files.calls().iter().filter(|call| call.arguments[0] != "bench") {
        let ended = Command::new("/bin/sh")
            .args(["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-", USER360, "--workspace"])
            .arg(files.place.workspace())
            .args(&call.arguments)
            .envs(files.place.folders())
            .status()
            .unwrap();
        assert_eq!(ended.code(), Some(0), "{call:?}");
    }
}

/// Starts a long command, sends a signal once it works, and waits for its end.
fn signalled(signal: Signal) -> (ExitStatus, Duration, String) {
    let place = Place::empty();
    let out = place.file("large");
    let mut child = pty::headless(&place)
        .args(["sample", "--scale", "2", "--props"])
        .arg(&out)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    // The folder is made when the work begins.
    while !out.exists() {
        assert!(begun.elapsed() < DEADLINE, "nothing is done");
        std::thread::yield_now();
    }
    let sent = Instant::now();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let mut told = String::new();
    io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut told).unwrap();
    let status = child.wait().unwrap();
    let left: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?} stay behind after {told}");
    (status, sent.elapsed(), told)
}

#[test]
fn a_signal_ends_the_work_and_is_told_by_the_exit_code() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let (status, took, told) = signalled(signal);
        assert_eq!(status.code(), Some(code), "{signal:?}: {:?} {told}", status.signal());
        assert!(took < Duration::from_secs(3), "{signal:?} took {took:?}");
    }
}

#[test]
fn exit_codes_are_told_by_help_and_manual() {
    let (help, manual) = (succeeded(user360(&["--help"])), succeeded(user360(&["man"])));
    assert!(help.contains("Exit status:") && manual.contains(".SH \"EXIT STATUS\""), "{help}\n{manual}");
    for code in ["0", "1", "2", "3", "4", "5", "75", "129", "130", "143"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{code}  "))), "{code}\n{help}");
        assert!(manual.contains(&format!("\\fB{code}\\fR")), "{code}\n{manual}");
    }
    assert_eq!(user360(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(user360(&["users", "--no-such-option"]).status.code(), Some(2));
    let sample = sample();
    assert_eq!(user360(&["run", "--input", path(&sample), "--only", "nothing"]).status.code(), Some(2));
}

#[test]
fn what_is_refused_is_told_with_its_owner_and_no_wrong_advice() {
    let folder = tempfile::tempdir().unwrap();
    let missing =
        user360(&["run", "--input", path(&folder.path().join("nowhere")), "--workspace", path(folder.path())]);
    let told = String::from_utf8(missing.stderr).unwrap();
    assert!(!told.contains("--force") && told.contains("nowhere"), "{told}");
}
