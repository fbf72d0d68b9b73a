//! A run being written: files in a hidden folder, which a commit renames into place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use polars::prelude::*;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::error::{Error, Result};
use crate::files::{self, Share, sync_folder};
use crate::job::Job;
use crate::store::checksums::BlockHasher;
use crate::store::columns::{self, Holds, Role};
use crate::store::erase::{MARKER, remove};
use crate::store::names::{UNFINISHED, is_own_run};
use crate::store::order::{self, SortKey, View};
use crate::store::parquet;
use crate::store::record::RunInfo;
use crate::store::run::Run;
use crate::store::stages::FileRecord;
use crate::store::table::DataTable;
use crate::store::workspace::Writer;

/// A run that no reader sees yet. Dropping it without [`NewRun::commit`] removes it.
#[derive(Debug)]
pub struct NewRun {
    writer: Writer,
    id: String,
    folder: PathBuf,
    committed: bool,
}

impl Writer {
    /// Starts a new run, invisible to readers until its commit.
    pub fn begin(self) -> Result<NewRun> {
        NewRun::create(self)
    }
}

impl NewRun {
    pub(super) fn create(writer: Writer) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = Timestamp::from_second(now.as_secs() as i64)
            .map_err(|error| Error::Missing(format!("this machine's clock tells no time: {error}")))?
            .strftime("%Y%m%dT%H%M%SZ")
            .to_string();
        // Nanoseconds change by the microsecond on some systems, hence their upper bits; a name taken already gives way.
        let seed = (now.subsec_nanos() >> 8) ^ std::process::id();
        let runs = writer.workspace().runs_folder();
        let mut ids = (0..=0xffff).map(|step| format!("{time}-{:04x}", seed.wrapping_add(step) & 0xffff));
        let id = ids
            .find(|id| {
                let free = |name: &str| runs.join(name).symlink_metadata().is_err();
                is_own_run(id) && free(id) && free(&format!("{UNFINISHED}{id}"))
            })
            .ok_or_else(|| Error::Missing(format!("{}: no run id is free", runs.display())))?;
        let folder = runs.join(format!("{UNFINISHED}{id}"));
        let share = writer.workspace().share();
        files::create_new_folder(&folder, share)?;
        let new = Self { writer, id, folder, committed: false };
        files::create_new(&new.folder.join(MARKER), share)?;
        Ok(new)
    }

    fn share(&self) -> Share {
        self.writer.workspace().share()
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

    /// Writes the orders of a table of users by its scores, largest first, so that nobody who opens a ranking needs to sort;
    /// none for another table.
    pub fn write_orders(&self, name: &str, table: &DataFrame) -> Result<Vec<FileRecord>> {
        let of_users = columns::table(name).filter(|entry| entry.of_users);
        let scores = of_users.into_iter().flat_map(|entry| &entry.columns);
        let scores = scores.filter(|column| column.role == Role::Score && column.holds == Holds::Real);
        let ranked = scores.map(|column| column.name).filter(|name| table.column(name).is_ok());
        let write = |column: &str| {
            let key = SortKey { column: column.to_owned(), descending: true };
            let view = View { filter: None, sort: vec![key] };
            let order = DataTable::of_frame(table.select([column])?).order(&view, &Job::new())?;
            let bytes: Vec<u8> = order.rows().flat_map(u32::to_le_bytes).collect();
            self.write_bytes(&order::file_of(name, column), &bytes)
        };
        ranked.map(write).collect()
    }

    /// Writes any other file.
    pub fn write_bytes(&self, name: &str, contents: &[u8]) -> Result<FileRecord> {
        let path = self.folder.join(name);
        self.write(name, |out| out.write_all(contents).map_err(Error::io(path)))
    }

    /// Takes a file over from an earlier run: a hard link where the file system has them and no more people may read it
    /// than this run's own files, else a copy. A file that does not match its checksum is refused.
    pub fn reuse(&self, earlier: &Run, file: &FileRecord) -> Result<()> {
        let opened = earlier.open_file(file)?;
        let contents = opened.verify_all()?;
        let to = self.place(&file.name)?;
        let mode = contents.metadata().map_err(Error::io(opened.path()))?.mode() & 0o777;
        if mode & !self.share().file_mode() == 0 && fs::hard_link(opened.path(), &to).is_ok() {
            return Ok(());
        }
        let mut copy = files::create_new(&to, self.share())?;
        io::copy(&mut &*contents, &mut copy).and_then(|_| copy.sync_all()).map_err(Error::io(&to))
    }

    /// Makes the run durable and current, and drops the oldest runs beyond `keep`. A run whose record names a file that
    /// it does not hold is refused.
    pub fn commit(mut self, info: &RunInfo, keep: usize) -> Result<Run> {
        for file in info.files() {
            let path = self.folder.join(&file.name);
            let written = files::open_inside(&self.folder, &file.name)?;
            let bytes = written.metadata().map_err(Error::io(&path))?.len();
            if bytes != file.bytes {
                return Err(Error::damaged_run(path, format!("{bytes} bytes where {} were written", file.bytes)));
            }
        }
        let text = serde_json::to_vec_pretty(info)
            .map_err(|error| Error::Missing(format!("run.json cannot be written: {error}")))?;
        files::replace(&self.folder.join("run.json"), &text, self.share())?;
        let marker = self.folder.join(MARKER);
        fs::remove_file(&marker).map_err(Error::io(&marker))?;
        let models = self.folder.join("models");
        if models.exists() {
            sync_folder(&models)?;
        }
        let runs = self.writer.workspace().runs_folder();
        let place = runs.join(&self.id);
        self.writer.begin_manifest()?;
        fs::rename(&self.folder, &place).map_err(Error::io(&place))?;
        self.committed = true;
        sync_folder(&runs)?;
        let record = format!("{:016x}", xxh3_64(&text));
        self.writer.publish(&self.id, record.clone(), keep)?;
        Run::open(&runs, &self.id, Some(&record))
    }

    /// The path of a file to be written: its folder made, and nothing there, since what stands there may be the earlier
    /// run's own file under a second name.
    fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        if !files::is_inside(name) {
            return Err(Error::Refused { path, what: "is no name of a file inside a run".to_owned() });
        }
        if let Some(parent) = path.parent() {
            files::create_folder(parent, self.share())?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::Io { path, source: error }),
            _ => Ok(path),
        }
    }

    fn write(&self, name: &str, fill: impl FnOnce(&mut Hashing<BufWriter<File>>) -> Result<()>) -> Result<FileRecord> {
        let path = self.place(name)?;
        let file = files::create_new(&path, self.share())?;
        let out = BufWriter::with_capacity(1 << 20, file);
        let mut out = Hashing { out, hash: Xxh3Default::new(), blocks: BlockHasher::default(), bytes: 0, failed: None };
        if let Err(error) = fill(&mut out) {
            // What encodes a table tells of a full disk in words of its own, without the file's name.
            return Err(out.failed.map_or(error, |source| Error::Io { path, source }));
        }
        let file = out.out.into_inner().map_err(io::IntoInnerError::into_error).map_err(Error::io(&path))?;
        file.sync_all().map_err(Error::io(&path))?;
        let xxh3 = format!("{:016x}", out.hash.digest());
        Ok(FileRecord { name: name.to_owned(), bytes: out.bytes, xxh3, blocks: out.blocks.finish() })
    }
}

impl Drop for NewRun {
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        let folder = self.folder.display();
        match remove(&self.folder) {
            Ok(None) => {}
            Ok(Some(strange)) => {
                tracing::warn!(%folder, strange = %strange.display(), "a half-written run stays: something else is in it");
            }
            Err(error) => tracing::warn!(%folder, %error, "a half-written run stays until the next start"),
        }
    }
}

/// Counts and hashes what passes through.
struct Hashing<W> {
    out: W,
    hash: Xxh3Default,
    blocks: BlockHasher,
    bytes: u64,
    /// What the system said to the first write that it refused.
    failed: Option<io::Error>,
}

impl<W> Hashing<W> {
    /// Keeps a copy of a failure.
    fn note(&mut self, error: &io::Error) {
        let copy = || error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
        if error.kind() != io::ErrorKind::Interrupted {
            self.failed.get_or_insert_with(copy);
        }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer).inspect_err(|error| self.note(error))?;
        self.hash.update(&buffer[..written]);
        self.blocks.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|error| self.note(error))
    }
}
