//! Whom a campaign persuades: by default a T-learner (Künzel et al. 2019), one random forest per arm,
//! `uplift = p_treated − p_control`.
//!
//! Forests chase noise, so nothing they say is served as it is. Every user's uplift comes from forests that did not learn
//! from that user (`crossfit`), is compared with doubly robust `scores` and drawn towards the average effect as far as the
//! differences are not seen (`calibration`, half by a line and half by a `monotone` curve); `groups` follow from the effect seen in users ranked alike, and `policy` says
//! whether following the model brings more than treating everybody alike. Whether treatment was random is tested
//! (`balance`); where it was not, `shares` tells how likely each user was to be treated.

mod balance;
mod calibration;
mod campaign;
mod choice;
mod crossfit;
mod effects;
mod evaluation;
mod forest;
mod groups;
mod learner;
mod model;
mod money;
mod monotone;
mod outcome;
mod policy;
mod scores;
mod second;
mod settings;
mod shares;
#[cfg(test)]
mod tests;
mod words;

pub use balance::Balance;
pub use calibration::Calibration;
pub use campaign::{Campaign, simulate};
pub use choice::OrAuto;
pub use crossfit::FOLDS;
pub use effects::ArmEffect;
pub use evaluation::UpliftEvaluation;
pub use forest::{Forest, Growing};
pub use groups::{Bin, Group, Grouping};
pub use learner::{ArmForests, Forests};
pub use model::{ArmModel, Served, UpliftModel};
pub use money::{Money, Terms};
pub use outcome::{Outcome, OutcomeKind};
pub use policy::{Policies, Policy, Value};
pub use second::SecondOpinion;
pub use settings::{Learner, UpliftSettings};
pub use shares::Overlap;

use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::job::Job;
use crate::models::gbt::bins::Bins;
use crate::models::uplift::balance::Randomness;
use crate::models::uplift::crossfit::cross_fit;
use crate::models::uplift::evaluation::Judged;
use crate::models::uplift::model::worth_of;
use crate::models::uplift::scores::Scores;
use crate::models::uplift::shares::Shares;

/// Users of an arm at least.
const LEAST_USERS: usize = 20;

/// What is learnt from.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The users who took part, with their features before the campaign.
    pub table: &'a FeatureTable,
    /// What was done to them and what came of it, row by row.
    pub campaign: &'a Campaign,
    /// The fold of each, below [`FOLDS`].
    pub fold: &'a [u8],
}

/// What a campaign teaches.
#[derive(Clone, Debug)]
pub struct Uplift {
    /// What is served of its own users, arm by arm.
    pub served: Vec<Served>,
    /// Per user the place of the best arm.
    pub best: Vec<u16>,
    /// What each arm did.
    pub effects: Vec<ArmEffect>,
    /// How well each arm's ranking does.
    pub evaluations: Vec<UpliftEvaluation>,
    /// What would come of treating nobody, everybody, or some.
    pub policies: Policies,
    /// The fitted model.
    pub model: UpliftModel,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Learns from a campaign, judges what was learnt and serves its users.
///
/// # Errors
/// [`Error::Model`] when an arm has too few users or nobody has the outcome, or the campaign is of other rows than the
/// table; [`Error::Config`] when a setting is out of range or a price does not suit the outcome.
pub fn uplift(study: Study<'_>, terms: Terms, settings: &UpliftSettings, job: &Job) -> Result<Uplift> {
    settings.check()?;
    let Study { table, campaign, fold } = study;
    check(study, settings)?;
    let used = used(table, &settings.features);
    if used.is_empty() {
        return Err(Error::Config("none of the features named in uplift.features exists".to_owned()));
    }
    let money = Money::of(terms, campaign)?;
    let (outcome, most) = campaign.outcome.winsorised();
    let (raw, lowered) = (&campaign.outcome, Campaign { outcome, ..campaign.clone() });
    let campaign = &lowered;
    let features: Vec<String> = used.iter().map(|feature| feature.name.to_string()).collect();
    let everyone: Vec<u32> = (0..table.len() as u32).collect();
    let bins = Bins::fit(&used, &everyone, job)?;
    let binned = bins.apply(&features, table, job)?;
    let trees = crossfit::trees(fold.len(), campaign.arms.len(), settings);
    job.begin("trees", (trees + second::trees(fold.len(), campaign.arms.len(), settings)) as u64);
    let fitted = cross_fit(&binned, campaign, fold, settings, job)?;
    let second = second::second_opinion(&binned, campaign, fold, settings, job)?;

    let arms = campaign.arms.len();
    let mut randomness: Vec<Randomness> =
        (1..=arms).map(|own| Randomness::of(table, &campaign.arm, own as u16, arms)).collect();
    // A simulation's shares are known.
    let random = campaign.true_effect.is_some() || randomness.iter().all(|arm| arm.random);
    for arm in &mut randomness {
        arm.random = random;
    }
    let (shares, overlap) = if random {
        (Shares::seen(&campaign.arm, arms), None)
    } else {
        let (shares, overlap) = Shares::learnt(table, &campaign.arm, arms, fold, job)?;
        (shares, Some(overlap))
    };
    let scores = Scores::new(campaign, &fitted.said, &shares);

    let (mut served, mut evaluations, mut models) = (Vec::new(), Vec::new(), Vec::new());
    // By arm and row what treating is worth, as a policy may know it that is judged on the row.
    let mut worth: Vec<Vec<f32>> = Vec::new();
    for ((place, said), randomness) in fitted.said.into_iter().enumerate().zip(randomness) {
        let effects = scores.effects(place);
        let calibration = Calibration::fit(&said.uplift, &effects, fold);
        let unseen = Calibration::without_own_fold(&said.uplift, &effects, fold);
        worth.push(worth_of(&unseen, &said.control, campaign.outcome.kind(), money.as_ref()));
        let centred = |(row, said): (usize, &f32)| said - calibration.centres[usize::from(fold[row])] as f32;
        let ranked: Vec<f32> = said.uplift.iter().enumerate().map(centred).collect();
        let own = Served::of(said, &calibration, |row| Some(fold[row]), campaign.outcome.kind(), money.as_ref());
        let grouping = Grouping::of(campaign, place, own.worth(), &scores, money.as_ref(), settings);
        let own = own.grouped(&grouping);
        let judged = Judged {
            campaign,
            place,
            ranked: &ranked,
            served: &own.uplift,
            second: second.as_ref().map(|second| second[place].as_slice()),
            scores: &effects,
            randomness,
            overlap: overlap.clone(),
            seed: settings.seed,
        };
        let mut evaluation = judged.evaluate();
        evaluation.rule = grouping.rule(money.is_some());
        evaluation.grouping = Some(grouping.clone());
        evaluation.calibration = Some(calibration.clone());
        evaluation.groups = count_groups(&own.group);
        models.push(ArmModel { arm: campaign.arms[place].clone(), calibration, grouping });
        evaluations.push(evaluation);
        served.push(own);
    }
    let effects: Vec<ArmEffect> =
        evaluations.iter().enumerate().map(|(place, judged)| ArmEffect::of(campaign, raw, place, judged)).collect();
    let unit = match (money, campaign.outcome.kind()) {
        (Some(_), _) => "net",
        (None, OutcomeKind::Happened) => "outcomes",
        (None, OutcomeKind::Money) => "revenue",
    };
    let policies = policy::policies(&scores, &worth, &campaign.arms, fold, money.as_ref(), unit);
    let one_arm = (!policies.follow).then(|| best_for_all(&policies, campaign));
    let model = UpliftModel {
        learner: settings.learner,
        outcome: campaign.outcome.kind(),
        features,
        bins,
        folds: fitted.folds,
        arms: models,
        money,
        one_arm,
    };
    let mut notes = words::notes(&evaluations, &effects, &policies, most, model.money.as_ref());
    notes.extend(words::absent(table, &settings.features));
    let best = model.best(&served);
    Ok(Uplift { served, best, effects, evaluations, policies, model, notes })
}

/// How many rows are of each group.
pub fn count_groups(groups: &[Group]) -> Vec<(Group, u64)> {
    Group::ALL.map(|kind| (kind, groups.iter().filter(|&&group| group == kind).count() as u64)).to_vec()
}

/// The place of the arm that is best for all; of several that bring nothing, the least bad.
fn best_for_all(policies: &Policies, campaign: &Campaign) -> u16 {
    let value = |place: usize| policies.policies.get(place + 1).map_or(f64::NEG_INFINITY, |policy| policy.value.value);
    (0..campaign.arms.len()).fold(0, |best, arm| if value(arm) > value(best) { arm } else { best }) as u16
}

/// Refuses what nothing can be learnt from.
fn check(study: Study<'_>, settings: &UpliftSettings) -> Result<()> {
    let Study { table, campaign, fold } = study;
    let effects = campaign.true_effect.as_ref().map_or(table.len(), Vec::len);
    if [campaign.arm.len(), campaign.outcome.len(), fold.len(), effects].iter().any(|&rows| rows != table.len()) {
        return Err(Error::Model(format!(
            "the campaign is not of the table's {} users: {} treatments, {} outcomes, {effects} effects, {} folds",
            table.len(),
            campaign.arm.len(),
            campaign.outcome.len(),
            fold.len()
        )));
    }
    for arm in 0..=campaign.arms.len() {
        let name = if arm == 0 { "untreated" } else { "treated" };
        for held in 0..FOLDS {
            let of_arm = || (0..table.len()).filter(|&row| usize::from(campaign.arm[row]) == arm);
            let training = of_arm().filter(|&row| fold[row] != held).count();
            let least = (2 * settings.leaf(training.min(settings.rows_per_tree))).max(LEAST_USERS);
            if training < least || training == of_arm().count() {
                let what = if training < least { "train on" } else { "judge by" };
                return Err(Error::Model(format!(
                    "{} users are too few: hardly any {name} user to {what}",
                    table.len()
                )));
            }
        }
    }
    if !(0..table.len()).any(|row| campaign.outcome.happened(row)) {
        return Err(Error::Model("no user has the outcome: there is nothing to learn".to_owned()));
    }
    Ok(())
}

/// The named features; all of them where none is named.
fn used<'a>(table: &'a FeatureTable, names: &[String]) -> Vec<&'a Feature> {
    let keep = |feature: &&Feature| names.is_empty() || names.iter().any(|name| *name == feature.name);
    table.features.iter().filter(keep).collect()
}
