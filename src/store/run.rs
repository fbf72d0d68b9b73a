//! A committed run: its record and its tables, verified before they are read and kept from being removed meanwhile.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use rustix::fs::{FlockOperation, flock};
use serde::Deserialize;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::caught::caught;
use crate::error::{Error, Result};
use crate::files;
use crate::store::beside::Beside;
use crate::store::manifest::refuse_newer;
use crate::store::record::RunInfo;
use crate::store::stages::FileRecord;
use crate::store::verified::{self, Verified};

/// The newest format of `run.json` that this program reads.
const FORMAT: u32 = 1;

/// The record's name in the run's folder.
const RECORD: &str = "run.json";

/// The most bytes that a record can need.
const MOST: u64 = 256 << 20;

/// A committed run, immutable. Its folder stays for as long as one of its clones lives, in this process or another.
#[derive(Clone, Debug)]
pub struct Run {
    folder: PathBuf,
    info: RunInfo,
    /// XXH3-64 of `run.json`.
    record: String,
    /// What its queries see beside its tables.
    beside: Arc<Beside>,
    /// The open folder, with a shared lock that whoever removes runs respects.
    _reading: Arc<File>,
}

impl Run {
    /// Opens the run `id` below `runs`; `record` is the checksum of its `run.json`, where one is known.
    pub(super) fn open(runs: &Path, id: &str, record: Option<&str>) -> Result<Self> {
        let folder = runs.join(id);
        let path = folder.join(RECORD);
        let reading = files::open_folder(&folder).map_err(|error| missing(error, &path))?;
        match flock(&reading, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(Error::damaged_run(&folder, "is being removed by another process"));
            }
            // A file system without locks is no reason not to read.
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the run cannot be locked while it is read");
            }
        }
        let (info, found) = read_record(&folder, id)?;
        if record.is_some_and(|record| record != found) {
            return Err(Error::damaged_run(&path, "the contents do not match their checksum"));
        }
        Ok(Self { folder, info, record: found, beside: Arc::default(), _reading: Arc::new(reading) })
    }

    /// The same run, whose queries see these too.
    #[must_use]
    pub fn with_beside(self, beside: Beside) -> Self {
        Self { beside: Arc::new(beside), ..self }
    }

    /// The same run, whose queries see a result as the table `last`.
    #[must_use]
    pub(super) fn with_last(&self, last: DataFrame) -> Self {
        let beside = Beside { last: Some(last), ..self.beside.as_ref().clone() };
        self.clone().with_beside(beside)
    }

    /// What its queries see beside its tables.
    pub(super) fn beside(&self) -> &Beside {
        &self.beside
    }

    /// The checksum of its record.
    pub(super) fn record(&self) -> &str {
        &self.record
    }

    /// What `run.json` says.
    pub fn info(&self) -> &RunInfo {
        &self.info
    }

    /// The path of one of its files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder of the workspace that it belongs to.
    pub(super) fn workspace(&self) -> &Path {
        self.folder.ancestors().nth(2).unwrap_or(&self.folder)
    }

    /// Names of its tables, in the order of the stages. What lies beside the models is none of them.
    pub fn tables(&self) -> Vec<&str> {
        let tables = self.info.files().filter_map(|file| file.name.strip_suffix(".parquet"));
        tables.filter(|name| !name.contains('/')).collect()
    }

    /// Whether the run has a table.
    pub fn has(&self, table: &str) -> bool {
        self.tables().contains(&table)
    }

    /// Reads a whole table, once it is known to hold what was written.
    pub fn table(&self, name: &str) -> Result<DataFrame> {
        let file = self.open_table(name)?;
        // From memory: a file that is mapped and then shortened by another process ends this one.
        let contents = io::Cursor::new(file.read_all()?);
        library(file.path(), || ParquetReader::new(contents).finish())
    }

    /// Reads one of its other files, once it is known to hold what was written.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let record = self.info.files().find(|file| file.name == name);
        let record = record.ok_or_else(|| Error::Missing(format!("run {} has no file {name}", self.info.id)))?;
        Ok(self.open_file(record)?.read_all()?.to_vec())
    }

    /// Recomputes the checksum of every file and names the first that differs.
    pub fn verify(&self) -> Result<()> {
        self.info.files().try_for_each(|record| {
            let path = self.path(&record.name);
            let mut file = files::open_inside(&self.folder, &record.name).map_err(|error| missing(error, &path))?;
            verified::verify_anew(&mut file, &path, record)
        })
    }

    /// Opens a file of which only what holds what was written is read.
    pub(super) fn open_file(&self, record: &FileRecord) -> Result<Verified> {
        let path = self.path(&record.name);
        let file = files::open_inside(&self.folder, &record.name).map_err(|error| missing(error, &path))?;
        Verified::new(file, &path, record)
    }

    /// Opens a table likewise.
    pub(super) fn open_table(&self, name: &str) -> Result<Verified> {
        let mut records = self.info.files();
        match records.find(|file| file.name.strip_suffix(".parquet") == Some(name)) {
            Some(record) => self.open_file(record),
            None => Err(self.lacks(name)),
        }
    }

    /// What to say of a table that it does not have: how the stages ended that left none.
    pub(super) fn lacks(&self, name: &str) -> Error {
        let because = self
            .info
            .stages
            .iter()
            .filter_map(|stage| stage.reason.as_ref().map(|reason| format!("{} {}: {reason}", stage.id, stage.state)))
            .collect::<Vec<_>>()
            .join("; ");
        let because = if because.is_empty() { String::new() } else { format!(" ({because})") };
        Error::Missing(format!("run {} has no table {name}{because}", self.info.id))
    }
}

/// Reads the record in a run's folder, and its checksum. An empty `id` is not compared.
pub(super) fn read_record(folder: &Path, id: &str) -> Result<(RunInfo, String)> {
    /// What a record of any format has.
    #[derive(Deserialize)]
    struct Any {
        format: Value,
    }
    let path = folder.join(RECORD);
    let file = files::open_inside(folder, RECORD).map_err(|error| missing(error, &path))?;
    let text = files::read_at_most(file, &path, MOST)?;
    let damaged = |what: String| Error::damaged_run(&path, what);
    let any: Any = serde_json::from_slice(&text).map_err(|error| damaged(format!("not a run's record: {error}")))?;
    refuse_newer(&path, Some(&any.format), FORMAT)?;
    let info: RunInfo =
        serde_json::from_slice(&text).map_err(|error| damaged(format!("not a run's record: {error}")))?;
    info.check().map_err(damaged)?;
    if !id.is_empty() && info.id != id {
        return Err(damaged(format!("is the record of the run {:?}", info.id)));
    }
    Ok((info, format!("{:016x}", xxh3_64(&text))))
}

/// Calls the library that reads tables. What it answers with a panic, such as a file that the system refuses to map, is an
/// error that names the table.
fn library<T>(path: &Path, work: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    match caught(work) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refused_or_damaged(path, error)),
        Err(panic) => Err(Error::io(path)(io::Error::other(panic))),
    }
}

/// The system's refusal of a file, or else what the library cannot read in it.
fn refused_or_damaged(path: &Path, error: PolarsError) -> Error {
    match error {
        PolarsError::IO { error, .. } => Error::io(path)(io::Error::new(error.kind(), error.to_string())),
        error => Error::damaged_run(path, error.to_string()),
    }
}

/// A file of a run that is gone is damage; one that cannot be read is not.
fn missing(error: Error, path: &Path) -> Error {
    match error {
        Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => Error::damaged_run(path, "is missing"),
        error => error,
    }
}
