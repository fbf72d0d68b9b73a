//! How near two items are: which of the two similarities of [`super::knn`](super::Neighbours).

use serde::{Deserialize, Serialize};

/// How near two items are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Similarity {
    /// Common users, discounted by popularity.
    CoOccurrence {
        /// The power of the recommended item's number of users that divides: 0 favours what is popular.
        popularity_discount: f32,
    },
    /// Cosine of BM25 weights, saturation 1.2, normalisation by popularity 0.75.
    Bm25,
}

impl Similarity {
    /// The similarity and its settings in words.
    pub fn describe(self) -> String {
        match self {
            Self::CoOccurrence { popularity_discount } => format!("popularity discount {popularity_discount}"),
            Self::Bm25 => "BM25".to_owned(),
        }
    }
}
