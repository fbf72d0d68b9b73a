//! Recall and its kin on the days after a cutoff, beside popularity on the same users.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::interactions::Interactions;
use super::scorer::Scorer;
use crate::error::Result;
use crate::ingest::EventLog;
use crate::job::Job;
use crate::models::metrics::ranking::{average_precision_at_k, ndcg_at_k, recall_at_k};

/// How well the recommender does on held-out days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecommendEvaluation {
    /// Share of the items touched after the cutoff that are among the first 5.
    #[serde(rename = "recall@5")]
    pub recall_at_5: f64,
    /// The same among the first 20.
    #[serde(rename = "recall@20")]
    pub recall_at_20: f64,
    /// NDCG of the first 5.
    #[serde(rename = "ndcg@5")]
    pub ndcg_at_5: f64,
    /// NDCG of the first 20.
    #[serde(rename = "ndcg@20")]
    pub ndcg_at_20: f64,
    /// Mean average precision of the first 5.
    #[serde(rename = "map@5")]
    pub map_at_5: f64,
    /// Share of the items that are among the first 5 of some test user.
    pub coverage: f64,
    /// Popularity's recall@5 on the same users.
    #[serde(rename = "popularity_recall@5")]
    pub popularity_recall_at_5: f64,
    /// Popularity's recall@20 on the same users.
    #[serde(rename = "popularity_recall@20")]
    pub popularity_recall_at_20: f64,
    /// Users with an item to be found.
    pub test_users: u64,
}

/// A user and the items to be found, ascending.
pub type Wanted = (u32, Vec<u32>);

/// For each user known at `cutoff` the items touched in `(cutoff, until]` that others had touched by then and the user
/// had not; users without any are left out.
pub fn wanted(log: &EventLog, past: &Interactions, cutoff: i64, until: i64) -> Vec<Wanted> {
    let known_items = past.column_counts();
    (0..log.users.len() as u32)
        .filter_map(|user| {
            let (own, _) = past.row(user as usize);
            if own.is_empty() {
                return None;
            }
            let after = log.events_until(user, cutoff).end..log.events_until(user, until).end;
            let mut items: Vec<u32> = log.item[after].to_vec();
            items.sort_unstable();
            items.dedup();
            items.retain(|item| known_items[*item as usize] > 0 && own.binary_search(item).is_err());
            (!items.is_empty()).then_some((user, items))
        })
        .collect()
}

/// Mean recall@`k` of a scorer.
pub fn recall(scorer: &Scorer, past: &Interactions, wanted: &[Wanted], k: usize, job: &Job) -> Result<f64> {
    let each: Vec<f64> = wanted
        .par_iter()
        .map(|(user, relevant)| {
            job.check()?;
            Ok(recall_at_k(&ranked(scorer, past, *user, k), relevant, k))
        })
        .collect::<Result<_>>()?;
    Ok(mean(&each))
}

fn ranked(scorer: &Scorer, past: &Interactions, user: u32, k: usize) -> Vec<u32> {
    let (top, _) = scorer.top(user as usize, past, past.row(user as usize).0, k);
    top.entries().iter().map(|entry| entry.1).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Every metric of a scorer and of popularity.
pub fn evaluate(scorer: &Scorer, past: &Interactions, wanted: &[Wanted], job: &Job) -> Result<RecommendEvaluation> {
    let popular = by_popularity(past);
    let rows: Vec<([f64; 7], Vec<u32>)> = wanted
        .par_iter()
        .map(|(user, relevant)| {
            job.check()?;
            let own = past.row(*user as usize).0;
            let list = ranked(scorer, past, *user, 20);
            let everyones: Vec<u32> =
                popular.iter().copied().filter(|item| own.binary_search(item).is_err()).take(20).collect();
            let metrics = [
                recall_at_k(&list, relevant, 5),
                recall_at_k(&list, relevant, 20),
                ndcg_at_k(&list, relevant, 5),
                ndcg_at_k(&list, relevant, 20),
                average_precision_at_k(&list, relevant, 5),
                recall_at_k(&everyones, relevant, 5),
                recall_at_k(&everyones, relevant, 20),
            ];
            Ok((metrics, list.into_iter().take(5).collect()))
        })
        .collect::<Result<_>>()?;
    let metric = |at: usize| mean(&rows.iter().map(|row| row.0[at]).collect::<Vec<_>>());
    let mut covered: Vec<u32> = rows.iter().flat_map(|row| row.1.iter().copied()).collect();
    covered.sort_unstable();
    covered.dedup();
    let known = past.column_counts().iter().filter(|&&count| count > 0).count();
    Ok(RecommendEvaluation {
        recall_at_5: metric(0),
        recall_at_20: metric(1),
        ndcg_at_5: metric(2),
        ndcg_at_20: metric(3),
        map_at_5: metric(4),
        coverage: covered.len() as f64 / known.max(1) as f64,
        popularity_recall_at_5: metric(5),
        popularity_recall_at_20: metric(6),
        test_users: wanted.len() as u64,
    })
}

/// Items by the number of users who touched them, most first.
pub fn by_popularity(interactions: &Interactions) -> Vec<u32> {
    let counts = interactions.column_counts();
    let mut items: Vec<u32> = (0..counts.len() as u32).filter(|&item| counts[item as usize] > 0).collect();
    items.sort_by_key(|&item| std::cmp::Reverse(counts[item as usize]));
    items
}
