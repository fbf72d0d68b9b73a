//! The raw event log, row by row: what a row must hold to be accepted.

use std::path::Path;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::append::{Earlier, FileRead, Start, read_files};
use crate::ingest::ids::IdColumn;
use crate::ingest::layout::{EARLIEST, TOO_LATE};
use crate::ingest::log::EventKind;
use crate::ingest::order;
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::shape::{Columns, Rows};
use crate::ingest::table::read_table;
use crate::job::Job;

/// The columns of RetailRocket's event log. Without `transactionid`, purchases have no order id.
const COLUMNS: Columns<5> =
    Columns { names: ["timestamp", "visitorid", "event", "itemid", "transactionid"], optional: Some("transactionid") };

/// Accepted rows in file order, column by column.
#[derive(Default)]
pub(super) struct EventRows {
    pub(super) time: Vec<i64>,
    pub(super) kind: Vec<EventKind>,
    pub(super) user: IdColumn,
    pub(super) item: IdColumn,
    /// Rows that carry a transaction id, ascending, and the ids. Any text is an id; an event of any kind may carry one.
    pub(super) with_transaction: Vec<u32>,
    pub(super) transaction: IdColumn,
    pub(super) rejected: Quarantine,
}

impl EventRows {
    pub(super) fn len(&self) -> usize {
        self.time.len()
    }

    pub(super) fn into_columns(self) -> order::Columns {
        let Self { time, kind, user, item, with_transaction, transaction, .. } = self;
        order::Columns { time, kind, user, item, without_item: Vec::new(), with_transaction, transaction }
    }

    /// The rows of an earlier reading, those that were dropped as duplicates left out.
    fn of_earlier(earlier: &Earlier, files: &[impl AsRef<Path>]) -> Self {
        let columns = order::Columns::of_log(&earlier.log);
        let order::Columns { time, kind, user, item, with_transaction, transaction, .. } = columns;
        let rejected = earlier.rejected(files);
        Self { time, kind, user, item, with_transaction, transaction, rejected }
    }

    /// Adds the next chunk's rows.
    fn append(&mut self, mut chunk: Self, file: &str, first_line: u64) -> Result<()> {
        let shift = self.len() as u32;
        if self.len() + chunk.len() >= u32::MAX as usize {
            return Err(Error::Rejected(format!("more than {} events; split the log by time", u32::MAX)));
        }
        self.time.append(&mut chunk.time);
        self.kind.append(&mut chunk.kind);
        self.user.append(chunk.user);
        self.item.append(chunk.item);
        self.with_transaction.extend(chunk.with_transaction.iter().map(|row| row + shift));
        self.transaction.append(chunk.transaction);
        self.rejected.append(chunk.rejected, file, first_line);
        Ok(())
    }
}

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
        if !transaction.is_empty() {
            self.with_transaction.push(self.time.len() as u32);
            self.transaction.push(transaction);
        }
        self.time.push(time);
        self.kind.push(kind);
        self.user.push(user);
        self.item.push(item);
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.rejected.add(line, reason, raw);
    }
}

/// Reads event logs one after the other, from where they are new. Also tells whether each has a `transactionid` column,
/// and how far each was read.
pub(super) fn read_events(
    files: &[impl AsRef<Path>],
    start: Option<&Start<'_>>,
    job: &Job,
) -> Result<(EventRows, bool, Vec<FileRead>)> {
    let mut rows = start.map_or_else(EventRows::default, |start| EventRows::of_earlier(start.earlier, files));
    let mut with_transactions = start.is_none_or(|start| start.earlier.orders);
    let read = read_files(files, start, |path, resume| {
        let name = file_name(path);
        let read = read_table(path, &COLUMNS, resume, job, EventRows::default, |chunk, first_line| {
            rows.append(chunk, &name, first_line)
        })?;
        with_transactions &= read.complete;
        Ok(read.text)
    })?;
    Ok((rows, with_transactions, read))
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
