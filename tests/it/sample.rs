//! Real runs, each made once per test process: what charts, screens and terminals are tested on. Most are on the small
//! log of `tests/fixtures/sample-v1`, on which values hang that tests know; [`shop`] is on `sample-data`.
//!
//! The folders given here are only read; [`copy`] gives a test one of its own. What no two runs have in common – the
//! time, the seconds and the memory that a stage took – is the same in each, so that screens can be compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use polars::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use user360::store::{Run, Workspace};

use crate::headless::{path, sample, user360};

/// Users of the small log.
pub const USERS: usize = 1830;
/// How a screen counts them.
pub const ALL_USERS: &str = "1,830 users";
/// What the Overview says of those at risk once the run is loaded, as far as it stands on a narrow screen too.
pub const LOADED: &str = "of 458 active with";
/// The same of the later one of [`two_runs`].
pub const LATER: &str = "of 323 active with";
/// The segments, the largest first.
pub const SEGMENTS: [&str; 5] =
    ["Lapsed one-time browsers", "New browsers", "Browsers, several items", "Cart abandoners", "Returning shoppers"];
/// Users of each segment.
pub const SIZES: [usize; 5] = [1036, 311, 278, 131, 74];

/// A workspace with one run, every stage done.
pub fn workspace() -> &'static Path {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &MADE.get_or_init(|| made(&sample(), Before::Nothing, &[])).1
}

/// The same on `sample-data`, whose campaign lies beside its log.
pub fn shop() -> &'static Path {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &MADE.get_or_init(|| made(&sample_data(), Before::Nothing, &[])).1
}

pub fn sample_data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

/// The same, and a later run with other settings: four segments, and churn after 20 days.
pub fn two_runs() -> &'static Path {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let settings = tempfile::tempdir().unwrap();
        let file = settings.path().join("config.toml");
        fs::write(&file, "[churn]\ninactive_days = 20\n[segments]\nk = 4\nrestarts = 1\n").unwrap();
        made(&sample(), Before::Kept, &["--config", path(&file)])
    });
    &made.1
}

/// A workspace whose only run has no uplift: its campaign reached too few of the users.
pub fn without_uplift() -> &'static Path {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let settings = tempfile::tempdir().unwrap();
        let campaign = settings.path().join("campaign.csv");
        fs::write(&campaign, "user,treatment,outcome\n0,1,1\n1,0,0\n2,1,0\n3,0,1\n").unwrap();
        made(&sample(), Before::Taken, &["--campaign", path(&campaign), "--date", "end"])
    });
    &made.1
}

/// Copies a workspace into a folder and returns the id of its current run.
pub fn copy(workspace: &Path, to: &Path) -> String {
    copy_folder(workspace, to);
    current(to).info().id.clone()
}

/// The current run of a workspace.
pub fn current(workspace: &Path) -> Run {
    Workspace::open(workspace).current().unwrap().unwrap()
}

/// The run before the current one of [`two_runs`].
pub fn earlier() -> String {
    current(workspace()).info().id.clone()
}

/// What a run goes on from.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    /// The run of [`workspace`], whose stages are taken over.
    Taken,
    /// The same, which stays beside it.
    Kept,
}

/// A column of numbers of the run of [`workspace`].
pub fn column(table: &str, name: &str) -> Vec<f64> {
    let frame = current(workspace()).table(table).unwrap();
    let values = frame.column(name).unwrap().cast(&DataType::Float64).unwrap();
    values.f64().unwrap().iter().map(Option::unwrap).collect()
}

/// What the run of [`workspace`] recorded of a stage.
pub fn record(stage: &str) -> Value {
    record_of(workspace(), stage)
}

/// What the current run of a workspace recorded of a stage.
pub fn record_of(workspace: &Path, stage: &str) -> Value {
    let run = current(workspace);
    let mut records = run.info().stages.iter().map(|record| serde_json::to_value(record).unwrap());
    records.find(|record| record["id"] == stage).unwrap()
}

/// Runs the program on a log.
fn made(log: &Path, before: Before, options: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (raw, shop) = (folder.path().join("raw"), folder.path().join("shop"));
    if before != Before::Nothing {
        copy_folder(workspace(), &raw);
    }
    if before == Before::Kept {
        copy_folder(workspace(), &shop);
    }
    let run = ["run", "--accept-settings", "--input", path(log), "--workspace", path(&raw)];
    let ran = user360(&[&run, options].concat());
    // One of them loses a stage that its earlier run had.
    assert!(matches!(ran.status.code(), Some(0 | 5)), "{}", String::from_utf8_lossy(&ran.stderr));
    let made = current(&raw);
    let mut info = made.info().clone();
    info.created_ms = info.as_of;
    for stage in info.stages.iter_mut() {
        stage.seconds = 1.5;
        stage.peak_rss_bytes = Some(50 << 20);
    }
    let run = Workspace::open(&shop).writer().unwrap().begin().unwrap();
    for file in info.files() {
        run.reuse(&made, file).unwrap();
    }
    run.id().clone_into(&mut info.id);
    run.commit(&info, 3).unwrap();
    drop(made);
    fs::remove_dir_all(raw).unwrap();
    (folder, shop)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn the_sample_is_as_it_is_called_here() {
    assert_eq!(current(workspace()).info().users, USERS as u64);
    let active = current(workspace()).info().figures.as_ref().unwrap().at_risk.value.unwrap().active;
    assert_eq!(format!("of {active} active with"), LOADED);
    let segments = record("segments");
    let profiles = segments["detail"]["profiles"].as_array().unwrap();
    let names: Vec<&str> = profiles.iter().map(|profile| profile["name"].as_str().unwrap()).collect();
    let sizes: Vec<u64> = profiles.iter().map(|profile| profile["size"].as_u64().unwrap()).collect();
    assert_eq!((names, sizes), (SEGMENTS.to_vec(), SIZES.map(|size| size as u64).to_vec()));
    assert_eq!(Workspace::open(two_runs()).runs().unwrap().len(), 2);
    let skipped = serde_json::to_value(current(without_uplift()).info()).unwrap();
    assert_eq!(Workspace::open(without_uplift()).runs().unwrap().len(), 1);
    let uplift = skipped["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == "uplift").unwrap();
    assert_eq!(uplift["state"], "skipped");
    assert!(uplift["reason"].as_str().unwrap().contains("hardly any untreated user"), "{uplift}");
}

#[test]
fn the_shop_has_a_campaign_and_something_for_every_stage() {
    let info = serde_json::to_value(current(shop()).info()).unwrap();
    let stages = info["stages"].as_array().unwrap();
    assert!(stages.iter().all(|stage| stage["state"] == "done"), "{info}");
    let uplift = record_of(shop(), "uplift");
    assert_eq!(uplift["metrics"]["simulated"], false);
    let notes = uplift["notes"].to_string();
    assert!(notes.contains("the campaign is campaign.csv, which lies in the input folder"), "{notes}");
    assert!(notes.contains("voucher: users differ"), "what is planted is found: {notes}");
    // Names stand beside the log and are no part of it.
    let notes = record_of(shop(), "ingest")["notes"].to_string();
    assert!(!notes.contains("not read"), "{notes}");
    assert!(
        notes.contains("customers.csv tells of ") && notes.contains("categories.csv names 18 of 18 categories"),
        "{notes}"
    );
}
