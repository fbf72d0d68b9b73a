//! The events of a log: read in its shape, counted, sorted, and told what each cost.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::amounts::Settled;
use crate::ingest::append::{EventDetails, FileRead, Start};
use crate::ingest::counts::IngestCounts;
use crate::ingest::files::InputFiles;
use crate::ingest::layout::{Duplicates, Layout};
use crate::ingest::log::EventLog;
use crate::ingest::notes::{count_rows, layout_notes};
use crate::ingest::order::{self, Keep, NothingElse};
use crate::ingest::quarantine::Quarantine;
use crate::ingest::refusal::{Account, refuse_bad_log};
use crate::ingest::settings::IngestSettings;
use crate::ingest::{events, mapped, nobody};
use crate::job::Job;

/// Reads event logs from where they are new.
pub(super) fn read_events(
    files: &InputFiles,
    layouts: Option<&[Layout]>,
    settings: &IngestSettings,
    start: Option<&Start<'_>>,
    counts: &mut IngestCounts,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Events> {
    match layouts {
        None => read_own(files, settings, start, counts, notes, job),
        Some(layouts) => read_by_layout(files, layouts, settings, start, counts, notes, job),
    }
}

/// The accepted events, and what is known beside them.
pub(super) struct Events {
    pub(super) log: EventLog,
    /// What rows tell beside RetailRocket's columns, and what one piece of each event cost.
    pub(super) details: Option<(EventDetails, Vec<f64>)>,
    pub(super) rejected: Quarantine,
    /// Whether the log can name orders; where it cannot, a note has said so.
    pub(super) orders: bool,
    /// How far each file was read.
    pub(super) read: Vec<FileRead>,
    /// Whether only a whole reading can tell which rows repeat others.
    pub(super) in_doubt: bool,
}

/// Reads logs of RetailRocket's own shape.
fn read_own(
    files: &InputFiles,
    settings: &IngestSettings,
    start: Option<&Start<'_>>,
    counts: &mut IngestCounts,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Events> {
    let (mut rows, with_transactions, read) = events::read_events(&files.events, start, job)?;
    let rejected = std::mem::take(&mut rows.rejected);
    let dropped = start.map_or(0, |start| start.earlier.counts.duplicates);
    let accepted = rows.len() + dropped as usize;
    count_rows(counts, accepted, &rejected);
    let ignored = &counts.ignored;
    let account = Account { accepted, rejected: &rejected, ignored, bad_times: &[], layouts: &[] };
    refuse_bad_log(files, settings, &account)?;
    if !with_transactions {
        notes.push("the event log has no column `transactionid`; orders cannot be counted".to_owned());
    }
    let built = order::build_log(rows.into_columns(), Keep::default(), &NothingElse, job)?;
    counts.duplicates = built.duplicates + dropped;
    Ok(Events { log: built.log, details: None, rejected, orders: with_transactions, read, in_doubt: false })
}

/// Reads logs of any shape.
fn read_by_layout(
    files: &InputFiles,
    layouts: &[Layout],
    settings: &IngestSettings,
    start: Option<&Start<'_>>,
    counts: &mut IngestCounts,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Events> {
    let (mut rows, read) = mapped::read_mapped(&files.events, layouts, start, job)?;
    let rejected = std::mem::take(&mut rows.rejected);
    counts.ignored = std::mem::take(&mut rows.ignored);
    let dropped = start.map_or(0, |start| start.earlier.counts.duplicates);
    let accepted = rows.len() + dropped as usize;
    count_rows(counts, accepted, &rejected);
    let (ignored, bad_times) = (&counts.ignored, rows.bad_times.as_slice());
    refuse_bad_log(files, settings, &Account { accepted, rejected: &rejected, ignored, bad_times, layouts })?;
    counts.unknown_statuses = std::mem::take(&mut rows.unknown_statuses);
    counts.respelled = rows.respelled;
    let in_doubt = rows.in_doubt;
    let details = std::mem::take(&mut rows.details);
    let keep = keep_of(layouts, &rows.time);
    let order::Built { mut log, rows: mut of_events, duplicates, meets_earlier } =
        order::build_log(rows.into_columns(), keep, &details, job)?;
    counts.duplicates = duplicates + dropped;
    for (why, rows) in nobody::leave_out(&mut log, layouts, &mut of_events) {
        *counts.ignored.entry(why).or_default() += rows;
    }
    if log.has_passive_users() {
        let passive = log.without_passive_users(&mut of_events);
        *counts.ignored.entry(PASSIVE.to_owned()).or_default() += passive;
    }
    let details = details.of_events(&of_events);
    drop(of_events);
    job.check()?;
    let mut settled = Settled::of(&log, &details);
    let converted = layouts.first().and_then(|layout| settled.convert(&log, &details, &layout.rates));
    log.session = details.sessions(&log, job)?;
    let Settled { unit, paid, of_orders } = settled;
    log.price = paid;
    layout_notes(notes, layouts, counts, &log);
    notes.extend(nobody::largest(&log));
    notes.extend(converted);
    notes.extend(
        of_orders
            .iter()
            .map(|amount| format!("{} is told once of each order, and spread over its lines", amount.name())),
    );
    let orders = !log.transactions.is_empty();
    Ok(Events { log, details: Some((details, unit)), rejected, orders, read, in_doubt: in_doubt || meets_earlier })
}

/// Why events are left out whose user has nothing else.
pub(super) const PASSIVE: &str = "return or message of a user without any activity";

/// Which equal rows stay: told by the settings, else by what the times tell.
fn keep_of(layouts: &[Layout], times: &[i64]) -> Keep {
    match layouts.first().map_or(Duplicates::Drop, |layout| layout.duplicates) {
        Duplicates::Drop => Keep::Distinct,
        Duplicates::Keep => Keep::All,
        Duplicates::Auto => Keep::Written { pieces: tells_minutes(times) },
    }
}

/// Whether times tell nothing finer than minutes: equal rows are pieces then, and no repetitions.
pub(super) fn tells_minutes(times: &[i64]) -> bool {
    times.par_iter().all(|time| time.rem_euclid(60_000) == 0)
}
