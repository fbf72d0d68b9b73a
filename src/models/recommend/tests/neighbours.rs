//! Item neighbours.

use crate::job::Job;
use crate::models::recommend::tests::{on_threads, random_rows};
use crate::models::recommend::{Interactions, KnnSettings, Neighbours, Similarity};

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

fn assert_near(found: &Neighbours, reference: &[&[(u32, f32)]]) {
    for (item, reference) in reference.iter().enumerate() {
        let own = found.of(item);
        assert_eq!(own.len(), reference.len(), "item {item}: {own:?}");
        for (own, reference) in own.iter().zip(*reference) {
            assert!(own.0 == reference.0 && (own.1 - reference.1).abs() < 2e-6, "item {item}: {own:?}, {reference:?}");
        }
    }
}

/// Scores of items 0 and 2 for someone who knows 3 and 4, item 1 not allowed; twice, for the room is used again.
fn assert_scored(found: &Neighbours, weights: &[f32], scores: [f32; 2]) {
    let mut room = found.room();
    for _ in 0..2 {
        let mut scored = found.scored((&[3, 4], weights), &[3, 4], |item| item != 1, &mut room);
        scored.sort_unstable_by_key(|entry| entry.0);
        let [(0, first), (2, second)] = scored[..] else { panic!("{scored:?}") };
        assert!((first - scores[0]).abs() < 1e-5 && (second - scores[1]).abs() < 1e-5, "{scored:?}");
    }
}

/// numpy, of the 0/1 matrix M with the users' and items' sums d and n:
/// `(M.T * d**-.35) @ M / (n[:, None]**.35 * n[None, :]**.4)`.
#[test]
fn common_users_count_less_by_their_items_and_by_popularity() {
    let similarity = Similarity::CoOccurrence { popularity_discount: 0.4 };
    let found = Neighbours::fit(&six_users(), &KnnSettings::of(similarity), &Job::new()).unwrap();
    assert_near(
        &found,
        &[
            &[(1, 0.581_268), (3, 0.540_092), (4, 0.419_07), (2, 0.311_222)],
            &[(0, 0.572_967), (2, 0.344_19), (3, 0.298_653)],
            &[(1, 0.344_19), (3, 0.344_19), (0, 0.306_777)],
            &[(0, 0.532_379), (4, 0.463_463), (2, 0.344_19), (1, 0.298_653)],
            &[(3, 0.438_691), (0, 0.391_006)],
        ],
    );
    // Whatever the weights in the history: item 0 from 4 and 3, item 2 from 3, item 1 from 3.
    assert_scored(&found, &[9.0, 1.0], [0.532_379 + 0.391_006, 0.344_19]);
}

/// numpy on `implicit.nearest_neighbours.bm25_weight(M.T, 1.2, 0.75)`, rows scaled to length 1: products of all pairs.
#[test]
fn cosines_are_those_of_implicits_bm25_weights() {
    let found = Neighbours::fit(&six_users(), &KnnSettings::of(Similarity::Bm25), &Job::new()).unwrap();
    let reference: [&[(u32, f32)]; 5] = [
        &[(2, 0.585_976), (1, 0.490_403), (3, 0.240_198), (4, 0.221_006)],
        &[(0, 0.490_403), (2, 0.248_216), (3, 0.088_154)],
        &[(0, 0.585_976), (3, 0.348_206), (1, 0.248_216)],
        &[(4, 0.477_767), (2, 0.348_206), (0, 0.240_198), (1, 0.088_154)],
        &[(3, 0.477_767), (0, 0.221_006)],
    ];
    assert_near(&found, &reference);
}

#[test]
fn a_history_is_scored_by_the_sum_over_its_items() {
    let found = Neighbours::fit(&six_users(), &KnnSettings::of(Similarity::Bm25), &Job::new()).unwrap();
    // By the cosines above: item 0 from 4 and 3, item 2 from 3, item 1 from 3.
    assert_scored(&found, &[2.0, 1.0], [2.0 * 0.240_198 + 0.221_006, 2.0 * 0.348_206]);
}

#[test]
fn long_histories_are_left_out_and_counted() {
    let settings = KnnSettings { longest_history: 2, neighbours: 1, ..KnnSettings::of(Similarity::Bm25) };
    let found = Neighbours::fit(&six_users(), &settings, &Job::new()).unwrap();
    assert_eq!(found.left_out, 2);
    // Item 4 was only met in a long history; the others keep one neighbour.
    assert!(found.of(4).is_empty());
    assert!((0..4).all(|item| found.of(item).len() == 1));
}

#[test]
fn threads_change_no_bit() {
    let rows = random_rows(3000, 1200, 9, 6);
    let fit = |threads| {
        on_threads(threads, || Neighbours::fit(&rows, &KnnSettings::of(Similarity::Bm25), &Job::new()).unwrap())
    };
    assert_eq!(fit(1), fit(2));
}
