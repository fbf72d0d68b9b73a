//! What a test cannot check on this machine is said, so that nothing passes unseen.

use std::io::Write;
use std::thread;

/// Says on stderr what the running test leaves unchecked, and why. The test harness keeps back what `println!` and
/// `eprintln!` write in a test that passes, but not this.
pub fn unchecked(what: &str, why: &str) {
    let thread = thread::current();
    let told = format!("{}: not checked: {what}, for {why}\n", thread.name().unwrap_or("a test"));
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}
