//! Killed at a write, refused a write, written by half: the last complete run stays current and whole, the next run
//! succeeds and leaves nothing behind.
//!
//! The ordinary tests try every fifth call. Every call of every case:
//! `cargo test --locked --test it trust::writes:: -- --include-ignored`

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::OnceLock;

use user360::store::Workspace;

use super::cases::{each, every, hold};
use super::faults::{self, EACCES, EIO, ENOSPC, Fault, Side};
use super::place::{Place, broke, copy, errors, fixture};
use super::state::{beside, names, whole};

/// Something that writes to the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// The first run of a workspace.
    First,
    /// A run beside the one that is there.
    Again,
    /// A run that pushes out both that are there.
    Prune,
    /// A file for marketing, over an older one.
    Export,
}

const CASES: [Case; 4] = [Case::First, Case::Again, Case::Prune, Case::Export];

impl Case {
    fn args(self) -> &'static [&'static str] {
        match self {
            Self::First => &["run", "--input", "log", "--only", "segments", "--config", "quick.toml"],
            Self::Again => &[
                "run",
                "--input",
                "log",
                "--only",
                "segments",
                "--config",
                "quick.toml",
                "--force",
                "--accept-settings",
            ],
            Self::Prune => {
                &["run", "--input", "log", "--only", "segments", "--config", "one.toml", "--force", "--accept-settings"]
            }
            Self::Export => &["export", "--out", "users.csv", "--overwrite"],
        }
    }
}

/// What the exported file holds before.
const OLDER: &str = "an older list\n";

/// A place as it is before a case: the workspaces are made once.
fn place(case: Case) -> Place {
    let place = Place::new();
    copy(&fixture("0.1.0/log"), &place.work("log"));
    fs::write(place.work("quick.toml"), "[segments]\nk = 3\nrestarts = 1\n[run]\nkeep = 3\n").unwrap();
    fs::write(place.work("one.toml"), "[segments]\nk = 3\nrestarts = 1\n[run]\nkeep = 1\n").unwrap();
    match case {
        Case::First => {}
        Case::Again => copy(&one_run(), &place.workspace()),
        Case::Prune | Case::Export => copy(&fixture("0.1.0/workspace"), &place.workspace()),
    }
    if case == Case::Export {
        fs::write(place.work("users.csv"), OLDER).unwrap();
    }
    place
}

/// The workspace of the fixture without its older run.
fn one_run() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap().keep();
        copy(&fixture("0.1.0/workspace"), &folder);
        let runs = Workspace::open(&folder).runs().unwrap();
        fs::remove_dir_all(folder.join("runs").join(&runs[1])).unwrap();
        let manifest = serde_json::json!({"format": 1, "current": runs[0], "runs": [runs[0]]});
        fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
        folder
    })
    .clone()
}

/// Tries a fault at every `step`th call of a case.
fn sweep(case: Case, fault: Fault, step: usize) {
    if !faults::possible() {
        return;
    }
    let unharmed = place(case);
    let (output, calls) = faults::run(&unharmed, case.args(), &unharmed.work(""), (Side::Write, Fault::Nothing, 0));
    assert!(output.status.success(), "{}", errors(&output));
    assert!(calls.len() > 4, "{calls:?}");
    let usual = names(&unharmed.workspace());
    each(&every(step, calls.len()), |&at| {
        let place = place(case);
        let before = whole(&place.workspace())?;
        let (output, seen) = faults::run(&place, case.args(), &place.work(""), (Side::Write, fault, at));
        let call = seen.get(at - 1).map_or("a call that was not reached", String::as_str);
        let told = format!("{case:?}, {fault:?} at {call}: {}\n{}", output.status, errors(&output));
        after(&place, case, fault, &output, before.as_deref()).map_err(|what| format!("{what}\n{told}"))?;
        // What comes next succeeds, and tidies up.
        let next = place.run(case.args());
        hold(next.status.success(), || format!("the next one: {}\n{told}", errors(&next)))?;
        whole(&place.workspace()).map_err(|what| format!("after the next one: {what}\n{told}"))?;
        let left: Vec<String> = names(&place.workspace()).difference(&usual).cloned().chain(beside(&place)).collect();
        hold(left.is_empty(), || format!("left behind: {left:?}\n{told}"))
    });
}

/// What must hold right after the fault.
fn after(place: &Place, case: Case, fault: Fault, output: &Output, before: Option<&str>) -> Result<(), String> {
    let now = whole(&place.workspace())?;
    let kept = now.as_deref() == before;
    if let (Some(before), Case::Again | Case::Export) = (before, case) {
        let runs = Workspace::open(place.workspace()).runs().unwrap_or_default();
        hold(runs.iter().any(|run| run == before), || "the last complete run is gone".to_owned())?;
    }
    hold(before.is_none() || now.is_some(), || "no run is current any more".to_owned())?;
    if case == Case::Export {
        hold(kept, || "an export changed the current run".to_owned())?;
        let text = fs::read_to_string(place.work("users.csv")).unwrap_or_default();
        let complete = text.lines().count() == 104 && text.ends_with('\n');
        hold(text == OLDER || complete, || format!("half an export of {} bytes", text.len()))?;
    }
    if matches!(fault, Fault::Kill | Fault::Torn) {
        return Ok(());
    }
    hold(!broke(output), || "it broke".to_owned())?;
    let told = errors(output);
    if output.status.success() {
        let done = case == Case::Export || !kept;
        return hold(done, || "success without a new run".to_owned());
    }
    hold(fault != Fault::Short, || "a short write is no error".to_owned())?;
    hold(output.status.code() == Some(1), || "a broken disk is exit code 1".to_owned())?;
    let reasons = ["Input/output error", "No space left on device", "Permission denied"];
    hold(reasons.iter().any(|reason| told.contains(reason)), || "no reason is told".to_owned())?;
    hold(["ws/", "ws:", "users.csv", "./: "].iter().any(|path| told.contains(path)), || "no path is told".to_owned())
}

#[test]
fn killed_at_a_write_the_last_complete_run_stays() {
    for case in CASES {
        sweep(case, Fault::Kill, 5);
    }
}

#[test]
fn killed_within_a_write_the_last_complete_run_stays() {
    for case in [Case::Again, Case::Export] {
        sweep(case, Fault::Torn, 11);
    }
}

#[test]
fn a_write_that_fails_once_is_told_or_harmless() {
    for case in CASES {
        sweep(case, Fault::Fails(EIO), 5);
    }
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    for case in CASES {
        sweep(case, Fault::FailsForGood(ENOSPC), 7);
    }
}

#[test]
fn a_short_write_is_gone_on_with() {
    sweep(Case::Again, Fault::Short, 7);
}

#[test]
#[ignore = "ten minutes: every call of every case"]
fn every_write_killed_torn_refused_and_short() {
    let faults = [
        Fault::Kill,
        Fault::Torn,
        Fault::Fails(EIO),
        Fault::Fails(ENOSPC),
        Fault::Fails(EACCES),
        Fault::FailsForGood(EIO),
        Fault::FailsForGood(ENOSPC),
        Fault::Short,
    ];
    for case in CASES {
        for fault in faults {
            sweep(case, fault, 1);
        }
    }
}
