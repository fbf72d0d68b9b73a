//! The log's rows with what other tables tell of them, as a file.

use std::fmt::Write as _;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::files::{Share, create_new, file_name};
use crate::format::{percent, thousands};
use crate::ingest::campaign::{csv_refusal, csv_rows};
use crate::ingest::files::InputFiles;
use crate::ingest::grammar::column_names;
use crate::ingest::joined::dimension::{shown_key, whole_key};
use crate::ingest::joined::{Dimension, JoinSettings};
use crate::ingest::parquet::for_each_text;
use crate::ingest::settings::IngestSettings;
use crate::ingest::shape::shown;
use crate::ingest::source::{Fetched, Storage, storage};
use crate::job::Job;

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;

/// A table that is joined, where its key stands in the rows, and what came of it.
struct Join {
    file: String,
    on: String,
    key: Vec<usize>,
    dimension: Dimension,
    found: u64,
    unknown: u64,
    empty: u64,
    /// A key that the table lacks.
    example: String,
}

/// Joins the tables in `input` to the log's rows, or to those of each of several logs, and writes the results into `folder`:
/// they are the event files from now on. Gives what holds them.
///
/// # Errors
/// As reading the files; [`Error::Input`] where a column of keys is not there, or no row finds its own in a table.
pub fn join(
    files: &mut InputFiles,
    settings: &IngestSettings,
    input: &Path,
    folder: TempDir,
    job: &Job,
) -> Result<Fetched> {
    let mut joined = Joined { folder, files: Vec::new(), told: Vec::new() };
    for (log, settings) in settings.of_logs().iter().enumerate().filter(|(_, settings)| !settings.join.is_empty()) {
        let own = |file: &Path| files.of_log.get(file).is_none_or(|of| *of == log);
        let (at, own): (Vec<usize>, Vec<PathBuf>) =
            files.events.iter().enumerate().filter(|(_, file)| own(file)).map(|(at, file)| (at, file.clone())).unzip();
        let from = joined.files.len();
        joined.add(&own, &settings.join, input, u64::MAX, job)?;
        for (&at, written) in at.iter().zip(&joined.files[from..]) {
            if let Some(log) = files.of_log.remove(&files.events[at]) {
                files.of_log.insert(written.clone(), log);
            }
            files.events[at].clone_from(written);
        }
    }
    // The files that are looked at again afterwards are those that were joined.
    files.folder = None;
    Ok(joined.fetched(input).1)
}

/// The same of the first rows of each file of one log.
pub(in crate::ingest) fn join_head(
    files: &[PathBuf],
    joins: &[JoinSettings],
    input: &Path,
    folder: TempDir,
    most: u64,
    job: &Job,
) -> Result<(Vec<PathBuf>, Fetched)> {
    let mut joined = Joined { folder, files: Vec::new(), told: Vec::new() };
    joined.add(files, joins, input, most, job)?;
    Ok(joined.fetched(input))
}

/// Files that were written, and what is to be said of them.
struct Joined {
    folder: TempDir,
    files: Vec<PathBuf>,
    told: Vec<String>,
}

impl Joined {
    fn add(&mut self, files: &[PathBuf], joins: &[JoinSettings], input: &Path, most: u64, job: &Job) -> Result<()> {
        let dimensions = joins.iter().map(|join| Dimension::read(&input.join(&join.file), join.key(), job));
        let mut dimensions: Vec<Dimension> = dimensions.collect::<Result<_>>()?;
        for file in files {
            let name = file_name(file);
            let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("log");
            let mut to = self.folder.path().join(format!("{stem}.csv"));
            if self.files.contains(&to) {
                to = self.folder.path().join(format!("{stem}-{}.csv", self.files.len()));
            }
            let (back, sentences) = one(file, joins, dimensions, &to, most, job)?;
            dimensions = back;
            self.told.extend(sentences);
            self.files.push(to);
        }
        Ok(())
    }

    fn fetched(self, input: &Path) -> (Vec<PathBuf>, Fetched) {
        let here = self.folder.path().to_path_buf();
        (self.files, Fetched::made(self.folder, here, input.display().to_string(), self.told.join("; ")))
    }
}

fn one(
    file: &Path,
    joins: &[JoinSettings],
    dimensions: Vec<Dimension>,
    to: &Path,
    most: u64,
    job: &Job,
) -> Result<(Vec<Dimension>, Vec<String>)> {
    let out = BufWriter::with_capacity(1 << 20, create_new(to, Share::Private)?);
    let mut out = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Error::Io { path: to.to_path_buf(), source: error.into() };
    let mut state: Option<(usize, Vec<Join>)> = None;
    let mut dimensions = Some(dimensions);
    let mut rows = 0_u64;
    rows_of(file, most, job, |row| {
        let Some((own, joined)) = &mut state else {
            let mut names = column_names(row);
            let own = names.len();
            let mut joined = Vec::new();
            for (join, dimension) in joins.iter().zip(dimensions.take().unwrap_or_default()) {
                let key = join.on.places(&names).map_err(|lacking| {
                    let what = format!(
                        "no column \"{lacking}\" to join {} by; its columns are {}; set ingest.join",
                        join.file,
                        shown(&names)
                    );
                    Error::Input { path: file.to_path_buf(), line: Some(1), what }
                })?;
                let stem = file_name(Path::new(&join.file));
                let stem = stem.split('.').next().unwrap_or_default().to_owned();
                for name in &dimension.names {
                    // A name that is there already is told by its table's.
                    let taken = names.iter().any(|known| known.eq_ignore_ascii_case(name));
                    names.push(if taken { format!("{stem}.{name}") } else { name.clone() });
                }
                let (file, on) = (file_name(Path::new(&join.file)), join.on.to_string());
                joined.push(Join { file, on, key, dimension, found: 0, unknown: 0, empty: 0, example: String::new() });
            }
            out.write_record(&names).map_err(failed)?;
            state = Some((own, joined));
            return Ok(());
        };
        rows += 1;
        if row.len() != *own {
            // What is no row of the log stays none: the reader counts it.
            return out.write_record(row).map_err(failed);
        }
        let mut cells: Vec<&str> = row.to_vec();
        for join in joined {
            let own = || join.key.iter().map(|&at| cells[at]);
            let key = whole_key(own());
            if let Some(found) = key.as_deref().and_then(|key| join.dimension.cells(key)) {
                join.found += 1;
                cells.extend(found);
                continue;
            }
            if key.is_none() {
                join.empty += 1;
            } else {
                join.unknown += 1;
                if join.example.is_empty() {
                    join.example = shown_key(own());
                }
            }
            cells.extend(std::iter::repeat_n("", join.dimension.names.len()));
        }
        out.write_record(&cells).map_err(failed)
    })?;
    out.flush().map_err(Error::io(to))?;
    let Some((_, joined)) = state else {
        return Err(Error::Input {
            path: file.to_path_buf(),
            line: None,
            what: "is empty; nothing can be joined to it".to_owned(),
        });
    };
    let (mut told, mut back) = (Vec::new(), Vec::new());
    for join in joined {
        if join.found == 0 && join.unknown > 0 {
            let what = format!(
                "none of its {} rows finds its {} in {}: here they are such as {:?}, there such as {:?}",
                thousands(rows),
                join.on,
                join.file,
                join.example,
                join.dimension.example
            );
            return Err(Error::Input { path: file.to_path_buf(), line: None, what });
        }
        told.push(join.told(rows));
        back.push(join.dimension);
    }
    Ok((back, told))
}

impl Join {
    /// What came of it, in a sentence.
    fn told(&self, rows: u64) -> String {
        let share = percent(self.found as f64 / rows.max(1) as f64);
        let mut told = format!(
            "{} is joined by {} ({} keys): {} of {} rows find theirs ({share})",
            self.file,
            self.on,
            thousands(self.dimension.keys() as u64),
            thousands(self.found),
            thousands(rows)
        );
        if self.unknown > 0 {
            // Writing to a string cannot fail.
            let _ = write!(told, ", {} have one that it lacks, such as {}", thousands(self.unknown), self.example);
        }
        if self.empty > 0 {
            // Writing to a string cannot fail.
            let _ = write!(told, ", {} have none", thousands(self.empty));
        }
        if self.dimension.repeated > 0 {
            let rows = thousands(self.dimension.repeated as u64);
            // Writing to a string cannot fail.
            let _ = write!(
                told,
                "; {rows} rows of {} have a key that another has, of which the first by its text counts",
                self.file
            );
        }
        told
    }
}

/// Hands every row of a table to `each`, the names of its columns first; of its rows the first `most`.
pub(in crate::ingest) fn rows_of(
    path: &Path,
    most: u64,
    job: &Job,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    if storage(path)? == Storage::Parquet {
        return for_each_text(path, most, job, each);
    }
    let (mut reader, _) = csv_rows(path, true, job)?;
    let failed = |error| csv_refusal(path, error, job);
    let header = reader.headers().map_err(failed)?.clone();
    each(&header.iter().collect::<Vec<_>>())?;
    let (mut record, mut rows) = (csv::StringRecord::new(), 0_u64);
    while rows < most && reader.read_record(&mut record).map_err(failed)? {
        if rows.is_multiple_of(ROWS_PER_CHECK) {
            job.check()?;
        }
        rows += 1;
        each(&record.iter().collect::<Vec<_>>())?;
    }
    Ok(())
}
