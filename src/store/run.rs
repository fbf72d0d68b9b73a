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
use crate::store::manifest::refuse_newer;
use crate::store::record::RunInfo;
use crate::store::stages::FileRecord;
use crate::store::verified;

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
        Ok(Self { folder, info, record: found, _reading: Arc::new(reading) })
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

    /// Names of its tables, in the order of the stages.
    pub fn tables(&self) -> Vec<&str> {
        self.info.files().filter_map(|file| file.name.strip_suffix(".parquet")).collect()
    }

    /// Whether the run has a table.
    pub fn has(&self, table: &str) -> bool {
        self.tables().contains(&table)
    }

    /// Reads a whole table, once it is known to hold what was written.
    pub fn table(&self, name: &str) -> Result<DataFrame> {
        self.columns(name, &|_| true)
    }

    /// Reads the wanted columns of a table, once it is known to hold what was written.
    pub fn columns(&self, name: &str, wanted: &dyn Fn(&str) -> bool) -> Result<DataFrame> {
        let (file, path, _) = self.open_table(name)?;
        library(&path, || {
            let mut reader = ParquetReader::new(file);
            let schema = reader.schema()?;
            let columns = schema.iter_names().filter(|column| wanted(column)).map(ToString::to_string).collect();
            reader.with_columns(Some(columns)).finish()
        })
    }

    /// Reads the rows of a table for which the condition holds, once it is known to hold what was written.
    pub fn filtered(&self, name: &str, condition: Expr) -> Result<DataFrame> {
        self.collect(name, self.scan(name)?.filter(condition))
    }

    /// A table to be queried lazily, known to hold what was written.
    pub fn scan(&self, name: &str) -> Result<LazyFrame> {
        let (_, path, _) = self.open_table(name)?;
        let wrong = |error: PolarsError| Error::damaged_run(&path, error.to_string());
        let place = PlRefPath::try_from_path(&path).map_err(wrong)?;
        LazyFrame::scan_parquet(place, ScanArgsParquet::default()).map_err(wrong)
    }

    /// How many rows a table has, and its columns, once it is known to hold what was written.
    pub fn shape(&self, name: &str) -> Result<(u64, Vec<String>)> {
        let (file, path, _) = self.open_table(name)?;
        let wrong = |error: PolarsError| Error::damaged_run(&path, error.to_string());
        let mut reader = ParquetReader::new(file);
        let rows = reader.num_rows().map_err(wrong)? as u64;
        let columns = reader.schema().map_err(wrong)?.iter_names().map(ToString::to_string).collect();
        Ok((rows, columns))
    }

    /// Reads one of its other files, once it is known to hold what was written.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let record = self.info.files().find(|file| file.name == name);
        let record = record.ok_or_else(|| Error::Missing(format!("run {} has no file {name}", self.info.id)))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut self.open_file(record)?, &mut bytes).map_err(Error::io(self.path(name)))?;
        Ok(bytes)
    }

    /// Recomputes the checksum of every file and names the first that differs.
    pub fn verify(&self) -> Result<()> {
        self.info.files().try_for_each(|record| {
            let path = self.path(&record.name);
            let mut file = files::open_inside(&self.folder, &record.name).map_err(|error| missing(error, &path))?;
            verified::verify_anew(&mut file, &path, record)
        })
    }

    /// Opens a file that is known to hold what was written.
    pub(super) fn open_file(&self, record: &FileRecord) -> Result<File> {
        let path = self.path(&record.name);
        let mut file = files::open_inside(&self.folder, &record.name).map_err(|error| missing(error, &path))?;
        verified::verify(&mut file, &path, record)?;
        Ok(file)
    }

    /// Opens a table that is known to hold what was written: the file, its path and its record.
    pub(super) fn open_table(&self, name: &str) -> Result<(File, PathBuf, &FileRecord)> {
        let path = self.table_path(name)?;
        let mut records = self.info.files();
        match records.find(|file| file.name.strip_suffix(".parquet") == Some(name)) {
            Some(record) => Ok((self.open_file(record)?, path, record)),
            None => Err(Error::Missing(format!("run {} has no table {name}", self.info.id))),
        }
    }

    /// Collects a query over one table.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the table does not hold what was written or cannot be read at all; [`Error::Io`] where
    /// the system refuses it; [`Error::Table`] where the table is sound and the query is not.
    pub(super) fn collect(&self, table: &str, query: LazyFrame) -> Result<DataFrame> {
        let path = self.path(&format!("{table}.parquet"));
        let error = match caught(|| query.collect()) {
            Ok(Ok(collected)) => return Ok(collected),
            Ok(Err(error @ PolarsError::IO { .. })) => refused_or_damaged(&path, error),
            Ok(Err(error)) => Error::Table(error),
            Err(panic) => Error::io(&path)(io::Error::other(panic)),
        };
        Err(self.table(table).err().unwrap_or(error))
    }

    fn table_path(&self, name: &str) -> Result<PathBuf> {
        if self.has(name) {
            return Ok(self.path(&format!("{name}.parquet")));
        }
        let because = self
            .info
            .stages
            .iter()
            .filter_map(|stage| stage.reason.as_ref().map(|reason| format!("{} {}: {reason}", stage.id, stage.state)))
            .collect::<Vec<_>>()
            .join("; ");
        let because = if because.is_empty() { String::new() } else { format!(" ({because})") };
        Err(Error::Missing(format!("run {} has no table {name}{because}", self.info.id)))
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
