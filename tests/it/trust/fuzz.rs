//! Logs, queries, settings and keys that nobody would send, through the program itself: no panic, no abort, exit codes
//! as documented, counts that add up.
//!
//! Twenty times as many: `cargo test --locked --test it trust::fuzz:: -- --include-ignored`

use std::fs;
use std::process::Output;

use crossterm::event::KeyCode;
use serde_json::Value;
use user360::store::{Workspace, sql};
use user360::ui::command::Context;

use super::cases::{Dice, each, hold};
use super::mutants::{mutant, query};
use super::place::{Place, broke, errors, fixture, patiently};
use crate::bench::Bench;

/// It ended with a documented code, and told why where it failed.
fn ended_well(args: &[&str], output: &Output) -> Result<(), String> {
    let told = || format!("{args:?}: {}\n{}", output.status, errors(output));
    hold(!broke(output) && matches!(output.status.code(), Some(0..=3)), told)?;
    hold(output.status.success() || !errors(output).trim().is_empty(), told)
}

fn log(seed: u64) -> Result<(), String> {
    let place = Place::new();
    let mut dice = Dice::new(seed);
    let known = if dice.below(2) == 0 {
        fs::read(fixture("0.1.0/log/events.csv")).unwrap()
    } else {
        crate::init::german().into_bytes()
    };
    fs::write(place.work("log.csv"), mutant(&mut dice, &known)).unwrap();
    let init = ["init", "log.csv", "--yes", "--out", "shop.toml"];
    let looked = patiently(&place, &init)?;
    ended_well(&init, &looked).map_err(|what| format!("seed {seed}, {what}"))?;
    let mut run = vec!["run", "--input", "log.csv", "--only", "features", "--format", "json"];
    if looked.status.success() {
        run.extend(["--config", "shop.toml"]);
    }
    let output = patiently(&place, &run)?;
    ended_well(&run, &output).map_err(|what| format!("seed {seed}, {what}"))?;
    if !output.status.success() {
        return Ok(());
    }
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("seed {seed}: {error}"))?;
    let events = &report["input"]["events"];
    let number = |of: &Value| of.as_u64().unwrap_or(0);
    let all = |of: &Value| of.as_object().into_iter().flat_map(|all| all.values()).map(number).sum::<u64>();
    let sum = number(&events["accepted"])
        + number(&events["duplicates"])
        + number(&events["replaced"])
        + all(&events["rejected"])
        + all(&events["ignored"]);
    hold(number(&events["read"]) == sum && sum > 0, || format!("seed {seed}: the counts do not add up: {events}"))
}

#[test]
fn mutated_logs_end_well_and_their_counts_add_up() {
    each(&(0..16).collect::<Vec<u64>>(), |&seed| log(seed));
}

fn queries(count: usize, seed: u64) {
    let run = Workspace::open(fixture("0.1.0/workspace")).current().unwrap().unwrap();
    each(&(0..count as u64).collect::<Vec<u64>>(), |&number| {
        let query = query(&mut Dice::new(seed + number));
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sql(&run, &query, 50)));
        match answer {
            Err(_) => Err(format!("query {number} panicked: {query}")),
            Ok(Ok(rows)) => hold(rows.height() <= 50, || format!("query {number} has no limit: {query}")),
            Ok(Err(error)) => {
                hold(!error.to_string().trim().is_empty(), || format!("query {number} fails without a reason: {query}"))
            }
        }
    });
}

#[test]
fn queries_are_answered_or_refused() {
    queries(250, 0);
}

/// Settings with one number of the configuration replaced by an extreme one.
fn odd_settings() -> Vec<(usize, &'static str)> {
    let text = fs::read_to_string(fixture("0.1.0/config.toml")).unwrap();
    let numbers = text.lines().enumerate().filter(|(_, line)| {
        let value = line.split_once(" = ").filter(|_| !line.starts_with('#')).map(|(_, value)| value);
        value.is_some_and(|value| value.parse::<f64>().is_ok())
    });
    let lines: Vec<usize> = numbers.map(|(line, _)| line).collect();
    assert!(lines.len() > 40, "{lines:?}");
    let odd =
        ["0", "-1", "1000000", "1000000000", "9223372036854775807", "1e300", "-1e300", "nan", "inf", "1e-300", "0.0"];
    lines.into_iter().flat_map(|line| odd.map(|value| (line, value))).collect()
}

fn setting(line: usize, value: &str) -> Result<(), String> {
    let place = Place::of_0_1_0();
    fs::remove_dir_all(place.workspace()).unwrap();
    let text = fs::read_to_string(fixture("0.1.0/config.toml")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let key = lines[line].split_once(" = ").unwrap().0.to_owned();
    lines[line] = format!("{key} = {value}");
    fs::write(place.work("config.toml"), lines.join("\n")).unwrap();
    let args = ["run", "--input", "log", "--config", "config.toml"];
    let output = patiently(&place, &args).map_err(|what| format!("{key} = {value}: {what}"))?;
    ended_well(&args, &output).map_err(|what| format!("{key} = {value}: {what}"))
}

#[test]
fn odd_settings_end_well() {
    let some: Vec<(usize, &str)> = odd_settings().into_iter().step_by(19).collect();
    each(&some, |&(line, value)| setting(line, value));
}

/// Keys that a person could press, text among them.
fn press(bench: &mut Bench, dice: &mut Dice) {
    const NAMED: [&str; 26] = [
        "<enter>",
        "<esc>",
        "<tab>",
        "<backtab>",
        "<up>",
        "<down>",
        "<left>",
        "<right>",
        "<home>",
        "<end>",
        "<pageup>",
        "<pagedown>",
        "<backspace>",
        "<delete>",
        "<ctrl-d>",
        "<ctrl-u>",
        "<ctrl-f>",
        "<ctrl-b>",
        "<ctrl-r>",
        "<alt-b>",
        "<f1>",
        "<f7>",
        "<space>",
        "churn > 0.5",
        "select * from users",
        "item 42",
    ];
    // What would write a file into the tester's folder is left again.
    if matches!(bench.app.context(), Context::Export | Context::Log) && dice.below(3) == 0 {
        bench.press(KeyCode::Esc);
        return;
    }
    let writing = |bench: &Bench, key: &str| {
        matches!(bench.app.context(), Context::Export | Context::Log) && matches!(key, "<enter>" | "w")
    };
    match dice.below(3) {
        0 => {
            let key = dice.one(&NAMED);
            if !writing(bench, key) {
                bench.strokes(key);
            }
        }
        1 => {
            // Every letter but the ones that leave or write a file.
            let letter = char::from(b'!' + dice.below(94) as u8);
            if !matches!(letter, 'q' | 'Q') && !writing(bench, &letter.to_string()) {
                bench.press(KeyCode::Char(letter));
            }
        }
        _ => {
            let digit = char::from(b'1' + dice.below(8) as u8);
            bench.press(KeyCode::Char(digit));
        }
    }
}

fn keys(seed: u64, count: usize) {
    let mut dice = Dice::new(seed);
    let (width, height) = (20 + dice.below(150) as u16, 5 + dice.below(50) as u16);
    let mut bench = Bench::with_two_runs(width, height);
    for number in 0..count {
        press(&mut bench, &mut dice);
        if number % 8 == 0 {
            bench.lines();
        }
        if bench.quit {
            // Some dialog offers to leave; what was held comes back.
            bench = Bench::new(width, height);
        }
    }
    // However deep it went, the way out is there.
    for _ in 0..40 {
        bench.press(KeyCode::Esc);
    }
    bench.lines();
}

#[test]
fn random_keys_end_nothing() {
    for seed in 0..4 {
        keys(seed, 600);
    }
}

#[test]
#[ignore = "ten minutes: twenty times as many"]
fn twenty_times_as_many() {
    each(&(1_000..1_320).collect::<Vec<u64>>(), |&seed| log(seed));
    queries(5_000, 10_000);
    each(&odd_settings(), |&(line, value)| setting(line, value));
    for seed in 100..120 {
        keys(seed, 2_500);
    }
}
