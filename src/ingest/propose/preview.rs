//! What the reader makes of a log's first rows.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::ingest::propose::sample::Extracts;
use crate::ingest::propose::{Preview, ROWS};
use crate::ingest::quarantine::QuarantinedRow;
use crate::ingest::settings::IngestSettings;
use crate::ingest::{EventDetails, EventKind, EventLog, InputFiles, ingest};
use crate::job::Job;

/// Reads the first rows of each file with these settings, by the reader that a run uses.
///
/// # Errors
/// As [`ingest`], but that no share of rejected rows is too large.
pub(super) fn preview(files: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Preview> {
    let mut extracts = Extracts::new()?;
    let (mut events, mut of_log) = (Vec::new(), BTreeMap::new());
    let logs = settings.of_logs();
    for path in &files.events {
        let log = files.of_log.get(path).copied();
        let settings = &logs[log.unwrap_or_default()];
        let separator = match settings.separator_byte()? {
            Some(separator) => Some(separator),
            None => crate::ingest::propose::sample::sample(path, None, job)?.separator,
        };
        let header = settings.header && settings.layout.name() != "yoochoose";
        let copy = extracts.add(path, separator, header, job)?;
        of_log.extend(log.map(|log| (copy.clone(), log)));
        events.push(copy);
    }
    let first_rows = InputFiles { events, of_log, same_user: files.same_user.clone(), ..InputFiles::default() };
    let every = IngestSettings { rejected_limit: 1.0, files: Vec::new(), ..settings.clone() };
    let read = ingest(&first_rows, &every, job).map_err(|error| of_original(error, &first_rows, files))?;
    let mut examples: Vec<QuarantinedRow> = Vec::new();
    for row in read.quarantine {
        if examples.iter().all(|known| known.reason != row.reason) {
            examples.push(row);
        }
    }
    let log = &read.log;
    let mut unknown = Vec::new();
    let mut lacks = |missing: bool, what: &'static str| {
        if missing {
            unknown.push(what);
        }
    };
    lacks(log.price.iter().all(|price| price.is_nan()), "no prices: spend stays unknown");
    lacks(log.transactions.is_empty(), "no transaction ids: orders cannot be counted");
    lacks(read.catalogue.categories.is_empty(), "no categories");
    lacks(read.counts.transactions == 0, "no purchases: nothing can be said of buyers");
    Ok(Preview {
        rows_per_file: ROWS,
        first_ms: log.time.iter().copied().min(),
        last_ms: log.time.iter().copied().max(),
        counts: read.counts,
        examples,
        unknown,
        currency: read.details.currency().map(ToOwned::to_owned),
        discount: discount(log, &read.details),
    })
}

/// Purchases below their price from which on these tell what is usual.
const TELLING: usize = 20;

/// The median share that was let off, of the purchases that cost less than their pieces do.
fn discount(log: &EventLog, details: &EventDetails) -> Option<f64> {
    let share = |event: usize| {
        let whole = details.price.get(event)? * details.quantity.get(event).copied().unwrap_or(1.0);
        let share = 1.0 - log.price.get(event)? / whole;
        (log.kind[event] == EventKind::Transaction && whole > 0.0 && share > 0.001 && share < 1.0).then_some(share)
    };
    let mut shares: Vec<f64> = (0..log.len()).filter_map(share).collect();
    shares.sort_by(f64::total_cmp);
    if shares.len() < TELLING { None } else { shares.get((shares.len() - 1) / 2).copied() }
}

/// An error about a copy of the first rows, told of the file itself.
fn of_original(error: Error, copies: &InputFiles, files: &InputFiles) -> Error {
    let Error::Input { path, line, what } = error else { return error };
    let at = copies.events.iter().position(|copy| *copy == path);
    let path = at.and_then(|at| files.events.get(at).cloned()).unwrap_or(path);
    Error::Input { path, line, what }
}
