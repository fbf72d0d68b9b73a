//! The log file: what the program did, for the day something went wrong. Never the screen, never stdout.

mod file;

use std::path::PathBuf;
use std::sync::OnceLock;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use crate::dirs;
use crate::error::{Error, Result};
use file::LogFile;

/// Why there is no log, where there is none.
static PROBLEM: OnceLock<String> = OnceLock::new();

/// Where the log is written; `None` where the platform has no folder for it.
pub fn file() -> Option<PathBuf> {
    dirs::state().map(|folder| folder.join("user360.log"))
}

/// Why nothing is logged, once [`start`] has failed.
pub fn problem() -> Option<&'static str> {
    PROBLEM.get().map(String::as_str)
}

/// Starts logging at level `info`, or what `USER360_LOG` says. Keep the guard until the program ends: its drop flushes.
///
/// `None` when the log file cannot be written, and [`problem`] says why: a read-only home must not keep anyone from
/// working.
pub fn start() -> Option<WorkerGuard> {
    match begin() {
        Ok(guard) => Some(guard),
        Err(error) => {
            // The first reason is the reason.
            let _ = PROBLEM.set(error.to_string());
            None
        }
    }
}

fn begin() -> Result<WorkerGuard> {
    let path = file().ok_or_else(|| Error::Missing("this platform has no folder for it".to_owned()))?;
    let (writer, guard) = tracing_appender::non_blocking(LogFile::open(path)?);
    let filter = EnvFilter::try_from_env("USER360_LOG").unwrap_or_else(|_| EnvFilter::new("user360=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer);
    log.try_init().map_err(|error| Error::Config(format!("logging has begun before: {error}")))?;
    Ok(guard)
}
