//! A read that fails or comes by half: the answer is the unharmed one, or an error that names the file; never another
//! answer, never a panic.
//!
//! Every call of every reader:
//! `cargo test --locked --test it trust::reads:: -- --include-ignored`

use super::cases::{each, every, hold};
use super::faults::{self, EIO, Fault, Side};
use super::place::{Place, broke, errors};

const READERS: [&[&str]; 7] = [
    &["report", "--format", "json"],
    &["users", "--limit", "5", "--sort", "churn:desc", "--format", "csv"],
    &["user", "261", "--format", "json"],
    &["sql", "select event, count(*) as n from events group by event order by n", "--format", "csv"],
    &["doctor", "--verify"],
    &["users", "--where", "total_events > 3 and segment like '%s'", "--format", "csv"],
    &["export", "--out", "users.csv", "--overwrite"],
];

/// What a reader's answer is: for the doctor, what it says of the workspace.
fn answer(args: &[&str], stdout: &[u8]) -> String {
    let text = String::from_utf8_lossy(stdout).into_owned();
    match args[0] {
        "doctor" => text.lines().filter(|line| line.contains("files  ") || line.contains("run  ")).collect(),
        "export" => String::new(),
        _ => text,
    }
}

fn sweep(args: &[&str], fault: Fault, step: usize) {
    if !faults::possible() {
        return;
    }
    // Nobody writes here: one place serves all cases, but for the file that is exported.
    let place = Place::of_0_1_0();
    let (output, calls) = faults::run(&place, args, &place.workspace(), (Side::Read, Fault::Nothing, 0));
    assert!(output.status.success(), "{}", errors(&output));
    let unharmed = answer(args, &output.stdout);
    let exported = std::fs::read(place.work("users.csv")).ok();
    assert!(calls.len() > 3, "{calls:?}");
    each(&every(step, calls.len()), |&at| {
        let own = (args[0] == "export").then(Place::of_0_1_0);
        let place = own.as_ref().unwrap_or(&place);
        let (output, seen) = faults::run(place, args, &place.workspace(), (Side::Read, fault, at));
        let call = seen.get(at - 1).map_or("a call that was not reached", String::as_str);
        let told = format!("{args:?}, {fault:?} at {call}: {}\n{}", output.status, errors(&output));
        hold(!broke(&output), || format!("it broke\n{told}"))?;
        if output.status.success() {
            hold(answer(args, &output.stdout) == unharmed, || format!("another answer\n{told}"))?;
            let written = own.as_ref().map(|place| std::fs::read(place.work("users.csv")).ok());
            return hold(written.is_none_or(|written| written == exported), || format!("another export\n{told}"));
        }
        hold(fault != Fault::Short, || format!("a short read is no error\n{told}"))?;
        let said = errors(&output) + &String::from_utf8_lossy(&output.stdout);
        hold(said.contains("ws/") || said.contains("ws:"), || format!("no path is told\n{told}"))
    });
}

#[test]
fn a_read_that_fails_is_told_or_harmless() {
    for args in READERS {
        sweep(args, Fault::Fails(EIO), 4);
    }
}

#[test]
fn a_short_read_is_gone_on_with() {
    for args in &READERS[..4] {
        sweep(args, Fault::Short, 5);
    }
}

#[test]
#[ignore = "five minutes: every call of every reader"]
fn every_read_refused_and_short() {
    for args in READERS {
        for fault in [Fault::Fails(EIO), Fault::FailsForGood(EIO), Fault::Short] {
            sweep(args, fault, 1);
        }
    }
}
