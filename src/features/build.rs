//! The feature table of every user as of a cutoff.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::behaviour::{Behaviour, DAY_MS, Rhythm, Scratch};
use crate::features::definitions::{Definition, Read};
use crate::features::list::DEFINITIONS;
use crate::features::rfm::score;
use crate::features::table::{Feature, FeatureTable, Values};
use crate::ingest::{EventKind, EventLog};
use crate::job::Job;

/// Users per unit of parallel work; fixed, so that the result does not depend on the number of threads.
const USERS_PER_CHUNK: usize = 4096;

/// Computes the features of every user with an event at or before `cutoff`, from those events only.
///
/// `category` holds the category code of each item of the log ([`NONE`](crate::ingest::NONE) where unknown) and may be
/// empty; a gap of more than `session_gap_minutes` starts a new session. A feature that this log cannot tell (views in a
/// log of purchases, categories or money without a catalogue) is null for everyone.
pub fn build(
    log: &EventLog,
    category: &[u32],
    cutoff: i64,
    session_gap_minutes: f64,
    job: &Job,
) -> Result<FeatureTable> {
    let codes: Vec<u32> = (0..log.users.len() as u32).collect();
    build_of(&codes, log, category, cutoff, session_gap_minutes, job)
}

/// The same of some users alone, whose codes ascend; what compares a user with others compares these.
pub fn build_of(
    codes: &[u32],
    log: &EventLog,
    category: &[u32],
    cutoff: i64,
    session_gap_minutes: f64,
    job: &Job,
) -> Result<FeatureTable> {
    build_between(codes, log, category, (i64::MIN, cutoff), session_gap_minutes, job)
}

/// The same as if the log began at `from`, UTC milliseconds.
pub fn build_between(
    codes: &[u32],
    log: &EventLog,
    category: &[u32],
    (from, cutoff): (i64, i64),
    session_gap_minutes: f64,
    job: &Job,
) -> Result<FeatureTable> {
    let gap_ms = (session_gap_minutes * 60_000.0) as i64;
    let mut reads = Reads::default();
    let places: Vec<(&Definition, Place)> = DEFINITIONS.iter().map(|each| (each, reads.add(each.read))).collect();
    let sells = log.kind.contains(&EventKind::Transaction);
    job.begin("users", codes.len() as u64);
    let chunks: Vec<Chunk> = codes
        .par_chunks(USERS_PER_CHUNK)
        .map(|codes| {
            job.check()?;
            let mut scratch = Scratch::new(sells);
            let mut chunk = Chunk::new(&reads, codes.len());
            for &user in codes {
                let mut events = log.events_until(user, cutoff);
                events.start += log.time[events.clone()].partition_point(|&time| time < from);
                if !events.is_empty() {
                    let mut behaviour =
                        Behaviour::of(log, category, user, events, (from, cutoff), gap_ms, &mut scratch);
                    chunk.push(user, &reads, &mut behaviour);
                }
            }
            job.advance(codes.len() as u64);
            Ok(chunk)
        })
        .collect::<Result<_, Error>>()?;
    let users = joined(&chunks, |chunk| &chunk.users);
    let top_category = joined(&chunks, |chunk| &chunk.top_category);
    let features = places.into_par_iter().map(|(definition, place)| Feature {
        name: definition.name.into(),
        unit: definition.unit,
        scale: definition.scale,
        values: values(place, &chunks, users.len(), definition.needs.are_met(log, category)),
    });
    Ok(FeatureTable { as_of: cutoff, features: features.collect(), users, top_category })
}

/// How the features are read, by the type of their values.
#[derive(Default)]
struct Reads {
    counts: Vec<fn(&mut Behaviour<'_>) -> u32>,
    reals: Vec<fn(&mut Behaviour<'_>) -> f32>,
    amounts: Vec<fn(&mut Behaviour<'_>) -> f64>,
}

/// Where a feature's values stand among those of its type.
#[derive(Clone, Copy)]
enum Place {
    Count(usize),
    Real(usize),
    Money(usize),
    Score(usize),
    Overdue,
}

impl Reads {
    fn add(&mut self, read: Read) -> Place {
        match read {
            Read::Count(read) => {
                self.counts.push(read);
                Place::Count(self.counts.len() - 1)
            }
            Read::Real(read) => {
                self.reals.push(read);
                Place::Real(self.reals.len() - 1)
            }
            Read::Money(read) => {
                self.amounts.push(read);
                Place::Money(self.amounts.len() - 1)
            }
            Read::Score(read) => {
                self.amounts.push(read);
                Place::Score(self.amounts.len() - 1)
            }
            Read::Overdue => Place::Overdue,
        }
    }
}

/// What was read of a chunk of users, column by column.
struct Chunk {
    users: Vec<u32>,
    top_category: Vec<u32>,
    counts: Vec<Vec<u32>>,
    reals: Vec<Vec<f32>>,
    amounts: Vec<Vec<f64>>,
    rhythms: Vec<Rhythm>,
    /// The gaps of all of them.
    gaps: Vec<f32>,
}

impl Chunk {
    fn new(reads: &Reads, users: usize) -> Self {
        fn empty<T: Clone>(columns: usize, rows: usize) -> Vec<Vec<T>> {
            (0..columns).map(|_| Vec::with_capacity(rows)).collect()
        }
        Self {
            users: Vec::with_capacity(users),
            top_category: Vec::with_capacity(users),
            counts: empty(reads.counts.len(), users),
            reals: empty(reads.reals.len(), users),
            amounts: empty(reads.amounts.len(), users),
            rhythms: Vec::with_capacity(users),
            gaps: Vec::new(),
        }
    }

    fn push(&mut self, user: u32, reads: &Reads, behaviour: &mut Behaviour<'_>) {
        self.users.push(user);
        self.top_category.push(behaviour.top_category);
        for (column, read) in self.counts.iter_mut().zip(&reads.counts) {
            column.push(read(behaviour));
        }
        for (column, read) in self.reals.iter_mut().zip(&reads.reals) {
            column.push(read(behaviour));
        }
        for (column, read) in self.amounts.iter_mut().zip(&reads.amounts) {
            column.push(read(behaviour));
        }
        self.rhythms.push(behaviour.rhythm(&mut self.gaps));
    }
}

/// A column of all chunks.
fn joined<T: Copy>(chunks: &[Chunk], column: impl Fn(&Chunk) -> &[T]) -> Vec<T> {
    let mut whole = Vec::with_capacity(chunks.iter().map(|chunk| chunk.users.len()).sum());
    for chunk in chunks {
        whole.extend_from_slice(column(chunk));
    }
    whole
}

/// The values of a feature; null for everyone where the log cannot tell it.
fn values(place: Place, chunks: &[Chunk], rows: usize, is_told: bool) -> Values {
    match place {
        Place::Money(_) if !is_told => Values::Money(vec![f64::NAN; rows]),
        Place::Count(_) | Place::Real(_) | Place::Score(_) | Place::Overdue if !is_told => {
            Values::Real(vec![f32::NAN; rows])
        }
        Place::Count(at) => Values::Count(joined(chunks, |chunk| &chunk.counts[at])),
        Place::Real(at) => Values::Real(joined(chunks, |chunk| &chunk.reals[at])),
        Place::Money(at) => Values::Money(joined(chunks, |chunk| &chunk.amounts[at])),
        Place::Overdue => Values::Real(overdue(chunks)),
        Place::Score(at) => Values::Real(score(&joined(chunks, |chunk| &chunk.amounts[at]))),
    }
}

/// How overdue each user's next purchase is; null without a purchase, and for everyone where nobody bought on two days.
fn overdue(chunks: &[Chunk]) -> Vec<f32> {
    let rhythms = joined(chunks, |chunk| &chunk.rhythms);
    let mut gaps = joined(chunks, |chunk| &chunk.gaps);
    if gaps.is_empty() {
        return vec![f32::NAN; rhythms.len()];
    }
    let middle = (gaps.len() - 1) / 2;
    let median = *gaps.select_nth_unstable_by(middle, f32::total_cmp).1;
    rhythms.into_iter().map(|rhythm| rhythm.overdue(median)).collect()
}

/// Days from the log's first event to `T`.
pub fn span_days(log: &EventLog) -> f64 {
    let first = log.time.iter().copied().min().unwrap_or(log.as_of);
    (log.as_of - first) as f64 / DAY_MS as f64
}
