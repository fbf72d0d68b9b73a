//! Raw files to typed, checked events and the catalogue of items.
//!
//! Gives [`EventLog`] and [`Catalogue`], with [`IngestCounts`] that account for every row read. May import nothing of
//! the crate but [`crate::error`] and [`crate::job`].
//!
//! `files` finds the raw files; `blocks` reads and decompresses them; `table` turns CSV, and `parquet` Parquet, into rows;
//! `events`, `properties` and `categories` say what a row means; `ids` and `order` build the sorted log; `catalogue`
//! joins the rest to its items; `quarantine` keeps what was rejected.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

mod blocks;
pub mod campaign;
mod catalogue;
mod categories;
mod counts;
mod events;
mod files;
mod ids;
mod log;
mod order;
mod parquet;
mod properties;
mod quarantine;
pub mod synth;
mod table;
#[cfg(test)]
mod tests;

pub use catalogue::Catalogue;
pub use counts::IngestCounts;
pub use files::{Fingerprint, InputFiles, discover, fingerprint};
pub use log::{EventKind, EventLog, Ids, NONE};
pub use quarantine::{QUARANTINE_LIMIT, QuarantinedRow, Reason, write_quarantine};

use crate::error::{Error, Result};
use crate::job::Job;
use quarantine::Quarantine;

/// How raw files are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestSettings {
    /// The share of event rows that may be rejected before the run stops, from 0 to 1.
    pub rejected_limit: f64,
}

impl Default for IngestSettings {
    fn default() -> Self {
        Self { rejected_limit: 0.05 }
    }
}

/// What the raw files hold.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// The accepted events.
    pub log: EventLog,
    /// The items of the log.
    pub catalogue: Catalogue,
    /// What became of every row.
    pub counts: IngestCounts,
    /// The first rejected rows: events, then properties, then the category tree.
    pub quarantine: Vec<QuarantinedRow>,
    /// What a reader of the results should know about the data, a sentence each.
    pub notes: Vec<String>,
}

/// Reads raw files into a checked event log and a catalogue. Progress counts the files' bytes, then events.
///
/// The result does not depend on the order of the event rows or on the number of threads.
///
/// # Errors
/// [`Error::Input`] for a file that cannot be read as a table with the columns it needs, [`Error::Rejected`] when more
/// event rows were rejected than [`IngestSettings::rejected_limit`] allows or none was accepted.
pub fn ingest(files: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Ingested> {
    if !(0.0..=1.0).contains(&settings.rejected_limit) {
        let value = settings.rejected_limit;
        return Err(Error::Config(format!("ingest.rejected_limit is {value}; it must be a share from 0 to 1")));
    }
    if files.events.is_empty() {
        return Err(Error::Missing("no event log to read".to_owned()));
    }
    let mut counts = IngestCounts::default();
    let mut notes = Vec::new();

    job.begin("bytes of events", bytes_of(&files.events)?);
    let (mut rows, with_transactions) = events::read_events(&files.events, job)?;
    let mut rejected = std::mem::take(&mut rows.rejected);
    counts.read = rows.len() as u64 + rejected.total();
    for reason in Reason::OF_EVENTS {
        counts.rejected.insert(reason, rejected.counts().get(&reason).copied().unwrap_or(0));
    }
    refuse_bad_log(files, settings, rows.len(), &rejected)?;
    if !with_transactions {
        notes.push("the event log has no column `transactionid`; orders cannot be counted".to_owned());
    }
    let (mut log, duplicates) = order::build_log(rows, job)?;
    counts.duplicates = duplicates;

    let tree = files.category_tree.as_deref().map(|path| {
        job.begin("bytes of categories", bytes_of(&[path])?);
        categories::read_tree(path, job)
    });
    let tree = tree.transpose()?;
    let properties = if files.properties.is_empty() {
        None
    } else {
        job.begin("bytes of properties", bytes_of(&files.properties)?);
        Some(properties::read_properties(&files.properties, &log, job)?)
    };
    let (catalogue, catalogue_notes) =
        Catalogue::new(log.items.len(), log.as_of, tree.as_ref(), properties.as_ref(), job)?;
    notes.extend(catalogue_notes);
    if let Some(properties) = properties {
        if !properties.prices.is_empty() {
            let priced = log.item.par_iter().zip(&log.time).map(|(&item, &time)| properties.prices.at(item, time));
            log.price = priced.collect();
        }
        counts.property_rows = properties.read;
        counts.property_rows_used = properties.used;
        counts.property_rows_rejected = properties.rejected.counts().clone();
        counts.items_only_in_properties = properties.items_elsewhere;
        note_rejected(&mut notes, "item properties", properties.read, &properties.rejected);
        rejected.keep(properties.rejected.into_rows());
    }
    if let Some(tree) = tree {
        note_rejected(&mut notes, "the category tree", tree.read, &tree.rejected);
        rejected.keep(tree.rejected.into_rows());
    }

    count_log(&mut counts, &log, catalogue.categories.len());
    notes.extend(doubtful_as_of(&log));
    if counts.transactions_without_id > 0 && with_transactions {
        let (without, all) = (counts.transactions_without_id, counts.transactions);
        notes.push(format!("{without} of {all} transaction events have no transaction id"));
    }
    Ok(Ingested { log, catalogue, counts, quarantine: rejected.into_rows(), notes })
}

fn bytes_of(files: &[impl AsRef<Path>]) -> Result<u64> {
    let sizes = files.iter().map(AsRef::as_ref).map(|file| std::fs::metadata(file).map_err(Error::io(file)));
    sizes.map(|metadata| metadata.map(|metadata| metadata.len())).sum()
}

/// Stops at a log that is empty or has more rejected rows than allowed.
fn refuse_bad_log(files: &InputFiles, settings: &IngestSettings, accepted: usize, rejected: &Quarantine) -> Result<()> {
    let read = accepted as u64 + rejected.total();
    if read == 0 {
        let path = files.events.first().cloned().unwrap_or_default();
        return Err(Error::Input { path, line: None, what: "holds a header but no event".to_owned() });
    }
    let share = rejected.total() as f64 / read as f64;
    if share <= settings.rejected_limit && accepted > 0 {
        return Ok(());
    }
    let allowed = settings.rejected_limit * 100.0;
    Err(Error::Rejected(format!(
        "{} of {read} event rows ({:.1} %) were rejected, {allowed} % are allowed:{}\n\
         correct the log, or raise ingest.rejected_limit",
        rejected.total(),
        share * 100.0,
        rejected.commonest()
    )))
}

fn note_rejected(notes: &mut Vec<String>, what: &str, read: u64, rejected: &Quarantine) {
    if rejected.total() > 0 {
        notes.push(format!("{} of {read} rows of {what} were rejected:{}", rejected.total(), rejected.commonest()));
    }
}

/// T decides every recency and label: a few rows dated far after all others would shift them all.
fn doubtful_as_of(log: &EventLog) -> Option<String> {
    const QUARTER: i64 = 90 * 86_400_000;
    let recent = log.time.par_iter().filter(|&&time| time > log.as_of - QUARTER).count();
    let date = jiff::Timestamp::from_millisecond(log.as_of).ok()?;
    (recent * 1_000 < log.len()).then(|| {
        let all = log.len();
        format!("only {recent} of {all} events lie in the 90 days up to the latest one, {date}; check the latest times")
    })
}

fn count_log(counts: &mut IngestCounts, log: &EventLog, categories: usize) {
    let count = |kind| log.kind.par_iter().filter(|&&known| known == kind).count() as u64;
    let without_id = |(kind, id): &(&EventKind, &u32)| **kind == EventKind::Transaction && **id == NONE;
    counts.accepted = log.len() as u64;
    counts.users = log.users.len() as u64;
    counts.items = log.items.len() as u64;
    counts.views = count(EventKind::View);
    counts.addtocarts = count(EventKind::AddToCart);
    counts.transactions = count(EventKind::Transaction);
    counts.transactions_without_id = log.kind.par_iter().zip(&log.transaction).filter(without_id).count() as u64;
    counts.categories = categories as u64;
}
