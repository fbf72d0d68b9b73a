//! A run being written: files in a hidden folder, which a commit renames into place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use polars::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

use super::record::{FileRecord, RunInfo};
use super::run::{Run, checksum};
use super::workspace::{UNFINISHED, Writer, replace, sync_folder};
use crate::error::{Error, Result};

/// Rows of a Parquet row group: small enough that one user's events are found without reading the whole table.
const ROW_GROUP: usize = 128 * 1024;

/// A run that no reader sees yet. Dropping it without [`NewRun::commit`] removes it.
#[derive(Debug)]
pub struct NewRun {
    writer: Writer,
    id: String,
    folder: PathBuf,
    committed: bool,
}

impl NewRun {
    pub(super) fn create(writer: Writer) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = Timestamp::from_second(now.as_secs() as i64)
            .map_or_else(|_| now.as_secs().to_string(), |at| at.strftime("%Y%m%dT%H%M%SZ").to_string());
        let tail = (now.subsec_nanos() ^ std::process::id().rotate_left(16)) & 0xffff;
        let id = format!("{time}-{tail:04x}");
        let folder = writer.workspace().runs_folder().join(format!("{UNFINISHED}{id}"));
        fs::create_dir(&folder).map_err(Error::io(&folder))?;
        Ok(Self { writer, id, folder, committed: false })
    }

    /// The id that the run will have.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where its files lie until the commit.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a table as `NAME.parquet` (zstd, with statistics).
    pub fn write_table(&self, name: &str, table: &mut DataFrame) -> Result<FileRecord> {
        self.write(&format!("{name}.parquet"), |out| {
            ParquetWriter::new(out)
                .with_compression(ParquetCompression::Zstd(None))
                .with_statistics(StatisticsOptions::default())
                .with_row_group_size(Some(ROW_GROUP))
                .finish(table)?;
            Ok(())
        })
    }

    /// Writes any other file.
    pub fn write_bytes(&self, name: &str, contents: &[u8]) -> Result<FileRecord> {
        let path = self.folder.join(name);
        self.write(name, |out| out.write_all(contents).map_err(Error::io(path)))
    }

    /// Takes a file over from an earlier run: a hard link where the file system has them, else a copy. A file that does
    /// not match its checksum is refused.
    pub fn reuse(&self, earlier: &Run, file: &FileRecord) -> Result<()> {
        let from = earlier.path(&file.name);
        if checksum(&from)? != file.xxh3 {
            return Err(Error::Damaged { path: from, what: "the contents do not match their checksum".to_owned() });
        }
        let to = self.place(&file.name)?;
        if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to).map_err(Error::io(&to))?;
        }
        Ok(())
    }

    /// Makes the run durable and current, and drops the oldest runs beyond `keep`.
    pub fn commit(mut self, info: &RunInfo, keep: usize) -> Result<Run> {
        let text = serde_json::to_vec_pretty(info)
            .map_err(|error| Error::Missing(format!("run.json cannot be written: {error}")))?;
        replace(&self.folder.join("run.json"), &text)?;
        let models = self.folder.join("models");
        if models.exists() {
            sync_folder(&models)?;
        }
        let runs = self.writer.workspace().runs_folder();
        let place = runs.join(&self.id);
        fs::rename(&self.folder, &place).map_err(Error::io(&place))?;
        self.committed = true;
        sync_folder(&runs)?;
        self.writer.publish(&self.id, keep)?;
        Run::open(place)
    }

    /// The path of a file to be written, its folder made.
    fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        Ok(path)
    }

    fn write(&self, name: &str, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<FileRecord> {
        let path = self.place(name)?;
        let file = File::create(&path).map_err(Error::io(&path))?;
        let mut out = Hashing { out: BufWriter::with_capacity(1 << 20, file), hash: Xxh3Default::new(), bytes: 0 };
        fill(&mut out)?;
        let file = out.out.into_inner().map_err(|error| error.into_error()).map_err(Error::io(&path))?;
        file.sync_all().map_err(Error::io(&path))?;
        Ok(FileRecord { name: name.to_owned(), bytes: out.bytes, xxh3: format!("{:016x}", out.hash.digest()) })
    }
}

impl Drop for NewRun {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(folder = %self.folder.display(), %error, "a half-written run stays until the next start");
        }
    }
}

/// Counts and hashes what passes through.
struct Hashing<W> {
    out: W,
    hash: Xxh3Default,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
