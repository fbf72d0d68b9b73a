//! An analyst at the keyboard: the real binary in a real pseudo-terminal, driven by keys alone.

mod breakdown;
mod editor;
mod export;
mod looks;
mod odd_ids;
mod pages;
mod panes;
mod resize;
mod session;

use crate::pty::Terminal;
use crate::sample::{ALL_USERS, LOADED};

/// Goes to the Users pane of the small shop.
fn to_users(terminal: &mut Terminal) {
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
}

/// Ends the program from a pane.
fn quit(mut terminal: Terminal) {
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
