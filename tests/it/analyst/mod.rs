//! An analyst at the keyboard: the real binary in a real pseudo-terminal, driven by keys alone.

mod breakdown;
mod export;
mod looks;
mod odd_ids;
mod pages;
mod panes;
mod resize;
mod session;

use crate::pty::Terminal;

/// Goes to the Users pane of the small shop.
fn to_users(terminal: &mut Terminal) {
    terminal.wait_for("auc 0.7314");
    terminal.send("2");
    terminal.wait_for("40 users");
}

/// Ends the program from a pane.
fn quit(mut terminal: Terminal) {
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
