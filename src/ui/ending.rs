//! The program's end: what has asked for it, and that nothing holds it up.

use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

/// The exit code after a hang-up.
pub(super) const HUNG_UP: u8 = 128 + 1;

/// How long the program may take to end by itself once a signal asks for it.
const GRACE: Duration = Duration::from_millis(1500);

/// The exit code that a signal has asked for, and 0 before.
static ASKED: AtomicU8 = AtomicU8::new(0);

/// A signal asks for the end: from now on nothing waits for the terminal, and soon for nothing.
pub(super) fn ask(signal: Signal) {
    let code = exit_code(signal);
    if ASKED.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        end_within(GRACE, code);
    }
}

/// The exit code, if a signal has asked for the end.
pub(super) fn asked_to_end() -> Option<u8> {
    Some(ASKED.load(Ordering::SeqCst)).filter(|code| *code != 0)
}

/// The exit code of a program that a signal has ended, as shells tell it.
pub(super) fn exit_code(signal: Signal) -> u8 {
    u8::try_from(128 + signal.as_raw()).unwrap_or(u8::MAX)
}

/// Ends the process with this code if it has not ended by itself until then: a thread that hangs holds nobody up.
pub(super) fn end_within(time: Duration, code: u8) {
    let spawned = thread::Builder::new().name("last call".to_owned()).spawn(move || {
        thread::sleep(time);
        std::process::exit(code.into());
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "nobody ends the program if it hangs");
    }
}
