#![allow(clippy::unwrap_used)]

mod campaign;

use super::*;
use crate::models::gbt::distinct::Distinct;
use crate::models::metrics::uplift::average_effect;
use crate::models::population::{on_threads, table};
use crate::models::uplift::campaign::simulate;
use crate::models::uplift::evaluation::pearson;

/// Users of the generator of [`crate::models::population`] with the features that the simulated campaign reads.
fn shoppers(rows: usize) -> FeatureTable {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as f32 / 4_294_967_296.0
    };
    let (mut sessions, mut events, mut ratio, mut recency) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        sessions.push((1.0 + 8.0 * uniform()).floor());
        events.push((1.0 + 20.0 * uniform()).floor());
        ratio.push(if uniform() < 0.2 { f32::NAN } else { uniform() });
        recency.push(140.0 * uniform());
    }
    table(vec![("sessions", sessions), ("total_events", events), ("view_cart_ratio", ratio), ("recency_days", recency)])
}

fn every_fifth(rows: usize) -> Vec<bool> {
    (0..rows).map(|row| row % 5 == 0).collect()
}

fn settings(smartcore_rows: usize) -> UpliftSettings {
    UpliftSettings { trees: 40, features: Vec::new(), smartcore_rows, ..UpliftSettings::default() }
}

const HISTOGRAM: usize = 0;
const SMARTCORE: usize = 100_000;

#[test]
fn the_simulation_is_a_fair_coin_with_the_effect_it_says() {
    let users = shoppers(40_000);
    let campaign = simulate(&users, &UpliftSettings::default());
    assert_eq!(campaign, simulate(&users, &UpliftSettings::default()));
    assert_ne!(campaign, simulate(&users, &UpliftSettings { seed: 7, ..UpliftSettings::default() }));
    let share = campaign.treated.iter().filter(|&&treated| treated).count() as f64 / 40_000.0;
    assert!((share - 0.5).abs() < 0.01, "{share}");
    let effects = campaign.true_effect.as_ref().unwrap();
    let planted = effects.iter().map(|&effect| f64::from(effect)).sum::<f64>() / 40_000.0;
    let seen = average_effect(&campaign.outcome, &campaign.treated);
    assert!(seen.low < planted && planted < seen.high, "{planted} {seen:?}");
    // By hand: one session, five events, no ratio, seen today: .15.
    let one = table(vec![
        ("sessions", vec![1.0]),
        ("total_events", vec![5.0]),
        ("view_cart_ratio", vec![f32::NAN]),
        ("recency_days", vec![0.0]),
    ]);
    let effect = simulate(&one, &UpliftSettings::default()).true_effect.unwrap()[0];
    assert!((effect - 0.15).abs() < 1e-6);
}

/// scikit-learn's `RandomForestClassifier(40, max_depth=8, min_samples_leaf=20, max_features=2)` per arm, on the same rows
/// with nulls as −1, reaches a correlation of .601, .583, .600 with the planted effect (seeds 42, 1, 2).
#[test]
fn both_forests_find_the_planted_effect_as_scikit_learn_does_and_agree() {
    let table = shoppers(12_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    let fit = |rows| uplift(&table, &campaign, &every_fifth(12_000), &settings(rows), &Job::new()).unwrap();
    let (own, smartcore) = (fit(HISTOGRAM), fit(SMARTCORE));
    assert_eq!((own.evaluation.forest.as_str(), smartcore.evaluation.forest.as_str()), ("histogram", "smartcore"));
    for found in [&own, &smartcore] {
        let correlation = found.evaluation.true_effect_correlation.unwrap();
        assert!(correlation > 0.57, "{} {correlation}", found.evaluation.forest);
        assert!(found.evaluation.simulated);
    }
    let qini = |found: &Uplift| found.evaluation.qini.unwrap();
    assert!((qini(&own) - qini(&smartcore)).abs() < 0.02, "{} {}", qini(&own), qini(&smartcore));
    assert!(pearson(&own.uplift, &smartcore.uplift).unwrap() > 0.85);
}

#[test]
fn what_is_reported_hangs_together() {
    let table = shoppers(6_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    let held_out = every_fifth(6_000);
    let found = uplift(&table, &campaign, &held_out, &settings(HISTOGRAM), &Job::new()).unwrap();
    for row in 0..table.len() {
        assert!((0.0..=1.0).contains(&found.p_treated[row]) && (0.0..=1.0).contains(&found.p_control[row]));
        assert!((found.uplift[row] - (found.p_treated[row] - found.p_control[row])).abs() < 1e-6);
    }
    let at = &found.evaluation;
    assert_eq!((at.train_rows, at.test_rows), (4_800, 1_200));
    assert!(at.qini_curve.len() <= 101);
    assert_eq!(at.qini_curve.first(), Some(&[0.0, 0.0]));
    assert!((at.qini_curve.last().unwrap()[0] - 1_200.0).abs() < 1e-9);
    assert_eq!(at.deciles.iter().map(|decile| decile.rows).sum::<u64>(), 1_200);
    assert_eq!(at.groups.iter().map(|(_, users)| users).sum::<u64>(), 6_000);
    assert!(at.ate_low < at.ate && at.ate < at.ate_high);
    let back: UpliftEvaluation = serde_json::from_str(&serde_json::to_string(at).unwrap()).unwrap();
    assert_eq!(&back, at);
    // The stored model scores as it did when it was fitted.
    let model: UpliftModel = serde_json::from_str(&serde_json::to_string(&found.model).unwrap()).unwrap();
    let everyone = Distinct::of_all(&model.bins.apply(&model.features, &table, &Job::new()).unwrap());
    assert_eq!(model.forests.treated.unwrap().predict(&everyone, &Job::new()).unwrap(), found.p_treated);
    assert_eq!(model.forests.control.unwrap().predict(&everyone, &Job::new()).unwrap(), found.p_control);
}

#[test]
fn a_seed_gives_the_same_answer_on_any_number_of_threads() {
    let table = shoppers(6_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    for engine in [HISTOGRAM, SMARTCORE] {
        let settings = UpliftSettings { trees: 12, ..settings(engine) };
        let fit = || uplift(&table, &campaign, &every_fifth(6_000), &settings, &Job::new()).unwrap();
        let (one, three) = (on_threads(1, fit), on_threads(3, fit));
        assert_eq!(one.uplift, three.uplift);
        assert_eq!(one.evaluation, three.evaluation);
        let other = UpliftSettings { seed: 7, ..settings.clone() };
        let other = uplift(&table, &campaign, &every_fifth(6_000), &other, &Job::new()).unwrap();
        assert_ne!(one.uplift, other.uplift);
    }
}

#[test]
fn groups_follow_the_rule() {
    let settings = UpliftSettings {
        persuadable_from: 0.05,
        sleeping_dog_below: 0.0,
        sure_thing_from: 0.1,
        ..UpliftSettings::default()
    };
    let cases = [
        (-0.01, 0.9, Group::SleepingDog),
        (0.0, 0.05, Group::LostCause),
        (0.0, 0.5, Group::SureThing),
        (0.06, 0.01, Group::Persuadable),
        (0.06, 0.9, Group::Persuadable),
    ];
    for (uplift, without, group) in cases {
        assert_eq!(settings.group(uplift, without), group);
    }
    assert!(["0.05", "of 0,", "0.1 without"].iter().all(|part| settings.rule().contains(part)), "{}", settings.rule());
}

#[test]
fn treatment_that_follows_a_feature_is_said() {
    let table = shoppers(4_000);
    let mut campaign = simulate(&table, &UpliftSettings::default());
    campaign.treated = (0..4_000).map(|row| table.features[3].values.get(row) > 70.0 || row % 9 == 0).collect();
    let found = uplift(&table, &campaign, &every_fifth(4_000), &settings(HISTOGRAM), &Job::new()).unwrap();
    let worst = &found.evaluation.balance[0];
    assert_eq!(worst.feature, "recency_days");
    assert!(worst.difference > 1.0);
    assert!(found.notes.iter().any(|note| note.contains("not random in recency_days")), "{:?}", found.notes);
}

#[test]
fn what_cannot_be_fitted_is_refused_with_a_reason() {
    let rows = 400;
    let table = shoppers(rows);
    let held_out = every_fifth(rows);
    let good = simulate(&table, &UpliftSettings::default());
    let reason = |table: &FeatureTable, campaign: &Campaign, held_out: &[bool], settings: &UpliftSettings| {
        uplift(table, campaign, held_out, settings, &Job::new()).unwrap_err().to_string()
    };
    let own = UpliftSettings { min_leaf: 5, ..settings(HISTOGRAM) };
    let nobody = Campaign { treated: vec![false; rows], ..good.clone() };
    assert!(reason(&table, &nobody, &held_out, &own).contains("hardly any treated user to train on"));
    assert!(reason(&table, &good, &vec![false; rows], &own).contains("to hold out"));
    let no_outcome = Campaign { outcome: vec![false; rows], ..good.clone() };
    assert!(reason(&table, &no_outcome, &held_out, &own).contains("no held-out user has the outcome"));
    let short = Campaign { outcome: vec![true; rows - 1], ..good.clone() };
    assert!(reason(&table, &short, &held_out, &own).contains("399 outcomes"));
    let none = shoppers(0);
    let nothing = simulate(&none, &own);
    assert!(reason(&none, &nothing, &[], &own).contains("0 users are too few"));
    let unknown = UpliftSettings { features: vec!["nonsense".to_owned()], ..own.clone() };
    assert!(reason(&table, &good, &held_out, &unknown).contains("uplift.features"));
    for (wrong, name) in [
        (UpliftSettings { trees: 0, ..own.clone() }, "trees"),
        (UpliftSettings { min_leaf: 0, ..own.clone() }, "min_leaf"),
        (UpliftSettings { rows_per_tree: 0, ..own.clone() }, "rows_per_tree"),
        (UpliftSettings { max_depth: 0, ..own.clone() }, "max_depth"),
        (UpliftSettings { max_depth: 16, ..own.clone() }, "max_depth"),
    ] {
        assert!(reason(&table, &good, &held_out, &wrong).contains(name));
    }
}

/// Everyone responds, features never vary: the effect is 0 and what has no value is `None`, not NaN.
#[test]
fn a_campaign_without_signal_has_no_quality() {
    let rows = 500;
    let flat = table(vec![("sessions", vec![1.0; rows])]);
    let treated = (0..rows).map(|row| row % 2 == 0).collect();
    let campaign = Campaign { treated, outcome: vec![true; rows], part: None, true_effect: Some(vec![0.0; rows]) };
    for engine in [HISTOGRAM, SMARTCORE] {
        let found = uplift(&flat, &campaign, &every_fifth(rows), &settings(engine), &Job::new()).unwrap();
        assert!(found.uplift.iter().all(|uplift| uplift.abs() < 1e-6));
        let at = &found.evaluation;
        assert!(at.ate.abs() < 1e-12 && at.balance.is_empty() && at.true_effect_correlation.is_none());
        assert!(at.qini.is_none_or(|qini| qini.abs() < 1e-9), "{:?}", at.qini);
        assert!(!serde_json::to_string(at).unwrap().contains("NaN"));
    }
}

#[test]
fn a_feature_the_log_lacks_is_left_out_and_said() {
    let table = shoppers(2_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    let defaults = UpliftSettings { trees: 5, ..UpliftSettings::default() };
    let found = uplift(&table, &campaign, &every_fifth(2_000), &defaults, &Job::new()).unwrap();
    let note = found.notes.iter().find(|note| note.starts_with("left out")).unwrap();
    assert!(note.ends_with("unique_items, avg_time_between_events"), "{note}");
    assert_eq!(found.model.features, ["sessions", "total_events", "view_cart_ratio", "recency_days"]);
}

#[test]
fn a_cancelled_job_stops() {
    let table = shoppers(2_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    for engine in [HISTOGRAM, SMARTCORE] {
        let job = Job::new();
        job.cancel();
        let stopped = uplift(&table, &campaign, &every_fifth(2_000), &settings(engine), &job);
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }
}

#[test]
fn progress_counts_the_trees_of_both_arms() {
    let table = shoppers(2_000);
    let campaign = simulate(&table, &UpliftSettings::default());
    for engine in [HISTOGRAM, SMARTCORE] {
        let job = Job::new();
        let settings = UpliftSettings { trees: 7, ..settings(engine) };
        uplift(&table, &campaign, &every_fifth(2_000), &settings, &job).unwrap();
        let progress = job.progress();
        assert_eq!((progress.done, progress.total, progress.unit.as_str()), (14, 14, "trees"));
    }
}
