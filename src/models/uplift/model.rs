//! The fitted model: what is needed to serve the users of the campaign and to score others.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::FeatureTable;
use crate::job::Job;
use crate::models::gbt::bins::Bins;
use crate::models::uplift::calibration::Calibration;
use crate::models::uplift::crossfit;
use crate::models::uplift::groups::{Group, Grouping};
use crate::models::uplift::learner::{Forests, Said, Space};
use crate::models::uplift::{Learner, Money, OutcomeKind};

/// What is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftModel {
    /// How uplift was learnt.
    pub learner: Learner,
    /// What the outcome is.
    pub outcome: OutcomeKind,
    /// The features, in the order of the bins.
    pub features: Vec<String>,
    /// Their bins.
    pub bins: Bins,
    /// The forests, fold by fold.
    pub folds: Vec<Forests>,
    /// What is made of what they say, arm by arm.
    pub arms: Vec<ArmModel>,
    /// What treatment costs and earns, where that is known.
    pub money: Option<Money>,
    /// The place of the arm that everybody gets, where following the model is not advised.
    pub one_arm: Option<u16>,
}

/// One arm of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmModel {
    /// Its name.
    pub arm: String,
    /// From what the forests say to the uplift served.
    pub calibration: Calibration,
    /// From there to groups.
    pub grouping: Grouping,
}

/// What is served of one arm, an entry per row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Served {
    /// What the arm adds.
    pub uplift: Vec<f32>,
    /// The outcome expected under the arm.
    pub p_treated: Vec<f32>,
    /// The outcome expected without.
    pub p_control: Vec<f32>,
    /// What treating nets; empty where no margin is known.
    pub net: Vec<f32>,
    /// The group.
    pub group: Vec<Group>,
}

impl Served {
    /// What ranks: the net where it is known, else the uplift.
    pub fn worth(&self) -> &[f32] {
        if self.net.is_empty() { &self.uplift } else { &self.net }
    }

    /// Everything but the groups, from what the forests said.
    pub(super) fn of(
        said: Said,
        calibration: &Calibration,
        fold: impl Fn(usize) -> Option<u8>,
        outcome: OutcomeKind,
        money: Option<&Money>,
    ) -> Self {
        let uplift: Vec<f32> =
            said.uplift.iter().enumerate().map(|(row, &said)| calibration.apply(said, fold(row))).collect();
        let p_treated = treated(&uplift, &said.control, outcome);
        let net = money.map(|money| net(&uplift, &p_treated, money)).unwrap_or_default();
        Self { net, uplift, p_treated, p_control: said.control, group: Vec::new() }
    }

    pub(super) fn grouped(mut self, grouping: &Grouping) -> Self {
        self.group =
            self.worth().iter().zip(&self.p_control).map(|(&worth, &base)| grouping.group(worth, base)).collect();
        self
    }
}

/// The outcome expected under an arm.
fn treated(uplift: &[f32], control: &[f32], outcome: OutcomeKind) -> Vec<f32> {
    let treated = |(control, uplift): (&f32, &f32)| match outcome {
        OutcomeKind::Happened => (control + uplift).clamp(0.0, 1.0),
        OutcomeKind::Money => control + uplift,
    };
    control.iter().zip(uplift).map(treated).collect()
}

/// What treating nets.
fn net(uplift: &[f32], treated: &[f32], money: &Money) -> Vec<f32> {
    let each = uplift.iter().zip(treated);
    each.map(|(&uplift, &treated)| money.net(f64::from(uplift), f64::from(treated)) as f32).collect()
}

/// What ranks users of this uplift and this outcome without treatment: the net where a margin is known, else the uplift.
pub(super) fn worth_of(uplift: &[f32], control: &[f32], outcome: OutcomeKind, money: Option<&Money>) -> Vec<f32> {
    money.map_or_else(|| uplift.to_vec(), |money| net(uplift, &treated(uplift, control, outcome), money))
}

impl UpliftModel {
    /// Scores the rows of a table, arm by arm. `fold` names the fold of a row that took part in the campaign: only forests
    /// that did not learn from it speak of it.
    pub fn score(&self, table: &FeatureTable, fold: &[Option<u8>], job: &Job) -> Result<Vec<Served>> {
        let binned = self.bins.apply(&self.features, table, job)?;
        let said = crossfit::say(&self.folds, &Space::new(&binned, self.learner), fold, job)?;
        let serve = |(said, arm): (Said, &ArmModel)| {
            Served::of(said, &arm.calibration, |row| fold[row], self.outcome, self.money.as_ref())
                .grouped(&arm.grouping)
        };
        Ok(said.into_iter().zip(&self.arms).map(serve).collect())
    }

    /// Per row the place of its best arm: the one that all get, or the one of the highest worth.
    pub fn best(&self, served: &[Served]) -> Vec<u16> {
        let rows = served.first().map_or(0, |arm| arm.uplift.len());
        let best = |row: usize| {
            let better = |best: usize, arm: usize| {
                if served[arm].worth()[row] > served[best].worth()[row] { arm } else { best }
            };
            (0..served.len()).fold(0, better) as u16
        };
        match self.one_arm {
            Some(arm) => vec![arm; rows],
            None => (0..rows).map(best).collect(),
        }
    }
}
