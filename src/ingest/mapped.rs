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
use crate::ingest::inherit::{First, Orphan, is_lacking};
use crate::ingest::layout::{Duplicates, Layout, ROLES, Role, StatusMeaning, TIME_PREFIXES};
use crate::ingest::log::EventKind;
use crate::ingest::order;
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::row_money::RowMoney;
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
    /// Hash of the row that comes next.
    raw: u64,
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
    /// Purchases whose status is none that is known, by status.
    pub(super) unknown_statuses: BTreeMap<String, u64>,
    /// Rows whose user was written otherwise than the person's other rows may be.
    pub(super) respelled: u64,
    /// The first row of the order of the latest row, where others take from it what they leave out.
    first: Option<First>,
    /// Rows before any that begins an order.
    orphans: Vec<Orphan>,
    begun: bool,
    /// Whether the file that is read was read up to some row before.
    resumed: bool,
    /// Whether only a whole reading can tell whose the first new rows are.
    pub(super) in_doubt: bool,
}

/// Counts rows under a name; of very many names the later ones together.
fn count(counts: &mut BTreeMap<String, u64>, name: &str, rows: u64, others: &str) {
    if let Some(known) = counts.get_mut(name) {
        *known += rows;
        return;
    }
    let known = if counts.len() < NAMES { name } else { others };
    let mut short: String = known.chars().take(NAME).collect();
    if short.len() < known.len() && !short.ends_with('…') {
        short.push('…');
    }
    *counts.entry(short).or_default() += rows;
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
    let mut file = 0;
    let mut read = read_files(files, start, |path, resume| {
        let name = file_name(path);
        let layout = layout_of[path];
        let start = || MappedRows { layout: Some(layout), ..MappedRows::default() };
        file += 1;
        (rows.first, rows.resumed) = (None, resume.is_some());
        let take = |chunk, first_line| rows.append(chunk, &name, file, first_line);
        Ok(read_table(path, layout, resume, job, start, take)?.text)
    })?;
    for (read, layout) in read.iter_mut().zip(layouts) {
        read.decided = layout.decided();
    }
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
        let (unknown_statuses, respelled) = (earlier.counts.unknown_statuses.clone(), earlier.counts.respelled);
        Self { details, rejected, ignored, unknown_statuses, respelled, ..rows }
    }

    pub(super) fn len(&self) -> usize {
        self.time.len()
    }

    pub(super) fn into_columns(self) -> order::Columns {
        let Self { time, kind, user, item, without_item, with_transaction, transaction, .. } = self;
        order::Columns { time, kind, user, item, without_item, with_transaction, transaction }
    }

    /// Adds the next chunk of a file.
    fn append(&mut self, mut chunk: Self, file: &str, number: u32, first_line: u64) -> Result<()> {
        if !chunk.orphans.is_empty() {
            let adopted = self.adopt(&mut chunk);
            self.join(adopted, file, number, first_line)?;
        }
        if let Some(first) = chunk.first.take() {
            self.first = Some(first);
        }
        self.join(chunk, file, number, first_line)
    }

    fn join(&mut self, mut chunk: Self, file: &str, number: u32, first_line: u64) -> Result<()> {
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
        self.details.append(rows, more, chunk.details, number);
        self.rejected.append(chunk.rejected, file, first_line);
        for (name, count) in chunk.ignored {
            self.ignore(&name, count);
        }
        for (name, rows) in chunk.unknown_statuses {
            count(&mut self.unknown_statuses, &name, rows, "other statuses");
        }
        self.respelled += chunk.respelled;
        for sample in chunk.bad_times {
            self.keep_bad_time(&sample);
        }
        Ok(())
    }

    fn ignore(&mut self, name: &str, rows: u64) {
        count(&mut self.ignored, name, rows, "other event names");
    }

    fn keep_bad_time(&mut self, text: &str) {
        let text: String = text.chars().take(NAME).collect();
        if self.bad_times.len() < SAMPLES && !self.bad_times.contains(&text) {
            self.bad_times.push(text);
        }
    }
}

impl MappedRows<'_> {
    /// Takes the rows at the start of a chunk whose order may have begun in the rows before it.
    fn adopt<'a>(&mut self, chunk: &mut MappedRows<'a>) -> MappedRows<'a> {
        let first = self.first.take();
        self.in_doubt |= self.resumed && first.is_none();
        let mut adopted = MappedRows { layout: chunk.layout, first, begun: true, ..MappedRows::default() };
        for orphan in std::mem::take(&mut chunk.orphans) {
            adopted.raw = orphan.raw;
            let cells = orphan.cells();
            if let Err(reason) = adopted.row(&cells) {
                adopted.reject(0, reason, cells.join(",").as_bytes());
            }
        }
        if chunk.first.is_none() {
            chunk.first = adopted.first.take();
        }
        adopted
    }
}

impl Rows<ROLES> for MappedRows<'_> {
    fn row(&mut self, cells: &[&str; ROLES]) -> Result<(), Reason> {
        let Some(layout) = self.layout else { return Err(Reason::WrongFieldCount) };
        if !layout.inherits {
            return self.accept(layout, cells);
        }
        if !self.begun && is_lacking(layout, cells) {
            self.orphans.push(Orphan::of(cells, self.raw));
            return Ok(());
        }
        self.begun = true;
        let first = self.first.take();
        if let Some(first) = first
            && let Some(filled) = first.complete(cells)
        {
            let outcome = self.accept(layout, &filled);
            self.first = Some(first);
            return outcome;
        }
        self.first = Some(First::of(cells));
        self.accept(layout, cells)
    }

    fn written(&mut self, record: &[u8]) {
        if self.layout.is_some_and(|layout| layout.duplicates == Duplicates::Auto) {
            self.raw = xxh3_64(record).max(1);
        }
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.rejected.add(line, reason, raw);
    }
}

impl MappedRows<'_> {
    fn accept(&mut self, layout: &Layout, cells: &[&str; ROLES]) -> Result<(), Reason> {
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
        let money = RowMoney::of(layout, cell);
        let [user, item] = [Role::User, Role::Item].map(cell);
        if !layout.strict && is_nobody(user) {
            self.ignore(NO_CUSTOMER, 1);
            return Ok(());
        }
        let mut kind = kind;
        if kind == EventKind::Transaction {
            let status = cell(Role::Status);
            match layout.status_of(status) {
                _ if status.is_empty() => {}
                Some(StatusMeaning::None) => {
                    self.ignore(&format!("order {status}"), 1);
                    return Ok(());
                }
                Some(StatusMeaning::Purchase) => {}
                None => count(&mut self.unknown_statuses, status, 1, "other statuses"),
            }
            if layout.cancelled.is_some_and(|prefix| transaction.starts_with(prefix)) || money.is_negative() {
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
        let money = money.checked()?;
        let row = self.time.len() as u32;
        if !transaction.is_empty() {
            self.with_transaction.push(row);
            self.transaction.push(transaction);
        }
        self.time.push(time);
        self.kind.push(kind);
        let person = layout.persons.spelled(user);
        self.respelled += u64::from(person != user);
        self.user.push(&person);
        if item.is_empty() {
            self.without_item.push(row);
        } else {
            self.item.push(item);
        }
        let details = &mut self.details;
        money.push(layout, kind, details);
        if layout.has(Role::Currency) {
            details.push_currency(cell(Role::Currency));
        }
        if layout.has(Role::Session) {
            let session = cell(Role::Session);
            details.session.push(if session.is_empty() { 0 } else { xxh3_64(session.as_bytes()).max(1) });
        }
        if layout.has(Role::Category) {
            let named = [Role::Category, Role::CategoryId].map(|role| cell(role).trim_matches('/'));
            details.push_category(if named[0].is_empty() { named[1] } else { named[0] });
        }
        if layout.duplicates == Duplicates::Auto {
            details.raw.push(self.raw);
        }
        Ok(())
    }
}
