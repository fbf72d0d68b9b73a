#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

use linfa::DatasetBase;
use linfa::metrics::SilhouetteScore;
use ndarray::{Array1, Array2};

use super::*;
use crate::models::kmeans::tests::uniform;

/// Labels by the halves of the unit cube: columns 0 and 1 decide.
fn halves(matrix: &Matrix) -> Vec<u8> {
    let label = |row: &[f32]| if row[0] < 0.5 { 0 } else { 1 + u8::from(row[1] >= 0.5) };
    (0..matrix.rows).map(|row| label(matrix.row(row))).collect()
}

fn score(matrix: &Matrix, labels: &[u8]) -> Option<f64> {
    silhouette(matrix, labels, &Job::new()).unwrap()
}

#[test]
fn silhouette_by_hand() {
    // Clusters {0, 2} and {10}. Row 0: a = 2, b = 10, 0.8. Row 2: a = 2, b = 8, 0.75. Row 10 is alone: 0.
    let matrix = Matrix::new(1, vec![0.0, 2.0, 10.0]);
    let found = score(&matrix, &[0, 0, 1]).unwrap();
    assert!((found - (0.8 + 0.75) / 3.0).abs() < 1e-7, "{found}");
}

#[test]
fn silhouette_is_scikit_learns() {
    let matrix = uniform(200, 3, 7);
    // scikit-learn: silhouette_score(X, labels), X as f64.
    let scattered: Vec<u8> = (0..200_u32).map(|row| (row * 7 / 3 % 4) as u8).collect();
    assert!((score(&matrix, &scattered).unwrap() - -0.043_106_814_968_039_836).abs() < 1e-6);
    let mut labels = halves(&matrix);
    assert!((score(&matrix, &labels).unwrap() - 0.171_685_765_255_007_78).abs() < 1e-6);
    // A row alone in its cluster, and two numbers that no row has.
    labels[0] = 5;
    assert!((score(&matrix, &labels).unwrap() - 0.089_559_572_409_449_9).abs() < 1e-6);
}

#[test]
fn silhouette_is_linfas_where_no_row_is_alone() {
    let matrix = uniform(300, 4, 9);
    let labels = halves(&matrix);
    let records = Array2::from_shape_vec((300, 4), matrix.values.iter().map(|&x| f64::from(x)).collect()).unwrap();
    let targets = Array1::from_iter(labels.iter().map(|&label| usize::from(label)));
    let theirs: f64 = DatasetBase::new(records, targets).silhouette_score().unwrap();
    assert!((score(&matrix, &labels).unwrap() - theirs).abs() < 1e-6);
}

#[test]
fn several_silhouettes_at_once_are_each_alone() {
    let matrix = uniform(700, 3, 4);
    let first = halves(&matrix);
    let second: Vec<u8> = (0..700).map(|row| u8::from(matrix.row(row)[2] > 0.2)).collect();
    let together = silhouettes(&matrix, &[&first, &second, &vec![3; 700]], &Job::new()).unwrap();
    assert!((together[0].unwrap() - score(&matrix, &first).unwrap()).abs() < 1e-7);
    assert!((together[1].unwrap() - score(&matrix, &second).unwrap()).abs() < 1e-7);
    assert_eq!(together[2], None);
}

#[test]
fn silhouette_is_undefined_for_one_cluster_and_for_single_rows() {
    let matrix = uniform(4, 2, 1);
    assert_eq!(score(&matrix, &[0; 4]), None);
    assert_eq!(score(&matrix, &[0, 1, 2, 3]), None);
    assert_eq!(score(&Matrix::default(), &[]), None);
    // All rows in one place, in two clusters: 0, not NaN.
    assert_eq!(score(&Matrix::new(1, vec![1.0; 4]), &[0, 0, 1, 1]), Some(0.0));
    assert!(matches!(silhouette(&matrix, &[0], &Job::new()), Err(Error::Model(_))));
}

#[test]
fn adjusted_rand_by_hand() {
    // Pairs together in both 2, in either 5 and 5, of 21: (2 − 25/21) / (5 − 25/21) = 0.2125, as scikit-learn's
    // adjusted_rand_score.
    let found = adjusted_rand(&[0, 0, 1, 1, 2, 2, 2], &[0, 0, 1, 2, 2, 2, 1]).unwrap();
    assert!((found - 0.2125).abs() < 1e-12, "{found}");
}

#[test]
fn adjusted_rand_ignores_names_and_knows_trivial_partitions() {
    assert_eq!(adjusted_rand(&[1, 1, 2, 3], &["b", "b", "a", "c"]), Some(1.0));
    assert_eq!(adjusted_rand(&[1, 1, 1], &[7, 7, 7]), Some(1.0));
    assert_eq!(adjusted_rand::<u8, u8>(&[], &[]), Some(1.0));
    assert_eq!(adjusted_rand(&[1, 2], &[1]), None);
    let one_against_pairs = adjusted_rand(&[0, 0, 0, 0], &[0, 0, 1, 1]).unwrap();
    assert_eq!(one_against_pairs, 0.0);
}
