//! What recommendations record: how many items are found again, beside popularity, and which model was picked.

use serde::{Deserialize, Serialize};

use crate::format;
use crate::models::recommend::{Candidate, RecommendEvaluation, Tried};
use crate::stage::StageId;
use crate::store::charts::build::bars;
use crate::store::charts::{Chart, Length};
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};

/// The results of recommendations.
#[derive(Clone, Copy, Debug)]
pub enum Recommend {}

impl Recorded for Recommend {
    const STAGE: StageId = StageId::Recommend;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How well the recommender does on held-out days; see [`RecommendEvaluation`]. Nothing where the log is too short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Share of the wanted items among the first 5.
    #[serde(rename = "recall@5", skip_serializing_if = "Option::is_none")]
    pub recall_at_5: Option<f64>,
    /// The same among the first 20.
    #[serde(rename = "recall@20", skip_serializing_if = "Option::is_none")]
    pub recall_at_20: Option<f64>,
    /// NDCG of the first 5.
    #[serde(rename = "ndcg@5", skip_serializing_if = "Option::is_none")]
    pub ndcg_at_5: Option<f64>,
    /// NDCG of the first 20.
    #[serde(rename = "ndcg@20", skip_serializing_if = "Option::is_none")]
    pub ndcg_at_20: Option<f64>,
    /// Mean average precision of the first 5.
    #[serde(rename = "map@5", skip_serializing_if = "Option::is_none")]
    pub map_at_5: Option<f64>,
    /// Share of the items that are among the first 5 of some test user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// Popularity's recall@5 on the same users.
    #[serde(rename = "popularity_recall@5", skip_serializing_if = "Option::is_none")]
    pub popularity_recall_at_5: Option<f64>,
    /// Popularity's recall@20 on the same users.
    #[serde(rename = "popularity_recall@20", skip_serializing_if = "Option::is_none")]
    pub popularity_recall_at_20: Option<f64>,
    /// Users with an item to be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_users: Option<u64>,
}

impl From<&RecommendEvaluation> for Metrics {
    fn from(found: &RecommendEvaluation) -> Self {
        Self {
            recall_at_5: Some(found.recall_at_5),
            recall_at_20: Some(found.recall_at_20),
            ndcg_at_5: Some(found.ndcg_at_5),
            ndcg_at_20: Some(found.ndcg_at_20),
            map_at_5: Some(found.map_at_5),
            coverage: Some(found.coverage),
            popularity_recall_at_5: Some(found.popularity_recall_at_5),
            popularity_recall_at_20: Some(found.popularity_recall_at_20),
            test_users: Some(found.test_users),
        }
    }
}

/// The model and what it was picked from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// On held-out days; `None` where the log is too short.
    #[serde(default, deserialize_with = "part")]
    pub evaluation: Option<Metrics>,
    /// The model that was used.
    #[serde(default, deserialize_with = "part")]
    pub picked: Option<Candidate>,
    /// What `auto` tried.
    #[serde(default, deserialize_with = "part")]
    pub tried: Vec<Tried>,
    /// Items that the exact search looked at per searched user.
    #[serde(default, deserialize_with = "part")]
    pub scanned_per_user: Option<f64>,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    vec![("recall@5", metrics.recall_at_5), ("popularity_recall@5", metrics.popularity_recall_at_5)]
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    vec![recall(&stage.metrics_of::<Recommend>())]
}

fn recall(metrics: &Metrics) -> Option<Chart> {
    const POPULAR: &str = "  most popular items";
    let lengths = [
        ("recall@5", metrics.recall_at_5, 0),
        (POPULAR, metrics.popularity_recall_at_5, 1),
        ("recall@20", metrics.recall_at_20, 0),
        (POPULAR, metrics.popularity_recall_at_20, 1),
    ];
    let known = lengths.into_iter().filter_map(|(label, value, series)| {
        let value = value?;
        Some(Length { label: label.to_owned(), value, words: format::percent(value), series })
    });
    bars("recall", "Recall beside that of the most popular items", "share of items found again", known.collect())
}
