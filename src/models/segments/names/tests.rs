#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn pairs(values: &[(&str, f64)]) -> Vec<(String, f64)> {
    values.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
}

fn portrait(centre: &[(&str, f64)], z: &[(&str, f64)], positive: &[(&str, f64)]) -> Portrait {
    Portrait { size: 1234, share: 0.25, centre: pairs(centre), z: pairs(z), positive: pairs(positive) }
}

#[test]
fn habits_have_the_words_of_a_shop() {
    let name = |centre: &[_], z: &[_], positive: &[_]| names(&[portrait(centre, z, positive)]).remove(0);
    let once = [("total_events", 1.1), ("active_days", 1.0)];
    assert_eq!(name(&once, &[("recency_days", -1.2)], &[]), "Recent one-time viewers");
    assert_eq!(name(&once, &[("recency_days", 0.6)], &[]), "Lapsed one-time viewers");
    assert_eq!(name(&once, &[("recency_days", 0.0)], &[]), "One-time viewers");
    assert_eq!(name(&[("total_events", 3.0), ("active_days", 1.0)], &[], &[]), "Browsers");
    assert_eq!(name(&[("total_events", 9.0), ("active_days", 2.5)], &[], &[]), "Returning browsers");
    assert_eq!(name(&[("total_events", 90.0), ("active_days", 9.0)], &[], &[]), "Regulars");
    assert_eq!(name(&once, &[], &[("addtocarts", 1.0), ("transactions", 0.05)]), "Cart abandoners");
    assert_eq!(name(&once, &[], &[("addtocarts", 1.0), ("transactions", 0.3)]), "Cart shoppers");
    assert_eq!(name(&[("orders", 1.1)], &[], &[("transactions", 0.9)]), "One-time buyers");
    assert_eq!(name(&[("orders", 3.5)], &[], &[("transactions", 0.9)]), "Loyal buyers");
}

#[test]
fn without_the_usual_features_the_strongest_one_names() {
    let found = names(&[
        portrait(&[], &[("spend", 2.0), ("weekend_share", -0.5)], &[]),
        portrait(&[], &[("spend", -0.3), ("weekend_share", 0.9)], &[]),
        portrait(&[], &[("spend", 0.0)], &[]),
    ]);
    assert_eq!(found, ["High spend", "High weekend share", "Average users"]);
}

#[test]
fn namesakes_are_parted_by_what_differs_most() {
    let once = [("total_events", 1.1), ("active_days", 1.0)];
    let found = names(&[
        portrait(&once, &[("recency_days", 0.3), ("weekend_share", 1.5)], &[]),
        portrait(&once, &[("recency_days", 0.4), ("weekend_share", -0.5)], &[]),
        portrait(&once, &[("recency_days", 1.9), ("weekend_share", -0.5)], &[]),
    ]);
    // Weekends part them a little wider (2.0 against 1.5), but recency says more.
    assert_eq!(
        found,
        [
            "Lapsed one-time viewers, seen more recently, weekends",
            "Lapsed one-time viewers, seen more recently, weekdays",
            "Lapsed one-time viewers, seen longer ago"
        ]
    );
}

#[test]
fn twins_are_numbered() {
    let twin = portrait(&[("total_events", 1.0)], &[], &[]);
    assert_eq!(names(&[twin.clone(), twin]), ["One-time viewers 1", "One-time viewers 2"]);
    assert!(names(&[]).is_empty());
}

#[test]
fn the_description_gives_the_numbers() {
    let found = description(&portrait(
        &[("recency_days", 13.6), ("total_events", 1.25), ("active_days", 1.0), ("addtocarts", 0.1)],
        &[],
        &[("addtocarts", 0.034)],
    ));
    assert_eq!(found, "1,234 users, 25.0 % · last seen 14 days ago · 1.2 events on 1.0 days · 3.4 % put in cart");
    assert_eq!(description(&portrait(&[], &[], &[])), "1,234 users, 25.0 %");
}

proptest::proptest! {
    #[test]
    fn names_are_always_different(
        segments in proptest::collection::vec(
            (0.0..3.0_f64, 0.5..6.0_f64, -1.0..1.0_f64, proptest::option::of(-1.0..1.0_f64), 0.0..1.0_f64),
            0..50,
        )
    ) {
        let portraits: Vec<Portrait> = segments
            .iter()
            .map(|&(events, days, recency, spend, carted)| {
                let mut z = vec![("recency_days", recency)];
                z.extend(spend.map(|spend| ("spend", spend)));
                portrait(&[("total_events", events), ("active_days", days)], &z, &[("addtocarts", carted)])
            })
            .collect();
        let found = names(&portraits);
        let different: std::collections::BTreeSet<_> = found.iter().collect();
        proptest::prop_assert_eq!(different.len(), portraits.len());
        proptest::prop_assert!(found.iter().all(|name| name.starts_with(char::is_uppercase)));
    }
}
