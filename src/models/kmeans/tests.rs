#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

use super::*;

/// `rows × columns` values in [0, 1): the upper 24 bits of Knuth's linear congruential generator, so that a reference
/// in any language can make the same matrix.
pub fn uniform(rows: usize, columns: usize, seed: u64) -> Matrix {
    let mut state = seed;
    let values = (0..rows * columns).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32
    });
    Matrix::new(columns, values.collect())
}

fn first_rows(matrix: &Matrix, k: usize) -> Vec<Vec<f32>> {
    (0..k).map(|row| matrix.row(row).to_vec()).collect()
}

const STOP: Stop = Stop { max_iterations: 300, tolerance: 1e-4 };

#[test]
fn lloyd_reaches_scikit_learns_optimum_from_the_same_start() {
    let matrix = uniform(200, 3, 7);
    let found = lloyd(&matrix, &first_rows(&matrix, 4), STOP, &Job::new()).unwrap();
    // scikit-learn 1.x: KMeans(4, init=X[:4], n_init=1, algorithm="lloyd").fit(X), X as f64.
    assert!((found.inertia - 21.581_630_526_165_4).abs() < 1e-4, "{}", found.inertia);
    assert_eq!(found.sizes, [46, 49, 48, 57]);
    let centre = [0.284_430_121_598_036_54, 0.769_160_249_958_867_4, 0.622_348_098_651_222_4];
    for (ours, theirs) in found.centroids[0].iter().zip(centre) {
        assert!((f64::from(*ours) - theirs).abs() < 1e-6);
    }
    assert!(found.converged);
}

#[test]
fn assignment_and_inertia_by_hand() {
    // Rows 0, 1, 10 on a line; centres 0 and 8: distances² 0, 1, 4.
    let matrix = Matrix::new(1, vec![0.0, 1.0, 10.0]);
    let found = assign(&matrix, &[vec![0.0], vec![8.0]], &Job::new()).unwrap();
    assert_eq!(found.labels, [0, 0, 1]);
    assert_eq!(found.sizes, [2, 1]);
    assert_eq!(found.inertia, 5.0);
    assert_eq!(found.iterations, 0);
}

#[test]
fn a_padded_width_gives_what_the_exact_one_gives() {
    let narrow = uniform(300, 12, 3);
    let start = first_rows(&narrow, 3);
    let exact = lloyd(&narrow, &start, STOP, &Job::new()).unwrap();
    // The same rows with a constant 13th column run through the kernel for 16.
    let widen = |row: &[f32]| row.iter().copied().chain([0.5]).collect::<Vec<f32>>();
    let wide = Matrix::new(13, (0..narrow.rows).flat_map(|row| widen(narrow.row(row))).collect());
    let wide_start: Vec<_> = start.iter().map(|centre| widen(centre)).collect();
    let padded = lloyd(&wide, &wide_start, Stop { tolerance: 1e-4 * 13.0 / 12.0, ..STOP }, &Job::new()).unwrap();
    assert_eq!(exact.labels, padded.labels);
    assert!((exact.inertia - padded.inertia).abs() < 1e-6 * exact.inertia);
    assert_eq!(padded.centroids[0].len(), 13);
}

#[test]
fn an_empty_centre_moves_to_the_furthest_row() {
    // The third centre is nearest to nothing; row 100 is the furthest from its centre.
    let matrix = Matrix::new(1, vec![0.0, 1.0, 2.0, 50.0, 51.0, 100.0]);
    let found = lloyd(&matrix, &[vec![1.0], vec![50.0], vec![1e6]], STOP, &Job::new()).unwrap();
    assert_eq!(found.labels, [0, 0, 0, 1, 1, 2]);
    assert_eq!(found.sizes, [3, 2, 1]);
    assert_eq!(found.inertia, 2.5);
}

#[test]
fn the_result_does_not_depend_on_the_threads() {
    let matrix = uniform(30_000, 5, 5);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| lloyd(&matrix, &first_rows(&matrix, 6), STOP, &Job::new()).unwrap())
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one, two);
    assert_eq!(one.inertia.to_bits(), two.inertia.to_bits());
}

#[test]
fn impossible_input_is_refused_with_the_reason() {
    let refused = |matrix: &Matrix, start: &[Vec<f32>]| match lloyd(matrix, start, STOP, &Job::new()) {
        Err(Error::Model(what)) => what,
        other => panic!("{other:?}"),
    };
    let matrix = Matrix::new(2, vec![0.0; 8]);
    assert!(refused(&Matrix::default(), &[vec![]]).contains("empty"));
    assert!(refused(&matrix, &[]).contains("0 clusters"));
    assert!(refused(&matrix, &[vec![1.0]]).contains("width 1"));
    assert!(refused(&Matrix::new(65, vec![0.0; 130]), &[vec![0.0; 65]]).contains("65 columns"));
}

#[test]
fn a_cancelled_job_stops() {
    let job = Job::new();
    job.cancel();
    let matrix = uniform(100, 2, 1);
    assert!(matches!(lloyd(&matrix, &first_rows(&matrix, 2), STOP, &job), Err(Error::Cancelled)));
}
