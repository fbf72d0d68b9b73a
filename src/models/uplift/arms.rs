//! A campaign of several arms: each against the control, and the best of them for each user.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::job::Job;
use crate::models::metrics::uplift::average_effect;
use crate::models::uplift::{Campaign, Uplift, UpliftSettings, uplift};

/// A campaign of one arm or several, one entry per row of the feature table.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmsCampaign {
    /// Names of the arms.
    pub arms: Vec<String>,
    /// 0 for the control, else the arm's place plus 1; `None` for who took no part.
    pub arm: Vec<Option<u16>>,
    /// Whether the user did what the campaign wanted.
    pub outcome: Vec<bool>,
    /// Money spent, NaN where unknown; empty where nothing was told.
    pub spend: Vec<f64>,
}

/// What an arm did to all of its rows, held out or not: no model, a difference of means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmEffect {
    /// The arm.
    pub arm: String,
    /// Its rows.
    pub rows: u64,
    /// Rows of the control.
    pub control_rows: u64,
    /// Share of its rows with the outcome.
    pub rate: f64,
    /// Share of the control's rows with the outcome.
    pub control_rate: f64,
    /// Difference of the two.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub effect_low: f64,
    /// Upper end of its 95 % interval.
    pub effect_high: f64,
    /// Mean money spent by a row of the arm less that by a row of the control; `None` where nothing was told.
    pub spend_effect: Option<f64>,
}

/// Uplift by every arm.
#[derive(Debug)]
pub struct ByArm {
    /// What each arm did to all of its rows.
    pub effects: Vec<ArmEffect>,
    /// The model of each arm, in the order of the arms.
    pub models: Vec<Uplift>,
    /// Per row the place of the arm with the highest uplift.
    pub best: Vec<u16>,
}

impl ByArm {
    /// The uplift of the best arm of each row.
    pub fn uplift(&self) -> Vec<f32> {
        self.picked(|model, row| model.uplift[row])
    }

    /// What the model of each row's best arm says of the row.
    pub fn picked<T>(&self, value: impl Fn(&Uplift, usize) -> T) -> Vec<T> {
        self.best.iter().enumerate().map(|(row, &arm)| value(&self.models[usize::from(arm)], row)).collect()
    }
}

/// Fits and judges each arm against the control, and scores every row of the table.
///
/// # Errors
/// As [`uplift`]; [`Error::Model`] where the campaign is of other rows than the table.
pub fn by_arm(
    table: &FeatureTable,
    campaign: &ArmsCampaign,
    held_out: &[bool],
    settings: &UpliftSettings,
    job: &Job,
) -> Result<ByArm> {
    if campaign.arm.len() != table.len() || campaign.outcome.len() != table.len() {
        let (rows, users) = (campaign.arm.len(), table.len());
        return Err(Error::Model(format!("the campaign has {rows} rows where the table has {users}")));
    }
    let mut models = Vec::with_capacity(campaign.arms.len());
    let mut effects = Vec::with_capacity(campaign.arms.len());
    for (place, name) in campaign.arms.iter().enumerate() {
        let own = place as u16 + 1;
        let of_arm = Campaign {
            treated: campaign.arm.iter().map(|arm| *arm == Some(own)).collect(),
            outcome: campaign.outcome.clone(),
            part: Some(campaign.arm.iter().map(|arm| matches!(arm, Some(arm) if *arm == 0 || *arm == own)).collect()),
            true_effect: None,
        };
        effects.push(effect(name, &of_arm, &campaign.spend));
        models.push(uplift(table, &of_arm, held_out, settings, job)?);
    }
    let best = (0..table.len())
        .map(|row| {
            let better = |best: usize, arm: usize| {
                if models[arm].uplift[row] > models[best].uplift[row] { arm } else { best }
            };
            (0..models.len()).fold(0, better) as u16
        })
        .collect();
    Ok(ByArm { effects, models, best })
}

fn effect(name: &str, campaign: &Campaign, spend: &[f64]) -> ArmEffect {
    let part = campaign.part.as_deref().unwrap_or_default();
    let rows: Vec<usize> = (0..part.len()).filter(|&row| part[row]).collect();
    let treated: Vec<bool> = rows.iter().map(|&row| campaign.treated[row]).collect();
    let outcome: Vec<bool> = rows.iter().map(|&row| campaign.outcome[row]).collect();
    let of = |arm: bool| {
        let count = treated.iter().filter(|&&treated| treated == arm).count();
        let yes = treated.iter().zip(&outcome).filter(|&(&treated, &outcome)| treated == arm && outcome).count();
        (count as u64, yes as f64 / count.max(1) as f64)
    };
    let ((arm_rows, rate), (control_rows, control_rate)) = (of(true), of(false));
    let overall = average_effect(&outcome, &treated);
    let mean = |arm: bool| {
        let known = rows.iter().filter(|&&row| campaign.treated[row] == arm && spend[row].is_finite());
        let (sum, count) = known.fold((0.0, 0_u64), |(sum, count), &row| (sum + spend[row], count + 1));
        sum / count.max(1) as f64
    };
    ArmEffect {
        arm: name.to_owned(),
        rows: arm_rows,
        control_rows,
        rate,
        control_rate,
        effect: overall.effect,
        effect_low: overall.low,
        effect_high: overall.high,
        spend_effect: (!spend.is_empty()).then(|| mean(true) - mean(false)),
    }
}
