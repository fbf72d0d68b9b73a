//! Whom a campaign persuades: a T-learner (Künzel et al. 2019), one random forest per arm,
//! `uplift = p_treated − p_control`.

mod campaign;
mod forest;
mod settings;
#[cfg(test)]
mod tests;

pub use campaign::{Campaign, simulate};
pub use forest::{Forest, Growing};
pub use settings::UpliftSettings;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gbt::bins::{BinnedTable, Bins};
use super::metrics::uplift::{UpliftDecile, auuc, average_effect, qini, qini_curve, uplift_at, uplift_deciles};
use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable};
use crate::job::Job;

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

/// How far treatment was from random in one feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The feature.
    pub feature: String,
    /// Standardised mean difference, treated minus control; within ±0.1 counts as balanced (Austin 2009).
    pub difference: f64,
}

/// How well the model does on held-out users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftEvaluation {
    /// Whether the campaign was simulated.
    pub simulated: bool,
    /// Training rows.
    pub train_rows: u64,
    /// Held-out rows.
    pub test_rows: u64,
    /// Overall effect among held-out users: difference of the outcome rates.
    pub ate: f64,
    /// Lower end of its 95 % interval.
    pub ate_low: f64,
    /// Upper end of its 95 % interval.
    pub ate_high: f64,
    /// Qini coefficient; `None` where no ranking beats a random one.
    pub qini: Option<f64>,
    /// Area under the uplift curve, normalised; `None` like `qini`.
    pub auuc: Option<f64>,
    /// Observed uplift among the first tenth of the ranking; `None` where an arm has nobody there.
    #[serde(rename = "uplift@10")]
    pub uplift_at_10: Option<f64>,
    /// The same of the first fifth.
    #[serde(rename = "uplift@20")]
    pub uplift_at_20: Option<f64>,
    /// The same of the first three tenths.
    #[serde(rename = "uplift@30")]
    pub uplift_at_30: Option<f64>,
    /// Pearson correlation of predicted and planted effect, for a simulation; `None` where either is constant.
    pub true_effect_correlation: Option<f64>,
    /// (rows, extra outcomes), at most 101 points.
    pub qini_curve: Vec<[f64; 2]>,
    /// Predicted and observed uplift by tenth of the ranking.
    pub deciles: Vec<UpliftDecile>,
    /// Standardised mean differences between the arms, largest first.
    pub balance: Vec<Balance>,
    /// Users of every group, all users counted.
    pub groups: Vec<(Group, u64)>,
    /// How users are put into groups.
    pub rule: String,
    /// `smartcore` or `histogram`.
    pub forest: String,
}

/// What is needed to score again; `None` of a forest that smartcore grew, which cannot be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftModel {
    /// The features, in the order of the bins.
    pub features: Vec<String>,
    /// Their bins.
    pub bins: Bins,
    /// The forest of the treated.
    pub treated: Option<Forest>,
    /// The forest of the others.
    pub control: Option<Forest>,
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
    settings.check()?;
    let effects = campaign.true_effect.as_ref().map_or(table.len(), Vec::len);
    if [campaign.treated.len(), campaign.outcome.len(), held_out.len(), effects].iter().any(|&rows| rows != table.len())
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
        let keep =
            |&row: &u32| held_out[row as usize] == test && arm.is_none_or(|arm| campaign.treated[row as usize] == arm);
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
    let features: Vec<String> = used.iter().map(|feature| feature.name.to_owned()).collect();
    let bins = Bins::fit(&used, &training, job)?;
    let binned = bins.apply(&features, table, job)?;
    job.begin("trees", 2 * settings.trees as u64);
    let by_smartcore = table.len() <= settings.smartcore_rows;
    let (p_treated, treated) = arm(&binned, &rows(false, Some(true)), campaign, settings, by_smartcore, 0, job)?;
    let (p_control, control) = arm(&binned, &rows(false, Some(false)), campaign, settings, by_smartcore, 1, job)?;
    let uplift: Vec<f32> = p_treated.par_iter().zip(&p_control).map(|(with, without)| with - without).collect();
    let group: Vec<Group> =
        uplift.iter().zip(&p_control).map(|(&uplift, &base)| settings.group(uplift, base)).collect();
    let test = rows(true, None);
    let mut evaluation = evaluate(table, campaign, &test, &uplift, settings)?;
    evaluation.train_rows = training.len() as u64;
    evaluation.groups =
        Group::ALL.map(|kind| (kind, group.iter().filter(|&&other| other == kind).count() as u64)).to_vec();
    if by_smartcore { "smartcore" } else { "histogram" }.clone_into(&mut evaluation.forest);
    let mut notes = vec![format!("groups: {}", evaluation.rule)];
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
        model: UpliftModel { features, bins, treated, control },
        notes,
    })
}

/// The named features; all of them where none is named.
fn used<'a>(table: &'a FeatureTable, names: &[String]) -> Vec<&'a Feature> {
    let keep = |feature: &&Feature| names.is_empty() || names.iter().any(|name| name == feature.name);
    table.features.iter().filter(keep).collect()
}

/// Probabilities of every row by the forest of one arm.
fn arm(
    binned: &BinnedTable,
    rows: &[u32],
    campaign: &Campaign,
    settings: &UpliftSettings,
    by_smartcore: bool,
    arm: u64,
    job: &Job,
) -> Result<(Vec<f32>, Option<Forest>)> {
    let growing = Growing {
        trees: settings.trees,
        max_depth: settings.max_depth,
        min_leaf: settings.min_leaf,
        rows_per_tree: rows.len().min(settings.rows_per_tree),
        seed: settings.seed.wrapping_add(arm << 32),
    };
    if by_smartcore {
        return Ok((forest::smartcore_probabilities(binned, rows, &campaign.outcome, &growing, job)?, None));
    }
    let forest = Forest::fit(binned, rows, &campaign.outcome, &growing, job)?;
    Ok((forest.predict(binned, job)?, Some(forest)))
}

fn evaluate(
    table: &FeatureTable,
    campaign: &Campaign,
    test: &[u32],
    uplift: &[f32],
    settings: &UpliftSettings,
) -> Result<UpliftEvaluation> {
    let pick = |of: &[bool]| -> Vec<bool> { test.iter().map(|&row| of[row as usize]).collect() };
    let (outcome, treated) = (pick(&campaign.outcome), pick(&campaign.treated));
    let predicted: Vec<f32> = test.iter().map(|&row| uplift[row as usize]).collect();
    if !outcome.contains(&true) {
        return Err(Error::Model("no held-out user has the outcome: the model cannot be judged".to_owned()));
    }
    let effect = average_effect(&outcome, &treated);
    let curve = qini_curve(&predicted, &outcome, &treated);
    let points = curve.len().min(101);
    let last = curve.len() - 1;
    let correlation = campaign.true_effect.as_ref().and_then(|effects| {
        let planted: Vec<f32> = test.iter().map(|&row| effects[row as usize]).collect();
        pearson(&predicted, &planted)
    });
    let mut balance: Vec<Balance> = table
        .features
        .par_iter()
        .filter_map(|feature| {
            let difference = standardised_difference(feature, campaign)?;
            Some(Balance { feature: feature.name.to_owned(), difference })
        })
        .collect();
    balance.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    Ok(UpliftEvaluation {
        simulated: campaign.true_effect.is_some(),
        train_rows: 0,
        test_rows: test.len() as u64,
        ate: effect.effect,
        ate_low: effect.low,
        ate_high: effect.high,
        qini: qini(&predicted, &outcome, &treated),
        auuc: auuc(&predicted, &outcome, &treated),
        uplift_at_10: uplift_at(0.1, &predicted, &outcome, &treated),
        uplift_at_20: uplift_at(0.2, &predicted, &outcome, &treated),
        uplift_at_30: uplift_at(0.3, &predicted, &outcome, &treated),
        true_effect_correlation: correlation,
        qini_curve: (0..points).map(|point| curve[last * point / (points - 1).max(1)]).collect(),
        deciles: uplift_deciles(&predicted, &outcome, &treated),
        balance,
        groups: Vec::new(),
        rule: settings.rule(),
        forest: String::new(),
    })
}

fn pearson(a: &[f32], b: &[f32]) -> Option<f64> {
    let mean = |of: &[f32]| of.iter().map(|&value| f64::from(value)).sum::<f64>() / of.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut squares_a, mut squares_b) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        product += a * b;
        squares_a += a * a;
        squares_b += b * b;
    }
    let correlation = product / (squares_a * squares_b).sqrt();
    correlation.is_finite().then_some(correlation)
}

/// Difference of the arms' means over the pooled standard deviation; nulls are left out. `None` for a constant feature.
fn standardised_difference(feature: &Feature, campaign: &Campaign) -> Option<f64> {
    let mut sums = [[0.0; 3]; 2];
    for (row, &treated) in campaign.treated.iter().enumerate() {
        let value = feature.values.get(row);
        if !value.is_nan() {
            let sum = &mut sums[usize::from(treated)];
            sum[0] += 1.0;
            sum[1] += value;
            sum[2] += value * value;
        }
    }
    let [control, treated] = sums.map(|[count, sum, squares]| {
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(0.0))
    });
    let difference = (treated.0 - control.0) / f64::midpoint(treated.1, control.1).sqrt();
    difference.is_finite().then_some(difference)
}
