//! The workspace folder: the runs that its manifest names, and the lock that keeps writers apart.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::fs::{FlockOperation, flock};

use crate::dirs;
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::store::erase::{self, Erased, entries, erase};
use crate::store::history;
use crate::store::manifest::Manifest;
use crate::store::names::{is_own_run, is_unfinished};
use crate::store::record::RunInfo;
use crate::store::run::{self, Run};

/// The platform's default workspace: `workspace` in the user's data folder for this program.
pub fn default_root() -> Result<PathBuf> {
    dirs::data().map(|data| data.join("workspace")).ok_or_else(|| {
        Error::Missing("this system has no home folder; name a workspace with --workspace DIR".to_owned())
    })
}

/// A workspace as readers see it. Opening one creates nothing.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    share: Share,
}

impl Workspace {
    /// The workspace in a folder, which need not exist yet.
    pub fn open(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), share: Share::Private }
    }

    /// The same, where what is written is for these.
    #[must_use]
    pub fn shared(self, share: Share) -> Self {
        Self { share, ..self }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// For whom it is written.
    pub(super) fn share(&self) -> Share {
        self.share
    }

    /// The run that was committed last; `None` before the first.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the manifest is gone and whole runs are not.
    pub fn current(&self) -> Result<Option<Run>> {
        let mut manifest = self.announced()?;
        loop {
            let Some(id) = manifest.current.clone() else { return Ok(None) };
            match self.open_run(&manifest, &id) {
                Ok(run) => return Ok(Some(run)),
                // A writer that keeps few runs may have removed this one since the manifest was read.
                Err(error) => {
                    manifest = self.announced()?;
                    if manifest.current.as_ref() == Some(&id) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Ids of the kept runs, newest first.
    pub fn runs(&self) -> Result<Vec<String>> {
        Ok(self.announced()?.runs)
    }

    /// One of the kept runs.
    pub fn run(&self, id: &str) -> Result<Run> {
        let manifest = self.announced()?;
        if manifest.runs.iter().any(|run| run == id) {
            return self.open_run(&manifest, id);
        }
        let known = if manifest.runs.is_empty() {
            "there is none yet".to_owned()
        } else {
            format!("there are {}", manifest.runs.join(", "))
        };
        Err(Error::Missing(format!("{}: no run {id}; {known}", self.root.display())))
    }

    /// Takes the lock for writing; creates the folder and removes what a crash left: runs half written, and runs that
    /// the manifest does not name.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::Newer`] where a newer program wrote the manifest or the current run;
    /// [`Error::Refused`] where others may write into the folder, or a link or pipe stands in the place of a file.
    pub fn writer(&self) -> Result<Writer> {
        let writer = self.lock()?;
        match self.announced() {
            Err(error @ (Error::Newer { .. } | Error::Refused { .. } | Error::Io { .. })) => return Err(error),
            Err(_) => {}
            Ok(manifest) => {
                let current = manifest.current.as_ref().map(|id| self.open_run(&manifest, id));
                if let Some(Err(error @ Error::Newer { .. })) = current {
                    return Err(error);
                }
            }
        }
        writer.tidy()?;
        Ok(writer)
    }

    /// Removes what killed processes left in the workspace, if there is anything and nobody writes to it. For programs
    /// that may write and do not begin a run; whatever hinders it is left to the next run.
    pub fn tidy(&self) {
        let any = |folder: &Path, left: fn(&str) -> bool| {
            entries(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|(_, name, _)| left(&name))))
        };
        let left =
            any(&self.runs_folder(), is_unfinished) || any(&self.root, |name| files::is_temporary(name.as_ref()));
        if left && let Err(error) = self.writer() {
            tracing::debug!(workspace = %self.root.display(), %error, "what a killed process left stays");
        }
    }

    /// Why nothing would be written here now; `None` where it would, or where there is no folder yet.
    pub fn refusal(&self) -> Option<Error> {
        let folders = [self.root.clone(), self.runs_folder()];
        folders.iter().filter(|folder| folder.exists()).find_map(|folder| self.require_safe(folder).err())
    }

    /// Names below `runs` that are none of a kept run, with the reason why each stays. For people who look after the
    /// workspace.
    pub fn strangers(&self) -> Vec<(PathBuf, String)> {
        let known = self.announced().map(|manifest| manifest.runs).unwrap_or_default();
        let Ok(found) = entries(&self.runs_folder()) else { return Vec::new() };
        let mut strangers: Vec<(PathBuf, String)> = found
            .filter_map(Result::ok)
            .filter(|(_, name, _)| !known.contains(name))
            .filter_map(|(path, name, _)| {
                let why = erase::foreign(&path, &name, self.share).unwrap_or_else(|error| Some(error.to_string()))?;
                Some((path, why))
            })
            .collect();
        strangers.sort();
        strangers
    }

    pub(super) fn runs_folder(&self) -> PathBuf {
        self.root.join("runs")
    }

    fn open_run(&self, manifest: &Manifest, id: &str) -> Result<Run> {
        Run::open(&self.runs_folder(), id, manifest.records.get(id).map(String::as_str))
    }

    /// The manifest, an empty one before the first run.
    pub(super) fn announced(&self) -> Result<Manifest> {
        if let Some(manifest) = Manifest::read(&self.root)? {
            return Ok(manifest);
        }
        let whole = self.whole_runs().len();
        if whole > 0 {
            let runs = if whole == 1 { "1 whole run lies".to_owned() } else { format!("{whole} whole runs lie") };
            let what = format!("is missing, though {runs} beside it");
            return Err(Error::damaged_manifest(self.root.join("manifest.json"), what));
        }
        Ok(Manifest::default())
    }

    /// Ids of the whole runs in the folder, newest first, with the checksums of their records.
    pub(super) fn whole_runs(&self) -> Vec<(String, String)> {
        self.recorded().0.into_iter().rev().map(|(info, record)| (info.id, record)).collect()
    }

    /// Runs in the folder whose record cannot be read, with the reason; the history lacks them. For people who look after the
    /// workspace.
    pub fn unreadable(&self) -> Vec<(String, Error)> {
        self.recorded().1
    }

    /// The records of the whole runs in the folder with their checksums, the earliest first, and the runs whose record cannot
    /// be read.
    fn recorded(&self) -> Recorded {
        let Ok(entries) = entries(&self.runs_folder()) else { return Recorded::default() };
        let (mut read, mut unreadable) = Recorded::default();
        for (path, name, kind) in entries.filter_map(Result::ok) {
            if kind.is_dir() && is_own_run(&name) {
                match run::read_record(&path, &name) {
                    Ok(record) => read.push(record),
                    Err(error) => unreadable.push((name, error)),
                }
            }
        }
        read.sort_by_cached_key(|(info, _)| age(info));
        unreadable.sort_by(|a, b| a.0.cmp(&b.0));
        (read, unreadable)
    }

    /// Adds to the history what it lacks of the runs in the folder.
    fn extend_history(&self) {
        let (read, unreadable) = self.recorded();
        for (run, error) in unreadable {
            tracing::warn!(run, %error, "the history lacks a run whose record cannot be read");
        }
        let runs: Vec<RunInfo> = read.into_iter().map(|(info, _)| info).collect();
        // What cannot be written now is added after the next run.
        if let Err(error) = history::extend(&self.root, &runs, self.share) {
            tracing::warn!(%error, "the history lacks this run for now");
        }
    }

    /// Takes the lock, in a folder that nobody else may write.
    pub(super) fn lock(&self) -> Result<Writer> {
        let runs = self.runs_folder();
        for folder in [&self.root, &runs] {
            files::create_folder(folder, self.share)?;
            self.require_safe(folder)?;
        }
        let path = self.root.join("lock");
        let lock = files::open_lock(&path, self.share)?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Writer { workspace: self.clone(), lock }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::Locked(self.root.clone())),
            Err(error) => Err(Error::Io { path, source: error.into() }),
        }
    }

    fn require_safe(&self, folder: &Path) -> Result<()> {
        if folder != self.root {
            files::refuse_link(folder)?;
        }
        files::require_safe(folder, self.share)
    }
}

/// The records that could be read with their checksums, and the runs whose record could not.
type Recorded = (Vec<(RunInfo, String)>, Vec<(String, Error)>);

/// What orders runs in time: the second in the id, when the run was committed, the id.
pub(super) type Age = (String, i64, String);

/// A run's place in time. Ids of one second differ by chance alone.
pub(super) fn age(info: &RunInfo) -> Age {
    let second = info.id.split('-').next().unwrap_or_default();
    (second.to_owned(), info.created_ms, info.id.clone())
}

/// The one writer of a workspace; its lock is released when it is dropped.
#[derive(Debug)]
pub struct Writer {
    workspace: Workspace,
    lock: File,
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment holds it open until its exec.
        if let Err(error) = flock(&self.lock, FlockOperation::Unlock) {
            tracing::warn!(%error, "the workspace stays locked until this process ends");
        }
    }
}

impl Writer {
    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Removes the runs that no reader can see, half written or half removed ones among them. What is not ours, or still
    /// read, is left.
    fn tidy(&self) -> Result<()> {
        // Without a readable manifest nobody knows which of the whole runs are wanted; the next commit names them anew.
        let known = match self.workspace.announced() {
            Ok(manifest) if manifest.current.is_some() => Some(manifest.runs),
            Ok(_) | Err(Error::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        files::tidy(&self.workspace.root)?;
        let runs = self.workspace.runs_folder();
        for entry in entries(&runs)? {
            let (path, name, _) = entry?;
            let kept = known.as_ref().is_none_or(|known| known.contains(&name));
            if is_unfinished(&name) || !kept {
                self.erase(&name);
            } else if !is_own_run(&name) {
                left_alone(&path, "bears a name that this program gives to no run");
            }
        }
        Ok(())
    }

    /// Removes a run, or says in the log why it stays.
    pub(super) fn erase(&self, name: &str) {
        let runs = self.workspace.runs_folder();
        match erase(&runs, name, self.workspace.share) {
            Ok(Erased::Gone) => {}
            Ok(Erased::Read) => tracing::info!(run = name, "an old run stays while it is read"),
            Ok(Erased::Left(why)) => left_alone(&runs.join(name), &why),
            // It goes at a later start.
            Err(error) => tracing::warn!(run = name, %error, "an old run stays"),
        }
    }

    /// Where there is no run yet, says so in a manifest, before the first one gets its name: a manifest that is missing
    /// beside whole runs was lost.
    pub(super) fn begin_manifest(&self) -> Result<()> {
        let workspace = &self.workspace;
        if Manifest::read(&workspace.root).is_ok_and(|there| there.is_none()) && workspace.whole_runs().is_empty() {
            Manifest::of(Vec::new(), BTreeMap::new()).write(&workspace.root, workspace.share)?;
        }
        Ok(())
    }

    /// Makes `id` the current run, whose record has this checksum, and drops the oldest beyond `keep`; but never the
    /// newest complete one.
    pub(super) fn publish(&self, id: &str, record: String, keep: usize) -> Result<()> {
        // A lost or damaged manifest must not keep a good run from being committed; the folder tells which runs exist.
        let (mut runs, mut records, pinned) = match self.workspace.announced() {
            Ok(Manifest { current: Some(_), runs, records, pinned, .. }) => (runs, records, pinned),
            Ok(_) | Err(Error::Damaged { .. }) => {
                (self.workspace.whole_runs().into_iter().map(|(id, _)| id).collect(), BTreeMap::new(), Vec::new())
            }
            Err(error) => return Err(error),
        };
        runs.retain(|run| run != id);
        runs.insert(0, id.to_owned());
        records.insert(id.to_owned(), record);
        // An older program kept no checksums of records.
        for (id, record) in self.workspace.whole_runs() {
            records.entry(id).or_insert(record);
        }
        let (kept, dropped) = self.kept(runs, keep, &pinned);
        Manifest::of(kept, records).pinning(pinned).write(&self.workspace.root, self.workspace.share)?;
        // Before old runs go.
        self.workspace.extend_history();
        // The new run is current already; what stays of an old one goes at the next start.
        for run in &dropped {
            self.erase(run);
        }
        Ok(())
    }

    /// The runs to keep and those to drop, of all runs newest first. Those pinned stay beside the number to keep.
    fn kept(&self, mut runs: Vec<String>, keep: usize, pinned: &[String]) -> (Vec<String>, Vec<String>) {
        let old = runs.split_off(keep.clamp(1, runs.len()));
        let folder = self.workspace.runs_folder();
        let info = |id: &String| run::read_record(&folder.join(id), id).ok().map(|(info, _)| info);
        let infos: Vec<_> = runs.iter().map(info).collect();
        let mut complete = infos.iter().flatten().any(RunInfo::is_complete);
        let mut all_stages = infos.iter().flatten().any(RunInfo::is_complete_with_all_stages);
        let mut dropped = Vec::new();
        for id in old {
            if pinned.contains(&id) {
                runs.push(id);
                continue;
            }
            let info = if complete && all_stages { None } else { info(&id) };
            let first = info.as_ref().is_some_and(|info| {
                (!complete && info.is_complete()) || (!all_stages && info.is_complete_with_all_stages())
            });
            if let (true, Some(info)) = (first, info) {
                complete |= info.is_complete();
                all_stages |= info.is_complete_with_all_stages();
                runs.push(id);
            } else {
                dropped.push(id);
            }
        }
        (runs, dropped)
    }
}

/// Says in the log, once per process and name, that something is left alone.
fn left_alone(path: &Path, why: &str) {
    static TOLD: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);
    if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf()) {
        tracing::warn!(path = %path.display(), why, "this is not ours and is left alone");
    }
}
