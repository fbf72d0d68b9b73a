//! The feature table of every user as of a cutoff.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::behaviour::{Behaviour, DAY_MS, Scratch, behaviour};
use crate::features::rfm::score;
use crate::features::table::{Feature, FeatureTable, Scale, Values};
use crate::ingest::{EventKind, EventLog, NONE};
use crate::job::Job;

/// Users per unit of parallel work; fixed, so that the result does not depend on the number of threads.
const USERS_PER_CHUNK: usize = 4096;

/// Computes the features of every user with an event at or before `cutoff`, from those events only.
///
/// `category` holds the category code of each item of the log ([`NONE`] where unknown) and may be empty; a gap of more
/// than `session_gap_minutes` starts a new session. A feature that this log cannot tell (views in a log of purchases,
/// categories or money without a catalogue) is null for everyone.
pub fn build(
    log: &EventLog,
    category: &[u32],
    cutoff: i64,
    session_gap_minutes: f64,
    job: &Job,
) -> Result<FeatureTable> {
    let gap_ms = (session_gap_minutes * 60_000.0) as i64;
    let codes: Vec<u32> = (0..log.users.len() as u32).collect();
    job.begin("users", codes.len() as u64);
    let chunks: Vec<Chunk> = codes
        .par_chunks(USERS_PER_CHUNK)
        .map(|codes| {
            job.check()?;
            let mut scratch = Scratch::default();
            let (mut users, mut rows) = (Vec::with_capacity(codes.len()), Vec::with_capacity(codes.len()));
            for &user in codes {
                let events = log.events_until(user, cutoff);
                if !events.is_empty() {
                    users.push(user);
                    rows.push(behaviour(log, category, events, cutoff, gap_ms, &mut scratch));
                }
            }
            job.advance(codes.len() as u64);
            Ok(Chunk::new(users, &rows))
        })
        .collect::<Result<_, Error>>()?;
    let users = joined(&chunks, |chunk| &chunk.users);
    let top_category = joined(&chunks, |chunk| &chunk.top_category);
    let features = columns(&chunks, users.len(), Known::of(log, category));
    Ok(FeatureTable { as_of: cutoff, users, features, top_category })
}

/// Reads a count of a user.
type Count = (&'static str, fn(&Behaviour) -> u32);
/// Reads a real number of a user, after its name, unit and scale.
type Real = (&'static str, &'static str, Scale, fn(&Behaviour) -> f32);

const COUNTS: [Count; 13] = [
    ("sessions", |row| row.sessions),
    ("total_events", |row| row.total_events),
    ("unique_items", |row| row.unique_items),
    ("views", |row| row.views),
    ("addtocarts", |row| row.addtocarts),
    ("transactions", |row| row.transactions),
    ("orders", |row| row.orders),
    ("items_bought", |row| row.items_bought),
    ("active_days", |row| row.active_days),
    ("events_7d", |row| row.events_7d),
    ("events_30d", |row| row.events_30d),
    ("transactions_30d", |row| row.transactions_30d),
    ("unique_categories", |row| row.unique_categories),
];

const REALS: [Real; 7] = [
    ("avg_time_between_events", "s", Scale::Log, |row| row.avg_time_between_events),
    ("view_cart_ratio", "ratio", Scale::Log, |row| row.view_cart_ratio),
    ("recency_days", "d", Scale::Log, |row| row.recency_days),
    ("tenure_days", "d", Scale::Log, |row| row.tenure_days),
    ("avg_session_events", "count", Scale::Log, |row| row.avg_session_events),
    ("avg_session_minutes", "min", Scale::Log, |row| row.avg_session_minutes),
    ("weekend_share", "share", Scale::Linear, |row| row.weekend_share),
];

/// The features of a chunk of users, column by column.
struct Chunk {
    users: Vec<u32>,
    counts: [Vec<u32>; COUNTS.len()],
    reals: [Vec<f32>; REALS.len()],
    spend: Vec<f64>,
    top_category: Vec<u32>,
}

impl Chunk {
    fn new(users: Vec<u32>, rows: &[Behaviour]) -> Self {
        Self {
            users,
            counts: COUNTS.map(|(_, read)| rows.iter().map(read).collect()),
            reals: REALS.map(|(_, _, _, read)| rows.iter().map(read).collect()),
            spend: rows.iter().map(|row| row.spend).collect(),
            top_category: rows.iter().map(|row| row.top_category).collect(),
        }
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

/// What a log can tell at all.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
struct Known {
    views: bool,
    carts: bool,
    categories: bool,
    orders: bool,
    prices: bool,
}

impl Known {
    fn of(log: &EventLog, category: &[u32]) -> Self {
        Self {
            views: log.kind.contains(&EventKind::View),
            carts: log.kind.contains(&EventKind::AddToCart),
            categories: category.iter().any(|&code| code != NONE),
            orders: !log.transactions.is_empty(),
            prices: log.price.iter().any(|price| !price.is_nan()),
        }
    }
}

/// The columns' names, in their order.
const ORDER: [&str; 24] = [
    "sessions",
    "total_events",
    "unique_items",
    "avg_time_between_events",
    "view_cart_ratio",
    "recency_days",
    "views",
    "addtocarts",
    "transactions",
    "orders",
    "items_bought",
    "tenure_days",
    "active_days",
    "events_7d",
    "events_30d",
    "transactions_30d",
    "unique_categories",
    "avg_session_events",
    "avg_session_minutes",
    "weekend_share",
    "r",
    "f",
    "m",
    "spend",
];

impl Known {
    /// Whether a log can tell a feature.
    fn tells(self, name: &str) -> bool {
        match name {
            "views" | "unique_items" => self.views,
            "addtocarts" | "view_cart_ratio" => self.carts,
            "orders" => self.orders,
            "unique_categories" => self.categories,
            "spend" | "m" => self.prices,
            _ => true,
        }
    }
}

fn columns(chunks: &[Chunk], rows: usize, known: Known) -> Vec<Feature> {
    ORDER.into_par_iter().filter_map(|name| column(name, chunks, rows, known)).collect()
}

fn column(name: &'static str, chunks: &[Chunk], rows: usize, known: Known) -> Option<Feature> {
    let recency = REALS.iter().position(|(known, ..)| *known == "recency_days")?;
    let feature = |unit, scale, values| Some(Feature { name: name.into(), unit, scale, values });
    let unknown = || Values::Real(vec![f32::NAN; rows]);
    let score = |values: Vec<f64>| feature("score", Scale::Linear, Values::Real(score(&values)));
    let all = || chunks.iter();
    if let Some(at) = COUNTS.iter().position(|(known, _)| *known == name) {
        let values =
            if known.tells(name) { Values::Count(joined(chunks, |chunk| &chunk.counts[at])) } else { unknown() };
        return feature("count", Scale::Log, values);
    }
    if let Some(at) = REALS.iter().position(|(known, ..)| *known == name) {
        let values = if known.tells(name) { Values::Real(joined(chunks, |chunk| &chunk.reals[at])) } else { unknown() };
        return feature(REALS[at].1, REALS[at].2, values);
    }
    let spend = || if known.prices { joined(chunks, |chunk| &chunk.spend) } else { vec![f64::NAN; rows] };
    match name {
        "r" => score(all().flat_map(|chunk| &chunk.reals[recency]).map(|&days| -f64::from(days)).collect()),
        "f" => score(all().flat_map(|chunk| &chunk.counts[0]).map(|&sessions| f64::from(sessions)).collect()),
        "m" => score(spend()),
        _ => feature("money", Scale::Log, Values::Money(spend())),
    }
}

/// Days from the log's first event to `T`.
pub fn span_days(log: &EventLog) -> f64 {
    let first = log.time.iter().copied().min().unwrap_or(log.as_of);
    (log.as_of - first) as f64 / DAY_MS as f64
}
