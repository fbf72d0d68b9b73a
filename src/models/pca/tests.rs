#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

use super::*;
use crate::models::kmeans::tests::uniform;

/// 300 × 5 with two correlated pairs of columns.
fn correlated() -> Matrix {
    let mut matrix = uniform(300, 5, 11);
    for row in matrix.values.chunks_exact_mut(5) {
        row[1] += row[0];
        row[3] -= 2.0 * row[2];
    }
    matrix
}

#[test]
fn components_are_numpys() {
    let matrix = correlated();
    let pca = Pca::fit(&matrix, &Job::new()).unwrap();
    // numpy: w, v = eigh(cov(X.T)); the sign of each eigenvector such that its largest |loading| is positive.
    let variance = [0.537_717_304_512_234_7, 0.224_880_557_819_143_62];
    let ratio = [0.613_499_450_778_347, 0.256_573_663_438_115_83];
    let loadings = [
        [
            -0.062_816_262_632_444_87,
            -0.104_817_245_355_811_05,
            -0.376_064_770_575_049_3,
            0.918_470_193_959_69,
            0.007_433_260_717_552_97,
        ],
        [
            0.514_408_306_575_690_3,
            0.847_582_345_414_413_8,
            -0.017_781_260_809_975_996,
            0.124_346_975_300_706_71,
            0.034_783_880_825_815_07,
        ],
    ];
    for nth in 0..2 {
        assert!((pca.explained_variance[nth] - variance[nth]).abs() < 1e-6);
        assert!((pca.explained_variance_ratio[nth] - ratio[nth]).abs() < 1e-6);
        for (ours, theirs) in pca.components[nth].iter().zip(loadings[nth]) {
            assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
        }
    }
    let first = pca.project(&matrix).unwrap()[0];
    assert!((first[0] - 0.535_886_2).abs() < 1e-5 && (first[1] - 0.690_836_1).abs() < 1e-5, "{first:?}");
}

#[test]
fn one_column_has_one_component() {
    let matrix = Matrix::new(1, vec![1.0, 2.0, 3.0]);
    let pca = Pca::fit(&matrix, &Job::new()).unwrap();
    assert_eq!(pca.explained_variance_ratio, [1.0, 0.0]);
    assert_eq!(pca.explained_variance, [1.0, 0.0]);
    assert_eq!(pca.project(&matrix).unwrap(), [[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]);
}

#[test]
fn constant_columns_explain_nothing() {
    let pca = Pca::fit(&Matrix::new(2, vec![3.0; 10]), &Job::new()).unwrap();
    assert_eq!(pca.explained_variance_ratio, [0.0, 0.0]);
}

#[test]
fn too_little_is_refused() {
    assert!(matches!(Pca::fit(&Matrix::new(2, vec![1.0, 2.0]), &Job::new()), Err(Error::Model(_))));
    let pca = Pca::fit(&correlated(), &Job::new()).unwrap();
    assert!(matches!(pca.project(&Matrix::new(2, vec![1.0, 2.0])), Err(Error::Model(_))));
}

#[test]
fn the_result_does_not_depend_on_the_threads() {
    let matrix = uniform(30_000, 4, 2);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Pca::fit(&matrix, &Job::new()).unwrap())
    };
    assert_eq!(run(1), run(2));
}
