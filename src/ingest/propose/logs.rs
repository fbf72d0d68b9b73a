//! Which logs are looked at: the paths that somebody named.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::joined::join_head;
use crate::ingest::layout::recognised;
use crate::ingest::propose::Request;
use crate::ingest::propose::grouped::Group;
use crate::ingest::propose::related::{Related, related, separate};
use crate::ingest::propose::sample::{first_row, likeliest_separator};
use crate::ingest::shape::shown;
use crate::ingest::source::{
    Origin, PACKED, Storage, container_of, is_container, is_table, listing, storage, tables_of,
};
use crate::ingest::{Fetched, IngestSettings, InputFiles, discover, is_remote, split_pattern};
use crate::job::Job;

/// Rows of a log to which other tables are joined that are looked at.
const LOOKED_AT: u64 = 50_000;

/// The logs named, as a run takes them.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs {
    /// What a run is given as its input.
    pub(super) input: PathBuf,
    /// The files.
    pub(super) files: InputFiles,
    /// Their names as `ingest.files` wants them; none where the input tells them.
    pub(super) names: Vec<String>,
    /// Holds the files of a log that was brought here, and those that were made of them.
    fetched: Vec<Arc<Fetched>>,
    /// What belongs to it in its folder.
    pub(super) related: Related,
    /// Logs of other columns that are read with it.
    others: Vec<Logs>,
    /// Whether it is one of several.
    pub(super) is_of_several: bool,
}

impl Logs {
    /// One file, one folder of a known shape, or several files, some of them told by patterns.
    pub(super) fn of(request: &Request, job: &Job) -> Result<Self> {
        let paths = &request.paths;
        if let Some(remote) = paths.iter().find(|path| is_remote(path)) {
            if paths.len() > 1 {
                let what = "lies elsewhere and is read alone; name it by itself, or objects by one pattern".to_owned();
                return Err(Error::Refused { path: remote.clone(), what });
            }
            return Self::of_elsewhere(request, remote, job);
        }
        if let [one] = paths.as_slice()
            && split_pattern(one).is_none()
        {
            return Self::of_one(one)?.with_related(job);
        }
        let mut folders = Vec::new();
        for path in paths {
            if let Some((folder, _)) = split_pattern(path) {
                folders.push(folder);
                continue;
            }
            if path.is_dir() {
                let what = "is a folder; name either one folder or files".to_owned();
                return Err(Error::Input { path: path.clone(), line: None, what });
            }
            folders.push(folder_of(Origin::of(path)?.file()));
        }
        let folder = common_folder(&folders).ok_or_else(|| {
            let what = "lies under no folder that the other files lie under too; give all of them alike".to_owned();
            Error::Input { path: paths.last().cloned().unwrap_or_default(), line: None, what }
        })?;
        let mut names = Vec::new();
        for path in paths {
            let is_pattern = split_pattern(path).is_some();
            let below = path.strip_prefix(&folder).unwrap_or(path).to_str().ok_or_else(|| {
                let what = "has a name that is no text".to_owned();
                Error::Input { path: path.clone(), line: None, what }
            })?;
            // Names in the settings are patterns.
            names.push(if is_pattern { below.to_owned() } else { glob::Pattern::escape(below) });
        }
        let input = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let files = discover(&input, &IngestSettings { files: names.clone(), ..IngestSettings::default() })?;
        let files = InputFiles { events: files.events, ..InputFiles::default() };
        Self { input, files, names, ..Self::default() }.with_several(job)
    }

    /// A file, or a folder of a known shape or of tables.
    fn of_one(path: &Path) -> Result<Self> {
        match discover(path, &IngestSettings::default()) {
            Ok(files) => Ok(Self { input: path.to_path_buf(), files, names: Vec::new(), ..Self::default() }),
            Err(refused) if path.is_dir() => Self::of_folder(path)?.ok_or(refused),
            Err(refused) => Self::of_container(path)?.ok_or(refused),
        }
    }

    /// The tables of an archive or a workbook that are of different columns; `None` for any other file.
    fn of_container(path: &Path) -> Result<Option<Self>> {
        let Some(container) = is_container(path)? else { return Ok(None) };
        let names = tables_of(path, container)?;
        if names.len() < 2 {
            return Ok(None);
        }
        let files = InputFiles { events: names.iter().map(|name| path.join(name)).collect(), ..InputFiles::default() };
        let names = names.iter().map(|name| glob::Pattern::escape(name)).collect();
        Ok(Some(Self { files, names, input: path.to_path_buf(), ..Self::default() }))
    }

    /// A log that is brought here to be looked at.
    fn of_elsewhere(request: &Request, remote: &Path, job: &Job) -> Result<Self> {
        let (input, names) = match split_pattern(remote) {
            Some((folder, pattern)) => (folder, vec![pattern]),
            None => (remote.to_path_buf(), Vec::new()),
        };
        let fetched = if let Some(brought) = &request.brought {
            Arc::clone(brought)
        } else {
            let settings = IngestSettings { files: names.clone(), ..request.given.clone() };
            Arc::new(Fetched::head(&input, &settings, request.password_file.as_deref(), job)?)
        };
        let found = if names.is_empty() {
            Self::of_one(fetched.input())
        } else {
            discover(fetched.input(), &IngestSettings { files: names.clone(), ..IngestSettings::default() }).map(
                |files| {
                    let files = InputFiles { events: files.events, ..InputFiles::default() };
                    Self { input: fetched.input().to_path_buf(), files, names, ..Self::default() }
                },
            )
        };
        let found = found.map(|found| Self { fetched: vec![Arc::clone(&fetched)], ..found });
        let mut found = found.and_then(|found| found.with_related(job)).map_err(|error| fetched.of_origin(error))?;
        // A run is given the address.
        found.others.iter_mut().for_each(|other| other.input.clone_from(&input));
        found.input = input;
        Ok(found)
    }

    /// An error about one of the files, told of where that comes from.
    pub(super) fn of_origin(&self, error: Error) -> Error {
        self.fetched.iter().rev().fold(error, |error, fetched| fetched.of_origin(error))
    }

    /// The tables of a folder that holds none of a known shape, as a pattern: what is put there later is read too. `None`
    /// where there is no table, or where one is known and something else is wrong.
    pub(super) fn of_folder(folder: &Path) -> Result<Option<Self>> {
        let mut found = Vec::new();
        for name in listing(folder)? {
            let file = folder.join(&name);
            let is_packed = [".zip", ".xlsx"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
            if !(is_table(&name) || is_packed && is_container(&file)?.is_some()) {
                continue;
            }
            let is_below = name.contains('/');
            let base = file_name(&file);
            let own = ["events.", "item_properties", "category_tree."].iter().any(|own| base.starts_with(own));
            if !is_packed && !is_below && (own || recognised(&file, &IngestSettings::default())?.is_some()) {
                return Ok(None);
            }
            // With the packer's: `csv.gz`.
            let stem = PACKED.iter().find_map(|packed| base.strip_suffix(packed)).unwrap_or(&base);
            let ending = &base[stem.rfind('.').map_or(0, |dot| dot + 1)..];
            found.push(if is_below { format!("**/*.{ending}") } else { format!("*.{ending}") });
        }
        found.sort_unstable();
        found.dedup();
        // A pattern that reaches into folders reaches what lies beside them too.
        let names: Vec<String> = found.iter().filter(|name| !found.contains(&format!("**/{name}"))).cloned().collect();
        if names.is_empty() {
            return Ok(None);
        }
        let files = discover(folder, &IngestSettings { files: names.clone(), ..IngestSettings::default() })?;
        let files = InputFiles { events: files.events, ..InputFiles::default() };
        Ok(Some(Self { input: folder.to_path_buf(), files, names, ..Self::default() }))
    }

    /// The same where the tables of a folder have different columns and tell of one another: the log is what comes of joining
    /// them, and of reading several as one. Where nothing can be told of them they are the log as they are; the tables of an
    /// archive or a workbook are not.
    fn with_related(self, job: &Job) -> Result<Self> {
        let is_packed = |file: &PathBuf| self.input.is_dir() && container_of(file).is_some();
        if self.names.is_empty() || self.files.events.len() < 2 || self.files.events.iter().any(is_packed) {
            return Ok(self);
        }
        let Some(groups) = Group::all(&self.input, &self.files.events)? else { return Ok(self) };
        let Some(related) = related(&self.input, &groups, job)? else {
            // What their differing columns mean nobody knows: the reason why they are no log is told as ever.
            if self.input.is_file() {
                return Err(differing_tables(&self.input, &groups));
            }
            return Ok(self);
        };
        self.with(related, &groups, job)
    }

    /// The same of files that were named, all of which are logs: of several, where some have not the columns of the others.
    fn with_several(self, job: &Job) -> Result<Self> {
        if self.files.events.len() < 2 {
            return Ok(self);
        }
        let Some(groups) = Group::all(&self.input, &self.files.events)? else { return Ok(self) };
        match separate(&self.input, &groups, job)? {
            Some(related) => self.with(related, &groups, job),
            None => Ok(self),
        }
    }

    fn with(self, related: Related, groups: &[Group], job: &Job) -> Result<Self> {
        let of = |group: &Group| {
            let files = InputFiles { events: group.files(&self.input), ..InputFiles::default() };
            let (input, names) = (self.input.clone(), group.patterns.clone());
            let is_of_several = !related.others.is_empty();
            Self { input, files, names, fetched: self.fetched.clone(), is_of_several, ..Self::default() }
        };
        let others = related.others.iter().map(|&at| of(&groups[at])).collect();
        let mut logs = Self { others, ..of(&groups[related.log]) };
        if !related.joins.is_empty() {
            let folder = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
            let joins = &related.joins;
            let (events, fetched) = join_head(&logs.files.events, joins, &logs.input, folder, LOOKED_AT, job)?;
            logs.files.events = events;
            logs.fetched.push(Arc::new(fetched));
        }
        logs.related = related;
        Ok(logs)
    }

    /// Each of several logs by itself; this one alone where there are no others.
    pub(super) fn one_by_one(&self) -> Vec<Self> {
        let first = Self { others: Vec::new(), ..self.clone() };
        std::iter::once(first).chain(self.others.iter().cloned()).collect()
    }

    /// Whether a file behind the first has another separator than this one.
    pub(super) fn are_parted_otherwise(&self, separator: Option<u8>, job: &Job) -> Result<bool> {
        let Some(separator) = separator else { return Ok(false) };
        for path in self.files.events.iter().skip(1) {
            job.check()?;
            if storage(path)? != Storage::Parquet && likeliest_separator(path)? != separator {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What belongs to the log by what, and what other files have that the first one has not, whose first row this is: a
    /// sentence each.
    pub(super) fn differing(
        &self,
        first: &[String],
        separator: Option<u8>,
        header: bool,
        job: &Job,
    ) -> Result<Vec<String>> {
        let mut notes = self.related.told.clone();
        let Some((looked_at, rest)) = self.files.events.split_first() else { return Ok(notes) };
        for path in rest {
            job.check()?;
            if let Some(differs) = difference(first, &first_row(path, separator)?, header) {
                let (name, first) = (file_name(path), file_name(looked_at));
                notes.push(format!("{name} {differs}; only {first} was looked at, the preview reads all"));
            }
        }
        Ok(notes)
    }
}

/// Why the tables of an archive or a workbook are no log.
fn differing_tables(container: &Path, groups: &[Group]) -> Error {
    let names: Vec<&str> = groups.iter().flat_map(|group| &group.names).map(String::as_str).collect();
    let (one, other) = (groups[0].names[0].as_str(), groups[groups.len() - 1].names[0].as_str());
    let what = format!(
        "holds tables of different columns ({}), and {one} and {other} differ; name one as {}/{other}, or several in \
         ingest.files",
        shown(&names),
        file_name(container)
    );
    Error::Input { path: container.to_path_buf(), line: None, what }
}

/// What a file's first row has that another's has not, in words such as `lacks price and has amount beside`.
pub(super) fn difference(first: &[String], row: &[String], header: bool) -> Option<String> {
    if !header {
        return (row.len() != first.len()).then(|| format!("has rows of {} fields, not of {}", row.len(), first.len()));
    }
    let lacks = |one: &[String], other: &[String]| -> Vec<String> {
        let other: HashSet<&String> = other.iter().collect();
        one.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let (missing, more) = (lacks(first, row), lacks(row, first));
    let mut differs = Vec::new();
    differs.extend((!missing.is_empty()).then(|| format!("lacks {}", shown(&missing))));
    differs.extend((!more.is_empty()).then(|| format!("has {} beside", shown(&more))));
    (!differs.is_empty()).then(|| differs.join(" and "))
}

/// The folder of a file; empty for the one the program was started in.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The deepest folder that all of these are, or lie in; `None` where some are told from the root and others are not.
fn common_folder(folders: &[PathBuf]) -> Option<PathBuf> {
    let (first, rest) = folders.split_first()?;
    if rest.iter().any(|folder| folder.is_absolute() != first.is_absolute()) {
        return None;
    }
    let mut common = first.clone();
    while !rest.iter().all(|folder| folder.starts_with(&common)) {
        if !common.pop() {
            return None;
        }
    }
    Some(common)
}
