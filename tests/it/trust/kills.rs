//! Killed at any moment: the last complete run stays current and whole, the next run tidies up.
//!
//! Two hundred kills: `cargo test --locked --test it trust::kills:: -- --include-ignored`

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use super::cases::{Dice, each, hold};
use super::place::{Place, copy, errors, fixture};
use super::state::{beside, names, whole};

const RUN: [&str; 6] = ["run", "--input", "log", "--force", "--config", "config.toml"];

/// Kills `kills` runs at moments that `seed` draws, one after the other in one workspace.
fn kill(seed: u64, kills: usize) -> Result<(), String> {
    let place = Place::new();
    copy(&fixture("0.1.0/log"), &place.work("log"));
    fs::copy(fixture("0.1.0/config.toml"), place.work("config.toml")).unwrap();
    let start = Instant::now();
    let first = place.run(&RUN);
    let takes = start.elapsed();
    hold(first.status.success(), || errors(&first))?;
    let mut dice = Dice::new(seed);
    for kill in 0..kills {
        let before = whole(&place.workspace())?;
        let mut run = place.command(&RUN).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The kill is to come at any moment, not at one that can be waited for.
        thread::sleep(takes.mul_f64(dice.below(1_000) as f64 / 1_000.0));
        run.kill().unwrap();
        run.wait().unwrap();
        let told = || format!("seed {seed}, kill {kill}");
        let now = whole(&place.workspace()).map_err(|what| format!("{}: {what}", told()))?;
        hold(now.is_some() && before.is_some(), || format!("{}: no run is current", told()))?;
        let read = place.run(&["users", "--limit", "1"]);
        hold(read.status.success(), || format!("{}: {}", told(), errors(&read)))?;
    }
    let next = place.run(&RUN);
    hold(next.status.success(), || format!("seed {seed}, the next run: {}", errors(&next)))?;
    whole(&place.workspace())?;
    let left: Vec<String> = names(&place.workspace()).into_iter().filter(|name| name.starts_with("runs/")).collect();
    hold(left.is_empty() && beside(&place).is_empty(), || format!("seed {seed}: left behind {left:?}"))
}

#[test]
fn killed_at_any_moment_the_last_complete_run_stays() {
    each(&[1, 2, 3, 4], |&seed| kill(seed, 4));
}

#[test]
#[ignore = "three minutes: two hundred kills"]
fn two_hundred_kills() {
    each(&(11..31).collect::<Vec<u64>>(), |&seed| kill(seed, 10));
}
