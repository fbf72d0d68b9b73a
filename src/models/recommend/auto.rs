//! Picking the model: recall@20 on days before the test days, or on pairs drawn where there are no days; on a bounded
//! sample of users.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{DAY_MS, span_days};
use crate::ingest::EventLog;
use crate::job::Job;
use crate::models::recommend::evaluate::{Wanted, recall, wanted};
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::scorer::{Candidate, Scorer};
use crate::models::recommend::settings::{ModelChoice, RecommendSettings};
use crate::models::recommend::similarity::Similarity;

/// A model that `auto` tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The model and its settings.
    pub model: String,
    /// Its recall@20 on the validation days.
    pub recall: f64,
}

/// Alphas tried beside the configured one.
const ALPHAS: [f32; 2] = [1.0, 40.0];

/// Popularity discounts tried beside the configured one.
const DISCOUNTS: [f32; 2] = [0.1, 0.4];

/// The configured value, then the others.
fn beside<const N: usize>(configured: f32, others: [f32; N]) -> impl Iterator<Item = f32> {
    let others = others.into_iter().filter(move |other| (other - configured).abs() > f32::EPSILON);
    std::iter::once(configured).chain(others)
}

/// Rounds of a validation fit.
const ROUNDS: usize = 4;

/// Validation users at most.
const USERS: usize = 5_000;

/// Fewer validation users than this tell nothing.
const FEWEST_USERS: usize = 20;

/// The model to use, and what was tried to find it.
pub(super) fn pick(
    log: &EventLog,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Candidate, Vec<Tried>)> {
    if let Some(given) = given(settings) {
        return Ok((given, Vec::new()));
    }
    let days = |days: f64| (days * DAY_MS as f64) as i64;
    let until = log.as_of - days(settings.cutoff_days);
    let cutoff = until - days(settings.cutoff_days);
    let known = log.known_at(cutoff);
    let log = known.as_ref().map_or(log, |known| &known.log);
    let past = Interactions::until(log, cutoff, settings);
    // Of users without a history no model can say anything.
    let (mut wanted, _) = wanted(log, &past, cutoff, until, true);
    wanted.retain(|(user, _)| !past.row(*user as usize).0.is_empty());
    let span = span_days(log);
    if span < 3.0 * settings.cutoff_days {
        let needed = 3.0 * settings.cutoff_days;
        notes.push(format!("item-knn without a comparison: the log spans {span:.1} days, {needed:.0} are needed"));
        return Ok((Candidate::ItemKnn { similarity: settings.item_similarity() }, Vec::new()));
    }
    if wanted.len() < FEWEST_USERS {
        notes.push(format!(
            "item-knn without a comparison: {} users touched a new item in the validation days, {FEWEST_USERS} are needed",
            wanted.len()
        ));
        return Ok((Candidate::ItemKnn { similarity: settings.item_similarity() }, Vec::new()));
    }
    let where_from = format!("the {} days before the test days", settings.cutoff_days);
    compare(&past, wanted, &where_from, settings, notes, job)
}

/// One of this many pairs is drawn for validation where there are no days.
const DRAWN_OF: u32 = 5;

/// The model to use where nothing is known of times: validated on a drawn fifth of `train`'s own pairs.
pub(super) fn pick_without_times(
    train: &Interactions,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Candidate, Vec<Tried>)> {
    if let Some(given) = given(settings) {
        return Ok((given, Vec::new()));
    }
    let (past, wanted) = draw(train, settings.seed);
    if wanted.len() < FEWEST_USERS {
        notes.push(format!(
            "item-knn without a comparison: {} users are left with something to validate on, {FEWEST_USERS} are needed",
            wanted.len()
        ));
        return Ok((Candidate::ItemKnn { similarity: settings.item_similarity() }, Vec::new()));
    }
    compare(&past, wanted, "a drawn fifth of the training pairs", settings, notes, job)
}

/// Splits a matrix: each pair is wanted with a probability of one in [`DRAWN_OF`], all others are the past. A user keeps at
/// least one item, and an item that nobody else kept is not wanted, since no model could know it. The same seed draws the
/// same pairs.
pub(super) fn draw(train: &Interactions, seed: u64) -> (Interactions, Vec<Wanted>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut rows = Vec::with_capacity(train.rows());
    let mut wanted: Vec<Wanted> = Vec::new();
    for user in 0..train.rows() {
        let (items, weights) = train.row(user);
        let pairs = items.iter().copied().zip(weights.iter().copied());
        let (drawn, kept): (Vec<_>, Vec<_>) = pairs.clone().partition(|_| random.gen_ratio(1, DRAWN_OF));
        if kept.is_empty() {
            rows.push(pairs.collect());
        } else {
            wanted.push((user as u32, drawn.into_iter().map(|pair| pair.0).collect()));
            rows.push(kept);
        }
    }
    let past = Interactions::from_rows(train.columns, rows.into_iter());
    let known = past.column_counts();
    for (_, items) in &mut wanted {
        items.retain(|&item| known[item as usize] > 0);
    }
    wanted.retain(|(_, items)| !items.is_empty());
    (past, wanted)
}

/// The model that the settings name, if they name one.
fn given(settings: &RecommendSettings) -> Option<Candidate> {
    let RecommendSettings { alpha, rank, regularisation, .. } = *settings;
    let similarity = settings.item_similarity();
    match settings.model {
        ModelChoice::Auto => None,
        ModelChoice::Als => Some(Candidate::Als { alpha, rank, regularisation }),
        ModelChoice::ItemKnn => Some(Candidate::ItemKnn { similarity }),
        ModelChoice::Blend => Some(Candidate::Blend { alpha, rank, regularisation, similarity }),
    }
}

/// The best of all models by recall@20 on what is wanted, which comes from `where_from`.
fn compare(
    past: &Interactions,
    mut wanted: Vec<Wanted>,
    where_from: &str,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Candidate, Vec<Tried>)> {
    let RecommendSettings { alpha, rank, regularisation, .. } = *settings;
    let all_wanted = wanted.len();
    let sample = sample(past, &mut wanted, settings);
    let similarities = beside(settings.popularity_discount, DISCOUNTS)
        .map(|popularity_discount| Similarity::CoOccurrence { popularity_discount })
        .chain([Similarity::Bm25]);
    let mut candidates: Vec<Candidate> = similarities.map(|similarity| Candidate::ItemKnn { similarity }).collect();
    let alphas: Vec<f32> = beside(alpha, ALPHAS).collect();
    candidates.extend(alphas.iter().map(|&alpha| Candidate::Als { alpha, rank, regularisation }));
    job.begin("rounds of validation", ((candidates.len()) * ROUNDS) as u64);
    let mut scored: Vec<(Candidate, f64)> = Vec::new();
    let mut failed: Vec<String> = Vec::new();
    // What cannot be fitted, as more factors than there are items, takes no other with it.
    let mut attempt = |candidate: Candidate| -> Result<Option<f64>> {
        let allowed = vec![true; sample.columns];
        let scorer = match Scorer::fit(candidate, &sample, allowed, ROUNDS, settings, job) {
            Err(Error::Model(why)) => {
                failed.push(format!("{}: {why}", candidate.describe()));
                return Ok(None);
            }
            fitted => fitted?,
        };
        let found = recall(&scorer, &sample, &wanted, 20, job)?;
        scored.push((candidate, found));
        Ok(Some(found))
    };
    let mut best_alpha = None;
    let mut best_similarity = (f64::NEG_INFINITY, settings.item_similarity());
    for candidate in candidates {
        let Some(found) = attempt(candidate)? else { continue };
        match candidate {
            Candidate::Als { alpha, .. } if best_alpha.is_none_or(|(best, _)| found > best) => {
                best_alpha = Some((found, alpha));
            }
            Candidate::ItemKnn { similarity } if found > best_similarity.0 => best_similarity = (found, similarity),
            _ => {}
        }
    }
    if let Some((_, alpha)) = best_alpha {
        attempt(Candidate::Blend { alpha, rank, regularisation, similarity: best_similarity.1 })?;
    }
    if !failed.is_empty() {
        notes.push(format!("left out, for it could not be fitted: {}", failed.join("; ")));
    }
    // The first among equals: the cheapest stands first.
    let better = |best: (Candidate, f64), other: (Candidate, f64)| if other.1 > best.1 { other } else { best };
    let Some(best) = scored.iter().copied().reduce(better) else {
        return Err(Error::Model(format!("no recommender could be fitted: {}", failed.join("; "))));
    };
    let tried: Vec<Tried> =
        scored.iter().map(|(candidate, recall)| Tried { model: candidate.describe(), recall: *recall }).collect();
    let table: Vec<String> = tried.iter().map(|tried| format!("{} {:.4}", tried.model, tried.recall)).collect();
    notes.push(format!(
        "{} has the best recall@20 on {} of {all_wanted} users of {where_from}, among {} of {} \
         interactions: {}",
        best.0.describe(),
        wanted.len(),
        sample.column.len(),
        past.column.len(),
        table.join("; ")
    ));
    Ok((best.0, tried))
}

/// The validation users (at most [`USERS`]) and as many others as the bound on interactions lets in. `wanted` is cut to
/// those users and renumbered to the sample's rows.
fn sample(past: &Interactions, wanted: &mut Vec<Wanted>, settings: &RecommendSettings) -> Interactions {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    wanted.shuffle(&mut random);
    wanted.truncate(USERS);
    let mut chosen: Vec<u32> = wanted.iter().map(|(user, _)| *user).collect();
    chosen.sort_unstable();
    let size = |user: u32| past.row(user as usize).0.len();
    let mut interactions: usize = chosen.iter().map(|&user| size(user)).sum();
    let mut others: Vec<u32> =
        (0..past.rows() as u32).filter(|&user| size(user) > 0 && chosen.binary_search(&user).is_err()).collect();
    // Users of one item say nothing about which items go together: they come last.
    others.shuffle(&mut random);
    others.sort_by_key(|&user| size(user) == 1);
    for user in others {
        if interactions >= settings.validation_interactions {
            break;
        }
        interactions += size(user);
        chosen.push(user);
    }
    chosen.sort_unstable();
    for (user, _) in wanted.iter_mut() {
        *user = chosen.binary_search(user).map_or(0, |row| row as u32);
    }
    wanted.sort_unstable_by_key(|(user, _)| *user);
    past.select(&chosen)
}
