//! Logs that come by standard input, of any format.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{COLUMNS, Place, csv, gzip, parquet, rows, workbook, zip, zips};
use crate::headless::{path, succeeded};
use crate::pty;

fn user360(place: &Place, args: &[&str], input: impl Into<Stdio>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        .env("HOME", place.0.path())
        .env("XDG_CONFIG_HOME", place.path("config"))
        .env("XDG_STATE_HOME", place.path("state"))
        .stdin(input)
        .output()
        .unwrap()
}

fn report(place: &Place, workspace: &Path) -> Value {
    let args = ["report", "--format", "json", "--workspace", path(workspace)];
    serde_json::from_str(&succeeded(user360(place, &args, Stdio::null()))).unwrap()
}

/// The events of the current run.
fn events(workspace: &Path) -> Vec<u8> {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    fs::read(workspace.join("runs").join(manifest["current"].as_str().unwrap()).join("events.parquet")).unwrap()
}

#[test]
fn any_format_may_come() {
    let place = Place::new().file("log.csv", csv(&rows(0)));
    let first = place.path("of-file");
    let only = ["--only", "ingest", "--workspace"];
    let named = ["run", "--input", &place.path("log.csv").display().to_string()].map(str::to_owned);
    let args: Vec<&str> = named.iter().map(String::as_str).chain(only).chain([path(&first)]).collect();
    succeeded(user360(&place, &args, Stdio::null()));
    let packed = zip(&[zips::file("log.csv", csv(&rows(3)))]);
    let bytes = [
        csv(&rows(1)).into_bytes(),
        gzip(csv(&rows(2)).as_bytes()),
        packed,
        parquet(&rows(4)),
        workbook::of(&[("Orders", &COLUMNS, &rows(5))]),
    ];
    for (at, bytes) in bytes.into_iter().enumerate() {
        let (place, workspace) = (Place::new().file("bytes", bytes), tempfile::tempdir().unwrap());
        let args = [&["run", "--input", "-"], &only[..], &[path(workspace.path())]].concat();
        succeeded(user360(&place, &args, File::open(place.path("bytes")).unwrap()));
        assert!(events(&first) == events(workspace.path()), "{at}");
        let notes = report(&place, workspace.path())["stages"][0]["notes"].to_string();
        assert!(notes.contains("were read from standard input; it is read whole by every run"), "{notes}");
        let names: Vec<_> = fs::read_dir(workspace.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".scratch")), "{names:?}");
    }
}

#[test]
fn settings_are_proposed_from_it_and_name_it() {
    let more = [rows(0), vec![(230, 101, false, 900, 100, 1)]].concat();
    let place = Place::new().file("log.csv.gz", gzip(csv(&rows(0)).as_bytes())).file("more.csv", csv(&more));
    let workspace = place.path("workspace");
    let given = |name: &str| File::open(place.path(name)).unwrap();
    let told =
        succeeded(user360(&place, &["init", "-", "--yes", "--workspace", path(&workspace)], given("log.csv.gz")));
    assert!(told.contains("customer_id"), "{told}");
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.contains("input = \"-\""), "{settings}");
    let run = ["run", "--only", "ingest", "--workspace", path(&workspace)];
    succeeded(user360(&place, &run, given("log.csv.gz")));
    let first = report(&place, &workspace);
    assert_eq!(first["input"]["events"]["accepted"], 200);
    succeeded(user360(&place, &run, given("log.csv.gz")));
    assert_eq!(report(&place, &workspace)["run"], first["run"], "equal bytes are known again");
    succeeded(user360(&place, &run, given("more.csv")));
    let grown = report(&place, &workspace);
    assert_eq!(grown["input"]["events"]["accepted"], 201);
    let notes = grown["stages"][0]["notes"].to_string();
    assert!(notes.contains("read whole: what comes by standard input"), "{notes}");

    succeeded(user360(&place, &["add", "-", "--workspace", path(&workspace)], given("more.csv")));
    assert_eq!(fs::read_dir(workspace.join("inbox")).unwrap().count(), 1);
}

#[test]
fn what_is_no_log_is_told_by_its_name() {
    let place =
        Place::new().file("log.csv", "nothing\nof,the,kind\n").file("cut.gz", &gzip(csv(&rows(0)).as_bytes())[..400]);
    let workspace = place.path("workspace");
    let run = ["run", "--input", "-", "--workspace", path(&workspace)];
    let told = |input: Stdio| {
        let output = user360(&place, &run, input);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(told(Stdio::null()).contains("standard input: is empty"));
    for name in ["log.csv", "cut.gz"] {
        let said = told(File::open(place.path(name)).unwrap().into());
        assert!(said.contains("standard input") && !said.contains(".scratch"), "{said}");
    }
    assert!(!workspace.join("user360.toml").exists());
}

#[test]
fn a_terminal_is_refused() {
    let place = pty::Place::empty();
    let terminal = place.start().arguments(&["run", "--input", "-"]).open();
    terminal.wait_for_all(&["is the terminal", "zcat"]);
}
