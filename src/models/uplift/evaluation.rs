//! How well predicted uplift ranks users whose outcome it never saw.

use serde::{Deserialize, Serialize};

use crate::models::metrics::regression::spearman;
use crate::models::metrics::uplift::{
    Effect, UpliftDecile, auuc, average_effect, mean_effect, qini, qini_by_chance, qini_curve, scored_deciles,
    scored_qini, scored_qini_curve, scored_uplift_at, spread, uplift_at, uplift_deciles,
};
use crate::models::uplift::balance::{Balance, Randomness};
use crate::models::uplift::calibration::{Calibration, Z};
use crate::models::uplift::groups::{Group, Grouping};
use crate::models::uplift::second::SecondOpinion;
use crate::models::uplift::shares::Overlap;
use crate::models::uplift::{Campaign, OutcomeKind};

/// Of the rarer answer in an arm, too few to tell anything.
const LEAST_OUTCOMES: u64 = 50;
/// The shares of the ranking looked at.
const SHARES: [f64; 3] = [0.1, 0.2, 0.3];

/// How well the model does, cross-fitted over all users of an arm and the control.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpliftEvaluation {
    /// Whether the campaign was simulated.
    pub simulated: bool,
    /// Something that happened, or money.
    #[serde(default)]
    pub outcome: OutcomeKind,
    /// Rows each fit learnt from, on average.
    pub train_rows: u64,
    /// Rows judged.
    pub test_rows: u64,
    /// Overall effect: difference of the means, or that of the doubly robust scores where treatment was not random.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate: f64,
    /// Lower end of its 95 % interval.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate_low: f64,
    /// Upper end of its 95 % interval.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub ate_high: f64,
    /// Qini coefficient; `None` where no ranking beats a random one, and of money.
    pub qini: Option<f64>,
    /// Lower end of its 95 % interval.
    #[serde(default)]
    pub qini_low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub qini_high: Option<f64>,
    /// Standard deviation of the Qini coefficient of rankings at random; `None` like `qini`.
    #[serde(default)]
    pub qini_by_chance: Option<f64>,
    /// Area under the uplift curve, normalised; `None` like `qini`, and where treatment was not random.
    pub auuc: Option<f64>,
    /// Lower end of its 95 % interval.
    #[serde(default)]
    pub auuc_low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub auuc_high: Option<f64>,
    /// Observed uplift among the first tenth of the ranking; `None` where an arm has nobody there.
    #[serde(rename = "uplift@10")]
    pub uplift_at_10: Option<f64>,
    /// The same of the first fifth.
    #[serde(rename = "uplift@20")]
    pub uplift_at_20: Option<f64>,
    /// The same of the first three tenths.
    #[serde(rename = "uplift@30")]
    pub uplift_at_30: Option<f64>,
    /// 95 % intervals of the three.
    #[serde(default)]
    pub uplift_at_intervals: Vec<Option<(f64, f64)>>,
    /// Pearson correlation of predicted and planted effect, for a simulation; `None` where either is constant.
    pub true_effect_correlation: Option<f64>,
    /// (rows, extra outcomes), at most 101 points.
    pub qini_curve: Vec<[f64; 2]>,
    /// How far chance takes such a curve from the straight line: `chance · √(f·(1 − f))` is its standard deviation after a
    /// share `f` of the rows, a Brownian bridge.
    #[serde(default)]
    pub curve_chance: Option<f64>,
    /// Predicted and observed uplift by tenth of the ranking.
    pub deciles: Vec<UpliftDecile>,
    /// Mean distance of predicted and observed uplift over the deciles.
    #[serde(default)]
    pub decile_error: Option<f64>,
    /// How much of the predicted differences was seen.
    #[serde(default)]
    pub calibration: Option<Calibration>,
    /// Differences of arm and control before the campaign, the least likely first.
    pub balance: Vec<Balance>,
    /// The largest |z| among them.
    #[serde(default)]
    pub balance_z: Option<f64>,
    /// What it must not pass for treatment to count as random.
    #[serde(default)]
    pub balance_limit: Option<f64>,
    /// Whether treatment counts as random; `None` in results of version 0.1.
    #[serde(default)]
    pub random: Option<bool>,
    /// How far the arms overlap, where it does not.
    #[serde(default)]
    pub overlap: Option<Overlap>,
    /// Whether arm and control have enough outcomes to tell anything.
    #[serde(default)]
    pub enough: Option<bool>,
    /// What forests of another library say; `None` above `smartcore_rows` users.
    #[serde(default)]
    pub second: Option<SecondOpinion>,
    /// Users of every group, all users counted.
    pub groups: Vec<(Group, u64)>,
    /// The bins that make the groups.
    #[serde(default)]
    pub grouping: Option<Grouping>,
    /// How users are put into groups.
    pub rule: String,
    /// Which forest: `histogram`, in results of version 0.1 also `smartcore`.
    pub forest: String,
}

impl UpliftEvaluation {
    /// Whether the users were found to differ in their uplift.
    pub fn differs(&self) -> Option<bool> {
        self.calibration.as_ref().map(Calibration::differs)
    }
}

/// What an arm is judged by.
pub(super) struct Judged<'a> {
    pub campaign: &'a Campaign,
    /// The arm's place, from 0.
    pub place: usize,
    /// What the forests said of each row, about the mean of its fold: what ranks.
    pub ranked: &'a [f32],
    /// The uplift served.
    pub served: &'a [f32],
    /// Doubly robust scores of the effect.
    pub scores: &'a [f32],
    /// What forests of another library said of each row.
    pub second: Option<&'a [f32]>,
    pub randomness: Randomness,
    pub overlap: Option<Overlap>,
    pub seed: u64,
}

impl Judged<'_> {
    /// Judges the ranking on the rows of the arm and the control.
    pub fn evaluate(self) -> UpliftEvaluation {
        let Self { campaign, place, .. } = self;
        let own = place as u16 + 1;
        let rows: Vec<u32> =
            (0..campaign.arm.len() as u32).filter(|&row| [0, own].contains(&campaign.arm[row as usize])).collect();
        let pick = |of: &[f32]| -> Vec<f32> { rows.iter().map(|&row| of[row as usize]).collect() };
        let treated: Vec<bool> = rows.iter().map(|&row| campaign.arm[row as usize] == own).collect();
        let outcome: Vec<bool> = rows.iter().map(|&row| campaign.outcome.happened(row as usize)).collect();
        let (ranked, served) = (pick(self.ranked), pick(self.served));
        let kind = campaign.outcome.kind();
        let mut found = UpliftEvaluation {
            simulated: campaign.true_effect.is_some(),
            outcome: kind,
            train_rows: (rows.len() * 4 / 5) as u64,
            test_rows: rows.len() as u64,
            random: Some(self.randomness.random),
            balance_z: self.randomness.z,
            balance_limit: self.randomness.limit,
            balance: self.randomness.balance,
            overlap: self.overlap,
            enough: Some(enough(&outcome, &treated, kind)),
            forest: "histogram".to_owned(),
            true_effect_correlation: campaign.true_effect.as_ref().and_then(|effects| {
                pearson(&ranked, &rows.iter().map(|&row| effects[row as usize]).collect::<Vec<_>>())
            }),
            ..UpliftEvaluation::default()
        };
        if found.random == Some(true) && kind == OutcomeKind::Happened {
            found.by_counts(&ranked, &served, &outcome, &treated, self.seed);
        } else {
            // Every row's score counts: those of other arms know the features too.
            let share = treated.iter().filter(|&&treated| treated).count() as f64 / treated.len().max(1) as f64;
            found.by_scores(self.ranked, self.served, self.scores, share);
            if found.random == Some(true) {
                found.ate_of(&difference_of_means(campaign, own));
            }
            if kind == OutcomeKind::Happened
                && let Some((qini, deviation)) = scored_qini(&ranked, &pick(self.scores), &outcome, &treated)
            {
                found.qini = Some(qini);
                (found.qini_low, found.qini_high) = (Some(qini - Z * deviation), Some(qini + Z * deviation));
                found.qini_by_chance = qini_by_chance(&outcome, &treated, self.seed);
            }
        }
        found.second = self.second.map(|second| SecondOpinion {
            agreement: spearman(self.ranked, second),
            qini: found.qini.and_then(|_| match found.random {
                Some(true) => qini(&pick(second), &outcome, &treated),
                _ => scored_qini(&pick(second), &pick(self.scores), &outcome, &treated).map(|(qini, _)| qini),
            }),
        });
        let errors: Vec<f64> =
            found.deciles.iter().filter_map(|decile| Some((decile.predicted - decile.observed?).abs())).collect();
        found.decile_error = (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64);
        found
    }
}

impl UpliftEvaluation {
    fn ate_of(&mut self, effect: &Effect) {
        (self.ate, self.ate_low, self.ate_high) = (effect.effect, effect.low, effect.high);
    }

    /// By scikit-uplift's conventions, where treatment was random.
    fn by_counts(&mut self, ranked: &[f32], served: &[f32], outcome: &[bool], treated: &[bool], seed: u64) {
        let spread = spread(ranked, outcome, treated, seed);
        let ends = |value: Option<f64>, deviation: Option<f64>| {
            let (value, half) = (value?, Z * deviation?);
            Some((value - half, value + half))
        };
        self.ate_of(&average_effect(outcome, treated));
        self.qini = qini(ranked, outcome, treated);
        (self.qini_low, self.qini_high) = ends(self.qini, spread.qini).unzip();
        self.qini_by_chance = qini_by_chance(outcome, treated, seed);
        self.auuc = auuc(ranked, outcome, treated);
        (self.auuc_low, self.auuc_high) = ends(self.auuc, spread.auuc).unzip();
        let at = SHARES.map(|share| uplift_at(share, ranked, outcome, treated));
        [self.uplift_at_10, self.uplift_at_20, self.uplift_at_30] = at;
        self.uplift_at_intervals = at.into_iter().zip(spread.uplift_at).map(|(at, spread)| ends(at, spread)).collect();
        self.qini_curve = thinned(&qini_curve(ranked, outcome, treated));
        let of_treated = treated.iter().filter(|&&treated| treated).count() as f64;
        let weight = of_treated / (treated.len() as f64 - of_treated);
        let extra = |(&outcome, &treated): (&bool, &bool)| match (outcome, treated) {
            (false, _) => 0.0,
            (true, true) => 1.0,
            (true, false) => -weight,
        };
        self.curve_chance = chance(outcome.iter().zip(treated).map(extra));
        self.deciles = uplift_deciles(ranked, served, outcome, treated);
    }

    /// By the scores of all rows.
    fn by_scores(&mut self, ranked: &[f32], served: &[f32], scores: &[f32], treated_share: f64) {
        self.ate_of(&mean_effect(scores.iter().map(|&score| f64::from(score))));
        let at = SHARES.map(|share| scored_uplift_at(share, ranked, scores));
        let known = |effect: &Effect| effect.effect.is_finite().then_some(effect.effect);
        [self.uplift_at_10, self.uplift_at_20, self.uplift_at_30] = [known(&at[0]), known(&at[1]), known(&at[2])];
        self.uplift_at_intervals = at.iter().map(|at| at.low.is_finite().then_some((at.low, at.high))).collect();
        self.qini_curve = thinned(&scored_qini_curve(ranked, scores, treated_share));
        self.curve_chance = chance(scores.iter().map(|&score| f64::from(score) * treated_share));
        self.deciles = scored_deciles(ranked, served, scores);
    }
}

/// The standard deviation of a sum of as many values drawn at random as there are.
fn chance(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    Some((squares - sum * sum / count).max(0.0).sqrt()).filter(|chance| chance.is_finite())
}

fn thinned(curve: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let (points, last) = (curve.len().min(101), curve.len() - 1);
    (0..points).map(|point| curve[last * point / (points - 1).max(1)]).collect()
}

/// Whether each arm has enough of the rarer answer; of money, enough who spent.
fn enough(outcome: &[bool], treated: &[bool], kind: OutcomeKind) -> bool {
    [true, false].into_iter().all(|arm| {
        let of_arm = || outcome.iter().zip(treated).filter(move |(_, treated)| **treated == arm);
        let with = of_arm().filter(|(outcome, _)| **outcome).count() as u64;
        let without = of_arm().count() as u64 - with;
        with >= LEAST_OUTCOMES && (kind == OutcomeKind::Money || without >= LEAST_OUTCOMES)
    })
}

/// Difference of the arms' means, with Welch's interval.
pub(super) fn difference_of_means(campaign: &Campaign, own: u16) -> Effect {
    let arm = |arm: u16| {
        let rows = (0..campaign.arm.len()).filter(|&row| campaign.arm[row] == arm);
        mean_effect(rows.map(|row| campaign.outcome.value(row)))
    };
    let (with, without) = (arm(own), arm(0));
    let half = (with.high - with.effect).hypot(without.high - without.effect);
    let effect = with.effect - without.effect;
    Effect { effect, low: effect - half, high: effect + half }
}

/// Pearson correlation; `None` where either side is constant.
pub(super) fn pearson(a: &[f32], b: &[f32]) -> Option<f64> {
    if [a, b].iter().any(|of| of.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq())) {
        return None;
    }
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
