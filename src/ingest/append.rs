//! A log that grew: what an earlier reading left, and from where on its files are new.
//!
//! Files that are as they were are not read again; of a plain text file that grew only the end is parsed, once its old
//! part is known by its checksum to be what was read. Whatever else has changed, the log is read whole. Either way the
//! result is the same.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::files::{file_name, open_regular};
use crate::ingest::amount::Amount;
use crate::ingest::blocks::BYTE_ORDER_MARK;
use crate::ingest::counts::IngestCounts;
use crate::ingest::fingerprint::{Fingerprint, fingerprint};
use crate::ingest::ids::IdColumn;
use crate::ingest::label::{Label, Labels};
use crate::ingest::log::{EventLog, Ids, NONE};
use crate::ingest::quarantine::{Quarantine, QuarantinedRow};
use crate::ingest::resume::{Resume, TextRead};
use crate::ingest::source::{Storage, read_whole, storage};
use crate::job::Job;

/// Bytes compared at a time.
const BLOCK: usize = 1 << 20;

/// How far a file was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRead {
    /// What tells this version of the file from another.
    pub print: Fingerprint,
    /// Its text; `None` for Parquet.
    pub text: Option<TextRead>,
    /// What its first rows decided of how all are read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decided: String,
}

/// What rows told beside their event, one entry an event of the log; a column that no file has is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventDetails {
    /// Price of one item, NaN where unknown.
    pub price: Vec<f64>,
    /// How many were bought or sent back; 1 for other events.
    pub quantity: Vec<f64>,
    /// By [`Amount`], NaN where the row tells none.
    pub amounts: [Vec<f64>; Amount::ALL.len()],
    /// Hash of the session id, 0 without one.
    pub session: Vec<u64>,
    /// By [`Label`].
    pub labels: [Labels; Label::ALL.len()],
}

impl EventDetails {
    /// Whether no file has any such column.
    pub fn is_empty(&self) -> bool {
        self.price.is_empty()
            && self.quantity.is_empty()
            && self.amounts.iter().all(Vec::is_empty)
            && self.session.is_empty()
            && self.labels.iter().all(|labels| labels.codes.is_empty())
    }

    /// The currency that the rows name, where all that name one name the same.
    pub fn currency(&self) -> Option<&str> {
        match self.labels[Label::Currency as usize].texts.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// What an earlier reading of the first part of a log left, under the same settings.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Its events.
    pub log: EventLog,
    /// What its rows told beside them.
    pub details: EventDetails,
    /// What became of its rows.
    pub counts: IngestCounts,
    /// Its first rejected rows, those of other tables behind them.
    pub quarantine: Vec<QuarantinedRow>,
    /// Its event files, in the order of reading.
    pub files: Vec<FileRead>,
    /// Whether every file could name orders.
    pub orders: bool,
}

impl Earlier {
    /// The rejected rows of the event files; those of other tables are read again.
    pub(super) fn rejected(&self, files: &[impl AsRef<Path>]) -> Quarantine {
        let events: Vec<String> = files.iter().map(|file| file_name(file.as_ref())).collect();
        let rows = self.quarantine.iter().filter(|row| events.contains(&row.file)).cloned().collect();
        Quarantine::of_earlier(&self.counts.rejected, rows)
    }
}

/// Where the new part of a log begins.
#[derive(Clone)]
pub(super) struct Start<'a> {
    pub(super) earlier: &'a Earlier,
    /// Files, from the first, of which nothing is new.
    pub(super) unchanged: usize,
    /// Where the file after those goes on, if it was read before.
    pub(super) resume: Option<Resume>,
}

impl<'a> Start<'a> {
    /// Compares the files with what was read; the reason why they have to be read whole, where they do.
    pub(super) fn find(
        files: &[impl AsRef<Path>],
        earlier: &'a Earlier,
        job: &Job,
    ) -> Result<std::result::Result<Self, String>> {
        let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
        if files.len() < earlier.files.len() {
            return Ok(Err(format!("{} files are left of {}", files.len(), earlier.files.len())));
        }
        let last = earlier.files.len().saturating_sub(1);
        for (at, (file, read)) in files.iter().zip(&earlier.files).enumerate() {
            let print = fingerprint(file)?;
            if print == read.print {
                continue;
            }
            let name = file_name(file);
            if let Some(why) = read_whole(&read.print.name) {
                return Ok(Err(why.to_owned()));
            }
            if print.name != read.print.name {
                return Ok(Err(format!("{name} stands where {} stood", read.print.name)));
            }
            if at < last {
                return Ok(Err(format!("{name} has changed, and it is not the last file")));
            }
            return Ok(match Resume::of(file, read, job)? {
                Ok(resume) => Ok(Self { earlier, unchanged: at, resume: Some(resume) }),
                Err(why) => Err(format!("{name} {why}")),
            });
        }
        Ok(Ok(Self { earlier, unchanged: earlier.files.len(), resume: None }))
    }

    /// What is read and what is not, in a sentence.
    pub(super) fn told(&self, files: &[impl AsRef<Path>], new_rows: u64) -> String {
        let reused = self.earlier.counts.read;
        let names: Vec<String> = files.iter().skip(self.unchanged).map(|file| file_name(file.as_ref())).collect();
        let from = match &self.resume {
            Some(resume) => format!(" from line {}", resume.before.lines + 1),
            None => String::new(),
        };
        let names = match names.as_slice() {
            [] => "no file".to_owned(),
            [first] => format!("{first}{from}"),
            [first, rest @ ..] => format!("{first}{from}, {}", rest.join(", ")),
        };
        format!("{reused} event rows taken over from the run before; {new_rows} new ones read: {names}")
    }
}

impl Resume {
    fn of(file: &Path, read: &FileRead, job: &Job) -> Result<std::result::Result<Self, &'static str>> {
        let Some(text) = &read.text else { return Ok(Err("has changed")) };
        if storage(file)? != Storage::Plain {
            return Ok(Err("has changed, and its text cannot be read from there on"));
        }
        if !text.ends_whole {
            return Ok(Err("has changed, and its last row had no end"));
        }
        let mut open = open_regular(file)?;
        let mut mark = [0; BYTE_ORDER_MARK.len()];
        let marked = open.read(&mut mark).map_err(Error::io(file))? == mark.len() && mark == BYTE_ORDER_MARK;
        let begin = if marked { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        open.seek(SeekFrom::Start(begin)).map_err(Error::io(file))?;
        let mut hash = Xxh3Default::new();
        let mut block = vec![0; BLOCK];
        let mut left = text.bytes;
        while left > 0 {
            job.check()?;
            let wanted = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = open.read(&mut block[..wanted]).map_err(Error::io(file))?;
            if count == 0 {
                return Ok(Err("is shorter than it was"));
            }
            hash.update(&block[..count]);
            left -= count as u64;
        }
        if format!("{:016x}", hash.digest()) != text.xxh3 {
            return Ok(Err("has other contents than it had"));
        }
        Ok(Ok(Self { offset: begin + text.bytes, before: text.clone(), hash }))
    }
}

/// Reads what is new of each file and tells how far all of them are read now.
pub(super) fn read_files(
    files: &[impl AsRef<Path>],
    start: Option<&Start<'_>>,
    mut read: impl FnMut(&Path, Option<&Resume>) -> Result<Option<TextRead>>,
) -> Result<Vec<FileRead>> {
    let unchanged = start.map_or(0, |start| start.unchanged);
    let mut done: Vec<FileRead> =
        start.into_iter().flat_map(|start| &start.earlier.files[..unchanged]).cloned().collect();
    for (at, path) in files.iter().map(AsRef::as_ref).enumerate().skip(unchanged) {
        let resume = start.and_then(|start| start.resume.as_ref()).filter(|_| at == unchanged);
        // The fingerprint of before the reading; whoever reads looks again afterwards.
        let print = fingerprint(path)?;
        done.push(FileRead { print, text: read(path, resume)?, decided: String::new() });
    }
    Ok(done)
}

/// The ids of a column of codes, [`NONE`] left out.
pub(super) fn id_column(ids: &Ids, codes: impl Iterator<Item = u32>) -> IdColumn {
    let known = codes.filter(|&code| code != NONE);
    match ids {
        Ids::Integer(ids) => IdColumn::Integer(known.map(|code| ids[code as usize]).collect()),
        Ids::Text(ids) => {
            let (mut text, mut ends) = (String::new(), Vec::new());
            for code in known {
                text.push_str(&ids[code as usize]);
                ends.push(text.len());
            }
            IdColumn::Text { text, ends }
        }
    }
}

/// Whether ids that were integers have become text: as text they may be written otherwise than the rows wrote them.
pub(super) fn turned_to_text(before: &EventLog, now: &EventLog) -> bool {
    let turned = |before: &Ids, now: &Ids| matches!((before, now), (Ids::Integer(_), Ids::Text(_)));
    turned(&before.users, &now.users)
        || turned(&before.items, &now.items)
        || turned(&before.transactions, &now.transactions)
}
