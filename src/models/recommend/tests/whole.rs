//! The stage as a whole on a log with two planted tastes.

use crate::error::Error;
use crate::ingest::EventKind::View;
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::tests::{TASTE, log, on_threads, plainly, two_tastes};
use crate::models::recommend::{
    Candidate, Context, ModelChoice, RecommendEvaluation, RecommendSettings, Source, recommend,
};

fn settings(model: ModelChoice) -> RecommendSettings {
    RecommendSettings { model, rank: 8, ..RecommendSettings::default() }
}

#[test]
fn every_model_finds_the_planted_tastes() {
    let log = log(two_tastes());
    for model in ModelChoice::ALL.into_iter().filter(|&model| model != ModelChoice::Popularity) {
        let found = plainly(&log, &settings(model)).unwrap();
        let of_taste = |user: usize, item: u32| item / TASTE == user as u32 % 2;
        let lists = found.items.chunks(5).enumerate();
        let right = lists.flat_map(|(user, list)| list.iter().map(move |&item| of_taste(user, item))).filter(|&r| r);
        assert!(right.count() > 1960, "{model:?}");
        let similar = found.similar_items.chunks(10).enumerate();
        assert!(
            similar
                .flat_map(|(item, near)| near.iter().map(move |n| (item, *n)))
                .all(|(item, near)| { near != item as u32 && (near == NONE || near / TASTE == item as u32 / TASTE) })
        );
        let at = found.evaluation.unwrap();
        assert!(at.test_users > 300 && at.coverage > 0.5 && at.coverage <= 1.0, "{at:?}");
        // Within a taste all is chance: of its 40 items about 29 are new to a user.
        let (ours, popular) = (at.served, at.popularity);
        assert!(
            ours.recall_at_20.value > 0.55 && ours.recall_at_20.value > 1.5 * popular.recall_at_20.value,
            "{model:?} {at:?}"
        );
        for metric in [ours.recall_at_5, ours.ndcg_at_5, ours.ndcg_at_20, ours.map_at_5, popular.recall_at_5] {
            let (low, high) = (metric.low.unwrap(), metric.high.unwrap());
            assert!(0.0 < low && low < metric.value && metric.value < high && high < 1.0, "{model:?} {at:?}");
        }
        assert!(at.recall_at_5_gain.low.unwrap() > 0.0 && at.unknown_share.abs() < 1e-9, "{model:?} {at:?}");
        assert_eq!(found.factors.is_some(), matches!(found.picked, Candidate::Als { .. } | Candidate::Blend { .. }));
        assert_eq!(found.tried.is_empty(), model != ModelChoice::Auto);
        if model == ModelChoice::Auto {
            let best = found.tried.iter().filter_map(|tried| tried.ndcg).fold(0.0, f64::max);
            let picked = found.tried.iter().find(|tried| tried.model == found.picked.describe()).unwrap();
            assert!(picked.ndcg >= Some(best) && found.notes.iter().any(|note| note.contains(&picked.model)));
        }
    }
}

#[test]
fn known_and_unavailable_items_are_never_recommended() {
    let log = log(two_tastes());
    let available: Vec<bool> = (0..2 * TASTE).map(|item| item % 3 != 0).collect();
    let none = vec![NONE; log.items.len()];
    let context = Context { item_category: &none, available: Some(&available), ..Context::default() };
    for model in ModelChoice::ALL {
        let found = recommend(&log, &context, &settings(model), &Job::new()).unwrap();
        let mut seen_again = 0;
        for (user, (list, scores)) in found.items.chunks(5).zip(found.scores.chunks(5)).enumerate() {
            assert!(list.iter().all(|&item| item != NONE && available[item as usize]), "{model:?} {user}: {list:?}");
            assert!(list.iter().all(|item| !log.item[log.events_of(user as u32)].contains(item)));
            assert!(scores.is_sorted_by(|a, b| a >= b));
            let mut distinct = list.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), 5);
        }
        let with_known = RecommendSettings { exclude_known: false, ..settings(model) };
        let found = recommend(&log, &context, &with_known, &Job::new()).unwrap();
        for (user, list) in found.items.chunks(5).enumerate() {
            seen_again += list.iter().filter(|item| log.item[log.events_of(user as u32)].contains(item)).count();
        }
        assert!(seen_again > 0, "{model:?}");
    }
}

#[test]
fn a_history_without_neighbours_gets_what_is_popular_in_its_category() {
    let mut events = two_tastes();
    // User 400 looked at item 80, which nobody else did.
    events.push((400, 3.0, View, 80));
    let log = log(events);
    let category: Vec<u32> = (0..81).map(|item| u32::from(item < 3 || item == 80)).collect();
    let context = Context { item_category: &category, available: None, ..Context::default() };
    let found = recommend(&log, &context, &settings(ModelChoice::ItemKnn), &Job::new()).unwrap();
    assert_eq!(found.source[400], Source::Fallback);
    assert!(found.source[..400].iter().all(|&source| source == Source::ItemKnn));
    let users_of = |item: u32| (0..401).filter(|&user| log.item[log.events_of(user)].contains(&item)).count() as f32;
    let (list, scores) = (&found.items[2000..], &found.scores[2000..]);
    // Its category has three other items; the rest are the most popular of all.
    assert!(
        list[..3].iter().all(|&item| item < 3) && list[3..].iter().all(|&item| (3..80).contains(&item)),
        "{list:?}"
    );
    let sources = &found.sources[2000..];
    assert!(scores.iter().all(|score| score.is_nan()), "the model said nothing of them");
    assert!(sources[..3].iter().all(|&source| source == Source::Category));
    assert!(sources[3..].iter().all(|&source| source == Source::Shop));
    assert!((3..80).all(|item| item == list[3] || users_of(item) <= users_of(list[3])));
}

#[test]
fn what_happens_after_the_cutoff_changes_neither_choice_nor_ranking_before_it() {
    let mut events = two_tastes();
    let auto = settings(ModelChoice::Auto);
    // Keeps T where it is.
    events.push((0, 60.0, View, 0));
    let honest = plainly(&log(events.clone()), &auto).unwrap();
    for event in events.iter_mut().filter(|event| event.1 > 46.0) {
        event.3 = (event.3 + TASTE) % (2 * TASTE);
    }
    let swapped = plainly(&log(events), &auto).unwrap();
    assert_eq!((honest.picked, &honest.tried), (swapped.picked, &swapped.tried));
    // Who learnt the tastes before the cutoff must now be wrong about nearly everyone.
    let recall = |found: &crate::models::recommend::tests::Recommendations| {
        found.evaluation.as_ref().unwrap().served.recall_at_5.value
    };
    assert!(recall(&swapped) < 0.3 * recall(&honest), "{} {}", recall(&swapped), recall(&honest));
}

#[test]
fn threads_change_no_bit() {
    let log = log(two_tastes());
    for model in ModelChoice::ALL {
        let run = |threads| on_threads(threads, || plainly(&log, &settings(model)).unwrap());
        let (one, two) = (run(1), run(2));
        let bits = |scores: &[f32]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
        assert_eq!((one.items, one.source, one.factors), (two.items, two.source, two.factors));
        assert_eq!((bits(&one.scores), bits(&one.similar_scores)), (bits(&two.scores), bits(&two.similar_scores)));
        let told = |found: &Option<RecommendEvaluation>| format!("{found:?}");
        assert_eq!((told(&one.evaluation), one.tried, one.notes), (told(&two.evaluation), two.tried, two.notes));
    }
}

#[test]
fn small_logs_are_answered_and_empty_ones_refused() {
    assert!(matches!(plainly(&log(Vec::new()), &settings(ModelChoice::Auto)), Err(Error::Model(_))));
    let none = RecommendSettings { top: 0, ..RecommendSettings::default() };
    assert!(matches!(plainly(&log(two_tastes()), &none), Err(Error::Model(_))));
    for model in ModelChoice::ALL {
        // One event: nothing new is left to recommend, and the log is too short to hold days out.
        let found = plainly(&log(vec![(0, 1.0, View, 0)]), &settings(model)).unwrap();
        assert_eq!(found.items, [NONE; 5], "{model:?}");
        assert!(found.evaluation.is_none() && found.notes.iter().any(|note| note.starts_with("not evaluated")));
    }
    let job = Job::new();
    job.cancel();
    let log = log(two_tastes());
    let none = vec![NONE; 80];
    let context = Context { item_category: &none, available: None, ..Context::default() };
    assert!(matches!(recommend(&log, &context, &settings(ModelChoice::Auto), &job), Err(Error::Cancelled)));
}

#[test]
fn everyone_gets_five_items_and_what_is_served_is_what_is_judged() {
    let mut events = two_tastes();
    // Forty users who looked at one item that nobody else knows: no neighbours, and nothing of theirs to be found but
    // what is popular, which they look at in the held-out days.
    for user in 400..440 {
        events.push((user, 3.0, View, 80 + user - 400));
        events.extend((0..3).map(|item| (user, 58.0, View, item)));
    }
    // Items 0 to 2 are the most popular of all.
    events.extend((100..300).flat_map(|user| (0..3).map(move |item| (user, 20.0, View, item))));
    let log = log(events);
    let found = plainly(&log, &settings(ModelChoice::ItemKnn)).unwrap();
    assert!(found.items.iter().all(|&item| item != NONE));
    for (user, (scores, sources)) in found.scores.chunks(5).zip(found.sources.chunks(5)).enumerate() {
        let of_the_model = |source: &Source| *source == Source::ItemKnn;
        assert!(sources.is_sorted_by_key(|source| !of_the_model(source)), "{user}: {sources:?}");
        assert!(scores.iter().zip(sources).all(|(score, source)| score.is_nan() != of_the_model(source)));
    }
    // The lists of the forty are filled, and hold all three: without them recall would be lower by their share.
    let at = found.evaluation.unwrap();
    assert!(at.test_users > 340 && at.served.hit_rate_at_5.value > 40.0 / at.test_users as f64, "{at:?}");
    let only = RecommendSettings { exclude_known: false, ..settings(ModelChoice::ItemKnn) };
    // Where known items are served, looking at them again is what is to be found too.
    assert!(plainly(&log, &only).unwrap().evaluation.unwrap().test_users >= at.test_users);
}

#[test]
fn a_model_that_cannot_be_fitted_is_named_and_takes_no_other_with_it() {
    // Fewer items than factors, and no penalty that would tell them apart.
    let events = two_tastes().into_iter().map(|(user, day, kind, item)| (user, day, kind, item % 16)).collect();
    let unpenalised = RecommendSettings { rank: 32, regularisation: 0.0, ..RecommendSettings::default() };
    let found = plainly(&log(events), &unpenalised).unwrap();
    assert!(
        found.notes.iter().any(|note| note.starts_with("left out, for it could not be fitted: als")),
        "{:?}",
        found.notes
    );
    assert!(!matches!(found.picked, Candidate::Als { .. } | Candidate::Blend { .. }));
    assert!(found.tried.iter().any(|tried| tried.model.starts_with("item-knn")), "{:?}", found.tried);
}
