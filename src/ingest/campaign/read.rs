//! Reads a campaign's file: CSV, plain or compressed, or Parquet.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use polars::prelude::{DataType, Series};

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::blocks::Until;
use crate::ingest::campaign::columns::{Column, predictors};
use crate::ingest::campaign::{CampaignFile, CampaignSettings};
use crate::ingest::parquet_file::{ParquetFile, library};
use crate::ingest::seen::Seen;
use crate::ingest::shape::refuse_wide;
use crate::ingest::shape::shown;
use crate::job::Job;

/// A column of more different values tells no treatments.
const MOST_ARMS: usize = 100;
/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: usize = 4096;

/// A file as cells of text.
struct Cells {
    header: Vec<String>,
    /// One list per column.
    columns: Vec<Vec<String>>,
    /// Line of each row in the file; the row's number plus 1 for Parquet.
    lines: Vec<u64>,
}

/// Reads a campaign.
///
/// # Errors
/// [`Error::Config`] for a column that does not exist, [`Error::Input`] for a cell that is not what its column should hold.
pub fn read(path: &Path, settings: &CampaignSettings, job: &Job) -> Result<CampaignFile> {
    settings.check()?;
    job.begin("campaign rows", 0);
    let seen = Seen::of([path])?;
    let parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    let cells = seen.judge(if parquet { parquet_cells(path, job) } else { csv_cells(path, job) })?;
    campaign(path, cells, settings, job)
}

fn csv_cells(path: &Path, job: &Job) -> Result<Cells> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(open(path, job)?);
    let of_csv = |error| csv_refusal(path, error, job);
    let header: Vec<String> = reader.headers().map_err(of_csv)?.iter().map(str::to_owned).collect();
    refuse_wide(path, header.len())?;
    let mut cells = Cells { columns: vec![Vec::new(); header.len()], header, lines: Vec::new() };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(of_csv)? {
        if cells.lines.len().is_multiple_of(ROWS_PER_CHECK) {
            job.check()?;
        }
        cells.lines.push(record.position().map_or(0, csv::Position::line));
        for (column, cell) in cells.columns.iter_mut().zip(&record) {
            column.push(cell.to_owned());
        }
        job.advance(1);
    }
    Ok(cells)
}

/// What a file that is no CSV is refused with.
pub fn csv_refusal(path: &Path, error: csv::Error, job: &Job) -> Error {
    if job.is_cancelled() {
        return Error::Cancelled;
    }
    let line = error.position().map(csv::Position::line);
    let what = match error.into_kind() {
        csv::ErrorKind::Io(source) => return Error::Io { path: path.to_path_buf(), source },
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        other => format!("cannot be read as CSV: {other:?}"),
    };
    Error::Input { path: path.to_path_buf(), line, what }
}

/// The file's bytes, decompressed as its ending says. Reading ends with an error when the job is cancelled.
pub fn open(path: &Path, job: &Job) -> Result<Box<dyn Read>> {
    let file = Until { file: open_regular(path)?, job: job.clone() };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    Ok(match ending.as_str() {
        "gz" => Box::new(flate2::read::MultiGzDecoder::new(file)),
        "zst" => Box::new(zstd::Decoder::new(file).map_err(Error::io(path))?),
        _ => Box::new(file),
    })
}

fn parquet_cells(path: &Path, job: &Job) -> Result<Cells> {
    let file = ParquetFile::open(path, job)?;
    let header: Vec<String> = file.names().into_iter().map(ToOwned::to_owned).collect();
    let places: Vec<usize> = (0..header.len()).collect();
    let mut columns = vec![Vec::new(); header.len()];
    for group in file.groups() {
        job.check()?;
        for (cells, column) in columns.iter_mut().zip(file.columns(group, &places, usize::MAX, job)?) {
            cells.extend(texts(path, &column)?);
        }
    }
    Ok(Cells { header, columns, lines: (1..=file.rows()).collect() })
}

/// A column's cells; a flag reads as 0/1 everywhere.
fn texts(path: &Path, column: &Series) -> Result<Vec<String>> {
    library(path, || {
        let flags = column.dtype() == &DataType::Boolean;
        let column = if flags { column.cast(&DataType::Int8)? } else { column.clone() };
        let texts = column.cast(&DataType::String)?;
        Ok(texts.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    })
}

fn campaign(path: &Path, cells: Cells, settings: &CampaignSettings, job: &Job) -> Result<CampaignFile> {
    let Cells { header, columns, lines } = cells;
    let place = |key: &str, name: &str| {
        header.iter().position(|known| known == name).ok_or_else(|| {
            let known = shown(&header);
            Error::Config(format!(
                "{}: no column {name:?}; its columns are {known}; set campaign.{key} or --{key}",
                path.display()
            ))
        })
    };
    let treatment = place("treatment", &settings.treatment)?;
    let outcome = place("outcome", &settings.outcome)?;
    // The default name of the user's column need not exist: then the rows are users of their own.
    let user = match header.iter().position(|known| *known == settings.user) {
        Some(user) => Some(user),
        None if settings.user.is_empty() || settings.user == CampaignSettings::default().user => None,
        None => Some(place("user", &settings.user)?),
    };
    let spend = if settings.spend.is_empty() { None } else { Some(place("spend", &settings.spend)?) };
    for name in settings.features.iter().chain(&settings.ignore) {
        place("features", name)?;
    }
    let wrong = |row: usize, what: String| Error::Input { path: path.to_path_buf(), line: Some(lines[row]), what };

    let mut notes = Vec::new();
    let mut arms = Arms::new(settings);
    let mut kept = Vec::new();
    let mut arm = Vec::new();
    for (row, value) in columns[treatment].iter().enumerate() {
        match arms.of(value.trim()) {
            Ok(Some(place)) => {
                kept.push(row);
                arm.push(place);
            }
            Ok(None) => {}
            Err(what) => return Err(wrong(row, format!("{} is {value:?}: {what}", settings.treatment))),
        }
    }
    if kept.len() < lines.len() {
        notes.push(format!("{} of {} rows are of other arms and left out", lines.len() - kept.len(), lines.len()));
    }
    arms.check(path, &arm, settings)?;
    let outcomes = kept
        .iter()
        .map(|&row| {
            let cell = columns[outcome][row].trim();
            flag(cell).ok_or_else(|| wrong(row, format!("{} is {cell:?}; an outcome is 0 or 1", settings.outcome)))
        })
        .collect::<Result<Vec<bool>>>()?;
    let users = match user {
        Some(user) => Some(users(&columns[user], &kept).map_err(|(row, what)| wrong(row, what))?),
        None => None,
    };
    let money = |row: usize, at: usize| -> Result<f64> {
        let cell = columns[at][row].trim();
        if cell.is_empty() {
            return Ok(f64::NAN);
        }
        cell.parse().map_err(|_| wrong(row, format!("{} is {cell:?}, which is no number", settings.spend)))
    };
    let spend = match spend {
        Some(at) => kept.iter().map(|&row| money(row, at)).collect::<Result<Vec<f64>>>()?,
        None => Vec::new(),
    };
    let taken: Vec<&String> = [Some(&settings.treatment), Some(&settings.outcome), user.map(|_| &settings.user)]
        .into_iter()
        .flatten()
        .chain((!settings.spend.is_empty()).then_some(&settings.spend))
        .chain(&settings.ignore)
        .collect();
    let mut used = Vec::new();
    for (name, cells) in header.iter().zip(&columns) {
        job.check()?;
        let wanted =
            if settings.features.is_empty() { !taken.contains(&name) } else { settings.features.contains(name) };
        if !wanted {
            continue;
        }
        let cells: Vec<String> = kept.iter().map(|&row| cells[row].clone()).collect();
        if settings.features.is_empty()
            && let Some(without) = consequence(&cells, &outcomes)
        {
            notes.push(format!(
                "left out: {name} is {without:?} wherever {} is 0 and differs only where it is 1, so it must have come \
                 after; name the columns that predict in campaign.features or --features to use it",
                settings.outcome
            ));
            continue;
        }
        match predictors(name, &cells) {
            Column::Used(columns) => used.extend(columns),
            Column::LeftOut(why) => notes.push(format!("left out: {why}")),
        }
    }
    let arms = arms.names;
    let row = kept.iter().map(|&row| row as u32).collect();
    Ok(CampaignFile { users, row, arms, arm, outcome: outcomes, spend, predictors: used, notes })
}

/// The one value that a column has in all rows without the outcome, where it differs in so many rows with it that it
/// cannot have been known before.
fn consequence<'a>(cells: &'a [String], outcomes: &[bool]) -> Option<&'a str> {
    /// A column that has nothing to do with the outcome is thrown out once in a million times.
    const CHANCE: f64 = 1e-6;
    let rows = || cells.iter().map(|cell| cell.trim()).zip(outcomes);
    let without = rows().find(|(_, outcome)| !**outcome)?.0;
    let mut differing = 0;
    for (_, outcome) in rows().filter(|(cell, _)| *cell != without) {
        if !outcome {
            return None;
        }
        differing += 1;
    }
    let rate = outcomes.iter().filter(|outcome| **outcome).count() as f64 / outcomes.len() as f64;
    (rate.powi(differing) < CHANCE).then_some(without)
}

/// The treatment column's values as places: 0 for the control, the arms from 1.
struct Arms<'a> {
    control: &'a str,
    wanted: &'a [String],
    names: Vec<String>,
}

impl<'a> Arms<'a> {
    fn new(settings: &'a CampaignSettings) -> Self {
        let names = if settings.control.is_empty() { vec!["treated".to_owned()] } else { Vec::new() };
        Self { control: &settings.control, wanted: &settings.arms, names }
    }

    /// The place of a value; `None` for an arm that is not looked at.
    fn of(&mut self, value: &str) -> Result<Option<u16>, String> {
        if self.control.is_empty() {
            let treated = flag(value).ok_or("a treatment is 0 or 1, or name the control with campaign.control")?;
            return Ok(Some(u16::from(treated)));
        }
        if value == self.control {
            return Ok(Some(0));
        }
        if value.is_empty() {
            return Err("it names no arm".to_owned());
        }
        if !(self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == value)) {
            return Ok(None);
        }
        if let Some(place) = self.names.iter().position(|name| name == value) {
            return Ok(Some(place as u16 + 1));
        }
        if self.names.len() == MOST_ARMS {
            return Err(format!("more than {MOST_ARMS} arms; name the column that tells who was treated"));
        }
        self.names.push(value.to_owned());
        Ok(Some(self.names.len() as u16))
    }

    /// Refuses a campaign that lacks its control or an arm that was asked for.
    fn check(&self, path: &Path, arm: &[u16], settings: &CampaignSettings) -> Result<()> {
        let seen: HashSet<u16> = arm.iter().copied().collect();
        let column = &settings.treatment;
        let refused = |what: String| Err(Error::Config(format!("{}: {what}", path.display())));
        if !seen.contains(&0) {
            let control = if self.control.is_empty() { "0" } else { self.control };
            return refused(format!("no row of {column} is {control:?}: there is no control to compare with"));
        }
        if let Some(missing) = self.wanted.iter().find(|wanted| !self.names.contains(wanted)) {
            let found = self.names.join(", ");
            return refused(format!("no row of {column} is {missing:?}; the arms found are {found}"));
        }
        if seen.len() < 2 {
            return refused(format!("every row of {column} is of the control: nobody was treated"));
        }
        Ok(())
    }
}

/// Each row's user; an error names the row that has none or one that came before.
fn users(cells: &[String], kept: &[usize]) -> std::result::Result<Vec<String>, (usize, String)> {
    let mut seen = HashSet::new();
    let mut users = Vec::with_capacity(kept.len());
    for &row in kept {
        let user = cells[row].trim();
        if user.is_empty() {
            return Err((row, "has no user".to_owned()));
        }
        if !seen.insert(user) {
            return Err((row, format!("user {user} has a row before this one; a campaign has one row per user")));
        }
        users.push(user.to_owned());
    }
    Ok(users)
}

/// Yes or no, as files write it.
fn flag(cell: &str) -> Option<bool> {
    match cell {
        "0" | "0.0" => Some(false),
        "1" | "1.0" => Some(true),
        word if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("yes") => Some(true),
        word if word.eq_ignore_ascii_case("false") || word.eq_ignore_ascii_case("no") => Some(false),
        _ => None,
    }
}
