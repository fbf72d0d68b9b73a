//! The simulated events of all users.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::synth::calibrate::USERS_PER_CHUNK;
use crate::ingest::synth::catalogue::Catalogue;
use crate::ingest::synth::clock::{END, START};
use crate::ingest::synth::marginals::Marginals;
use crate::ingest::synth::random::{Purpose, distinct, shuffle_all, stream};
use crate::ingest::synth::segments::{Clocks, Dials, Person};
use crate::ingest::synth::taste;
use crate::ingest::synth::visitor::{Life, Step};
use crate::ingest::{EventKind, NONE};
use crate::job::Job;

/// One event, with the user's number and the item's; the ids come when it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) time: i64,
    pub(super) user: u32,
    pub(super) item: u32,
    /// Number of the order, [`NONE`] unless a transaction.
    pub(super) order: u32,
    pub(super) kind: EventKind,
}

/// What the process knew about a user, for `truth.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    pub(super) person: Person,
    /// Time of the first event.
    pub(super) first: i64,
    /// Start of the last visit, `i64::MAX` when that lies after the log.
    pub(super) left: i64,
}

/// The whole log, events in random order.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) events: Vec<Event>,
    pub(super) orders: usize,
    /// Distinct items in the events.
    pub(super) items: usize,
    /// One per user.
    pub(super) fates: Vec<Fate>,
    pub(super) catalogue: Catalogue,
}

struct Chunk {
    events: Vec<Event>,
    fates: Vec<Fate>,
    orders: u32,
}

/// Simulates all users. The number of items on show is corrected until about as many items as wanted have an event.
pub(super) fn simulate(seed: u64, wanted: &Marginals, dials: &Dials, clocks: &Clocks, job: &Job) -> Result<Log> {
    let mut on_show = (wanted.items as f64 * 1.03) as usize;
    let mut rounds = 0;
    loop {
        let catalogue = Catalogue::new(seed, wanted, on_show.max(24), job)?;
        let mut log = pass(seed, wanted.users, dials, clocks, catalogue, job)?;
        let ratio = wanted.items as f64 / log.items as f64;
        rounds += 1;
        // A tiny log cannot show all the items it should: it has too few events.
        let larger = ((on_show as f64 * ratio) as usize).min(wanted.catalogue_items);
        if (ratio - 1.0).abs() < 0.004 || rounds == 5 || larger == on_show {
            pin_ends(&mut log.events);
            shuffle_all(&mut stream(seed, Purpose::Shuffle, 0), &mut log.events, job)?;
            return Ok(log);
        }
        on_show = larger;
    }
}

fn pass(seed: u64, users: usize, dials: &Dials, clocks: &Clocks, catalogue: Catalogue, job: &Job) -> Result<Log> {
    job.begin("users simulated", users as u64);
    let chunks: Vec<Chunk> = (0..users.div_ceil(USERS_PER_CHUNK))
        .into_par_iter()
        .map(|chunk| {
            job.check()?;
            let range = chunk * USERS_PER_CHUNK..((chunk + 1) * USERS_PER_CHUNK).min(users);
            job.advance(range.len() as u64);
            Ok(live(seed, range, dials, clocks, &catalogue))
        })
        .collect::<Result<_>>()?;
    let count = chunks.iter().map(|chunk| chunk.events.len()).sum();
    let (mut events, mut fates, mut orders) = (Vec::with_capacity(count), Vec::with_capacity(users), 0);
    for chunk in chunks {
        events.extend(
            chunk
                .events
                .into_iter()
                .map(|event| Event { order: if event.order == NONE { NONE } else { event.order + orders }, ..event }),
        );
        fates.extend(chunk.fates);
        orders += chunk.orders;
    }
    let mut seen = vec![false; catalogue.on_show];
    for event in &events {
        seen[event.item as usize] = true;
    }
    let items = seen.into_iter().filter(|&seen| seen).count();
    Ok(Log { events, orders: orders as usize, items, fates, catalogue })
}

fn live(seed: u64, users: std::ops::Range<usize>, dials: &Dials, clocks: &Clocks, catalogue: &Catalogue) -> Chunk {
    let mut chunk =
        Chunk { events: Vec::with_capacity(2 * users.len()), fates: Vec::with_capacity(users.len()), orders: 0 };
    let mut life = Life::empty(Person::nobody());
    let (mut times, mut items) = (Vec::new(), Vec::new());
    for user in users {
        life.live(seed, user as u64, dials, clocks);
        times.clear();
        times.extend(life.steps.iter().filter(|step| step.kind == EventKind::View).map(|step| step.time));
        taste::items(catalogue, seed, user as u64, life.person.segment, &times, &mut items);
        chunk.events.extend(life.steps.iter().map(|&Step { time, kind, look, order }| Event {
            time,
            user: user as u32,
            item: items[look as usize],
            order: if order == NONE { NONE } else { order + chunk.orders },
            kind,
        }));
        chunk.orders += life.orders;
        let first = life.steps.first().map_or(END, |step| step.time);
        chunk.fates.push(Fate { person: life.person, first, left: life.left });
    }
    chunk
}

/// The log's first and last event lie exactly at its published ends: they move by seconds at scale 1.
fn pin_ends(events: &mut [Event]) {
    if let Some(first) = events.iter_mut().min_by_key(|event| (event.time, event.user)) {
        first.time = START;
    }
    if let Some(last) = events.iter_mut().max_by_key(|event| (event.time, event.user)) {
        last.time = END;
    }
}

/// Visitor id of each user's number and transaction id of each order's.
pub(super) fn ids(seed: u64, log: &Log, job: &Job) -> Result<(Vec<u32>, Vec<u32>)> {
    let users = log.fates.len();
    Ok((
        distinct(&mut stream(seed, Purpose::Ids, 0), users, users, job)?,
        distinct(&mut stream(seed, Purpose::Ids, 3), log.orders, log.orders, job)?,
    ))
}
