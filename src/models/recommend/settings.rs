//! Settings of the recommender.

use serde::{Deserialize, Serialize};

use crate::models::recommend::similarity::Similarity;

/// Which model is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelChoice {
    /// The one with the best recall@20 on validation days.
    #[default]
    Auto,
    /// Implicit ALS.
    Als,
    /// Item neighbours.
    ItemKnn,
    /// Both.
    Blend,
}

impl ModelChoice {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Als, Self::ItemKnn, Self::Blend];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Als => "als",
            Self::ItemKnn => "item-knn",
            Self::Blend => "blend",
        }
    }
}

/// How near two items are, as settings name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SimilarityChoice {
    /// Common users, discounted by popularity.
    #[default]
    CoOccurrence,
    /// Cosine of BM25 weights.
    Bm25,
}

/// Settings of the recommender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecommendSettings {
    /// Which model is used.
    pub model: ModelChoice,
    /// Weight of a view.
    pub view_weight: f32,
    /// Weight of a cart add.
    pub addtocart_weight: f32,
    /// Weight of a purchase.
    pub transaction_weight: f32,
    /// Confidence of a pair is `1 + alpha · weight`; `auto` tries others beside it.
    pub alpha: f32,
    /// How near two items are; `auto` tries both.
    pub similarity: SimilarityChoice,
    /// The power of a recommended item's number of users that divides its co-occurrence; `auto` tries others beside it.
    pub popularity_discount: f32,
    /// λ of the penalty on factors.
    pub regularisation: f64,
    /// Numbers per factor.
    pub rank: usize,
    /// Rounds over users and items.
    pub iterations: usize,
    /// Draws the start and the validation sample.
    pub seed: u64,
    /// Items per user.
    pub top: usize,
    /// The evaluation holds out the events of this many last days.
    pub cutoff_days: f64,
    /// Leave out what the user has already touched.
    pub exclude_known: bool,
    /// `auto` validates on at most this many interactions.
    pub validation_interactions: usize,
}

impl Default for RecommendSettings {
    fn default() -> Self {
        Self {
            model: ModelChoice::Auto,
            view_weight: 1.0,
            addtocart_weight: 1.5,
            transaction_weight: 2.0,
            alpha: 10.0,
            similarity: SimilarityChoice::CoOccurrence,
            popularity_discount: 0.1,
            regularisation: 0.01,
            rank: 32,
            iterations: 15,
            seed: 42,
            top: 5,
            cutoff_days: 14.0,
            exclude_known: true,
            validation_interactions: 400_000,
        }
    }
}

impl RecommendSettings {
    /// How near two items are, by these settings.
    pub(super) fn item_similarity(&self) -> Similarity {
        match self.similarity {
            SimilarityChoice::CoOccurrence => {
                Similarity::CoOccurrence { popularity_discount: self.popularity_discount }
            }
            SimilarityChoice::Bm25 => Similarity::Bm25,
        }
    }
}
