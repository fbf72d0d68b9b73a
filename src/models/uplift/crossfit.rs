//! Cross-fitting: what is said of a user comes from forests that never saw what the user did (Chernozhukov et al. 2018).

use crate::error::Result;
use crate::job::Job;
use crate::models::gbt::bins::BinnedTable;
use crate::models::uplift::learner::{Forests, Lesson, Said, Space, forests};
use crate::models::uplift::{Campaign, Outcome, UpliftSettings};

/// Folds into which the users fall by their ids.
pub const FOLDS: u8 = 5;

/// Above this many users the trees are shared out among the fits.
const MANY_ROWS: usize = 100_000;

/// The forests of every fold, and what each says of the users it did not learn from.
pub(super) struct CrossFit {
    /// Per fold the forests that learnt from the others.
    pub folds: Vec<Forests>,
    /// Per arm, for each row of the campaign.
    pub said: Vec<Said>,
}

/// Trees of each forest of a fit.
fn trees_of_fit(rows: usize, settings: &UpliftSettings) -> usize {
    if rows > MANY_ROWS { settings.trees.div_ceil(usize::from(FOLDS)) } else { settings.trees }
}

/// Trees that [`cross_fit`] grows for so many users and arms.
pub(super) fn trees(rows: usize, arms: usize, settings: &UpliftSettings) -> usize {
    forests(settings.learner, arms) * trees_of_fit(rows, settings) * usize::from(FOLDS)
}

/// Fits once per fold on the rows of the others. Advances the job by a tree at a time.
pub(super) fn cross_fit(
    binned: &BinnedTable,
    campaign: &Campaign,
    fold: &[u8],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<CrossFit> {
    let space = Space::new(binned, settings.learner);
    let trees = trees_of_fit(fold.len(), settings);
    let mut folds = Vec::with_capacity(usize::from(FOLDS));
    let empty =
        || Said { uplift: vec![0.0; fold.len()], treated: vec![0.0; fold.len()], control: vec![0.0; fold.len()] };
    let mut said: Vec<Said> = campaign.arms.iter().map(|_| empty()).collect();
    for held in 0..FOLDS {
        let kept = |row: u32| fold[row as usize] != held;
        let (arm, arms, seed) = (campaign.arm.as_slice(), campaign.arms.len(), u64::from(held));
        let forests = match &campaign.outcome {
            Outcome::Happened(outcome) => {
                Lesson { binned, space: &space, arm, arms, outcome, settings, trees, seed }.learn(kept, job)?
            }
            Outcome::Money(outcome) => {
                Lesson { binned, space: &space, arm, arms, outcome, settings, trees, seed }.learn(kept, job)?
            }
        };
        for (all, own) in said.iter_mut().zip(forests.say(&space, job)?) {
            for row in (0..fold.len()).filter(|&row| fold[row] == held) {
                all.uplift[row] = own.uplift[row];
                all.treated[row] = own.treated[row];
                all.control[row] = own.control[row];
            }
        }
        folds.push(forests);
    }
    Ok(CrossFit { folds, said })
}

/// What the forests of all folds say of the rows of a table, arm by arm: their mean, or, of a row that took part in the
/// campaign (`fold` names its fold), what those forests say that did not learn from it.
pub(super) fn say(folds: &[Forests], space: &Space, fold: &[Option<u8>], job: &Job) -> Result<Vec<Said>> {
    let mut sums: Vec<Said> = Vec::new();
    let share = 1.0 / folds.len().max(1) as f32;
    for (held, forests) in folds.iter().enumerate() {
        let own = forests.say(space, job)?;
        if sums.is_empty() {
            let zeros = || vec![0.0_f32; fold.len()];
            sums = own.iter().map(|_| Said { uplift: zeros(), treated: zeros(), control: zeros() }).collect();
        }
        for (sum, own) in sums.iter_mut().zip(own) {
            for (row, of) in fold.iter().enumerate() {
                let weight = match of {
                    None => share,
                    Some(of) if usize::from(*of) == held => 1.0,
                    Some(_) => continue,
                };
                sum.uplift[row] += weight * own.uplift[row];
                sum.treated[row] += weight * own.treated[row];
                sum.control[row] += weight * own.control[row];
            }
        }
    }
    Ok(sums)
}
