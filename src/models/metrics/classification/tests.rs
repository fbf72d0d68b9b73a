#![allow(clippy::unwrap_used)]

use super::*;

const LABELS: [bool; 10] = [false, true, true, false, true, false, false, true, false, true];
const SCORES: [f32; 10] = [0.1, 0.4, 0.35, 0.8, 0.9, 0.35, 0.2, 0.7, 0.05, 0.4];

fn close(own: Option<f64>, reference: f64) -> bool {
    own.is_some_and(|own| (own - reference).abs() < 1e-7)
}

/// scikit-learn 1.x on the arrays above (`float32` scores): `roc_auc_score`, `average_precision_score`, `log_loss`,
/// `brier_score_loss`.
#[test]
fn as_scikit_learn() {
    assert!(close(roc_auc(&LABELS, &SCORES), 0.82));
    assert!(close(average_precision(&LABELS, &SCORES), 0.796_190_476_190_476_2));
    assert!(close(log_loss(&LABELS, &SCORES), 0.576_445_698_738_098_1));
    assert!(close(brier(&LABELS, &SCORES), 0.205_749_988_555_908_2));
}

/// By hand: positives .8 and .5, negatives .5 and .1; of the pairs three are in order and one ties: 3.5 / 4.
/// Thresholds .8 (precision 1), .5 (2/3) and .1: ½ · 1 + ½ · ⅔.
#[test]
fn ties_by_hand() {
    let (labels, scores) = ([true, true, false, false], [0.8, 0.5, 0.5, 0.1]);
    assert!(close(roc_auc(&labels, &scores), 3.5 / 4.0));
    assert!(close(average_precision(&labels, &scores), 0.5 + 1.0 / 3.0));
    assert!(close(roc_auc(&labels, &[0.3; 4]), 0.5));
    assert!(close(average_precision(&labels, &[0.3; 4]), 0.5));
}

#[test]
fn what_is_undefined_is_none() {
    assert_eq!(roc_auc(&[true, true], &[0.1, 0.2]), None);
    assert_eq!(average_precision(&[false], &[0.1]), None);
    assert_eq!((log_loss(&[], &[]), brier(&[], &[])), (None, None));
    assert!(roc_curve(&[true], &[0.5], 11).is_empty() && decile_lift(&[false], &[0.5]).is_empty());
}

/// A certain mistake costs −ln of f32's epsilon, not infinity.
#[test]
fn certainty_has_a_finite_price() {
    assert!(close(log_loss(&[true], &[0.0]), 15.942_385_152_878_742));
    assert!(log_loss(&[false], &[1.0]).unwrap() < 16.0);
}

/// Ten rows in five bins of two, ascending; the three of one probability stay together, so that a bin has three and the next one.
#[test]
fn calibration_bins_are_of_equal_size() {
    let probabilities: [f32; 10] = [0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.7, 0.8];
    let labels = [true, false, false, true, false, true, false, true, true, true];
    let bins = calibration(&labels, &probabilities, 5);
    assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [2, 2, 3, 1, 2]);
    let observed: Vec<f64> = bins.iter().map(|bin| bin.observed.unwrap()).collect();
    assert_eq!(observed, [0.0, 0.5, 2.0 / 3.0, 1.0, 1.0]);
    assert!((bins[2].predicted.unwrap() - 0.5).abs() < 1e-6, "{bins:?}");
    assert!(calibration(&[], &[], 10).is_empty());
}

/// Twenty users, five of them positive, all in the top quarter: deciles 1 and 2 are all positive (lift 4), the third half.
#[test]
fn lift_by_hand() {
    let scores: Vec<f32> = (0..20).map(|rank| 1.0 - rank as f32 / 20.0).collect();
    let labels: Vec<bool> = (0..20).map(|rank| rank < 5).collect();
    let lift: Vec<f64> = decile_lift(&labels, &scores).iter().map(|decile| decile.lift).collect();
    assert_eq!(lift, [4.0, 4.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    // One tie over everybody: no decile is better than another, in whatever order the rows come.
    assert!(decile_lift(&labels, &[0.5; 20]).iter().all(|decile| (decile.lift - 1.0).abs() < 1e-12));
    assert_eq!(decile_lift(&labels[3..7], &scores[3..7]).iter().map(|decile| decile.users).sum::<u64>(), 4);
}

#[test]
fn the_roc_curve_runs_from_corner_to_corner_and_holds_the_auc() {
    let point = |point: &RocPoint| (point.false_positive_rate, point.true_positive_rate);
    let curve: Vec<_> = roc_curve(&LABELS, &SCORES, 101).iter().map(point).collect();
    assert_eq!((curve[0], *curve.last().unwrap()), ((0.0, 0.0), (1.0, 1.0)));
    let area: f64 = curve.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum();
    assert!((area - 0.82).abs() < 1e-12);
    let scores: Vec<f32> = (0..5000).map(|row| (row * 37 % 5000) as f32).collect();
    let labels: Vec<bool> = (0..5000).map(|row| row % 3 == 0).collect();
    let thinned = roc_curve(&labels, &scores, 101);
    assert!(
        thinned.len() == 101
            && thinned.windows(2).all(|pair| pair[0].false_positive_rate <= pair[1].false_positive_rate)
    );
    assert_eq!(point(&thinned[100]), (1.0, 1.0));
}

/// At .4: selected are .8 (negative), .9, .7, .4, .4 (positive): the `f32` .4 lies just above the threshold.
#[test]
fn thresholds_by_hand() {
    let counts = confusion(&LABELS, &SCORES, 0.4);
    assert_eq!(counts, Confusion { true_positives: 4, false_positives: 1, true_negatives: 4, false_negatives: 1 });
    let table = threshold_table(&LABELS, &SCORES);
    assert_eq!((table.len(), table[0].users, table[100].users), (101, 10, 0));
    assert_eq!((table[40].users, table[40].precision, table[40].recall), (5, Some(0.8), Some(0.8)));
    assert_eq!((table[100].precision, table[100].recall), (None, Some(0.0)));
    for row in &table {
        let counts = confusion(&LABELS, &SCORES, row.threshold);
        assert_eq!(row.users, counts.true_positives + counts.false_positives);
    }
}
