//! Uplift from a control and arms: the T-, S- and X-learner of Künzel, Sekhon, Bickel and Yu (2019), each with random
//! forests.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::Job;
use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::distinct::Distinct;
use crate::models::uplift::forest::{Forest, Growing, Label};
use crate::models::uplift::settings::{Learner, UpliftSettings};

/// The forests of one fit; which there are depends on the learner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forests {
    /// The outcome of the control: T and X.
    pub control: Option<Forest>,
    /// Those of each arm.
    pub arms: Vec<ArmForests>,
}

/// The forests of one arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArmForests {
    /// The outcome of the treated: T and X.
    pub treated: Option<Forest>,
    /// The outcome of arm and control, the treatment as the last feature: S.
    pub joint: Option<Forest>,
    /// The effect on the treated: X.
    pub effect_on_treated: Option<Forest>,
    /// The effect on the others: X.
    pub effect_on_control: Option<Forest>,
    /// The share of the arm among arm and control, by which X averages.
    pub share: f32,
}

/// What forests say of one arm, a value per row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub uplift: Vec<f32>,
    pub treated: Vec<f32>,
    pub control: Vec<f32>,
}

/// Rows to be scored, those that are alike as one.
pub(super) struct Space {
    plain: Distinct,
    with: Option<Distinct>,
    without: Option<Distinct>,
}

impl Space {
    /// The rows of a table, as a learner needs them.
    pub fn new(binned: &BinnedTable, learner: Learner) -> Self {
        let fixed = |code: u8| (learner == Learner::S).then(|| Distinct::of_all(&with_treatment(binned, |_| code)));
        Self { plain: Distinct::of_all(binned), with: fixed(1), without: fixed(0) }
    }
}

/// What a fit learns from.
pub(super) struct Lesson<'a, L> {
    /// The rows' bins.
    pub binned: &'a BinnedTable,
    /// The same rows.
    pub space: &'a Space,
    /// Per row its arm, 0 for the control.
    pub arm: &'a [u16],
    /// How many arms there are.
    pub arms: usize,
    /// Per row its outcome.
    pub outcome: &'a [L],
    /// How the forests grow.
    pub settings: &'a UpliftSettings,
    /// Trees of each forest.
    pub trees: usize,
    /// Tells this fit's random numbers from another's.
    pub seed: u64,
}

/// How many forests a learner grows for so many arms.
pub(super) fn forests(learner: Learner, arms: usize) -> usize {
    match learner {
        Learner::T => arms + 1,
        Learner::S => arms,
        Learner::X => 3 * arms + 1,
    }
}

impl<L: Label + Into<f32>> Lesson<'_, L> {
    /// Learns from the rows for which `kept` holds.
    pub fn learn(&self, kept: impl Fn(u32) -> bool, job: &Job) -> Result<Forests> {
        let of_arm = |arm: u16| -> Vec<u32> {
            (0..self.arm.len() as u32).filter(|&row| self.arm[row as usize] == arm && kept(row)).collect()
        };
        let control_rows = of_arm(0);
        let control = match self.settings.learner {
            Learner::S => None,
            Learner::T | Learner::X => Some(self.grown(&control_rows, self.outcome, 0, job)?),
        };
        let arms = (0..self.arms)
            .map(|place| self.learn_arm(place, &of_arm(place as u16 + 1), &control_rows, control.as_ref(), job))
            .collect::<Result<_>>()?;
        Ok(Forests { control, arms })
    }

    fn learn_arm(
        &self,
        place: usize,
        rows: &[u32],
        control_rows: &[u32],
        control: Option<&Forest>,
        job: &Job,
    ) -> Result<ArmForests> {
        let number = 3 * place as u64 + 1;
        let share = rows.len() as f32 / (rows.len() + control_rows.len()).max(1) as f32;
        let Some(control) = control else {
            let joint = with_treatment(self.binned, |row| u8::from(self.arm[row] == place as u16 + 1));
            let mut both = [rows, control_rows].concat();
            both.sort_unstable();
            let growing = self.growing(both.len(), number);
            let joint = Forest::fit(&Distinct::of_all(&joint), &both, self.outcome, &growing, job)?;
            return Ok(ArmForests { joint: Some(joint), share, ..ArmForests::default() });
        };
        let treated = self.grown(rows, self.outcome, number, job)?;
        if self.settings.learner == Learner::T {
            return Ok(ArmForests { treated: Some(treated), share, ..ArmForests::default() });
        }
        let everyone = &self.space.plain;
        let (p_treated, p_control) = (treated.predict(everyone, job)?, control.predict(everyone, job)?);
        let mut effects = vec![0.0_f32; self.arm.len()];
        for row in rows.iter().map(|&row| row as usize) {
            effects[row] = self.outcome[row].into() - p_control[row];
        }
        for row in control_rows.iter().map(|&row| row as usize) {
            effects[row] = p_treated[row] - self.outcome[row].into();
        }
        let on_treated = self.grown(rows, &effects, number + 1, job)?;
        let on_control = self.grown(control_rows, &effects, number + 2, job)?;
        Ok(ArmForests {
            treated: Some(treated),
            joint: None,
            effect_on_treated: Some(on_treated),
            effect_on_control: Some(on_control),
            share,
        })
    }

    fn growing(&self, rows: usize, number: u64) -> Growing {
        let drawn = rows.min(self.settings.rows_per_tree);
        Growing {
            trees: self.trees,
            max_depth: self.settings.max_depth,
            min_leaf: self.settings.leaf(drawn),
            rows_per_tree: drawn,
            seed: self.settings.seed.wrapping_add(self.seed << 48).wrapping_add(number << 32),
        }
    }

    fn grown<O: Label>(&self, rows: &[u32], labels: &[O], number: u64, job: &Job) -> Result<Forest> {
        Forest::fit(&self.space.plain, rows, labels, &self.growing(rows.len(), number), job)
    }
}

impl Forests {
    /// What the forests say of every row of `space`, arm by arm.
    pub(super) fn say(&self, space: &Space, job: &Job) -> Result<Vec<Said>> {
        let control = self.control.as_ref().map(|forest| forest.predict(&space.plain, job)).transpose()?;
        self.arms.iter().map(|arm| arm.say(space, control.as_deref(), job)).collect()
    }
}

impl ArmForests {
    fn say(&self, space: &Space, control: Option<&[f32]>, job: &Job) -> Result<Said> {
        let by = |forest: &Option<Forest>, space: &Distinct| -> Result<Vec<f32>> {
            forest.as_ref().map_or_else(|| Ok(vec![0.0; space.group_of.len()]), |forest| forest.predict(space, job))
        };
        if let (Some(with), Some(without)) = (&space.with, &space.without) {
            let (treated, control) = (by(&self.joint, with)?, by(&self.joint, without)?);
            return Ok(Said { uplift: difference(&treated, &control), treated, control });
        }
        let control = control.map_or_else(|| vec![0.0; space.plain.group_of.len()], <[f32]>::to_vec);
        let treated = by(&self.treated, &space.plain)?;
        if self.effect_on_treated.is_none() {
            return Ok(Said { uplift: difference(&treated, &control), treated, control });
        }
        let on_treated = by(&self.effect_on_treated, &space.plain)?;
        let on_control = by(&self.effect_on_control, &space.plain)?;
        let mixed = on_treated.par_iter().zip(&on_control);
        let uplift = mixed.map(|(treated, control)| self.share * control + (1.0 - self.share) * treated).collect();
        Ok(Said { uplift, treated, control })
    }
}

/// A table with the treatment as one more column.
fn with_treatment(binned: &BinnedTable, code: impl Fn(usize) -> u8) -> BinnedTable {
    let mut joint = binned.clone();
    joint.columns.push((0..binned.rows).map(code).collect());
    joint
}

fn difference(with: &[f32], without: &[f32]) -> Vec<f32> {
    with.par_iter().zip(without).map(|(with, without)| with - without).collect()
}
