//! How a log that nobody has described could be read: a look at its first rows, and what the reader makes of them.
//!
//! `logs` are the files named, `related` the tables that tell of one another, each of them the log's `candidate` by `keys`, `sample` reads their first rows. `profile` is what is known of a column, `points` how well it
//! fits a role: by the `words` of its name, of which `vocabulary` holds those of each role, by `events` and `times` among
//! its values, or by the `orders` that its rows are of. `columns` says which column is what, with `items` and `customers` for those that tell of either. [`Draft`] (`drafts`) is of one log or of several that are read as one; of each `draft` holds what was found and what somebody has chosen over it: `choices` are its lines, `turn` what else
//! each could be, `zone` the shop's zone. `preview` reads the first rows so, `verdict` says whether that is worth
//! writing, and `addition` whether a file is more of a log that is described.

mod addition;
mod candidate;
mod choices;
mod columns;
mod customers;
mod draft;
mod drafts;
mod events;
mod flags;
mod grouped;
mod items;
mod keys;
mod logs;
mod orders;
mod phrases;
mod points;
mod preview;
mod profile;
mod related;
mod sample;
#[cfg(test)]
mod tests;
mod times;
mod turn;
mod verdict;
mod vocabulary;
mod words;
mod zone;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

pub use addition::{Addition, check_addition};
pub use drafts::Draft;
pub(super) use events::speaks_of_buying;
pub(super) use times::written;
pub use turn::Changed;

use crate::error::Result;
use crate::ingest::counts::IngestCounts;
use crate::ingest::layout::{LayoutName, Role, recognised};
use crate::ingest::propose::logs::Logs;
use crate::ingest::quarantine::QuarantinedRow;
use crate::ingest::settings::IngestSettings;
use crate::ingest::{Fetched, discover, is_remote, is_standard_input};

/// How many rows of a file are looked at.
pub const ROWS: usize = 10_000;

/// Whether `[ingest.columns]` knows a role of this name.
pub fn is_role(name: &str) -> bool {
    Role::ALL.iter().any(|role| role.name() == name)
}

/// Whether the settings, or the log's own shape, say how a log is read. Of what cannot be found the run tells.
///
/// # Errors
/// [`Error::Io`] where a file of the log cannot be read.
pub fn is_described(input: &Path, settings: &IngestSettings) -> Result<bool> {
    if settings.layout != LayoutName::Auto || !settings.logs.is_empty() || settings.columns.given().next().is_some() {
        return Ok(true);
    }
    // To look at it is to bring it.
    if is_remote(input) {
        return Ok(false);
    }
    let files = match discover(input, settings) {
        Ok(files) => files,
        Err(_) if input.is_dir() && settings.files.is_empty() => return Ok(Logs::of_folder(input)?.is_none()),
        Err(_) => return Ok(true),
    };
    for file in &files.events {
        if recognised(file, settings)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Which logs to look at, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Event logs of one shape, patterns such as `logs/2024-*.csv` among them, or one folder of a known shape.
    pub paths: Vec<PathBuf>,
    /// Its separator, columns, times and events are taken as they are where they are set.
    pub given: IngestSettings,
    /// Whether the first row names the columns; told by the row where `None`.
    pub header: Option<bool>,
    /// Roles that no column is to have, by name.
    pub cleared: Vec<String>,
    /// The file that holds the password of a database.
    pub password_file: Option<PathBuf>,
    /// Of several logs that are read as one, what is asked of each by its number from 1.
    pub of_logs: BTreeMap<usize, Request>,
    /// The log itself, where it lies elsewhere and was brought before: standard input can be read once.
    pub brought: Option<Arc<Fetched>>,
}

impl Request {
    /// Whether what somebody wrote is the address of a log that lies elsewhere, and no path.
    pub fn is_address(written: &Path) -> bool {
        is_remote(written) && !is_standard_input(written)
    }
}

/// Settings that a log could be read by.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The settings.
    pub settings: IngestSettings,
    /// The file beside the log that tells who its users are.
    pub customers: Option<String>,
    /// What was decided, in the order of a configuration.
    pub choices: Vec<Choice>,
    /// What somebody should know before they rely on it.
    pub notes: Vec<String>,
    /// What is not sure, a sentence each with its evidence.
    pub doubts: Vec<String>,
}

/// One thing that was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The setting without `ingest.`, such as `columns.user`.
    pub key: String,
    /// Its value; empty for a role without a column.
    pub value: String,
    /// Why, in a few words.
    pub reason: String,
    /// What else it could be, the likelier first.
    pub rivals: Vec<String>,
    /// Whether there is little doubt.
    pub sure: bool,
}

impl Choice {
    fn new(key: &str, value: &str, reason: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.to_owned(), reason: reason.into(), rivals: Vec::new(), sure: true }
    }
}

/// What the reader makes of the first rows of a log.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many rows of each file were read at most.
    pub rows_per_file: usize,
    /// What became of each row.
    pub counts: IngestCounts,
    /// The first rejected row of each reason.
    pub examples: Vec<QuarantinedRow>,
    /// The earliest time, UTC milliseconds.
    pub first_ms: Option<i64>,
    /// The latest time, UTC milliseconds.
    pub last_ms: Option<i64>,
    /// What the log cannot tell when read so.
    pub unknown: Vec<&'static str>,
    /// The only currency that a column of it names.
    pub currency: Option<String>,
    /// Which share of its price the middle one of the purchases below it was let off; `None` where few are.
    pub discount: Option<f64>,
}
