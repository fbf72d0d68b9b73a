//! The first rows of a raw file: as cells to look at, and as a file of their own for the reader proper.

use std::io::Write;
use std::path::{Path, PathBuf};

use polars::prelude::ParquetWriter;
use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::files::{Share, create_new, file_name};
use crate::ingest::blocks::{for_each_block, head, record_at};
use crate::ingest::grammar::{Preamble, SEPARATORS, SPACE, fields_of, most_fields};
use crate::ingest::layout::LayoutName;
use crate::ingest::parquet::{column_names, first_rows};
use crate::ingest::parquet_file::{ParquetFile, library};
use crate::ingest::propose::{ROWS, times};
use crate::ingest::records::{lacks_first_name, records};
use crate::ingest::sampled::{STREAM, parts};
use crate::ingest::shape::refuse_wide;
use crate::ingest::source::{PACKED, Partition, Storage, storage};
use crate::job::Job;

/// Bytes of text of the rows that are previewed, whatever they are.
const BYTES: usize = 64 << 20;
/// Cells that are looked at: of a table of many hundred columns, fewer rows.
const CELLS: usize = 4 << 20;
/// Records that decide the separator.
const JUDGED: usize = 50;

/// Fewer fields than this may as well be words of a sentence.
const FEWEST: usize = 3;

/// The first rows of one file.
pub(super) struct Sample {
    /// What stands between two fields; `None` in Parquet.
    pub(super) separator: Option<u8>,
    /// The columns' names in Parquet.
    pub(super) names: Option<Vec<String>>,
    /// Rows in file order, a header included, of the cells' trimmed texts.
    pub(super) rows: Vec<Vec<String>>,
}

/// Reads the first [`ROWS`] rows, fewer of a table of long or many cells; `separator` where it is given.
pub(super) fn sample(path: &Path, separator: Option<u8>, job: &Job) -> Result<Sample> {
    let storage = storage(path)?;
    let partition = Partition::of(path);
    if storage == Storage::Parquet {
        let (mut names, mut rows) = first_rows(path, ROWS, job)?;
        names.extend(partition.names.iter().cloned());
        for row in &mut rows {
            row.extend(partition.values.iter().cloned());
        }
        return Ok(Sample { separator: None, names: Some(names), rows });
    }
    let separator = separator.map_or_else(|| likeliest_separator(path), Ok)?;
    let parts = parts(path, storage, STREAM)?;
    let (mut rows, mut cells) = (Vec::new(), 0);
    let most = CELLS / parts.len();
    for (at, part) in parts.iter().enumerate() {
        let begin = if at == 0 { Preamble::of(part, |line| fields_of(line, separator)).bytes } else { 0 };
        let mut unnamed = at == 0 && lacks_first_name(&part[begin..], separator);
        for row in records(&part[begin..], separator, true) {
            job.check()?;
            cells += row.len();
            if rows.is_empty() {
                refuse_wide(path, row.len())?;
            } else if cells > most * (at + 1) {
                break;
            }
            let told = if rows.is_empty() { &partition.names } else { &partition.values };
            let first = std::mem::take(&mut unnamed).then(String::new);
            rows.push(first.into_iter().chain(row).chain(told.iter().cloned()).collect());
        }
    }
    Ok(Sample { separator: Some(separator), names: None, rows })
}

/// The fields of a file's first row: the columns' names in Parquet.
pub(super) fn first_row(path: &Path, separator: Option<u8>) -> Result<Vec<String>> {
    let storage = storage(path)?;
    let partition = Partition::of(path).names;
    if storage == Storage::Parquet {
        return Ok(column_names(path)?.into_iter().chain(partition).collect());
    }
    let separator = separator.map_or_else(|| likeliest_separator(path), Ok)?;
    let bytes = head(path)?;
    let begin = Preamble::of(&bytes, |line| fields_of(line, separator)).bytes;
    let unnamed = lacks_first_name(&bytes[begin..], separator).then(String::new);
    let first = records(&bytes[begin..], separator, true).next().unwrap_or_default();
    Ok(unnamed.into_iter().chain(first).chain(partition).collect())
}

/// The separator by which most of the first records have the first one's number of fields, of several the one with the
/// most fields. Spaces are one where nothing else is, and all of the first records have as many fields by them.
pub(super) fn likeliest_separator(path: &Path) -> Result<u8> {
    let bytes = head(path)?;
    let preamble = Preamble::of(&bytes, most_fields);
    if let Some(separator) = preamble.separator {
        return Ok(separator);
    }
    let bytes = &bytes[preamble.bytes..];
    let judged = SEPARATORS.map(|separator| {
        let counts: Vec<usize> = records(bytes, separator, true).take(JUDGED).map(|row| row.len()).collect();
        let first = counts.first().copied().unwrap_or(0);
        let alike = counts.iter().filter(|&&count| count == first).count();
        (if first > 1 { alike * 10 / counts.len().max(1) } else { 0 }, first)
    });
    let parts = |(alike, fields): &(usize, usize)| *alike > 0 && *fields > 1;
    if !judged.iter().any(parts) {
        let fields: Vec<usize> = records(bytes, SPACE, true).take(JUDGED).map(|row| row.len()).collect();
        // The last record may be cut.
        let whole = &fields[..fields.len().saturating_sub(1)];
        if fields.first().is_some_and(|&first| first >= FEWEST && whole.iter().all(|&count| count == first)) {
            return Ok(SPACE);
        }
    }
    let best = (0..SEPARATORS.len()).rev().max_by_key(|&at| judged[at]).unwrap_or(0);
    Ok(SEPARATORS[best])
}

/// The text of the first [`ROWS`] rows and a header, whole records, as far as they are [`BYTES`] long.
fn prefix(path: &Path, separator: u8, job: &Job) -> Result<Vec<u8>> {
    let (mut kept, mut count, mut stopped) = (Vec::new(), 0, false);
    let enough = ROWS + 1;
    let read = for_each_block(path, separator, None, job, |block| {
        let mut start = 0;
        while count < enough && kept.len() + start < BYTES {
            let span = record_at(&block.bytes, start, separator, true).filter(|span| span.next > start);
            let Some(span) = span else { break };
            count += usize::from(!block.bytes[start..span.next].trim_ascii().is_empty());
            start = span.next;
        }
        kept.extend_from_slice(&block.bytes[..start]);
        stopped = count >= enough || kept.len() >= BYTES;
        // Stops the reading, which is no failure once there is enough.
        if stopped { Err(Error::Cancelled) } else { Ok(()) }
    });
    match read {
        Err(Error::Cancelled) if stopped && !job.is_cancelled() => Ok(kept),
        read => read.map(|_| kept),
    }
}

/// A folder of its own with the first rows of files, removed with its contents when dropped.
pub(super) struct Extracts {
    folder: TempDir,
    /// Where the files lie: what lies in one folder is put into one here too.
    roots: Vec<PathBuf>,
}

impl Extracts {
    /// The folder for a file: one for each that files lie in, by the same name, which may hold a date.
    fn place_of(&mut self, path: &Path) -> PathBuf {
        let tells_a_column =
            |folder: &Path| folder.file_name().is_some_and(|name| name.to_string_lossy().contains('='));
        let root = path.ancestors().skip(1).find(|folder| !tells_a_column(folder)).unwrap_or(Path::new(""));
        let at = self.roots.iter().position(|known| known == root).unwrap_or_else(|| {
            self.roots.push(root.to_path_buf());
            self.roots.len() - 1
        });
        let own = self.folder.path().join(at.to_string());
        root.file_name().map_or(own.clone(), |name| own.join(name))
    }

    pub(super) fn new() -> Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("user360-init-").tempdir().map_err(Error::io(std::env::temp_dir()))?;
        Ok(Self { folder, roots: Vec::new() })
    }

    /// Writes the first rows of `path`, without compression, as a file of the same name.
    pub(super) fn add(&mut self, path: &Path, separator: Option<u8>, header: bool, job: &Job) -> Result<PathBuf> {
        let storage = storage(path)?;
        let name = file_name(path);
        let name = PACKED.iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
        // Folders that tell columns go with it.
        let partition = Partition::of(path);
        let folders = partition.names.iter().zip(&partition.values).map(|(name, value)| format!("{name}={value}"));
        let folder = folders.fold(self.place_of(path), |folder, key| folder.join(key.replace('/', "%2F")));
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let into = folder.join(name);
        if storage == Storage::Parquet {
            let mut table = ParquetFile::open(path, job)?.head(ROWS, job)?;
            let out = create_new(&into, Share::Private)?;
            library(path, || ParquetWriter::new(out).finish(&mut table))?;
            return Ok(into);
        }
        let separator = separator.unwrap_or(b',');
        let mut bytes = prefix(path, separator, job)?;
        if !header {
            // No header takes the place of the last row.
            let end = (0..ROWS).try_fold(0, |start, _| record_at(&bytes, start, separator, true).map(|span| span.next));
            bytes.truncate(end.unwrap_or(bytes.len()));
        }
        create_new(&into, Share::Private)?.write_all(&bytes).map_err(Error::io(&into))?;
        Ok(into)
    }
}

/// Whether rows are of the layout that the first one fits: without a header, any four or five fields may.
pub(super) fn is_known(layout: LayoutName, sample: &Sample) -> bool {
    let number = |cell: &String| cell.bytes().all(|byte| byte.is_ascii_digit()) && !cell.is_empty();
    match layout {
        LayoutName::Custom | LayoutName::Auto => false,
        LayoutName::Yoochoose => sample.rows.iter().take(100).all(|row| {
            row.len() >= 4
                && number(&row[0])
                && number(&row[2])
                && (row.len() == 4 || number(&row[3]) && number(&row[4]))
        }),
        _ => true,
    }
}

/// Whether a row holds names: none is a number or a time, and not all are empty. Every row of a log has a time.
pub(super) fn names_columns(row: &[String]) -> bool {
    row.iter().any(|cell| !cell.is_empty())
        && row.iter().all(|cell| cell.parse::<f64>().is_err() && times::written(&[cell.as_str()]).is_none())
}
