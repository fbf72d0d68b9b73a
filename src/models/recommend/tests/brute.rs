//! The lists of each model beside a look at every item, scored in double precision from the model's definition.

use nalgebra::DMatrix;

use crate::job::Job;
use crate::models::recommend::tests::random_rows;
use crate::models::recommend::{Candidate, Interactions, RecommendSettings, Scorer, Similarity};

const USERS: usize = 2_000;
/// Fewer than the neighbours that are kept of an item, so that all of them count.
const ITEMS: usize = 90;
/// Places of a list.
const PLACES: usize = 5;

const SIMILARITIES: [Similarity; 2] = [Similarity::CoOccurrence { popularity_discount: 0.4 }, Similarity::Bm25];
const PENALTY: f64 = 50.0;

fn allowed(item: usize) -> bool {
    item % 7 != 3
}

fn fitted(candidate: Candidate, rows: &Interactions) -> Scorer {
    let allowed = (0..ITEMS).map(allowed).collect();
    Scorer::fit(candidate, rows, allowed, 6, &RecommendSettings::default(), &Job::new()).unwrap()
}

/// The dense matrix of weights.
fn dense(rows: &Interactions) -> DMatrix<f64> {
    let mut dense = DMatrix::zeros(USERS, ITEMS);
    for user in 0..USERS {
        let (items, weights) = rows.row(user);
        for (&item, &weight) in items.iter().zip(weights) {
            dense[(user, item as usize)] = f64::from(weight);
        }
    }
    dense
}

/// Users × items: the share of all users who touched the item.
fn by_popularity(weights: &DMatrix<f64>) -> DMatrix<f64> {
    let shares: Vec<f64> =
        weights.column_iter().map(|column| column.iter().filter(|&&weight| weight > 0.0).count() as f64).collect();
    DMatrix::from_fn(USERS, ITEMS, |_, item| shares[item] / USERS as f64)
}

/// Users × items: the sums over what a user touched of the similarities, by the formulas at [`Similarity`]'s fit.
fn by_neighbours(weights: &DMatrix<f64>, similarity: Similarity) -> DMatrix<f64> {
    let touched = weights.map(|weight| f64::from(u8::from(weight > 0.0)));
    let of_user: Vec<f64> = touched.row_iter().map(|row| row.sum()).collect();
    let of_item: Vec<f64> = touched.column_iter().map(|column| column.sum()).collect();
    let (mut near, history) = match similarity {
        Similarity::CoOccurrence { popularity_discount } => {
            let discounted = DMatrix::from_fn(USERS, ITEMS, |u, i| touched[(u, i)] * of_user[u].powf(-0.35));
            let together = touched.transpose() * discounted;
            let divided = |a: usize, b: usize| of_item[a].powf(0.35) * of_item[b].powf(f64::from(popularity_discount));
            (DMatrix::from_fn(ITEMS, ITEMS, |a, b| together[(a, b)] / divided(a, b)), touched)
        }
        Similarity::Bm25 => {
            let totals: Vec<f64> = weights.column_iter().map(|column| column.sum()).collect();
            let average = totals.iter().sum::<f64>() / ITEMS as f64;
            let weighted = DMatrix::from_fn(USERS, ITEMS, |u, i| {
                let length = 0.25 + 0.75 * totals[i] / average;
                let rarity = (ITEMS as f64 / (1.0 + of_user[u])).ln().max(0.0);
                weights[(u, i)] * 2.2 / (1.2 * length + weights[(u, i)]) * rarity
            });
            let products = weighted.transpose() * &weighted;
            let cosine = |a: usize, b: usize| products[(a, b)] / (products[(a, a)] * products[(b, b)]).sqrt();
            (DMatrix::from_fn(ITEMS, ITEMS, cosine), weights.clone())
        }
    };
    near.fill_diagonal(0.0);
    history * near
}

/// Users × items: what the closed form says.
fn by_ease(weights: &DMatrix<f64>) -> DMatrix<f64> {
    let touched = weights.map(|weight| f64::from(u8::from(weight > 0.0)));
    let gram = touched.transpose() * &touched + DMatrix::identity(ITEMS, ITEMS) * PENALTY;
    let inverse = gram.try_inverse().unwrap();
    let on = |a: usize, b: usize| if a == b { 0.0 } else { -inverse[(a, b)] / inverse[(b, b)] };
    touched * DMatrix::from_fn(ITEMS, ITEMS, on)
}

/// Users × items: the products of the factors.
fn by_factors(scorer: &Scorer) -> DMatrix<f64> {
    let factors = scorer.factors().unwrap();
    let product = |(a, b): (&f32, &f32)| f64::from(*a) * f64::from(*b);
    DMatrix::from_fn(USERS, ITEMS, |u, i| factors.user(u).iter().zip(factors.item(i)).map(product).sum())
}

/// Of every score that is above 0 its share of the best that may be recommended to the user, 0 of the others.
fn shares(scores: &DMatrix<f64>, rows: &Interactions) -> DMatrix<f64> {
    let mut shares = DMatrix::zeros(USERS, ITEMS);
    for user in 0..USERS {
        let best = open(user, rows).map(|item| scores[(user, item)]).fold(0.0, f64::max);
        for item in 0..ITEMS {
            shares[(user, item)] = if best > 0.0 { scores[(user, item)].max(0.0) / best } else { 0.0 };
        }
    }
    shares
}

/// The items that may be recommended to a user.
fn open(user: usize, rows: &Interactions) -> impl Iterator<Item = usize> {
    (0..ITEMS).filter(move |&item| allowed(item) && rows.row(user).0.binary_search(&(item as u32)).is_err())
}

/// Holds every user's list against the best of all `scores`; what has none, where `positive`, is in no list.
fn assert_best(scorer: &Scorer, scores: &DMatrix<f64>, positive: bool, rows: &Interactions) {
    let name = scorer.candidate().describe();
    let users: Vec<u32> = (0..USERS as u32).collect();
    let known = |user: u32| rows.row(user as usize).0;
    let (lists, _) = scorer.tops(&users, rows, known, PLACES, &mut scorer.room());
    let mut full = 0;
    for (user, list) in lists.iter().enumerate() {
        let mut best: Vec<f64> = open(user, rows).map(|item| scores[(user, item)]).collect();
        best.retain(|&score| !positive || score > 1e-6);
        best.sort_by(|a, b| b.total_cmp(a));
        best.truncate(PLACES);
        let list = list.entries();
        assert_eq!(list.len(), best.len(), "{name}, user {user}: {list:?} for {best:?}");
        full += usize::from(list.len() == PLACES);
        for (place, &(score, item)) in list.iter().enumerate() {
            let item = item as usize;
            assert!(open(user, rows).any(|open| open == item), "{name}, user {user}: item {item}");
            let (own, wanted) = (scores[(user, item)], best[place]);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-4 * b.abs().max(0.1);
            assert!(near(f64::from(score), own) && near(own, wanted), "{name}, user {user}: {score}, {own}, {wanted}");
        }
        // Equal scores are in the order of the items.
        let ordered = |pair: &[(f32, u32)]| pair[0].0 > pair[1].0 || (pair[0].0 >= pair[1].0 && pair[0].1 < pair[1].1);
        assert!(list.windows(2).all(ordered), "{name}, user {user}: {list:?}");
    }
    assert!(full > USERS / 2, "{name}: {full} full lists");
}

#[test]
fn every_model_serves_the_best_of_all_items() {
    let rows = random_rows(USERS, ITEMS as u32, 9, 18);
    let weights = dense(&rows);
    let (alpha, rank, regularisation) = (3.0, 8, 0.1);
    let factors = fitted(Candidate::Als { alpha, rank, regularisation }, &rows);
    let (products, closed) = (by_factors(&factors), by_ease(&weights));
    assert_best(&factors, &products, false, &rows);
    assert_best(&fitted(Candidate::Popularity, &rows), &by_popularity(&weights), true, &rows);
    assert_best(&fitted(Candidate::Ease { penalty: PENALTY }, &rows), &closed, true, &rows);
    let of_factors = shares(&products, &rows);
    for similarity in SIMILARITIES {
        let near = by_neighbours(&weights, similarity);
        assert_best(&fitted(Candidate::ItemKnn { similarity }, &rows), &near, true, &rows);
        let blend = fitted(Candidate::Blend { alpha, rank, regularisation, similarity }, &rows);
        assert_best(&blend, &(shares(&near, &rows) + &of_factors), true, &rows);
    }
    let blend = fitted(Candidate::EaseBlend { alpha, rank, regularisation, penalty: PENALTY }, &rows);
    assert_best(&blend, &(shares(&closed, &rows) + of_factors), true, &rows);
}
