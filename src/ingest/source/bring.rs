//! A log brought from where it lies.
//!
//! The rows of a database become one CSV file, and standard input one file of what came; both are named by the hash of
//! their bytes and dated to 1970: equal rows are an equal file, by which the stages know again what they have read. That
//! keeps a query to one execution and one state of the database, however often the rows are looked at. Objects become
//! files of their own names and times (`listed`).

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::TempDir;
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::files::{Share, create_new};
use crate::format::thousands;
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::fetched::Fetched;
use crate::ingest::source::listed::Listed;
use crate::ingest::source::remote::{QUERY, STANDARD_INPUT, is_objects, is_standard_input};
use crate::ingest::source::standard_input;
use crate::job::Job;
use crate::postgres::{Address, select};

/// Bytes of a query's rows that are enough to tell how they are read.
const HEAD: u64 = 32 << 20;

impl Fetched {
    /// Brings the whole log into a folder.
    ///
    /// # Errors
    /// As [`postgres::select`](crate::postgres::select) and [`objects::Store::bring`](crate::objects::Store::bring);
    /// [`Error::Refused`] for a terminal as standard input; [`Error::Io`] of the folder.
    pub fn whole(
        input: &Path,
        settings: &IngestSettings,
        password_file: Option<&Path>,
        folder: TempDir,
        job: &Job,
    ) -> Result<Self> {
        Self::bring(input, settings, password_file, folder, None, job)
    }

    /// Brings as much as it takes to tell how the log is read: of a query the first rows, of objects and standard input all.
    ///
    /// # Errors
    /// As [`Fetched::whole`].
    pub fn head(input: &Path, settings: &IngestSettings, password_file: Option<&Path>, job: &Job) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
        if is_objects(input) {
            return Listed::every_table(input, settings, job)?.bring(folder, job);
        }
        Self::bring(input, settings, password_file, folder, Some(HEAD), job)
    }

    fn bring(
        input: &Path,
        settings: &IngestSettings,
        password_file: Option<&Path>,
        folder: TempDir,
        most: Option<u64>,
        job: &Job,
    ) -> Result<Self> {
        if is_standard_input(input) {
            let (here, bytes) = written(&folder, STANDARD_INPUT, "", |out| standard_input::copy(out, job))?;
            let told =
                format!("{} bytes were read from standard input; it is read whole by every run", thousands(bytes));
            return Ok(Self { _folder: folder, here, from: "standard input".to_owned(), told });
        }
        if is_objects(input) {
            return Listed::find(input, settings, &[], job)?.bring(folder, job);
        }
        let address = Address::parse(input.to_str().unwrap_or_default())?;
        let (here, selected) =
            written(&folder, QUERY, ".csv", |out| select(&address, &settings.query, password_file, most, out, job))?;
        let rows = thousands(selected.rows);
        let told = format!("{rows} rows of a query were read from {address}; a query is read whole by every run");
        Ok(Self { _folder: folder, here, from: address.to_string(), told })
    }
}

/// A file in a folder that is named by the hash of what was written.
fn written<T>(
    folder: &TempDir,
    name: &str,
    ending: &str,
    write: impl FnOnce(&mut Hashed) -> Result<T>,
) -> Result<(PathBuf, T)> {
    let path = folder.path().join("rows");
    let out = BufWriter::with_capacity(1 << 20, create_new(&path, Share::Private)?);
    let mut out = Hashed { out, hash: Xxh3Default::new() };
    let told = write(&mut out)?;
    let Hashed { out, hash } = out;
    let file = out.into_inner().map_err(IntoInnerError::into_error).map_err(Error::io(&path))?;
    file.set_modified(UNIX_EPOCH).map_err(Error::io(&path))?;
    let named = folder.path().join(format!("{name}{:016x}{ending}", hash.digest()));
    std::fs::rename(&path, &named).map_err(Error::io(&named))?;
    Ok((named, told))
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
