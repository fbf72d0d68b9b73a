//! What to recommend: implicit ALS or item neighbours, chosen on held-out days, with the exact top of every user.

mod als;
mod auto;
mod evaluate;
mod interactions;
mod knn;
mod scorer;
mod settings;
mod similarity;
mod split;
#[cfg(test)]
mod tests;
mod top;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::vector::dot;
pub use als::{AlsSettings, Factors, fit_als};
pub use auto::Tried;
pub use evaluate::{ListMetrics, RecommendEvaluation, Wanted};
pub use interactions::Interactions;
pub use knn::{KnnSettings, Neighbours};
pub use scorer::{Candidate, Scorer};
pub use settings::{ModelChoice, RecommendSettings, SimilarityChoice};
pub use similarity::Similarity;
pub use split::{SplitEvaluation, evaluate_split};
pub use top::{NormOrder, TopK};

use crate::error::{Error, Result};
use crate::features::{DAY_MS, span_days};
use crate::ingest::{EventLog, NONE};
use crate::job::Job;
use evaluate::{by_popularity, evaluate, wanted};
use knn::LONGEST_HISTORY;

/// Similar items kept per item.
pub const SIMILAR: usize = 10;

/// What is known beside the log.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Per item, whether it may be recommended; `None` where availability is unknown for all.
    pub available: Option<&'a [bool]>,
    /// Per item its category code, [`NONE`] where unknown.
    pub item_category: &'a [u32],
    /// Per user of the log the category of most activity, [`NONE`] where unknown.
    pub top_category: &'a [u32],
}

/// Where a user's list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Implicit ALS.
    Als,
    /// Item neighbours.
    ItemKnn,
    /// Both.
    Blend,
    /// The most popular items of the user's top category, because the history cannot be scored.
    Fallback,
}

impl Source {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::ItemKnn => "item-knn",
            Self::Blend => "blend",
            Self::Fallback => "fallback",
        }
    }
}

/// Recommendations for every user.
#[derive(Debug)]
pub struct Recommendations {
    /// Users × `settings.top` item codes, best first, padded with [`NONE`].
    pub items: Vec<u32>,
    /// Their scores; only comparable within one user's list.
    pub scores: Vec<f32>,
    /// One per user.
    pub source: Vec<Source>,
    /// Items × [`SIMILAR`] item codes, most similar first, padded with [`NONE`].
    pub similar_items: Vec<u32>,
    /// Their cosines.
    pub similar_scores: Vec<f32>,
    /// On the days after the cutoff; `None` where the log is too short, with a note.
    pub evaluation: Option<RecommendEvaluation>,
    /// The model that was used.
    pub picked: Candidate,
    /// What `auto` tried; empty when the model was given.
    pub tried: Vec<Tried>,
    /// Items that the exact search looked at per searched user; `None` where it was not used.
    pub scanned_per_user: Option<f64>,
    /// The fitted factors, where the model has any.
    pub factors: Option<Factors>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Picks a model, evaluates it on the days after the cutoff, fits it on everything and ranks items for every user.
///
/// # Errors
/// [`Error::Model`] for an empty log.
pub fn recommend(
    log: &EventLog,
    context: &Context<'_>,
    settings: &RecommendSettings,
    job: &Job,
) -> Result<Recommendations> {
    if log.is_empty() || settings.top == 0 {
        return Err(Error::Model("there is no event to learn from, or recommend.top is 0".to_owned()));
    }
    let mut notes = Vec::new();
    let (picked, tried) = auto::pick(log, settings, &mut notes, job)?;
    let evaluation = held_out_days(log, picked, settings, &mut notes, job)?;
    let everything = Interactions::until(log, log.as_of, settings);
    let allowed = match context.available {
        Some(available) => available.to_vec(),
        None => vec![true; log.items.len()],
    };
    let unavailable = allowed.iter().filter(|&&allowed| !allowed).count();
    if unavailable > 0 {
        notes.push(format!("{unavailable} of {} items are unavailable at T and never recommended", allowed.len()));
    }
    job.begin(&format!("rounds of the final {}", picked.name()), settings.iterations as u64);
    let scorer = Scorer::fit(picked, &everything, allowed.clone(), settings.iterations, settings, job)?;
    if let Some(left_out) = scorer.neighbours().map(|neighbours| neighbours.left_out).filter(|&count| count > 0) {
        notes.push(format!(
            "{left_out} users with more than {LONGEST_HISTORY} items are left out of the item neighbours"
        ));
    }
    let lists = rank_all(log, context, &everything, &scorer, &allowed, settings, job)?;
    let (similar_items, similar_scores) = similar(&everything, &scorer, job)?;
    Ok(Recommendations {
        items: lists.items,
        scores: lists.scores,
        source: lists.source,
        similar_items,
        similar_scores,
        evaluation,
        picked,
        tried,
        scanned_per_user: lists.scanned_per_user,
        factors: scorer.factors().cloned(),
        notes,
    })
}

/// Metrics on the days after the cutoff, or a note why there are none.
fn held_out_days(
    log: &EventLog,
    picked: Candidate,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Option<RecommendEvaluation>> {
    let span = span_days(log);
    if span < 2.0 * settings.cutoff_days {
        notes.push(format!(
            "not evaluated: the log spans {span:.1} days; {:.0} are needed to hold out the last {:.0}",
            2.0 * settings.cutoff_days,
            settings.cutoff_days
        ));
        return Ok(None);
    }
    let cutoff = log.as_of - (settings.cutoff_days * DAY_MS as f64) as i64;
    let known = log.known_at(cutoff);
    let log = known.as_ref().map_or(log, |known| &known.log);
    let past = Interactions::until(log, cutoff, settings);
    let wanted = wanted(log, &past, cutoff, log.as_of);
    if wanted.is_empty() {
        notes.push("not evaluated: no known user touched a new item after the cutoff".to_owned());
        return Ok(None);
    }
    job.begin(&format!("rounds of the evaluated {}", picked.name()), settings.iterations as u64);
    let everything_allowed = vec![true; log.items.len()];
    let scorer = Scorer::fit(picked, &past, everything_allowed, settings.iterations, settings, job)?;
    Ok(Some(evaluate(&scorer, &past, &wanted, job)?))
}

struct Lists {
    items: Vec<u32>,
    scores: Vec<f32>,
    source: Vec<Source>,
    scanned_per_user: Option<f64>,
}

/// Users per unit of parallel work.
const USERS_PER_CHUNK: usize = 1024;

/// A user's list and where it comes from.
type Ranked = (u32, Vec<(f32, u32)>, Source);

fn rank_all(
    log: &EventLog,
    context: &Context<'_>,
    everything: &Interactions,
    scorer: &Scorer,
    allowed: &[bool],
    settings: &RecommendSettings,
    job: &Job,
) -> Result<Lists> {
    let top = settings.top;
    let users = log.users.len();
    let source = match scorer.candidate() {
        Candidate::Als { .. } => Source::Als,
        Candidate::ItemKnn { .. } => Source::ItemKnn,
        Candidate::Blend { .. } => Source::Blend,
    };
    let popular = Popular::new(everything, context.item_category, allowed);
    let order = by_history(everything);
    let mut lists = Lists {
        items: vec![NONE; users * top],
        scores: vec![f32::NAN; users * top],
        source: vec![source; users],
        scanned_per_user: None,
    };
    job.begin("users ranked", users as u64);
    let chunks: Vec<(Vec<Ranked>, usize, usize)> = order
        .par_chunks(USERS_PER_CHUNK)
        .map(|users| {
            job.check()?;
            let mut room = scorer.room();
            let (mut ranked, mut looked_at, mut searched): (Vec<Ranked>, _, _) =
                (Vec::with_capacity(users.len()), 0, 0);
            for &user in users {
                let (items, weights) = everything.row(user as usize);
                // Users with the same single item and weight stand side by side and share the answer.
                let same = ranked
                    .last()
                    .map(|last| last.0)
                    .filter(|&last| items.len() == 1 && everything.row(last as usize) == (items, weights));
                let category = context.top_category[user as usize];
                let shared = ranked.last().filter(|last| same == Some(last.0) && last.2 != Source::Fallback);
                if let Some((_, list, source)) = shared {
                    let copy = (user, list.clone(), *source);
                    ranked.push(copy);
                    continue;
                }
                let known = if settings.exclude_known { items } else { &[] };
                let (list, scanned) = scorer.top(user as usize, everything, known, top, &mut room);
                looked_at += scanned;
                searched += 1;
                if list.entries().is_empty() {
                    ranked.push((user, popular.of(category, known, top), Source::Fallback));
                } else {
                    ranked.push((user, list.entries().to_vec(), source));
                }
            }
            job.advance(users.len() as u64);
            Ok((ranked, looked_at, searched))
        })
        .collect::<Result<_>>()?;
    let (mut looked_at, mut searched) = (0, 0);
    for (ranked, chunk_looked_at, chunk_searched) in chunks {
        looked_at += chunk_looked_at;
        searched += chunk_searched;
        for (user, list, source) in ranked {
            let start = user as usize * top;
            for (place, (score, item)) in list.into_iter().enumerate() {
                lists.items[start + place] = item;
                lists.scores[start + place] = score;
            }
            lists.source[user as usize] = source;
        }
    }
    lists.scanned_per_user = (looked_at > 0).then(|| looked_at as f64 / searched.max(1) as f64);
    Ok(lists)
}

/// Users, those with the same single item and weight side by side.
fn by_history(everything: &Interactions) -> Vec<u32> {
    let mut order: Vec<u32> = (0..everything.rows() as u32).collect();
    let key = |user: u32| {
        let (items, weights) = everything.row(user as usize);
        match (items, weights) {
            ([item], [weight]) => (*item, weight.to_bits()),
            _ => (NONE, 0),
        }
    };
    order.par_sort_by_cached_key(|&user| key(user));
    order
}

/// Items by popularity, overall and by category.
struct Popular {
    overall: Vec<(f32, u32)>,
    by_category: std::collections::HashMap<u32, Vec<(f32, u32)>>,
}

/// Popular items kept per category: enough to leave some after those a user knows.
const POPULAR: usize = 200;

impl Popular {
    fn new(everything: &Interactions, category: &[u32], allowed: &[bool]) -> Self {
        let counts = everything.column_counts();
        let mut made = Self { overall: Vec::new(), by_category: std::collections::HashMap::new() };
        for item in by_popularity(everything).into_iter().filter(|&item| allowed[item as usize]) {
            let entry = (counts[item as usize] as f32, item);
            if made.overall.len() < POPULAR {
                made.overall.push(entry);
            }
            if let Some(&of) = category.get(item as usize).filter(|&&of| of != NONE) {
                let list = made.by_category.entry(of).or_default();
                if list.len() < POPULAR {
                    list.push(entry);
                }
            }
        }
        made
    }

    /// The most popular items of a category, then of all; scores are the numbers of users who touched them.
    fn of(&self, category: u32, known: &[u32], k: usize) -> Vec<(f32, u32)> {
        let mut list: Vec<(f32, u32)> = Vec::with_capacity(k);
        let own = self.by_category.get(&category).into_iter().flatten();
        for &(score, item) in own.chain(&self.overall) {
            if list.len() == k {
                break;
            }
            if known.binary_search(&item).is_err() && list.iter().all(|entry| entry.1 != item) {
                list.push((score, item));
            }
        }
        list
    }
}

/// Items looked at per item when factors order them: its nearest by co-occurrence.
const SIMILAR_CANDIDATES: usize = 50;

/// The most similar items of every item: its neighbours by BM25's cosine, ordered by the factors' cosine where
/// the model has factors.
fn similar(everything: &Interactions, scorer: &Scorer, job: &Job) -> Result<(Vec<u32>, Vec<f32>)> {
    job.begin("similar items", everything.columns as u64);
    let fitted;
    let cosines = scorer.neighbours().filter(|neighbours| neighbours.similarity() == Similarity::Bm25);
    let neighbours = if let Some(neighbours) = cosines {
        neighbours
    } else {
        let settings = KnnSettings { neighbours: SIMILAR_CANDIDATES, ..KnnSettings::of(Similarity::Bm25) };
        fitted = Neighbours::fit(everything, &settings, job)?;
        &fitted
    };
    let lists: Vec<Vec<(f32, u32)>> = (0..everything.columns)
        .into_par_iter()
        .map(|item| {
            let near = neighbours.of(item);
            let mut top = TopK::new(SIMILAR);
            for &(other, cosine) in near {
                let score = scorer.factors().map_or(cosine, |factors| {
                    let (a, b) = (factors.item(item), factors.item(other as usize));
                    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f32::MIN_POSITIVE)
                });
                top.offer(other, score);
            }
            top.entries().to_vec()
        })
        .collect();
    let mut items = vec![NONE; lists.len() * SIMILAR];
    let mut scores = vec![f32::NAN; lists.len() * SIMILAR];
    for (item, list) in lists.into_iter().enumerate() {
        for (place, (score, other)) in list.into_iter().enumerate() {
            items[item * SIMILAR + place] = other;
            scores[item * SIMILAR + place] = score;
        }
    }
    Ok((items, scores))
}
