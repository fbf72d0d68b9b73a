//! The program and its terminal: how it takes it, gives it back, stops, goes on, and does without.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Signal, kill_process};

use crate::pty::{self, CLEAR, Place, SMALL};
use crate::sample::{ALL_USERS, LOADED};
use crate::unchecked::unchecked;

#[test]
fn opens_sorts_filters_drills_down_and_gives_the_terminal_back() {
    let place = Place::shop();
    let mut terminal = place.open((24, 100));
    terminal.wait_for(LOADED);
    terminal.wait("alternate screen", |screen| {
        screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste()
    });
    assert_ne!(terminal.termios(), terminal.before(), "raw mode");
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal.send("llss");
    terminal.wait_for("Likely to leave ▼");
    terminal.send("fchurm > 0.5\r");
    terminal.wait_for("did you mean churn?");
    terminal.send(CLEAR);
    terminal.send("churn > 0.5 and segment = 'Cart abandoners'\r");
    let screen = terminal.wait_for("where churn > 0.5");
    assert!(screen.contains("of 1,830 users"), "{screen}");
    terminal.send("g\r");
    terminal.wait_for("Why so likely to leave");
    terminal.send("q");
    terminal.wait_for("where churn > 0.5");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn keys_pasted_at_once_all_count() {
    let place = Place::shop();
    let mut terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal.send(&"j".repeat(25));
    terminal.wait_for("row 26");
    terminal.send("\u{1b}[200~2q\u{1b}[201~k");
    terminal.wait_for("row 25");
    terminal.send("\u{3}");
    assert!(terminal.assert_restored().success());
}

#[test]
fn nothing_is_written_while_idle() {
    let place = Place::shop();
    let mut terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    // What was under way may still arrive, but it comes to rest.
    terminal.come_to_rest();
    assert_eq!(terminal.bytes_while_idle(Duration::from_millis(1500)), 0);
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn a_request_to_terminate_gives_the_terminal_back() {
    let place = Place::shop();
    let terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    kill_process(terminal.pid(), Signal::TERM).unwrap();
    terminal.assert_restored();
}

#[test]
fn stops_and_goes_on() {
    let place = Place::shop();
    let mut terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal.send("\u{1a}");
    terminal.wait("main screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    terminal.wait_stopped();
    kill_process(terminal.pid(), Signal::CONT).unwrap();
    terminal.wait("alternate screen", |screen| screen.alternate_screen() && screen.contents().contains(LOADED));
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn states_are_told_apart_without_colours() {
    let place = Place::shop();
    let mut terminal = place.start().environment("NO_COLOR", "1").open();
    terminal.wait_for(LOADED);
    let coloured = |screen: &vt100::Screen| {
        let (rows, columns) = SMALL;
        (0..rows).any(|row| (0..columns).any(|at| screen.cell(row, at).unwrap().fgcolor() != vt100::Color::Default))
    };
    terminal.wait("finished stage", |screen| screen.contents().contains("✓ 7 of 7 stages done") && !coloured(screen));
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn without_a_terminal_it_names_the_headless_commands() {
    let place = Place::empty();
    let told = pty::headless(&place).stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(1), "{words}");
    assert!(words.contains("needs a terminal") && words.contains("user360 report"), "{words}");
    assert!(told.stdout.is_empty());

    let dumb = place.start().environment("TERM", "dumb").open();
    dumb.wait_for("TERM=dumb");
    assert_eq!(dumb.assert_restored().exit_code(), 1);
}

#[test]
fn a_terminal_that_disappears_while_a_key_is_on_its_way_ends_the_program_within_two_seconds() {
    let place = Place::shop();
    let mut terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.vanish().ends(Duration::from_secs(2));
}

/// Whether a signal tells of the hang-up, or only the dead terminal itself.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    BySignal,
    ByNothing,
}

/// The terminal of a program at rest is closed: the program ends in time, without spinning, and keeps its session.
fn the_terminal_vanishes(told: Told) {
    let place = Place::shop();
    let start = match told {
        Told::BySignal => place.start(),
        Told::ByNothing => place.start().out_of_reach_of_signals(),
    };
    let mut terminal = start.open();
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal.come_to_rest();
    terminal.send("jj ");
    terminal.wait_for("1 marked");
    let before = terminal.program.cpu();
    let mut program = terminal.vanish();
    program.is_over(Duration::from_secs(2));
    match (before, program.cpu()) {
        (Some(before), Some(after)) => {
            let used = after.checked_sub(before).unwrap();
            assert!(used < Duration::from_millis(500), "{used:?} of CPU time to end");
        }
        _ => unchecked("CPU time", "there is no /proc"),
    }
    program.ends(Duration::from_secs(2));

    let mut terminal = place.open(SMALL);
    let screen = terminal.wait_for("1 marked");
    let marked = screen.lines().find(|line| line.contains('◆')).unwrap();
    assert!(screen.contains("User360 › Users") && marked.contains(" 2 "), "{screen}");
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn a_hang_up_ends_the_program_within_two_seconds_and_keeps_the_session() {
    the_terminal_vanishes(Told::BySignal);
}

#[test]
fn a_terminal_that_disappears_without_a_signal_ends_the_program_within_two_seconds_and_keeps_the_session() {
    the_terminal_vanishes(Told::ByNothing);
}
