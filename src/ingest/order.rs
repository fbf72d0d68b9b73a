//! Accepted rows to the sorted event log: a counting sort by user, then each user's few events by comparison.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::columns::Columns;
use crate::ingest::log::{EventKind, EventLog, LateLinks, NONE};
use crate::job::Job;
use crate::zone::ShopZone;

/// Users sorted as one unit of work.
const GROUP: usize = 16_384;
/// Rows between two looks at the cancel flag.
const PER_CHECK: usize = 1 << 20;

/// What tells rows apart that agree in time, user, event, item and transaction.
pub(super) trait Tie: Sync {
    /// What a sorted event keeps of its row.
    type Row: Copy + Default + Send + Sync;

    fn row(row: u32) -> Self::Row;

    /// The order of two such rows by what is read of them.
    fn compare(&self, a: Self::Row, b: Self::Row) -> Ordering;

    /// The order of two rows by all that is written in them, read or not, as far as that is known.
    fn compare_written(&self, _a: Self::Row, _b: Self::Row) -> Ordering {
        Ordering::Equal
    }

    /// The number of a row's file.
    fn file(&self, _row: Self::Row) -> u32 {
        0
    }

    /// Whether a row is of a log whose times tell pieces only, where others that are read with it tell more.
    fn is_of_pieces(&self, _row: Self::Row) -> bool {
        false
    }

    /// Whether a row was read before, and what else was written in it is not known any more.
    fn is_earlier(&self, _row: Self::Row) -> bool {
        false
    }
}

/// Nothing does: the five columns are all there is.
pub(super) struct NothingElse;

impl Tie for NothingElse {
    type Row = ();

    fn row(_row: u32) {}

    fn compare(&self, _a: (), _b: ()) -> Ordering {
        Ordering::Equal
    }
}

/// Which rows are duplicates of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keep {
    /// Those that are equal in everything that is read.
    #[default]
    Distinct,
    /// None.
    All,
    /// Those that are equal in everything that is written, but for lines of an order, of which as many stay as the file
    /// has that holds most of them; and none without an order where times tell `pieces` only: minutes, hours or days.
    Written { pieces: bool },
}

/// An event within its user; the order of the fields is the order of the log.
#[derive(Clone, Copy)]
struct Event<R> {
    time: i64,
    kind: EventKind,
    item: u32,
    transaction: u32,
    row: R,
}

impl<R: Copy> Event<R> {
    fn order(&self, other: &Self, tie: &impl Tie<Row = R>) -> Ordering {
        let key = |event: &Self| (!event.kind.is_activity(), event.time, event.kind, event.item, event.transaction);
        key(self).cmp(&key(other)).then_with(|| tie.compare(self.row, other.row))
    }
}

/// The sorted events of a group of users.
struct Sorted<R> {
    events_per_user: Vec<u32>,
    /// How many of them are activity.
    active_per_user: Vec<u32>,
    events: Vec<Event<R>>,
    /// Whether a new row may be equal to one that was read before.
    meets_earlier: bool,
}

/// A log, its events' rows, and what became of the others.
pub(super) struct Built<R> {
    /// Prices and sessions are empty.
    pub(super) log: EventLog,
    /// The row of each event.
    pub(super) rows: Vec<R>,
    /// Rows that repeat others, and are dropped.
    pub(super) duplicates: u64,
    /// Whether a new row may be equal to one that was read before: only a whole reading can tell.
    pub(super) meets_earlier: bool,
}

/// Builds the log; `keep` says which equal rows are dropped.
pub(super) fn build_log<T: Tie>(rows: Columns, keep: Keep, tie: &T, job: &Job) -> Result<Built<T::Row>> {
    let Columns { time, kind, user, item, without_item, with_transaction, transaction, .. } = rows;
    let as_of = time.par_iter().copied().max().unwrap_or(0);
    job.begin("events sorted", time.len() as u64);
    let (users, user) = user.encode(job)?;
    let (items, item) = item.encode(job)?;
    let item = spread(item, &without_item, time.len());
    let (transactions, transaction_code) = transaction.encode(job)?;
    let mut transaction = vec![NONE; time.len()];
    for (&row, &code) in with_transaction.iter().zip(&transaction_code) {
        transaction[row as usize] = code;
    }
    job.check()?;

    let mut next = vec![0_usize; users.len() + 1];
    for &user in &user {
        next[user as usize + 1] += 1;
    }
    for user in 0..users.len() {
        next[user + 1] += next[user];
    }
    let bounds = next.clone();
    let empty = Event { time: 0, kind: EventKind::View, item: 0, transaction: NONE, row: T::Row::default() };
    let mut events = vec![empty; time.len()];
    for (row, &user) in user.iter().enumerate() {
        if row.is_multiple_of(PER_CHECK) {
            job.check()?;
        }
        let place = &mut next[user as usize];
        events[*place] = Event {
            time: time[row],
            kind: kind[row],
            item: item[row],
            transaction: transaction[row],
            row: T::row(row as u32),
        };
        *place += 1;
    }
    drop((time, kind, user, item, transaction, next));
    job.check()?;

    let mut groups = Vec::new();
    let mut rest = events.as_mut_slice();
    for first in (0..users.len()).step_by(GROUP) {
        let bounds = &bounds[first..=(first + GROUP).min(users.len())];
        let (group, after) = rest.split_at_mut(bounds[bounds.len() - 1] - bounds[0]);
        groups.push((bounds, group));
        rest = after;
    }
    let sorted = groups
        .into_par_iter()
        .map(|(bounds, group)| {
            job.check()?;
            let sorted = sort_group(bounds, group, keep, tie);
            job.advance(group.len() as u64);
            Ok(sorted)
        })
        .collect::<Result<Vec<_>>>()?;

    let kept = sorted.iter().map(|group| group.events.len()).sum();
    let mut log = EventLog {
        users,
        items,
        transactions,
        offsets: Vec::with_capacity(bounds.len()),
        active_until: Vec::new(),
        time: Vec::with_capacity(kept),
        kind: Vec::with_capacity(kept),
        item: Vec::with_capacity(kept),
        transaction: Vec::with_capacity(kept),
        price: Vec::new(),
        session: Vec::new(),
        as_of,
        zone: ShopZone::default(),
        late: LateLinks::default(),
    };
    let duplicates = (events.len() - kept) as u64;
    drop(events);
    log.offsets.push(0);
    let mut rows = Vec::with_capacity(kept);
    let mut end = 0;
    let meets_earlier = sorted.iter().any(|group| group.meets_earlier);
    let all_active = sorted.iter().all(|group| group.active_per_user == group.events_per_user);
    for group in sorted {
        job.check()?;
        for (count, active) in group.events_per_user.into_iter().zip(group.active_per_user) {
            if !all_active {
                log.active_until.push(end + active);
            }
            end += count;
            log.offsets.push(end);
        }
        log.time.extend(group.events.iter().map(|event| event.time));
        log.kind.extend(group.events.iter().map(|event| event.kind));
        log.item.extend(group.events.iter().map(|event| event.item));
        log.transaction.extend(group.events.iter().map(|event| event.transaction));
        rows.extend(group.events.iter().map(|event| event.row));
    }
    Ok(Built { log, rows, duplicates, meets_earlier })
}

/// How many of equal lines the file has that holds most of them. Lines read before were counted so already.
fn most_of_a_file<T: Tie>(same: &[Event<T::Row>], tie: &T) -> usize {
    if same.len() == 1 {
        return 1;
    }
    let mut files: Vec<u32> = same.iter().map(|event| tie.file(event.row)).collect();
    files.sort_unstable();
    files.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(1)
}

/// A code a row: those of the rows that have one, [`NONE`] for the others.
fn spread(codes: Vec<u32>, without: &[u32], rows: usize) -> Vec<u32> {
    if without.is_empty() {
        return codes;
    }
    let (mut codes, mut without) = (codes.into_iter(), without.iter().peekable());
    (0..rows as u32)
        .map(|row| if without.next_if(|&&next| next == row).is_some() { NONE } else { codes.next().unwrap_or(NONE) })
        .collect()
}

/// Sorts each user's events and leaves exact repetitions out.
fn sort_group<T: Tie>(bounds: &[usize], group: &mut [Event<T::Row>], keep: Keep, tie: &T) -> Sorted<T::Row> {
    let per_user = || Vec::with_capacity(bounds.len());
    let mut sorted = Sorted {
        events_per_user: per_user(),
        active_per_user: per_user(),
        events: Vec::with_capacity(group.len()),
        meets_earlier: false,
    };
    for user in bounds.windows(2) {
        let events = &mut group[user[0] - bounds[0]..user[1] - bounds[0]];
        events.sort_unstable_by(|a, b| a.order(b, tie).then_with(|| tie.compare_written(a.row, b.row)));
        let before = sorted.events.len();
        let alike = |a: &Event<T::Row>, b: &Event<T::Row>| a.order(b, tie).is_eq();
        for run in events.chunk_by(alike) {
            let Keep::Written { pieces } = keep else {
                let kept = if keep == Keep::All { run.len() } else { 1 };
                sorted.events.extend_from_slice(&run[..kept]);
                continue;
            };
            if run.len() > 1 && !(pieces && run[0].transaction == NONE) {
                // Of rows that were read before nobody knows any more what else was written in them.
                sorted.meets_earlier |= run.iter().any(|event| tie.is_earlier(event.row))
                    && run.iter().any(|event| !tie.is_earlier(event.row));
            }
            for same in run.chunk_by(|a, b| tie.compare_written(a.row, b.row).is_eq()) {
                let kept = match same[0].transaction {
                    // They were told apart when they were read.
                    _ if tie.is_earlier(same[0].row) => same.len(),
                    NONE if pieces || tie.is_of_pieces(same[0].row) => same.len(),
                    NONE => 1,
                    _ => most_of_a_file(same, tie),
                };
                sorted.events.extend_from_slice(&same[..kept]);
            }
        }
        let own = &sorted.events[before..];
        sorted.active_per_user.push(own.partition_point(|event| event.kind.is_activity()) as u32);
        sorted.events_per_user.push(own.len() as u32);
    }
    sorted
}
