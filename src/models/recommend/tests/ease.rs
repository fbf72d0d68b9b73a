//! EASE: its closed form.

use nalgebra::DMatrix;

use crate::error::Error;
use crate::job::Job;
use crate::models::recommend::tests::{on_threads, random_rows};
use crate::models::recommend::{Ease, Interactions};

/// The scores of every item for a history.
fn scores(ease: &Ease, history: &[u32], items: u32) -> Vec<f32> {
    let mut all = vec![0.0; items as usize];
    for (item, score) in ease.scored(history, &[], |_| true, &mut ease.room()) {
        all[item as usize] = score;
    }
    all
}

/// By numpy: `P = inv(X.T @ X + 0.5 * eye(4)); B = -P / diag(P); fill_diagonal(B, 0); X @ B`.
#[test]
fn the_weights_are_those_of_the_closed_form() {
    let rows = [vec![0, 1], vec![0, 1, 2], vec![1, 2], vec![2, 3], vec![0, 3]];
    let rows = rows.map(|row| row.into_iter().map(|item| (item, 7.0)).collect());
    let matrix = Interactions::from_rows(4, rows.into_iter());
    let ease = Ease::fit(&matrix, 0.5, &Job::new()).unwrap();
    let wanted: [[f32; 4]; 5] = [
        [0.729_927, 0.540_540_5, 0.452_554_7, -0.064_516_1],
        [0.452_554_7, 1.081_081_1, 0.452_554_7, 0.387_096_8],
        [0.452_554_7, 0.540_540_5, 0.729_927, -0.064_516_1],
        [0.233_576_6, 0.108_108_1, 0.510_948_9, 0.451_612_9],
        [0.510_948_9, 0.108_108_1, 0.233_576_6, 0.451_612_9],
    ];
    for (user, wanted) in wanted.iter().enumerate() {
        for (found, wanted) in scores(&ease, matrix.row(user).0, 4).iter().zip(wanted) {
            assert!((found - wanted.max(0.0)).abs() < 1e-6, "user {user}: {found} for {wanted}");
        }
    }
}

#[test]
fn halves_give_the_inverse_of_the_whole_at_any_thread_count() {
    // 700 items are halved three times.
    let matrix = random_rows(3000, 700, 9, 3);
    let ease = |threads| on_threads(threads, || Ease::fit(&matrix, 20.0, &Job::new()).unwrap());
    let (one, two) = (ease(1), ease(2));
    let mut gram = DMatrix::<f64>::identity(700, 700) * 20.0;
    for user in 0..matrix.rows() {
        for &a in matrix.row(user).0 {
            for &b in matrix.row(user).0 {
                gram[(a as usize, b as usize)] += 1.0;
            }
        }
    }
    let inverse = gram.try_inverse().unwrap();
    for item in [0, 1, 349, 350, 699_u32] {
        let found = scores(&one, &[item], 700);
        assert_eq!(found, scores(&two, &[item], 700));
        for (on, found) in (0..700).zip(found) {
            let weight = -inverse[(item as usize, on)] / inverse[(on, on)];
            let wanted = if on == item as usize { 0.0 } else { weight.max(0.0) };
            assert!((f64::from(found) - wanted).abs() < 1e-6, "{item} on {on}: {found} for {wanted}");
        }
    }
}

#[test]
fn what_nobody_touched_and_what_is_too_much_is_told() {
    // Of 5,000 columns 20 are touched.
    let few = random_rows(50, 20, 4, 9);
    let few =
        Interactions::from_rows(5_000, (0..50).map(|row| few.row(row).0.iter().map(|&item| (item, 1.0)).collect()));
    assert!(Ease::fit(&few, 1.0, &Job::new()).is_ok());
    let many = random_rows(5_000, 4_500, 4, 9);
    assert!(matches!(Ease::fit(&many, 1.0, &Job::new()), Err(Error::Model(why)) if why.contains("at most 4000 items")));
    let job = Job::new();
    job.cancel();
    assert!(matches!(Ease::fit(&few, 1.0, &job), Err(Error::Cancelled)));
}
