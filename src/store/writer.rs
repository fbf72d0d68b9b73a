//! A run being written: files in a hidden folder, which a commit renames into place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use polars::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

use super::parquet;
use super::record::{FileRecord, RunInfo};
use super::run::Run;
use super::workspace::{UNFINISHED, Writer, replace, sync_folder};
use crate::error::{Error, Result};

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
        // Nanoseconds change by the microsecond on some systems, hence their upper bits; a name taken already gives way.
        let seed = (now.subsec_nanos() >> 8) ^ std::process::id();
        let runs = writer.workspace().runs_folder();
        let mut ids = (0..=0xffff).map(|step| format!("{time}-{:04x}", seed.wrapping_add(step) & 0xffff));
        let id = ids
            .find(|id| !runs.join(id).exists())
            .ok_or_else(|| Error::Missing(format!("{}: no run id is free", runs.display())))?;
        let folder = runs.join(format!("{UNFINISHED}{id}"));
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
        self.write(&format!("{name}.parquet"), |out| parquet::write(out, table))
    }

    /// Writes any other file.
    pub fn write_bytes(&self, name: &str, contents: &[u8]) -> Result<FileRecord> {
        let path = self.folder.join(name);
        self.write(name, |out| out.write_all(contents).map_err(Error::io(path)))
    }

    /// Takes a file over from an earlier run: a hard link where the file system has them, else a copy. A file that does
    /// not match its checksum is refused.
    pub fn reuse(&self, earlier: &Run, file: &FileRecord) -> Result<()> {
        earlier.verify_file(file)?;
        let from = earlier.path(&file.name);
        let to = self.place(&file.name)?;
        if fs::hard_link(&from, &to).is_ok() {
            return Ok(());
        }
        fs::copy(&from, &to).and_then(|_| File::open(&to)?.sync_all()).map_err(Error::io(&to))
    }

    /// Makes the run durable and current, and drops the oldest runs beyond `keep`. A run whose record names a file that
    /// it does not hold is refused.
    pub fn commit(mut self, info: &RunInfo, keep: usize) -> Result<Run> {
        for file in info.stages.iter().flat_map(|stage| &stage.files) {
            let path = self.folder.join(&file.name);
            let bytes = fs::metadata(&path).map_err(Error::io(&path))?.len();
            if bytes != file.bytes {
                return Err(Error::Damaged { path, what: format!("{bytes} bytes where {} were written", file.bytes) });
            }
        }
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

    /// The path of a file to be written: its folder made, and nothing there, since what stands there may be the earlier
    /// run's own file under a second name.
    fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::Io { path, source: error }),
            _ => Ok(path),
        }
    }

    fn write(&self, name: &str, fill: impl FnOnce(&mut Hashing<BufWriter<File>>) -> Result<()>) -> Result<FileRecord> {
        let path = self.place(name)?;
        let file = File::create(&path).map_err(Error::io(&path))?;
        let mut out = Hashing { out: BufWriter::with_capacity(1 << 20, file), hash: Xxh3Default::new(), bytes: 0 };
        fill(&mut out)?;
        let file = out.out.into_inner().map_err(io::IntoInnerError::into_error).map_err(Error::io(&path))?;
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
