//! Gradient boosted regression trees on histograms (Friedman, *Greedy function approximation*, 2001; Ke et al.,
//! *LightGBM*, 2017): quantile bins, leaf-wise growth, shrinkage, early stopping on a validation part.
//!
//! smartcore's boosted trees take minutes where this takes seconds, hence the own kernel.

pub mod bins;
pub mod tree;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::bins::{Binned, Bins};
use self::tree::{Growth, Tree, grow};
use crate::error::Result;
use crate::job::Job;

/// What is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Squared error; the score is the prediction.
    SquaredError,
    /// Poisson deviance; the score is the logarithm of the prediction.
    Poisson,
}

/// Scores of the Poisson objective stay within these, so that no prediction overflows.
const LOG_RANGE: (f32, f32) = (-16.0, 8.0);

/// Added to the Poisson score in the hessian: damps steps where counts are rare, as LightGBM's `poisson_max_delta_step`.
const POISSON_DAMPING: f32 = 0.7;

impl Objective {
    /// The prediction of a score.
    pub fn prediction(self, score: f32) -> f32 {
        match self {
            Self::SquaredError => score,
            Self::Poisson => score.clamp(LOG_RANGE.0, LOG_RANGE.1).exp(),
        }
    }

    fn start(self, mean: f64) -> f32 {
        match self {
            Self::SquaredError => mean as f32,
            Self::Poisson => (mean.max(1e-7).ln() as f32).clamp(LOG_RANGE.0, LOG_RANGE.1),
        }
    }

    /// Gradient and hessian of the loss by the score.
    fn slopes(self, score: f32, actual: f32) -> (f32, f32) {
        match self {
            Self::SquaredError => (score - actual, 1.0),
            Self::Poisson => {
                let score = score.clamp(LOG_RANGE.0, LOG_RANGE.1);
                (score.exp() - actual, (score + POISSON_DAMPING).exp())
            }
        }
    }
}

/// How an ensemble is grown.
#[derive(Clone, Copy, Debug)]
pub struct Boosting {
    /// What is minimised.
    pub objective: Objective,
    /// Trees at most.
    pub trees: usize,
    /// Shrinkage of each tree.
    pub learning_rate: f64,
    /// Leaves of a tree at most.
    pub leaves: usize,
    /// Rows of a leaf at least.
    pub min_rows: usize,
    /// L2 penalty on leaf values.
    pub l2: f64,
    /// Stop when so many trees in a row did not lower the validation error.
    pub patience: usize,
}

/// Boosted trees over [`Bins`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ensemble {
    /// What was minimised.
    pub objective: Objective,
    /// The bins of its features.
    pub bins: Bins,
    /// The score before the first tree.
    pub start: f32,
    /// The trees; their values add up.
    pub trees: Vec<Tree>,
    /// Gain of all splits by feature, in the order of `bins.features`.
    pub importance: Vec<f64>,
}

const ROWS_PER_CHUNK: usize = 8192;

impl Ensemble {
    /// Predictions of every row.
    pub fn predict(&self, binned: &Binned) -> Vec<f32> {
        let mut scores = vec![self.start; binned.rows];
        for tree in &self.trees {
            add(tree, binned, &mut scores);
        }
        scores.par_iter_mut().for_each(|score| *score = self.objective.prediction(*score));
        scores
    }

    /// Grows trees on the rows `training` until the squared error on the rows `validation` stops falling, and keeps the
    /// trees up to its lowest. Returns that error (mean over the validation rows) too.
    pub fn fit(
        bins: &Bins,
        binned: &Binned,
        actual: &[f32],
        training: &[u32],
        validation: &[u32],
        settings: &Boosting,
        job: &Job,
    ) -> Result<(Self, f64)> {
        let mean =
            training.iter().map(|&row| f64::from(actual[row as usize])).sum::<f64>() / training.len().max(1) as f64;
        let start = settings.objective.start(mean);
        let mut scores = vec![start; binned.rows];
        let mut importance = vec![0.0; bins.features.len()];
        let growth = Growth { leaves: settings.leaves, min_rows: settings.min_rows, l2: settings.l2 };
        let error = |scores: &[f32]| {
            let square = |&row: &u32| {
                let predicted = settings.objective.prediction(scores[row as usize]);
                (f64::from(predicted) - f64::from(actual[row as usize])).powi(2)
            };
            validation.iter().map(square).sum::<f64>() / validation.len().max(1) as f64
        };
        let mut trees = Vec::new();
        let mut best = (error(&scores), 0);
        let mut slopes = vec![(0.0, 0.0); binned.rows];
        while trees.len() < settings.trees && trees.len() - best.1 < settings.patience {
            job.check()?;
            slopes.par_iter_mut().zip(&scores).zip(actual).for_each(|((slope, &score), &actual)| {
                *slope = settings.objective.slopes(score, actual);
            });
            let tree = grow(binned, training, &slopes, growth, settings.learning_rate, &mut importance);
            if tree.nodes.len() == 1 {
                break;
            }
            add(&tree, binned, &mut scores);
            trees.push(tree);
            job.advance(1);
            let error = error(&scores);
            if error < best.0 {
                best = (error, trees.len());
            }
        }
        trees.truncate(best.1);
        Ok((Self { objective: settings.objective, bins: bins.clone(), start, trees, importance }, best.0))
    }
}

fn add(tree: &Tree, binned: &Binned, scores: &mut [f32]) {
    scores.par_chunks_mut(ROWS_PER_CHUNK).enumerate().for_each(|(chunk, scores)| {
        for (offset, score) in scores.iter_mut().enumerate() {
            *score += tree.predict(binned, chunk * ROWS_PER_CHUNK + offset);
        }
    });
}
