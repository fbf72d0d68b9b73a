//! stdout and stderr of every command. Nothing in `cli` writes to either but through this file, so that no byte of a log
//! reaches a terminal active, a closed pipe ends quietly and a full disk is an error.
//!
//! What fails on stdout is kept and told by [`finish`], at the end: a reader who has seen enough of a report keeps no
//! file from being written. What fails on stderr can be told nowhere.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::text::{Door, Form, data_json, shown, shown_lines};

/// The first failure of stdout.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// A line on stdout, whatever is in it.
macro_rules! say {
    ($($words:tt)*) => { $crate::cli::door::line(&format!($($words)*)) };
}

/// A line on stderr, whatever is in it.
macro_rules! note {
    ($($words:tt)*) => { $crate::cli::door::narrate(&format!($($words)*)) };
}

pub(in crate::cli) use {note, say};

fn failed() -> MutexGuard<'static, Option<io::Error>> {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to stdout as it is, unless it has failed before.
fn out(bytes: &[u8]) {
    let mut failed = failed();
    if failed.is_some() {
        return;
    }
    let mut stdout = io::stdout().lock();
    *failed = stdout.write_all(bytes).and_then(|()| stdout.flush()).err();
}

/// One line on stdout: line breaks in it are escaped too. [`say`] formats it.
pub fn line(words: &str) {
    out(format!("{}\n", shown(words)).as_bytes());
}

/// Lines on stdout.
pub fn text(lines: &str) {
    out(shown_lines(lines).as_bytes());
}

/// JSON on stdout, with a line break at its end.
pub fn json(json: &str) {
    if io::stdout().is_terminal() {
        out(format!("{}\n", crate::text::shown_json(json)).as_bytes());
    } else {
        out(format!("{}\n", data_json(json)).as_bytes());
    }
}

/// A text of the program's own, such as a shell script, on stdout: to a pipe or file as it is.
pub fn program(text: &str) {
    if io::stdout().is_terminal() { self::text(&text.replace('\t', "    ")) } else { out(text.as_bytes()) }
}

/// A stream of data to stdout: as it is to a pipe or a file, through the door to a terminal.
pub fn data(form: Form, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = if io::stdout().is_terminal() {
        let mut door = Door::new(stdout, form);
        write(&mut door).and_then(|()| door.flush().map_err(Error::io("stdout")))
    } else {
        let mut stdout = stdout;
        write(&mut stdout).and_then(|()| stdout.flush().map_err(Error::io("stdout")))
    };
    // Whatever the stream was called below, here it is stdout.
    written.map_err(|error| match error {
        Error::Io { source, .. } => Error::Io { path: "stdout".into(), source },
        other => other,
    })
}

/// One line on stderr: line breaks in it are escaped too. [`note`] formats it.
pub fn narrate(words: &str) {
    err(&format!("{}\n", shown(words)));
}

/// Lines on stderr, the second and those below it set in: no value with a line break can pose as a line of its own.
pub fn narrate_lines(words: &str) {
    let mut lines = words.trim_end().lines();
    let mut whole = shown(lines.next().unwrap_or_default()).into_owned();
    for line in lines {
        whole.push('\n');
        if !line.starts_with(' ') && !line.is_empty() {
            whole.push_str("  ");
        }
        whole.push_str(&shown(line));
    }
    whole.push('\n');
    err(&whole);
}

fn err(text: &str) {
    // One write, so that lines of several threads stay whole. What cannot be told here can be told nowhere.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Puts the words of a panic through the door.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        narrate_lines(&panic.to_string());
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            err(&shown_lines(&format!("{trace}\n")));
        }
    }));
}

/// The first failure of stdout, if it failed. A reader that has seen enough (`| head`) is no failure.
pub fn finish() -> Result<()> {
    match failed().take() {
        Some(source) if source.kind() != ErrorKind::BrokenPipe => Err(Error::Io { path: "stdout".into(), source }),
        _ => Ok(()),
    }
}

/// Whether this is the closed pipe of a reader that has seen enough.
pub fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { path, source } if path == Path::new("stdout") && source.kind() == ErrorKind::BrokenPipe)
}
