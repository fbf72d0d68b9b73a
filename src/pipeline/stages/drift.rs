//! Drift since the cutoff that a model learns from: features as of then beside features as of T, both of as many days.

use crate::config::Config;
use crate::error::Result;
use crate::features::{self, DAY_MS, DRIFTED, Drift, FeatureTable, span_days};
use crate::format;
use crate::job::Job;
use crate::models::evaluate::Split;
use crate::pipeline::source::Inputs;

/// Users at either time at most.
pub(super) const USERS: usize = 20_000;
/// Features that a note names at most.
const NAMED: usize = 5;

/// How far the features of the rows `rows` of `past`, as of the cutoff, have drifted until T. The log until the cutoff is as long as what is
/// read of it until T: by its beginning alone everything would drift.
pub(super) fn seen(
    inputs: Inputs<'_>,
    past: (&FeatureTable, &[u32]),
    config: &Config,
    job: &Job,
) -> Result<Vec<Drift>> {
    let log = inputs.log;
    let first = log.as_of - (span_days(log) * DAY_MS as f64) as i64;
    let from = first + (log.as_of - past.0.as_of);
    let comes = |user: &u32| log.events_until(*user, log.as_of).any(|event| log.time[event] >= from);
    let known: Vec<u32> = (0..log.users.len() as u32).filter(comes).collect();
    let drawn = Split::new(&known, inputs.folds, inputs.draws, USERS).everyone();
    let users: Vec<u32> = drawn.into_iter().map(|row| known[row as usize]).collect();
    let gap = config.features.session_gap_minutes;
    let now = features::build_between(&users, log, &inputs.catalogue.category, (from, log.as_of), gap, job)?;
    Ok(features::drift(past.0, past.1, &now))
}

/// The features that have drifted, in words; `None` where none has.
pub(super) fn told(found: &[Drift]) -> Option<String> {
    let drifted: Vec<&Drift> = found.iter().filter(|drift| drift.drifted).collect();
    let named = drifted.iter().take(NAMED).map(|drift| format!("{} {}", drift.feature, format::number(drift.index)));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match drifted.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!drifted.is_empty()).then(|| {
        format!(
            "drift: users now are unlike those at the cutoff, which the model learnt from: {named}{more} (population \
             stability index, above {DRIFTED}); read the scores with care"
        )
    })
}
