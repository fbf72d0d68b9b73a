//! Recall and its kin on the days after a cutoff, beside popularity on the same users.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ingest::{EventLog, NONE};
use crate::job::Job;
use crate::models::metrics::ranking::{average_precision_at_k, ndcg_at_k, recall_at_k};
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::Sums;
use crate::models::recommend::scorer::Scorer;

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
            let mut items: Vec<u32> = log.item[after].iter().copied().filter(|&item| item != NONE).collect();
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
        .map_init(
            || scorer.room(),
            |room, (user, relevant)| {
                job.check()?;
                Ok(recall_at_k(&ranked(scorer, past, *user, k, room), relevant, k))
            },
        )
        .collect::<Result<_>>()?;
    Ok(mean(&each))
}

fn ranked(scorer: &Scorer, past: &Interactions, user: u32, k: usize, room: &mut Option<Sums>) -> Vec<u32> {
    let (top, _) = scorer.top(user as usize, past, past.row(user as usize).0, k, room);
    top.entries().iter().map(|entry| entry.1).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Each wanted user's best items, known ones left out: at most [`LONGEST`], best first.
pub fn ranked_lists(scorer: &Scorer, past: &Interactions, wanted: &[Wanted], job: &Job) -> Result<Vec<Vec<u32>>> {
    let list = |room: &mut Option<Sums>, (user, _): &Wanted| {
        job.check()?;
        Ok(ranked(scorer, past, *user, LONGEST, room))
    };
    wanted.par_iter().map_init(|| scorer.room(), list).collect()
}

/// The most popular items that each wanted user does not know, as long as [`ranked_lists`].
pub fn popular_lists(past: &Interactions, wanted: &[Wanted], job: &Job) -> Result<Vec<Vec<u32>>> {
    let popular = by_popularity(past);
    let list = |(user, _): &Wanted| {
        job.check()?;
        let own = past.row(*user as usize).0;
        Ok(popular.iter().copied().filter(|item| own.binary_search(item).is_err()).take(LONGEST).collect())
    };
    wanted.par_iter().map(list).collect()
}

/// Items of the longest list that a metric looks at.
const LONGEST: usize = 20;

/// How well lists find what was wanted, as means over the users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListMetrics {
    /// Share of the wanted items that are among the first 5, of the `min(5, wanted)` that could be.
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
    /// Share of the items of the past that are among the first 5 of some user.
    pub coverage: f64,
}

/// Judges one list per wanted user.
pub fn judge(lists: &[Vec<u32>], past: &Interactions, wanted: &[Wanted]) -> ListMetrics {
    let metric = |of: &(dyn Fn(&[u32], &[u32]) -> f64 + Sync)| {
        let each: Vec<f64> = lists.par_iter().zip(wanted).map(|(list, (_, relevant))| of(list, relevant)).collect();
        mean(&each)
    };
    let mut covered: Vec<u32> = lists.iter().flat_map(|list| list.iter().take(5).copied()).collect();
    covered.sort_unstable();
    covered.dedup();
    let known = past.column_counts().iter().filter(|&&count| count > 0).count();
    ListMetrics {
        recall_at_5: metric(&|list, relevant| recall_at_k(list, relevant, 5)),
        recall_at_20: metric(&|list, relevant| recall_at_k(list, relevant, 20)),
        ndcg_at_5: metric(&|list, relevant| ndcg_at_k(list, relevant, 5)),
        ndcg_at_20: metric(&|list, relevant| ndcg_at_k(list, relevant, 20)),
        map_at_5: metric(&|list, relevant| average_precision_at_k(list, relevant, 5)),
        coverage: covered.len() as f64 / known.max(1) as f64,
    }
}

/// Every metric of a scorer, and popularity's recall beside it.
pub fn evaluate(scorer: &Scorer, past: &Interactions, wanted: &[Wanted], job: &Job) -> Result<RecommendEvaluation> {
    let own = judge(&ranked_lists(scorer, past, wanted, job)?, past, wanted);
    let popularity = judge(&popular_lists(past, wanted, job)?, past, wanted);
    Ok(RecommendEvaluation {
        recall_at_5: own.recall_at_5,
        recall_at_20: own.recall_at_20,
        ndcg_at_5: own.ndcg_at_5,
        ndcg_at_20: own.ndcg_at_20,
        map_at_5: own.map_at_5,
        coverage: own.coverage,
        popularity_recall_at_5: popularity.recall_at_5,
        popularity_recall_at_20: popularity.recall_at_20,
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
