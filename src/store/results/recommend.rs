//! What recommendations record: how many items are found again, beside popularity, and which model was picked.

use serde::{Deserialize, Serialize};

use crate::format;
use crate::models::recommend::{AgainEvaluation, Candidate, ListFigures, RecommendEvaluation, Tried};
use crate::stage::StageId;
use crate::store::charts::build::bars;
use crate::store::charts::{Chart, Length};
use crate::store::results::figures::Figures;
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

/// How well the lists that are served do on held-out days; see [`RecommendEvaluation`]. Nothing where the log is too short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// `recall@5 recall@20 hit_rate@5 ndcg@5 ndcg@20 map@5` and the same with `popularity_`, `recall@5_gain` and
    /// `ndcg@5_gain` over popularity, `coverage` and `unknown_share`; with `buy_again_` recall and NDCG of what is
    /// bought again, beside `buy_again_frequency_`: the same items by how often and how recently they were bought.
    #[serde(flatten)]
    pub figures: Figures,
    /// Users with an item to be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_users: Option<u64>,
}

impl Metrics {
    /// Adds how well what is bought again is foretold.
    pub fn add_again(&mut self, found: &AgainEvaluation) {
        let figures = &mut self.figures;
        for (of, lists) in [("", &found.lists.own), ("frequency_", &found.lists.others)] {
            for (name, figure) in
                [("recall@5", lists.recall_at_5), ("recall@20", lists.recall_at_20), ("ndcg@5", lists.ndcg_at_5)]
            {
                figures.add(&format!("buy_again_{of}{name}"), Some(figure));
            }
        }
        figures.add("buy_again_recall@5_gain", Some(found.lists.recall_at_5_gain));
        figures.add("buy_again_ndcg@5_gain", Some(found.lists.ndcg_at_5_gain));
        figures.add_plain("buy_again_repeat_share", Some(found.repeat_share));
        figures.add_plain("buy_again_test_users", Some(found.test_users as f64));
    }

    /// A metric's value by its name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.figures.get(name).map(|figure| figure.value)
    }
}

impl From<&RecommendEvaluation> for Metrics {
    fn from(found: &RecommendEvaluation) -> Self {
        let mut figures = Figures::default();
        add_lists(&mut figures, "", &found.served);
        add_lists(&mut figures, "popularity_", &found.popularity);
        figures.add("recall@5_gain", Some(found.recall_at_5_gain));
        figures.add("ndcg@5_gain", Some(found.ndcg_at_5_gain));
        figures.add_plain("coverage", Some(found.coverage));
        figures.add_plain("unknown_share", Some(found.unknown_share).filter(|share| share.is_finite()));
        Self { figures, test_users: Some(found.test_users) }
    }
}

fn add_lists(figures: &mut Figures, of: &str, lists: &ListFigures) {
    for (name, figure) in [
        ("recall@5", lists.recall_at_5),
        ("recall@20", lists.recall_at_20),
        ("hit_rate@5", lists.hit_rate_at_5),
        ("ndcg@5", lists.ndcg_at_5),
        ("ndcg@20", lists.ndcg_at_20),
        ("map@5", lists.map_at_5),
    ] {
        figures.add(&format!("{of}{name}"), Some(figure));
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
    ["recall@5", "popularity_recall@5"].map(|name| (name, metrics.value(name))).to_vec()
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    vec![recall(&stage.metrics_of::<Recommend>())]
}

fn recall(metrics: &Metrics) -> Option<Chart> {
    const POPULAR: &str = "  most popular items";
    let lengths = [
        ("recall@5", metrics.value("recall@5"), 0),
        (POPULAR, metrics.value("popularity_recall@5"), 1),
        ("recall@20", metrics.value("recall@20"), 0),
        (POPULAR, metrics.value("popularity_recall@20"), 1),
    ];
    let known = lengths.into_iter().filter_map(|(label, value, series)| {
        let value = value?;
        Some(Length { label: label.to_owned(), value, words: format::percent(value), series })
    });
    bars("recall", "Recall beside that of the most popular items", "share of items found again", known.collect())
}
