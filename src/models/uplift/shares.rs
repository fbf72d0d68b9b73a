//! How likely each user was to get each arm: the shares of a random campaign, else what the features tell.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{FeatureTable, Matrix, Transform, TransformOptions};
use crate::job::Job;
use crate::models::logistic::{Sample, fit_newton};
use crate::models::uplift::balance::SCORES;
use crate::models::uplift::crossfit::FOLDS;

/// A likelihood below this counts as this: a single user must not speak for more than 50.
const LEAST: f32 = 0.02;
/// The ridge of the regressions, which only keeps them from diverging.
const L2: f64 = 1.0;
/// Newton steps at most.
const STEPS: usize = 50;
/// Rows a column needs before its square joins it.
const ROWS_FOR_SQUARES: usize = 50;

/// The likelihood of every arm, the control first.
pub(super) enum Shares {
    /// The same for everybody.
    Known(Vec<f32>),
    /// One list per arm, one entry per row.
    Learnt(Vec<Vec<f32>>),
}

/// How far the arms overlap where treatment was not random: the likelihood of being treated, over all users.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// The likelihood that 1 % of the users fall short of.
    pub low: f64,
    /// The likelihood that 1 % of the users pass.
    pub high: f64,
    /// Share of the users for whom an arm was less likely than 1 in 50: nothing tells what it does to them.
    pub beyond: f64,
}

impl Shares {
    /// The shares seen.
    pub fn seen(arm: &[u16], arms: usize) -> Self {
        let mut counts = vec![0.0_f32; arms + 1];
        for &arm in arm {
            counts[usize::from(arm)] += 1.0;
        }
        Self::Known(counts.into_iter().map(|count| count / arm.len().max(1) as f32).collect())
    }

    /// Likelihoods by logistic regression on the features and their squares, one arm against the rest, each fold's from the
    /// others.
    pub fn learnt(table: &FeatureTable, arm: &[u16], arms: usize, fold: &[u8], job: &Job) -> Result<(Self, Overlap)> {
        let mut likely = vec![vec![0.0_f32; arm.len()]; arms + 1];
        let only = table.features.iter().map(|feature| feature.name.to_string());
        let options = TransformOptions {
            clip: Some((0.001, 0.999)),
            indicators: true,
            only: Some(only.filter(|name| !SCORES.contains(&name.as_str())).collect()),
            ..TransformOptions::default()
        };
        for held in 0..FOLDS {
            let rows: Vec<u32> = (0..arm.len() as u32).filter(|&row| fold[row as usize] != held).collect();
            let transform = Transform::fit(table, &rows, &options);
            let squares = rows.len() >= ROWS_FOR_SQUARES * transform.columns.len();
            let plain = transform.apply(table);
            let matrix = if squares { squared(&plain) } else { plain };
            // Of two, one regression tells both.
            for (own, likely) in likely.iter_mut().enumerate().skip(usize::from(arms == 1)) {
                let labels: Vec<bool> = arm.iter().map(|&arm| usize::from(arm) == own).collect();
                let sample = Sample { matrix: &matrix, labels: &labels, rows: &rows };
                let model = fit_newton(sample, L2, STEPS, None, job)?.model;
                for row in (0..arm.len()).filter(|&row| fold[row] == held) {
                    let odds = model.log_odds(matrix.row(row));
                    likely[row] = crate::models::logistic::logistic(odds) as f32;
                }
            }
        }
        if arms == 1 {
            likely[0] = likely[1].iter().map(|treated| 1.0 - treated).collect();
        }
        let overlap = bounded(&mut likely);
        Ok((Self::Learnt(likely), overlap))
    }

    /// The likelihood that a row got an arm.
    pub fn of(&self, arm: usize, row: usize) -> f32 {
        match self {
            Self::Known(shares) => shares[arm],
            Self::Learnt(likely) => likely[arm][row],
        }
    }
}

/// The columns, and behind them their squares about 1, the mean of a standardised column's.
fn squared(plain: &Matrix) -> Matrix {
    let mut values = Vec::with_capacity(2 * plain.values.len());
    for row in 0..plain.rows {
        let row = plain.row(row);
        values.extend_from_slice(row);
        values.extend(row.iter().map(|value| (value * value - 1.0).clamp(-10.0, 10.0)));
    }
    Matrix { rows: plain.rows, columns: 2 * plain.columns, values }
}

/// Makes each row's likelihoods sum to 1 and raises those that are too small; tells how far they overlap.
fn bounded(likely: &mut [Vec<f32>]) -> Overlap {
    let rows = likely.first().map_or(0, Vec::len);
    let mut treated = Vec::with_capacity(rows);
    let mut beyond = 0.0;
    for row in 0..rows {
        let sum: f32 = likely.iter().map(|of| of[row]).sum();
        let mut short = false;
        for of in likely.iter_mut() {
            let share = of[row] / sum.max(f32::MIN_POSITIVE);
            short |= share < LEAST;
            of[row] = share.clamp(LEAST, 1.0);
        }
        treated.push(1.0 - likely[0][row]);
        beyond += f64::from(u8::from(short));
    }
    treated.sort_unstable_by(f32::total_cmp);
    let at =
        |share: f64| treated.get((rows.saturating_sub(1) as f64 * share) as usize).map_or(0.0, |&of| f64::from(of));
    Overlap { low: at(0.01), high: at(0.99), beyond: beyond / rows.max(1) as f64 }
}
