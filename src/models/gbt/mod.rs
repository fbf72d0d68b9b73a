//! Gradient boosted trees over histograms (Friedman 2001; Ke et al. 2017): at most 255 bins a column, leaf-wise growth,
//! shrinkage, early stopping on validation rows. Deterministic for a seed at any number of threads; cancelled per tree.
//!
//! [`bins`] serves any model on binned columns; [`distinct`] tells equal rows once.

pub mod bins;
pub mod distinct;
mod draw;
mod histogram;
mod tree;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use bins::BinnedTable;
use distinct::{Distinct, Observations};
use draw::draw;
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
    /// What also makes a leaf in the first tree and every other one after it: few rows, many of which have a target above 0.
    /// The trees between do not follow the chance in so few.
    pub telling: Option<Telling>,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
    /// About how many distinct rows trees are grown on at most, drawn where there are more.
    pub rows_per_tree: usize,
    /// Stop after this many trees without a lower validation loss.
    pub patience: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl BoostSettings {
    /// What splits of the tree of this number, from 1, must respect.
    fn limits(&self, number: usize) -> SplitLimits {
        let many = self.min_rows.max(1) as u32;
        match self.telling {
            Some(few) if number % 2 == 1 => {
                let min_rows = many.min(few.rows.max(1) as u32);
                SplitLimits { min_rows, min_positive: few.positive as u32, many, l2: self.l2 }
            }
            _ => SplitLimits { min_rows: many, min_positive: 0, many, l2: self.l2 },
        }
    }
}

/// A leaf of fewer rows than others hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Fewest rows.
    pub rows: usize,
    /// Fewest of them whose target is above 0.
    pub positive: usize,
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
        add(&walks, rows, &mut predicted, job)?;
        predicted.par_iter_mut().with_min_len(ROWS_PER_CHUNK).for_each(|score| *score = self.amount(*score));
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

/// Trees after which the rows that trees are grown on are drawn anew, by what is expected of them by then.
const REDRAWN: [usize; 2] = [8, 40];
/// Rows drawn for each that has a target above 0, which are what a tree learns from: more would tell no more beside the
/// chance in those; and the fewest.
const EACH: usize = 32;
const FEWEST: usize = 8192;
/// Distinct validation rows above which the loss is told of every so-many-th tree alone.
const MANY: usize = 8192;
const EVERY: usize = 4;

/// Boosts trees on `training`, whose targets are 0 or above, stopping early by the loss on `validation`, which
/// influences nothing but the number of trees. Both must hold a row.
pub fn boost(
    training: &Observations<'_>,
    validation: &Observations<'_>,
    settings: &BoostSettings,
    job: &Job,
) -> Result<Boosted> {
    let mut boosting = Boosting::new(training, validation, settings, job);
    let most = settings.rows_per_tree.min((EACH * training.positives).max(FEWEST));
    if training.rows.len() <= most {
        boosting.grow(training, settings.trees)?;
        return Ok(boosting.end());
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    for until in REDRAWN.into_iter().filter(|&until| until < settings.trees).chain([settings.trees]) {
        if !boosting.is_over {
            let drawn = draw(training, &boosting.pull(training)?, most, &mut random);
            boosting.grow(&drawn.observed(training), until)?;
        }
    }
    Ok(boosting.end())
}

/// Trees that are being grown.
struct Boosting<'a> {
    model: Boosted,
    growth: Growth,
    settings: &'a BoostSettings,
    job: &'a Job,
    validation: &'a Observations<'a>,
    /// The scores of validation rows, and the trees that they do not hold yet.
    beside: Vec<f32>,
    unseen: Vec<Walk>,
    /// How many trees had the lowest loss, what it was, and the importance of columns by then.
    kept: (usize, f64, Vec<f64>),
    is_over: bool,
}

impl<'a> Boosting<'a> {
    fn new(
        training: &Observations<'_>,
        validation: &'a Observations<'a>,
        settings: &'a BoostSettings,
        job: &'a Job,
    ) -> Self {
        let model = untrained(training, settings.loss);
        let growth = Growth {
            leaves: settings.leaves,
            depth: settings.depth,
            limits: settings.limits(1),
            learning_rate: settings.learning_rate,
            loss: settings.loss,
        };
        let beside = vec![model.start as f32; validation.rows.len()];
        let kept = (0, validation_loss(&model, validation, &beside), model.importance.clone());
        Self { model, growth, settings, job, validation, beside, unseen: Vec::new(), kept, is_over: false }
    }

    /// What the trees say of distinct rows.
    fn scores(&self, rows: &Distinct) -> Result<Vec<f32>> {
        let walks: Vec<Walk> = self.model.trees.iter().map(Tree::walk).collect();
        let mut scores = vec![self.model.start as f32; rows.len()];
        add(&walks, rows, &mut scores, self.job)?;
        Ok(scores)
    }

    /// The size of each row's gradient.
    fn pull(&self, training: &Observations<'_>) -> Result<Vec<f64>> {
        let scores = self.scores(training.rows)?;
        let of_rows = (&scores, &training.count, &training.sum).into_par_iter().with_min_len(ROWS_PER_CHUNK);
        Ok(of_rows.map(|(&score, &count, &sum)| self.model.slope(score, count, sum).0.abs()).collect())
    }

    /// Grows trees on some rows until there are so many, or until they do validation rows no good.
    fn grow(&mut self, training: &Observations<'_>, until: usize) -> Result<()> {
        let all: Vec<u32> = (0..training.rows.len() as u32).collect();
        let mut scores = self.scores(training.rows)?;
        let mut slopes: Vec<Slope> = vec![(0.0, 0.0); training.rows.len()];
        let every = if self.validation.rows.len() > MANY { EVERY } else { 1 };
        for number in self.model.trees.len() + 1..=until {
            self.job.check()?;
            let of_rows = (&scores, &training.count, &training.sum).into_par_iter();
            slopes
                .par_iter_mut()
                .zip(of_rows)
                .with_min_len(ROWS_PER_CHUNK)
                .for_each(|(slope, (&score, &count, &sum))| *slope = self.model.slope(score, count, sum));
            let growth = Growth { limits: self.settings.limits(number), ..self.growth };
            let tree = Tree::grow(training, all.clone(), &slopes, &growth, &mut self.model.importance);
            if tree.nodes.len() == 1 && number == 1 {
                self.is_over = true;
                return Ok(());
            }
            let walk = tree.walk();
            add(std::slice::from_ref(&walk), training.rows, &mut scores, self.job)?;
            self.unseen.push(walk);
            self.model.trees.push(tree);
            self.job.advance(1);
            if number.is_multiple_of(every) || number == self.settings.trees {
                self.validate()?;
            }
            if self.is_over {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Sees whether the trees have done validation rows good.
    fn validate(&mut self) -> Result<()> {
        add(&self.unseen, self.validation.rows, &mut self.beside, self.job)?;
        self.unseen.clear();
        let (number, loss) = (self.model.trees.len(), validation_loss(&self.model, self.validation, &self.beside));
        if loss < self.kept.1 {
            self.kept = (number, loss, self.model.importance.clone());
        }
        self.is_over = number >= self.kept.0 + self.settings.patience;
        Ok(())
    }

    /// The trees up to the lowest loss.
    fn end(self) -> Boosted {
        let (mut model, (trees, _, gains)) = (self.model, self.kept);
        model.trees.truncate(trees);
        let gain: f64 = gains.iter().sum();
        model.importance = gains.iter().map(|part| if gain > 0.0 { part / gain } else { 0.0 }).collect();
        model
    }
}

/// Adds what trees give to the scores of distinct rows.
fn add(walks: &[Walk], rows: &Distinct, scores: &mut [f32], job: &Job) -> Result<()> {
    scores.par_chunks_mut(ROWS_PER_CHUNK).enumerate().try_for_each(|(chunk, scores)| {
        job.check()?;
        for walk in walks {
            walk.add(rows, chunk * ROWS_PER_CHUNK, scores);
        }
        Ok(())
    })
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

#[cfg(test)]
mod tests;
