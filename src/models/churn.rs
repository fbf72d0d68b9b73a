//! Churn: the probability that a user has no event for the next [`ChurnSettings::inactive_days`], by logistic
//! regression, with the features that push each user's probability up and down.
//!
//! The transform and the coefficients are fitted on training rows alone; the evaluation is on held-out rows alone.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{FeatureTable, Matrix, Transform, TransformOptions};
use crate::job::Job;
use crate::models::logistic::{Logistic, Sample, fit_linfa, fit_newton};
use crate::models::metrics::classification::{
    CalibrationBin, Confusion, LiftDecile, RocPoint, ThresholdRow, average_precision, brier, calibration, confusion,
    decile_lift, log_loss, roc_auc, roc_curve, threshold_table,
};

crate::settings! {
    /// Settings of the churn model.
    pub struct ChurnSettings in "churn" {
        /// A user without an event for this many days has left.
        pub inactive_days: f64 = 30.0, from 0.001 to 36_500;
        /// Strength of the L2 penalty on the coefficients (scikit-learn's 1/C).
        pub l2: f64 = 1.0, from 0 to 1_000_000_000;
        /// The probability from which a user counts as leaving in the confusion matrix.
        pub threshold: f64 = 0.5, from 0 to 1;
        /// Maximum iterations of the solver.
        pub max_iterations: usize = 500, from 1 to 100_000;
        /// Up to this many training rows linfa-logistic fits; above it, Newton's method does.
        pub linfa_rows: usize = 50_000, from 0 to 10_000_000;
    }
}

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
    /// Ten equally wide bins of probability.
    pub calibration: Vec<CalibrationBin>,
    /// Lift by tenth of the users, the likeliest to leave first.
    pub deciles: Vec<LiftDecile>,
    /// The threshold of `confusion`.
    pub threshold: f64,
    /// Decisions at the threshold against outcomes.
    pub confusion: Confusion,
    /// At most 101 points of the ROC curve.
    pub roc: Vec<RocPoint>,
    /// What each threshold 0.00, 0.01 … 1.00 selects.
    pub thresholds: Vec<ThresholdRow>,
    /// Users the model was fitted on.
    pub train_rows: usize,
    /// Held-out users.
    pub test_rows: usize,
}

/// One column of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The column: a feature, or a feature with `_missing` behind it for "this is null".
    pub column: String,
    /// The feature it is made from.
    pub feature: String,
    /// Change of the log odds of leaving per standard deviation of the (log-transformed) column.
    pub coefficient: f64,
    /// Factor on the odds of leaving per standard deviation: `exp(coefficient)`.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub odds_ratio: f64,
}

/// Stands in [`Reason::column`] where there are fewer than three columns that push in that direction.
pub const NO_REASON: u8 = u8::MAX;

/// A column that moves one user's log odds away from the average user's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// Index into [`Churn::coefficients`]; [`NO_REASON`] where there is none.
    pub column: u8,
    /// Coefficient × standardised value: log odds, above 0 towards leaving.
    pub contribution: f32,
}

/// Which solver found the coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// linfa-logistic's L-BFGS.
    Linfa,
    /// Newton's method, as iteratively reweighted least squares.
    Irls,
}

/// All that is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChurnModel {
    /// Features to standardised columns.
    pub transform: Transform,
    /// The coefficients over those columns.
    pub logistic: Logistic,
}

impl ChurnModel {
    /// The probability of leaving of every row of a feature table.
    pub fn predict(&self, table: &FeatureTable) -> Vec<f32> {
        self.logistic.probabilities(&self.transform.apply(table))
    }
}

/// The churn model and what it says of every user.
#[derive(Clone, Debug)]
pub struct Churn {
    /// Quality on held-out users as of the cutoff.
    pub evaluation: ChurnEvaluation,
    /// The columns and their weights, in the matrix's order.
    pub coefficients: Vec<Coefficient>,
    /// Probability of leaving, one per row of the table as of now.
    pub probability: Vec<f32>,
    /// Per row as of now: the three columns that raise the log odds most, then the three that lower it most.
    pub reasons: Vec<[Reason; 6]>,
    /// What is needed to score again.
    pub model: ChurnModel,
    /// The solver used.
    pub solver: Solver,
    /// Features left out and why, and whatever else the reader should know.
    pub notes: Vec<String>,
}

/// Fits the churn model on `past`, evaluates it there and applies it to `now`.
///
/// `past` holds the features as of the cutoff C; `left[i]` tells that row `i` has no event in `(C, T]`, `held_out[i]`
/// that it must not influence the fit; `now` holds the features as of T.
///
/// # Errors
/// [`Error::Model`] where the training rows are empty or of one class, or no feature varies; [`Error::Config`] for a
/// setting out of range; [`Error::Cancelled`].
pub fn churn(
    past: &FeatureTable,
    left: &[bool],
    held_out: &[bool],
    now: &FeatureTable,
    settings: &ChurnSettings,
    job: &Job,
) -> Result<Churn> {
    settings.in_range()?;
    if left.len() != past.len() || held_out.len() != past.len() {
        return Err(Error::Model(format!(
            "churn: {} users, but {} labels and {} held-out marks",
            past.len(),
            left.len(),
            held_out.len()
        )));
    }
    let rows_where =
        |wanted: bool| -> Vec<u32> { (0..past.len() as u32).filter(|&row| held_out[row as usize] == wanted).collect() };
    let (training, test) = (rows_where(false), rows_where(true));
    check_labels(left, &training, settings)?;

    job.begin("features", 1);
    let transform =
        Transform::fit(past, &training, &TransformOptions { indicators: true, ..TransformOptions::default() });
    job.check()?;
    if transform.columns.is_empty() {
        return Err(Error::Model(
            "churn: no feature differs between the training users; a longer log is needed".to_owned(),
        ));
    }
    let mut notes: Vec<String> =
        transform.left_out.iter().map(|(feature, reason)| format!("{feature} is left out: {reason}")).collect();

    let matrix = transform.apply(past);
    job.check()?;
    let sample = Sample { matrix: &matrix, labels: left, rows: &training };
    let (logistic, solver) = fit(sample, settings, &mut notes, job)?;

    job.begin("users", (test.len() + now.len()) as u64);
    let held_out_matrix = matrix.select(&test);
    drop(matrix);
    let held_out_labels: Vec<bool> = test.iter().map(|&row| left[row as usize]).collect();
    let evaluation =
        evaluate(&held_out_labels, &logistic.probabilities(&held_out_matrix), settings.threshold, training.len());
    if evaluation.auc.is_none() {
        notes.push(format!(
            "the {} held-out users are too few, or all of one class: the model's quality is unknown",
            test.len()
        ));
    }
    job.advance(test.len() as u64);
    job.check()?;

    let coefficients: Vec<Coefficient> = transform
        .columns
        .iter()
        .zip(&logistic.coefficients)
        .map(|(column, &coefficient)| Coefficient {
            column: column.name.clone(),
            feature: column.feature.clone(),
            coefficient,
            odds_ratio: coefficient.exp(),
        })
        .collect();
    let current = transform.apply(now);
    job.check()?;
    let probability = logistic.probabilities(&current);
    job.check()?;
    let reasons = reasons(&logistic, &current);
    job.check()?;
    job.advance(now.len() as u64);
    let model = ChurnModel { transform, logistic };
    Ok(Churn { evaluation, coefficients, probability, reasons, model, solver, notes })
}

fn check_labels(left: &[bool], training: &[u32], settings: &ChurnSettings) -> Result<()> {
    let gone = training.iter().filter(|&&row| left[row as usize]).count();
    let days = settings.inactive_days;
    let what = match (training.len(), gone) {
        (0, _) => "there is no user to learn from; the log must reach further back than churn.inactive_days".to_owned(),
        (users, 0) => format!(
            "none of the {users} training users left: all have an event in the last {days} days; set a smaller churn.inactive_days"
        ),
        (users, gone) if users == gone => format!(
            "all of the {users} training users left: none has an event in the last {days} days; set a larger churn.inactive_days"
        ),
        _ => return Ok(()),
    };
    Err(Error::Model(format!("churn: {what}")))
}

fn fit(sample: Sample<'_>, settings: &ChurnSettings, notes: &mut Vec<String>, job: &Job) -> Result<(Logistic, Solver)> {
    if sample.rows.len() <= settings.linfa_rows {
        if let Some(model) = fit_linfa(sample, settings.l2, settings.max_iterations, job)? {
            return Ok((model, Solver::Linfa));
        }
        notes.push(format!(
            "linfa-logistic did not converge in {} iterations; Newton's method took over",
            settings.max_iterations
        ));
    }
    let fit = fit_newton(sample, settings.l2, settings.max_iterations, None, job)?;
    if !fit.converged {
        notes.push(format!(
            "the fit stopped after {} Newton steps before the gradient vanished; raise churn.l2 or churn.max_iterations",
            fit.iterations
        ));
    }
    if fit.ridge > 0.0 {
        notes.push("some features are combinations of others: their coefficients share the effect".to_owned());
    }
    Ok((fit.model, Solver::Irls))
}

fn evaluate(labels: &[bool], probabilities: &[f32], threshold: f64, train_rows: usize) -> ChurnEvaluation {
    let gone = labels.iter().filter(|&&label| label).count();
    ChurnEvaluation {
        base_rate: (!labels.is_empty()).then(|| gone as f64 / labels.len() as f64),
        auc: roc_auc(labels, probabilities),
        pr_auc: average_precision(labels, probabilities),
        log_loss: log_loss(labels, probabilities),
        brier: brier(labels, probabilities),
        calibration: calibration(labels, probabilities, 10),
        deciles: decile_lift(labels, probabilities),
        threshold,
        confusion: confusion(labels, probabilities, threshold),
        roc: roc_curve(labels, probabilities, 101),
        thresholds: threshold_table(labels, probabilities),
        train_rows,
        test_rows: labels.len(),
    }
}

/// The three largest contributions in each direction, of every row; an earlier column wins a tie.
fn reasons(logistic: &Logistic, matrix: &Matrix) -> Vec<[Reason; 6]> {
    let of_row = |row: usize| {
        let mut top = [Reason { column: NO_REASON, contribution: 0.0 }; 6];
        for (column, (&weight, &x)) in logistic.coefficients.iter().zip(matrix.row(row)).enumerate() {
            let contribution = (weight * f64::from(x)) as f32;
            // 255 columns are past any feature table; later ones could not be named in a byte.
            if contribution != 0.0 && column < usize::from(NO_REASON) {
                let half = if contribution > 0.0 { &mut top[..3] } else { &mut top[3..] };
                let place = half.iter().position(|reason| contribution.abs() > reason.contribution.abs());
                if let Some(place) = place {
                    half[place..].rotate_right(1);
                    half[place] = Reason { column: column as u8, contribution };
                }
            }
        }
        top
    };
    (0..matrix.rows).into_par_iter().with_min_len(4096).map(of_row).collect()
}

#[cfg(test)]
mod tests;
