//! Signals of a command without a screen: the work is cancelled and cleans up, and the exit code says which signal it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::door::note;
use crate::error::{Error, Result};

/// The first signal that came; 0 before.
static CAME: AtomicI32 = AtomicI32::new(0);

type Cancel = Box<dyn Fn() + Send>;

/// How the work at hand is cancelled.
static WORK: Mutex<Vec<Cancel>> = Mutex::new(Vec::new());

/// How long the work may take to clean up.
const GRACE: Duration = Duration::from_millis(700);

/// Folders that go with the process.
static SCRATCH: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// How often a folder is removed while something is still written into it.
const TRIES: usize = 5;

fn work() -> MutexGuard<'static, Vec<Cancel>> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches for SIGINT, SIGTERM and SIGHUP on a thread of its own. Work that can be cancelled is; everything else ends at
/// once, as does the work at a second signal, or when it takes longer than [`GRACE`].
pub fn watch() -> Result<()> {
    let wrong = || Error::io("signal handler");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(wrong())?;
    let ignored = ignored();
    let wanted = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    // Who starts the program with a signal ignored (nohup, a job in the background) means it.
    let heard: Vec<SignalKind> =
        wanted.into_iter().filter(|kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0).collect();
    // Heard from here on, not only once the thread runs.
    let mut streams = {
        let _inside = runtime.enter();
        let streams: std::io::Result<Vec<_>> = heard.iter().map(|kind| Ok((*kind, signal(*kind)?))).collect();
        streams.map_err(wrong())?
    };
    if streams.is_empty() {
        return Ok(());
    }
    let thread = thread::Builder::new().name("signals".to_owned());
    let started = thread.spawn(move || {
        runtime.block_on(async {
            let mut next = async || {
                std::future::poll_fn(|context| {
                    let heard = |(kind, stream): &mut (SignalKind, Signal)| {
                        stream.poll_recv(context).is_ready().then_some(*kind)
                    };
                    streams.iter_mut().find_map(heard).map_or(Poll::Pending, Poll::Ready)
                })
                .await
            };
            let first = next().await.as_raw_value();
            CAME.store(first, Ordering::SeqCst);
            {
                let work = work();
                if work.is_empty() {
                    end(first);
                }
                note!("cancelling; again to end at once");
                work.iter().for_each(|cancel| cancel());
            }
            // What a library does, a sort or a fit, cannot be interrupted; the process does not wait for its end. A run
            // not yet committed and files not yet renamed are seen by nobody, and the next start tidies them away.
            let _ = tokio::time::timeout(GRACE, next()).await;
            end(first);
        });
    });
    started.map(|_| ()).map_err(wrong())
}

fn end(signal: i32) -> ! {
    for folder in SCRATCH.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        // Threads of this process may still write into it.
        let _gone = (0..TRIES).any(|_| fs::remove_dir_all(folder).is_ok() || !folder.exists());
    }
    crate::store::remove_spilled();
    std::process::exit(128 + signal)
}

/// Removes a folder of temporary files when a signal ends the process.
pub fn removes(folder: &Path) {
    SCRATCH.lock().unwrap_or_else(PoisonError::into_inner).push(folder.to_path_buf());
}

/// Calls `cancel` when a signal comes, or at once where one has come.
pub fn on_signal(cancel: impl Fn() + Send + 'static) {
    let mut work = work();
    if CAME.load(Ordering::SeqCst) != 0 {
        cancel();
    }
    work.push(Box::new(cancel));
}

/// The exit code of work that was cancelled: 128 and the signal.
pub fn code() -> u8 {
    match CAME.load(Ordering::SeqCst) {
        0 => 130,
        signal => u8::try_from(128 + signal).unwrap_or(130),
    }
}

/// The signals that the program was started to ignore, bit by bit from signal 1; none where the system does not tell.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
