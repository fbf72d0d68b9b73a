#![allow(clippy::unwrap_used)]

use super::*;
use crate::error::Error;
use crate::features::{Transform, TransformOptions};
use crate::job::Job;
use crate::models::population::{on_threads, population};

fn close(a: f64, b: f64, within: f64) -> bool {
    (a - b).abs() <= within
}

struct Prepared {
    matrix: Matrix,
    labels: Vec<bool>,
    rows: Vec<u32>,
}

impl Prepared {
    fn new() -> Self {
        let people = population();
        let rows: Vec<u32> = (0..4000).filter(|row| row % 5 != 0).collect();
        let matrix = Transform::fit(&people.table, &rows, &TransformOptions::default()).apply(&people.table);
        Self { matrix, labels: people.left, rows }
    }

    fn sample(&self) -> Sample<'_> {
        Sample { matrix: &self.matrix, labels: &self.labels, rows: &self.rows }
    }
}

/// `LogisticRegression(C=1, solver="newton-cholesky", tol=1e-12)` of scikit-learn on `(X - mean) / std` of the same rows.
#[test]
fn newton_finds_the_coefficients_of_scikit_learn() {
    let data = Prepared::new();
    let fit = fit_newton(data.sample(), 1.0, 50, None, &Job::new()).unwrap();
    assert!(fit.converged && fit.ridge == 0.0 && fit.iterations < 10, "{fit:?}");
    assert!(close(fit.model.intercept, -0.039_369_41, 2e-6), "{fit:?}");
    for (own, theirs) in fit.model.coefficients.iter().zip([1.607_659_45, -0.873_067_25, 0.370_271_31, -0.040_784_85]) {
        assert!(close(*own, theirs, 2e-6), "{own} {theirs}");
    }
}

#[test]
fn newton_and_linfa_agree() {
    let data = Prepared::new();
    for l2 in [0.0, 1.0, 100.0] {
        let newton = fit_newton(data.sample(), l2, 50, None, &Job::new()).unwrap().model;
        let linfa = fit_linfa(data.sample(), l2, 500, &Job::new()).unwrap().unwrap();
        assert!(close(newton.intercept, linfa.intercept, 1e-6), "{newton:?} {linfa:?}");
        for (a, b) in newton.coefficients.iter().zip(&linfa.coefficients) {
            assert!(close(*a, *b, 1e-6), "{newton:?} {linfa:?}");
        }
    }
}

#[test]
fn either_class_may_be_the_majority() {
    let mut data = Prepared::new();
    let fit = fit_linfa(data.sample(), 1.0, 500, &Job::new()).unwrap().unwrap();
    data.labels.iter_mut().for_each(|label| *label = !*label);
    let mirrored = fit_linfa(data.sample(), 1.0, 500, &Job::new()).unwrap().unwrap();
    assert!(close(fit.intercept, -mirrored.intercept, 1e-6));
    assert!(fit.coefficients.iter().zip(&mirrored.coefficients).all(|(a, b)| close(*a, -b, 1e-6)));
}

/// With the intercept alone, the log odds are those of the base rate: ln(3 / 1).
#[test]
fn without_information_the_base_rate_remains() {
    let matrix = Matrix::new(1, vec![0.0; 4]);
    let labels = [true, true, false, true];
    let sample = Sample { matrix: &matrix, labels: &labels, rows: &[0, 1, 2, 3] };
    let fit = fit_newton(sample, 0.0, 50, None, &Job::new()).unwrap();
    assert!(close(fit.model.intercept, 3.0_f64.ln(), 1e-9), "{fit:?}");
    assert!(fit.ridge > 0.0 && close(fit.model.coefficients[0], 0.0, 1e-12), "{fit:?}");
}

#[test]
fn separable_rows_stay_finite_under_a_penalty() {
    let matrix = Matrix::new(1, vec![-1.0, -0.5, 0.5, 1.0]);
    let labels = [false, false, true, true];
    let sample = Sample { matrix: &matrix, labels: &labels, rows: &[0, 1, 2, 3] };
    let fit = fit_newton(sample, 1.0, 100, None, &Job::new()).unwrap();
    assert!(fit.converged, "{fit:?}");
    // The optimum solves w = Σ |x|·(1 − p(|x|·w)); found by bisection.
    let w = fit.model.coefficients[0];
    let slope: f64 = [1.0, 0.5, 0.5, 1.0].iter().map(|x| x * (1.0 - logistic(x * w))).sum();
    assert!(close(w, slope, 1e-8), "{w} {slope}");
}

#[test]
fn the_thread_count_changes_no_bit() {
    let rows: Vec<u32> = (0..40_000).map(|row| row % 4000).collect();
    let data = Prepared { rows, ..Prepared::new() };
    let fit = |threads| on_threads(threads, || fit_newton(data.sample(), 1.0, 50, None, &Job::new()).unwrap());
    assert_eq!(fit(1), fit(3));
}

#[test]
fn a_cancelled_job_ends_the_fit() {
    let (data, job) = (Prepared::new(), Job::new());
    job.cancel();
    assert!(matches!(fit_newton(data.sample(), 1.0, 50, None, &job), Err(Error::Cancelled)));
    assert!(matches!(fit_linfa(data.sample(), 1.0, 50, &job), Err(Error::Cancelled)));
}

#[test]
fn extreme_log_odds_do_not_overflow() {
    assert!(close(logistic(0.0), 0.5, 0.0) && close(logistic(800.0), 1.0, 0.0) && close(logistic(-800.0), 0.0, 1e-300));
}
