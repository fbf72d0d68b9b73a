//! Gradient boosted trees over histograms (Friedman 2001; Ke et al. 2017): at most 255 bins a column, leaf-wise growth,
//! shrinkage, early stopping on validation rows. Deterministic for a seed at any number of threads; cancelled per tree.
//!
//! [`bins`] serves any model on binned columns; [`distinct`] tells equal rows once.

pub mod bins;
pub mod distinct;
mod histogram;
mod tree;

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use bins::BinnedTable;
use distinct::{Distinct, Observations};
use histogram::{Slope, SplitLimits};
use tree::{Growth, Walk};
pub use tree::{Node, Tree};

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 2048;

/// What the trees minimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Half the squared error; the score is the prediction.
    SquaredError,
    /// Poisson deviance of a count; the score is the prediction's logarithm.
    Poisson,
    /// Tweedie deviance of power 1.5 (Jørgensen 1987): amounts of which many are 0; the score is the prediction's logarithm.
    Tweedie,
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
    /// About how many distinct rows a tree is grown on: all that have a target above 0 or stand for several rows, and a
    /// draw of the others.
    pub rows_per_tree: usize,
    /// Stop after this many trees without a lower validation loss.
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
    /// The prediction of every row of a table, 0 or above.
    pub fn predict(&self, table: &BinnedTable, job: &Job) -> Result<Vec<f32>> {
        let all: Vec<u32> = (0..table.rows as u32).collect();
        let distinct = Distinct::of(table, &all);
        Ok(distinct.spread(&self.predict_distinct(&distinct, job)?))
    }

    /// The prediction of every distinct row, 0 or above.
    pub fn predict_distinct(&self, rows: &Distinct, job: &Job) -> Result<Vec<f32>> {
        let walks: Vec<Walk> = self.trees.iter().map(Tree::walk).collect();
        let mut predicted = vec![self.start as f32; rows.len()];
        predicted.par_chunks_mut(ROWS_PER_CHUNK).enumerate().try_for_each(|(chunk, scores)| {
            job.check()?;
            for walk in &walks {
                walk.add(rows, chunk * ROWS_PER_CHUNK, scores);
            }
            for score in scores {
                *score = self.amount(*score);
            }
            Ok::<(), crate::Error>(())
        })?;
        Ok(predicted)
    }

    /// Most splits between root and leaf over all trees.
    pub fn depth(&self) -> usize {
        self.trees.iter().map(Tree::depth).max().unwrap_or(0)
    }

    fn bounded(&self, score: f32) -> f64 {
        f64::from(score).clamp(self.bounds.0, self.bounds.1)
    }

    fn amount(&self, score: f32) -> f32 {
        let score = self.bounded(score);
        match self.loss {
            Loss::SquaredError => score.max(0.0) as f32,
            Loss::Poisson | Loss::Tweedie => score.exp() as f32,
        }
    }

    /// First and second derivative of the loss by the score, over rows of one score whose targets sum up to `sum`.
    fn slope(&self, score: f32, count: u32, sum: f64) -> Slope {
        let count = f64::from(count);
        match self.loss {
            Loss::SquaredError => (count * f64::from(score) - sum, count),
            Loss::Poisson => {
                let mean = f64::from(self.amount(score));
                // A wider second derivative keeps a step in a leaf of zeros from running away (LightGBM's
                // poisson_max_delta_step, at its default of 0.7).
                (count * mean - sum, count * mean * POISSON_WIDENING)
            }
            Loss::Tweedie => {
                let root = (0.5 * self.bounded(score)).exp();
                (count * root - sum / root, 0.5 * (count * root + sum / root))
            }
        }
    }
}

/// exp(0.7).
const POISSON_WIDENING: f64 = 2.013_752_707_470_477;

/// Boosts trees on `training`, whose targets are 0 or above, stopping early by the loss on `validation`, which
/// influences nothing but the number of trees. Both must hold a row.
pub fn boost(
    training: &Observations<'_>,
    validation: &Observations<'_>,
    settings: &BoostSettings,
    job: &Job,
) -> Result<Boosted> {
    let mut model = untrained(training, settings.loss);
    let mut growth = Growth {
        leaves: settings.leaves,
        depth: settings.depth,
        limits: SplitLimits { min_rows: settings.min_rows.max(1) as u32, l2: settings.l2 },
        learning_rate: settings.learning_rate,
        loss: settings.loss,
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let mut scores = vec![model.start as f32; training.rows.len()];
    let mut beside = vec![model.start as f32; validation.rows.len()];
    let mut slopes: Vec<Slope> = vec![(0.0, 0.0); training.rows.len()];
    let mut kept = (0, validation_loss(&model, validation, &beside), model.importance.clone());
    for number in 1..=settings.trees {
        job.check()?;
        let Drawn { rows, weight } = draw(training, settings.rows_per_tree, &mut random);
        growth.limits.min_rows = ((settings.min_rows as f64 / weight) as u32).max(1);
        let of_rows = (&training.count, &training.sum).into_par_iter();
        slopes.par_iter_mut().zip(&scores).zip(of_rows).with_min_len(ROWS_PER_CHUNK).for_each(
            |((slope, &score), (&count, &sum))| {
                *slope = model.slope(score, count, sum);
                if is_drawn(count, sum) {
                    *slope = (slope.0 * weight, slope.1 * weight);
                }
            },
        );
        let tree = Tree::grow(training, rows, &slopes, &growth, &mut model.importance);
        if tree.nodes.len() == 1 && number == 1 {
            break;
        }
        let walk = tree.walk();
        for (rows, scores) in [(training.rows, &mut scores), (validation.rows, &mut beside)] {
            scores.par_chunks_mut(ROWS_PER_CHUNK).enumerate().for_each(|(chunk, scores)| {
                walk.add(rows, chunk * ROWS_PER_CHUNK, scores);
            });
        }
        model.trees.push(tree);
        job.advance(1);
        let loss = validation_loss(&model, validation, &beside);
        if loss < kept.1 {
            kept = (number, loss, model.importance.clone());
        } else if number >= kept.0 + settings.patience {
            break;
        }
    }
    model.trees.truncate(kept.0);
    let gain: f64 = kept.2.iter().sum();
    model.importance = kept.2.iter().map(|part| if gain > 0.0 { part / gain } else { 0.0 }).collect();
    Ok(model)
}

fn untrained(training: &Observations<'_>, loss: Loss) -> Boosted {
    let (mean, most) = (training.mean(), training.most);
    let (start, bounds) = match loss {
        Loss::SquaredError => (mean, (0.0, most)),
        Loss::Poisson | Loss::Tweedie => {
            let start = mean.max(1e-9).ln();
            (start, (start - 10.0, most.max(mean).max(1e-9).ln()))
        }
    };
    Boosted { loss, start, bounds, trees: Vec::new(), importance: vec![0.0; training.rows.columns] }
}

/// Mean loss of the predictions up to what all of them have in common, folded in the order of rows.
fn validation_loss(model: &Boosted, validation: &Observations<'_>, scores: &[f32]) -> f64 {
    let loss = |(&score, (&count, &sum)): (&f32, (&u32, &f64))| {
        let (count, score) = (f64::from(count), model.bounded(score));
        match model.loss {
            Loss::SquaredError => score * (count * score - 2.0 * sum),
            Loss::Poisson => count * score.exp() - sum * score,
            Loss::Tweedie => {
                let root = (0.5 * score).exp();
                2.0 * (count * root + sum / root)
            }
        }
    };
    let chunks = scores
        .par_chunks(ROWS_PER_CHUNK)
        .zip(validation.count.par_chunks(ROWS_PER_CHUNK))
        .zip(validation.sum.par_chunks(ROWS_PER_CHUNK));
    let parts: Vec<f64> =
        chunks.map(|((scores, count), sum)| scores.iter().zip(count.iter().zip(sum)).map(loss).sum()).collect();
    parts.iter().sum::<f64>() / validation.total.max(1) as f64
}

/// The distinct rows that a tree is grown on, in their order, and the weight of those that were drawn.
struct Drawn {
    rows: Vec<u32>,
    weight: f64,
}

/// Whether a distinct row is left to the draw: one user, who bought nothing. Buyers are too few to leave any out, and what
/// stands for many users weighs too much.
fn is_drawn(count: u32, sum: f64) -> bool {
    count == 1 && sum <= 0.0
}

/// Draws of the rows left to it as many as make about `most` in all. Their weight keeps the sums' expectation (as
/// gradient-based one-side sampling does, Ke et al. 2017).
fn draw(training: &Observations<'_>, most: usize, random: &mut Xoshiro256PlusPlus) -> Drawn {
    let all = training.count.len();
    if all <= most {
        return Drawn { rows: (0..all as u32).collect(), weight: 1.0 };
    }
    let drawn = |row: &u32| is_drawn(training.count[*row as usize], training.sum[*row as usize]);
    let others = (0..all as u32).filter(drawn).count();
    let wanted = most.saturating_sub(all - others).max(most / 2).min(others);
    let share = wanted as f64 / others.max(1) as f64;
    let least = (share * f64::from(u32::MAX)) as u32;
    let rows = (0..all as u32).filter(|row| !drawn(row) || random.next_u32() <= least).collect();
    Drawn { rows, weight: if share > 0.0 { 1.0 / share } else { 1.0 } }
}

#[cfg(test)]
mod tests;
