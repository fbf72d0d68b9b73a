//! The rows of RetailRocket's event log: what one must hold to be accepted.

use std::path::Path;

use crate::error::Result;
use crate::files::file_name;
use crate::ingest::append::{FileRead, Start, read_files};
use crate::ingest::layout::{EARLIEST, TOO_LATE};
use crate::ingest::log::EventKind;
use crate::ingest::quarantine::Reason;
use crate::ingest::shape::{Columns, Rows};
use crate::ingest::table::read_table;
use crate::ingest::taken::Taken;
use crate::job::Job;

/// The columns of RetailRocket's event log. Without `transactionid`, purchases have no order id.
const COLUMNS: Columns<5> =
    Columns { names: ["timestamp", "visitorid", "event", "itemid", "transactionid"], optional: Some("transactionid") };

/// What is taken from a chunk.
#[derive(Default)]
struct EventRows(Taken);

impl Rows<5> for EventRows {
    fn row(&mut self, &[time, user, event, item, transaction]: &[&str; 5]) -> Result<(), Reason> {
        let time = parse_time(time)?;
        if user.is_empty() {
            return Err(Reason::NoUser);
        }
        if item.is_empty() {
            return Err(Reason::NoItem);
        }
        let kind = EventKind::FUNNEL.into_iter().find(|kind| kind.name() == event).ok_or(Reason::UnknownEvent)?;
        self.0.columns.push(time, kind, user, item, transaction);
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.0.rejected.add(line, reason, raw);
    }
}

/// Reads event logs one after the other, from where they are new. Also tells whether each has a `transactionid` column,
/// and how far each was read.
pub(super) fn read_events(
    files: &[impl AsRef<Path>],
    start: Option<&Start<'_>>,
    job: &Job,
) -> Result<(Taken, bool, Vec<FileRead>)> {
    let mut taken = start.map_or_else(Taken::default, |start| Taken::of_earlier(start.earlier, files));
    let mut with_transactions = start.is_none_or(|start| start.earlier.orders);
    let read = read_files(files, start, |path, resume| {
        let name = file_name(path);
        // Such rows have no details that would need their file's number.
        let take = |chunk: EventRows, first_line| taken.append(chunk.0, &name, 0, first_line);
        let read = read_table(path, &COLUMNS, resume, job, EventRows::default, take)?;
        with_transactions &= read.complete;
        Ok(read.text)
    })?;
    Ok((taken, with_transactions, read))
}

/// UTC milliseconds from their decimal digits.
pub(super) fn parse_time(text: &str) -> Result<i64, Reason> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Reason::BadTime);
    }
    // More digits than an i64 holds are a time all the same, far outside the range.
    match text.parse::<i64>() {
        Ok(time) if (EARLIEST..TOO_LATE).contains(&time) => Ok(time),
        _ => Err(Reason::TimeOutOfRange),
    }
}
