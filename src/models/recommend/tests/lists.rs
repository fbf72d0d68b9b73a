//! The exact search and the sparse matrix under it.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::features::DAY_MS;
use crate::ingest::EventKind::{AddToCart, Transaction, View};
use crate::job::Job;
use crate::models::recommend::evaluate::{By, wanted};
use crate::models::recommend::histories::Histories;
use crate::models::recommend::tests::{log, random_rows};
use crate::models::recommend::things::Things;
use crate::models::recommend::{
    Asked, Candidate, Factors, NormOrder, RecommendSettings, Scorer, Shop, Similarity, TopK,
};
use crate::models::vector::dot;

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
    let factors = Factors { rank, users, row_of: (0..200).collect(), items };
    let allowed = |item: u32| item % 7 != 3;
    let order = NormOrder::new(&factors, allowed);
    let mut looked_at = 0;
    for user in 0..200 {
        let known: Vec<u32> = (0..3000).filter(|item| (item * 31 + user as u32).is_multiple_of(17)).collect();
        for k in [1, 5, 20, 2800] {
            let asked = Asked { factor: factors.user(user), known: &known };
            let (found, scanned) = order.tops(&factors, &[asked], k);
            let found = &found[0];
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
    let nobody = Asked { factor: &vec![0.0; rank], known: &[] };
    assert!(order.tops(&factors, &[nobody], 5).0[0].entries().is_empty());
    // Who else is asked for changes no bit.
    let asked: Vec<Asked<'_>> = (0..200).map(|user| Asked { factor: factors.user(user), known: &[] }).collect();
    let (together, _) = order.tops(&factors, &asked, 20);
    for (&user, together) in asked.iter().zip(&together) {
        assert_eq!(order.tops(&factors, &[user], 20).0[0].entries(), together.entries());
    }
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
    let top = |scorer: &Scorer, user: usize, k| {
        let known = |user: u32| rows.row(user as usize).0;
        scorer.tops(&[user as u32], &rows, known, k, &mut scorer.room()).0.remove(0)
    };
    for user in 0..400 {
        let known = rows.row(user).0;
        let shares = |scorer: &Scorer| {
            let mut shares = vec![0.0; 150];
            let all = top(scorer, user, 150);
            let best = all.entries().first().map_or(1.0, |entry| entry.0);
            for &(score, item) in all.entries() {
                shares[item as usize] = score.max(0.0) / best;
            }
            shares
        };
        let sums: Vec<f32> = shares(&als).iter().zip(shares(&knn)).map(|(a, b)| a + b).collect();
        let mut best: Vec<f32> = sums.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        let found = top(&both, user, 5);
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
    let until = |cutoff, settings| Histories::until(&log, cutoff, &Things::new(3, None, None), settings).counted;
    let all = until(log.as_of, &settings);
    assert_eq!((all.row(0), all.row(1)), ((&[0, 2][..], &[1.0, 5.5][..]), (&[1][..], &[1.0][..])));
    let past = until(2 * DAY_MS, &settings);
    assert_eq!((past.row(0), past.row(1)), ((&[0, 2][..], &[1.0, 3.5][..]), (&[][..], &[][..])));
    // A kind without weight leaves no pair behind.
    let bought = RecommendSettings { view_weight: 0.0, addtocart_weight: 0.0, ..settings.clone() };
    assert_eq!(until(log.as_of, &bought).row(0), (&[2][..], &[2.0][..]));
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
    let things = Things::new(4, None, None);
    let past = Histories::until(&log, 2 * DAY_MS, &things, &RecommendSettings::default());
    let by = |until: i64, exclude_known: bool, by: By| {
        let settings = RecommendSettings { exclude_known, ..RecommendSettings::default() };
        let shop = Shop { log: &log, things: &things, category: &[], settings: &settings };
        wanted(&shop, &past, 2 * DAY_MS, until * DAY_MS, by)
    };
    let wanted = |until: i64, exclude_known: bool| by(until, exclude_known, By::Touch);
    // Of the items 1 and 2 of the user 0 and 1 of the user 2 only the first could be known.
    assert_eq!(wanted(6, true), (vec![(0, vec![1])], 2.0 / 3.0));
    assert_eq!(wanted(9, true), (vec![(0, vec![1, 3])], 0.5));
    assert_eq!(wanted(6, false), (vec![(0, vec![0, 1])], 0.5));
    assert_eq!(by(9, true, By::Purchase), (vec![(0, vec![1])], 0.0));
    assert_eq!(past.counted.by_popularity(), [0, 1, 3]);
}
