//! The events of a log: read in its shape, counted, sorted, and told what each cost.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::amounts::Settled;
use crate::ingest::append::{EventDetails, FileRead, Start};
use crate::ingest::counts::IngestCounts;
use crate::ingest::exports::Exports;
use crate::ingest::files::InputFiles;
use crate::ingest::future::{self, FUTURE};
use crate::ingest::layout::{Duplicates, Layout, Role};
use crate::ingest::log::EventLog;
use crate::ingest::notes::{count_rows, layout_notes};
use crate::ingest::order::{self, Built, Keep, NothingElse};
use crate::ingest::quarantine::Quarantine;
use crate::ingest::refusal::{Account, refuse_bad_log};
use crate::ingest::settings::IngestSettings;
use crate::ingest::stitch::stitch;
use crate::ingest::taken::{Taken, ignore_no_more};
use crate::ingest::{events, mapped, nobody, order_total, states};
use crate::job::Job;

/// Reads event logs: which, how, and from where on.
pub(super) struct Reader<'a> {
    pub(super) files: &'a InputFiles,
    /// How each event file is read; `None` where all are of RetailRocket's own shape.
    pub(super) layouts: Option<&'a [Layout]>,
    pub(super) settings: &'a IngestSettings,
    /// Where the files are new, if they were read before.
    pub(super) start: Option<&'a Start<'a>>,
    pub(super) job: &'a Job,
}

/// The accepted events, and what is known beside them.
pub(super) struct Events {
    pub(super) log: EventLog,
    /// What rows tell beside RetailRocket's columns, and what one piece of each event cost.
    pub(super) details: Option<(EventDetails, Vec<f64>)>,
    pub(super) rejected: Quarantine,
    /// What became of every row; of the log itself nothing is counted yet.
    pub(super) counts: IngestCounts,
    pub(super) notes: Vec<String>,
    /// Whether the log can name orders; where it cannot, a note has said so.
    pub(super) orders: bool,
    /// How far each file was read.
    pub(super) read: Vec<FileRead>,
    /// Whether only a whole reading can tell which rows repeat others.
    pub(super) in_doubt: bool,
}

impl Reader<'_> {
    /// Reads what is new of the files and adds it to what was read before.
    ///
    /// # Errors
    /// As [`ingest`](crate::ingest::ingest).
    pub(super) fn read(&self) -> Result<Events> {
        match self.layouts {
            None => self.read_own(),
            Some(layouts) => self.read_by_layout(layouts),
        }
    }

    /// Reads logs of RetailRocket's own shape.
    fn read_own(&self) -> Result<Events> {
        let (mut taken, orders, read) = events::read_events(&self.files.events, self.start, self.job)?;
        let mut counts = self.account(&mut taken)?;
        let mut notes = Vec::new();
        if !orders {
            notes.push("the event log has no column `transactionid`; orders cannot be counted".to_owned());
        }
        let Taken { columns, rejected, .. } = taken;
        let Built { mut log, duplicates, mut rows, .. } =
            order::build_log(columns, Keep::default(), &NothingElse, self.job)?;
        log.zone = self.settings.clock(&log.time)?;
        counts.duplicates += duplicates;
        count_late(future::leave_out(&mut log, &read, &mut rows), &mut counts, &mut notes);
        Ok(Events { log, details: None, rejected, counts, notes, orders, read, in_doubt: false })
    }

    /// Reads logs of any shape.
    fn read_by_layout(&self, layouts: &[Layout]) -> Result<Events> {
        let files = &self.files.events;
        let several = layouts.iter().any(|layout| layout.log > 0);
        let exports = Exports::of_states(files, layouts);
        let (mut taken, in_doubt, read) = mapped::read_mapped(files, layouts, exports.as_ref(), self.start, self.job)?;
        let mut counts = self.account(&mut taken)?;
        let keep = keep_of(layouts, &taken.columns.time);
        if several {
            taken.details.tell_pieces(layouts, &taken.columns.time);
        }
        if let Some(exports) = &exports {
            let states = std::mem::take(&mut taken.states).settle(exports, taken.columns.len(), self.job)?;
            leave_out_older(states, keep, &mut taken, &mut counts);
        }
        let Taken { mut columns, details, rejected, .. } = taken;
        let visitors = layouts.iter().any(|layout| layout.has(Role::AnonymousUser));
        let stitched = visitors.then(|| stitch(&mut columns, self.job)).transpose()?;
        let Built { mut log, rows: mut of_events, duplicates, meets_earlier } =
            order::build_log(columns, keep, &details, self.job)?;
        log.zone = self.settings.clock(&log.time)?;
        counts.duplicates += duplicates;
        let mut notes = Vec::new();
        let late = future::leave_out(&mut log, &read, &mut of_events);
        count_late(late, &mut counts, &mut notes);
        for (why, rows) in nobody::leave_out(&mut log, layouts, &mut of_events) {
            *counts.ignored.entry(why).or_default() += rows;
        }
        if log.has_passive_users() {
            let passive = log.without_passive_users(&mut of_events);
            *counts.ignored.entry(PASSIVE.to_owned()).or_default() += passive;
        }
        if let Some(stitched) = stitched {
            log.late = stitched.of_events(&of_events);
            counts.stitched = stitched.rows;
            notes.push(stitched.told);
        }
        let details = details.of_events(&of_events);
        drop(of_events);
        self.job.check()?;
        let mut settled = Settled::of(&log, &details, layouts.iter().any(order_total::holds_shipping));
        let converted = layouts.first().and_then(|layout| settled.convert(&log, &details, &layout.rates));
        log.session = details.sessions(&log, self.job)?;
        let Settled { unit, paid, of_orders, tax, unshipped } = settled;
        log.price = paid;
        layout_notes(&mut notes, layouts, &counts, &log);
        notes.extend(nobody::largest(&log));
        notes.extend(converted);
        notes.extend(tax);
        if unshipped {
            notes.push("shipping is taken off the total of each order, of which it is a part".to_owned());
        }
        notes.extend(
            of_orders
                .iter()
                .map(|amount| format!("{} is told once of each order, and spread over its lines", amount.name())),
        );
        let orders = !log.transactions.is_empty();
        let (details, in_doubt) = (Some((details, unit)), in_doubt || meets_earlier);
        Ok(Events { log, details, rejected, counts, notes, orders, read, in_doubt })
    }

    /// Counts what became of the rows, and refuses a log that nobody can work with.
    fn account(&self, taken: &mut Taken) -> Result<IngestCounts> {
        let dropped = self.start.map_or(0, |start| start.earlier.counts.duplicates);
        let mut counts = IngestCounts {
            ignored: std::mem::take(&mut taken.ignored),
            unknown_statuses: std::mem::take(&mut taken.unknown_statuses),
            respelled: taken.respelled,
            joined: taken.joined,
            guests: taken.guests,
            duplicates: dropped,
            ..IngestCounts::default()
        };
        let accepted = taken.columns.len() + dropped as usize;
        count_rows(&mut counts, accepted, &taken.rejected);
        let account = Account {
            accepted,
            rejected: &taken.rejected,
            ignored: &counts.ignored,
            bad_times: &taken.bad_times,
            layouts: self.layouts.unwrap_or_default(),
        };
        refuse_bad_log(self.files, self.settings, &account)?;
        Ok(counts)
    }
}

/// Leaves out the rows of older exports, and those that several exports tell alike.
fn leave_out_older(states: states::Settled, keep: Keep, taken: &mut Taken, counts: &mut IngestCounts) {
    let states::Settled { keep: mut stays, replaced, no_more_ignored, repeated } = states;
    if keep != Keep::All {
        for &row in &repeated {
            stays[row as usize] = false;
        }
        counts.duplicates += repeated.len() as u64;
    }
    counts.replaced = replaced;
    for (name, rows) in no_more_ignored {
        ignore_no_more(&mut counts.ignored, &name, rows);
    }
    taken.columns.retain(&stays);
    taken.details.retain(&stays);
}

/// Counts the events that stand alone in the future, and says so.
fn count_late(late: Option<(u64, String)>, counts: &mut IngestCounts, notes: &mut Vec<String>) {
    if let Some((events, note)) = late {
        *counts.ignored.entry(FUTURE.to_owned()).or_default() += events;
        notes.push(note);
    }
}

/// Why events are left out whose user has nothing else.
pub(super) const PASSIVE: &str = "return or message of a user without any activity";

/// Which equal rows stay: told by the settings, else by what the times tell.
fn keep_of(layouts: &[Layout], times: &[i64]) -> Keep {
    match layouts.first().map_or(Duplicates::Drop, |layout| layout.duplicates) {
        Duplicates::Drop => Keep::Distinct,
        Duplicates::Keep => Keep::All,
        // Of several logs each is judged by its own times.
        Duplicates::Auto => {
            Keep::Written { pieces: tells_minutes(times) && layouts.iter().all(|layout| layout.log == 0) }
        }
    }
}

/// Whether times tell nothing finer than minutes: equal rows are pieces then, and no repetitions.
pub(super) fn tells_minutes(times: &[i64]) -> bool {
    times.par_iter().all(|time| time.rem_euclid(60_000) == 0)
}
