//! The files of a log that the settings name, in their order.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::settings::IngestSettings;
use crate::ingest::shape::shown;
use crate::ingest::source::{Origin, is_container, tables_of};

/// The files that the settings name, each pattern's in natural order.
pub(super) fn named(input: &Path, settings: &IngestSettings) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for pattern in &settings.files {
        let wrong = |what: String| Error::Config(format!("ingest.files: {what}"));
        // The folder's own name is no pattern.
        let folder = glob::Pattern::escape(&input.to_string_lossy());
        let whole = Path::new(&folder).join(pattern);
        let found = glob::glob(&whole.to_string_lossy()).map_err(|error| wrong(format!("{pattern:?}: {error}")))?;
        let mut matches: Vec<PathBuf> = Vec::new();
        for path in found {
            let path = path.map_err(|error| {
                let path = error.path().to_path_buf();
                Error::Io { path, source: error.into() }
            })?;
            if !path.is_dir() {
                refuse_odd(&path)?;
                // An archive or a workbook is all of its tables.
                match is_container(&path)? {
                    Some(container) => matches.extend(tables_of(&path, container)?.iter().map(|name| path.join(name))),
                    None => matches.push(path),
                }
            }
        }
        if matches.is_empty() {
            return Err(wrong(format!("no file {pattern:?} in {}", input.display())));
        }
        matches.sort_by_cached_key(|path| {
            let stem = path.with_extension("").to_string_lossy().into_owned();
            let (text, number) = natural_order(&stem);
            (text.to_owned(), number)
        });
        files.extend(matches);
    }
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

/// The tables of an archive or a workbook that the settings name.
pub(super) fn named_within(input: &Path, names: &[String], settings: &IngestSettings) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for pattern in &settings.files {
        let wrong = |what: String| Error::Config(format!("ingest.files: {pattern:?}{what}"));
        let told = glob::Pattern::new(pattern).map_err(|error| wrong(format!(": {error}")))?;
        let before = files.len();
        files.extend(names.iter().filter(|name| told.matches(name)).map(|name| input.join(name)));
        if files.len() == before {
            return Err(wrong(format!(" names no table in {}; it has {}", input.display(), shown(names))));
        }
    }
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

/// Which of several logs each of their files is of.
///
/// # Errors
/// [`Error::Config`] for a file that two of them name.
pub(super) fn numbered(logs: &[Vec<PathBuf>]) -> Result<BTreeMap<PathBuf, usize>> {
    let mut of_log = BTreeMap::new();
    for (log, files) in logs.iter().enumerate() {
        for file in files {
            if let Some(other) = of_log.insert(file.clone(), log) {
                let what = format!("ingest.logs: {} is of log {} and of log {}", file.display(), other + 1, log + 1);
                return Err(Error::Config(what));
            }
        }
    }
    Ok(of_log)
}

/// Refuses what stands in a folder where a raw file should, and is none: a pipe, a link to nothing, a folder.
pub(super) fn refuse_odd(file: &Path) -> Result<()> {
    let refused = |what: &str| Err(Error::Refused { path: file.to_path_buf(), what: what.to_owned() });
    let origin = Origin::of(file);
    if let Ok(Origin::Member(..) | Origin::Sheet(..)) = &origin {
        return Ok(());
    }
    match std::fs::metadata(file) {
        Ok(there) if there.is_dir() => {
            refused("is a folder where a file is needed; to read the files in it, name it as the input")
        }
        Ok(there) if there.is_file() => Ok(()),
        Err(_) if std::fs::symlink_metadata(file).is_ok_and(|there| there.is_symlink()) => {
            refused("is a link to a file that is not there; mend the link or remove it")
        }
        _ => open_regular(file).map(|_| ()),
    }
}

/// `part2` before `part10`: the text before the trailing number, then the number.
pub(super) fn natural_order(stem: &str) -> (&str, u64) {
    let text = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    (text, stem[text.len()..].parse().unwrap_or(0))
}
