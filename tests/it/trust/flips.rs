//! One bit of a committed run is flipped: every reader gives the unharmed answer or an error that names the file.
//!
//! Twenty flips in each file: `cargo test --locked --test it trust::flips:: -- --include-ignored`

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use user360::store::Workspace;

use super::cases::{Dice, each, hold};
use super::place::{Place, broke, copy, errors, fixture, tree};

/// A workspace that this program has written, with every table and model.
fn unharmed() -> &'static (PathBuf, String) {
    static MADE: OnceLock<(PathBuf, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = Place::new();
        copy(&fixture("0.1.0/log"), &place.work("log"));
        for name in ["config.toml", "campaign.csv"] {
            fs::copy(fixture("0.1.0").join(name), place.work(name)).unwrap();
        }
        place.answer(&[
            "run",
            "--input",
            "log",
            "--config",
            "config.toml",
            "--campaign",
            "campaign.csv",
            "--date",
            "end",
        ]);
        let run = Workspace::open(place.workspace()).runs().unwrap().remove(0);
        let folder = tempfile::tempdir().unwrap().keep();
        copy(&place.workspace(), &folder);
        (folder, run)
    })
}

/// A copy of it.
fn place() -> Place {
    let place = Place::new();
    copy(&unharmed().0, &place.workspace());
    place
}

/// Readers of every table at once.
const READERS: [&[&str]; 4] = [
    &["report", "--format", "json"],
    &["users", "--limit", "1000", "--format", "csv"],
    &["user", "261", "--format", "json"],
    &["users", "--where", "churn > 0.5 and segment like '%s'", "--sort", "ltv:desc", "--format", "json"],
];

fn of_table(table: &str) -> Vec<String> {
    ["sql", &format!("select * from {table}"), "--limit", "100000", "--format", "csv"].map(str::to_owned).into()
}

/// The readers that could show what a file says.
fn readers(file: &str) -> Vec<Vec<String>> {
    let mut readers: Vec<Vec<String>> =
        READERS.iter().map(|args| args.iter().map(ToString::to_string).collect()).collect();
    match file.strip_suffix(".parquet") {
        // What models keep for later runs is no table of a query.
        Some(path) if path.contains("/models/") => readers.clear(),
        Some(path) => readers.push(of_table(path.rsplit('/').next().unwrap())),
        None if file.ends_with("manifest.json") || file.ends_with("run.json") => readers.push(of_table("churn")),
        // Nobody shows what is in it: that the doctor finds it is enough.
        None => readers.clear(),
    }
    readers
}

fn said(place: &Place, reader: &[String]) -> std::process::Output {
    place.run(&reader.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Flips `flips` bits in each file, one after the other, at places that `seed` draws; the last one near the file's end.
fn flip(flips: usize, seed: u64) {
    let (folder, run) = unharmed();
    let mut files: Vec<String> = vec!["manifest.json".to_owned()];
    for (path, contents) in tree(&folder.join("runs").join(run)) {
        if contents.is_some_and(|contents| !contents.is_empty()) {
            files.push(format!("runs/{run}/{}", path.display()));
        }
    }
    assert!(files.len() > 15, "{files:?}");
    let whole = place();
    let mut answers: HashMap<Vec<String>, Vec<u8>> = HashMap::new();
    for file in &files {
        for reader in readers(file) {
            let output = said(&whole, &reader);
            assert!(output.status.success(), "{reader:?}: {}", errors(&output));
            answers.insert(reader, output.stdout);
        }
    }
    let mut dice = Dice::new(seed);
    let mut cases = Vec::new();
    for file in &files {
        let length = fs::metadata(folder.join(file)).unwrap().len() as usize;
        for flip in 0..flips {
            let tail = length.min(64);
            let at = if flip + 1 == flips { length - 1 - dice.below(tail) } else { dice.below(length) };
            cases.push((file.clone(), at, dice.below(8)));
        }
    }
    each(&cases, |(file, at, bit)| {
        let place = place();
        let path = place.workspace().join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[*at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        for reader in readers(file) {
            let output = said(&place, &reader);
            let told = || format!("{file} byte {at} bit {bit}, {reader:?}: {}\n{}", output.status, errors(&output));
            hold(!broke(&output), || format!("it broke\n{}", told()))?;
            if output.status.success() {
                hold(output.stdout == answers[&reader], || format!("another answer without a word\n{}", told()))?;
                continue;
            }
            let error = errors(&output);
            // A manifest that names another run is told by what is not there.
            let named = error.contains(name) || (name == "manifest.json" && error.contains("ws/runs/"));
            hold(named, || format!("the file is not named\n{}", told()))?;
            hold(!error.contains("no run yet"), || format!("the run is denied\n{}", told()))?;
        }
        if name == "manifest.json" {
            return Ok(());
        }
        let doctor = place.run(&["doctor", "--verify"]);
        let told = String::from_utf8_lossy(&doctor.stdout).into_owned() + &errors(&doctor);
        hold(!doctor.status.success() && told.contains(name), || {
            format!("{file} byte {at} bit {bit}: the doctor does not find it\n{told}")
        })
    });
}

#[test]
fn a_flipped_bit_is_told_or_harmless() {
    flip(2, 7);
}

#[test]
#[ignore = "three minutes: twenty flips in each file"]
fn twenty_flips_in_each_file() {
    flip(20, 8);
}
