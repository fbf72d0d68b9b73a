//! A fitted recommender of any kind, asked for one user's best items.

use serde::{Deserialize, Serialize};

use super::RecommendSettings;
use super::als::{AlsSettings, Factors, fit_als};
use super::interactions::Interactions;
use super::knn::{KnnSettings, Neighbours};
use super::top::{NormOrder, TopK};
use crate::error::Result;
use crate::job::Job;

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
    ItemKnn,
    /// Sum of both models' scores, each divided by the user's best.
    Blend {
        /// Confidence per unit of weight.
        alpha: f32,
        /// Numbers per factor.
        rank: usize,
        /// λ of the penalty.
        regularisation: f64,
    },
}

impl Candidate {
    /// The model's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Als { .. } => "als",
            Self::ItemKnn => "item-knn",
            Self::Blend { .. } => "blend",
        }
    }

    /// The model and its settings in words.
    pub fn describe(self) -> String {
        match self {
            Self::ItemKnn => "item-knn".to_owned(),
            Self::Als { alpha, rank, regularisation } | Self::Blend { alpha, rank, regularisation } => {
                format!("{} (alpha {alpha}, rank {rank}, regularisation {regularisation})", self.name())
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

/// Items of each model that a blend looks at, per item asked for.
const BLEND_DEPTH: usize = 10;

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
            Candidate::ItemKnn => None,
            Candidate::Als { alpha, rank, regularisation } | Candidate::Blend { alpha, rank, regularisation } => {
                let confidence = interactions.weighted(|weight| 1.0 + alpha * weight);
                let fitted =
                    fit_als(&confidence, &AlsSettings { rank, regularisation, iterations, seed: settings.seed }, job)?;
                let order = NormOrder::new(&fitted, |item| allowed[item as usize]);
                Some((fitted, order))
            }
        };
        let knn = match candidate {
            Candidate::Als { .. } => None,
            Candidate::ItemKnn | Candidate::Blend { .. } => {
                Some(Neighbours::fit(interactions, &KnnSettings::default(), job)?)
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

    /// The `k` best items of a user of the fitted matrix, `known` ones (ascending) left out; and how many items the exact
    /// search looked at.
    pub fn top(&self, user: usize, interactions: &Interactions, known: &[u32], k: usize) -> (TopK, usize) {
        let (items, weights) = interactions.row(user);
        let near = |k: usize| {
            self.knn.as_ref().map(|knn| knn.top(items, weights, known, k, |item| self.allowed[item as usize]))
        };
        let far = |k: usize| self.als.as_ref().map(|(factors, order)| order.top(factors.user(user), known, k));
        match self.candidate {
            Candidate::ItemKnn => (near(k).unwrap_or_else(|| TopK::new(k)), 0),
            Candidate::Als { .. } => far(k).unwrap_or_else(|| (TopK::new(k), 0)),
            Candidate::Blend { .. } => {
                let (far, looked_at) = far(k * BLEND_DEPTH).unwrap_or_else(|| (TopK::new(k), 0));
                let near = near(k * BLEND_DEPTH).unwrap_or_else(|| TopK::new(k));
                (blend(&far, &near, k), looked_at)
            }
        }
    }
}

fn blend(a: &TopK, b: &TopK, k: usize) -> TopK {
    let share = |list: &TopK| -> Vec<(u32, f32)> {
        let best = list.entries().first().map_or(1.0, |entry| entry.0);
        list.entries().iter().filter(|entry| entry.0 > 0.0).map(|&(score, item)| (item, score / best)).collect()
    };
    let mut scored = share(a);
    scored.extend(share(b));
    scored.sort_by_key(|entry| entry.0);
    let mut top = TopK::new(k);
    for same in scored.chunk_by(|a, b| a.0 == b.0) {
        top.offer(same[0].0, same.iter().map(|entry| entry.1).sum());
    }
    top
}
