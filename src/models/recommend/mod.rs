//! What to recommend: implicit ALS or item neighbours, chosen on held-out days, with the exact top of every user.

mod again;
mod als;
mod auto;
mod evaluate;
mod interactions;
mod knn;
mod popular;
mod scorer;
mod serve;
mod settings;
mod similarity;
mod split;
#[cfg(test)]
mod tests;
mod top;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::vector::dot;
pub use again::{AgainEvaluation, BuyAgain};
pub use als::{AlsSettings, Factors, fit_als};
pub use auto::Tried;
pub use evaluate::{ListFigures, ListMetrics, RecommendEvaluation, Wanted};
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
use evaluate::{evaluate, wanted};
use knn::LONGEST_HISTORY;
use popular::{Entry, Popular};
use serve::Server;

/// Similar items kept per item.
pub const SIMILAR: usize = 10;

/// What is known beside the log.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Per item, whether it may be recommended; `None` where availability is unknown for all.
    pub available: Option<&'a [bool]>,
    /// Per item its category code, [`NONE`] where unknown.
    pub item_category: &'a [u32],
}

/// Where a user's list, or one of its items, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Implicit ALS.
    Als,
    /// Item neighbours.
    ItemKnn,
    /// Both.
    Blend,
    /// Popular items alone, because the model can say nothing of the user.
    Fallback,
    /// An item that is popular in the user's category, where the model left the list short.
    Category,
    /// An item that is popular in the shop, where the category left it short.
    Shop,
}

impl Source {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::ItemKnn => "item-knn",
            Self::Blend => "blend",
            Self::Fallback => "fallback",
            Self::Category => "category",
            Self::Shop => "shop",
        }
    }
}

/// Recommendations for every user.
#[derive(Debug)]
pub struct Recommendations {
    /// Users × `settings.top` item codes, best first, padded with [`NONE`].
    pub items: Vec<u32>,
    /// Their scores, NaN where the model said nothing of them; only comparable within one user's list.
    pub scores: Vec<f32>,
    /// Where each comes from.
    pub sources: Vec<Source>,
    /// One per user: the model, or [`Source::Fallback`] where none of the items is the model's.
    pub source: Vec<Source>,
    /// Items × [`SIMILAR`] item codes, most similar first, padded with [`NONE`].
    pub similar_items: Vec<u32>,
    /// Their cosines.
    pub similar_scores: Vec<f32>,
    /// What every user is likely to buy again.
    pub again: BuyAgain,
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
    let evaluation = held_out_days(log, context, picked, settings, &mut notes, job)?;
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
    let popular = Popular::new(&everything, context.item_category, &allowed);
    let exclude_known = settings.exclude_known;
    let server = Server { scorer: &scorer, histories: &everything, popular: &popular, exclude_known };
    let lists = rank_all(&server, settings.top, job)?;
    let again = again::buy_again(log, &allowed, settings, &mut notes, job)?;
    let (similar_items, similar_scores) = similar(&everything, &scorer, job)?;
    Ok(Recommendations {
        items: lists.items,
        scores: lists.scores,
        sources: lists.sources,
        source: lists.source,
        similar_items,
        similar_scores,
        again,
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
    context: &Context<'_>,
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
    let (wanted, unknown_share) = wanted(log, &past, cutoff, log.as_of, settings.exclude_known);
    if wanted.is_empty() {
        notes.push("not evaluated: no known user touched a new item after the cutoff".to_owned());
        return Ok(None);
    }
    job.begin(&format!("rounds of the evaluated {}", picked.name()), settings.iterations as u64);
    let allowed = vec![true; log.items.len()];
    let popular = Popular::new(&past, context.item_category, &allowed);
    let scorer = Scorer::fit(picked, &past, allowed, settings.iterations, settings, job)?;
    let exclude_known = settings.exclude_known;
    let server = Server { scorer: &scorer, histories: &past, popular: &popular, exclude_known };
    Ok(Some(RecommendEvaluation { unknown_share, ..evaluate(&server, &wanted, job)? }))
}

struct Lists {
    items: Vec<u32>,
    scores: Vec<f32>,
    sources: Vec<Source>,
    source: Vec<Source>,
    scanned_per_user: Option<f64>,
}

/// Users per unit of parallel work.
const USERS_PER_CHUNK: usize = 1024;

/// A user and the list.
type Ranked = (u32, Vec<Entry>);

fn rank_all(server: &Server<'_>, top: usize, job: &Job) -> Result<Lists> {
    let users = server.histories.rows();
    let order = by_history(server.histories);
    let mut lists = Lists {
        items: vec![NONE; users * top],
        scores: vec![f32::NAN; users * top],
        sources: vec![Source::Fallback; users * top],
        source: vec![Source::Fallback; users],
        scanned_per_user: None,
    };
    job.begin("users ranked", users as u64);
    let chunks: Vec<(Vec<Ranked>, usize, usize)> = order
        .par_chunks(USERS_PER_CHUNK)
        .map(|users| {
            job.check()?;
            let mut room = server.scorer.room();
            let mut ranked: Vec<Ranked> = Vec::with_capacity(users.len());
            let (mut looked_at, mut searched) = (0, 0);
            for &user in users {
                let history = server.histories.row(user as usize);
                // Users with the same single item and weight, or with none, stand side by side and share the answer.
                let same = |last: &&Ranked| history.0.len() < 2 && server.histories.row(last.0 as usize) == history;
                if let Some((_, list)) = ranked.last().filter(same) {
                    let list = list.clone();
                    ranked.push((user, list));
                    continue;
                }
                let (list, scanned) = server.list(user, top, &mut room);
                looked_at += scanned;
                searched += 1;
                ranked.push((user, list));
            }
            job.advance(users.len() as u64);
            Ok((ranked, looked_at, searched))
        })
        .collect::<Result<_>>()?;
    let (mut looked_at, mut searched) = (0, 0);
    for (ranked, chunk_looked_at, chunk_searched) in chunks {
        looked_at += chunk_looked_at;
        searched += chunk_searched;
        for (user, list) in ranked {
            let start = user as usize * top;
            // The model's items stand first.
            if let Some(first) = list.first().filter(|first| !first.score.is_nan()) {
                lists.source[user as usize] = first.source;
            }
            for (place, entry) in list.into_iter().enumerate() {
                lists.items[start + place] = entry.item;
                lists.scores[start + place] = entry.score;
                lists.sources[start + place] = entry.source;
            }
        }
    }
    lists.scanned_per_user = (looked_at > 0).then(|| looked_at as f64 / searched.max(1) as f64);
    Ok(lists)
}

/// Users, those with the same single item and weight side by side, and those without any.
fn by_history(everything: &Interactions) -> Vec<u32> {
    let mut order: Vec<u32> = (0..everything.rows() as u32).collect();
    let key = |user: u32| {
        let (items, weights) = everything.row(user as usize);
        match (items, weights) {
            ([item], [weight]) => (*item, weight.to_bits()),
            ([], []) => (NONE, 1),
            _ => (NONE, 0),
        }
    };
    order.par_sort_by_cached_key(|&user| key(user));
    order
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
