//! The signals that a terminal program answers to.

use rustix::process::Signal;
use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};
use tokio::sync::mpsc;

use crate::error::Result;
use crate::ui::ending;
use crate::ui::output::terminal as terminal_error;

/// Signals that end the program: it gives the terminal back, saves the session, and ends with 128 and their number.
/// Those that tell of a broken program (ABRT, SEGV, BUS and the like) are left to the keeper.
const ENDING: [Signal; 10] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::TERM,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::VTALARM,
    Signal::PROF,
    Signal::XCPU,
];

/// What a signal asks for.
pub(super) enum Asked {
    /// The program's end.
    End(Signal),
    /// To give the terminal back and stop.
    Stop,
    /// To go on after a stop.
    GoOn,
    /// The terminal has another size.
    Resize,
}

/// The signals as they come.
pub(super) struct Signals {
    ending: mpsc::Receiver<Signal>,
    stop: SignalStream,
    go_on: SignalStream,
    resize: SignalStream,
}

impl Signals {
    /// Answers to signals from now on. Must be called inside the runtime.
    pub(super) fn new() -> Result<Self> {
        let on = |which: Signal| signal(SignalKind::from_raw(which.as_raw())).map_err(terminal_error);
        let (tell, ending) = mpsc::channel(1);
        for which in ENDING {
            let mut stream = on(which)?;
            let tell = tell.clone();
            // Apart from the loop, which may be waiting for a terminal that takes no more bytes.
            tokio::spawn(async move {
                if stream.recv().await.is_some() {
                    ending::ask(which);
                    // The first is enough, and a closed channel is a loop that has ended.
                    let _ = tell.try_send(which);
                }
            });
        }
        Ok(Self { ending, stop: on(Signal::TSTP)?, go_on: on(Signal::CONT)?, resize: on(Signal::WINCH)? })
    }

    /// The next thing that a signal asks for.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            Some(signal) = self.ending.recv() => Asked::End(signal),
            _ = self.stop.recv() => Asked::Stop,
            _ = self.go_on.recv() => Asked::GoOn,
            _ = self.resize.recv() => Asked::Resize,
        }
    }

    /// Waits until the program may go on after a stop.
    pub(super) async fn go_on(&mut self) {
        self.go_on.recv().await;
    }
}
