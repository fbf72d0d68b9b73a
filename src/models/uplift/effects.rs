//! What each arm did to everybody: no model, a difference of means.

use serde::{Deserialize, Serialize};

use crate::models::uplift::evaluation::UpliftEvaluation;
use crate::models::uplift::{Campaign, Outcome, OutcomeKind};

/// What an arm did to all of its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmEffect {
    /// The arm.
    pub arm: String,
    /// Its rows.
    pub rows: u64,
    /// Rows of the control.
    pub control_rows: u64,
    /// Share of its rows with the outcome, or its mean amount, the largest amounts lowered.
    pub rate: f64,
    /// The same of the control.
    pub control_rate: f64,
    /// Difference of the two; where treatment was not random, what remains of it beside what the features explain.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub effect_low: f64,
    /// Upper end of its 95 % interval.
    pub effect_high: f64,
    /// Of an outcome of money the difference of the mean amounts as they are, none of them lowered; `None` of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_effect: Option<f64>,
    /// Mean money spent by a row of the arm less that by a row of the control; `None` where nothing was told.
    pub spend_effect: Option<f64>,
}

impl ArmEffect {
    /// The effect of arm `place` (from 0), as judged; `raw` are the outcomes as the campaign has them.
    pub(super) fn of(campaign: &Campaign, raw: &Outcome, place: usize, judged: &UpliftEvaluation) -> Self {
        let rows_of = |arm: u16| (0..campaign.arm.len()).filter(move |&row| campaign.arm[row] == arm);
        let mean = |arm: u16, value: &dyn Fn(usize) -> f64| {
            let known = rows_of(arm).map(value).filter(|value| value.is_finite());
            let (sum, count) = known.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
            sum / count.max(1) as f64
        };
        let own = place as u16 + 1;
        let outcome = |row: usize| campaign.outcome.value(row);
        let spend = |row: usize| campaign.spend[row];
        let amount = |row: usize| raw.value(row);
        Self {
            arm: campaign.arms[place].clone(),
            rows: rows_of(own).count() as u64,
            control_rows: rows_of(0).count() as u64,
            rate: mean(own, &outcome),
            control_rate: mean(0, &outcome),
            effect: judged.ate,
            effect_low: judged.ate_low,
            effect_high: judged.ate_high,
            raw_effect: (raw.kind() == OutcomeKind::Money).then(|| mean(own, &amount) - mean(0, &amount)),
            spend_effect: (!campaign.spend.is_empty()).then(|| mean(own, &spend) - mean(0, &spend)),
        }
    }
}
