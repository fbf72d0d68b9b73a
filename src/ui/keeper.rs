//! The keeper: a child that gives the terminal back where the program cannot, because it was killed or has aborted.
//!
//! It is this program again, under another name, and waits at a pipe whose other end only the workbench holds: when the
//! system closes that end and the terminal is still taken, the keeper sets the modes of before, leaves the alternate
//! screen, shows the cursor, and ends. It has a session of its own, so that no signal meant for the workbench's process
//! group reaches it and it may set the terminal's modes from the background; it keeps no file open but the terminal.

use std::ffi::OsStr;
use std::io::{self, PipeWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::ui::output;

/// The name under which the program is the keeper.
const NAME: &str = "user360-terminal-keeper";
/// How long a terminal that takes no bytes is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Ends what a frame or a text for the clipboard was cut off in.
const UNFINISHED: &[u8] = b"\x1b\\\x1b[0m";

/// Whether this binary can be the keeper: only the program's own `main` asks.
static SERVES: AtomicBool = AtomicBool::new(false);
/// The keeper of this process' terminal.
static KEEPER: Mutex<Option<Keeper>> = Mutex::new(None);

struct Keeper {
    child: Child,
    tell: PipeWriter,
}

/// What the workbench tells: the modes that raw mode changes, as they were before and as they are since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    taken: bool,
    before: Modes,
    raw: Modes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Modes {
    input: u32,
    output: u32,
    local: u32,
    least: u8,
    time: u8,
}

impl Modes {
    #[allow(clippy::unnecessary_cast, reason = "wider on other systems than Linux")]
    fn of(termios: &Termios) -> Self {
        Self {
            input: termios.input_modes.bits() as u32,
            output: termios.output_modes.bits() as u32,
            local: termios.local_modes.bits() as u32,
            least: termios.special_codes[SpecialCodeIndex::VMIN],
            time: termios.special_codes[SpecialCodeIndex::VTIME],
        }
    }

    #[allow(clippy::useless_conversion, reason = "wider on other systems than Linux")]
    fn set(self, termios: &mut Termios) {
        termios.input_modes = InputModes::from_bits_retain(self.input.into());
        termios.output_modes = OutputModes::from_bits_retain(self.output.into());
        termios.local_modes = LocalModes::from_bits_retain(self.local.into());
        termios.special_codes[SpecialCodeIndex::VMIN] = self.least;
        termios.special_codes[SpecialCodeIndex::VTIME] = self.time;
    }

    fn bytes(self) -> [u8; 14] {
        let mut bytes = [0; 14];
        for (at, bits) in [self.input, self.output, self.local].into_iter().enumerate() {
            bytes[4 * at..4 * at + 4].copy_from_slice(&bits.to_ne_bytes());
        }
        bytes[12] = self.least;
        bytes[13] = self.time;
        bytes
    }

    fn from_bytes(bytes: &[u8; 14]) -> Self {
        let bits = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Self { input: bits(0), output: bits(4), local: bits(8), least: bytes[12], time: bytes[13] }
    }
}

impl Told {
    const LENGTH: usize = 29;

    fn bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[0] = self.taken.into();
        bytes[1..15].copy_from_slice(&self.before.bytes());
        bytes[15..].copy_from_slice(&self.raw.bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Self {
        let modes = |at: usize| {
            let mut part = [0; 14];
            part.copy_from_slice(&bytes[at..at + 14]);
            Modes::from_bytes(&part)
        };
        Self { taken: bytes[0] != 0, before: modes(1), raw: modes(15) }
    }
}

/// To be asked first of all by `main`: serves as the keeper and returns its exit code where this process was started as
/// one, and otherwise allows [`start`] to start one.
pub fn serve_if_asked() -> Option<ExitCode> {
    if std::env::args_os().next().as_deref() != Some(OsStr::new(NAME)) {
        SERVES.store(true, Ordering::SeqCst);
        return None;
    }
    // It fails for the leader of a process group, which has what it asks for unless someone plays with names.
    let _ = rustix::process::setsid();
    serve();
    Some(ExitCode::SUCCESS)
}

/// Waits for the workbench's end and gives the terminal back if it is still taken then.
fn serve() {
    let mut told = None;
    let mut record = [0; Told::LENGTH];
    // Half a record or an error is the workbench's end as well.
    while io::stdin().read_exact(&mut record).is_ok() {
        told = Some(Told::from_bytes(&record));
    }
    let Some(told) = told.filter(|told| told.taken) else { return };
    let terminal = rustix::stdio::stdout();
    // The terminal may be gone, and there is nobody to tell.
    if let Ok(mut now) = tcgetattr(terminal)
        // Other modes than the workbench's are someone else's by now: a shell's that was quicker.
        && Modes::of(&now) == told.raw
    {
        told.before.set(&mut now);
        let _ = tcsetattr(terminal, OptionalActions::Now, &now);
    }
    let mut bytes = UNFINISHED.to_vec();
    if output::give_back(&mut bytes).is_ok() {
        let _ = output::write_within(&bytes, PATIENCE);
    }
}

/// Starts the keeper. The workbench does without where that fails.
pub(super) fn start() {
    if !SERVES.load(Ordering::SeqCst) {
        return;
    }
    match spawn() {
        Ok(keeper) => drop(put(Some(keeper))),
        Err(error) => tracing::warn!(%error, "nobody gives the terminal back if the program is killed"),
    }
}

fn spawn() -> io::Result<Keeper> {
    let (read, tell) = io::pipe()?;
    // A copy that no program started later inherits.
    let terminal = rustix::stdio::stdout().try_clone_to_owned()?;
    let start = |program: &Path| -> io::Result<Child> {
        Command::new(program)
            .arg0(NAME)
            .current_dir("/")
            .stdin(read.try_clone()?)
            .stdout(Stdio::from(terminal.try_clone()?))
            .stderr(Stdio::null())
            .spawn()
    };
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
    // A binary that was replaced since the start has no name any more.
    let child = start(&own).or_else(|_| start(Path::new("/proc/self/exe")))?;
    Ok(Keeper { child, tell })
}

fn put(keeper: Option<Keeper>) -> Option<Keeper> {
    match KEEPER.lock() {
        Ok(mut held) => std::mem::replace(&mut *held, keeper),
        Err(_) => None,
    }
}

/// Tells the keeper that the terminal is about to be taken, from these modes.
pub(super) fn taken(before: &Termios) {
    let mut raw = before.clone();
    raw.make_raw();
    tell(Told { taken: true, before: Modes::of(before), raw: Modes::of(&raw) });
}

/// Tells the keeper that the terminal is given back.
pub(super) fn given_back() {
    let nothing = Modes { input: 0, output: 0, local: 0, least: 0, time: 0 };
    tell(Told { taken: false, before: nothing, raw: nothing });
}

fn tell(told: Told) {
    if let Ok(mut keeper) = KEEPER.lock()
        && let Some(keeper) = &mut *keeper
        && let Err(error) = keeper.tell.write_all(&told.bytes())
    {
        tracing::debug!(%error, "the keeper is gone");
    }
}

/// Ends the keeper of a terminal that was given back.
pub(super) fn stop() {
    let Some(mut keeper) = put(None) else { return };
    if let Err(error) = keeper.child.kill().and_then(|()| keeper.child.wait()) {
        tracing::debug!(%error, "the keeper cannot be ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_reads_back() {
        let modes =
            |seed: u32| Modes { input: seed, output: seed.rotate_left(9), local: !seed, least: 1, time: seed as u8 };
        for taken in [true, false] {
            let told = Told { taken, before: modes(0x1234_5678), raw: modes(0xfedc_ba98) };
            assert_eq!(Told::from_bytes(&told.bytes()), told);
        }
    }
}
