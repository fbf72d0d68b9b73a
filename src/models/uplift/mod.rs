//! Whom a campaign persuades: by default a T-learner (Künzel et al. 2019), one random forest per arm,
//! `uplift = p_treated − p_control`.

mod arms;
mod campaign;
mod evaluation;
mod forest;
mod learner;
mod settings;
#[cfg(test)]
mod tests;

use evaluation::evaluate;

pub use arms::{ArmEffect, ArmsCampaign, ByArm, by_arm};
pub use campaign::{Campaign, simulate};
pub use evaluation::{Balance, UpliftEvaluation};
pub use forest::{Forest, Growing};
pub use learner::Forests;
pub use settings::{Learner, UpliftSettings};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::job::Job;
use crate::models::gbt::bins::Bins;

/// What a campaign does to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Treat: responds because of it.
    Persuadable,
    /// Responds anyway.
    SureThing,
    /// Does not respond either way.
    LostCause,
    /// Leave alone: responds less when treated.
    SleepingDog,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Persuadable, Self::SureThing, Self::LostCause, Self::SleepingDog];

    /// The name in tables and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Persuadable => "persuadable",
            Self::SureThing => "sure thing",
            Self::LostCause => "lost cause",
            Self::SleepingDog => "sleeping dog",
        }
    }
}

/// What is needed to score again; forests that smartcore grew cannot be stored and are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftModel {
    /// How uplift was learnt.
    pub learner: Learner,
    /// The features, in the order of the bins.
    pub features: Vec<String>,
    /// Their bins.
    pub bins: Bins,
    /// The forests.
    pub forests: Forests,
}

/// Uplift of every row of the table.
#[derive(Clone, Debug)]
pub struct Uplift {
    /// `p_treated − p_control`.
    pub uplift: Vec<f32>,
    /// Probability of the outcome when treated.
    pub p_treated: Vec<f32>,
    /// Probability of the outcome when not.
    pub p_control: Vec<f32>,
    /// The group of each row.
    pub group: Vec<Group>,
    /// On held-out users.
    pub evaluation: UpliftEvaluation,
    /// The fitted model.
    pub model: UpliftModel,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Fits one forest per arm on the rows not held out, evaluates on the others, scores every row.
///
/// # Errors
/// [`Error::Model`] when an arm has too few training or held-out rows, or the campaign is of other rows than the table;
/// [`Error::Config`] when a setting is out of range.
pub fn uplift(
    table: &FeatureTable,
    campaign: &Campaign,
    held_out: &[bool],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<Uplift> {
    settings.in_range()?;
    let effects = campaign.true_effect.as_ref().map_or(table.len(), Vec::len);
    let part = campaign.part.as_ref().map_or(table.len(), Vec::len);
    if [campaign.treated.len(), campaign.outcome.len(), held_out.len(), effects, part]
        .iter()
        .any(|&rows| rows != table.len())
    {
        return Err(Error::Model(format!(
            "the campaign is not of the table's {} users: {} treatments, {} outcomes, {effects} effects, {} held-out marks",
            table.len(),
            campaign.treated.len(),
            campaign.outcome.len(),
            held_out.len()
        )));
    }
    let rows = |test: bool, arm: Option<bool>| -> Vec<u32> {
        let keep = |&row: &u32| {
            held_out[row as usize] == test
                && campaign.part.as_ref().is_none_or(|part| part[row as usize])
                && arm.is_none_or(|arm| campaign.treated[row as usize] == arm)
        };
        (0..table.len() as u32).filter(keep).collect()
    };
    for (test, what) in [(false, "train on"), (true, "hold out")] {
        for (arm, name) in [(true, "treated"), (false, "untreated")] {
            if rows(test, Some(arm)).len() < 2 * settings.min_leaf {
                return Err(Error::Model(format!(
                    "{} users are too few: hardly any {name} user to {what}",
                    table.len()
                )));
            }
        }
    }
    let training = rows(false, None);
    let used = used(table, &settings.features);
    if used.is_empty() {
        return Err(Error::Config("none of the features named in uplift.features exists".to_owned()));
    }
    let features: Vec<String> = used.iter().map(|feature| feature.name.to_string()).collect();
    let bins = Bins::fit(&used, &training, job)?;
    let binned = bins.apply(&features, table, job)?;
    let arms = learner::Arms { treated: rows(false, Some(true)), control: rows(false, Some(false)) };
    let by_smartcore = settings.learner == Learner::T && table.len() <= settings.smartcore_rows;
    let learnt = learner::learn(&binned, &arms, &campaign.outcome, settings, by_smartcore, job)?;
    let learner::Learnt { uplift, p_treated, p_control, forests } = learnt;
    let group: Vec<Group> =
        uplift.iter().zip(&p_control).map(|(&uplift, &base)| settings.group(uplift, base)).collect();
    let test = rows(true, None);
    let mut evaluation = evaluate(table, campaign, &test, &uplift, settings)?;
    evaluation.train_rows = training.len() as u64;
    evaluation.groups =
        Group::ALL.map(|kind| (kind, group.iter().filter(|&&other| other == kind).count() as u64)).to_vec();
    if by_smartcore { "smartcore" } else { "histogram" }.clone_into(&mut evaluation.forest);
    let mut notes = vec![format!("groups: {}", evaluation.rule)];
    notes.extend(evaluation.doubt());
    let absent: Vec<&str> =
        settings.features.iter().map(String::as_str).filter(|name| table.feature(name).is_none()).collect();
    if !absent.is_empty() {
        notes.push(format!("left out, for this log has no such feature: {}", absent.join(", ")));
    }
    if let Some(worst) = evaluation.balance.first().filter(|worst| worst.difference.abs() > 0.1) {
        notes.push(format!(
            "treatment was not random in {}: standardised mean difference {:.2}",
            worst.feature, worst.difference
        ));
    }
    Ok(Uplift {
        uplift,
        p_treated,
        p_control,
        group,
        evaluation,
        model: UpliftModel { learner: settings.learner, features, bins, forests },
        notes,
    })
}

/// The named features; all of them where none is named.
fn used<'a>(table: &'a FeatureTable, names: &[String]) -> Vec<&'a Feature> {
    let keep = |feature: &&Feature| names.is_empty() || names.iter().any(|name| *name == feature.name);
    table.features.iter().filter(keep).collect()
}
