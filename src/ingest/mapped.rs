//! The rows of a log of any shape, through its layout: which are accepted, and as what.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Result;
use crate::files::file_name;
use crate::ingest::append::{FileRead, Start, read_files};
use crate::ingest::exports::Exports;
use crate::ingest::grammar::{Persons, is_empty, is_nobody};
use crate::ingest::inherit::{First, Orphan, is_lacking};
use crate::ingest::label::Label;
use crate::ingest::layout::{Duplicates, Layout, ROLES, Role, StatusMeaning, TIME_PREFIXES};
use crate::ingest::log::EventKind;
use crate::ingest::quarantine::Reason;
use crate::ingest::row_money::RowMoney;
use crate::ingest::shape::Rows;
use crate::ingest::table::read_table;
use crate::ingest::taken::Taken;
use crate::job::Job;

/// Why rows are ignored that are of no event name.
const NO_CUSTOMER: &str = "row without user";

/// What is taken from a chunk, by its layout.
#[derive(Default)]
struct MappedRows<'a> {
    layout: Option<&'a Layout>,
    /// Whether rows tell how orders stand, and newer ones may replace older ones.
    states: bool,
    /// Hash of the row that comes next.
    raw: u64,
    taken: Taken,
    /// The first row of the order of the latest row, where others take from it what they leave out.
    first: Option<First>,
    /// Rows before any that begins an order.
    orphans: Vec<Orphan>,
    begun: bool,
}

/// What is taken from all files so far.
struct Reading {
    taken: Taken,
    /// The first row of the order of the latest row.
    first: Option<First>,
    /// Whether the file that is read was read up to some row before.
    resumed: bool,
    /// Whether only a whole reading can tell whose the first new rows are.
    in_doubt: bool,
}

/// Reads event logs one after the other, each by its layout and from where it is new; `exports` where rows of some tell how
/// orders stand. Also tells whether only a whole reading could tell whose the first new rows are, and how far each file was read.
pub(super) fn read_mapped(
    files: &[impl AsRef<Path>],
    layouts: &[Layout],
    exports: Option<&Exports>,
    start: Option<&Start<'_>>,
    job: &Job,
) -> Result<(Taken, bool, Vec<FileRead>)> {
    let taken = start.map_or_else(Taken::default, |start| Taken::of_earlier(start.earlier, files));
    let mut reading = Reading { taken, first: None, resumed: false, in_doubt: false };
    let numbered: HashMap<&Path, (u32, &Layout)> = files.iter().map(AsRef::as_ref).zip((1..).zip(layouts)).collect();
    let mut read = read_files(files, start, |path, resume| {
        let name = file_name(path);
        let (number, layout) = numbered[path];
        let states = exports.is_some_and(|exports| exports.tells_states[number as usize - 1]);
        let start = || MappedRows { layout: Some(layout), states, ..MappedRows::default() };
        (reading.first, reading.resumed) = (None, resume.is_some());
        let take = |chunk, first_line| reading.append(chunk, &name, number, first_line);
        Ok(read_table(path, layout, resume, job, start, take)?.text)
    })?;
    for (read, layout) in read.iter_mut().zip(layouts) {
        read.decided = layout.decided();
    }
    Ok((reading.taken, reading.in_doubt, read))
}

impl Reading {
    /// Adds the next chunk of a file.
    fn append(&mut self, mut chunk: MappedRows<'_>, file: &str, number: u32, first_line: u64) -> Result<()> {
        if !chunk.orphans.is_empty() {
            let adopted = self.adopt(&mut chunk);
            self.taken.append(adopted, file, number, first_line)?;
        }
        if let Some(first) = chunk.first.take() {
            self.first = Some(first);
        }
        self.taken.append(chunk.taken, file, number, first_line)
    }

    /// Takes the rows at the start of a chunk whose order may have begun in the rows before it.
    fn adopt(&mut self, chunk: &mut MappedRows<'_>) -> Taken {
        let first = self.first.take();
        self.in_doubt |= self.resumed && first.is_none();
        let (layout, states) = (chunk.layout, chunk.states);
        let mut adopted = MappedRows { layout, states, first, begun: true, ..MappedRows::default() };
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
        adopted.taken
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
            && let Some(filled) = first.complete(layout, cells)
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
        self.taken.rejected.add(line, reason, raw);
    }
}

impl MappedRows<'_> {
    /// Takes a row, or counts it as ignored.
    fn accept(&mut self, layout: &Layout, cells: &[&str; ROLES]) -> Result<(), Reason> {
        let row = self.taken.columns.len() as u32;
        let ignored = self.judge(layout, cells)?;
        if self.states && !is_empty(cells[Role::Transaction as usize]) {
            let outcome = ignored.as_deref().map_or(Ok(row), Err);
            self.taken.states.push(layout, cells, self.raw, outcome);
        }
        if let Some(name) = ignored {
            self.taken.ignore(&name, 1);
        }
        Ok(())
    }

    /// Takes a row; the name under which it is to be ignored, where it is no event of a customer.
    fn judge<'c>(&mut self, layout: &'c Layout, cells: &[&'c str; ROLES]) -> Result<Option<Cow<'c, str>>, Reason> {
        let cell = |role: Role| {
            let text = cells[role as usize];
            if is_empty(text) || layout.empty.contains(&text) { "" } else { text }
        };
        let event = cell(Role::Event);
        let Some(mut kind) = layout.kind_of(event) else {
            return if event.is_empty() { Err(Reason::UnknownEvent) } else { Ok(Some(event.into())) };
        };
        let transaction = cell(Role::Transaction);
        let money = RowMoney::of(layout, cell);
        let [user, mut item] = [Role::User, Role::Item].map(cell);
        let anonymous = cell(Role::AnonymousUser);
        let anonymous = if is_nobody(anonymous) { "" } else { anonymous };
        let is_nameless = !anonymous.is_empty() && is_nobody(user);
        // Who is no customer of the shop's and left an address is known by it.
        let address = if is_nobody(user) && anonymous.is_empty() { cell(Role::CustomerEmail) } else { "" };
        let is_guest = !layout.strict && !is_nobody(address);
        let user = if is_guest { address } else { user };
        if !layout.strict && is_nobody(user) && !is_nameless {
            return Ok(Some(NO_CUSTOMER.into()));
        }
        let user = if is_nameless { anonymous } else { user };
        if kind == EventKind::Transaction {
            let status = cell(Role::Status);
            match layout.status_of(status) {
                _ if status.is_empty() => {}
                Some(StatusMeaning::None) => return Ok(Some(format!("order {status}").into())),
                Some(StatusMeaning::Purchase) => {}
                None => self.taken.count_unknown_status(status),
            }
            if layout.cancelled.is_some_and(|prefix| transaction.starts_with(prefix)) || money.is_negative() {
                kind = EventKind::Return;
            }
        }
        if item.is_empty() && layout.has(Role::Item) {
            match kind {
                EventKind::View => kind = EventKind::Visit,
                // What is sold without a number is known by its name.
                EventKind::AddToCart | EventKind::Transaction | EventKind::Return => item = cell(Role::ItemName),
                _ => {}
            }
        }
        let (written, clock) = (cell(Role::Time), cell(Role::Clock));
        let time = layout.times.parse_at(written, clock).inspect_err(|_| {
            let shown = format!("{} {clock}", written.replace(TIME_PREFIXES, ""));
            self.taken.keep_bad_time(shown.trim_end());
        })?;
        if user.is_empty() {
            return Err(Reason::NoUser);
        }
        if item.is_empty() && layout.strict {
            return Err(Reason::NoItem);
        }
        let money = money.checked()?;
        let person = if is_guest { Persons::Emails } else { layout.persons }.spelled(user);
        self.taken.respelled += u64::from(person != user);
        self.taken.guests += u64::from(is_guest);
        let account = layout.joins.account_of(&person);
        self.taken.joined += u64::from(account.is_some());
        self.taken.columns.push(time, kind, account.unwrap_or(&person), item, transaction);
        if !anonymous.is_empty() {
            self.taken.columns.push_anonymous(anonymous, is_nameless);
        }
        self.tell(layout, kind, &money, cell);
        Ok(None)
    }

    /// Keeps what the row tells beside its event.
    fn tell<'c>(&mut self, layout: &Layout, kind: EventKind, money: &RowMoney<f64>, cell: impl Fn(Role) -> &'c str) {
        let details = &mut self.taken.details;
        money.push(layout, kind, details);
        if layout.has(Role::Session) {
            let session = cell(Role::Session);
            details.session.push(if session.is_empty() { 0 } else { xxh3_64(session.as_bytes()).max(1) });
        }
        for label in Label::ALL.into_iter().filter(|label| layout.has(label.role())) {
            let told = cell(label.role());
            match label {
                Label::Category if told.trim_matches('/').is_empty() => {
                    details.push_label(label, cell(Role::CategoryId).trim_matches('/'));
                }
                Label::Category => details.push_label(label, told.trim_matches('/')),
                Label::Currency => details.push_label(label, &told.to_uppercase()),
                _ => details.push_label(label, told),
            }
        }
        if layout.duplicates == Duplicates::Auto {
            details.raw.push(self.raw);
        }
    }
}
