//! Variants of one product, what is never recommended, and histories of robots.

use crate::ingest::EventKind::{Transaction, View};
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::histories::{Histories, LONGEST};
use crate::models::recommend::tests::{log, two_tastes};
use crate::models::recommend::things::Things;
use crate::models::recommend::{Context, ModelChoice, RecommendSettings, recommend};

/// Two items each of the planted log are one product: 0 and 1, 2 and 3, and so on.
fn pairs() -> Vec<u32> {
    (0..80).map(|item| item / 2).collect()
}

#[test]
fn one_of_a_product_is_recommended_and_to_nobody_who_knows_another() {
    let log = log(two_tastes());
    let group = pairs();
    let available: Vec<bool> = (0..80).map(|item| item != 6 && item != 8 && item != 9).collect();
    let context = Context { available: Some(&available), item_group: Some(&group), ..Context::default() };
    for model in [ModelChoice::ItemKnn, ModelChoice::Als, ModelChoice::Ease] {
        let settings = RecommendSettings { model, rank: 8, ..RecommendSettings::default() };
        let found = recommend(&log, &context, &settings, &Job::new()).unwrap();
        for (user, list) in found.items.chunks(5).enumerate() {
            let known = &log.item[log.events_of(user as u32)];
            let mut products: Vec<u32> = list.iter().map(|item| item / 2).collect();
            assert!(products.iter().all(|product| known.iter().all(|item| item / 2 != *product)), "{model:?} {user}");
            products.sort_unstable();
            products.dedup();
            assert_eq!(products.len(), 5, "{model:?} {user}: {list:?}");
            // Item 6 is sold out, and its other variant stands for it; of item 8 there is none.
            assert!(list.iter().all(|item| ![6, 8, 9].contains(item)), "{list:?}");
        }
        assert!(found.items.contains(&7), "{model:?}");
        // Both of a product have the same similar ones, which are others.
        for (item, near) in found.similar_items.chunks(10).enumerate() {
            assert_eq!(near, &found.similar_items[(item ^ 1) * 10..(item ^ 1) * 10 + 10]);
            assert!(near.iter().all(|near| *near / 2 != item as u32 / 2));
        }
        if let Some(factors) = found.factors {
            assert_eq!((factors.items.len(), factors.item(4)), (80 * 8, factors.item(5)));
        }
    }
}

#[test]
fn what_is_never_recommended_is_in_no_list_and_nobody_is_judged_by_it() {
    let mut events = two_tastes();
    // Everyone pays for shipping, item 80, now and then, and buys item 81 with it.
    events.extend((0..400).flat_map(|user| [10.0, 25.0, 40.0, 58.0].map(|day| (user, day, Transaction, 80))));
    events.extend((0..400).flat_map(|user| [10.0, 25.0, 40.0, 58.0].map(|day| (user, day, Transaction, 81))));
    let log = log(events);
    let never: Vec<bool> = (0..82).map(|item| item == 80).collect();
    let settings = RecommendSettings { rank: 8, ..RecommendSettings::default() };
    let found =
        recommend(&log, &Context { never: Some(&never), ..Context::default() }, &settings, &Job::new()).unwrap();
    assert!(!found.items.contains(&80) && !found.similar_items.contains(&80) && !found.again.items.contains(&80));
    assert!(found.again.items.contains(&81));
    assert!(found.similar_items[800..810].iter().all(|&item| item == NONE), "it has no similar items");
    let judged = found.again.evaluation.unwrap();
    assert!((judged.repeat_share - 1.0).abs() < 1e-9 && judged.lists.own.recall_at_5.value > 0.99, "{judged:?}");
    let none = vec![true; 82];
    let context = Context { never: Some(&none), ..Context::default() };
    let refused = recommend(&log, &context, &settings, &Job::new()).unwrap_err().to_string();
    assert!(refused.contains("recommend.never names every item"), "{refused}");
}

#[test]
fn of_a_robot_the_latest_items_count_and_all_are_known() {
    // User 0 views 600 items, one every half hour, the first of them again at the end.
    let mut events: Vec<_> = (0..600).map(|item| (0, f64::from(item) / 48.0, View, item)).collect();
    events.push((0, 20.0, View, 0));
    events.push((1, 20.0, View, 5));
    let log = log(events);
    let things = Things::new(600, None, None);
    let found = Histories::until(&log, log.as_of, &things, &RecommendSettings::default());
    let counted = found.counted.row(0).0;
    // The latest 500 of 600: item 0, seen again, and 101 to 599.
    assert_eq!((counted.len(), counted[0], counted[1]), (LONGEST, 0, 101));
    assert_eq!((found.known(0).len(), found.known(1), found.cut()), (600, &[5][..], 1));
    let chosen = found.select(&[0]);
    assert_eq!((chosen.known(0).len(), chosen.counted.rows()), (600, 1));
}
