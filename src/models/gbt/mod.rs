//! Gradient boosted trees over histograms (Friedman 2001; Ke et al. 2017): at most 255 bins a column, leaf-wise growth,
//! shrinkage, early stopping on validation rows. Deterministic for a seed at any number of threads; cancelled per tree.
//!
//! [`bins`] serves any model on binned columns.

pub mod bins;
mod histogram;
mod tree;

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use bins::BinnedTable;
use histogram::{Slope, SplitLimits};
use tree::Growth;
pub use tree::{Node, Tree};

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 4096;

/// What the trees minimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Half the squared error; the score is the prediction.
    SquaredError,
    /// Poisson deviance of a count; the score is the prediction's logarithm.
    Poisson,
}

/// How to boost.
#[derive(Clone, Debug, PartialEq)]
pub struct BoostSettings {
    /// The loss.
    pub loss: Loss,
    /// Most trees.
    pub trees: usize,
    /// Share of each leaf's best step that is taken.
    pub learning_rate: f64,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Most splits between root and leaf.
    pub depth: usize,
    /// Fewest rows of a leaf.
    pub min_rows: usize,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
    /// About how many rows a tree is grown on: every one with a target above 0, a draw of the others.
    pub rows_per_tree: usize,
    /// Stop after this many trees without a better validation error.
    pub patience: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// The fitted trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boosted {
    /// The loss they were fitted with.
    pub loss: Loss,
    /// Score before the first tree.
    pub start: f64,
    /// Scores are held between these two.
    pub bounds: (f64, f64),
    /// The trees, in order.
    pub trees: Vec<Tree>,
    /// Per column, the loss its splits took off, as a share of all; all 0 without a split.
    pub importance: Vec<f64>,
}

impl Boosted {
    /// The prediction of every row, 0 or above.
    pub fn predict(&self, table: &BinnedTable, job: &Job) -> Result<Vec<f32>> {
        let mut predicted = vec![0.0_f32; table.rows];
        predicted.par_chunks_mut(ROWS_PER_CHUNK).enumerate().try_for_each(|(chunk, out)| {
            job.check()?;
            let first = chunk * ROWS_PER_CHUNK;
            let mut scores = vec![self.start as f32; out.len()];
            for tree in &self.trees {
                scores.iter_mut().enumerate().for_each(|(row, score)| *score += tree.value(table, first + row));
            }
            out.iter_mut().zip(scores).for_each(|(out, score)| *out = self.amount(score));
            Ok::<(), crate::Error>(())
        })?;
        Ok(predicted)
    }

    /// Most splits between root and leaf over all trees.
    pub fn depth(&self) -> usize {
        self.trees.iter().map(Tree::depth).max().unwrap_or(0)
    }

    fn amount(&self, score: f32) -> f32 {
        let score = f64::from(score).clamp(self.bounds.0, self.bounds.1);
        match self.loss {
            Loss::SquaredError => score.max(0.0) as f32,
            Loss::Poisson => score.exp() as f32,
        }
    }

    /// First and second derivative of the loss by the score.
    fn slope(&self, score: f32, target: f32) -> Slope {
        match self.loss {
            Loss::SquaredError => (score - target, 1.0),
            Loss::Poisson => {
                let mean = self.amount(score);
                // A wider second derivative keeps a step in a leaf of zeros from running away (LightGBM's
                // poisson_max_delta_step, at its default of 0.7).
                (mean - target, mean * POISSON_WIDENING)
            }
        }
    }
}

/// exp(0.7).
const POISSON_WIDENING: f32 = 2.013_752_7;

/// Boosts trees on the rows `training` of `table` with `target[row] >= 0`, stopping early by the squared error on the rows
/// `validation`, which influence nothing but the number of trees. Both must hold a row.
pub fn boost(
    table: &BinnedTable,
    target: &[f32],
    training: &[u32],
    validation: &[u32],
    settings: &BoostSettings,
    job: &Job,
) -> Result<Boosted> {
    let mut model = untrained(target, training, table.columns.len(), settings.loss);
    let mut growth = Growth {
        leaves: settings.leaves,
        depth: settings.depth,
        limits: SplitLimits { min_rows: settings.min_rows.max(1) as u32, l2: settings.l2 },
        learning_rate: settings.learning_rate,
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let mut scores = vec![model.start as f32; table.rows];
    let mut slopes: Vec<Slope> = vec![(0.0, 0.0); table.rows];
    let mut kept = (0, validation_error(&model, target, validation, &scores), model.importance.clone());
    for number in 1..=settings.trees {
        job.check()?;
        let (rows, weight) = draw(target, training, settings.rows_per_tree, &mut random);
        growth.limits.min_rows = ((settings.min_rows as f32 / weight) as u32).max(1);
        slopes.par_iter_mut().zip(&scores).zip(target).with_min_len(ROWS_PER_CHUNK).for_each(
            |((slope, &score), &y)| {
                *slope = model.slope(score, y);
                if y <= 0.0 {
                    *slope = (slope.0 * weight, slope.1 * weight);
                }
            },
        );
        let tree = Tree::grow(table, rows, &slopes, &growth, &mut model.importance);
        if tree.nodes.len() == 1 && number == 1 {
            break;
        }
        scores.par_chunks_mut(ROWS_PER_CHUNK).enumerate().for_each(|(chunk, scores)| {
            let first = chunk * ROWS_PER_CHUNK;
            scores.iter_mut().enumerate().for_each(|(row, score)| *score += tree.value(table, first + row));
        });
        model.trees.push(tree);
        job.advance(1);
        let error = validation_error(&model, target, validation, &scores);
        if error < kept.1 {
            kept = (number, error, model.importance.clone());
        } else if number >= kept.0 + settings.patience {
            break;
        }
    }
    model.trees.truncate(kept.0);
    let gain: f64 = kept.2.iter().sum();
    model.importance = kept.2.iter().map(|part| if gain > 0.0 { part / gain } else { 0.0 }).collect();
    Ok(model)
}

fn untrained(target: &[f32], training: &[u32], columns: usize, loss: Loss) -> Boosted {
    let values = || training.iter().map(|&row| f64::from(target[row as usize]));
    let mean = values().sum::<f64>() / training.len().max(1) as f64;
    let most = values().fold(0.0, f64::max);
    let (start, bounds) = match loss {
        Loss::SquaredError => (mean, (0.0, most)),
        Loss::Poisson => {
            let start = mean.max(1e-9).ln();
            (start, (start - 10.0, most.max(mean).max(1e-9).ln()))
        }
    };
    Boosted { loss, start, bounds, trees: Vec::new(), importance: vec![0.0; columns] }
}

/// Mean squared error of the predictions, folded in the order of rows.
fn validation_error(model: &Boosted, target: &[f32], validation: &[u32], scores: &[f32]) -> f64 {
    let error = |&row: &u32| {
        let row = row as usize;
        f64::from(model.amount(scores[row]) - target[row]).powi(2)
    };
    let parts: Vec<f64> = validation.par_chunks(ROWS_PER_CHUNK).map(|rows| rows.iter().map(error).sum()).collect();
    parts.iter().sum::<f64>() / validation.len().max(1) as f64
}

/// The rows a tree is grown on, in their order: every row with a target above 0, and of the others as many as make about
/// `count`. Gives the rows and the weight of each row drawn from the others, which keeps the sums' expectation
/// (as gradient-based one-side sampling does, Ke et al. 2017): buyers are too few to leave any out.
fn draw(target: &[f32], rows: &[u32], count: usize, random: &mut Xoshiro256PlusPlus) -> (Vec<u32>, f32) {
    if rows.len() <= count {
        return (rows.to_vec(), 1.0);
    }
    let positive = |row: u32| target[row as usize] > 0.0;
    let others = rows.iter().filter(|&&row| !positive(row)).count();
    let wanted = count.saturating_sub(rows.len() - others).max(count / 2).min(others);
    let share = wanted as f64 / others.max(1) as f64;
    let most = (share * f64::from(u32::MAX)) as u32;
    let drawn = rows.iter().copied().filter(|&row| positive(row) || random.next_u32() <= most).collect();
    (drawn, if share > 0.0 { (1.0 / share) as f32 } else { 1.0 })
}

#[cfg(test)]
mod tests;
