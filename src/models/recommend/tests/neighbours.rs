//! Item neighbours.

use super::super::{Interactions, KnnSettings, Neighbours};
use super::{on_threads, random_rows};
use crate::job::Job;

/// Users × items `[[1,2,0,0,0],[3,1,0,1,0],[0,1,1,0,0],[1,0,0,2,1],[0,0,1,1,0],[2,0,4,0,0]]`.
fn six_users() -> Interactions {
    let rows = [
        vec![(0, 1.0), (1, 2.0)],
        vec![(0, 3.0), (1, 1.0), (3, 1.0)],
        vec![(1, 1.0), (2, 1.0)],
        vec![(0, 1.0), (3, 2.0), (4, 1.0)],
        vec![(2, 1.0), (3, 1.0)],
        vec![(0, 2.0), (2, 4.0)],
    ];
    Interactions::from_rows(5, rows.into_iter())
}

/// numpy on `implicit.nearest_neighbours.bm25_weight(M.T, 1.2, 0.75)`, rows scaled to length 1: products of all pairs.
#[test]
fn cosines_are_those_of_implicits_bm25_weights() {
    let found = Neighbours::fit(&six_users(), &KnnSettings::default(), &Job::new()).unwrap();
    let reference: [&[(u32, f32)]; 5] = [
        &[(2, 0.585_976), (1, 0.490_403), (3, 0.240_198), (4, 0.221_006)],
        &[(0, 0.490_403), (2, 0.248_216), (3, 0.088_154)],
        &[(0, 0.585_976), (3, 0.348_206), (1, 0.248_216)],
        &[(4, 0.477_767), (2, 0.348_206), (0, 0.240_198), (1, 0.088_154)],
        &[(3, 0.477_767), (0, 0.221_006)],
    ];
    for (item, reference) in reference.iter().enumerate() {
        let own = found.of(item);
        assert_eq!(own.len(), reference.len(), "item {item}: {own:?}");
        for (own, reference) in own.iter().zip(*reference) {
            assert!(own.0 == reference.0 && (own.1 - reference.1).abs() < 2e-6, "item {item}: {own:?}, {reference:?}");
        }
    }
}

#[test]
fn a_history_is_scored_by_the_sum_over_its_items() {
    let found = Neighbours::fit(&six_users(), &KnnSettings::default(), &Job::new()).unwrap();
    // By the cosines above: item 0 from 4 and 3, item 2 from 3, item 1 from 3.
    let top = found.top(&[3, 4], &[2.0, 1.0], &[3, 4], 3, |item| item != 1);
    let [first, second] = top.entries() else { panic!("{top:?}") };
    assert!((first.0 - (2.0 * 0.240_198 + 0.221_006)).abs() < 1e-5 && first.1 == 0, "{first:?}");
    assert!((second.0 - 2.0 * 0.348_206).abs() < 1e-5 && second.1 == 2, "{second:?}");
}

#[test]
fn long_histories_are_left_out_and_counted() {
    let settings = KnnSettings { longest_history: 2, neighbours: 1, ..KnnSettings::default() };
    let found = Neighbours::fit(&six_users(), &settings, &Job::new()).unwrap();
    assert_eq!(found.left_out, 2);
    // Item 4 was only met in a long history; the others keep one neighbour.
    assert!(found.of(4).is_empty());
    assert!((0..4).all(|item| found.of(item).len() == 1));
}

#[test]
fn threads_change_no_bit() {
    let rows = random_rows(3000, 1200, 9, 6);
    let fit = |threads| on_threads(threads, || Neighbours::fit(&rows, &KnnSettings::default(), &Job::new()).unwrap());
    assert_eq!(fit(1), fit(2));
}
