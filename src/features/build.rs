//! The feature table of every user as of a cutoff.

use rayon::prelude::*;

use super::behaviour::{Behaviour, DAY_MS, Scratch, behaviour};
use super::rfm::score;
use super::table::{Feature, FeatureTable, Scale, Values};
use crate::error::{Error, Result};
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
    let chunks: Vec<(Vec<u32>, Vec<Behaviour>)> = codes
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
            Ok((users, rows))
        })
        .collect::<Result<_, Error>>()?;
    let mut users = Vec::with_capacity(codes.len());
    let mut rows = Vec::with_capacity(codes.len());
    for (chunk_users, chunk_rows) in chunks {
        users.extend(chunk_users);
        rows.extend(chunk_rows);
    }
    let top_category = rows.iter().map(|row| row.top_category).collect();
    let features = columns(&rows, Known::of(log, category));
    Ok(FeatureTable { as_of: cutoff, users, features, top_category })
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

fn columns(rows: &[Behaviour], known: Known) -> Vec<Feature> {
    let count = |name: &'static str, known: bool, read: fn(&Behaviour) -> u32| {
        let values = if known {
            Values::Count(rows.par_iter().map(read).collect())
        } else {
            Values::Real(vec![f32::NAN; rows.len()])
        };
        Feature { name: name.into(), unit: "count", scale: Scale::Log, values }
    };
    let real = |name: &'static str, unit, scale, read: fn(&Behaviour) -> f32| Feature {
        name: name.into(),
        unit,
        scale,
        values: Values::Real(rows.par_iter().map(read).collect()),
    };
    let spend: Vec<f64> = rows.iter().map(|row| if known.prices { row.spend } else { f64::NAN }).collect();
    let rfm = |name: &'static str, values: Vec<f64>| Feature {
        name: name.into(),
        unit: "score",
        scale: Scale::Linear,
        values: Values::Real(score(&values)),
    };
    vec![
        count("sessions", true, |row| row.sessions),
        count("total_events", true, |row| row.total_events),
        count("unique_items", known.views, |row| row.unique_items),
        real("avg_time_between_events", "s", Scale::Log, |row| row.avg_time_between_events),
        real(
            "view_cart_ratio",
            "ratio",
            Scale::Log,
            if known.carts { |row| row.view_cart_ratio } else { |_| f32::NAN },
        ),
        real("recency_days", "d", Scale::Log, |row| row.recency_days),
        count("views", known.views, |row| row.views),
        count("addtocarts", known.carts, |row| row.addtocarts),
        count("transactions", true, |row| row.transactions),
        count("orders", known.orders, |row| row.orders),
        count("items_bought", true, |row| row.items_bought),
        real("tenure_days", "d", Scale::Log, |row| row.tenure_days),
        count("active_days", true, |row| row.active_days),
        count("events_7d", true, |row| row.events_7d),
        count("events_30d", true, |row| row.events_30d),
        count("transactions_30d", true, |row| row.transactions_30d),
        count("unique_categories", known.categories, |row| row.unique_categories),
        real("avg_session_events", "count", Scale::Log, |row| row.avg_session_events),
        real("avg_session_minutes", "min", Scale::Log, |row| row.avg_session_minutes),
        real("weekend_share", "share", Scale::Linear, |row| row.weekend_share),
        rfm("r", rows.iter().map(|row| -f64::from(row.recency_days)).collect()),
        rfm("f", rows.iter().map(|row| f64::from(row.sessions)).collect()),
        rfm("m", spend.clone()),
        Feature { name: "spend".into(), unit: "money", scale: Scale::Log, values: Values::Money(spend) },
    ]
}

/// Days from the log's first event to `T`.
pub fn span_days(log: &EventLog) -> f64 {
    let first = log.time.iter().copied().min().unwrap_or(log.as_of);
    (log.as_of - first) as f64 / DAY_MS as f64
}
