//! What a sample of all files decides of how they are read: how numbers and persons are written, whether rows leave out what
//! others tell.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::blocks::record_ends;
use crate::ingest::grammar::{Decimal, Numbers, Persons, Preamble, Signs, Spellings, fields_of, is_empty};
use crate::ingest::layout::status::{closed_is_none, is_of_magento};
use crate::ingest::layout::{Layout, ROLES, Role};
use crate::ingest::parquet::sampled_cells;
use crate::ingest::records::{for_each_record, lacks_first_name, records};
use crate::ingest::sampled::{STREAM, parts};
use crate::ingest::shape::Shape;
use crate::ingest::source::{Partition, Storage, storage};
use crate::job::Job;

/// Files that are looked at of those that are written alike, spread over their list.
const FILES: usize = 64;
/// Bytes of text that are looked at of all compressed files together, where each of many gives less than a single one.
const STREAMS: usize = 96 << 20;
/// Rows that are looked at of a row group of Parquet.
const ROWS: usize = 10_000;
/// Share of rows with fewer fields than the header from which on they are the file's way to leave empty fields out.
const RAGGED: f64 = 0.05;
/// Share of rows that name no order, customer or time from which on they go on with the order above them.
const GOING_ON: f64 = 0.01;
/// The columns of money, whose values tell the decimal sign; the first that tells it counts.
const MONEY: [Role; 7] =
    [Role::Price, Role::Total, Role::Quantity, Role::Discount, Role::Refunded, Role::Shipping, Role::Tax];
/// What rows of an order may leave out, and take from the row before.
const LEFT_OUT: [Role; 3] = [Role::User, Role::Time, Role::Status];
/// What tells of a row that something was sold.
const SOLD: [Role; 2] = [Role::Item, Role::ItemName];
/// What is kept of a row for the one behind it: its order, and what that may leave out.
const KEPT: [Role; 4] = [Role::Transaction, Role::User, Role::Time, Role::Status];

/// Decides how files are read, as far as the settings do not, which give the decimal sign of each log or leave it open: once
/// for all files of a log that are written alike.
pub(super) fn decide(layouts: &mut [Layout], files: &[PathBuf], decimals: &[Option<Decimal>], job: &Job) -> Result<()> {
    let mut left: Vec<usize> = (0..layouts.len()).collect();
    while let Some(&first) = left.first() {
        let dialect = layouts[first].clone();
        let (alike, others): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&at| layouts[at] == dialect);
        left = others;
        let count = alike.len().min(FILES);
        let looked_at: Vec<usize> = (0..count).map(|at| alike[at * alike.len() / count]).collect();
        let stream = STREAM.min(STREAMS / count);
        let tallies = looked_at.into_par_iter().map(|at| {
            job.check()?;
            Tally::of(&files[at], &dialect, stream, job)
        });
        let mut whole = Tally::default();
        for tally in tallies.collect::<Result<Vec<_>>>()? {
            whole.join(&tally);
        }
        for at in alike {
            let given = decimals[layouts[at].log];
            layouts[at].learn(&whole, given);
        }
    }
    Ok(())
}

/// What the rows of a sample tell.
#[derive(Default)]
struct Tally {
    rows: usize,
    /// Rows with fewer fields than the header, or with empty ones beyond it.
    ragged: usize,
    money: [Signs; MONEY.len()],
    users: Spellings,
    /// Whether rows of an order leave out what the one before them tells.
    inherits: bool,
    /// Rows behind one of an order that name neither order, customer nor time, but what was sold.
    going_on: usize,
    magento: bool,
}

/// Whether a row names neither order, customer nor time, but what was sold.
fn goes_on(cells: &[&str; ROLES]) -> bool {
    let tells = |role: Role| !is_empty(cells[role as usize]);
    ![Role::Transaction, Role::User, Role::Time].into_iter().any(tells) && SOLD.into_iter().any(tells)
}

impl Tally {
    /// Looks at a file. One that cannot be read is left to its reader.
    fn of(path: &Path, layout: &Layout, stream: usize, job: &Job) -> Result<Self> {
        let mut tally = Self::default();
        let storage = storage(path)?;
        if storage == Storage::Parquet {
            for group in sampled_cells(path, layout, |at| is_decided(layout, at), ROWS, job)? {
                let mut before = None;
                for cells in &group {
                    let cells: [&str; ROLES] = std::array::from_fn(|at| cells[at].as_str());
                    tally.add(layout, &cells, before.as_ref());
                    before = Some(KEPT.map(|role| cells[role as usize]));
                }
            }
            return Ok(tally);
        }
        // What folders tell stands behind a row's own fields.
        let folders = Partition::of(path);
        let mut columns: Option<Columns> = None;
        for (at, part) in parts(path, storage, stream)?.iter().enumerate() {
            job.check()?;
            let fields = |line: &[u8]| fields_of(line, layout.separator);
            let rows = &part[if at == 0 { Preamble::of(part, fields).bytes } else { 0 }..];
            if columns.is_none() {
                columns = Columns::of(path, rows, layout, &folders);
            }
            let Some(columns) = &columns else { continue };
            let ends = record_ends(rows, layout.separator);
            let starts: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
            let tallies = starts.par_iter().zip(&ends).map(|(&from, &to)| {
                job.check()?;
                let skipped = usize::from(at == 0 && from == 0 && layout.header);
                Ok(Self::of_rows(&rows[from..to], skipped, layout, columns))
            });
            tallies.collect::<Result<Vec<_>>>()?.iter().for_each(|found| tally.join(found));
        }
        Ok(tally)
    }

    /// Looks at whole records, but for the first ones.
    fn of_rows(rows: &[u8], skipped: usize, layout: &Layout, columns: &Columns) -> Self {
        let Columns { places, wide, told } = columns;
        let mut tally = Self::default();
        let mut left = skipped;
        // Who bought, when, and what became of it, of the row before.
        let (mut before, mut is_first) = (KEPT.map(|_| String::new()), true);
        for_each_record(rows, layout.separator, |row| {
            if left > 0 {
                left -= 1;
                return;
            }
            let beyond = row.len() > *wide && row[*wide..].iter().all(|cell| cell.is_empty());
            tally.ragged += usize::from(row.len() < *wide || beyond);
            let told = |at: usize| at.checked_sub(*wide).and_then(|at| told.get(at)).map(String::as_str);
            let own = |at: usize| row.get(at).copied().filter(|_| at < *wide);
            let cells = places.map(|place| place.and_then(|at| own(at).or_else(|| told(at))).unwrap_or_default());
            let earlier = (!is_first).then(|| before.each_ref().map(String::as_str));
            tally.add(layout, &cells, earlier.as_ref());
            if layout.has(Role::Transaction) {
                is_first = false;
                for (kept, role) in before.iter_mut().zip(KEPT) {
                    kept.clear();
                    kept.push_str(cells[role as usize]);
                }
            }
        });
        tally
    }

    /// Adds a row; `before` is what is [`KEPT`] of the one before it.
    fn add(&mut self, layout: &Layout, cells: &[&str; ROLES], before: Option<&[&str; KEPT.len()]>) {
        self.rows += 1;
        let tells = |cell: &str| !is_empty(cell) && !layout.empty.contains(&cell);
        for (signs, role) in self.money.iter_mut().zip(MONEY).filter(|(_, role)| tells(cells[*role as usize])) {
            signs.add(cells[role as usize]);
        }
        if tells(cells[Role::User as usize]) {
            self.users.add(cells[Role::User as usize]);
        }
        self.magento |= is_of_magento(cells[Role::Status as usize]);
        self.going_on += usize::from(before.is_some() && goes_on(cells));
        let order = cells[Role::Transaction as usize];
        if let Some([order_before, before @ ..]) = before.filter(|_| !self.inherits)
            && *order_before == order
            && tells(order)
        {
            let mut both = LEFT_OUT.iter().zip(before);
            self.inherits = both.any(|(role, before)| tells(before) && is_empty(cells[*role as usize]));
        }
    }

    fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        self.ragged += other.ragged;
        self.users.join(other.users);
        self.inherits |= other.inherits;
        self.going_on += other.going_on;
        self.magento |= other.magento;
        for (signs, other) in self.money.iter_mut().zip(other.money) {
            signs.join(other);
        }
    }
}

/// Where a text's columns stand.
struct Columns {
    places: [Option<usize>; ROLES],
    /// Fields of a row.
    wide: usize,
    /// What folders tell: the same in every row.
    told: Vec<String>,
}

impl Columns {
    /// By the first row; `None` where there is none. A file that lacks a column is left to its reader.
    fn of(path: &Path, rows: &[u8], layout: &Layout, folders: &Partition) -> Option<Self> {
        let first = records(rows, layout.separator, true).next()?;
        let unnamed = layout.header && lacks_first_name(rows, layout.separator);
        let more = folders.names.iter().filter(|_| layout.header);
        let first = unnamed.then(String::new).into_iter().chain(first);
        let names: Vec<String> = first.collect();
        let all: Vec<&str> = names.iter().chain(more).map(String::as_str).collect();
        let places = layout.locate(path, &all).unwrap_or([None; ROLES]);
        Some(Self { places, wide: names.len(), told: folders.values.clone() })
    }
}

/// Whether a column's cells decide anything.
fn is_decided(layout: &Layout, at: usize) -> bool {
    let is = |role: &Role| *role as usize == at;
    MONEY.iter().any(is)
        || is(&Role::User)
        || (layout.has(Role::Transaction) && (is(&Role::Transaction) || LEFT_OUT.iter().chain(&SOLD).any(is)))
}

impl Layout {
    fn learn(&mut self, tally: &Tally, given: Option<Decimal>) {
        // Without a header nothing says how many fields a row should have.
        self.ragged = self.header && tally.ragged as f64 > tally.rows as f64 * RAGGED;
        self.persons = Persons::told_by(tally.users);
        let told = [Role::Transaction, Role::User, Role::Time].into_iter().all(|role| self.has(role));
        self.continues = told && tally.going_on as f64 > tally.rows as f64 * GOING_ON;
        self.inherits = tally.inherits || self.continues;
        if tally.magento {
            self.statuses.push(closed_is_none());
        }
        let money = tally.money.map(|signs| signs.evidence(Some(self.separator)));
        let telling = money.iter().find(|evidence| evidence.telling > 0);
        let doubtful = money.iter().find(|evidence| evidence.doubtful > 0);
        let told = telling.or(doubtful).map_or(Decimal::Point, |evidence| evidence.decimal);
        self.numbers = Numbers { decimal: given.unwrap_or(told) };
    }

    /// Whether a row goes on with the order of the row above it.
    pub(in crate::ingest) fn goes_on(&self, cells: &[&str; ROLES]) -> bool {
        self.continues && goes_on(cells)
    }

    /// What the sample decided, for a reading that goes on: rows read under another finding are read again.
    pub(in crate::ingest) fn decided(&self) -> String {
        let mut found = vec![self.numbers.decimal.name()];
        found.extend(self.ragged.then_some("ragged"));
        found.extend(self.inherits.then_some("inherits"));
        found.extend(self.continues.then_some("continues"));
        found.extend(match self.persons {
            Persons::Ids => None,
            Persons::Emails => Some("emails"),
            Persons::Phones => Some("phones"),
        });
        found.extend(self.status_of("closed").map(|_| "closed"));
        let mut found: Vec<String> = found.into_iter().map(ToOwned::to_owned).collect();
        found.extend(self.joins.print());
        found.join(" ")
    }
}
