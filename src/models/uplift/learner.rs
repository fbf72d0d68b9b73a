//! Uplift from two arms: the T-, S- and X-learner of Künzel, Sekhon, Bickel and Yu (2019), each with random forests.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::distinct::Distinct;
use crate::models::uplift::forest::{self, Forest, Growing, Label};
use crate::models::uplift::settings::{Learner, UpliftSettings};

/// Training rows of the two arms.
pub(super) struct Arms {
    /// Rows that were treated.
    pub treated: Vec<u32>,
    /// Rows that were not.
    pub control: Vec<u32>,
}

/// The forests of a model; which there are depends on the learner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forests {
    /// The outcome of the treated: T and X.
    pub treated: Option<Forest>,
    /// The outcome of the others: T and X.
    pub control: Option<Forest>,
    /// The outcome of both, the treatment as the last feature: S.
    pub joint: Option<Forest>,
    /// The effect on the treated: X.
    pub effect_on_treated: Option<Forest>,
    /// The effect on the others: X.
    pub effect_on_control: Option<Forest>,
}

/// What was learnt, applied to every row.
pub(super) struct Learnt {
    pub uplift: Vec<f32>,
    pub p_treated: Vec<f32>,
    pub p_control: Vec<f32>,
    pub forests: Forests,
}

/// Learns from the training rows and scores every row. Progress counts trees.
pub(super) fn learn(
    binned: &BinnedTable,
    arms: &Arms,
    outcome: &[bool],
    settings: &UpliftSettings,
    by_smartcore: bool,
    job: &Job,
) -> Result<Learnt> {
    let forests = match settings.learner {
        Learner::T => 2,
        Learner::S => 1,
        Learner::X => 4,
    };
    job.begin("trees", forests * settings.trees as u64);
    match settings.learner {
        Learner::T => t_learner(binned, arms, outcome, settings, by_smartcore, job),
        Learner::S => s_learner(binned, arms, outcome, settings, job),
        Learner::X => x_learner(binned, arms, outcome, settings, job),
    }
}

/// How the forest with a number is grown on so many rows.
fn growing(settings: &UpliftSettings, rows: usize, number: u64) -> Growing {
    Growing {
        trees: settings.trees,
        max_depth: settings.max_depth,
        min_leaf: settings.min_leaf,
        rows_per_tree: rows.min(settings.rows_per_tree),
        seed: settings.seed.wrapping_add(number << 32),
    }
}

fn grown<L: Label>(
    everyone: &Distinct,
    rows: &[u32],
    labels: &[L],
    settings: &UpliftSettings,
    number: u64,
    job: &Job,
) -> Result<(Vec<f32>, Forest)> {
    let forest = Forest::fit(everyone, rows, labels, &growing(settings, rows.len(), number), job)?;
    Ok((forest.predict(everyone, job)?, forest))
}

fn difference(with: &[f32], without: &[f32]) -> Vec<f32> {
    with.par_iter().zip(without).map(|(with, without)| with - without).collect()
}

/// One forest per arm; the uplift is the difference of what they say.
fn t_learner(
    binned: &BinnedTable,
    arms: &Arms,
    outcome: &[bool],
    settings: &UpliftSettings,
    by_smartcore: bool,
    job: &Job,
) -> Result<Learnt> {
    let everyone = (!by_smartcore).then(|| Distinct::of_all(binned));
    let arm = |rows: &[u32], number: u64| -> Result<(Vec<f32>, Option<Forest>)> {
        let Some(everyone) = &everyone else {
            let growing = growing(settings, rows.len(), number);
            return Ok((forest::smartcore_probabilities(binned, rows, outcome, &growing, job)?, None));
        };
        let (values, forest) = grown(everyone, rows, outcome, settings, number, job)?;
        Ok((values, Some(forest)))
    };
    let (p_treated, treated) = arm(&arms.treated, 0)?;
    let (p_control, control) = arm(&arms.control, 1)?;
    let uplift = difference(&p_treated, &p_control);
    Ok(Learnt { uplift, p_treated, p_control, forests: Forests { treated, control, ..Forests::default() } })
}

/// One forest of both arms that knows the treatment; the uplift is what it says with it less what it says without.
fn s_learner(
    binned: &BinnedTable,
    arms: &Arms,
    outcome: &[bool],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<Learnt> {
    let place = binned.columns.len();
    let mut joint = binned.clone();
    joint.columns.push(vec![0; binned.rows]);
    for &row in &arms.treated {
        joint.columns[place][row as usize] = 1;
    }
    let mut rows = [arms.treated.as_slice(), &arms.control].concat();
    rows.sort_unstable();
    let forest = Forest::fit(&Distinct::of_all(&joint), &rows, outcome, &growing(settings, rows.len(), 0), job)?;
    joint.columns[place].fill(1);
    let p_treated = forest.predict(&Distinct::of_all(&joint), job)?;
    joint.columns[place].fill(0);
    let p_control = forest.predict(&Distinct::of_all(&joint), job)?;
    let uplift = difference(&p_treated, &p_control);
    Ok(Learnt { uplift, p_treated, p_control, forests: Forests { joint: Some(forest), ..Forests::default() } })
}

/// A forest per arm says what each row of the other arm would have done; forests of these imputed effects are averaged
/// by the share that was treated.
fn x_learner(
    binned: &BinnedTable,
    arms: &Arms,
    outcome: &[bool],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<Learnt> {
    let everyone = Distinct::of_all(binned);
    let (p_treated, treated) = grown(&everyone, &arms.treated, outcome, settings, 0, job)?;
    let (p_control, control) = grown(&everyone, &arms.control, outcome, settings, 1, job)?;
    let did = |row: usize| f32::from(u8::from(outcome[row]));
    let mut effects = vec![0.0_f32; binned.rows];
    for row in arms.treated.iter().map(|&row| row as usize) {
        effects[row] = did(row) - p_control[row];
    }
    for row in arms.control.iter().map(|&row| row as usize) {
        effects[row] = p_treated[row] - did(row);
    }
    let (on_treated, effect_on_treated) = grown(&everyone, &arms.treated, &effects, settings, 2, job)?;
    let (on_control, effect_on_control) = grown(&everyone, &arms.control, &effects, settings, 3, job)?;
    let share = arms.treated.len() as f32 / (arms.treated.len() + arms.control.len()).max(1) as f32;
    let mixed = on_treated.par_iter().zip(&on_control);
    let uplift: Vec<f32> = mixed.map(|(treated, control)| share * control + (1.0 - share) * treated).collect();
    let p_treated = p_control.iter().zip(&uplift).map(|(base, uplift)| (base + uplift).clamp(0.0, 1.0)).collect();
    let forests = Forests {
        treated: Some(treated),
        control: Some(control),
        joint: None,
        effect_on_treated: Some(effect_on_treated),
        effect_on_control: Some(effect_on_control),
    };
    Ok(Learnt { uplift, p_treated, p_control, forests })
}
