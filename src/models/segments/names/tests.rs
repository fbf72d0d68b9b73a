#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::features::{Feature, FeatureTable, Scale, Values};
use crate::models::segments::traits::Users;

/// A user of a test: last seen, first seen, visits, items viewed, carts, orders, spend.
type User = [f32; 7];

const FEATURES: [&str; 7] =
    ["recency_days", "tenure_days", "sessions", "unique_items", "addtocarts", "orders", "spend"];

fn feature(name: &'static str, values: Vec<f32>) -> Feature {
    Feature { name: name.into(), unit: "count", scale: Scale::Log, values: Values::Real(values) }
}

/// The names of segments of these users, whose carts came after their orders where `abandoned` says so.
fn named(segments: &[Vec<(User, bool)>]) -> Vec<Option<Named>> {
    let users: Vec<(User, bool)> = segments.iter().flatten().copied().collect();
    let column = |at: usize| users.iter().map(|(user, _)| user[at]).collect::<Vec<f32>>();
    let mut features: Vec<Feature> =
        FEATURES.into_iter().enumerate().map(|(at, name)| feature(name, column(at))).collect();
    features.push(feature("transactions", column(5)));
    features.push(feature("active_days", column(2)));
    let rows = users.len();
    let table = FeatureTable { as_of: 0, users: (0..rows as u32).collect(), features, top_category: vec![0; rows] };
    let abandoned: Vec<bool> = users.iter().map(|(_, abandoned)| *abandoned).collect();
    let traits = Traits::of(Users { table: &table, abandoned: &abandoned, inactive_days: 30.0 });
    let labels: Vec<u8> = segments.iter().enumerate().flat_map(|(at, users)| vec![at as u8; users.len()]).collect();
    let sizes: Vec<u64> = segments.iter().map(|users| users.len() as u64).collect();
    names(&traits, &labels, &sizes, 30.0)
}

const LOOKED_ONCE: User = [70.0, 70.0, 1.0, 1.0, 0.0, 0.0, 0.0];
const LOOKS_AROUND: User = [10.0, 200.0, 3.0, 3.0, 0.0, 0.0, 0.0];
const LEFT_A_CART: User = [50.0, 90.0, 2.0, 3.0, 1.0, 0.0, 0.0];
const LOYAL: User = [12.0, 300.0, 9.0, 9.0, 5.0, 4.0, 80.0];
const BOUGHT_ONCE: User = [150.0, 200.0, 2.0, 2.0, 1.0, 1.0, 20.0];

fn of(users: &[(User, bool, usize)]) -> Vec<(User, bool)> {
    users.iter().flat_map(|&(user, abandoned, count)| vec![(user, abandoned); count]).collect()
}

fn words(names: &[Option<Named>]) -> Vec<&str> {
    names.iter().map(|name| name.as_ref().map_or("-", |name| name.words.as_str())).collect()
}

#[test]
fn names_say_what_the_users_of_each_segment_have_done() {
    let found = named(&[
        of(&[(LOOKED_ONCE, false, 50)]),
        of(&[(LOOKS_AROUND, false, 30)]),
        of(&[(LEFT_A_CART, true, 20)]),
        of(&[(LOYAL, false, 15)]),
        of(&[(BOUGHT_ONCE, false, 10)]),
    ]);
    assert_eq!(
        words(&found),
        ["One-time browsers", "Returning browsers", "Cart abandoners", "Loyal buyers", "One-time buyers"]
    );
    let carts = found[2].as_ref().unwrap();
    assert!(carts.holds > 0.999 && carts.elsewhere < 0.001);
    assert_eq!(carts.meaning, "a cart and no purchase since");
}

/// By the means alone this was a segment of "recent loyal buyers": the mean has two orders, and was seen 25 days ago.
#[test]
fn what_a_quarter_of_the_users_have_not_done_names_no_segment() {
    let mixed = of(&[(LOYAL, false, 50), (LOOKS_AROUND, false, 26), (BOUGHT_ONCE, false, 14)]);
    let found = named(&[of(&[(LOOKED_ONCE, false, 200)]), mixed]);
    let name = found[1].as_ref().unwrap();
    assert_eq!(name.words, "Returning visitors", "all of them came twice or more; 71 % bought, 56 % twice");
    assert!(name.holds > 0.99);
    // 79 % do not suffice for a name, 80 % do.
    let carts = |count: usize| {
        vec![of(&[(LOOKED_ONCE, false, 100)]), of(&[(LEFT_A_CART, true, count), (LOOKED_ONCE, false, 100 - count)])]
    };
    assert_eq!(words(&named(&carts(79)))[1], "-");
    assert_eq!(words(&named(&carts(80)))[1], "Cart abandoners");
}

#[test]
fn a_cart_that_was_bought_is_not_abandoned() {
    let bought = named(&[of(&[(LOOKED_ONCE, false, 90)]), of(&[(BOUGHT_ONCE, false, 40)])]);
    assert_eq!(words(&bought)[1], "One-time buyers");
    let left = named(&[of(&[(BOUGHT_ONCE, false, 90)]), of(&[(BOUGHT_ONCE, true, 40)])]);
    assert_eq!(words(&left)[1], "Cart abandoners");
}

#[test]
fn what_holds_for_everyone_else_too_names_nobody() {
    // All are recent: the word would tell nothing.
    let found = named(&[of(&[(LOOKS_AROUND, false, 50)]), of(&[(LOYAL, false, 50)])]);
    assert!(found.iter().flatten().all(|name| !name.meaning.contains("in the last 30 days")), "{found:?}");
    // Two segments that the traits cannot part have no names at all.
    assert_eq!(words(&named(&[of(&[(LOYAL, false, 9)]), of(&[(LOYAL, false, 9)])])), ["-", "-"]);
}

#[test]
fn every_name_reads_well_and_fits_the_list() {
    let all = candidates(u32::MAX);
    let different: std::collections::BTreeSet<_> = all.iter().map(|candidate| &candidate.words).collect();
    assert_eq!(different.len(), all.len());
    for Candidate { words, traits } in &all {
        assert!(words.starts_with(char::is_uppercase) && words.chars().count() <= 28, "{words}");
        assert!((1..=3).contains(&traits.count_ones()) && !meaning(*traits, 30.0).is_empty(), "{words}");
    }
    let told = candidates(Trait::Recent.bit() | Trait::Bought.bit());
    let told: Vec<&str> = told.iter().map(|candidate| candidate.words.as_str()).collect();
    assert_eq!(told, ["Buyers", "Recent buyers", "Recent visitors"]);
}

fn pairs(values: &[(&str, f64)]) -> Vec<(String, f64)> {
    values.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
}

#[test]
fn without_a_name_the_three_strongest_differences_are_told() {
    let portrait = Portrait {
        size: 1234,
        share: 0.25,
        centre: pairs(&[("recency_days", 13.6), ("total_events", 1.25), ("active_days", 1.0), ("addtocarts", 0.1)]),
        z: pairs(&[
            ("recency_days", -0.9),
            ("addtocarts", 1.4),
            ("spend", 0.3),
            ("sessions", -0.1),
            ("tenure_days", -0.5),
        ]),
        positive: pairs(&[("addtocarts", 0.034)]),
    };
    assert_eq!(differences(&portrait), ["more carts", "seen more recently", "newer"]);
    assert_eq!(
        description(&portrait, None),
        "1,234 users, 25.0 % · no name holds; beside everyone else: more carts, seen more recently, newer · last seen 14 \
         days ago · 1.2 events on 1.0 days · 3.4 % put in cart"
    );
    let named = Named { words: "Buyers".to_owned(), meaning: "have bought".to_owned(), holds: 0.912, elsewhere: 0.1 };
    let plain = Portrait { size: 9, share: 1.0, ..Portrait::default() };
    assert_eq!(
        description(&plain, Some(&named)),
        "9 users, 100.0 % · 91.2 % of them, 10.0 % of everyone else: have bought"
    );
}

proptest::proptest! {
    /// What a name says is counted anew, user by user.
    #[test]
    fn every_name_holds_for_whom_it_says(
        users in proptest::collection::vec((0_u8..6, 0_u32..64), 1..400)
    ) {
        let known = 63;
        let traits = Traits { of_users: users.iter().map(|(_, set)| set | Trait::Bought.bit()).collect(), known: known | Trait::Bought.bit() };
        let labels: Vec<u8> = users.iter().map(|(label, _)| *label).collect();
        let mut sizes = vec![0_u64; 6];
        for &label in &labels {
            sizes[usize::from(label)] += 1;
        }
        let found = names(&traits, &labels, &sizes, 30.0);
        let mut different: Vec<&str> = found.iter().flatten().map(|name| name.words.as_str()).collect();
        let count = different.len();
        different.sort_unstable();
        different.dedup();
        proptest::prop_assert_eq!(different.len(), count);
        for (at, name) in found.iter().enumerate().filter_map(|(at, name)| Some((at, name.as_ref()?))) {
            let set = candidates(traits.known).into_iter().find(|it| it.words == name.words).unwrap().traits;
            let has = |inside: bool| {
                let rows = (0..users.len()).filter(|&row| (usize::from(labels[row]) == at) == inside);
                let (all, with) = rows.fold((0.0, 0.0), |(all, with), row| {
                    (all + 1.0, with + f64::from(u8::from(traits.of_users[row] & set == set)))
                });
                with / f64::max(all, 1.0)
            };
            proptest::prop_assert!((name.holds - has(true)).abs() < 1e-12 && (name.elsewhere - has(false)).abs() < 1e-12);
            proptest::prop_assert!(name.holds >= 0.8 && name.holds >= 1.5 * name.elsewhere);
        }
    }
}
