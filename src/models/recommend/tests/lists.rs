//! The exact search and the sparse matrix under it.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::features::DAY_MS;
use crate::ingest::EventKind::{AddToCart, Transaction, View};
use crate::job::Job;
use crate::models::recommend::evaluate::wanted;
use crate::models::recommend::tests::{log, random_rows};
use crate::models::recommend::{
    Candidate, Factors, Interactions, NormOrder, RecommendSettings, Scorer, Similarity, TopK, dot,
};

#[test]
fn the_search_finds_what_looking_at_everything_finds() {
    let rank = 12;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut draw = |count: usize, scale: &dyn Fn(usize) -> f32| -> Vec<f32> {
        (0..count * rank).map(|at| (random.r#gen::<f32>() - 0.5) * scale(at / rank)).collect()
    };
    // Norms fall as in a shop: few popular items, a long tail; the last ones are all zero and all alike.
    let items = draw(3000, &|item| if item < 2900 { 1.0 / (1.0 + item as f32).sqrt() } else { 0.0 });
    let users = draw(200, &|_| 1.0);
    let factors = Factors { rank, users, items };
    let allowed = |item: u32| item % 7 != 3;
    let order = NormOrder::new(&factors, allowed);
    let mut looked_at = 0;
    for user in 0..200 {
        let known: Vec<u32> = (0..3000).filter(|item| (item * 31 + user as u32).is_multiple_of(17)).collect();
        for k in [1, 5, 20, 2800] {
            let (found, scanned) = order.top(factors.user(user), &known, k);
            let mut brute: Vec<(f32, u32)> = (0..3000)
                .filter(|&item| allowed(item) && known.binary_search(&item).is_err())
                .map(|item| (dot(factors.user(user), factors.item(item as usize)), item))
                .collect();
            brute.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            brute.truncate(k);
            let scores = |list: &[(f32, u32)]| list.iter().map(|entry| entry.0).collect::<Vec<_>>();
            assert_eq!(scores(found.entries()), scores(&brute), "user {user}, k {k}");
            let alive = |list: &[(f32, u32)]| list.iter().filter(|e| e.0 != 0.0).map(|e| e.1).collect::<Vec<_>>();
            assert_eq!(alive(found.entries()), alive(&brute), "user {user}, k {k}");
            if k == 5 {
                looked_at += scanned;
            }
        }
    }
    assert!(looked_at < 200 * 1000, "the bound cuts nothing: {looked_at}");
    assert!(order.top(&vec![0.0; rank], &[], 5).0.entries().is_empty());
}

#[test]
fn a_blend_is_the_best_of_the_sum_over_all_items() {
    let rows = random_rows(400, 150, 7, 8);
    let similarity = Similarity::CoOccurrence { popularity_discount: 0.4 };
    let candidate = |alpha, kind: &str| {
        let (rank, regularisation) = (8, 0.1);
        match kind {
            "als" => Candidate::Als { alpha, rank, regularisation },
            "knn" => Candidate::ItemKnn { similarity },
            _ => Candidate::Blend { alpha, rank, regularisation, similarity },
        }
    };
    let settings = RecommendSettings::default();
    let allowed: Vec<bool> = (0..150).map(|item| item % 5 != 1).collect();
    let [als, knn, both] = ["als", "knn", "blend"]
        .map(|kind| Scorer::fit(candidate(2.0, kind), &rows, allowed.clone(), 8, &settings, &Job::new()).unwrap());
    for user in 0..400 {
        let known = rows.row(user).0;
        let shares = |scorer: &Scorer| {
            let mut shares = vec![0.0; 150];
            let (all, _) = scorer.top(user, &rows, known, 150, &mut scorer.room());
            let best = all.entries().first().map_or(1.0, |entry| entry.0);
            for &(score, item) in all.entries() {
                shares[item as usize] = score.max(0.0) / best;
            }
            shares
        };
        let sums: Vec<f32> = shares(&als).iter().zip(shares(&knn)).map(|(a, b)| a + b).collect();
        let mut best: Vec<f32> = sums.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        let (found, _) = both.top(user, &rows, known, 5, &mut both.room());
        assert_eq!(found.entries().len(), 5);
        for (place, &(score, item)) in found.entries().iter().enumerate() {
            assert!(allowed[item as usize] && known.binary_search(&item).is_err());
            assert!((score - best[place]).abs() < 1e-5 && (score - sums[item as usize]).abs() < 1e-5, "user {user}");
        }
    }
}

#[test]
fn a_list_keeps_the_best_and_ties_go_to_the_smaller_item() {
    let mut top = TopK::new(3);
    for (item, score) in [(9, 1.0), (4, 2.0), (7, 1.0), (2, 0.5), (5, 3.0), (1, 1.0)] {
        top.offer(item, score);
    }
    assert_eq!(top.entries(), [(3.0, 5), (2.0, 4), (1.0, 1)]);
}

#[test]
fn weights_of_a_pair_add_up_and_stop_at_the_cutoff() {
    let events = vec![
        (0, 1.0, View, 2),
        (0, 1.5, View, 2),
        (0, 2.0, AddToCart, 2),
        (0, 3.0, Transaction, 2),
        (0, 2.0, View, 0),
        (1, 4.0, View, 1),
    ];
    let log = log(events);
    let settings = RecommendSettings::default();
    let all = Interactions::until(&log, log.as_of, &settings);
    assert_eq!((all.row(0), all.row(1)), ((&[0, 2][..], &[1.0, 5.5][..]), (&[1][..], &[1.0][..])));
    let past = Interactions::until(&log, 2 * DAY_MS, &settings);
    assert_eq!((past.row(0), past.row(1)), ((&[0, 2][..], &[1.0, 3.5][..]), (&[][..], &[][..])));
    // A kind without weight leaves no pair behind.
    let bought = RecommendSettings { view_weight: 0.0, addtocart_weight: 0.0, ..settings };
    assert_eq!(Interactions::until(&log, log.as_of, &bought).row(0), (&[2][..], &[2.0][..]));
    let back = all.transposed();
    assert_eq!((back.rows(), back.columns, back.row(2)), (3, 2, (&[0][..], &[5.5][..])));
    assert_eq!(back.transposed(), all);
    assert_eq!(all.column_counts(), [1, 1, 1]);
}

#[test]
fn only_new_items_known_to_others_are_to_be_found() {
    let events = vec![
        (0, 1.0, View, 0),
        (1, 1.0, View, 0),
        (1, 1.0, View, 1),
        (1, 1.0, View, 3),
        // After the cutoff: known to the user, new, new again, not known to anyone by then; too late.
        (0, 5.0, View, 0),
        (0, 5.0, View, 1),
        (0, 5.5, Transaction, 1),
        (0, 5.0, View, 2),
        (0, 9.0, View, 3),
        // A user nobody knew at the cutoff.
        (2, 5.0, View, 1),
    ];
    let log = log(events);
    let past = Interactions::until(&log, 2 * DAY_MS, &RecommendSettings::default());
    let wanted = |until: i64, exclude_known: bool| wanted(&log, &past, 2 * DAY_MS, until * DAY_MS, exclude_known);
    // Of the items 1 and 2 of the user 0 and 1 of the user 2 only the first could be known.
    assert_eq!(wanted(6, true), (vec![(0, vec![1])], 2.0 / 3.0));
    assert_eq!(wanted(9, true), (vec![(0, vec![1, 3])], 0.5));
    assert_eq!(wanted(6, false), (vec![(0, vec![0, 1])], 0.5));
    assert_eq!(past.by_popularity(), [0, 1, 3]);
}
