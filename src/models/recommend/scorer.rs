//! A fitted recommender of any kind, asked for one user's best items.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use crate::models::recommend::als::{AlsSettings, Factors, fit_als};
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::{KnnSettings, Neighbours, Sums};
use crate::models::recommend::similarity::Similarity;
use crate::models::recommend::top::{NormOrder, TopK};
use crate::models::recommend::{RecommendSettings, Source};
use crate::models::vector::dot;

/// A kind of recommender with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "model")]
pub enum Candidate {
    /// Implicit ALS.
    Als {
        /// Confidence per unit of weight.
        alpha: f32,
        /// Numbers per factor.
        rank: usize,
        /// λ of the penalty.
        regularisation: f64,
    },
    /// Item neighbours.
    ItemKnn {
        /// How near two items are.
        similarity: Similarity,
    },
    /// Sum of both models' scores, each divided by the user's best.
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
}

impl Candidate {
    /// The model's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Als { .. } => "als",
            Self::ItemKnn { .. } => "item-knn",
            Self::Blend { .. } => "blend",
        }
    }

    /// Where its items come from.
    pub fn source(self) -> Source {
        match self {
            Self::Als { .. } => Source::Als,
            Self::ItemKnn { .. } => Source::ItemKnn,
            Self::Blend { .. } => Source::Blend,
        }
    }

    /// The model and its settings in words.
    pub fn describe(self) -> String {
        match self {
            Self::ItemKnn { similarity } => format!("item-knn ({})", similarity.describe()),
            Self::Als { alpha, rank, regularisation } => {
                format!("als (alpha {alpha}, rank {rank}, regularisation {regularisation})")
            }
            Self::Blend { alpha, rank, regularisation, similarity } => {
                let factors = format!("alpha {alpha}, rank {rank}, regularisation {regularisation}");
                format!("blend ({factors}; {})", similarity.describe())
            }
        }
    }
}

/// A fitted recommender.
#[derive(Debug)]
pub struct Scorer {
    candidate: Candidate,
    als: Option<(Factors, NormOrder)>,
    knn: Option<Neighbours>,
    allowed: Vec<bool>,
}

impl Scorer {
    /// Fits a candidate; items of which `allowed` is false are never recommended.
    pub fn fit(
        candidate: Candidate,
        interactions: &Interactions,
        allowed: Vec<bool>,
        iterations: usize,
        settings: &RecommendSettings,
        job: &Job,
    ) -> Result<Self> {
        let als = match candidate {
            Candidate::ItemKnn { .. } => None,
            Candidate::Als { alpha, rank, regularisation } | Candidate::Blend { alpha, rank, regularisation, .. } => {
                let confidence = interactions.weighted(|weight| 1.0 + alpha * weight);
                let fitted =
                    fit_als(&confidence, &AlsSettings { rank, regularisation, iterations, seed: settings.seed }, job)?;
                let order = NormOrder::new(&fitted, |item| allowed[item as usize]);
                Some((fitted, order))
            }
        };
        let knn = match candidate {
            Candidate::Als { .. } => None,
            Candidate::ItemKnn { similarity } | Candidate::Blend { similarity, .. } => {
                Some(Neighbours::fit(interactions, &KnnSettings::of(similarity), job)?)
            }
        };
        Ok(Self { candidate, als, knn, allowed })
    }

    /// What was fitted.
    pub fn candidate(&self) -> Candidate {
        self.candidate
    }

    /// The factors, where the model has any.
    pub fn factors(&self) -> Option<&Factors> {
        self.als.as_ref().map(|(factors, _)| factors)
    }

    /// The neighbours, where the model has them.
    pub fn neighbours(&self) -> Option<&Neighbours> {
        self.knn.as_ref()
    }

    /// Room for [`Self::top`], for one user after another.
    pub fn room(&self) -> Option<Sums> {
        self.knn.as_ref().map(Neighbours::room)
    }

    /// The `k` best items of a user of the fitted matrix, `known` ones (ascending) left out; and how many items the exact
    /// search looked at.
    pub fn top(
        &self,
        user: usize,
        interactions: &Interactions,
        known: &[u32],
        k: usize,
        room: &mut Option<Sums>,
    ) -> (TopK, usize) {
        let history = interactions.row(user);
        let allowed = |item: u32| self.allowed[item as usize];
        match (&self.als, &self.knn) {
            (Some((factors, order)), None) => order.top(factors.user(user), known, k),
            (None, Some(knn)) => {
                let mut top = TopK::new(k);
                for (item, score) in knn.scored(history, known, allowed, room.get_or_insert_with(|| knn.room())) {
                    top.offer(item, score);
                }
                (top, 0)
            }
            (Some((factors, order)), Some(knn)) => {
                let own = factors.user(user);
                let (far, looked_at) = order.top(own, known, k);
                let mut near = knn.scored(history, known, allowed, room.get_or_insert_with(|| knn.room()));
                near.sort_unstable_by_key(|entry| entry.0);
                (blend(&far, &near, |item| dot(own, factors.item(item as usize)), k), looked_at)
            }
            (None, None) => (TopK::new(k), 0),
        }
    }
}

/// The `k` best by the sum of both shares, exactly: outside `near`, which holds every item with a neighbour's score, the
/// sum is the share of the factors' score, whose `k` best are `far`.
fn blend(far: &TopK, near: &[(u32, f32)], score: impl Fn(u32) -> f32, k: usize) -> TopK {
    let far_best = far.entries().first().map_or(0.0, |entry| entry.0);
    let near_best = near.iter().map(|entry| entry.1).fold(0.0, f32::max);
    let share = |score: f32, best: f32| if best > 0.0 { score.max(0.0) / best } else { 0.0 };
    let mut top = TopK::new(k);
    for &(item, near_score) in near {
        top.offer(item, share(near_score, near_best) + share(score(item), far_best));
    }
    for &(score, item) in far.entries().iter().filter(|entry| entry.0 > 0.0) {
        if near.binary_search_by_key(&item, |entry| entry.0).is_err() {
            top.offer(item, share(score, far_best));
        }
    }
    top
}
