//! Implicit ALS: at its fixed point the loss has no slope, whichever way a row was solved.

use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::job::Job;
use crate::models::recommend::tests::{on_threads, random_rows};
use crate::models::recommend::{AlsSettings, Factors, Interactions, fit_als};

const SETTINGS: AlsSettings = AlsSettings { rank: 6, regularisation: 0.5, iterations: 15, seed: 3 };

/// The dense solution `(YᵀY + λI + Σ(c−1)yyᵀ)⁻¹ Σ c y` of each row, in f64.
fn solved_densely(confidence: &Interactions, others: &[f32], rank: usize, lambda: f64) -> Vec<DVector<f64>> {
    let y = DMatrix::from_row_iterator(others.len() / rank, rank, others.iter().map(|&value| f64::from(value)));
    let gram = y.transpose() * &y + DMatrix::identity(rank, rank) * lambda;
    let solve = |row| {
        let (columns, weights) = confidence.row(row);
        let (mut left, mut right) = (gram.clone(), DVector::zeros(rank));
        for (&column, &weight) in columns.iter().zip(weights) {
            let y = y.row(column as usize).transpose();
            left += &y * y.transpose() * f64::from(weight - 1.0);
            right += y * f64::from(weight);
        }
        left.cholesky().unwrap().solve(&right)
    };
    (0..confidence.rows()).map(solve).collect()
}

/// The largest distance of a row from its dense solution, relative to the longest solution.
fn off(own: &[f32], dense: &[DVector<f64>], rank: usize) -> f64 {
    let longest = dense.iter().map(DVector::norm).fold(0.0, f64::max);
    let distance = |(own, dense): (&[f32], &DVector<f64>)| {
        (DVector::from_iterator(rank, own.iter().map(|&value| f64::from(value))) - dense).norm()
    };
    own.chunks(rank).zip(dense).map(distance).fold(0.0, f64::max) / longest
}

fn assert_fixed_point(confidence: &Interactions) {
    let settings = AlsSettings { iterations: 2000, ..SETTINGS };
    let fitted = fit_als(confidence, &settings, &Job::new()).unwrap();
    let users: Vec<f32> = (0..confidence.rows()).flat_map(|user| fitted.user(user).to_vec()).collect();
    let Factors { rank, items, .. } = fitted;
    let lambda = settings.regularisation;
    let users_off = off(&users, &solved_densely(confidence, &items, rank, lambda), rank);
    let items_off = off(&items, &solved_densely(&confidence.transposed(), &users, rank, lambda), rank);
    assert!(users_off < 1e-3 && items_off < 1e-3, "users {users_off:e}, items {items_off:e}");
}

#[test]
fn short_rows_of_many_users_end_where_the_dense_solution_stands() {
    // Up to 9 entries: both the closed form and conjugate gradients are taken.
    assert_fixed_point(&random_rows(90, 25, 9, 1));
}

#[test]
fn more_items_than_users_end_there_too() {
    assert_fixed_point(&random_rows(25, 60, 12, 2));
}

#[test]
fn users_of_one_item_and_weight_have_one_factor() {
    let mut rows: Vec<Vec<(u32, f32)>> = vec![vec![(2, 3.0)]; 40];
    rows.extend(vec![vec![(2, 5.0)]; 20]);
    rows.extend((0..30).map(|user| vec![(user % 4, 2.0), (4 + user % 3, 1.0)]));
    // A user with nothing has no taste.
    rows.push(Vec::new());
    let confidence = Interactions::from_rows(7, rows.into_iter());
    assert_fixed_point(&confidence);
    let factors = fit_als(&confidence, &SETTINGS, &Job::new()).unwrap();
    assert!((1..40).all(|user| factors.user(user) == factors.user(0)));
    assert_ne!(factors.user(40), factors.user(0));
    assert!(factors.user(90).iter().all(|&value| value == 0.0));
}

#[test]
fn threads_change_no_bit_and_seeds_do() {
    let confidence = random_rows(5000, 1500, 9, 4);
    let fit = |threads, seed| {
        on_threads(threads, || fit_als(&confidence, &AlsSettings { seed, ..SETTINGS }, &Job::new()).unwrap())
    };
    let one = fit(1, 3);
    assert!(one.users.iter().chain(&one.items).all(|value| value.is_finite()));
    assert_eq!(one, fit(2, 3));
    assert_ne!(one, fit(2, 4));
}

#[test]
fn nothing_to_learn_from_is_said_and_a_cancel_is_answered() {
    let empty = Interactions::from_rows(3, std::iter::once(Vec::new()));
    assert!(matches!(fit_als(&empty, &SETTINGS, &Job::new()), Err(Error::Model(_))));
    let some = random_rows(20, 10, 3, 5);
    assert!(matches!(fit_als(&some, &AlsSettings { rank: 0, ..SETTINGS }, &Job::new()), Err(Error::Model(_))));
    let job = Job::new();
    job.cancel();
    assert!(matches!(fit_als(&some, &SETTINGS, &job), Err(Error::Cancelled)));
}
