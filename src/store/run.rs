//! A committed run: its record and its tables.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

use super::record::{FileRecord, RunInfo};
use crate::error::{Error, Result};

/// The newest format of `run.json` that this program reads.
const FORMAT: u32 = 1;

/// A committed run, immutable.
#[derive(Clone, Debug)]
pub struct Run {
    folder: PathBuf,
    info: RunInfo,
}

impl Run {
    pub(super) fn open(folder: PathBuf) -> Result<Self> {
        let path = folder.join("run.json");
        let text = fs::read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        let info: RunInfo = serde_json::from_slice(&text).map_err(|error| damaged(&path, &error.to_string()))?;
        if info.format > FORMAT {
            let what = format!("format {} is newer than this program's {FORMAT}; use a newer user360", info.format);
            return Err(damaged(&path, &what));
        }
        Ok(Self { folder, info })
    }

    /// What `run.json` says.
    pub fn info(&self) -> &RunInfo {
        &self.info
    }

    /// The path of one of its files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Names of its tables, in the order of the stages.
    pub fn tables(&self) -> Vec<&str> {
        let files = self.info.stages.iter().flat_map(|stage| &stage.files);
        files.filter_map(|file| file.name.strip_suffix(".parquet")).collect()
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
        let path = self.table_path(name)?;
        self.verify_table(name)?;
        let columns = self.shape(name)?.1.into_iter().filter(|column| wanted(column)).collect();
        let file = File::open(&path).map_err(Error::io(&path))?;
        let reader = ParquetReader::new(file).with_columns(Some(columns));
        reader.finish().map_err(|error| damaged(&path, &error.to_string()))
    }

    /// Reads the rows of a table for which the condition holds, once it is known to hold what was written.
    pub fn filtered(&self, name: &str, condition: Expr) -> Result<DataFrame> {
        self.verify_table(name)?;
        self.collect(name, self.scan(name)?.filter(condition))
    }

    /// A table to be queried lazily.
    pub fn scan(&self, name: &str) -> Result<LazyFrame> {
        let path = self.table_path(name)?;
        let place = PlRefPath::try_from_path(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        LazyFrame::scan_parquet(place, ScanArgsParquet::default()).map_err(|error| damaged(&path, &error.to_string()))
    }

    /// How many rows a table has, and its columns: read from the file's end alone.
    pub fn shape(&self, name: &str) -> Result<(u64, Vec<String>)> {
        let path = self.table_path(name)?;
        let wrong = |error: PolarsError| damaged(&path, &error.to_string());
        let mut reader = ParquetReader::new(File::open(&path).map_err(Error::io(&path))?);
        let rows = reader.num_rows().map_err(wrong)? as u64;
        let columns = reader.schema().map_err(wrong)?.iter_names().map(ToString::to_string).collect();
        Ok((rows, columns))
    }

    /// Reads one of its other files, once it is known to hold what was written.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let files = self.info.stages.iter().flat_map(|stage| &stage.files);
        let path = self.path(name);
        for file in files.filter(|file| file.name == name) {
            self.verify_file(file)?;
        }
        fs::read(&path).map_err(Error::io(&path))
    }

    /// Recomputes the checksum of every file and names the first that differs.
    pub fn verify(&self) -> Result<()> {
        self.info.stages.iter().flat_map(|stage| &stage.files).try_for_each(|file| self.verify_file(file))
    }

    /// Recomputes one file's checksum.
    pub(super) fn verify_file(&self, file: &FileRecord) -> Result<()> {
        let path = self.path(&file.name);
        if checksum(&path)? == file.xxh3 {
            return Ok(());
        }
        Err(damaged(&path, "the contents do not match their checksum"))
    }

    fn verify_table(&self, name: &str) -> Result<()> {
        let mut files = self.info.stages.iter().flat_map(|stage| &stage.files);
        let file = files.find(|file| file.name.strip_suffix(".parquet") == Some(name));
        file.map_or(Ok(()), |file| self.verify_file(file))
    }

    /// Why a lazy query over these tables failed: the first of them that is damaged, or else the error itself.
    pub(super) fn blame(&self, tables: &[&str], error: Error) -> Error {
        tables.iter().find_map(|table| self.verify_table(table).err()).unwrap_or(error)
    }

    /// Collects a query over one table.
    pub(super) fn collect(&self, table: &str, query: LazyFrame) -> Result<DataFrame> {
        query.collect().map_err(|error| self.blame(&[table], error.into()))
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

/// XXH3-64 of a file, 16 hexadecimal digits.
pub(super) fn checksum(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(|error| damaged(path, &error.to_string()))?;
    let mut hash = Xxh3Default::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(Error::io(path))?;
        if read == 0 {
            return Ok(format!("{:016x}", hash.digest()));
        }
        hash.update(&buffer[..read]);
    }
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::Damaged { path: path.to_path_buf(), what: what.to_owned() }
}
