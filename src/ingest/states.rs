//! Orders as exports tell them: a state, not what happened. The newest export of an order takes the place of what older
//! ones told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::exports::{Export, Exports};
use crate::ingest::grammar::is_empty;
use crate::ingest::ids::IdColumn;
use crate::ingest::layout::{Layout, ROLES, Role, TimeFormat, Times};
use crate::ingest::log::{Ids, NONE};
use crate::job::Job;
use crate::text;

/// What two exports may not tell otherwise of the same line with nothing to tell which is newer: whose it is and when, its
/// status, and its amounts.
const TOLD: [Role; 4] = [Role::User, Role::Time, Role::Clock, Role::Status];
const AMOUNTS: [Role; 7] =
    [Role::Price, Role::Quantity, Role::Total, Role::Discount, Role::Refunded, Role::Shipping, Role::Tax];

/// The rows that name an order, accepted or ignored, in file order.
#[derive(Default)]
pub(super) struct States {
    order: IdColumn,
    lines: Vec<Line>,
    /// Why rows were ignored.
    reasons: Vec<String>,
}

/// A row of an order.
#[derive(Clone, Copy)]
struct Line {
    /// Hash of its item.
    item: u64,
    /// Hash of what it tells.
    told: u64,
    /// Hash of the row as it is written.
    raw: u64,
    /// When it was changed last, UTC milliseconds; `i64::MIN` where it does not tell.
    updated: i64,
    /// Its place among the accepted rows, or of an ignored one that of the reason.
    place: u32,
    ignored: bool,
    /// The number of its file, from 1.
    file: u32,
}

/// What becomes of the rows of older exports.
#[derive(Default)]
pub(super) struct Settled {
    /// Whether each accepted row stays.
    pub(super) keep: Vec<bool>,
    /// Rows that a newer export of their order replaces, accepted or ignored before.
    pub(super) replaced: u64,
    /// Those that were ignored, by reason.
    pub(super) no_more_ignored: BTreeMap<String, u64>,
    /// Accepted rows that another export tells alike.
    pub(super) repeated: Vec<u32>,
}

impl States {
    /// Adds a row, accepted at a place or ignored for a reason.
    pub(super) fn push(
        &mut self,
        layout: &Layout,
        cells: &[&str; ROLES],
        raw: u64,
        outcome: std::result::Result<u32, &str>,
    ) {
        let cell = |role: Role| Some(cells[role as usize]).filter(|cell| !is_empty(cell)).unwrap_or_default();
        let mut told = Vec::new();
        for role in TOLD {
            told.extend_from_slice(cell(role).as_bytes());
            told.push(0);
        }
        for role in AMOUNTS {
            let number = Some(cell(role)).filter(|text| !text.is_empty()).and_then(|text| layout.numbers.parse(text));
            told.extend(number.unwrap_or(f64::NAN).to_bits().to_le_bytes());
        }
        let updated = changed_at(&layout.times, cell(Role::Updated));
        let (place, ignored) = match outcome {
            Ok(row) => (row, false),
            Err(reason) => (self.reason(reason), true),
        };
        self.order.push(cell(Role::Transaction));
        let (item, told) = (xxh3_64(cell(Role::Item).as_bytes()), xxh3_64(&told));
        self.lines.push(Line { item, told, raw, updated, place, ignored, file: 0 });
    }

    /// Adds the next chunk of a file, by its number, behind `rows` accepted rows.
    pub(super) fn append(&mut self, chunk: Self, rows: u32, file: u32) {
        let reasons: Vec<u32> = chunk.reasons.iter().map(|reason| self.reason(reason)).collect();
        self.order.append(chunk.order);
        self.lines.extend(chunk.lines.into_iter().map(|line| {
            let place = if line.ignored { reasons[line.place as usize] } else { line.place + rows };
            Line { place, file, ..line }
        }));
    }

    fn reason(&mut self, reason: &str) -> u32 {
        let known = self.reasons.iter().position(|known| known == reason);
        let at = known.unwrap_or_else(|| {
            self.reasons.push(reason.to_owned());
            self.reasons.len() - 1
        });
        at as u32
    }

    /// Decides which lines stay, of `rows` accepted ones.
    ///
    /// # Errors
    /// [`Error::Input`] where two exports tell the same line otherwise and nothing tells which is newer.
    pub(super) fn settle(self, exports: &Exports, rows: usize, job: &Job) -> Result<Settled> {
        let Self { order, lines, reasons } = self;
        let (orders, codes) = order.encode(job)?;
        let mut by_order: Vec<u32> = (0..lines.len() as u32).collect();
        by_order.sort_by_key(|&line| codes[line as usize]);
        let mut settled = Settled { keep: vec![true; rows], ..Settled::default() };
        let mut conflicts = Vec::new();
        for group in by_order.chunk_by(|&a, &b| codes[a as usize] == codes[b as usize]) {
            let order = codes[group[0] as usize];
            let group: Vec<Line> = group.iter().map(|&line| lines[line as usize]).collect();
            let export = |line: &Line| exports.of_file[line.file as usize - 1];
            let present: BTreeSet<usize> = group.iter().map(export).collect();
            if present.len() < 2 {
                continue;
            }
            let newest = newest(&group, present, &exports.all, export);
            let (stay, older): (Vec<Line>, Vec<Line>) = group.iter().partition(|line| newest.contains(&export(line)));
            for line in older {
                settled.replaced += 1;
                if line.ignored {
                    *settled.no_more_ignored.entry(reasons[line.place as usize].clone()).or_default() += 1;
                } else {
                    settled.keep[line.place as usize] = false;
                }
            }
            if newest.len() > 1 {
                match repeated(&stay, &exports.all, export) {
                    Ok(again) => {
                        let accepted = again.iter().filter(|line| !line.ignored);
                        settled.repeated.extend(accepted.map(|line| line.place));
                    }
                    Err(pair) => conflicts.push((order, pair)),
                }
            }
        }
        match conflicts.as_slice() {
            [] => Ok(settled),
            conflicts => Err(refused(conflicts, &orders, &exports.all)),
        }
    }
}

/// The exports that tell an order last: by when its lines were changed, else by the dates in their names. More than one
/// where neither tells them apart.
fn newest(
    group: &[Line],
    present: BTreeSet<usize>,
    exports: &[Export],
    export: impl Fn(&Line) -> usize,
) -> BTreeSet<usize> {
    let mut changed: BTreeMap<usize, i64> = BTreeMap::new();
    for line in group {
        let latest = changed.entry(export(line)).or_insert(line.updated);
        *latest = line.updated.max(*latest);
    }
    let mut left = present;
    if changed.values().all(|&at| at > i64::MIN) {
        let last = changed.values().copied().max();
        left.retain(|at| changed.get(at).copied() == last);
    }
    let dates: BTreeMap<usize, _> = left.iter().filter_map(|&at| Some((at, exports[at].date.as_ref()?))).collect();
    if dates.len() == left.len() {
        left.retain(|at| dates.values().all(|other| dates[at].compare(other).is_ge()));
    }
    left
}

/// The lines of an order that several exports tell alike, but for those of the one that has most of them; the exports
/// that tell a line otherwise, where two do.
fn repeated(
    lines: &[Line],
    exports: &[Export],
    export: impl Fn(&Line) -> usize,
) -> std::result::Result<Vec<Line>, (usize, usize)> {
    let mut of_item: BTreeMap<u64, BTreeMap<usize, BTreeMap<u64, Vec<Line>>>> = BTreeMap::new();
    for line in lines {
        let told = of_item.entry(line.item).or_default().entry(export(line)).or_default();
        told.entry(line.told).or_default().push(*line);
    }
    let mut again = Vec::new();
    for by_export in of_item.values() {
        let mut all = by_export.iter();
        let Some((first, told)) = all.next() else { continue };
        if let Some((other, _)) = all.find(|(_, others)| !others.keys().eq(told.keys())) {
            return Err((*first, *other));
        }
        for key in told.keys() {
            // Of as many the choice hangs on what is written in them, not on the order of the files.
            let worth = |at: &usize| {
                let mut raws: Vec<u64> = by_export[at][key].iter().map(|line| line.raw).collect();
                raws.sort_unstable();
                (raws.len(), raws, &exports[*at].path)
            };
            let most = by_export.keys().max_by_key(|at| worth(at));
            for at in by_export.keys().filter(|at| Some(*at) != most) {
                again.extend_from_slice(&by_export[at][key]);
            }
        }
    }
    Ok(again)
}

/// When a row was changed last, as its times are written or as most are.
fn changed_at(times: &Times, text: &str) -> i64 {
    if text.is_empty() {
        return i64::MIN;
    }
    let usual = || Times { formats: vec![TimeFormat::Iso, TimeFormat::Epoch], zone: times.zone.clone() }.parse(text);
    times.parse(text).or_else(|_| usual()).unwrap_or(i64::MIN)
}

fn refused(conflicts: &[(u32, (usize, usize))], orders: &Ids, exports: &[Export]) -> Error {
    let (order, (one, other)) = conflicts.iter().min_by_key(|(order, _)| *order).copied().unwrap_or((NONE, (0, 0)));
    let more = match conflicts.len() {
        1 => String::new(),
        count => format!(" (and {} other orders)", count - 1),
    };
    let (order, name) = (orders.text(order).into_owned(), file_name(&exports[one].path));
    let path: PathBuf = exports[other].path.clone();
    let what = format!(
        "tells order {}{more} otherwise than {} does, and nothing tells which of them is newer: name the column of the \
         last change in ingest.columns.updated, or put the day of each export into its name, such as orders-2024-03-01.csv",
        text::shown(&order),
        text::shown(&name)
    );
    Error::Input { path, line: None, what }
}
