//! How well the churn model tells who will leave, among all held-out users and among those active at the cutoff.

use serde::{Deserialize, Serialize};

use crate::models::evaluate::{Figure, auc, auc_gain, deviations, part_of};
use crate::models::metrics::classification::{
    CalibrationBin, Confusion, LiftDecile, RocPoint, ThresholdRow, average_precision, brier, calibration, confusion,
    decile_lift, log_loss, roc_curve, threshold_table,
};

/// Where more than this share leaves, the ranking is told of those who come back.
const NEARLY_ALL: f64 = 0.9;

/// How well the model does on the held-out users. `None` and empty lists where there are too few of them to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChurnEvaluation {
    /// Share of held-out users that left.
    pub base_rate: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// Average precision.
    pub pr_auc: Option<f64>,
    /// Mean negative log likelihood, nats.
    pub log_loss: Option<f64>,
    /// Mean squared error of the probability.
    pub brier: Option<f64>,
    /// Bins of probability, up to ten of equal size (equally wide ones in older results).
    pub calibration: Vec<CalibrationBin>,
    /// Lift by tenth of the users: the likeliest to leave first, or the likeliest to come back where `returning`.
    pub deciles: Vec<LiftDecile>,
    /// The threshold of `confusion`.
    pub threshold: f64,
    /// Decisions at the threshold against outcomes.
    pub confusion: Confusion,
    /// At most 101 points of the ROC curve.
    pub roc: Vec<RocPoint>,
    /// What each threshold 0.00, 0.01 … 1.00 selects.
    pub thresholds: Vec<ThresholdRow>,
    /// Users that the model which is judged was fitted on; where every fold is judged, those of the first.
    pub train_rows: usize,
    /// Held-out users.
    pub test_rows: usize,
    /// The figures of all held-out users with their intervals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Judged>,
    /// The figures of those held-out users who were active at the cutoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<Judged>,
    /// Ranking and decisions over those who were active at the cutoff; `None` where they are of one outcome, and in older
    /// results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_active: Option<Decisions>,
    /// Whether `deciles` rank those who come back, because nearly all leave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returning: bool,
    /// How many folds of users were held out, each from the model that judges it; 0 in older results, which held out one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub folds: u8,
}

/// How a group of held-out users is ranked, and what each threshold decides of them; fields as in [`ChurnEvaluation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "told there")]
pub struct Decisions {
    pub calibration: Vec<CalibrationBin>,
    pub deciles: Vec<LiftDecile>,
    pub confusion: Confusion,
    pub roc: Vec<RocPoint>,
    pub thresholds: Vec<ThresholdRow>,
    pub returning: bool,
}

impl Decisions {
    fn of(labels: &[bool], probabilities: &[f32], threshold: f64) -> Self {
        let left = labels.iter().filter(|&&label| label).count();
        let returning = left as f64 > NEARLY_ALL * labels.len() as f64;
        let deciles = if returning {
            let back: Vec<bool> = labels.iter().map(|left| !left).collect();
            let odds: Vec<f32> = probabilities.iter().map(|p| -p).collect();
            decile_lift(&back, &odds)
        } else {
            decile_lift(labels, probabilities)
        };
        Self {
            calibration: calibration(labels, probabilities, 10),
            deciles,
            confusion: confusion(labels, probabilities, threshold),
            roc: roc_curve(labels, probabilities, 101),
            thresholds: threshold_table(labels, probabilities),
            returning,
        }
    }
}

impl ChurnEvaluation {
    /// What each threshold selects of the users that the question is about, as in [`Self::decisions`].
    pub fn thresholds_of_question(&self) -> &[ThresholdRow] {
        self.of_active.as_ref().map_or(&self.thresholds, |active| &active.thresholds)
    }

    /// Whether nearly all of these leave, so that the ranking is that of who comes back.
    pub fn is_of_return(&self) -> bool {
        self.of_active.as_ref().map_or(self.returning, |active| active.returning)
    }

    /// Ranking and decisions over the users that the question is about: those active at the cutoff, or all where these are of
    /// one outcome; and whether they are of the active.
    pub fn decisions(&self) -> (Decisions, bool) {
        let all = || Decisions {
            calibration: self.calibration.clone(),
            deciles: self.deciles.clone(),
            confusion: self.confusion,
            roc: self.roc.clone(),
            thresholds: self.thresholds.clone(),
            returning: self.returning,
        };
        (self.of_active.clone().unwrap_or_else(all), self.of_active.is_some())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(folds: &u8) -> bool {
    *folds == 0
}

/// Figures with their intervals over one group of held-out users; `None` where a figure is undefined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Users.
    pub users: usize,
    /// Those of them who left.
    pub left: usize,
    /// Share that left.
    pub base_rate: Option<Figure>,
    /// Area under the ROC curve.
    pub auc: Option<Figure>,
    /// Average precision.
    pub pr_auc: Option<Figure>,
    /// Mean negative log likelihood, nats.
    pub log_loss: Option<Figure>,
    /// Mean squared error of the probability.
    pub brier: Option<Figure>,
    /// Area under the ROC curve of the time since the last event alone.
    pub auc_recency: Option<Figure>,
    /// By how much the model's area is larger, on the same users.
    pub auc_gain: Option<Figure>,
}

impl Judged {
    /// Judges probabilities; `recency` is the time since each user's last event.
    pub(super) fn of(labels: &[bool], probabilities: &[f32], recency: &[f32], seed: u64) -> Self {
        let users = labels.len();
        let left = labels.iter().filter(|&&label| label).count();
        let rarer = left.min(users - left);
        let [base_rate, pr_auc, of_loss, of_brier] = spread(labels, probabilities, seed);
        let figure =
            |value: Option<f64>, deviation, most| value.map(|value| Figure::new(value, deviation, rarer, (0.0, most)));
        Self {
            users,
            left,
            base_rate: figure((users > 0).then(|| left as f64 / users as f64), base_rate, 1.0),
            auc: auc(labels, probabilities),
            pr_auc: figure(average_precision(labels, probabilities), pr_auc, 1.0),
            log_loss: figure(log_loss(labels, probabilities), of_loss, f64::MAX),
            brier: figure(brier(labels, probabilities), of_brier, 1.0),
            auc_recency: auc(labels, recency),
            auc_gain: auc_gain(labels, probabilities, recency),
        }
    }

    /// What must be said of it: too few users of one outcome.
    pub(super) fn warning(&self, of_whom: &str) -> Option<String> {
        let stayed = self.users - self.left;
        let few = self.auc.is_none_or(|auc| !auc.enough);
        let outcome = if self.left <= stayed { format!("{} left", self.left) } else { format!("{stayed} stayed") };
        few.then(|| format!("too few to tell: of {} {of_whom} held-out users {outcome}", self.users))
    }
}

/// Standard deviations of share, average precision, log loss and Brier score.
fn spread(labels: &[bool], probabilities: &[f32], seed: u64) -> [Option<f64>; 4] {
    // The highest probability first; every drawing is over the users in this order.
    let (part, factor) = part_of(labels.len());
    let mut rows: Vec<(f32, bool)> =
        part.iter().map(|&row| (probabilities[row as usize], labels[row as usize])).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let ends: Vec<bool> =
        (0..rows.len()).map(|at| rows.get(at + 1).is_none_or(|next| next.0.total_cmp(&rows[at].0).is_ne())).collect();
    let losses: Vec<(f64, f64)> = rows
        .iter()
        .map(|&(p, label)| {
            let edge = f64::from(f32::EPSILON);
            let (held, p) = (f64::from(p).clamp(edge, 1.0 - edge), f64::from(p));
            (if label { -held.ln() } else { -(-held).ln_1p() }, (p - f64::from(u8::from(label))).powi(2))
        })
        .collect();
    let found = deviations(rows.len(), seed, |weights| {
        let (mut total, mut hits, mut before, mut area) = (0.0, 0.0, 0.0, 0.0);
        let (mut loss, mut square) = (0.0, 0.0);
        for (at, &weight) in weights.iter().enumerate() {
            let weight = f64::from(weight);
            total += weight;
            hits += if rows[at].1 { weight } else { 0.0 };
            loss += weight * losses[at].0;
            square += weight * losses[at].1;
            if ends[at] && hits > before {
                area += (hits - before) * hits / total;
                before = hits;
            }
        }
        let of = |sum: f64, whole: f64| (whole > 0.0).then(|| sum / whole);
        [of(hits, total), of(area, hits), of(loss, total), of(square, total)]
    });
    found.map(|deviation| deviation.map(|deviation| factor * deviation))
}

/// Judges the held-out users: `recency` is the time since each one's last event, `active` who was active at the cutoff.
pub(super) fn evaluate(
    labels: &[bool],
    probabilities: &[f32],
    (recency, active): (&[f32], &[bool]),
    threshold: f64,
    (train_rows, folds): (usize, u8),
    seed: u64,
) -> ChurnEvaluation {
    let of = |keep: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..labels.len()).filter(|&row| keep(row)).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| labels[row]).collect();
        let chosen = |values: &[f32]| rows.iter().map(|&row| values[row]).collect::<Vec<f32>>();
        Judged::of(&labels, &chosen(probabilities), &chosen(recency), seed)
    };
    let all = of(&|_| true);
    let value = |figure: Option<Figure>| figure.map(|figure| figure.value);
    let Decisions { calibration, deciles, confusion, roc, thresholds, returning } =
        Decisions::of(labels, probabilities, threshold);
    let kept: Vec<usize> = (0..labels.len()).filter(|&row| active[row]).collect();
    let outcomes: Vec<bool> = kept.iter().map(|&row| labels[row]).collect();
    let of_active = (outcomes.contains(&true) && outcomes.contains(&false)).then(|| {
        let probabilities: Vec<f32> = kept.iter().map(|&row| probabilities[row]).collect();
        Decisions::of(&outcomes, &probabilities, threshold)
    });
    ChurnEvaluation {
        base_rate: value(all.base_rate),
        auc: value(all.auc),
        pr_auc: value(all.pr_auc),
        log_loss: value(all.log_loss),
        brier: value(all.brier),
        calibration,
        deciles,
        threshold,
        confusion,
        roc,
        thresholds,
        of_active,
        train_rows,
        test_rows: labels.len(),
        active: Some(of(&|row| active[row])),
        all: Some(all),
        returning,
        folds,
    }
}
