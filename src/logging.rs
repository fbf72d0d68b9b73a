//! The log file: what the program did, for the day something went wrong. Never the screen, never stdout.

use std::path::PathBuf;

use directories::ProjectDirs;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// Where the log is written; `None` where the platform has no folder for it.
pub fn file() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "user360")?;
    Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).join("user360.log"))
}

/// Starts logging at level `info`, or what `USER360_LOG` says. Keep the guard until the program ends: its drop flushes.
///
/// `None` when the log file cannot be created: a read-only home must not keep anyone from working.
pub fn start() -> Option<WorkerGuard> {
    let path = file()?;
    let folder = path.parent()?;
    std::fs::create_dir_all(folder).ok()?;
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(&path).ok()?;
    let (writer, guard) = tracing_appender::non_blocking(opened);
    let filter = EnvFilter::try_from_env("USER360_LOG").unwrap_or_else(|_| EnvFilter::new("user360=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init().ok()?;
    Some(guard)
}
