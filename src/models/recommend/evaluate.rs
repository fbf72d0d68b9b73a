//! Recall and its kin on the days after a cutoff, beside popularity on the same users.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ingest::{EventKind, NONE};
use crate::job::Job;
use crate::models::evaluate::{Figure, Weights, deviations};
use crate::models::metrics::ranking::{average_precision_at_k, ndcg_at_k, recall_at_k};
use crate::models::recommend::Shop;
use crate::models::recommend::histories::Histories;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::serve::Server;

/// How well the lists that are served do on held-out days, fillings included, beside popularity on the same users.
#[derive(Clone, Debug)]
pub struct RecommendEvaluation {
    /// Of the lists that are served.
    pub served: ListFigures,
    /// Of the most popular items.
    pub popularity: ListFigures,
    /// By how much the lists' recall@5 is above popularity's, user by user.
    pub recall_at_5_gain: Figure,
    /// The same of NDCG@5.
    pub ndcg_at_5_gain: Figure,
    /// Share of the items of the past that are among the first 5 of some test user.
    pub coverage: f64,
    /// Users with an item to be found.
    pub test_users: u64,
    /// Share of what was wanted after the cutoff by users, or of items, that nobody could know at it; NaN where nothing
    /// was wanted.
    pub unknown_share: f64,
}

/// Means over the test users, each with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct ListFigures {
    /// Share of the wanted items that are among the first 5, of the `min(5, wanted)` that could be.
    pub recall_at_5: Figure,
    /// The same among the first 20.
    pub recall_at_20: Figure,
    /// Share of the users with a wanted item among the first 5.
    pub hit_rate_at_5: Figure,
    /// NDCG of the first 5.
    pub ndcg_at_5: Figure,
    /// NDCG of the first 20.
    pub ndcg_at_20: Figure,
    /// Mean average precision of the first 5.
    pub map_at_5: Figure,
}

/// A user and the items to be found, ascending.
pub type Wanted = (u32, Vec<u32>);

/// Which events make an item one to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Any touch.
    Touch,
    /// A purchase.
    Purchase,
}

/// For each user known at `cutoff` the things touched, or bought, in `(cutoff, until]` that somebody had touched by then,
/// and, where known things are left out of lists, the user had not; users without any are left out. Beside them the share
/// of all that was so touched by users, or of things, unknown at the cutoff.
pub fn wanted(shop: &Shop<'_>, past: &Histories, cutoff: i64, until: i64, by: By) -> (Vec<Wanted>, f64) {
    let log = shop.log;
    let known_items = past.counted.column_counts();
    let (mut all, mut known) = (0_usize, 0_usize);
    let mut wanted = Vec::new();
    for user in 0..log.users.len() as u32 {
        let before = log.events_until(user, cutoff);
        let (is_known, after) = (!before.is_empty(), before.end..log.events_until(user, until).end);
        let counts = |event: &usize| by == By::Touch || log.kind[*event] == EventKind::Transaction;
        let touched = after.filter(counts).map(|event| shop.things.of(log.item[event]));
        let mut items: Vec<u32> = touched.filter(|&item| item != NONE).collect();
        items.sort_unstable();
        items.dedup();
        let own = past.known(user);
        items.retain(|item| !shop.settings.exclude_known || own.binary_search(item).is_err());
        all += items.len();
        items.retain(|item| is_known && known_items[*item as usize] > 0);
        known += items.len();
        if !items.is_empty() {
            wanted.push((user, items));
        }
    }
    (wanted, (all - known) as f64 / all as f64)
}

/// The mean of some values; 0 of none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Users whose lists are made together.
const TOGETHER: usize = 128;

/// Each wanted user's list as it is served, at most [`LONGEST`] items, best first.
pub fn served_lists(server: &Server<'_>, wanted: &[Wanted], job: &Job) -> Result<Vec<Vec<u32>>> {
    let lists: Vec<Vec<Vec<u32>>> = wanted
        .par_chunks(TOGETHER)
        .map_init(
            || server.scorer.room(),
            |room, wanted| {
                job.check()?;
                let users: Vec<u32> = wanted.iter().map(|wanted| wanted.0).collect();
                let (lists, _) = server.lists(&users, LONGEST, room);
                Ok(lists.into_iter().map(|list| list.into_iter().map(|entry| entry.item).collect()).collect())
            },
        )
        .collect::<Result<_>>()?;
    Ok(lists.into_iter().flatten().collect())
}

/// The most popular items that each wanted user does not know, as long as [`served_lists`].
pub fn popular_lists(past: &Interactions, wanted: &[Wanted], job: &Job) -> Result<Vec<Vec<u32>>> {
    let popular = past.by_popularity();
    let list = |(user, _): &Wanted| {
        job.check()?;
        let own = past.row(*user as usize).0;
        Ok(popular.iter().copied().filter(|item| own.binary_search(item).is_err()).take(LONGEST).collect())
    };
    wanted.par_iter().map(list).collect()
}

/// Items of the longest list that a metric looks at.
pub const LONGEST: usize = 20;

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
    ListMetrics {
        recall_at_5: metric(&|list, relevant| recall_at_k(list, relevant, 5)),
        recall_at_20: metric(&|list, relevant| recall_at_k(list, relevant, 20)),
        ndcg_at_5: metric(&|list, relevant| ndcg_at_k(list, relevant, 5)),
        ndcg_at_20: metric(&|list, relevant| ndcg_at_k(list, relevant, 20)),
        map_at_5: metric(&|list, relevant| average_precision_at_k(list, relevant, 5)),
        coverage: coverage(lists.iter(), past),
    }
}

/// Share of the items of the past that are among the first 5 of some list.
fn coverage<'a>(lists: impl Iterator<Item = &'a Vec<u32>>, past: &Interactions) -> f64 {
    let mut covered: Vec<u32> = lists.flat_map(|list| list.iter().take(5).copied()).collect();
    covered.sort_unstable();
    covered.dedup();
    let known = past.column_counts().iter().filter(|&&count| count > 0).count();
    covered.len() as f64 / known.max(1) as f64
}

/// The metrics of one list, in the order of [`ListFigures`].
const METRICS: usize = 6;

fn metrics(list: &[u32], wanted: &[u32]) -> [f64; METRICS] {
    let recall = recall_at_k(list, wanted, 5);
    [
        recall,
        recall_at_k(list, wanted, 20),
        f64::from(u8::from(recall > 0.0)),
        ndcg_at_k(list, wanted, 5),
        ndcg_at_k(list, wanted, 20),
        average_precision_at_k(list, wanted, 5),
    ]
}

/// The places of recall@5 and NDCG@5 among the metrics.
const COMPARED: [usize; 2] = [0, 3];
/// What is measured: each metric of the lists, of popularity, and the gains.
const MEASURES: usize = 2 * METRICS + COMPARED.len();
/// The seed of the drawings behind the intervals.
const SEED: u64 = 0x5eed_0018;

/// Lists beside others, judged on the same users.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// Of the lists.
    pub own: ListFigures,
    /// Of the others.
    pub others: ListFigures,
    /// By how much recall@5 of the lists is above the others', user by user.
    pub recall_at_5_gain: Figure,
    /// The same of NDCG@5.
    pub ndcg_at_5_gain: Figure,
}

/// What is measured of one user: each metric of the list and of the other, and the gains.
pub type Measures = [f64; MEASURES];

/// The measures of a user's list and of another, by what was wanted (ascending).
pub fn measures(list: &[u32], other: &[u32], wanted: &[u32]) -> Measures {
    let (own, others) = (metrics(list, wanted), metrics(other, wanted));
    let gains = COMPARED.map(|metric| own[metric] - others[metric]);
    let mut measures = own.into_iter().chain(others).chain(gains);
    std::array::from_fn(|_| measures.next().unwrap_or(f64::NAN))
}

/// Means of the measures over the users, with intervals by the bootstrap.
pub fn compared(judged: &[&Measures]) -> Compared {
    let means = |weights: Option<Weights<'_>>| {
        let mut sums = [0.0; MEASURES];
        let mut users = 0.0;
        for (at, measures) in judged.iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| f64::from(weights[at]));
            users += weight;
            for (sum, measure) in sums.iter_mut().zip(*measures) {
                *sum += weight * measure;
            }
        }
        sums.map(|sum| sum / users)
    };
    let deviations = deviations(judged.len(), SEED, |weights| means(Some(weights)).map(Some));
    let values = means(None);
    let figure = |at: usize, low: f64| Figure::new(values[at], deviations[at], judged.len(), (low, 1.0));
    let figures = |first: usize| ListFigures {
        recall_at_5: figure(first, 0.0),
        recall_at_20: figure(first + 1, 0.0),
        hit_rate_at_5: figure(first + 2, 0.0),
        ndcg_at_5: figure(first + 3, 0.0),
        ndcg_at_20: figure(first + 4, 0.0),
        map_at_5: figure(first + 5, 0.0),
    };
    Compared {
        own: figures(0),
        others: figures(METRICS),
        recall_at_5_gain: figure(2 * METRICS, -1.0),
        ndcg_at_5_gain: figure(2 * METRICS + 1, -1.0),
    }
}

/// Judges what is served, and the most popular items beside it, on the same users.
pub fn evaluate(server: &Server<'_>, wanted: &[Wanted], job: &Job) -> Result<RecommendEvaluation> {
    let past = &server.histories.counted;
    let popular = past.by_popularity();
    let lists = served_lists(server, wanted, job)?;
    let measured = |(list, (user, relevant)): (&Vec<u32>, &Wanted)| {
        let left_out = server.left_out(*user);
        let all = popular.iter().copied().filter(|item| left_out.binary_search(item).is_err());
        let all: Vec<u32> = all.take(LONGEST).collect();
        measures(list, &all, relevant)
    };
    let judged: Vec<Measures> = lists.par_iter().zip(wanted).map(measured).collect();
    let Compared { own, others, recall_at_5_gain, ndcg_at_5_gain } = compared(&judged.iter().collect::<Vec<_>>());
    Ok(RecommendEvaluation {
        served: own,
        popularity: others,
        recall_at_5_gain,
        ndcg_at_5_gain,
        coverage: coverage(lists.iter(), past),
        test_users: wanted.len() as u64,
        unknown_share: f64::NAN,
    })
}
