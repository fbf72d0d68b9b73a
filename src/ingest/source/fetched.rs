//! A log that lies in a database, brought here for as long as it is read.
//!
//! Its rows become one CSV file, which is named by their hash and dated to 1970: equal rows are an equal file, by which the
//! stages know again what they have read. That keeps the query to one execution and one state of the database, however
//! often the rows are looked at.

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::TempDir;
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::files::{Share, create_new};
use crate::format::thousands;
use crate::job::Job;
use crate::postgres::{self, Address, select};

/// What the file of a query's rows is called, its hash behind it.
const NAME: &str = "query-";
/// Bytes of a log that are enough to tell how it is read.
const HEAD: u64 = 32 << 20;

/// Whether an input is no path: a log that [`Fetched`] brings.
pub fn is_remote(input: &Path) -> bool {
    input.to_str().is_some_and(postgres::is_address)
}

/// Whether a file holds the rows of a query: another name means other rows, and that they are read whole.
pub(in crate::ingest) fn is_query(name: &str) -> bool {
    name.starts_with(NAME)
}

/// A log that was brought here. Its files go when this is dropped.
#[derive(Debug)]
pub struct Fetched {
    /// Removed with all in it.
    _folder: TempDir,
    file: PathBuf,
    told: String,
}

impl Fetched {
    /// Brings the whole log into a folder.
    ///
    /// # Errors
    /// As [`postgres::select`](crate::postgres::select); [`Error::Io`] of the folder.
    pub fn whole(input: &Path, query: &str, password_file: Option<&Path>, folder: TempDir, job: &Job) -> Result<Self> {
        Self::bring(input, query, password_file, folder, None, job)
    }

    /// Brings the first rows, as many as it takes to tell how the log is read.
    ///
    /// # Errors
    /// As [`Fetched::whole`].
    pub fn head(input: &Path, query: &str, password_file: Option<&Path>, job: &Job) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
        Self::bring(input, query, password_file, folder, Some(HEAD), job)
    }

    fn bring(
        input: &Path,
        query: &str,
        password_file: Option<&Path>,
        folder: TempDir,
        most: Option<u64>,
        job: &Job,
    ) -> Result<Self> {
        let address = Address::parse(input.to_str().unwrap_or_default())?;
        let path = folder.path().join("rows.csv");
        let out = BufWriter::with_capacity(1 << 20, create_new(&path, Share::Private)?);
        let mut out = Hashed { out, hash: Xxh3Default::new() };
        let selected = select(&address, query, password_file, most, &mut out, job)?;
        let Hashed { out, hash } = out;
        let written = out.into_inner().map_err(IntoInnerError::into_error).map_err(Error::io(&path))?;
        written.set_modified(UNIX_EPOCH).map_err(Error::io(&path))?;
        let file = folder.path().join(format!("{NAME}{:016x}.csv", hash.digest()));
        std::fs::rename(&path, &file).map_err(Error::io(&file))?;
        let rows = thousands(selected.rows);
        let told = format!("{rows} rows of a query were read from {address}; a query is read whole by every run");
        Ok(Self { _folder: folder, file, told })
    }

    /// Where it lies now.
    pub fn input(&self) -> &Path {
        &self.file
    }

    /// What the reader of a report should know, in a sentence.
    pub fn told(&self) -> &str {
        &self.told
    }
}

/// Hashes what passes through.
struct Hashed {
    out: BufWriter<File>,
    hash: Xxh3Default,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
