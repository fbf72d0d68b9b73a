//! The terminal: taken on entry, given back on every way out, and watched for its disappearance.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::layout::Rect;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::watch;

use super::app::App;
use super::frame::shortened;
use super::scroll::Scrolling;
use super::view::view;
use crate::error::{Error, Result};

/// Whether the terminal is ours and must be given back.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the terminal is gone: nothing must be written any more.
static GONE: AtomicBool = AtomicBool::new(false);

/// The exit code after a hang-up: 128 + SIGHUP.
const HUNG_UP: i32 = 129;
/// How long the program may take to end by itself after a hang-up.
const GRACE: Duration = Duration::from_millis(700);

/// Refuses to start where there is no terminal to draw on.
pub fn check() -> Result<()> {
    let headless = "use the headless commands: user360 report, users, user ID, sql, export";
    if !(rustix::termios::isatty(rustix::stdio::stdin()) && rustix::termios::isatty(rustix::stdio::stdout())) {
        return Err(Error::Missing(format!(
            "the workbench needs a terminal on stdin and stdout; without one, {headless}"
        )));
    }
    match std::env::var("TERM") {
        Ok(name) if name == "dumb" => {
            Err(Error::Missing(format!("the terminal is dumb (TERM=dumb) and cannot show the workbench; {headless}")))
        }
        _ => Ok(()),
    }
}

/// Holds the terminal; dropping it gives it back.
#[derive(Debug)]
pub struct Guard;

impl Guard {
    /// Takes the terminal. A panic on this thread gives it back first and then says where the log is.
    pub fn take(log: Option<PathBuf>) -> Result<Self> {
        install_panic_hook(log);
        enter()?;
        Ok(Self)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, no cursor.
pub fn enter() -> Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode().map_err(terminal)?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide).map_err(terminal)
}

/// Gives the terminal back; does nothing where it is not ours or gone.
pub fn leave() {
    if !TAKEN.swap(false, Ordering::SeqCst) || GONE.load(Ordering::SeqCst) {
        return;
    }
    let written =
        execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    if let Err(error) = written.and_then(|()| disable_raw_mode()) {
        tracing::warn!(%error, "the terminal could not be given back");
    }
}

/// An error of the terminal.
pub fn terminal(source: io::Error) -> Error {
    Error::Io { path: PathBuf::from("terminal"), source }
}

fn install_panic_hook(log: Option<PathBuf>) {
    static ONCE: Once = Once::new();
    let screen = thread::current().id();
    ONCE.call_once(move || {
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            tracing::error!(%panic, "panic");
            // A stage that panics becomes a failed stage: the screen goes on, and so it keeps its terminal.
            if TAKEN.load(Ordering::SeqCst) && thread::current().id() != screen {
                return;
            }
            leave();
            earlier(panic);
            if let Some(log) = &log {
                // Nothing is left to be done when even this cannot be written.
                let _ = writeln!(io::stderr(), "the log is {}", log.display());
            }
        }));
    });
}

/// Marks the terminal as gone: whatever happens next, nothing is written to it.
pub fn gone() {
    GONE.store(true, Ordering::SeqCst);
}

/// Watches for the terminal's disappearance on a thread of its own, for crossterm's reader spins on a dead terminal
/// and would keep every task from noticing. Tells the event loop; if that does not end the program, ends it.
pub fn watch_hang_up() -> Result<watch::Receiver<bool>> {
    let (tell, told) = watch::channel(false);
    let second = Timespec { tv_sec: 1, tv_nsec: 0 };
    let lost = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    thread::Builder::new()
        .name("hang-up watch".to_owned())
        .spawn(move || {
            loop {
                let stdin = rustix::stdio::stdin();
                let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
                let found = poll(&mut watched, Some(&second));
                if matches!(found, Ok(n) if n > 0) && watched[0].revents().intersects(lost) {
                    break;
                }
                if tell.is_closed() {
                    return;
                }
                // Without a sleep, a poll that fails at once would spin.
                if found.is_err() {
                    thread::sleep(Duration::from_secs(1));
                }
            }
            gone();
            tell.send_replace(true);
            thread::sleep(GRACE);
            std::process::exit(HUNG_UP);
        })
        .map_err(terminal)?;
    Ok(told)
}

/// Collects a frame, so that it leaves as one write.
#[derive(Clone, Default)]
pub(super) struct Collector(pub(super) Rc<RefCell<Vec<u8>>>);

impl Write for Collector {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing: the frame leaves when it is whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What frames are drawn on.
pub struct Screen {
    terminal: Terminal<Scrolling<Collector>>,
    frame: Collector,
}

impl Screen {
    /// The whole terminal.
    pub fn new() -> Result<Self> {
        let frame = Collector(Rc::new(RefCell::new(Vec::with_capacity(64 * 1024))));
        let terminal = Terminal::new(Scrolling::new(frame.clone())).map_err(self::terminal)?;
        Ok(Self { terminal, frame })
    }

    /// Draws what changed since the last frame: one write inside a synchronised update.
    pub fn draw(&mut self, app: &App) -> Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate).map_err(terminal)?;
        self.terminal.draw(|frame| view(app, frame)).map_err(terminal)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate).map_err(terminal)?;
        let mut frame = self.frame.0.borrow_mut();
        let written = write_all(&shortened(&frame));
        frame.clear();
        written.map_err(terminal)
    }

    /// Forgets what was drawn, so that the next frame draws everything.
    pub fn forget(&mut self) -> Result<()> {
        let size = self.terminal.size().map_err(terminal)?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height)).map_err(terminal)
    }
}

/// Sends bytes that are no part of a frame: a text for the terminal's clipboard.
pub fn send(bytes: &[u8]) -> Result<()> {
    write_all(bytes).map_err(terminal)
}

/// Writes to stdout past the standard library's line buffer, which would cut a frame into lines.
fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() && !GONE.load(Ordering::SeqCst) {
        match rustix::io::write(rustix::stdio::stdout(), bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let stdout = rustix::stdio::stdout();
                poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
