//! The file that log lines go to: its owner's alone, never through a link, and put aside when it has grown long.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::text::shown;

/// A log of this many bytes is put aside; the one put aside before is dropped.
const LONG: u64 = 5 << 20;

/// The log. Several processes may write to it at once, and any of them may put it aside.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    long: u64,
}

impl LogFile {
    /// Opens or makes the log, and the folders above it that are missing. What exists keeps its permissions.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        if let Some(folder) = path.parent() {
            files::create_folder(folder, Share::Private)?;
        }
        let file = opened(&path)?;
        Ok(Self { path, file, long: LONG })
    }

    /// Goes over to the file that now bears the log's name, where another process has put this one aside, and puts it
    /// aside where it has grown long.
    fn follow(&mut self) -> io::Result<()> {
        if !self.is_current()? {
            return self.reopen();
        }
        if self.file.metadata()?.len() < self.long {
            return Ok(());
        }
        // Whoever holds the lock is putting it aside; this line may still go to the long one.
        if flock(&self.file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Ok(());
        }
        // Seen again under the lock: another process may have been quicker.
        if self.is_current()? {
            fs::rename(&self.path, aside(&self.path))?;
        }
        // Closing the long file gives its lock back.
        self.reopen()
    }

    fn is_current(&self) -> io::Result<bool> {
        let mine = self.file.metadata()?;
        let named = fs::symlink_metadata(&self.path);
        Ok(named.is_ok_and(|named| (named.dev(), named.ino()) == (mine.dev(), mine.ino())))
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.file = opened(&self.path).map_err(io::Error::other)?;
        Ok(())
    }
}

impl Write for LogFile {
    /// Writes one line: what a terminal would obey, and line breaks within it, are escaped.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A log that cannot be put aside is written on: nothing else can be told of it, least of all here.
        let _ = self.follow();
        let text = String::from_utf8_lossy(line);
        self.file.write_all(format!("{}\n", shown(text.trim_end_matches('\n'))).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Where a long log is put.
fn aside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(".1");
    PathBuf::from(name)
}

fn opened(path: &Path) -> Result<File> {
    files::refuse_link(path)?;
    // A pipe without a reader is refused, not waited for.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let mode = Share::Private.file_mode();
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(mode)
        .custom_flags(flags)
        .open(path)
        .map_err(Error::io(path))?;
    if file.metadata().map_err(Error::io(path))?.is_file() {
        return Ok(file);
    }
    Err(Error::Refused { path: path.to_path_buf(), what: "is no file that lines could be written to".to_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn the_log_is_private_and_what_exists_keeps_its_modes() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("state/user360/user360.log");
        LogFile::open(path.clone()).unwrap().write_all("one\u{1b}]0;x\u{7}\ntwo\n".as_bytes()).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\\x1b]0;x\\x07\\ntwo\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        LogFile::open(path.clone()).unwrap();
        assert_eq!(mode(&path), 0o644);
    }

    #[test]
    fn links_and_pipes_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let (path, victim) = (root.path().join("user360.log"), root.path().join("victim"));
        fs::write(&victim, "mine").unwrap();
        symlink(&victim, &path).unwrap();
        assert!(LogFile::open(path.clone()).unwrap_err().to_string().contains("is a link"));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        LogFile::open(path).unwrap_err();
    }

    #[test]
    fn a_long_log_is_put_aside_and_no_line_is_lost_between_writers() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("user360.log");
        let old = aside(&path);
        symlink("/nowhere", &old).unwrap();
        let open = || LogFile { long: 2_000, ..LogFile::open(path.clone()).unwrap() };
        let mut logs = [open(), open(), open()];
        for line in 0..150 {
            logs[line % 3].write_all(format!("line {line:04} of all\n").as_bytes()).unwrap();
        }
        assert!(!fs::symlink_metadata(&old).unwrap().is_symlink(), "the link itself is replaced");
        let all = fs::read_to_string(&old).unwrap() + &fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = all.lines().collect();
        // Of 150 lines of 17 bytes, 118 fill the first file; all follow one another.
        assert_eq!(lines, (0..150).map(|line| format!("line {line:04} of all")).collect::<Vec<_>>());
        assert!(fs::metadata(&path).unwrap().len() < 2_000 && fs::metadata(&old).unwrap().len() >= 2_000);
    }
}
