//! The real binary in a real pseudo-terminal: every wait is for a condition, with a deadline.

mod place;
mod program;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

pub use place::{Place, Start};
pub use program::Program;

/// The program's binary.
pub const USER360: &str = env!("CARGO_BIN_EXE_user360");
/// No condition takes this long on a machine that is merely slow.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Rows and columns of a small terminal.
pub const SMALL: (u16, u16) = (24, 80);
/// Rows and columns of a large terminal.
pub const LARGE: (u16, u16) = (40, 120);

/// What keys send.
pub const ENTER: &str = "\r";
/// Alone: with a key after it at once, it would be that key with Alt.
pub const ESC: &str = "\u{1b}";
pub const TAB: &str = "\t";
pub const BACK_TAB: &str = "\u{1b}[Z";
pub const UP: &str = "\u{1b}[A";
pub const DOWN: &str = "\u{1b}[B";
pub const RIGHT: &str = "\u{1b}[C";
pub const LEFT: &str = "\u{1b}[D";
/// Ctrl-u: clears a line of text.
pub const CLEAR: &str = "\u{15}";

impl Start {
    pub fn open(self) -> Terminal {
        let pair = native_pty_system().openpty(in_cells(self.size)).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let (rows, columns) = cells(self.size);
        let parser = vt100::Parser::new(rows, columns, 0);
        let opened = Instant::now();
        let child = pair.slave.spawn_command(self.command).unwrap();
        let screen = Arc::new(Shared {
            seen: Mutex::new(Seen { parser, bytes: Vec::new(), last: opened, first: None }),
            changed: Condvar::new(),
        });
        let close = Arc::new(AtomicBool::new(false));
        let reader = {
            let mut reader = pair.master.try_clone_reader().unwrap();
            let (screen, close) = (Arc::clone(&screen), Arc::clone(&close));
            thread::spawn(move || {
                let mut buffer = vec![0; 65536];
                let mut drawn = Vec::new();
                while let Ok(read) = reader.read(&mut buffer) {
                    if read == 0 || close.load(Ordering::SeqCst) {
                        break;
                    }
                    let mut now = screen.lock();
                    now.last = Instant::now();
                    now.first.get_or_insert(Instant::now());
                    drawn.extend_from_slice(&buffer[..read]);
                    now.parser.process(&seen_by_vt100(&mut drawn));
                    now.bytes.extend_from_slice(&buffer[..read]);
                    screen.changed.notify_all();
                }
            })
        };
        let writer = pair.master.take_writer().unwrap();
        let program = Program { child, ended: false };
        Terminal { screen, reader, close, writer, master: pair.master, program, before, opened }
    }
}

fn in_cells((rows, cols): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells((rows, columns): (u16, u16)) -> (NonZeroU16, NonZeroU16) {
    (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(columns).unwrap())
}

/// Around a frame: a terminal shows it whole or not at all.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// What vt100 is given of the bytes so far: no part of a frame, and a column for `\u{fffd}`, for which it draws nothing
/// and every terminal one column. What is cut off at the end stays for the next bytes.
fn seen_by_vt100(drawn: &mut Vec<u8>) -> Vec<u8> {
    let last = |wanted: &[u8]| drawn.windows(wanted.len()).rposition(|window| window == wanted);
    let whole = match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
        (Some(begins), None) => begins,
        (Some(begins), Some(ends)) if ends < begins => begins,
        _ => {
            let cut = |wanted: &[u8]| (1..wanted.len()).rev().find(|length| drawn.ends_with(&wanted[..*length]));
            drawn.len() - cut(FRAME_BEGINS).or(cut("\u{fffd}".as_bytes())).unwrap_or(0)
        }
    };
    let rest = drawn.split_off(whole);
    let whole = std::mem::replace(drawn, rest);
    let mut seen = Vec::with_capacity(whole.len());
    let mut at = 0;
    while at < whole.len() {
        if whole[at..].starts_with("\u{fffd}".as_bytes()) {
            seen.extend_from_slice("▯".as_bytes());
            at += "\u{fffd}".len();
        } else {
            seen.push(whole[at]);
            at += 1;
        }
    }
    seen
}

/// What the program has written so far.
struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    /// When the first bytes came, and the last.
    first: Option<Instant>,
    last: Instant,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Shared {
    /// A wait that failed has told what is wrong: its poison is no second failure.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The program in a terminal of its own.
pub struct Terminal {
    screen: Arc<Shared>,
    reader: JoinHandle<()>,
    close: Arc<AtomicBool>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    pub program: Program,
    before: String,
    opened: Instant,
}

impl Terminal {
    pub fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Makes the terminal larger or smaller.
    pub fn resize(&mut self, size: (u16, u16)) {
        let (rows, columns) = cells(size);
        // What is written from now on is drawn on the new size.
        self.screen.lock().parser.screen_mut().set_size(rows, columns);
        self.master.resize(in_cells(size)).unwrap();
    }

    /// Waits until the screen is as wished and returns its text.
    pub fn wait(&self, what: &str, wished: impl Fn(&vt100::Screen) -> bool) -> String {
        self.wait_within(what, DEADLINE, wished).0
    }

    /// Waits until the screen is as wished; returns its text and when its last bytes came.
    pub fn wait_within(
        &self,
        what: &str,
        deadline: Duration,
        wished: impl Fn(&vt100::Screen) -> bool,
    ) -> (String, Instant) {
        let start = Instant::now();
        let mut now = self.screen.lock();
        while !wished(now.parser.screen()) {
            let Some(left) = deadline.checked_sub(start.elapsed()) else {
                let text = now.parser.screen().contents();
                drop(now);
                panic!("no {what} on\n{text}");
            };
            now = self.screen.changed.wait_timeout(now, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        (now.parser.screen().contents(), now.last)
    }

    /// Whether these words are on the screen now or within a time in which they may as well not come.
    pub fn shows_within(&self, words: &str, time: Duration) -> bool {
        let shown = |seen: &Seen| seen.parser.screen().contents().contains(words);
        let waited = self.screen.changed.wait_timeout_while(self.screen.lock(), time, |seen| !shown(seen));
        shown(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    pub fn wait_for(&self, words: &str) -> String {
        self.wait(words, |screen| screen.contents().contains(words))
    }

    /// Waits until all of these words are on the screen.
    pub fn wait_for_all(&self, words: &[&str]) -> String {
        self.wait(&format!("{words:?}"), |screen| {
            let text = screen.contents();
            words.iter().all(|words| text.contains(words))
        })
    }

    /// Waits until these words are gone from the screen.
    pub fn wait_without(&self, words: &str) -> String {
        self.wait(&format!("screen without {words}"), |screen| !screen.contents().contains(words))
    }

    /// What is asked of the screen as it is now.
    pub fn look<T>(&self, at: impl Fn(&vt100::Screen) -> T) -> T {
        at(self.screen.lock().parser.screen())
    }

    /// Every byte written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.screen.lock().bytes.clone()
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.screen.lock().bytes.len()
    }

    /// From the start of the program to its first bytes.
    pub fn until_first_bytes(&self) -> Option<Duration> {
        Some(self.screen.lock().first?.duration_since(self.opened))
    }

    /// When the program was started.
    pub fn opened(&self) -> Instant {
        self.opened
    }

    pub fn pid(&self) -> Pid {
        self.program.pid()
    }

    /// Waits until the program has really stopped: what it writes before that comes too early to wake it on.
    pub fn wait_stopped(&self) {
        let pid = self.pid();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let stopped = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT);
            // Nobody waits any more where the time is up.
            let _ = tell.send(stopped);
        });
        let status = told.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("did not stop within {DEADLINE:?}"));
        assert!(status.unwrap().is_some_and(|status| status.stopped()));
    }

    pub fn termios(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap())
    }

    /// The terminal's modes as they were before the program started.
    pub fn before(&self) -> &str {
        &self.before
    }

    /// Bytes written within a time in which nothing should happen.
    pub fn bytes_while_idle(&self, time: Duration) -> usize {
        let now = self.screen.lock();
        let before = now.bytes.len();
        let waited = self.screen.changed.wait_timeout_while(now, time, |now| now.bytes.len() == before);
        let (now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        now.bytes.len() - before
    }

    /// Waits until nothing was written for a while.
    pub fn come_to_rest(&self) {
        let start = Instant::now();
        while self.bytes_while_idle(Duration::from_millis(700)) > 0 {
            assert!(start.elapsed() < DEADLINE, "the screen does not come to rest");
        }
    }

    /// Waits for the program's end and for the terminal to be as it was before.
    pub fn assert_restored(mut self) -> ExitStatus {
        let status = self.program.ends(DEADLINE);
        self.wait("main screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        assert_eq!(self.termios(), self.before);
        status
    }

    /// Closes the terminal under the program, whatever it is doing.
    pub fn vanish(self) -> Program {
        let Self { reader, close, writer, master, program, .. } = self;
        // The reader holds the terminal open too: a byte written from the other side wakes it and lets it go.
        close.store(true, Ordering::SeqCst);
        let name = master.tty_name().unwrap();
        let other_side = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        rustix::io::write(&other_side, b"\0").unwrap();
        reader.join().unwrap();
        drop((other_side, writer, master));
        program
    }
}

/// A row's text with the column where each of its characters stands.
pub fn row_with_columns(screen: &vt100::Screen, row: u16) -> Vec<(u16, String)> {
    let (_, columns) = screen.size();
    let cells = (0..columns.get()).filter_map(|column| Some((column, screen.cell(row, column)?)));
    let seen = cells.filter(|(_, cell)| !cell.is_wide_continuation());
    seen.map(|(column, cell)| (column, if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() }))
        .collect()
}

/// The column where words begin in a row.
pub fn column_of(screen: &vt100::Screen, row: u16, words: &str) -> Option<u16> {
    let cells = row_with_columns(screen, row);
    (0..cells.len()).find_map(|first| {
        let text: String = cells[first..].iter().map(|(_, cell)| cell.as_str()).collect();
        text.starts_with(words).then(|| cells[first].0)
    })
}

/// The program without a terminal and without a workspace, with the settings of a place.
pub fn bare(place: &Place) -> process::Command {
    let mut command = process::Command::new(USER360);
    command.envs(place.folders());
    command
}

/// The program without a terminal, with the settings of a place, on its workspace.
pub fn headless(place: &Place) -> process::Command {
    let mut command = bare(place);
    command.args(["--workspace".as_ref(), place.workspace().as_os_str()]);
    command
}

/// Whether bytes hold others.
pub fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The path as it is typed.
pub fn typed(path: &Path) -> &str {
    path.to_str().unwrap()
}
