//! What a reading takes from the rows of a log: the accepted ones, and what became of the others.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Result;
use crate::ingest::append::Earlier;
use crate::ingest::columns::Columns;
use crate::ingest::details::Details;
use crate::ingest::quarantine::Quarantine;
use crate::ingest::states::States;

/// Samples of times that could not be read.
const SAMPLES: usize = 3;
/// Different event names that are counted each by itself.
const NAMES: usize = 1_000;
/// What the later ones are counted under.
const OTHERS: &str = "other event names";
/// Letters of an event name that are kept; one more stands for the rest.
const NAME: usize = 100;

/// Rows in file order, of a chunk or of all files so far.
#[derive(Default)]
pub(super) struct Taken {
    /// The accepted rows.
    pub(super) columns: Columns,
    /// What they tell beside who did what and when; nothing in RetailRocket's own shape.
    pub(super) details: Details,
    pub(super) rejected: Quarantine,
    /// Rows left out because they are of no kind of event, by event name or by cause.
    pub(super) ignored: BTreeMap<String, u64>,
    /// Some of the times that could not be read.
    pub(super) bad_times: Vec<String>,
    /// Purchases whose status is none that is known, by status.
    pub(super) unknown_statuses: BTreeMap<String, u64>,
    /// Rows whose user was written otherwise than the person's other rows may be.
    pub(super) respelled: u64,
    /// Rows of accounts that are joined to another.
    pub(super) joined: u64,
    /// Rows of users without an id who are known by their address.
    pub(super) guests: u64,
    /// The rows of orders, where exports tell how these stand.
    pub(super) states: States,
}

impl Taken {
    /// The rows of an earlier reading, those that were dropped as duplicates left out.
    pub(super) fn of_earlier(earlier: &Earlier, files: &[impl AsRef<Path>]) -> Self {
        Self {
            columns: Columns::of_log(&earlier.log),
            details: Details::of_earlier(&earlier.details),
            rejected: earlier.rejected(files),
            ignored: earlier.counts.ignored.clone(),
            bad_times: Vec::new(),
            unknown_statuses: earlier.counts.unknown_statuses.clone(),
            respelled: earlier.counts.respelled,
            joined: earlier.counts.joined,
            guests: earlier.counts.guests,
            states: States::default(),
        }
    }

    /// Adds the next chunk of `file`, whose line 0 is the file's line `first_line`. `number` is the file's, from 1.
    pub(super) fn append(&mut self, chunk: Self, file: &str, number: u32, first_line: u64) -> Result<()> {
        let (rows, more) = (self.columns.len(), chunk.columns.len());
        self.columns.append(chunk.columns)?;
        self.details.append(rows, more, chunk.details, number);
        self.rejected.append(chunk.rejected, file, first_line);
        for (name, rows) in chunk.ignored {
            self.ignore(&name, rows);
        }
        for (name, rows) in chunk.unknown_statuses {
            count(&mut self.unknown_statuses, &name, rows, "other statuses");
        }
        self.respelled += chunk.respelled;
        self.joined += chunk.joined;
        self.guests += chunk.guests;
        self.states.append(chunk.states, rows as u32, number);
        for sample in chunk.bad_times {
            self.keep_bad_time(&sample);
        }
        Ok(())
    }

    pub(super) fn ignore(&mut self, name: &str, rows: u64) {
        count(&mut self.ignored, name, rows, OTHERS);
    }

    pub(super) fn count_unknown_status(&mut self, status: &str) {
        count(&mut self.unknown_statuses, status, 1, "other statuses");
    }

    pub(super) fn keep_bad_time(&mut self, text: &str) {
        let text: String = text.chars().take(NAME).collect();
        if self.bad_times.len() < SAMPLES && !self.bad_times.contains(&text) {
            self.bad_times.push(text);
        }
    }
}

/// Counts rows no more as ignored under a name.
pub(super) fn ignore_no_more(ignored: &mut BTreeMap<String, u64>, name: &str, rows: u64) {
    let short = shortened(name);
    let name = if ignored.contains_key(&short) { &short } else { OTHERS };
    if let Some(known) = ignored.get_mut(name) {
        *known = known.saturating_sub(rows);
    }
    ignored.retain(|_, rows| *rows > 0);
}

/// Counts rows under a name; of very many names the later ones together.
fn count(counts: &mut BTreeMap<String, u64>, name: &str, rows: u64, others: &str) {
    if let Some(known) = counts.get_mut(name) {
        *known += rows;
        return;
    }
    let known = if counts.len() < NAMES { name } else { others };
    *counts.entry(shortened(known)).or_default() += rows;
}

fn shortened(name: &str) -> String {
    let mut short: String = name.chars().take(NAME).collect();
    if short.len() < name.len() && !short.ends_with('…') {
        short.push('…');
    }
    short
}
