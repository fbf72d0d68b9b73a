use super::*;

const ACTUAL: [f32; 8] = [0.0, 0.0, 3.0, 1.0, 0.0, 2.0, 5.0, 0.0];
const PREDICTED: [f32; 8] = [0.1, 0.2, 2.5, 0.2, 0.7, 0.7, 3.0, 0.1];

fn close(own: Option<f64>, reference: f64) -> bool {
    own.is_some_and(|own| (own - reference).abs() < 1e-6)
}

/// scikit-learn's `root_mean_squared_error` and `mean_absolute_error`, scipy's `spearmanr` on the arrays above.
#[test]
fn as_scikit_learn_and_scipy() {
    assert!(close(rmse(&ACTUAL, &PREDICTED), 0.944_060_379));
    assert!(close(mae(&ACTUAL, &PREDICTED), 0.7125));
    assert!(close(spearman(&ACTUAL, &PREDICTED), 0.813_733_471));
}

/// By hand: the curve of 0 0 1 3 is 0, 0, ¼, 1, its Gini 1 − 1.5/4 = .625; with the middle two swapped .5; .5/.625 = .8.
#[test]
fn gini_by_hand() {
    let actual = [0.0, 0.0, 1.0, 3.0];
    assert!(close(gini(&actual, &[1.0, 2.0, 3.0, 4.0]), 1.0));
    assert!(close(gini(&actual, &[1.0, 3.0, 2.0, 4.0]), 0.8));
    assert!(close(gini(&actual, &[4.0, 3.0, 2.0, 1.0]), -1.0));
    assert!(close(gini(&actual, &[7.0; 4]), 0.0));
}

/// For a 0/1 target the normalised Gini is 2·AUC − 1, ties included.
#[test]
fn gini_of_two_classes_is_the_auc() {
    let labels = [false, true, true, false, true, false, false, true, false, true];
    let scores = [0.1, 0.4, 0.35, 0.8, 0.9, 0.35, 0.2, 0.7, 0.05, 0.4];
    let actual = labels.map(|label| f32::from(u8::from(label)));
    assert!(close(gini(&actual, &scores), 2.0 * 0.82 - 1.0));
}

#[test]
fn what_is_undefined_is_none() {
    assert_eq!((rmse(&[], &[]), mae(&[], &[]), spearman(&[], &[]), gini(&[], &[])), (None, None, None, None));
    assert_eq!(spearman(&ACTUAL, &[1.0; 8]), None);
    assert_eq!((gini(&[0.0; 3], &[1.0, 2.0, 3.0]), gini(&[2.0; 3], &[1.0, 2.0, 3.0])), (None, None));
    assert!(amount_deciles(&[], &[]).is_empty());
}

#[test]
fn deciles_by_hand() {
    let predicted: Vec<f32> = (0..20).map(|row| row as f32).collect();
    let actual: Vec<f32> = predicted.iter().map(|value| value * 2.0).collect();
    let deciles = amount_deciles(&actual, &predicted);
    assert_eq!((deciles.len(), deciles[0].users), (10, 2));
    assert_eq!((deciles[0].predicted, deciles[0].actual, deciles[9].predicted), (18.5, 37.0, 0.5));
    assert_eq!(amount_deciles(&ACTUAL, &PREDICTED).iter().map(|decile| decile.users).sum::<u64>(), 8);
}
