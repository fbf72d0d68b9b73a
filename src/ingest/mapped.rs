//! A raw event log of any shape, row by row, through its layout.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::append::{Earlier, FileRead, Start, read_files};
use crate::ingest::details::Details;
use crate::ingest::grammar::{is_empty, is_nobody};
use crate::ingest::ids::IdColumn;
use crate::ingest::layout::{Layout, ROLES, Role, StatusMeaning, TIME_PREFIXES};
use crate::ingest::log::EventKind;
use crate::ingest::order;
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::shape::Rows;
use crate::ingest::table::read_table;
use crate::job::Job;

/// Samples of times that could not be read.
const SAMPLES: usize = 3;
/// Different event names that are counted each by itself.
const NAMES: usize = 1_000;
/// Letters of an event name that are kept; one more stands for the rest.
const NAME: usize = 100;
/// Why rows are ignored that are of no event name.
const NO_CUSTOMER: &str = "row without user";

/// Accepted rows in file order, column by column, and what became of the others.
#[derive(Default)]
pub(super) struct MappedRows<'a> {
    layout: Option<&'a Layout>,
    pub(super) time: Vec<i64>,
    pub(super) kind: Vec<EventKind>,
    pub(super) user: IdColumn,
    /// The items of the rows that name one.
    pub(super) item: IdColumn,
    /// Rows that name no item, ascending.
    pub(super) without_item: Vec<u32>,
    /// Rows that carry a transaction id, ascending, and the ids.
    pub(super) with_transaction: Vec<u32>,
    pub(super) transaction: IdColumn,
    pub(super) details: Details,
    pub(super) rejected: Quarantine,
    /// Rows left out because they are of no kind of event, by event name or by cause.
    pub(super) ignored: BTreeMap<String, u64>,
    /// Some of the times that could not be read.
    pub(super) bad_times: Vec<String>,
}

/// Reads event logs one after the other, each by its layout and from where it is new. Also tells how far each was read.
pub(super) fn read_mapped<'a>(
    files: &[impl AsRef<Path>],
    layouts: &'a [Layout],
    start: Option<&Start<'_>>,
    job: &Job,
) -> Result<(MappedRows<'a>, Vec<FileRead>)> {
    let mut rows = start.map_or_else(MappedRows::default, |start| MappedRows::of_earlier(start.earlier, files));
    let layout_of: HashMap<&Path, &Layout> = files.iter().map(AsRef::as_ref).zip(layouts).collect();
    let read = read_files(files, start, |path, resume| {
        let name = file_name(path);
        let layout = layout_of[path];
        let start = || MappedRows { layout: Some(layout), ..MappedRows::default() };
        let take = |chunk, first_line| rows.append(chunk, &name, first_line);
        Ok(read_table(path, layout, resume, job, start, take)?.text)
    })?;
    Ok((rows, read))
}

impl MappedRows<'_> {
    /// The rows of an earlier reading, those that were dropped as duplicates left out.
    fn of_earlier(earlier: &Earlier, files: &[impl AsRef<Path>]) -> Self {
        let columns = order::Columns::of_log(&earlier.log);
        let order::Columns { time, kind, user, item, without_item, with_transaction, transaction } = columns;
        let (details, ignored) = (Details::of_earlier(&earlier.details), earlier.counts.ignored.clone());
        let rejected = earlier.rejected(files);
        let rows = Self { time, kind, user, item, without_item, with_transaction, transaction, ..Self::default() };
        Self { details, rejected, ignored, ..rows }
    }

    pub(super) fn len(&self) -> usize {
        self.time.len()
    }

    pub(super) fn into_columns(self) -> order::Columns {
        let Self { time, kind, user, item, without_item, with_transaction, transaction, .. } = self;
        order::Columns { time, kind, user, item, without_item, with_transaction, transaction }
    }

    fn append(&mut self, mut chunk: Self, file: &str, first_line: u64) -> Result<()> {
        let (rows, more) = (self.len(), chunk.len());
        if rows + more >= u32::MAX as usize {
            return Err(Error::Rejected(format!("more than {} events; split the log by time", u32::MAX)));
        }
        self.time.append(&mut chunk.time);
        self.kind.append(&mut chunk.kind);
        self.user.append(chunk.user);
        self.item.append(chunk.item);
        self.without_item.extend(chunk.without_item.iter().map(|row| row + rows as u32));
        self.with_transaction.extend(chunk.with_transaction.iter().map(|row| row + rows as u32));
        self.transaction.append(chunk.transaction);
        self.details.append(rows, more, chunk.details);
        self.rejected.append(chunk.rejected, file, first_line);
        for (name, count) in chunk.ignored {
            self.ignore(&name, count);
        }
        for sample in chunk.bad_times {
            self.keep_bad_time(&sample);
        }
        Ok(())
    }

    fn ignore(&mut self, name: &str, count: u64) {
        if let Some(known) = self.ignored.get_mut(name) {
            *known += count;
        } else {
            let known = if self.ignored.len() < NAMES { name } else { "other event names" };
            let mut short: String = known.chars().take(NAME).collect();
            if short.len() < known.len() && !short.ends_with('…') {
                short.push('…');
            }
            *self.ignored.entry(short).or_default() += count;
        }
    }

    fn keep_bad_time(&mut self, text: &str) {
        let text: String = text.chars().take(NAME).collect();
        if self.bad_times.len() < SAMPLES && !self.bad_times.contains(&text) {
            self.bad_times.push(text);
        }
    }
}

impl Rows<ROLES> for MappedRows<'_> {
    fn row(&mut self, cells: &[&str; ROLES]) -> Result<(), Reason> {
        let Some(layout) = self.layout else { return Err(Reason::WrongFieldCount) };
        let cell = |role: Role| {
            let text = cells[role as usize];
            if is_empty(text) || layout.empty.contains(&text) { "" } else { text }
        };
        let event = cell(Role::Event);
        let Some(kind) = layout.kind_of(event) else {
            if event.is_empty() {
                return Err(Reason::UnknownEvent);
            }
            self.ignore(event, 1);
            return Ok(());
        };
        let transaction = cell(Role::Transaction);
        let number = |role: Role, none: f64| {
            let text = cell(role);
            if text.is_empty() { Some(none) } else { layout.numbers.parse(text) }
        };
        let quantity = number(Role::Quantity, 1.0);
        let mut price = number(Role::Price, f64::NAN);
        if price.is_some_and(f64::is_nan) && layout.has(Role::Total) {
            // A total of so many pieces; one of none tells no price.
            price = number(Role::Total, f64::NAN)
                .map(|total| quantity.filter(|quantity| *quantity != 0.0).map_or(f64::NAN, |pieces| total / pieces));
        }
        let [user, item] = [Role::User, Role::Item].map(cell);
        if !layout.strict && is_nobody(user) {
            self.ignore(NO_CUSTOMER, 1);
            return Ok(());
        }
        let mut kind = kind;
        if kind == EventKind::Transaction {
            let status = cell(Role::Status);
            if !status.is_empty() && layout.status_of(status) == Some(StatusMeaning::None) {
                self.ignore(&format!("order {status}"), 1);
                return Ok(());
            }
            let cancelled = layout.cancelled.is_some_and(|prefix| transaction.starts_with(prefix));
            let negative = |number: Option<f64>| number.is_some_and(|number| number < 0.0);
            if cancelled || negative(quantity) || negative(price) {
                kind = EventKind::Return;
            }
        }
        if kind == EventKind::View && item.is_empty() && layout.has(Role::Item) {
            kind = EventKind::Visit;
        }
        let (written, clock) = (cell(Role::Time), cell(Role::Clock));
        let time = layout.times.parse_at(written, clock).inspect_err(|_| {
            let shown = format!("{} {clock}", written.replace(TIME_PREFIXES, ""));
            self.keep_bad_time(shown.trim_end());
        })?;
        if user.is_empty() {
            return Err(Reason::NoUser);
        }
        if item.is_empty() && layout.strict {
            return Err(Reason::NoItem);
        }
        let price = price.ok_or(Reason::BadValue)?.abs();
        let quantity = quantity.ok_or(Reason::BadValue)?.abs();
        let row = self.time.len() as u32;
        if !transaction.is_empty() {
            self.with_transaction.push(row);
            self.transaction.push(transaction);
        }
        self.time.push(time);
        self.kind.push(kind);
        self.user.push(user);
        if item.is_empty() {
            self.without_item.push(row);
        } else {
            self.item.push(item);
        }
        let counted = matches!(kind, EventKind::Transaction | EventKind::Return);
        let details = &mut self.details;
        if layout.has(Role::Price) || layout.has(Role::Total) {
            // A purchase of none has no price: so logs write one that they do not know.
            details.price.push(if counted && quantity == 0.0 { f64::NAN } else { price });
        }
        if layout.has(Role::Quantity) {
            details.quantity.push(if counted { quantity } else { 1.0 });
        }
        if layout.has(Role::Session) {
            let session = cell(Role::Session);
            details.session.push(if session.is_empty() { 0 } else { xxh3_64(session.as_bytes()).max(1) });
        }
        if layout.has(Role::Category) {
            let named = [Role::Category, Role::CategoryId].map(|role| cell(role).trim_matches('/'));
            let name = if named[0].is_empty() { named[1] } else { named[0] };
            let index = details.category_index(name);
            details.category.push(index);
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.rejected.add(line, reason, raw);
    }
}
