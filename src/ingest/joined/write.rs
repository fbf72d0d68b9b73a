//! The log's rows with what other tables tell of them, as a file.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::files::{Share, create_new, file_name};
use crate::format::{percent, thousands};
use crate::ingest::campaign::{csv_refusal, csv_rows};
use crate::ingest::files::InputFiles;
use crate::ingest::joined::batch::Batch;
use crate::ingest::joined::plan::{Join, Plan, Tally};
use crate::ingest::joined::{Dimension, JoinSettings};
use crate::ingest::layout::LayoutName;
use crate::ingest::parquet::for_each_text;
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::{Fetched, Storage, storage};
use crate::job::Job;

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;
/// Rows that one thread completes at a time.
const BATCH: usize = 8192;
/// Batches that are completed side by side.
const AT_ONCE: usize = 8;

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
        joined.add(&own, settings, input, u64::MAX, job)?;
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
    let settings = IngestSettings { join: joins.to_vec(), ..IngestSettings::default() };
    joined.add(files, &settings, input, most, job)?;
    Ok(joined.fetched(input))
}

/// Files that were written, and what is to be said of them.
struct Joined {
    folder: TempDir,
    files: Vec<PathBuf>,
    told: Vec<String>,
}

impl Joined {
    fn add(&mut self, files: &[PathBuf], settings: &IngestSettings, input: &Path, most: u64, job: &Job) -> Result<()> {
        let joins = &settings.join;
        let dimensions = joins.iter().map(|join| Dimension::read(&input.join(&join.file), join.key(), job));
        let mut dimensions: Vec<Dimension> = dimensions.collect::<Result<_>>()?;
        for file in files {
            let name = file_name(file);
            let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("log");
            let mut to = self.folder.path().join(format!("{stem}.csv"));
            if self.files.contains(&to) {
                to = self.folder.path().join(format!("{stem}-{}.csv", self.files.len()));
            }
            let (back, sentences) = one(file, settings, dimensions, &to, most, job)?;
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

/// Which of the tables' columns are written: those that the settings name, where nothing else is read, else all.
fn wanted(settings: &IngestSettings) -> impl Fn(&str) -> bool {
    let named: Vec<String> = settings.columns.given().map(|(_, column)| column.text().to_lowercase()).collect();
    let all = settings.layout != LayoutName::Custom || !settings.header;
    move |name: &str| all || named.contains(&name.to_lowercase())
}

fn one(
    file: &Path,
    settings: &IngestSettings,
    dimensions: Vec<Dimension>,
    to: &Path,
    most: u64,
    job: &Job,
) -> Result<(Vec<Dimension>, Vec<String>)> {
    let mut out = BufWriter::with_capacity(1 << 20, create_new(to, Share::Private)?);
    let mut plan: Option<(Plan, Vec<Tally>)> = None;
    let mut dimensions = Some(dimensions);
    let (mut rows, mut batches) = (0_u64, vec![Batch::default()]);
    rows_of(file, most, job, |row| {
        let Some((plan, tallies)) = &mut plan else {
            let made = Plan::new(file, row, &settings.join, dimensions.take().unwrap_or_default(), wanted(settings))?;
            out.write_all(made.header.as_bytes()).map_err(Error::io(to))?;
            let tallies = vec![Tally::default(); made.joins.len()];
            plan = Some((made, tallies));
            return Ok(());
        };
        rows += 1;
        let full = batches.last_mut().is_none_or(|batch| {
            batch.push(row);
            batch.len() == BATCH
        });
        if full && batches.len() == AT_ONCE {
            write(plan, &std::mem::replace(&mut batches, vec![Batch::default()]), tallies, &mut out, to)?;
            return job.check();
        }
        if full {
            batches.push(Batch::default());
        }
        Ok(())
    })?;
    let Some((plan, mut tallies)) = plan else {
        return Err(Error::Input {
            path: file.to_path_buf(),
            line: None,
            what: "is empty; nothing can be joined to it".to_owned(),
        });
    };
    write(&plan, &batches, &mut tallies, &mut out, to)?;
    out.flush().map_err(Error::io(to))?;
    let mut told = Vec::new();
    for (join, tally) in plan.joins.iter().zip(&tallies) {
        if tally.found == 0 && tally.unknown > 0 {
            let what = format!(
                "none of its {} rows finds its {} in {}: here they are such as {:?}, there such as {:?}",
                thousands(rows),
                join.on,
                join.file,
                tally.example,
                join.dimension.example
            );
            return Err(Error::Input { path: file.to_path_buf(), line: None, what });
        }
        told.push(join.told(tally, rows));
    }
    Ok((plan.into_dimensions(), told))
}

/// Completes batches of rows side by side and writes them in their order.
fn write(plan: &Plan, batches: &[Batch], tallies: &mut [Tally], out: &mut impl Write, to: &Path) -> Result<()> {
    let completed: Vec<(String, Vec<Tally>)> = batches.par_iter().map(|batch| plan.complete(batch)).collect();
    for (text, found) in completed {
        out.write_all(text.as_bytes()).map_err(Error::io(to))?;
        tallies.iter_mut().zip(found).for_each(|(tally, found)| tally.join(found));
    }
    Ok(())
}

impl Join {
    /// What came of it, in a sentence.
    fn told(&self, tally: &Tally, rows: u64) -> String {
        let share = percent(tally.found as f64 / rows.max(1) as f64);
        let mut told = format!(
            "{} is joined by {} ({} keys): {} of {} rows find theirs ({share})",
            self.file,
            self.on,
            thousands(self.dimension.keys() as u64),
            thousands(tally.found),
            thousands(rows)
        );
        if tally.unknown > 0 {
            // Writing to a string cannot fail.
            let _ = write!(told, ", {} have one that it lacks, such as {}", thousands(tally.unknown), tally.example);
        }
        if tally.empty > 0 {
            // Writing to a string cannot fail.
            let _ = write!(told, ", {} have none", thousands(tally.empty));
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
