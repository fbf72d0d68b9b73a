//! Bytes for the terminal: written at once, without being held up by a terminal that takes none.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::DisableBracketedPaste;
use crossterm::terminal::{EndSynchronizedUpdate, LeaveAlternateScreen};
use crossterm::{cursor, queue};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::ui::ending;

/// Whether the terminal is gone: nothing must be written any more.
static GONE: AtomicBool = AtomicBool::new(false);

/// How long the terminal may take nothing when a signal has asked for the end.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// How often a write that waits looks whether it should go on.
const TURN: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
/// Columns and rows that are drawn on at most: a terminal may claim 65,535 of each, which no memory holds.
const LARGEST: (u16, u16) = (2000, 1000);

/// An error of the terminal.
pub fn terminal(source: io::Error) -> Error {
    Error::Io { path: PathBuf::from("terminal"), source }
}

/// Marks the terminal as gone: whatever happens next, nothing is written to it.
pub fn gone() {
    GONE.store(true, Ordering::SeqCst);
}

/// Whether the terminal is gone.
pub fn is_gone() -> bool {
    GONE.load(Ordering::SeqCst)
}

/// Columns and rows to draw on.
pub fn size() -> Result<(u16, u16)> {
    crossterm::terminal::size().map(|(columns, rows)| drawable(columns, rows)).map_err(terminal)
}

/// What is drawn on of a terminal of this size.
pub(super) fn drawable(columns: u16, rows: u16) -> (u16, u16) {
    (columns.min(LARGEST.0), rows.min(LARGEST.1))
}

/// What undoes the sequences that take the terminal.
pub(super) fn give_back(bytes: &mut Vec<u8>) -> io::Result<()> {
    queue!(bytes, EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show)
}

/// Sends bytes that are no part of a frame: a text for the terminal's clipboard.
pub fn send(bytes: &[u8]) -> Result<()> {
    write_all(bytes).map_err(terminal)
}

/// Writes to the terminal past the standard library's line buffer, which would cut a frame into lines. Waits as long as
/// the terminal takes nothing, unless a signal asks for the end.
pub(super) fn write_all(bytes: &[u8]) -> io::Result<()> {
    write_while(bytes, |waited| ending::asked_to_end().is_none() || waited < LAST_WORDS)
}

/// As [`write_all`], but gives up when the terminal has taken nothing for so long.
pub(super) fn write_within(bytes: &[u8], patience: Duration) -> io::Result<()> {
    write_while(bytes, |waited| waited < patience)
}

fn write_while(mut bytes: &[u8], goes_on: impl Fn(Duration) -> bool) -> io::Result<()> {
    let output = output();
    let mut since = Instant::now();
    while !bytes.is_empty() && !GONE.load(Ordering::SeqCst) {
        match rustix::io::write(output, bytes) {
            Ok(written) => {
                bytes = &bytes[written..];
                since = Instant::now();
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                if !goes_on(since.elapsed()) {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "the terminal takes no more bytes"));
                }
                match poll(&mut [PollFd::new(&output, PollFlags::OUT)], Some(&TURN)) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The terminal on stdout, opened once more so that writing does not block: on stdout itself that would be so for every
/// program that shares it, the shell among them. Where it cannot be opened, it is stdout that blocks.
fn output() -> BorrowedFd<'static> {
    static OPENED: OnceLock<Option<OwnedFd>> = OnceLock::new();
    let stdout = rustix::stdio::stdout();
    let opened = OPENED.get_or_init(|| {
        let name = rustix::termios::ttyname(stdout, Vec::new()).ok()?;
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::open(&name, flags, Mode::empty()).ok()
    });
    opened.as_ref().map_or(stdout, AsFd::as_fd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_larger_than_any_screen_is_drawn_on_in_part() {
        assert_eq!(drawable(80, 24), (80, 24));
        assert_eq!(drawable(0, 0), (0, 0));
        assert_eq!(drawable(u16::MAX, u16::MAX), LARGEST);
    }
}
