//! Removing a run's folder: only one that bears a name of ours and holds nothing that is not a run's, never through a
//! link, and never under a reader.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::store::names::{UNFINISHED, is_own_run, is_unfinished};
use crate::store::record::RunInfo;
use crate::store::run;

/// The file that says in a folder without `run.json` that it was begun by this program.
pub(super) const MARKER: &str = ".user360-run";

/// What became of a folder that was to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Erased {
    /// It is gone.
    Gone,
    /// Someone reads it: it goes at a later start.
    Read,
    /// It is left as it is, and why.
    Left(String),
}

/// Removes the folder `name` below `runs`, renamed to a hidden name first, so that a kill on the way leaves what the next
/// start removes.
pub(super) fn erase(runs: &Path, name: &str, share: Share) -> Result<Erased> {
    let folder = runs.join(name);
    if let Some(why) = foreign(&folder, name, share)? {
        return Ok(Erased::Left(why));
    }
    let open = files::open_folder(&folder)?;
    match flock(&open, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(Erased::Read),
        Err(error) => return Err(Error::io(&folder)(error.into())),
    }
    let hidden = if is_unfinished(name) { folder.clone() } else { runs.join(format!("{UNFINISHED}{name}")) };
    if hidden != folder {
        fs::rename(&folder, &hidden).map_err(Error::io(&folder))?;
        files::sync_folder(runs)?;
    }
    match remove(&hidden)? {
        None => Ok(Erased::Gone),
        Some(strange) => Ok(Erased::Left(format!("holds {}, which is no part of a run", strange.display()))),
    }
}

/// Why a folder is not ours to remove; `None` where it is.
pub(super) fn foreign(folder: &Path, name: &str, share: Share) -> Result<Option<String>> {
    let because = |why: &str| Ok(Some(why.to_owned()));
    let unfinished = is_unfinished(name);
    if !unfinished && !is_own_run(name) {
        return because("bears a name that this program gives to no run");
    }
    let there = fs::symlink_metadata(folder).map_err(Error::io(folder))?;
    if !there.is_dir() {
        return because(if there.is_symlink() { "is a link" } else { "is no folder" });
    }
    if there.uid() != rustix::process::geteuid().as_raw() && share != Share::Group {
        return because("belongs to another user");
    }
    let record = run::read_record(folder, name.strip_prefix(UNFINISHED).unwrap_or(name));
    if let Err(error @ Error::Newer { .. }) = &record {
        return Ok(Some(error.to_string()));
    }
    let info = match record {
        Ok((info, _)) => Some(info),
        Err(_) if unfinished => None,
        Err(error) => return Ok(Some(format!("holds no run.json of its own ({error})"))),
    };
    let strange = inventory(folder, info.as_ref())?.strange;
    Ok(strange.map(|strange| {
        let inside = strange.strip_prefix(folder).unwrap_or(&strange);
        format!("holds {}, which is no part of a run", inside.display())
    }))
}

/// Removes the parts of a run from a folder, and the folder when nothing else is in it; else says what is.
pub(super) fn remove(folder: &Path) -> Result<Option<PathBuf>> {
    let info = run::read_record(folder, "").ok().map(|(info, _)| info);
    let Inventory { files, folders, strange } = inventory(folder, info.as_ref())?;
    if strange.is_some() {
        return Ok(strange);
    }
    // The record goes last: it tells which files are the run's.
    let (records, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.ends_with("run.json"));
    for file in others.iter().chain(&records) {
        fs::remove_file(file).map_err(Error::io(file))?;
    }
    for folder in folders.iter().map(PathBuf::as_path).chain([folder]) {
        fs::remove_dir(folder).map_err(Error::io(folder))?;
    }
    Ok(None)
}

/// What stands in a run's folder beside the tables, as pipeline.md's tree has it.
const FILES: [&str; 4] = ["run.json", "run.tmp", "quarantine.csv", MARKER];
/// The tables.
const TABLES: [&str; 11] = [
    "events",
    "items",
    "customers",
    "features",
    "segments",
    "churn",
    "ltv",
    "uplift",
    "actions",
    "recommendations",
    "similar_items",
];
/// The one folder in it.
const MODELS: &str = "models";
/// What the names of files in that folder begin with.
const STAGES: [&str; 5] = ["segments", "churn", "ltv", "recommend", "uplift"];

/// The files and folders of a run in its folder, and something that is none of them.
struct Inventory {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    strange: Option<PathBuf>,
}

fn inventory(folder: &Path, info: Option<&RunInfo>) -> Result<Inventory> {
    let listed: HashSet<&str> = info.into_iter().flat_map(RunInfo::files).map(|file| file.name.as_str()).collect();
    let (mut found, mut folders, mut strange) = (Vec::new(), Vec::new(), None);
    for entry in entries(folder)? {
        let (path, name, kind) = entry?;
        if kind.is_dir() && name == MODELS {
            for entry in entries(&path)? {
                let (path, name, kind) = entry?;
                let known = STAGES.iter().any(|stage| name.starts_with(stage))
                    || files::is_temporary(name.as_ref())
                    || listed.contains(format!("{MODELS}/{name}").as_str());
                if kind.is_file() && known { found.push(path) } else { strange = strange.or(Some(path)) }
            }
            folders.push(path);
            continue;
        }
        let table = name.strip_suffix(".parquet");
        let known = FILES.contains(&name.as_str())
            // A half-written run names its tables nowhere; nobody else writes into its hidden folder.
            || table.is_some_and(|table| info.is_none() || TABLES.contains(&table))
            || files::is_temporary(name.as_ref())
            || listed.contains(name.as_str());
        if kind.is_file() && known { found.push(path) } else { strange = strange.or(Some(path)) }
    }
    Ok(Inventory { files: found, folders, strange })
}

/// Path, name and kind of what is in a folder. A name that is no text becomes one that is none of ours.
pub(super) fn entries(folder: &Path) -> Result<impl Iterator<Item = Result<(PathBuf, String, fs::FileType)>> + use<>> {
    let named = folder.to_path_buf();
    let entries = fs::read_dir(folder).map_err(Error::io(folder))?;
    Ok(entries.map(move |entry| {
        let entry = entry.map_err(Error::io(&named))?;
        let kind = entry.file_type().map_err(Error::io(entry.path()))?;
        Ok((entry.path(), entry.file_name().to_string_lossy().into_owned(), kind))
    }))
}
