//! A second opinion: the same question put to forests that another library grew (smartcore's), on the same folds. How far
//! both rankings agree tells how much of a ranking is the users' and how much the forests'.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::gbt::bins::BinnedTable;
use crate::models::uplift::crossfit::FOLDS;
use crate::models::uplift::forest::tried;
use crate::models::uplift::{Campaign, UpliftSettings};

/// Trees grown at a time: smartcore cannot be stopped from outside.
const TREES: usize = 5;
/// How often so many are grown for each arm and fold.
const SLICES: usize = 4;

/// What the other forests say of an arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SecondOpinion {
    /// Spearman's rank correlation of both rankings, over all users; `None` where either is constant.
    pub agreement: Option<f64>,
    /// Qini coefficient of the other ranking; `None` where the model's own has none.
    pub qini: Option<f64>,
}

/// Trees that smartcore grows for so many users and arms.
pub(super) fn trees(rows: usize, arms: usize, settings: &UpliftSettings) -> usize {
    if rows > settings.smartcore_rows { 0 } else { usize::from(FOLDS) * (arms + 1) * SLICES * TREES }
}

/// Per arm the other forests' uplift of every row, each fold about its own mean; `None` above `smartcore_rows` users.
pub(super) fn second_opinion(
    binned: &BinnedTable,
    campaign: &Campaign,
    fold: &[u8],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<Option<Vec<Vec<f32>>>> {
    let (rows, arms) = (fold.len(), campaign.arms.len());
    if trees(rows, arms, settings) == 0 {
        return Ok(None);
    }
    let fits: Vec<(u8, usize, usize)> = (0..FOLDS)
        .flat_map(|held| (0..=arms).flat_map(move |arm| (0..SLICES).map(move |slice| (held, arm, slice))))
        .collect();
    let said: Vec<Vec<f32>> = fits
        .par_iter()
        .map(|&(held, arm, slice)| {
            job.check()?;
            let of_arm = |row: &usize| usize::from(campaign.arm[*row]) == arm && fold[*row] != held;
            let learnt: Vec<usize> = (0..rows).filter(of_arm).collect();
            let left_out: Vec<usize> = (0..rows).filter(|&row| fold[row] == held).collect();
            let seed = settings.seed.wrapping_add(((usize::from(held) * (arms + 1) + arm) * SLICES + slice) as u64);
            let said = fitted(binned, campaign, (&learnt, &left_out), settings, seed)?;
            job.advance(TREES as u64);
            Ok(said)
        })
        .collect::<Result<_>>()?;
    let mut expected = vec![vec![0.0_f32; rows]; arms + 1];
    for ((held, arm, _), said) in fits.iter().zip(&said) {
        let left_out = (0..rows).filter(|&row| fold[row] == *held);
        left_out.zip(said).for_each(|(row, said)| expected[*arm][row] += said / SLICES as f32);
    }
    let (control, treated) = (&expected[0], &expected[1..]);
    let uplift = |treated: &Vec<f32>| -> Vec<f32> {
        let mut uplift: Vec<f32> = treated.iter().zip(control).map(|(treated, control)| treated - control).collect();
        for held in 0..FOLDS {
            let of_fold = || (0..rows).filter(|&row| fold[row] == held);
            let mean = of_fold().map(|row| f64::from(uplift[row])).sum::<f64>() / of_fold().count().max(1) as f64;
            of_fold().for_each(|row| uplift[row] -= mean as f32);
        }
        uplift
    };
    Ok(Some(treated.iter().map(uplift).collect()))
}

/// What a few trees, grown on the rows `learnt`, expect of the rows `left_out`.
fn fitted(
    binned: &BinnedTable,
    campaign: &Campaign,
    (learnt, left_out): (&[usize], &[usize]),
    settings: &UpliftSettings,
    seed: u64,
) -> Result<Vec<f32>> {
    if left_out.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |error: &dyn std::fmt::Display| Error::Model(format!("the second opinion on uplift failed: {error}"));
    let columns = binned.columns.len();
    let matrix = |rows: &[usize]| {
        let codes = rows.iter().flat_map(|&row| binned.columns.iter().map(move |column| f32::from(column[row])));
        DenseMatrix::new(rows.len(), columns, codes.collect(), false).map_err(|error| failed(&error))
    };
    let labels: Vec<f32> = learnt.iter().map(|&row| campaign.outcome.value(row) as f32).collect();
    let leaf = settings.leaf(learnt.len());
    let parameters = RandomForestRegressorParameters::default()
        .with_max_depth(settings.max_depth as u16)
        .with_min_samples_leaf(leaf)
        .with_min_samples_split(2 * leaf)
        .with_n_trees(TREES)
        .with_m(tried(columns))
        .with_seed(seed);
    let forest = RandomForestRegressor::fit(&matrix(learnt)?, &labels, parameters).map_err(|error| failed(&error))?;
    forest.predict(&matrix(left_out)?).map_err(|error| failed(&error))
}
