//! The tables that lie in a folder, an archive or a workbook.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::source::container::{Container, entries};
use crate::ingest::source::sheet;

/// What the name of a table ends in, packed or not.
const ENDINGS: [&str; 8] = [".csv", ".tsv", ".txt", ".dat", ".json", ".jsonl", ".ndjson", ".parquet"];
/// What packers add.
pub(in crate::ingest) const PACKED: [&str; 4] = [".gz", ".zst", ".bz2", ".xz"];
/// Folders within folders that are looked into.
const DEEPEST: usize = 12;

/// What a file is that holds tables; `None` for any other path, a folder's among them.
pub(in crate::ingest) fn is_container(path: &Path) -> Result<Option<Container>> {
    match std::fs::metadata(path) {
        Ok(there) if there.is_file() => Container::of(path),
        _ => Ok(None),
    }
}

/// The path of a table that lies beside a log: in its folder, or in the same archive or workbook, where it holds one called so.
pub(in crate::ingest) fn beside(input: &Path, name: &str) -> PathBuf {
    let within = || is_container(input).ok()?.and_then(|container| tables_of(input, container).ok());
    if input.is_dir() || within().is_some_and(|tables| tables.iter().any(|table| table == name)) {
        return input.join(name);
    }
    input.parent().unwrap_or(Path::new("")).join(name)
}

/// The names of a container's tables, in natural order: members named like tables, of none the ones without an ending;
/// sheets that hold cells.
///
/// # Errors
/// [`Error::Input`] for one that cannot be read.
pub(in crate::ingest) fn tables_of(path: &Path, container: Container) -> Result<Vec<String>> {
    if container == Container::Workbook {
        return sheet::names(path);
    }
    let names: Vec<String> =
        entries(path)?.into_iter().map(|entry| entry.name).filter(|name| !is_hidden(name)).collect();
    let mut tables: Vec<String> = names.iter().filter(|name| is_table(name)).cloned().collect();
    if tables.is_empty() {
        tables = names.into_iter().filter(|name| Path::new(name).extension().is_none()).collect();
    }
    tables.sort_by_cached_key(|name| natural(name));
    Ok(tables)
}

/// The files of a folder and of the folders in it, as paths below it, hidden ones and markers (`_SUCCESS`) left out.
///
/// # Errors
/// [`Error::Io`]; [`Error::Refused`] for folders deeper than are looked into, as a link to a folder above makes them.
pub(in crate::ingest) fn listing(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut due = vec![(PathBuf::new(), 0)];
    while let Some((below, depth)) = due.pop() {
        let here = folder.join(&below);
        for entry in std::fs::read_dir(&here).map_err(Error::io(&here))? {
            let entry = entry.map_err(Error::io(&here))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if is_hidden(&name) {
                continue;
            }
            let path = below.join(&name);
            if entry.path().is_dir() {
                if depth == DEEPEST {
                    let what =
                        format!("lies more than {DEEPEST} folders below the input; move it up, or name its folder");
                    return Err(Error::Refused { path: folder.join(path), what });
                }
                due.push((path, depth + 1));
            } else if let Some(path) = path.to_str() {
                found.push(path.to_owned());
            }
        }
    }
    found.sort_by_cached_key(|name| natural(name));
    Ok(found)
}

/// Whether a file is named like a table.
pub(in crate::ingest) fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = PACKED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is none that somebody put there to be read.
pub(super) fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with(['.', '_']) && !part.contains('=') || part == "__MACOSX")
}

/// A name by whose order `part2` comes before `part10`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(text);
        let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let (digits, after) = after.split_at(end);
        parts.push((text.to_owned(), digits.parse().unwrap_or(u64::MAX)));
        rest = after;
    }
    parts
}
