//! Notes and tags of users: `notes.jsonl` of the workspace, a JSON object a line. Lines are only ever added; of a user's
//! the last one counts. It belongs to no run and stays when runs go.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::zone::ShopZone;

/// The file's name in the workspace.
const FILE: &str = "notes.jsonl";
/// Bytes of the file at most: it is read whole.
const MOST: u64 = 64 << 20;
/// Letters of what is written about one user at most.
const LONGEST: usize = 2_000;
/// How often the lock is tried, and how long is waited between.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// What was written about a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The user's id.
    pub user: String,
    /// When: RFC 3339, UTC, to the second.
    pub time: String,
    /// Who: the name of the account.
    pub who: String,
    /// The text; empty where only tags are given.
    #[serde(default)]
    pub note: String,
    /// The tags, without `#`, in small letters, in their order.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Note {
    /// Whether nothing is left of it.
    pub fn is_empty(&self) -> bool {
        self.note.is_empty() && self.tags.is_empty()
    }

    /// As it is typed: the text, then `#` and each tag.
    pub fn typed(&self) -> String {
        let tags = self.tags.iter().map(|tag| format!("#{tag}"));
        let note = Some(self.note.clone()).filter(|note| !note.is_empty());
        note.into_iter().chain(tags).collect::<Vec<_>>().join(" ")
    }

    /// As it is told: what it says, who wrote it and when by the shop's clock.
    pub fn told(&self, zone: &ShopZone) -> String {
        let time = self.time.parse::<jiff::Timestamp>();
        let time = time.map_or_else(|_| self.time.clone(), |at| format!("{} {zone}", zone.minute(at.as_millisecond())));
        format!("{} ({}, {time})", self.typed(), self.who)
    }
}

/// The notes of a workspace, and which lines are none.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    of_users: HashMap<String, Note>,
    wrong: Vec<usize>,
}

impl Notes {
    /// Those of a workspace; `None` where nothing was ever written.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Refused`] where something else stands in the file's place.
    pub fn read(workspace: &Path) -> Result<Option<Self>> {
        let path = workspace.join(FILE);
        files::refuse_link(&path)?;
        match files::read_regular(&path, MOST) {
            Ok(bytes) => Ok(Some(Self::of(&bytes))),
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of(bytes: &[u8]) -> Self {
        let mut notes = Self::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<Note>(line) {
                Ok(note) => {
                    notes.of_users.insert(note.user.clone(), note);
                }
                Err(_) => notes.wrong.push(at + 1),
            }
        }
        notes
    }

    /// What was last written about a user, as long as something is left of it.
    pub fn of_user(&self, id: &str) -> Option<&Note> {
        self.of_users.get(id).filter(|note| !note.is_empty())
    }

    /// The lines that are no notes, such as one that a crash cut short; they are left out.
    pub fn problem(&self) -> Option<String> {
        let (first, more) = (self.wrong.first()?, self.wrong.len() - 1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("{FILE}: line {first}{more} is no note and is left out"))
    }

    /// The tags of each user who has some, by id, divided by blanks.
    pub(super) fn tags(&self) -> BTreeMap<&str, String> {
        let tagged = self.of_users.values().filter(|note| !note.tags.is_empty());
        tagged.map(|note| (note.user.as_str(), note.tags.join(" "))).collect()
    }
}

/// What was typed: the words are the text, `#tag` gives a tag, `-#tag` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    note: String,
    given: Vec<String>,
    taken: Vec<String>,
}

impl Typed {
    fn of(text: &str) -> Result<Self> {
        if text.chars().count() > LONGEST {
            return Err(Error::Config(format!("a note has {LONGEST} letters at most")));
        }
        let (mut words, mut typed) = (Vec::new(), Self::default());
        for word in text.split_whitespace() {
            let tag = |word: &str| word.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_lowercase();
            let (list, tag) = match (word.strip_prefix('#'), word.strip_prefix("-#")) {
                (Some(name), _) => (&mut typed.given, tag(name)),
                (None, Some(name)) => (&mut typed.taken, tag(name)),
                (None, None) => {
                    words.push(word);
                    continue;
                }
            };
            if tag.is_empty() {
                words.push(word);
            } else if !list.contains(&tag) {
                list.push(tag);
            }
        }
        typed.note = words.join(" ");
        Ok(typed)
    }
}

/// What is to be written about users.
#[derive(Clone, Debug)]
pub enum Writing {
    /// This in the place of what was seen of one user: it is refused where another has written since.
    Instead {
        /// The user's id.
        user: String,
        /// What stood there when the text was begun.
        seen: Option<Note>,
    },
    /// This beside what stands there: tags come to the others, a text takes the place of the text.
    Beside(Vec<String>),
}

/// Writes about users what a person typed; returns how many it is written about. The file is locked for as long as that
/// takes, so that no two sessions lose each other's notes.
///
/// # Errors
/// [`Error::Refused`] where another has written about the user meanwhile, with both texts; [`Error::Io`];
/// [`Error::Locked`] where the lock is not to be had.
pub fn write_notes(workspace: &Path, share: Share, writing: &Writing, text: &str) -> Result<usize> {
    let typed = Typed::of(text)?;
    files::require_safe(workspace, share)?;
    let path = workspace.join(FILE);
    let file = files::open_lock(&path, share)?;
    let locked = Locked::take(file, &path)?;
    let notes = Notes::of(&locked.bytes(&path)?);
    let lines = lines(&notes, writing, &typed, &path)?;
    let count = lines.len();
    locked.add(&lines, &path)?;
    Ok(count)
}

/// The lines to be added.
fn lines(notes: &Notes, writing: &Writing, typed: &Typed, path: &Path) -> Result<Vec<Note>> {
    let (time, who) = (now(), account());
    let written = |user: &String, note: &str, tags: Vec<String>| Note {
        user: user.clone(),
        time: time.clone(),
        who: who.clone(),
        note: note.to_owned(),
        tags,
    };
    match writing {
        Writing::Instead { user, seen } => {
            let there = notes.of_users.get(user).filter(|note| !note.is_empty());
            if there != seen.as_ref() {
                let theirs = there.map_or_else(|| "it was cleared".to_owned(), |note| note.told(&ShopZone::default()));
                let yours = written(user, &typed.note, typed.given.clone()).typed();
                let what = format!("another has written about user {user} meanwhile: {theirs}; yours: {yours}");
                return Err(Error::Refused { path: path.to_path_buf(), what });
            }
            Ok(vec![written(user, &typed.note, typed.given.clone())])
        }
        Writing::Beside(users) => {
            let one = |user: &String| {
                let before = notes.of_users.get(user);
                let kept = before.map_or("", |note| note.note.as_str());
                let note = if typed.note.is_empty() { kept } else { &typed.note };
                let mut tags = before.map_or_else(Vec::new, |note| note.tags.clone());
                tags.extend(typed.given.iter().filter(|tag| !tags.contains(tag)).cloned().collect::<Vec<_>>());
                tags.retain(|tag| !typed.taken.contains(tag));
                written(user, note, tags)
            };
            let changed = |note: &Note| {
                let before = notes.of_users.get(&note.user);
                before.map_or(!note.is_empty(), |before| (&before.note, &before.tags) != (&note.note, &note.tags))
            };
            Ok(users.iter().map(one).filter(changed).collect())
        }
    }
}

/// The file while nobody else may write to it.
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        if let Err(error) = flock(&self.0, FlockOperation::Unlock) {
            tracing::warn!(%error, "the notes stay locked until this process ends");
        }
    }
}

impl Locked {
    fn take(file: File, path: &Path) -> Result<Self> {
        for _ in 0..TRIES {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(PAUSE),
                Err(error) => return Err(Error::io(path)(error.into())),
            }
        }
        Err(Error::Locked(path.to_path_buf()))
    }

    fn bytes(&self, path: &Path) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0)).map_err(Error::io(path))?;
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
        if bytes.len() as u64 > MOST {
            let what = format!("is longer than {MOST} bytes, the most that is read of it");
            return Err(Error::Refused { path: path.to_path_buf(), what });
        }
        Ok(bytes)
    }

    /// Adds lines at the end; what a crash has cut short there stays a line of its own.
    fn add(&self, notes: &[Note], path: &Path) -> Result<()> {
        if notes.is_empty() {
            return Ok(());
        }
        let mut file = &self.0;
        let end = file.seek(SeekFrom::End(0)).map_err(Error::io(path))?;
        let mut added = Vec::new();
        if end > 0 {
            let mut last = [0];
            file.seek(SeekFrom::Start(end - 1)).map_err(Error::io(path))?;
            file.read_exact(&mut last).map_err(Error::io(path))?;
            if last != *b"\n" {
                added.push(b'\n');
            }
        }
        for note in notes {
            serde_json::to_writer(&mut added, note).map_err(|error| Error::io(path)(error.into()))?;
            added.push(b'\n');
        }
        file.write_all(&added).and_then(|()| self.0.sync_data()).map_err(Error::io(path))
    }
}

/// The time of now, to the second.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The name of the account that this process runs under; its number where it has none.
fn account() -> String {
    let me = rustix::process::geteuid().as_raw();
    let of_line = |line: &str| {
        let mut fields = line.split(':');
        let (name, uid) = (fields.next()?, fields.nth(1)?);
        (uid.parse() == Ok(me)).then(|| name.to_owned())
    };
    let known = std::fs::read_to_string(PathBuf::from("/etc/passwd")).ok();
    let known = known.and_then(|lines| lines.lines().find_map(of_line));
    known.or_else(|| std::env::var("USER").ok()).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("uid {me}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn beside(folder: &Path, users: &[&str], text: &str) -> usize {
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        write_notes(folder, Share::Private, &Writing::Beside(users), text).unwrap()
    }

    fn of(folder: &Path, user: &str) -> Option<(String, Vec<String>)> {
        let notes = Notes::read(folder).unwrap()?;
        notes.of_user(user).map(|note| (note.note.clone(), note.tags.clone()))
    }

    #[test]
    fn what_is_written_of_users_is_found_again_and_the_last_counts() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(Notes::read(folder).unwrap().is_none());
        assert_eq!(beside(folder, &["57", "a b"], "call on Monday, please #VIP #b2b."), 2);
        let tags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let said = "call on Monday, please".to_owned();
        assert_eq!(of(folder, "57"), Some((said.clone(), tags(&["vip", "b2b"]))));
        assert_eq!(beside(folder, &["57"], "-#vip #new"), 1);
        assert_eq!(of(folder, "57"), Some((said.clone(), tags(&["b2b", "new"]))));
        assert_eq!(beside(folder, &["57"], "#new"), 0, "nothing new is no line");
        assert_eq!(of(folder, "a b"), Some((said, tags(&["vip", "b2b"]))));
        let notes = Notes::read(folder).unwrap().unwrap();
        assert_eq!(
            notes.tags().into_iter().collect::<Vec<_>>(),
            [("57", "b2b new".to_owned()), ("a b", "vip b2b".to_owned())]
        );
        assert_eq!(std::fs::read_to_string(folder.join(FILE)).unwrap().lines().count(), 3);
    }

    #[test]
    fn a_line_that_a_crash_cut_short_is_left_out_and_named_and_what_follows_it_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        beside(folder, &["1"], "first #one");
        let mut file = std::fs::OpenOptions::new().append(true).open(folder.join(FILE)).unwrap();
        file.write_all(b"{\"user\":\"2\",\"time\":\"2026-").unwrap();
        let notes = Notes::read(folder).unwrap().unwrap();
        assert_eq!(notes.problem().unwrap(), "notes.jsonl: line 2 is no note and is left out");
        beside(folder, &["2"], "second");
        assert_eq!((of(folder, "1").unwrap().0, of(folder, "2").unwrap().0), ("first".to_owned(), "second".to_owned()));
    }

    #[test]
    fn two_sessions_do_not_lose_each_other_s_notes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::thread::scope(|scope| {
            for session in 0..4 {
                scope.spawn(move || {
                    for user in 0..20 {
                        beside(folder, &[&user.to_string()], &format!("#s{session}"));
                    }
                });
            }
        });
        for user in 0..20 {
            let mut tags = of(folder, &user.to_string()).unwrap().1;
            tags.sort();
            assert_eq!(tags, ["s0", "s1", "s2", "s3"], "user {user}");
        }
        let instead = |seen: Option<Note>, text: &str| {
            write_notes(folder, Share::Private, &Writing::Instead { user: "x".to_owned(), seen }, text)
        };
        instead(None, "mine").unwrap();
        let told = instead(None, "yours #late").unwrap_err().to_string();
        assert!(told.contains("mine") && told.contains("yours #late"), "{told}");
        let seen = Notes::read(folder).unwrap().unwrap().of_user("x").cloned();
        instead(seen, "").unwrap();
        assert_eq!(of(folder, "x"), None, "an empty text clears it");
    }

    #[test]
    fn the_format_of_a_line_is_read_by_every_later_version() {
        let line = include_bytes!("../../tests/fixtures/notes.jsonl");
        let notes = Notes::of(line);
        assert_eq!(notes.problem(), None);
        assert_eq!(
            notes.of_user("1001").unwrap().told(&ShopZone::default()),
            "wants the green tea back #vip #b2b (ann, 2026-11-29 09:30 UTC)"
        );
        assert_eq!(notes.of_user("1002"), None, "cleared by its last line");
    }
}
