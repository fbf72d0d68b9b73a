//! Churn: the probability that a user has no event for the next `inactive_days`, by logistic
//! regression, with the groups of features that move each user's probability.
//!
//! Judged on users that the judging model has not seen (every fold in a small shop, a held-out fifth in a large one),
//! above all on those who were active at the cutoff: nobody asks whether one who is long gone will leave. What is served is
//! fitted again on everyone.

mod evaluation;
mod penalty;
mod reasons;
mod settings;
mod words;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{FeatureTable, Matrix, Transform, TransformOptions};
use crate::job::Job;
use crate::models::evaluate::Split;
use crate::models::logistic::{Logistic, Sample, fit_linfa, fit_newton, logistic};
use evaluation::evaluate;
pub use evaluation::{ChurnEvaluation, Decisions, Judged};
pub use reasons::{Because, GROUPS, Group};
use reasons::{Telling, places};
pub use settings::{ChurnSettings, Inactivity, Penalty};
pub use words::{Words, told};

/// Seed of the drawings behind the intervals.
const SEED: u64 = 42;

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

/// Users scored at a time.
const ROWS_PER_CHUNK: usize = 4096;

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
    /// When a group of features is told as a reason; `None` in models of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Telling>,
}

impl ChurnModel {
    /// The probability of leaving of every row of a feature table.
    pub fn predict(&self, table: &FeatureTable) -> Vec<f32> {
        self.logistic.probabilities(&self.transform.apply(table))
    }

    /// Of every row of a feature table, the probability of leaving, and why.
    fn explain(&self, table: &FeatureTable, job: &Job) -> Result<(Vec<f32>, Vec<Because>)> {
        let (places, nothing) = (places(&self.transform), Telling::default());
        let telling = self.telling.as_ref().unwrap_or(&nothing);
        let rows: Vec<u32> = (0..table.len() as u32).collect();
        let chunks: Vec<Vec<(f32, Because)>> = rows
            .par_chunks(ROWS_PER_CHUNK)
            .map(|rows| {
                job.check()?;
                let matrix: Matrix = self.transform.apply_to(table, rows);
                let of_row = |row: usize| {
                    let row = matrix.row(row);
                    (logistic(self.logistic.log_odds(row)) as f32, telling.because(&self.logistic, &places, row))
                };
                job.advance(rows.len() as u64);
                Ok((0..rows.len()).map(of_row).collect())
            })
            .collect::<Result<_>>()?;
        Ok(chunks.into_iter().flatten().unzip())
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
    /// Log-odds of a user who is average in every feature.
    pub base: f32,
    /// Per row as of now, what moves the log-odds away from the base.
    pub because: Vec<Because>,
    /// What is needed to score again.
    pub model: ChurnModel,
    /// The solver used.
    pub solver: Solver,
    /// The penalty of the model.
    pub l2: f64,
    /// The rows of the past that were held out, and the probability that models which never saw it gave each.
    pub held_out: (Vec<u32>, Vec<f32>),
    /// Features left out and why, and whatever else the reader should know.
    pub notes: Vec<String>,
}

/// What the model is fitted with: no score of the features' own, bends where the effect of time is not straight.
fn transform_options() -> TransformOptions {
    TransformOptions {
        indicators: true,
        without: &["r", "f", "m"],
        bends: &["recency_days", "tenure_days", "active_days", "avg_time_between_events", "overdue"],
        ..TransformOptions::default()
    }
}

/// The users that a model learns from or is judged on, as of the cutoff.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Their features as of the cutoff C.
    pub table: &'a FeatureTable,
    /// Whether each has no event in `(C, T]`.
    pub left: &'a [bool],
    /// Whether each was active at C.
    pub active: &'a [bool],
    /// Who learns and who is judged.
    pub split: &'a Split,
    /// Days without an event after which a user has left: from C to T.
    pub inactive_days: f64,
}

/// Fits the churn model on `past`, judges it there, and applies it to `now`, which holds the features as of T.
///
/// # Errors
/// [`Error::Model`] where the users are none or of one class, or no feature varies; [`Error::Config`] for a setting out
/// of range; [`Error::Cancelled`].
pub fn churn(past: Past<'_>, now: &FeatureTable, settings: &ChurnSettings, job: &Job) -> Result<Churn> {
    settings.check()?;
    let Past { table, left, active, split, inactive_days } = past;
    let rows = table.len();
    if [left.len(), active.len(), split.len()] != [rows; 3] {
        return Err(Error::Model(format!(
            "churn: {rows} users, but {} labels, {} marks of activity and {} folds",
            left.len(),
            active.len(),
            split.len()
        )));
    }
    let everyone = split.everyone();
    check_labels(left, &everyone, inactive_days)?;
    let JudgedBy { evaluation, held_out, l2 } = judge(past, settings, job)?;
    let mut notes = Vec::new();
    let mut fitted = fit_on(past, &everyone, (settings, l2), true, &mut notes, job)?;
    fitted.model.telling = Some(fitted.telling());
    for (judged, whom) in [(&evaluation.active, "active"), (&evaluation.all, "all")] {
        notes.extend(judged.as_ref().and_then(|judged| judged.warning(whom)));
    }
    let (judged, is_of_active) = evaluation.decisions();
    if judged.returning {
        let whom = if is_of_active { "of the active " } else { "" };
        notes.push(format!("{whom}over nine in ten leave: the deciles rank who comes back"));
    }
    let coefficients = coefficients(&fitted.model);
    job.begin("users", now.len() as u64);
    let (probability, because) = fitted.model.explain(now, job)?;
    Ok(Churn {
        evaluation,
        coefficients,
        probability,
        base: fitted.model.logistic.intercept as f32,
        because,
        model: fitted.model,
        solver: fitted.solver,
        l2: fitted.l2,
        held_out,
        notes,
    })
}

/// What a model fitted on `past` says of every row of `then`, and its penalty, which is chosen where `l2` tells none; `None`
/// where those of `past` all left, or all stayed.
///
/// # Errors
/// [`Error::Model`] where no feature varies; [`Error::Cancelled`].
pub fn ahead(
    past: Past<'_>,
    then: &FeatureTable,
    (settings, l2): (&ChurnSettings, Option<f64>),
    job: &Job,
) -> Result<Option<(Vec<f32>, f64)>> {
    let everyone = past.split.everyone();
    let gone = everyone.iter().filter(|&&row| past.left[row as usize]).count();
    if gone == 0 || gone == everyone.len() {
        return Ok(None);
    }
    let fitted = fit_on(past, &everyone, (settings, l2), false, &mut Vec::new(), job)?;
    Ok(Some((fitted.model.predict(then), fitted.l2)))
}

/// The judgement, by models of the other folds each.
struct JudgedBy {
    evaluation: ChurnEvaluation,
    held_out: (Vec<u32>, Vec<f32>),
    /// The penalty of the one model of a large population; what is served learns from hardly more users, and takes it over.
    l2: Option<f64>,
}

/// Judges each held-out fold by a model of the other folds.
fn judge(past: Past<'_>, settings: &ChurnSettings, job: &Job) -> Result<JudgedBy> {
    let Past { table, left, active, split, .. } = past;
    let (mut rows, mut predicted, mut train_rows, mut penalty) = (Vec::new(), Vec::new(), 0, None);
    for fold in split.judged() {
        let (training, test) = (split.training(fold), split.test(fold));
        train_rows = train_rows.max(training.len());
        let gone = training.iter().filter(|&&row| left[row as usize]).count();
        if gone == 0 || gone == training.len() {
            // Nothing to learn here: the others' rate is the best guess.
            predicted.extend(test.iter().map(|_| gone as f32 / training.len().max(1) as f32));
        } else {
            let fitted = fit_on(past, &training, (settings, None), false, &mut Vec::new(), job)?;
            penalty = Some(fitted.l2);
            predicted.extend(fitted.model.logistic.probabilities(&fitted.model.transform.apply_to(table, &test)));
        }
        rows.extend(test);
        job.check()?;
    }
    let of = |values: &[bool]| rows.iter().map(|&row| values[row as usize]).collect::<Vec<bool>>();
    let recency = table.feature("recency_days");
    let recency: Vec<f32> =
        rows.iter().map(|&row| recency.map_or(0.0, |feature| feature.values.get(row as usize) as f32)).collect();
    let folds = split.judged().len() as u8;
    let sides = (recency.as_slice(), of(active));
    let evaluation =
        evaluate(&of(left), &predicted, (sides.0, &sides.1), settings.threshold, (train_rows, folds), SEED);
    Ok(JudgedBy { evaluation, held_out: (rows, predicted), l2: penalty.filter(|_| folds == 1) })
}

/// A fitted model, and how it was fitted.
struct Fitted {
    model: ChurnModel,
    solver: Solver,
    l2: f64,
    matrix: Matrix,
    labels: Vec<bool>,
}

/// Users at most by whom it is told when a group of features is a reason.
const TELLING_ROWS: usize = 100_000;

impl Fitted {
    /// When a group of features is a reason, by the users that the model was fitted on.
    fn telling(&self) -> Telling {
        let stride = self.labels.len().div_ceil(TELLING_ROWS).max(1);
        let rows: Vec<u32> = (0..self.labels.len() as u32).step_by(stride).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| self.labels[row as usize]).collect();
        Telling::fit(&self.model.logistic, &self.model.transform, &self.matrix.select(&rows), &labels)
    }
}

/// Fits on some of the users, the penalty chosen among them where `l2` tells none. What is only compared or judged is
/// fitted by Newton's method, which ends at the same point as linfa-logistic and sooner.
fn fit_on(
    past: Past<'_>,
    rows: &[u32],
    (settings, l2): (&ChurnSettings, Option<f64>),
    is_served: bool,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Fitted> {
    let Past { table, left, split, .. } = past;
    job.begin("features", 1);
    let transform = Transform::fit(table, rows, &transform_options());
    job.check()?;
    if transform.columns.is_empty() {
        return Err(Error::Model(
            "churn: no feature differs between the training users; a longer log is needed".to_owned(),
        ));
    }
    notes.extend(transform.left_out.iter().map(|(feature, reason)| format!("{feature} is left out: {reason}")));
    let l2 = match l2 {
        Some(l2) => l2,
        None => penalty::choose(table, left, split, rows, settings, job)?,
    };
    let matrix = transform.apply_to(table, rows);
    let labels: Vec<bool> = rows.iter().map(|&row| left[row as usize]).collect();
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    let sample = Sample { matrix: &matrix, labels: &labels, rows: &all };
    let (logistic, solver) = if is_served {
        fit(sample, l2, settings, notes, job)?
    } else {
        (fit_newton(sample, l2, settings.max_iterations, None, job)?.model, Solver::Irls)
    };
    Ok(Fitted { model: ChurnModel { transform, logistic, telling: None }, solver, l2, matrix, labels })
}

fn coefficients(model: &ChurnModel) -> Vec<Coefficient> {
    let columns = model.transform.columns.iter().zip(&model.logistic.coefficients);
    let coefficient = |(column, &coefficient): (&crate::features::ColumnTransform, &f64)| Coefficient {
        column: column.name.clone(),
        feature: column.feature.clone(),
        coefficient,
        odds_ratio: coefficient.exp(),
    };
    columns.map(coefficient).collect()
}

fn check_labels(left: &[bool], training: &[u32], days: f64) -> Result<()> {
    let gone = training.iter().filter(|&&row| left[row as usize]).count();
    let what = match (training.len(), gone) {
        (0, _) => "there is no user to learn from; the log must reach further back than churn.inactive_days".to_owned(),
        (users, 0) => format!(
            "none of the {users} users left: all have an event in the last {days} days; set a smaller churn.inactive_days"
        ),
        (users, gone) if users == gone => format!(
            "all of the {users} users left: none has an event in the last {days} days; set a larger churn.inactive_days"
        ),
        _ => return Ok(()),
    };
    Err(Error::Model(format!("churn: {what}")))
}

fn fit(
    sample: Sample<'_>,
    l2: f64,
    settings: &ChurnSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Logistic, Solver)> {
    if sample.rows.len() <= settings.linfa_rows {
        if let Some(model) = fit_linfa(sample, l2, settings.max_iterations, job)? {
            return Ok((model, Solver::Linfa));
        }
        notes.push(format!(
            "linfa-logistic did not converge in {} iterations; Newton's method took over",
            settings.max_iterations
        ));
    }
    let fit = fit_newton(sample, l2, settings.max_iterations, None, job)?;
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

#[cfg(test)]
mod tests;
