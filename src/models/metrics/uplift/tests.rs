use super::*;

fn close(own: Option<f64>, reference: f64) -> bool {
    own.is_some_and(|own| (own - reference).abs() < 1e-9)
}

/// 2,000 rows of a generator any language can make again: `u = x / 2^32`, `x ← (1664525·x + 1013904223) mod 2^32`,
/// `x = 1` at first; per row the score `s = f32(⌊50u⌋ / 50 − 0.3)`, treated when `u < 0.4`, outcome when
/// `u < 0.2 + (0.5·s if treated)`. 798 are treated, 475 have the outcome; the 50 distinct scores make long ties.
fn reference() -> (Vec<f32>, Vec<bool>, Vec<bool>) {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let (mut uplift, mut outcome, mut treated) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..2000 {
        let score = ((uniform() * 50.0).floor() / 50.0 - 0.3) as f32;
        let arm = uniform() < 0.4;
        outcome.push(uniform() < 0.2 + if arm { 0.5 * f64::from(score) } else { 0.0 });
        uplift.push(score);
        treated.push(arm);
    }
    assert_eq!(treated.iter().filter(|&&arm| arm).count(), 798);
    assert_eq!(outcome.iter().filter(|&&yes| yes).count(), 475);
    (uplift, outcome, treated)
}

/// scikit-uplift 0.5.1 on the rows above: `qini_auc_score`, `uplift_auc_score`, `uplift_at_k(strategy="overall")`.
#[test]
fn as_scikit_uplift() {
    let (uplift, outcome, treated) = reference();
    assert!(close(qini(&uplift, &outcome, &treated), 0.183_220_869_914_929_8));
    assert!(close(auuc(&uplift, &outcome, &treated), 0.151_107_222_012_509_37));
    for (share, value) in
        [(0.1, 0.310_987_539_903_202_55), (0.2, 0.335_761_796_799_179_4), (0.3, 0.285_996_360_219_338_44)]
    {
        let own = uplift_at(share, &uplift, &outcome, &treated);
        assert!(own.is_some_and(|own| (own - value).abs() < 1e-7), "{share}: {own:?}");
    }
}

/// Standard deviations over 2,000 Poisson weightings of these rows (numpy, seed 0) of scikit-uplift's measures,
/// each row repeated as often as its weight says.
#[test]
fn intervals_are_those_of_the_poisson_bootstrap() {
    let (uplift, outcome, treated) = reference();
    let found = spread(&uplift, &outcome, &treated, 7);
    let near = |own: Option<f64>, reference: f64| own.is_some_and(|own| (own / reference - 1.0).abs() < 0.15);
    assert!(near(found.qini, 0.023_745), "{found:?}");
    assert!(near(found.auuc, 0.020_237), "{found:?}");
    assert!(near(found.uplift_at[0], 0.066_125) && near(found.uplift_at[2], 0.039_099), "{found:?}");
    assert_eq!(found, spread(&uplift, &outcome, &treated, 7));
}

/// Standard deviation over 4,000 draws of `numpy.random.default_rng(0).random(2000)` as scores: .02633, the mean -.0002.
#[test]
fn chance_is_that_of_rankings_at_random() {
    let (_, outcome, treated) = reference();
    let chance = qini_by_chance(&outcome, &treated, 7);
    assert!(chance.is_some_and(|chance| (chance / 0.026_33 - 1.0).abs() < 0.2), "{chance:?}");
    assert_eq!(chance, qini_by_chance(&outcome, &treated, 7));
    let many = [outcome.repeat(11), treated.repeat(11)];
    // Of eleven times as many rows it is a root of eleven less.
    let chance = qini_by_chance(&many[0], &many[1], 7);
    assert!(chance.is_some_and(|chance| (chance * 11.0_f64.sqrt() / 0.026_33 - 1.0).abs() < 0.2), "{chance:?}");
}

/// scikit-uplift's `qini_curve` and `uplift_curve` on the same rows: 51 points, one per distinct score and the origin.
#[test]
fn curves_have_a_point_per_distinct_score() {
    let (uplift, outcome, treated) = reference();
    let qini = qini_curve(&uplift, &outcome, &treated);
    assert_eq!(qini.len(), 51);
    let expected = [
        (0, [0.0, 0.0]),
        (1, [46.0, 7.481_481_481_481_481]),
        (2, [72.0, 10.707_317_073_170_731]),
        (25, [980.0, 72.562_913_907_284_77]),
        (50, [2000.0, 59.026_622_296_173_06]),
    ];
    for (place, [rows, extra]) in expected {
        assert!((qini[place][0] - rows).abs() < 1e-9 && (qini[place][1] - extra).abs() < 1e-9, "{:?}", qini[place]);
    }
    let curve = uplift_curve(&uplift, &outcome, &treated);
    for (place, extra) in [(1, 18.113_060_428_849_906), (25, 189.126_743_694_518_8), (50, 147.936_396_732_263_26)] {
        assert!((curve[place][1] - extra).abs() < 1e-9, "{:?}", curve[place]);
    }
}

/// scikit-uplift's `uplift_by_percentile(strategy="overall", bins=10)` on the same rows.
#[test]
fn deciles_as_scikit_uplift() {
    let (uplift, outcome, treated) = reference();
    let deciles = uplift_deciles(&uplift, &uplift, &outcome, &treated);
    let expected =
        [0.310_988, 0.364_669, 0.178_338, 0.062_842, 0.031_850, 0.020_698, 0.083_435, -0.043_990, -0.091_242, -0.128];
    assert_eq!(deciles.len(), 10);
    for (decile, expected) in deciles.iter().zip(expected) {
        assert_eq!(decile.rows, 200);
        assert!(decile.observed.is_some_and(|own| (own - expected).abs() < 1e-6), "{decile:?} {expected}");
    }
    assert!(deciles.windows(2).all(|pair| pair[0].predicted > pair[1].predicted));
}

/// By hand: treated-yes, control-no, treated-yes, control-yes down the ranking. The Qini curve is 1, 1, 2, 2 − 1·2/2 = 1
/// with area 4.5; the perfect ranking (treated-yes twice, then control-no, then control-yes) goes through (2, 2), (3, 2),
/// (4, 1) with area 5.5; the random one ends at 1, area 2: (4.5 − 2) / (5.5 − 2).
#[test]
fn by_hand() {
    let uplift = [0.4, 0.3, 0.2, 0.1];
    let (treated, outcome) = ([true, false, true, false], [true, false, true, true]);
    assert_eq!(qini_curve(&uplift, &outcome, &treated), [[0.0, 0.0], [1.0, 1.0], [2.0, 1.0], [3.0, 2.0], [4.0, 1.0]]);
    assert_eq!(uplift_curve(&uplift, &outcome, &treated), [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 2.0]]);
    assert!(close(qini(&uplift, &outcome, &treated), 2.5 / 3.5));
    assert!(close(auuc(&uplift, &outcome, &treated), 1.0));
    assert!(close(uplift_at(0.5, &uplift, &outcome, &treated), 1.0));
}

/// By hand: 30 of 100 treated and 20 of 100 others respond: .1 ± 1.96·√(.21/100 + .16/100).
#[test]
fn average_effect_by_hand() {
    let treated: Vec<bool> = (0..200).map(|row| row < 100).collect();
    let outcome: Vec<bool> = (0..200).map(|row| row % 100 < if row < 100 { 30 } else { 20 }).collect();
    let effect = average_effect(&outcome, &treated);
    let half = 1.959_963_984_540_054 * 0.0037_f64.sqrt();
    assert!((effect.effect - 0.1).abs() < 1e-12);
    assert!((effect.low - (0.1 - half)).abs() < 1e-12 && (effect.high - (0.1 + half)).abs() < 1e-12);
}

#[test]
fn what_is_undefined_is_none() {
    let (uplift, treated) = ([0.4, 0.3, 0.2, 0.1], [true, true, false, false]);
    assert_eq!(qini(&uplift, &[false; 4], &treated), None);
    assert_eq!(uplift_at(0.5, &uplift, &[true; 4], &treated), None);
    assert_eq!(uplift_at(0.5, &[], &[], &[]), None);
    assert!(uplift_deciles(&[], &[], &[], &[]).is_empty());
}

#[test]
fn a_constant_score_is_worth_nothing() {
    let (_, outcome, treated) = reference();
    assert!(close(qini(&[0.5; 2000], &outcome, &treated), 0.0));
    assert!(close(auuc(&[0.5; 2000], &outcome, &treated), 0.0));
}
