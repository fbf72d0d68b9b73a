#![allow(clippy::unwrap_used)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ingest::Ids;
use crate::models::evaluate::*;

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} where {expected} was expected");
}

/// 400 rows by the generator of `models/population.rs`: `y = u < .3`, then two scores `round(20·(u + w·y))/20`, `w` .5 and
/// .3, as f32. Reference: `DeLong`'s variance by all pairs in numpy; the area is scikit-learn's `roc_auc_score`.
#[test]
fn delong_is_that_of_all_pairs_ties_included() {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let (mut labels, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..400 {
        let label = uniform() < 0.3;
        let shift = f64::from(u8::from(label));
        labels.push(label);
        one.push(((20.0 * (uniform() + 0.5 * shift)).round() / 20.0) as f32);
        two.push(((20.0 * (uniform() + 0.3 * shift)).round() / 20.0) as f32);
    }
    let found = auc(&labels, &one).unwrap();
    close(found.value, 0.840_503_132_890_676_1);
    close(found.low.unwrap(), 0.794_411_635_470_533_5);
    close(found.high.unwrap(), 0.877_850_111_686_201_8);
    assert!(!found.rough && found.enough);
    let gain = auc_gain(&labels, &one, &two).unwrap();
    close(gain.value, 0.110_726_643_598_56);
    close(gain.low.unwrap(), 0.047_156_730_390_789_45);
    close(gain.high.unwrap(), 0.174_296_556_806_442_24);
    close(auc_gain(&labels, &one, &one).unwrap().high.unwrap(), 0.0);
}

#[test]
fn few_and_extreme_are_said() {
    let labels: Vec<bool> = (0..400).map(|row| row < 99).collect();
    let scores: Vec<f32> = (0..400).map(|row| ((row * 7) % 13) as f32).collect();
    let found = auc(&labels, &scores).unwrap();
    assert!(found.rough && found.enough);
    let few: Vec<bool> = (0..400).map(|row| row >= 351).collect();
    let found = auc(&few, &scores).unwrap();
    assert!(found.rough && !found.enough, "49 stayers or leavers are too few");
    let perfect: Vec<f32> = (0..400).map(|row| f32::from(u8::from(row < 200))).collect();
    let halves: Vec<bool> = (0..400).map(|row| row < 200).collect();
    let found = auc(&halves, &perfect).unwrap();
    assert!(found.rough && found.high == Some(1.0) && found.low.unwrap() < 1.0, "{found:?}");
    assert_eq!((auc(&[true; 4], &[0.0; 4]), auc(&[], &[])), (None, None));
}

#[test]
fn a_mean_deviates_as_its_formula_says() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let values: Vec<f64> = (0..4_000).map(|_| random.r#gen::<f64>().powi(3)).collect();
    let mean = values.iter().sum::<f64>() / 4_000.0;
    let formula = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()).sqrt() / 4_000.0;
    let [of_mean, of_nothing] = deviations(values.len(), 9, |weights| {
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        [Some(weights.iter().zip(&values).map(|(&weight, value)| f64::from(weight) * value).sum::<f64>() / total), None]
    });
    assert!((of_mean.unwrap() / formula - 1.0).abs() < 0.15, "{of_mean:?} {formula}");
    assert_eq!(of_nothing, None);
}

/// `zlib.crc32(b"257597") % 5` and `zlib.crc32(b"fit:257597")` of Python.
#[test]
fn folds_and_draws_are_those_of_any_engine() {
    let ids = Ids::Text(["257597", "anna"].map(Into::into).to_vec());
    assert_eq!(folds(&ids, &[]), [3, 3]);
    assert_eq!(draws(&ids), [850_137_166, 380_825_912]);
    let numbers = Ids::Integer(vec![257_597]);
    assert_eq!((folds(&numbers, &[])[0], draws(&numbers)[0]), (folds(&ids, &[])[0], draws(&ids)[0]));
}

#[test]
fn a_household_is_held_out_together() {
    let ids = Ids::Text(["257597", "anna", "bea", "cem", "257598"].map(Into::into).to_vec());
    let alone = folds(&ids, &[]);
    let homes = [Some("h7".into()), Some("h7".into()), None, Some("h7".into()), None];
    let together = folds(&ids, &homes);
    // `zlib.crc32(b"h7") % 5`.
    assert_eq!([together[0], together[1], together[3]], [(crc32fast::hash(b"h7") % 5) as u8; 3]);
    assert_eq!((together[2], together[4]), (alone[2], alone[4]), "who has none is split by id");
    assert_ne!(alone[..2], together[..2]);
}

#[test]
fn small_populations_are_judged_whole_and_large_ones_by_the_held_out_fifth() {
    let of = |users: u32, most: usize| {
        let folds: Vec<u8> = (0..users).map(|user| (user % 5) as u8).collect();
        let draws: Vec<u32> = (0..users).map(|user| user.wrapping_mul(2_654_435_761) % 1_000).collect();
        Split::new(&(0..users).collect::<Vec<_>>(), &folds, &draws, most)
    };
    let small = of(1_000, 100);
    assert_eq!(small.judged(), 0..5);
    let mut judged: Vec<u32> = small.judged().flat_map(|fold| of(1_000, 1_000).test(fold)).collect();
    judged.sort_unstable();
    assert_eq!(judged, (0..1_000).collect::<Vec<_>>());
    let sample = small.training(2);
    assert!(sample.len() == 100 && sample.iter().all(|row| row % 5 != 2) && sample.is_sorted());
    let most = sample.iter().map(|&row| row.wrapping_mul(2_654_435_761) % 1_000).max().unwrap();
    let left_out = (0..1_000_u32).filter(|row| row % 5 != 2 && !sample.contains(row));
    assert!(left_out.map(|row| row.wrapping_mul(2_654_435_761) % 1_000).all(|draw| draw >= most));
    assert_eq!(of(100_001, 10).judged(), 0..1);
}

/// `cargo test --lib -- --ignored models::evaluate` ends within a minute.
#[test]
#[ignore = "1,000 simulations"]
fn of_1000_intervals_as_many_hold_the_truth_as_they_promise() {
    let normal = |random: &mut Xoshiro256PlusPlus| {
        let (a, b): (f64, f64) = (1.0 - random.r#gen::<f64>(), random.r#gen());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    };
    // Two normal scores whose areas are known: Φ(shift / √2) for unit variances.
    for (positives, shift, truth) in [(100, 0.5, 0.638_163_2), (150, 1.0, 0.760_249_9), (300, 1.8, 0.898_454_1)] {
        let (mut held, mut gains) = (0, 0);
        for seed in 0..1_000 {
            let random = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
            let labels: Vec<bool> = (0..1_500).map(|row| row < positives).collect();
            let shared: Vec<f64> = labels.iter().map(|_| normal(random)).collect();
            let mut score = || -> Vec<f32> {
                let of = |(&label, shared): (&bool, &f64)| {
                    (f64::from(u8::from(label)) * shift + 0.6 * shared + 0.8 * normal(random)) as f32
                };
                labels.iter().zip(&shared).map(of).collect()
            };
            let (one, two) = (score(), score());
            let holds = |figure: Figure, truth: f64| figure.low.unwrap() <= truth && truth <= figure.high.unwrap();
            held += usize::from(holds(auc(&labels, &one).unwrap(), truth));
            gains += usize::from(holds(auc_gain(&labels, &one, &two).unwrap(), 0.0));
        }
        assert!((935..=965).contains(&held) && (935..=965).contains(&gains), "{held} {gains}");
    }
    let mut held = 0;
    for seed in 0..1_000 {
        let random = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
        let values: Vec<f64> = (0..1_000).map(|_| -(1.0 - random.r#gen::<f64>()).ln()).collect();
        let mean = values.iter().sum::<f64>() / 1_000.0;
        let [deviation] = deviations(values.len(), seed, |weights| {
            let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
            [Some(weights.iter().zip(&values).map(|(&w, value)| f64::from(w) * value).sum::<f64>() / total)]
        });
        let figure = Figure::new(mean, deviation, 1_000, (0.0, f64::MAX));
        held += usize::from(figure.low.unwrap() <= 1.0 && 1.0 <= figure.high.unwrap());
    }
    assert!((935..=965).contains(&held), "{held}");
}
