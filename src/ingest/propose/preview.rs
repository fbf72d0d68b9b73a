//! What the reader makes of a log's first rows.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::ingest::propose::sample::Extracts;
use crate::ingest::propose::{Preview, ROWS};
use crate::ingest::quarantine::QuarantinedRow;
use crate::ingest::settings::IngestSettings;
use crate::ingest::{InputFiles, ingest};
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
    })
}

/// An error about a copy of the first rows, told of the file itself.
fn of_original(error: Error, copies: &InputFiles, files: &InputFiles) -> Error {
    let Error::Input { path, line, what } = error else { return error };
    let at = copies.events.iter().position(|copy| *copy == path);
    let path = at.and_then(|at| files.events.get(at).cloned()).unwrap_or(path);
    Error::Input { path, line, what }
}
