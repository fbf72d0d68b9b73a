//! Who will leave: logistic regression on features as of a cutoff, applied to features as of T.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::logistic::{Logistic, fit_linfa, fit_newton};
use super::metrics::classification::{
    CalibrationBin, Confusion, LiftDecile, average_precision, brier, calibration, confusions, decile_lift, log_loss,
    roc_auc, roc_curve,
};
use crate::error::{Error, Result};
use crate::features::{FeatureTable, Transform, TransformOptions};
use crate::job::Job;

/// Reasons kept per user and direction.
pub const REASONS: usize = 3;

/// Settings of the churn model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChurnSettings {
    /// A user without an event for this many days has left.
    pub inactive_days: f64,
    /// Strength of the L2 penalty (1/C of scikit-learn), on standardised columns.
    pub l2: f64,
    /// The threshold of the reported confusion.
    pub threshold: f64,
    /// Newton steps or L-BFGS iterations at most.
    pub max_iterations: u32,
    /// Up to this many training rows linfa-logistic fits the model, above the own Newton solver.
    pub linfa_rows: usize,
}

impl Default for ChurnSettings {
    fn default() -> Self {
        Self { inactive_days: 30.0, l2: 1.0, threshold: 0.5, max_iterations: 200, linfa_rows: 50_000 }
    }
}

/// A column of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The column of the model matrix.
    pub column: String,
    /// Change of the log-odds of leaving per standard deviation.
    pub coefficient: f64,
}

/// Precision and recall at a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdRow {
    /// Users at or above it count as leaving.
    pub threshold: f64,
    /// How many held-out users that is.
    pub users: u64,
    /// Share of them that left; `None` when there is none.
    pub precision: Option<f64>,
    /// Share of those who left that are among them.
    pub recall: Option<f64>,
}

/// How well the model does on held-out users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChurnEvaluation {
    /// Training rows.
    pub train_rows: u64,
    /// Held-out rows.
    pub test_rows: u64,
    /// Share of held-out users who left.
    pub base_rate: f64,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Average precision.
    pub pr_auc: f64,
    /// Log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Ten bins of predicted against observed.
    pub calibration: Vec<CalibrationBin>,
    /// Share of leavers by tenth of the score.
    pub deciles: Vec<LiftDecile>,
    /// The confusion at `churn.threshold`.
    pub confusion: Option<Confusion>,
    /// (false positive rate, true positive rate), at most 101 points.
    pub roc: Vec<[f64; 2]>,
    /// 101 thresholds from 0 to 1.
    pub thresholds: Vec<ThresholdRow>,
}

/// What is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChurnModel {
    /// From features to the standardised matrix.
    pub transform: Transform,
    /// The regression on it.
    pub logistic: Logistic,
}

/// One column's push on one user's log-odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Push {
    /// Index into the coefficients; [`Push::NONE`] where no column pushes this way.
    pub column: u8,
    /// Coefficient times standardised value.
    pub contribution: f32,
}

impl Push {
    /// The index that stands for no column.
    pub const NONE: u8 = u8::MAX;
}

/// Churn of every user.
#[derive(Clone, Debug)]
pub struct Churn {
    /// On held-out users.
    pub evaluation: ChurnEvaluation,
    /// The model's columns.
    pub coefficients: Vec<Coefficient>,
    /// Probability of leaving, one per row of the table as of T.
    pub probability: Vec<f32>,
    /// The [`REASONS`] strongest pushes towards leaving of each row, strongest first.
    pub up: Vec<Push>,
    /// The [`REASONS`] strongest pushes towards staying of each row, strongest first.
    pub down: Vec<Push>,
    /// The fitted model.
    pub model: ChurnModel,
    /// `linfa` or `newton`.
    pub solver: &'static str,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Fits on the rows of `past` that are not held out, evaluates on the others, applies to `now`.
///
/// `left[i]` tells whether row `i` of `past` had no event after the cutoff; `held_out` has an entry per row of `past`.
///
/// # Errors
/// [`Error::Model`] when either part is empty or of one class only.
pub fn churn(
    past: &FeatureTable,
    left: &[bool],
    held_out: &[bool],
    now: &FeatureTable,
    settings: &ChurnSettings,
    job: &Job,
) -> Result<Churn> {
    let part =
        |test: bool| -> Vec<u32> { (0..past.len() as u32).filter(|&row| held_out[row as usize] == test).collect() };
    let (training, test) = (part(false), part(true));
    if training.is_empty() || test.is_empty() {
        return Err(Error::Model(format!(
            "{} users are too few: {} to train on and {} held out",
            past.len(),
            training.len(),
            test.len()
        )));
    }
    let transform =
        Transform::fit(past, &training, &TransformOptions { indicators: true, ..TransformOptions::default() });
    let matrix = transform.apply(past);
    let labels = |rows: &[u32]| -> Vec<bool> { rows.iter().map(|&row| left[row as usize]).collect() };
    job.begin("fitting steps", 0);
    job.check()?;
    let x = matrix.select(&training);
    let y = labels(&training);
    let (logistic, solver) = if training.len() <= settings.linfa_rows {
        (fit_linfa(&x, &y, settings.l2, u64::from(settings.max_iterations), 1e-8)?, "linfa")
    } else {
        (fit_newton(&x, &y, settings.l2, settings.max_iterations, 1e-14, job)?, "newton")
    };
    drop(x);
    job.check()?;
    let probability = logistic.probabilities(&matrix.select(&test));
    let evaluation = evaluate(&probability, &labels(&test), training.len(), settings)?;
    drop(matrix);
    job.check()?;
    let matrix = transform.apply(now);
    let probability = logistic.probabilities(&matrix);
    let pushes: Vec<([Push; REASONS], [Push; REASONS])> =
        (0..matrix.rows).into_par_iter().map(|row| pushes(&logistic, matrix.row(row))).collect();
    let coefficients = transform
        .columns
        .iter()
        .zip(&logistic.coefficients)
        .map(|(column, &coefficient)| Coefficient { column: column.name.clone(), coefficient })
        .collect();
    let notes =
        transform.left_out.iter().map(|(feature, why)| format!("{feature} is left out of the model: {why}")).collect();
    Ok(Churn {
        evaluation,
        coefficients,
        probability,
        up: pushes.iter().flat_map(|(up, _)| *up).collect(),
        down: pushes.iter().flat_map(|(_, down)| *down).collect(),
        model: ChurnModel { transform, logistic },
        solver,
        notes,
    })
}

fn evaluate(
    probability: &[f32],
    left: &[bool],
    train_rows: usize,
    settings: &ChurnSettings,
) -> Result<ChurnEvaluation> {
    let leavers = left.iter().filter(|&&left| left).count();
    if leavers == 0 || leavers == left.len() {
        return Err(Error::Model(format!(
            "{leavers} of {} held-out users left: the model cannot be judged",
            left.len()
        )));
    }
    let grid: Vec<f64> = (0..=100).map(|step| f64::from(step) / 100.0).collect();
    let thresholds = confusions(probability, left, &grid)
        .iter()
        .map(|at| ThresholdRow {
            threshold: at.threshold,
            users: at.true_positives + at.false_positives,
            precision: at.precision(),
            recall: at.recall(),
        })
        .collect();
    Ok(ChurnEvaluation {
        train_rows: train_rows as u64,
        test_rows: left.len() as u64,
        base_rate: leavers as f64 / left.len() as f64,
        auc: roc_auc(probability, left),
        pr_auc: average_precision(probability, left),
        log_loss: log_loss(probability, left),
        brier: brier(probability, left),
        calibration: calibration(probability, left, 10),
        deciles: decile_lift(probability, left),
        confusion: confusions(probability, left, &[settings.threshold]).pop(),
        roc: roc_curve(probability, left, 101),
        thresholds,
    })
}

/// The strongest pushes up and down of one row.
fn pushes(logistic: &Logistic, row: &[f32]) -> ([Push; REASONS], [Push; REASONS]) {
    let none = Push { column: Push::NONE, contribution: 0.0 };
    let (mut up, mut down) = ([none; REASONS], [none; REASONS]);
    for (column, (&x, w)) in row.iter().zip(&logistic.coefficients).enumerate().take(usize::from(Push::NONE)) {
        let contribution = (f64::from(x) * w) as f32;
        let push = Push { column: column as u8, contribution };
        if contribution > 0.0 {
            insert(&mut up, push);
        } else if contribution < 0.0 {
            insert(&mut down, push);
        }
    }
    (up, down)
}

/// Keeps the strongest pushes, strongest first.
fn insert(kept: &mut [Push; REASONS], push: Push) {
    if let Some(place) = kept.iter().position(|known| push.contribution.abs() > known.contribution.abs()) {
        kept[place..].rotate_right(1);
        kept[place] = push;
    }
}
