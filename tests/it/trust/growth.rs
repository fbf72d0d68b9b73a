//! A log that grows, cut anywhere, with runs killed in between: in the end every file is, byte for byte, that of one run
//! on the whole log.
//!
//! Forty logs: `cargo test --locked --test it trust::growth:: -- --include-ignored`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use user360::store::Workspace;

use super::cases::{Dice, each, hold};
use super::place::{Place, copy, errors, fixture, tree};

const RUN: [&str; 5] = ["run", "--input", "log", "--config", "config.toml"];

/// Every file of the current run but its record.
fn files(workspace: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let run = Workspace::open(workspace).runs().unwrap().remove(0);
    let mut files = tree(&workspace.join("runs").join(run));
    files.remove(Path::new("run.json"));
    files
}

/// The events in some order, some twice, some that nobody can read.
fn log(dice: &mut Dice) -> Vec<u8> {
    let text = fs::read_to_string(fixture("0.1.0/log/events.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    if dice.below(2) == 0 {
        for at in (1..rows.len()).rev() {
            rows.swap(at, dice.below(at + 1));
        }
    }
    for _ in 0..dice.below(30) {
        let again = rows[dice.below(rows.len())];
        let row = *[again, "x,y,z", "1433193132535,,view,5,", "\"1433193132535\",\"7\",\"view\",\"5\",\"\"", ""]
            .get(dice.below(5))
            .unwrap();
        rows.insert(dice.below(rows.len()), row);
    }
    format!("{header}\n{}\n", rows.join("\n")).into_bytes()
}

fn grow(seed: u64) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let place = Place::new();
    copy(&fixture("0.1.0/log"), &place.work("log"));
    fs::copy(fixture("0.1.0/config.toml"), place.work("config.toml")).unwrap();
    let whole = log(&mut dice);
    let mut cuts: Vec<usize> = (0..2).map(|_| whole.len() / 3 + dice.below(whole.len() * 2 / 3)).collect();
    if dice.below(2) == 0 {
        let end_of_row = |cut: usize| whole[..cut].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
        cuts = cuts.into_iter().map(end_of_row).collect();
    }
    cuts.push(whole.len());
    cuts.sort_unstable();
    for cut in cuts {
        fs::write(place.work("log/events.csv"), &whole[..cut]).unwrap();
        if dice.below(2) == 0 {
            let mut run = place.command(&RUN).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // The kill is to come at any moment, not at one that can be waited for.
            thread::sleep(Duration::from_millis(dice.below(400) as u64));
            run.kill().unwrap();
            run.wait().unwrap();
        }
        let output = place.run(&RUN);
        hold(output.status.success(), || format!("seed {seed}: {}", errors(&output)))?;
    }
    let grown = files(&place.workspace());
    fs::rename(place.workspace(), place.work("grown")).unwrap();
    let output = place.run(&RUN);
    hold(output.status.success(), || format!("seed {seed}: {}", errors(&output)))?;
    let full = files(&place.workspace());
    let differ: Vec<&PathBuf> =
        full.keys().chain(grown.keys()).filter(|name| full.get(*name) != grown.get(*name)).collect();
    hold(differ.is_empty() && full.len() > 10, || format!("seed {seed}: {differ:?} differ from those of one run"))
}

#[test]
fn a_grown_log_gives_the_bytes_of_a_full_run() {
    each(&[1, 2, 3, 4, 5, 6], |&seed| grow(seed));
}

#[test]
#[ignore = "two minutes: forty logs"]
fn forty_grown_logs() {
    each(&(100..140).collect::<Vec<u64>>(), |&seed| grow(seed));
}
