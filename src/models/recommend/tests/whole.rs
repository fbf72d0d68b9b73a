//! The stage as a whole on a log with two planted tastes.

use crate::error::Error;
use crate::ingest::EventKind::View;
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::tests::{TASTE, log, on_threads, plainly, two_tastes};
use crate::models::recommend::{Candidate, Context, ModelChoice, RecommendSettings, Source, recommend};

fn settings(model: ModelChoice) -> RecommendSettings {
    RecommendSettings { model, rank: 8, ..RecommendSettings::default() }
}

#[test]
fn every_model_finds_the_planted_tastes() {
    let log = log(two_tastes());
    for model in [ModelChoice::Als, ModelChoice::ItemKnn, ModelChoice::Blend, ModelChoice::Auto] {
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
        assert!(at.recall_at_20 > 0.55 && at.recall_at_20 > 1.5 * at.popularity_recall_at_20, "{model:?} {at:?}");
        for metric in [at.recall_at_5, at.ndcg_at_5, at.ndcg_at_20, at.map_at_5, at.popularity_recall_at_5] {
            assert!(metric > 0.0 && metric < 1.0, "{model:?} {at:?}");
        }
        assert_eq!(found.factors.is_none(), matches!(found.picked, Candidate::ItemKnn { .. }));
        assert_eq!(found.tried.len(), if model == ModelChoice::Auto { 7 } else { 0 });
        if model == ModelChoice::Auto {
            let best = found.tried.iter().map(|tried| tried.recall).fold(0.0, f64::max);
            let picked = found.tried.iter().find(|tried| tried.model == found.picked.describe()).unwrap();
            assert!(picked.recall >= best && found.notes.iter().any(|note| note.contains(&picked.model)));
        }
    }
}

#[test]
fn known_and_unavailable_items_are_never_recommended() {
    let log = log(two_tastes());
    let available: Vec<bool> = (0..2 * TASTE).map(|item| item % 3 != 0).collect();
    let none = vec![NONE; log.users.len()];
    let context = Context { available: Some(&available), item_category: &none[..80], top_category: &none };
    for model in [ModelChoice::Als, ModelChoice::ItemKnn, ModelChoice::Blend] {
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
    let category: Vec<u32> = (0..81).map(|item| u32::from(item < 3)).collect();
    let mut top_category = vec![0; 401];
    top_category[400] = 1;
    let context = Context { available: None, item_category: &category, top_category: &top_category };
    let found = recommend(&log, &context, &settings(ModelChoice::ItemKnn), &Job::new()).unwrap();
    assert_eq!(found.source[400], Source::Fallback);
    assert!(found.source[..400].iter().all(|&source| source == Source::ItemKnn));
    let users_of = |item: u32| (0..401).filter(|&user| log.item[log.events_of(user)].contains(&item)).count() as f32;
    let (list, scores) = (&found.items[2000..], &found.scores[2000..]);
    // Its category has three items; the rest are the most popular of all.
    assert!(
        list[..3].iter().all(|&item| item < 3) && list[3..].iter().all(|&item| (3..80).contains(&item)),
        "{list:?}"
    );
    assert!(list.iter().zip(scores).all(|(&item, score)| score.total_cmp(&users_of(item)).is_eq()));
    assert!((3..80).all(|item| item == list[3] || users_of(item) <= scores[3]));
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
    let recall =
        |found: &crate::models::recommend::tests::Recommendations| found.evaluation.as_ref().unwrap().recall_at_5;
    assert!(recall(&swapped) < 0.3 * recall(&honest), "{} {}", recall(&swapped), recall(&honest));
}

#[test]
fn threads_change_no_bit() {
    let log = log(two_tastes());
    for model in [ModelChoice::Auto, ModelChoice::Als, ModelChoice::Blend] {
        let run = |threads| on_threads(threads, || plainly(&log, &settings(model)).unwrap());
        let (one, two) = (run(1), run(2));
        let bits = |scores: &[f32]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
        assert_eq!((one.items, one.source, one.factors), (two.items, two.source, two.factors));
        assert_eq!((bits(&one.scores), bits(&one.similar_scores)), (bits(&two.scores), bits(&two.similar_scores)));
        assert_eq!((one.evaluation, one.tried, one.notes), (two.evaluation, two.tried, two.notes));
    }
}

#[test]
fn small_logs_are_answered_and_empty_ones_refused() {
    assert!(matches!(plainly(&log(Vec::new()), &settings(ModelChoice::Auto)), Err(Error::Model(_))));
    let none = RecommendSettings { top: 0, ..RecommendSettings::default() };
    assert!(matches!(plainly(&log(two_tastes()), &none), Err(Error::Model(_))));
    for model in [ModelChoice::Auto, ModelChoice::Als, ModelChoice::ItemKnn, ModelChoice::Blend] {
        // One event: nothing new is left to recommend, and the log is too short to hold days out.
        let found = plainly(&log(vec![(0, 1.0, View, 0)]), &settings(model)).unwrap();
        assert_eq!(found.items, [NONE; 5], "{model:?}");
        assert!(found.evaluation.is_none() && found.notes.iter().any(|note| note.starts_with("not evaluated")));
    }
    let job = Job::new();
    job.cancel();
    let log = log(two_tastes());
    let none = vec![NONE; 400];
    let context = Context { available: None, item_category: &none[..80], top_category: &none };
    assert!(matches!(recommend(&log, &context, &settings(ModelChoice::Auto), &job), Err(Error::Cancelled)));
}
