#![allow(clippy::unwrap_used)]

use super::*;
use crate::models::gbt::bins::{Bins, ColumnBins, MISSING};
use crate::models::population::table;

fn settings() -> BoostSettings {
    BoostSettings {
        loss: Loss::SquaredError,
        trees: 1,
        learning_rate: 1.0,
        leaves: 2,
        depth: 1,
        min_rows: 1,
        telling: None,
        l2: 0.0,
        rows_per_tree: usize::MAX,
        patience: 1,
        seed: 1,
    }
}

fn boosted(columns: Vec<(&'static str, Vec<f32>)>, target: &[f32], settings: &BoostSettings) -> (Boosted, Vec<f32>) {
    let table = table(columns);
    let rows: Vec<u32> = (0..table.len() as u32).collect();
    let features: Vec<_> = table.features.iter().collect();
    let names: Vec<String> = features.iter().map(|feature| feature.name.to_string()).collect();
    let job = Job::new();
    let binned = Bins::fit(&features, &rows, &job).unwrap().apply(&names, &table, &job).unwrap();
    let distinct = Distinct::of(&binned, &rows);
    let observed = Observations::new(&distinct, target.iter().copied());
    let model = boost(&observed, &observed, settings, &job).unwrap();
    let predicted = model.predict(&binned, &job).unwrap();
    (model, predicted)
}

#[test]
fn few_values_get_a_bin_each_with_edges_between_them() {
    let bins = ColumnBins::fit(&mut vec![4.0, 1.0, f32::NAN, 2.0, 1.0]);
    assert_eq!(bins.edges, [1.5, 3.0]);
    let codes: Vec<u8> = [-9.0, 1.5, 1.6, 3.1, 1e30, f32::NAN].map(|value| bins.code(value)).to_vec();
    assert_eq!(codes, [0, 0, 1, 2, 2, MISSING]);
}

#[test]
fn many_values_share_bins_evenly_and_a_common_one_keeps_its_own() {
    let mut values: Vec<f32> = (0..100_000).map(|value| value as f32).collect();
    values.extend(vec![-1.0; 50_000]);
    let bins = ColumnBins::fit(&mut values);
    assert!((200..=bins::MAX_BINS).contains(&bins.len()), "{}", bins.len());
    let mut counts = vec![0; bins.len()];
    for &value in &values {
        counts[usize::from(bins.code(value))] += 1;
    }
    assert_eq!(counts[0], 50_000);
    assert!(counts[1..].iter().all(|&count| count > 0 && count < 1000), "{counts:?}");
}

#[test]
fn nothing_known_makes_one_bin() {
    let bins = ColumnBins::fit(&mut vec![f32::NAN, f32::NAN]);
    assert!(bins.is_empty() && bins.code(f32::NAN) == MISSING && bins.code(3.0) == 0);
}

/// By hand: of the splits of 0 0 6 | 6, 0 0 | 6 6 … the one between 2 and 3 leaves no error: gain ½(2·3² + 2·3²) = 18.
#[test]
fn one_split_by_hand() {
    let (model, predicted) = boosted(vec![("x", vec![1.0, 2.0, 3.0, 4.0])], &[0.0, 0.0, 6.0, 6.0], &settings());
    assert_eq!(predicted, [0.0, 0.0, 6.0, 6.0]);
    assert_eq!((model.trees.len(), model.depth(), model.trees[0].nodes[0].code), (1, 1, 1));
    assert_eq!(model.importance, [1.0]);
}

/// With l2 = 2 and rate ½ a leaf of two rows with residual sum ±6 takes ½ · 6 / (2 + 2) = 0.75 from the mean 3.
#[test]
fn penalty_and_rate_by_hand() {
    let settings = BoostSettings { l2: 2.0, learning_rate: 0.5, ..settings() };
    let (_, predicted) = boosted(vec![("x", vec![1.0, 2.0, 3.0, 4.0])], &[0.0, 0.0, 6.0, 6.0], &settings);
    assert_eq!(predicted, [2.25, 2.25, 3.75, 3.75]);
}

#[test]
fn nulls_go_where_they_fit() {
    let x = vec![1.0, 1.0, 2.0, 2.0, f32::NAN, f32::NAN];
    let (_, low) = boosted(vec![("x", x.clone())], &[0.0, 0.0, 6.0, 6.0, 0.0, 0.0], &settings());
    assert_eq!(low, [0.0, 0.0, 6.0, 6.0, 0.0, 0.0]);
    let (_, high) = boosted(vec![("x", x.clone())], &[0.0, 0.0, 6.0, 6.0, 6.0, 6.0], &settings());
    assert_eq!(high, [0.0, 0.0, 6.0, 6.0, 6.0, 6.0]);
    let (_, apart) = boosted(vec![("x", x)], &[0.0, 0.0, 0.0, 0.0, 6.0, 6.0], &settings());
    assert_eq!(apart, [0.0, 0.0, 0.0, 0.0, 6.0, 6.0]);
}

#[test]
fn small_leaves_are_refused() {
    let settings = BoostSettings { min_rows: 3, ..settings() };
    let (model, predicted) = boosted(vec![("x", vec![1.0, 2.0, 3.0, 4.0])], &[0.0, 0.0, 6.0, 6.0], &settings);
    assert!(model.trees.is_empty() && predicted == [3.0; 4]);
}

/// Of ten rows the first three are a leaf that is not split further; the others are, into four and three.
#[test]
fn a_leaf_of_few_rows_stays_whole_beside_one_that_is_split() {
    let settings = BoostSettings { min_rows: 3, leaves: 8, depth: 4, ..settings() };
    let x: Vec<f32> = (0..10_u8).map(f32::from).collect();
    let target = [0.0, 1.0, 2.0, 50.0, 50.0, 50.0, 54.0, 90.0, 90.0, 93.0];
    let (model, predicted) = boosted(vec![("x", x)], &target, &settings);
    assert_eq!(predicted, [1.0, 1.0, 1.0, 51.0, 51.0, 51.0, 51.0, 91.0, 91.0, 91.0]);
    assert_eq!((model.trees[0].nodes.len(), model.depth()), (5, 2));
}

/// Two of four rows make a leaf where both bought, or where two are enough for any; in the second tree only there.
#[test]
fn small_leaves_hold_buyers_in_every_other_tree() {
    let target = [1.0, 1.0, 6.0, 6.0];
    let of = |positive, min_rows, trees| {
        let telling = Some(Telling { rows: 2, positive });
        let settings = BoostSettings { telling, min_rows, trees, learning_rate: 0.5, patience: 9, ..settings() };
        boosted(vec![("x", vec![1.0, 2.0, 3.0, 4.0])], &target, &settings).1
    };
    assert_eq!(of(2, 4, 1), [2.25, 2.25, 4.75, 4.75]);
    assert_eq!(of(3, 4, 1), [3.5; 4]);
    assert_eq!(of(3, 2, 1), [2.25, 2.25, 4.75, 4.75]);
    // The second tree has one leaf; the third goes half of the way that is left.
    assert_eq!(of(2, 4, 2), [2.25, 2.25, 4.75, 4.75]);
    assert_eq!(of(2, 4, 3), [1.625, 1.625, 5.375, 5.375]);
}

/// Leaves × depth bound the tree; x1 XOR x2 needs both levels.
#[test]
fn deeper_trees_hold_interactions() {
    let x: Vec<f32> = vec![0.0, 0.0, 1.0, 1.0, 0.0];
    let y: Vec<f32> = vec![0.0, 1.0, 0.0, 1.0, 0.0];
    let target = [0.0, 4.0, 4.0, 0.0, 0.0];
    let settings = BoostSettings { leaves: 4, depth: 2, ..settings() };
    let (model, predicted) = boosted(vec![("x", x), ("y", y)], &target, &settings);
    assert!(predicted.iter().zip(target).all(|(a, b)| (a - b).abs() < 1e-6), "{predicted:?}");
    assert_eq!((model.depth(), model.trees[0].nodes.len()), (2, 7));
}

/// Many steps of Poisson loss end at the leaf's mean count, which is its maximum-likelihood rate.
#[test]
fn poisson_ends_at_the_rates() {
    let settings = BoostSettings { loss: Loss::Poisson, trees: 200, learning_rate: 0.3, patience: 200, ..settings() };
    let (_, predicted) = boosted(vec![("x", vec![1.0, 1.0, 2.0, 2.0])], &[0.0, 1.0, 3.0, 5.0], &settings);
    assert!(predicted.iter().zip([0.5, 0.5, 4.0, 4.0]).all(|(a, b)| (a - b).abs() < 1e-3), "{predicted:?}");
}

#[test]
fn trees_that_do_not_help_validation_are_dropped() {
    let table = table(vec![("x", vec![1.0, 2.0, 1.0, 2.0])]);
    let (features, job) = (table.features.iter().collect::<Vec<_>>(), Job::new());
    let binned = Bins::fit(&features, &[0, 1], &job).unwrap().apply(&["x".to_owned()], &table, &job).unwrap();
    // What the fitting rows teach is the reverse of what holds for validation rows.
    let (fitting, validation) = (Distinct::of(&binned, &[0, 1]), Distinct::of(&binned, &[2, 3]));
    let fitting = Observations::new(&fitting, [0.0, 2.0].into_iter());
    let validation = Observations::new(&validation, [2.0, 0.0].into_iter());
    let model = boost(&fitting, &validation, &settings(), &job).unwrap();
    assert!(model.trees.is_empty() && model.importance == [0.0]);
}
