//! Whether raw files are still what they were when their reading began: what changes meanwhile is not believed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::files::{InputFiles, discover};
use crate::ingest::fingerprint::{Fingerprint, fingerprint_of};
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::Origin;

/// Raw files as they were before they were read.
#[derive(Clone, Debug)]
pub struct Seen(Vec<(PathBuf, State)>);

/// What tells that a file has been written to, put in another's place, or cut short.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    print: Fingerprint,
    /// Device and inode.
    place: (u64, u64),
    /// The last change of contents or metadata, seconds and nanoseconds. No program can set it back.
    changed: (i64, i64),
}

impl State {
    fn of(path: &Path) -> Result<Self> {
        let origin = Origin::of(path)?;
        let mut file = open_regular(origin.file())?;
        let there = file.metadata().map_err(Error::io(path))?;
        let print = fingerprint_of(&origin, &mut file)?;
        Ok(Self { print, place: (there.dev(), there.ino()), changed: (there.ctime(), there.ctime_nsec()) })
    }
}

impl Seen {
    /// Looks at files that are about to be read.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Refused`] for what is no regular file.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let state = |path: &Path| Ok((path.to_path_buf(), State::of(path)?));
        files.into_iter().map(state).collect::<Result<_>>().map(Self)
    }

    /// The files' fingerprints, in their order.
    pub fn prints(&self) -> impl Iterator<Item = &Fingerprint> {
        self.0.iter().map(|(_, state)| &state.print)
    }

    /// Looks again.
    ///
    /// # Errors
    /// [`Error::Input`] with the first file that is another than it was.
    pub fn check(&self) -> Result<()> {
        self.0.iter().try_for_each(|(path, before)| {
            let what = match State::of(path) {
                Ok(now) if now == *before => return Ok(()),
                Ok(now) if now.place != before.place => "was replaced by another file while it was read".to_owned(),
                Ok(now) if now.print.bytes != before.print.bytes => {
                    let (before, now) = (before.print.bytes, now.print.bytes);
                    format!("changed while it was read, from {before} bytes to {now}")
                }
                Ok(_) => "was written to while it was read".to_owned(),
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    "was removed while it was read".to_owned()
                }
                Err(error) => return Err(error),
            };
            Err(changed(path, &what))
        })
    }

    /// What a reading gave, unless a file has changed since: then that is the error, and what else went wrong follows
    /// from it.
    ///
    /// # Errors
    /// As [`Seen::check`]; the reading's own.
    pub fn judge<T>(&self, read: Result<T>) -> Result<T> {
        match (read, self.check()) {
            (Err(Error::Cancelled), _) => Err(Error::Cancelled),
            (Ok(read), Ok(())) => Ok(read),
            (_, Err(changed @ Error::Input { .. })) | (Ok(_), Err(changed)) => Err(changed),
            (Err(error), _) => Err(error),
        }
    }
}

impl InputFiles {
    /// Looks at the files before they are read.
    ///
    /// # Errors
    /// As [`Seen::of`].
    pub fn seen(&self) -> Result<Seen> {
        Seen::of(self.all())
    }

    /// Whether the folder still holds these files and no other that would be read.
    pub(super) fn check_set(&self, settings: &IngestSettings) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut now = discover(folder, settings)?.with_added(self.added.clone())?;
        now.items.clone_from(&self.items);
        now.categories.clone_from(&self.categories);
        now.customers.clone_from(&self.customers);
        now.joined.clone_from(&self.joined);
        now.events.retain(|event| !self.joined.contains(event));
        let differing = |one: &Self, other: &Self| {
            let known: Vec<&Path> = other.all().collect();
            one.all().find(|path| !known.contains(path)).map(Path::to_path_buf)
        };
        match (differing(&now, self), differing(self, &now)) {
            (Some(more), _) => Err(changed(&more, "appeared while the others of its folder were read")),
            (None, Some(gone)) => Err(changed(&gone, "was removed while it was read")),
            (None, None) => Ok(()),
        }
    }
}

fn changed(path: &Path, what: &str) -> Error {
    let what = format!("{what}; nothing of it was kept: run again when nothing writes to it");
    Error::Input { path: path.to_path_buf(), line: None, what }
}
