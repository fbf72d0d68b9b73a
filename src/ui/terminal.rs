//! The terminal: taken on entry, written to, given back on every way out.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossterm::event::EnableBracketedPaste;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use ratatui::Terminal;
use ratatui::layout::Rect;
use tokio::sync::watch;

use crate::config::UiSettings;
use crate::error::{Error, Result};
use crate::ui::app::App;
use crate::ui::ending::HUNG_UP;
use crate::ui::frame::shortened;
use crate::ui::output::{terminal, write_all};
use crate::ui::scroll::Scrolling;
use crate::ui::view::view;
use crate::ui::{ending, keeper, output};

/// Whether the terminal is ours and must be given back.
static TAKEN: AtomicBool = AtomicBool::new(false);

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

/// Terminals whose fonts hold little beside ASCII.
const OF_ASCII: [&str; 8] = ["linux", "vt52", "vt100", "vt102", "vt220", "vt320", "ansi", "cons25"];

/// The settings of the screen for a terminal of this name: one that draws no more than ASCII has the theme for it, unless
/// another is set.
pub fn settings_for(settings: UiSettings, term: Option<&str>) -> UiSettings {
    let plain = settings.theme == UiSettings::default().theme && term.is_some_and(|name| OF_ASCII.contains(&name));
    if plain { UiSettings { theme: "ascii".to_owned(), ..settings } } else { settings }
}

/// Holds the terminal; dropping it gives it back.
#[derive(Debug)]
pub struct Guard;

impl Guard {
    /// Takes the terminal. A panic on this thread gives it back first and then says where the log is; where the program
    /// cannot give it back any more, its keeper does.
    pub fn take(log: Option<PathBuf>) -> Result<Self> {
        install_panic_hook(log);
        keeper::start();
        let guard = Self;
        enter()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
        keeper::stop();
    }
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, no cursor.
pub fn enter() -> Result<()> {
    let before = rustix::termios::tcgetattr(rustix::stdio::stdin()).map_err(|error| terminal(error.into()))?;
    keeper::taken(&before);
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode().map_err(terminal)?;
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide).map_err(terminal)?;
    write_all(&bytes).map_err(terminal)
}

/// Gives the terminal back; does nothing where it is not ours or gone.
pub fn leave() {
    if !TAKEN.swap(false, Ordering::SeqCst) || output::is_gone() {
        return;
    }
    let mut bytes = Vec::new();
    let written = output::give_back(&mut bytes).and_then(|()| write_all(&bytes));
    // The modes come back even where the terminal takes no more bytes.
    match disable_raw_mode().and(written) {
        Ok(()) => keeper::given_back(),
        Err(error) => tracing::warn!(%error, "the terminal could not be given back"),
    }
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
                let _ = writeln!(io::stderr(), "the log is {}", crate::text::shown_path(log));
            }
        }));
    });
}

/// The terminal has disappeared: ends the program if the event loop, which is told, does not.
pub fn lost(tell: &watch::Sender<bool>) {
    output::gone();
    tell.send_replace(true);
    ending::end_within(GRACE, HUNG_UP);
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

    /// Draws what changed since the last frame: one write inside a synchronised update. A terminal that has another size
    /// than the app knows of is left as it is: everything is still laid out for the old size, and the news of the new one
    /// is on its way.
    pub fn draw(&mut self, app: &App) -> Result<()> {
        if self.terminal.size().map_err(terminal)? != app.size {
            return Ok(());
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_draws_ascii_alone_gets_the_theme_for_it() {
        let theme = |theme: &str, term| {
            settings_for(UiSettings { theme: theme.to_owned(), ..UiSettings::default() }, term).theme
        };
        assert_eq!(theme("default", Some("linux")), "ascii");
        assert_eq!(theme("default", Some("vt100")), "ascii");
        assert_eq!(theme("default", Some("xterm-256color")), "default");
        assert_eq!(theme("default", None), "default");
        assert_eq!(theme("mono", Some("linux")), "mono", "what is set stays");
    }
}
