//! Files and folders as this program makes them: whole or not at all, never through a link, readable by those they are
//! meant for. May import `error` alone.

mod whole;

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

pub use whole::{NewFile, is_temporary, refuse_link, replace, sync_folder, tidy};

/// Who may read and write what this program makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// The user alone.
    #[default]
    Private,
    /// The user and the folder's group.
    Group,
}

impl Share {
    /// The permissions of a file.
    pub fn file_mode(self) -> u32 {
        match self {
            Self::Private => 0o600,
            Self::Group => 0o660,
        }
    }

    /// The permissions of a folder; a group's folder hands its group on to what is made in it.
    pub fn folder_mode(self) -> u32 {
        match self {
            Self::Private => 0o700,
            Self::Group => 0o2770,
        }
    }
}

/// Makes a file that does not exist yet; a link in its place is refused, wherever it points.
pub fn create_new(path: &Path, share: Share) -> Result<File> {
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .custom_flags(flags)
        .mode(share.file_mode())
        .open(path)
        .map_err(Error::io(path))?;
    if share == Share::Group {
        // The umask takes the group's rights away again.
        file.set_permissions(Permissions::from_mode(share.file_mode())).map_err(Error::io(path))?;
    }
    Ok(file)
}

/// Makes a folder that does not exist yet, in one that does.
pub fn create_new_folder(path: &Path, share: Share) -> Result<()> {
    DirBuilder::new().mode(share.folder_mode() & 0o777).create(path).map_err(Error::io(path))?;
    if share == Share::Group {
        // The umask takes the group's rights away again.
        fs::set_permissions(path, Permissions::from_mode(share.folder_mode())).map_err(Error::io(path))?;
    }
    Ok(())
}

/// Makes a folder and those above it that are missing. What exists keeps its permissions.
pub fn create_folder(path: &Path, share: Share) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folder(parent, share)?;
    }
    match create_new_folder(path, share) {
        // Another process made it meanwhile.
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Opens the file on which a lock is taken, and makes it where it is missing; a link or pipe in its place is refused.
pub fn open_lock(path: &Path, share: Share) -> Result<File> {
    refuse_link(path)?;
    match create_new(path, share) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
    let there = fs::symlink_metadata(path).map_err(Error::io(path))?;
    if there.is_file() { opened.map_err(Error::io(path)) } else { Err(not_regular(path, &there)) }
}

/// Whether a name, as a record gives it, stays inside its folder: relative, its parts divided by `/`, none of them empty,
/// `.` or `..`, without backslashes and control characters.
pub fn is_inside(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.len() < 256 && part != "." && part != "..";
    !name.contains(|letter: char| letter == '\\' || letter.is_control()) && name.split('/').all(part)
}

/// Opens a folder, for what is in it; a link in its place is refused.
pub fn open_folder(path: &Path) -> Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(|error| inside(path, error))
}

/// Opens a file inside a folder for reading; `name` may name folders in it, divided by `/`. No link is followed, neither
/// the folder nor what is in it, and what is no file is refused.
pub fn open_inside(folder: &Path, name: &str) -> Result<File> {
    open_below(open_folder(folder)?, folder, name)
}

/// As [`open_inside`] in the folder that is open already, or that a person named by a link; `path` is for errors.
pub fn open_below(folder: File, path: &Path, name: &str) -> Result<File> {
    let path = path.join(name);
    if !is_inside(name) {
        return Err(Error::Refused { path, what: "is no name of a file inside its folder".to_owned() });
    }
    let mut place = folder;
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        let kind = if parts.peek().is_some() { OFlags::DIRECTORY } else { OFlags::NONBLOCK };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | kind;
        place = rustix::fs::openat(&place, part, flags, Mode::empty()).map_err(|error| inside(&path, error))?.into();
    }
    let there = place.metadata().map_err(Error::io(&path))?;
    if there.is_file() { Ok(place) } else { Err(not_regular(&path, &there)) }
}

/// What went wrong with a path inside a folder.
fn inside(path: &Path, error: rustix::io::Errno) -> Error {
    match fs::symlink_metadata(path) {
        Ok(there) if there.file_type().is_symlink() => {
            Error::Refused { path: path.to_path_buf(), what: "is a link, and no link is followed here".to_owned() }
        }
        // A socket cannot be opened at all.
        Ok(there) if !there.is_file() && !there.is_dir() => not_regular(path, &there),
        _ => Error::Io { path: path.to_path_buf(), source: error.into() },
    }
}

/// Reads what is left of a file, at most `most` bytes.
pub fn read_at_most(file: File, path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, most + 1), &mut bytes).map_err(Error::io(path))?;
    if bytes.len() as u64 > most {
        let what = format!("is longer than {most} bytes, the most that such a file can need");
        return Err(Error::Refused { path: path.to_path_buf(), what });
    }
    Ok(bytes)
}

/// Refuses to write into a folder where others could exchange what is written: one that they may write, or that belongs
/// to someone else than this user and root. A folder for a group may be its members'. The error names the remedy.
pub fn require_safe(folder: &Path, share: Share) -> Result<()> {
    let there = fs::metadata(folder).map_err(Error::io(folder))?;
    let refused = |what: String| Err(Error::Refused { path: folder.to_path_buf(), what });
    if !there.is_dir() {
        return refused("is no folder".to_owned());
    }
    let (owner, me) = (there.uid(), rustix::process::geteuid().as_raw());
    let quoted = quoted(folder);
    if there.mode() & 0o002 != 0 {
        return refused(format!("can be written by every user of this machine; `chmod o-w {quoted}` mends it"));
    }
    if share == Share::Group {
        return Ok(());
    }
    if owner != me && owner != 0 {
        let what = format!("belongs to user {owner}, and you are user {me}; use a folder of your own");
        return refused(format!("{what}, or share it with `share = \"group\"` below [run]"));
    }
    if there.mode() & 0o020 != 0 {
        let what = format!("can be written by its group; `chmod g-w {quoted}` mends it");
        return refused(format!("{what}, `share = \"group\"` below [run] allows it"));
    }
    Ok(())
}

/// Refuses a folder that is not this user's alone to write: a link, another user's, or one that others may write.
pub fn require_own(folder: &Path) -> Result<()> {
    refuse_link(folder)?;
    require_safe(folder, Share::Private)?;
    let owner = fs::metadata(folder).map_err(Error::io(folder))?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let what = format!("belongs to user {owner}; remove it, or name another folder with --workspace");
    Err(Error::Refused { path: folder.to_path_buf(), what })
}

/// Refuses an open file that is not this user's, or that has a second name somewhere: what is written to it would be
/// another's too.
pub fn require_own_file(file: &File, path: &Path) -> Result<()> {
    let there = file.metadata().map_err(Error::io(path))?;
    if there.uid() == rustix::process::geteuid().as_raw() && there.nlink() <= 1 {
        return Ok(());
    }
    let what = "belongs to another user or has a second name; remove it, or use another folder".to_owned();
    Err(Error::Refused { path: path.to_path_buf(), what })
}

/// How many files and folders, from this folder on down, more people may read or write than `share` says, and one of
/// them. Links are not followed.
pub fn looser_than(root: &Path, share: Share) -> (usize, Option<PathBuf>) {
    let allowed = (share.folder_mode() | share.file_mode()) & 0o777;
    let (mut found, mut first, mut due) = (0, None, vec![root.to_path_buf()]);
    while let Some(path) = due.pop() {
        let Ok(there) = fs::symlink_metadata(&path) else { continue };
        if there.is_symlink() {
            continue;
        }
        if there.mode() & 0o777 & !allowed != 0 {
            found += 1;
            first.get_or_insert_with(|| path.clone());
        }
        if there.is_dir() {
            due.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    (found, first)
}

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+,=@%".contains(letter);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Opens a file for reading. Pipes, sockets and devices are refused at once instead of waited for.
pub fn open_regular(path: &Path) -> Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|error| {
        // A socket cannot be opened at all; the system's word for that ("No such device or address") helps nobody.
        match fs::metadata(path) {
            Ok(there) if !there.is_file() => not_regular(path, &there),
            _ => Error::Io { path: path.to_path_buf(), source: error },
        }
    })?;
    let there = file.metadata().map_err(Error::io(path))?;
    if there.is_file() { Ok(file) } else { Err(not_regular(path, &there)) }
}

/// Reads a whole file that a person or this program wrote, of at most `most` bytes.
pub fn read_regular(path: &Path, most: u64) -> Result<Vec<u8>> {
    read_at_most(open_regular(path)?, path, most)
}

fn not_regular(path: &Path, there: &fs::Metadata) -> Error {
    let kind = there.file_type();
    let what = if kind.is_dir() {
        "is a folder where a file is needed"
    } else if kind.is_fifo() {
        "is a named pipe where a file is needed; write its data to a file first"
    } else if kind.is_socket() {
        "is a socket where a file is needed"
    } else {
        "is a device where a file is needed"
    };
    Error::Refused { path: path.to_path_buf(), what: what.to_owned() }
}

/// A file's name without its folder.
pub fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}
