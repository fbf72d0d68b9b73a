#![allow(clippy::unwrap_used)]

use super::*;
use crate::models::population::{Population, on_threads, population, table};

fn fit(people: &Population, settings: &ChurnSettings) -> Result<Churn> {
    churn(&people.table, &people.left, &people.held_out, &people.table, settings, &Job::new())
}

fn within(own: Option<f64>, reference: f64, share: f64) -> bool {
    own.is_some_and(|own| (own / reference - 1.0).abs() <= share)
}

/// scikit-learn's `LogisticRegression(C=1)` on the same rows: `roc_auc_score`, `average_precision_score`, `log_loss`,
/// `brier_score_loss` of the 800 held-out users.
#[test]
fn quality_is_that_of_scikit_learn() {
    let people = population();
    for linfa_rows in [0, 50_000] {
        let settings = ChurnSettings { linfa_rows, ..ChurnSettings::default() };
        let churn = fit(&people, &settings).unwrap();
        assert_eq!(churn.solver, if linfa_rows == 0 { Solver::Irls } else { Solver::Linfa });
        let at = &churn.evaluation;
        assert!(within(at.auc, 0.853_545_49, 1e-4), "{:?}", at.auc);
        assert!(within(at.pr_auc, 0.852_578_19, 1e-4), "{:?}", at.pr_auc);
        assert!(within(at.log_loss, 0.475_398_70, 1e-4), "{:?}", at.log_loss);
        assert!(within(at.brier, 0.155_982_60, 1e-4), "{:?}", at.brier);
        assert_eq!((at.train_rows, at.test_rows, at.thresholds.len(), at.calibration.len()), (3200, 800, 101, 10));
        assert!(at.roc.len() <= 101);
        assert!(at.deciles[0].lift > 1.7 && at.deciles[9].lift < 0.3, "{:?}", at.deciles);
        let row = &at.thresholds[50];
        assert_eq!(row.users, at.confusion.true_positives + at.confusion.false_positives);
    }
}

#[test]
fn planted_drivers_are_found_in_order_and_named_as_reasons() {
    let people = population();
    let churn = fit(&people, &ChurnSettings::default()).unwrap();
    let weight = |name: &str| churn.coefficients.iter().find(|c| c.column == name).unwrap().coefficient;
    assert!(weight("a") > -weight("b") && -weight("b") > weight("c") && weight("c") > weight("d").abs());
    for row in 0..people.table.len() {
        let reasons = &churn.reasons[row];
        let a = people.table.features[0].values.get(row);
        if a.abs() > 1.5 {
            let first = if a > 0.0 { reasons[0] } else { reasons[3] };
            assert_eq!(churn.coefficients[usize::from(first.column)].column, "a", "{row} {reasons:?}");
        }
        // Four columns: what is listed is everything unless all four push one way.
        let listed: f64 = reasons.iter().map(|reason| f64::from(reason.contribution)).sum();
        let odds = churn.model.logistic.intercept + listed;
        if reasons.iter().filter(|reason| reason.column != NO_REASON).count() == 4 {
            let p = crate::models::logistic::logistic(odds);
            assert!((p - f64::from(churn.probability[row])).abs() < 1e-5);
        }
        assert!(reasons[..3].iter().all(|reason| reason.contribution >= 0.0));
        assert!(reasons[3..].iter().all(|reason| reason.contribution <= 0.0));
        assert!(
            reasons[0].contribution >= reasons[1].contribution && reasons[3].contribution <= reasons[4].contribution
        );
    }
}

#[test]
fn held_out_rows_do_not_touch_the_model() {
    let people = population();
    let model = fit(&people, &ChurnSettings::default()).unwrap().model;
    let mut spoiled = population();
    for row in (0..4000).step_by(5) {
        spoiled.left[row] = !spoiled.left[row];
        for feature in &mut spoiled.table.features {
            if let crate::features::Values::Real(values) = &mut feature.values {
                values[row] = 1e6;
            }
        }
    }
    assert_eq!(fit(&spoiled, &ChurnSettings::default()).unwrap().model, model);
}

#[test]
fn one_class_is_an_error_that_advises() {
    let mut people = population();
    for (class, advice) in [(false, "smaller churn.inactive_days"), (true, "larger churn.inactive_days")] {
        people.left.fill(class);
        let error = fit(&people, &ChurnSettings::default()).unwrap_err().to_string();
        assert!(error.contains(advice), "{error}");
    }
}

#[test]
fn degenerate_tables_are_errors_not_panics() {
    let settings = ChurnSettings::default();
    let run = |rows: usize, value: f32, held_out: bool| {
        let people = table(vec![("a", vec![value; rows])]);
        let left: Vec<bool> = (0..rows).map(|row| row % 2 == 0).collect();
        churn(&people, &left, &vec![held_out; rows], &people, &settings, &Job::new())
    };
    for (rows, value, held_out) in
        [(0, 0.0, false), (1, 0.0, false), (4, 1.0, false), (4, f32::NAN, false), (4, 1.0, true)]
    {
        let error = run(rows, value, held_out).unwrap_err();
        assert!(matches!(error, Error::Model(_)), "{error}");
    }
    let people = population();
    assert!(churn(&people.table, &[true], &people.held_out, &people.table, &settings, &Job::new()).is_err());
    let bad = ChurnSettings { l2: -1.0, ..settings };
    assert!(matches!(fit(&people, &bad), Err(Error::Config(_))));
}

#[test]
fn without_held_out_users_the_quality_is_unknown_and_said_so() {
    let mut people = population();
    people.held_out.fill(false);
    let churn = fit(&people, &ChurnSettings::default()).unwrap();
    assert_eq!((churn.evaluation.auc, churn.evaluation.base_rate), (None, None));
    assert!(churn.notes.iter().any(|note| note.contains("quality is unknown")), "{:?}", churn.notes);
}

#[test]
fn the_thread_count_changes_no_bit_and_the_model_survives_json() {
    let people = population();
    let settings = ChurnSettings { linfa_rows: 0, ..ChurnSettings::default() };
    let run = |threads| on_threads(threads, || fit(&people, &settings).unwrap());
    let (one, three) = (run(1), run(3));
    assert_eq!(one.model, three.model);
    assert_eq!(one.probability, three.probability);
    let again: ChurnModel = serde_json::from_str(&serde_json::to_string(&one.model).unwrap()).unwrap();
    assert_eq!(again.predict(&people.table), one.probability);
}
