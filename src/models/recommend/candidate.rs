//! The kinds of recommenders, with their settings.

use serde::{Deserialize, Serialize};

use crate::models::recommend::Source;
use crate::models::recommend::similarity::Similarity;

/// A kind of recommender with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "model")]
pub enum Candidate {
    /// The items that most users touched, the same for everyone.
    Popularity,
    /// Item neighbours.
    ItemKnn {
        /// How near two items are.
        similarity: Similarity,
    },
    /// EASE.
    Ease {
        /// λ of the penalty.
        penalty: f64,
    },
    /// Implicit ALS.
    Als {
        /// Confidence per unit of weight.
        alpha: f32,
        /// Numbers per factor.
        rank: usize,
        /// λ of the penalty.
        regularisation: f64,
    },
    /// Sum of the scores of implicit ALS and item neighbours, each divided by the user's best.
    Blend {
        /// Confidence per unit of weight.
        alpha: f32,
        /// Numbers per factor.
        rank: usize,
        /// λ of the penalty.
        regularisation: f64,
        /// How near two items are.
        similarity: Similarity,
    },
    /// Sum of the scores of implicit ALS and EASE, each divided by the user's best.
    EaseBlend {
        /// Confidence per unit of weight.
        alpha: f32,
        /// Numbers per factor.
        rank: usize,
        /// λ of ALS's penalty.
        regularisation: f64,
        /// λ of EASE's penalty.
        penalty: f64,
    },
}

impl Candidate {
    /// The model's name in tables.
    pub fn name(self) -> &'static str {
        self.source().name()
    }

    /// Where its items come from.
    pub fn source(self) -> Source {
        match self {
            Self::Popularity => Source::Popularity,
            Self::ItemKnn { .. } => Source::ItemKnn,
            Self::Ease { .. } => Source::Ease,
            Self::Als { .. } => Source::Als,
            Self::Blend { .. } | Self::EaseBlend { .. } => Source::Blend,
        }
    }

    /// The model and its settings in words.
    pub fn describe(self) -> String {
        let factors = |alpha: f32, rank: usize, regularisation: f64| {
            format!("alpha {alpha}, rank {rank}, regularisation {regularisation}")
        };
        match self {
            Self::Popularity => "popularity".to_owned(),
            Self::ItemKnn { similarity } => format!("item-knn ({})", similarity.describe()),
            Self::Ease { penalty } => format!("ease (penalty {penalty})"),
            Self::Als { alpha, rank, regularisation } => format!("als ({})", factors(alpha, rank, regularisation)),
            Self::Blend { alpha, rank, regularisation, similarity } => {
                format!("blend ({}; {})", factors(alpha, rank, regularisation), similarity.describe())
            }
            Self::EaseBlend { alpha, rank, regularisation, penalty } => {
                format!("blend ({}; ease, penalty {penalty})", factors(alpha, rank, regularisation))
            }
        }
    }
}
