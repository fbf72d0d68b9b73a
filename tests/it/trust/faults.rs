//! System calls that fail, do half of what they should, or are the last of the process: `faults.c`, compiled once and
//! preloaded into the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::place::Place;
use crate::unchecked::unchecked;

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: calls are only counted.
    Nothing,
    /// The process is killed before it.
    Kill,
    /// Half of it is written, then the process is killed; a call that writes nothing is as with [`Fault::Kill`].
    Torn,
    /// It fails with this error number.
    Fails(i32),
    /// It and every later one fail with this error number.
    FailsForGood(i32),
    /// A read or write moves half of the bytes.
    Short,
}

/// Input/output error.
pub const EIO: i32 = 5;
/// Permission denied.
pub const EACCES: i32 = 13;
/// No space left on device.
pub const ENOSPC: i32 = 28;

/// Which calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those that change files and folders.
    Write,
    /// Those that look at them.
    Read,
}

/// Calls that do not count: on a file that is open already, whose failure the library that reads tables answers with a
/// panic or without the file's name. A broken disk fails `open` and `read`.
const PASSED_OVER: &str = " stat mmap ";

/// The library to preload; `None` where this machine has no C compiler.
fn library() -> Option<&'static Path> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    LIBRARY
        .get_or_init(|| {
            let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
            if Command::new(&compiler).arg("--version").output().is_err() {
                return None;
            }
            let folder = tempfile::tempdir().unwrap().keep();
            let library = folder.join("faults.so");
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/trust/faults.c");
            // Who asks whether statx exists passes it no path.
            let flags = ["-O1", "-shared", "-fPIC", "-fno-delete-null-pointer-checks", "-Wno-nonnull-compare", "-o"];
            let made = Command::new(&compiler).args(flags).args([&library, &source]).arg("-ldl").output().unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            Some(library)
        })
        .as_deref()
}

/// Whether faults can be made on this machine; says so where they cannot.
pub fn possible() -> bool {
    let possible = library().is_some();
    if !possible {
        unchecked("faults of system calls", "there is no C compiler `cc` to make them with, and CC names no other");
    }
    possible
}

/// Runs the program with a fault at the `at`th call below `below`; the calls that were made, one line each.
pub fn run(
    place: &Place,
    args: &[&str],
    below: &Path,
    (side, fault, at): (Side, Fault, usize),
) -> (Output, Vec<String>) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let trace = place.root().join(format!("trace-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut command = place.command(args);
    command.env("LD_PRELOAD", library().unwrap()).env("TRUST_ROOT", below).env("TRUST_TRACE", &trace);
    command.env("TRUST_SIDE", if side == Side::Read { "read" } else { "write" });
    command.env("TRUST_SKIP", PASSED_OVER).env("TRUST_AT", at.to_string());
    command.env(
        "TRUST_FAULT",
        match fault {
            Fault::Nothing => "nothing",
            Fault::Kill => "kill",
            Fault::Torn => "torn",
            Fault::Fails(_) | Fault::FailsForGood(_) => "refuse",
            Fault::Short => "short",
        },
    );
    if let Fault::Fails(number) | Fault::FailsForGood(number) = fault {
        command.env("TRUST_ERROR", number.to_string());
    }
    if matches!(fault, Fault::FailsForGood(_)) {
        command.env("TRUST_FROM", "1");
    }
    let output = command.output().unwrap();
    let calls = fs::read_to_string(&trace).unwrap_or_default().lines().map(str::to_owned).collect();
    // A process that made no call left no trace.
    let _ = fs::remove_file(&trace);
    (output, calls)
}
