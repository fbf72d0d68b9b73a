//! Signals and deaths: whatever ends the program, the terminal is as it was before.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::pty::{DEADLINE, Place, SMALL, Terminal};
use crate::sample::{ALL_USERS, LOADED};
use crate::unchecked::unchecked;

/// Why a keeper cannot be looked for.
const NO_CHILDREN: &str = "the system does not list a process's children in /proc";

fn open(place: &Place) -> Terminal {
    let terminal = place.open(SMALL);
    terminal.wait_for(LOADED);
    terminal
}

#[test]
fn a_signal_gives_the_terminal_back_and_ends_with_its_number() {
    for signal in [
        Signal::INT,
        Signal::QUIT,
        Signal::HUP,
        Signal::TERM,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
    ] {
        let terminal = open(&Place::shop());
        kill_process(terminal.pid(), signal).unwrap();
        let code = terminal.assert_restored().exit_code();
        assert_eq!(code, 128 + signal.as_raw().unsigned_abs(), "{signal:?}");
    }
}

#[test]
fn a_request_to_end_keeps_the_session() {
    for signal in [Signal::TERM, Signal::HUP] {
        let place = Place::shop();
        let mut terminal = open(&place);
        terminal.send("2");
        terminal.wait_for(ALL_USERS);
        terminal.send("jj ");
        terminal.wait_for("1 marked");
        kill_process(terminal.pid(), signal).unwrap();
        terminal.assert_restored();

        let terminal = place.open(SMALL);
        let screen = terminal.wait_for("1 marked");
        assert!(screen.contains("User360 › Users"), "{signal:?}\n{screen}");
    }
}

/// The children of a process, where the system tells them.
fn children(of: Pid) -> Option<Vec<Pid>> {
    let of = of.as_raw_nonzero();
    let told = fs::read_to_string(format!("/proc/{of}/task/{of}/children")).ok()?;
    told.split_whitespace().map(|pid| Pid::from_raw(pid.parse().unwrap())).collect()
}

#[test]
fn a_death_that_nothing_can_catch_gives_the_terminal_back() {
    // A stack that overflows and an allocation that fails end in ABRT.
    for signal in [Signal::KILL, Signal::ABORT, Signal::ILL, Signal::TRAP] {
        let terminal = open(&Place::shop());
        let keepers = children(terminal.pid());
        kill_process(terminal.pid(), signal).unwrap();
        assert!(!terminal.assert_restored().success(), "{signal:?}");
        match keepers {
            Some(keepers) => {
                assert_eq!(keepers.len(), 1, "{signal:?}");
                ends(keepers[0]);
            }
            None => unchecked("the end of the keeper", NO_CHILDREN),
        }
    }
}

#[test]
fn nothing_is_left_of_a_program_that_was_left() {
    let mut terminal = open(&Place::shop());
    let keepers = children(terminal.pid());
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    let Some(keepers) = keepers else { return unchecked("that no keeper is left", NO_CHILDREN) };
    assert_eq!(keepers.len(), 1);
    // It has ended and was waited for before the program itself has ended.
    assert!(!is_there(keepers[0]));
}

/// Whether a process is there, and more than a name nobody has asked for.
fn is_there(pid: Pid) -> bool {
    let state = || fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok();
    test_kill_process(pid).is_ok() && state().is_none_or(|stat| !stat.contains(") Z "))
}

/// Waits for the end of a process that is not a child.
fn ends(pid: Pid) {
    let start = std::time::Instant::now();
    while is_there(pid) {
        assert!(start.elapsed() < DEADLINE, "{pid:?} is still there");
        // There is nothing to wait on: it is another's child.
        std::thread::sleep(Duration::from_millis(5));
    }
}
