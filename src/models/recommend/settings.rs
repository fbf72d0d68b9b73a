//! Settings of the recommender.

use serde::{Deserialize, Serialize};

use crate::models::recommend::similarity::Similarity;

/// Which model is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelChoice {
    /// The one with the best NDCG@5 on validation days.
    #[default]
    Auto,
    /// The most popular items, the same for everyone.
    Popularity,
    /// Item neighbours.
    ItemKnn,
    /// EASE.
    Ease,
    /// Implicit ALS.
    Als,
    /// ALS and item neighbours.
    Blend,
}

impl ModelChoice {
    /// Every choice.
    pub const ALL: [Self; 6] = [Self::Auto, Self::Popularity, Self::ItemKnn, Self::Ease, Self::Als, Self::Blend];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Popularity => "popularity",
            Self::Ease => "ease",
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

crate::settings! {
    /// Settings of the recommender.
    pub struct RecommendSettings in "recommend" {
        /// The model: "als", "item-knn", "blend" of both, "ease" (up to 4,000 items), "popularity", or "auto" for the
        /// one with the best NDCG@5 on validation days.
        pub model: ModelChoice = ModelChoice::Auto;
        /// Weight of a view.
        pub view_weight: f32 = 1.0, from 0 to 1_000_000;
        /// Weight of adding an item to the cart.
        pub addtocart_weight: f32 = 1.5, from 0 to 1_000_000;
        /// Weight of a purchase.
        pub transaction_weight: f32 = 2.0, from 0 to 1_000_000;
        /// The confidence of a user and an item is 1 + alpha · weight. Where the model is "auto", other values are
        /// tried beside it.
        pub alpha: f32 = 10.0, from 0 to 1_000_000;
        /// How near two items are: "co-occurrence", their common users, or "bm25", the cosine of BM25 weights.
        /// Where the model is "auto", both are tried.
        pub similarity: SimilarityChoice = SimilarityChoice::CoOccurrence;
        /// The power of a recommended item's number of users that divides its co-occurrence. 0 favours what is
        /// popular. Where the model is "auto", other values are tried beside it.
        pub popularity_discount: f32 = 0.1, from 0 to 1;
        /// The penalty λ on the factors.
        pub regularisation: f64 = 0.01, from 0 to 1_000_000;
        /// Factors per user and item.
        pub rank: usize = 32, from 1 to 1024;
        /// The penalty λ of EASE. Where the model is "auto", other values are tried beside it.
        pub ease_penalty: f64 = 100.0, from 0.001 to 1_000_000_000;
        /// Rounds over users and items.
        pub iterations: usize = 15, from 1 to 1000;
        /// Random seed of the factors and the validation sample.
        pub seed: u64 = 42;
        /// Items recommended to each user.
        pub top: usize = 5, from 1 to 1000;
        /// The evaluation holds out the events of the last days, this many.
        pub cutoff_days: f64 = 14.0, from 0.001 to 36_500;
        /// Whether items that the user has already touched are left out.
        pub exclude_known: bool = true;
        /// Maximum interactions that models are compared on where the model is "auto".
        pub validation_interactions: usize = 400_000, from 0 to 1_000_000_000;
        /// Where the model is "auto", what would take more multiply-adds than this is not tried: those of the search so
        /// far, of the try, and of fitting and serving it. It is named in the notes.
        pub max_work: f64 = 1.5e12, from 0 to 1e18;
        /// Whether "auto" tries all, whatever it takes, as `user360 run --thorough` does once.
        pub thorough: bool = false;
        /// Which items are never recommended and no user is judged by: an SQL condition over the columns of items, such
        /// as `name = 'Gift card' or category = 'shipping'`.
        pub never: String = String::new();
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
