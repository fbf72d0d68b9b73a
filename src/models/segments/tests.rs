#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::features::{Feature, Scale, Values};
use crate::models::metrics::clustering::adjusted_rand;

fn real(name: &'static str, scale: Scale, values: Vec<f32>) -> Feature {
    Feature { name: name.into(), unit: "count", scale, values: Values::Real(values) }
}

fn table(features: Vec<Feature>) -> FeatureTable {
    let rows = features.first().map_or(0, |feature| feature.values.len());
    FeatureTable { as_of: 0, users: (0..rows as u32).collect(), features, top_category: vec![0; rows] }
}

/// Of users of whose carts nothing is known.
fn segments(table: &FeatureTable, settings: &SegmentSettings, job: &Job) -> Result<Segments> {
    crate::models::segments::segments(Users { table, abandoned: &[], inactive_days: 30.0 }, settings, job)
}

/// A standard normal value (Box and Muller).
fn normal(rng: &mut impl Rng) -> f32 {
    let (a, b): (f32, f32) = (rng.gen_range(f32::EPSILON..1.0), rng.r#gen());
    (-2.0 * a.ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}

/// Users in Gaussian clouds around `centres` in the features x, y, z, and the cloud of each.
fn clouds(centres: &[[f32; 3]], each: usize, deviation: f32) -> (FeatureTable, Vec<usize>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut columns = [const { Vec::new() }; 3];
    let mut truth = Vec::new();
    for user in 0..each * centres.len() {
        let cloud = user % centres.len();
        truth.push(cloud);
        for (column, mean) in columns.iter_mut().zip(centres[cloud]) {
            column.push(mean + deviation * normal(&mut rng));
        }
    }
    let [x, y, z] = columns;
    (table(vec![real("x", Scale::Linear, x), real("y", Scale::Linear, y), real("z", Scale::Linear, z)]), truth)
}

fn named(features: &[&str], k: KChoice) -> SegmentSettings {
    SegmentSettings {
        k,
        features: features.iter().map(|&name| name.to_owned()).collect(),
        ..SegmentSettings::default()
    }
}

const FOUR: [[f32; 3]; 4] = [[0.0, 0.0, 0.0], [6.0, 0.0, 3.0], [0.0, 6.0, -3.0], [6.0, 6.0, 0.0]];

/// A shop's log in miniature: most users look once, few put in cart, fewer buy, some come back often.
fn shop(users: usize) -> FeatureTable {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut columns = [const { Vec::new() }; 6];
    for _ in 0..users {
        let days = if rng.gen_bool(0.1) { rng.gen_range(2..12) } else { 1 };
        let items = if days == 1 && rng.gen_bool(0.75) { 1 } else { days * rng.gen_range(1..4) };
        let cart = rng.gen_bool(0.027);
        let bought = rng.gen_bool(if cart { 0.25 } else { 0.002 });
        let gap = if items == 1 { f32::NAN } else { rng.gen_range(10.0..90_000.0) };
        let row = [
            rng.gen_range(0.0_f32..137.0),
            days as f32,
            items as f32,
            f32::from(u8::from(cart)),
            f32::from(u8::from(bought)),
            gap,
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let names =
        ["recency_days", "active_days", "unique_items", "addtocarts", "transactions", "avg_time_between_events"];
    table(names.into_iter().zip(columns).map(|(name, values)| real(name, Scale::Log, values)).collect())
}

#[test]
fn planted_clouds_are_found() {
    let (table, truth) = clouds(&FOUR, 500, 1.0);
    let found = segments(&table, &named(&["x", "y", "z"], KChoice::Fixed(4)), &Job::new()).unwrap();
    assert_eq!(found.k, 4);
    assert!(adjusted_rand(&found.assignment, &truth).unwrap() > 0.95);
    assert!(found.silhouette.unwrap() > 0.5);
    assert_eq!(found.projection.len(), 2000);
    assert!(found.explained_variance[0] >= found.explained_variance[1]);
    assert!(found.explained_variance.iter().sum::<f64>() <= 1.0 + 1e-12);
}

#[test]
fn auto_finds_the_planted_number() {
    let (table, truth) = clouds(&FOUR, 200, 0.6);
    let found = segments(&table, &named(&["x", "y", "z"], KChoice::Auto), &Job::new()).unwrap();
    assert_eq!(found.k, 4, "{:?}", found.scan);
    assert_eq!(adjusted_rand(&found.assignment, &truth), Some(1.0));
    assert!(found.notes.iter().any(|note| note.contains("k = 4 chosen")));
}

#[test]
fn the_elbow_table_falls_from_2_to_10() {
    let found =
        segments(&shop(1500), &SegmentSettings { restarts: 4, ..SegmentSettings::default() }, &Job::new()).unwrap();
    assert_eq!(found.scan.iter().map(|row| row.k).collect::<Vec<_>>(), (2..=10).collect::<Vec<_>>());
    assert!(found.scan.windows(2).all(|pair| pair[1].inertia < pair[0].inertia), "{:?}", found.scan);
    assert!(found.scan.iter().all(|row| row.silhouette.is_some_and(|score| (-1.0..=1.0).contains(&score))));
    // The sample is everyone here, so that the final inertia is at most that of the table's line.
    assert_eq!(found.sample, 1500);
    assert!(found.inertia <= found.scan[3].inertia * 1.01, "{} {:?}", found.inertia, found.scan[3]);
}

#[test]
fn no_segment_of_a_lopsided_shop_is_a_handful() {
    let table = shop(12_000);
    let settings = SegmentSettings { sample: 3000, restarts: 5, ..SegmentSettings::default() };
    let found = segments(&table, &settings, &Job::new()).unwrap();
    assert_eq!(found.k, 5);
    assert!(found.profiles.iter().all(|profile| profile.share >= 0.01), "{:?}", found.profiles);
    assert!(found.profiles.windows(2).all(|pair| pair[0].size >= pair[1].size));
    assert!((found.profiles.iter().map(|profile| profile.share).sum::<f64>() - 1.0).abs() < 1e-12);
    let names: std::collections::BTreeSet<_> = found.profiles.iter().map(|profile| &profile.name).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    // The sample is smaller than the table and counts the users of distinct rows besides.
    assert!((3000..=3010).contains(&found.sample));
}

#[test]
fn a_profile_is_the_mean_of_its_users() {
    let (table, _) = clouds(&FOUR, 100, 1.0);
    let found = segments(&table, &named(&["x", "y"], KChoice::Fixed(4)), &Job::new()).unwrap();
    for (number, profile) in found.profiles.iter().enumerate() {
        let members: Vec<usize> =
            (0..table.len()).filter(|&row| usize::from(found.assignment[row]) == number).collect();
        assert_eq!(profile.size, members.len() as u64);
        for feature in &table.features {
            let values = |rows: &[usize]| rows.iter().map(|&row| feature.values.get(row)).collect::<Vec<f64>>();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let everyone = values(&(0..table.len()).collect::<Vec<_>>());
            let own = mean(&values(&members));
            let all = mean(&everyone);
            let deviation = mean(&everyone.iter().map(|value| (value - all).powi(2)).collect::<Vec<_>>()).sqrt();
            assert!((profile.centre_of(&feature.name).unwrap() - own).abs() < 1e-9);
            assert!((profile.z_of(&feature.name).unwrap() - (own - all) / deviation).abs() < 1e-6);
        }
    }
}

#[test]
fn the_stored_model_places_users_as_the_run_did() {
    let table = shop(2000);
    let found = segments(&table, &SegmentSettings::default(), &Job::new()).unwrap();
    let json = serde_json::to_string(&found.model).unwrap();
    let model: SegmentModel = serde_json::from_str(&json).unwrap();
    assert_eq!(model, found.model);
    let (labels, places) = model.place(&table, &Job::new()).unwrap();
    assert_eq!(labels, found.assignment);
    assert_eq!(places, found.projection);
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    let table = shop(9000);
    let run = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = SegmentSettings { seed, sample: 600, restarts: 2, ..SegmentSettings::default() };
        let found = pool.install(|| segments(&table, &settings, &Job::new()).unwrap());
        (serde_json::to_string(&found).unwrap(), found.assignment, found.projection)
    };
    assert!(run(1, 42) == run(2, 42));
    // Another seed draws another sample.
    assert_ne!(run(1, 42).0, run(1, 43).0);
}

#[test]
fn a_null_feature_is_left_out_with_a_note() {
    let mut table = shop(500);
    table.features[3].values = Values::Real(vec![f32::NAN; 500]);
    table.features[4].values = Values::Count(vec![1; 500]);
    let found = segments(&table, &SegmentSettings::default(), &Job::new()).unwrap();
    assert!(found.notes.contains(&"addtocarts is left out: no value is known".to_owned()), "{:?}", found.notes);
    assert!(found.notes.iter().any(|note| note.starts_with("transactions is left out: it is the same")));
    assert_eq!(found.components[0].len(), 3);
    assert!(found.profiles.iter().all(|profile| profile.centre_of("addtocarts").is_none()));
    let json = serde_json::to_string(&found).unwrap();
    assert!(!json.contains("NaN"));
}

#[test]
fn fewer_distinct_users_than_segments_lower_k() {
    let days = (0..30).map(|row| (row % 3) as f32).collect();
    let table = table(vec![real("active_days", Scale::Log, days)]);
    let found = segments(&table, &named(&["active_days"], KChoice::Fixed(5)), &Job::new()).unwrap();
    assert_eq!(found.k, 3);
    assert_eq!(found.profiles.iter().map(|profile| profile.size).collect::<Vec<_>>(), [10, 10, 10]);
    assert!(found.inertia < 1e-9);
    assert!(found.notes.iter().any(|note| note.starts_with("k lowered from 5 to 3")), "{:?}", found.notes);
    let auto = segments(&table, &named(&["active_days"], KChoice::Auto), &Job::new()).unwrap();
    assert_eq!(auto.k, 3);
}

#[test]
fn two_users_are_two_segments() {
    let table = table(vec![real("active_days", Scale::Log, vec![1.0, 9.0])]);
    let found = segments(&table, &named(&["active_days"], KChoice::Auto), &Job::new()).unwrap();
    assert_eq!((found.k, found.silhouette), (2, None));
}

#[test]
fn a_rare_trait_gives_every_distinct_user_a_start() {
    // 3 of 30,000 users differ; the sample need not draw them, the distinct rows bring them in.
    let mut values = vec![1.0; 30_000];
    values[17] = 2.0;
    values[9000] = 3.0;
    values[29_999] = 4.0;
    let settings = SegmentSettings { sample: 100, min_share: 0.0, ..named(&["x"], KChoice::Fixed(2)) };
    // All lie beyond the 99.9 percentile: after clipping nobody differs.
    let refused = segments(&table(vec![real("x", Scale::Linear, values.clone())]), &settings, &Job::new());
    assert!(matches!(refused, Err(Error::Model(_))), "{refused:?}");
    for value in values.iter_mut().take(60) {
        *value = 5.0;
    }
    let found = segments(&table(vec![real("x", Scale::Linear, values)]), &settings, &Job::new()).unwrap();
    // The users at 3 and 4 are drawn in to where those at 5 are, three standard deviations out.
    assert_eq!(found.profiles[1].size, 62);
}

#[test]
fn impossible_input_is_refused_with_the_reason() {
    let told = |table: &FeatureTable, settings: &SegmentSettings| segments(table, settings, &Job::new()).unwrap_err();
    let x = named(&["x"], KChoice::Fixed(5));
    let empty = told(&table(vec![real("x", Scale::Linear, vec![])]), &x);
    assert!(matches!(&empty, Error::Model(what) if what.contains("no users")), "{empty}");
    for values in [vec![1.0], vec![2.0; 50], vec![f32::NAN; 50]] {
        let error = told(&table(vec![real("x", Scale::Linear, values)]), &x);
        assert!(matches!(&error, Error::Model(what) if what.contains("do not differ in any of x")), "{error}");
    }
    let unknown = told(&table(vec![real("y", Scale::Linear, vec![1.0, 2.0])]), &x);
    assert!(matches!(&unknown, Error::Config(what) if what.contains("\"x\"; there are y")), "{unknown}");
}

#[test]
fn a_cancelled_job_stops() {
    let job = Job::new();
    job.cancel();
    assert!(matches!(segments(&shop(300), &SegmentSettings::default(), &job), Err(Error::Cancelled)));
}

#[test]
fn settings_are_read_and_checked() {
    let read = |text: &str| serde_json::from_str::<SegmentSettings>(text);
    assert_eq!(read("{}").unwrap(), SegmentSettings::default());
    assert_eq!(read(r#"{"k": 7}"#).unwrap().k, KChoice::Fixed(7));
    assert_eq!(read(r#"{"k": "auto"}"#).unwrap().k, KChoice::Auto);
    for wrong in [r#"{"k": 1}"#, r#"{"k": 51}"#, r#"{"k": "many"}"#, r#"{"clusters": 3}"#] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let written = serde_json::to_string(&SegmentSettings { k: KChoice::Auto, ..SegmentSettings::default() }).unwrap();
    assert_eq!(read(&written).unwrap().k, KChoice::Auto);
    for (json, name) in [
        (r#"{"restarts": 11}"#, "restarts"),
        (r#"{"sample": 5}"#, "sample"),
        (r#"{"max_iterations": 0}"#, "max_iterations"),
        (r#"{"tolerance": -1}"#, "tolerance"),
        (r#"{"min_share": 0.5}"#, "min_share"),
        (r#"{"reach": 0.1}"#, "reach"),
        (r#"{"features": []}"#, "features"),
    ] {
        let error = read(json).unwrap().check().unwrap_err();
        assert!(matches!(&error, Error::Config(what) if what.starts_with(&format!("segments.{name}"))), "{error}");
    }
}

#[test]
fn a_small_segment_and_an_early_stop_are_noted() {
    let settings = SegmentSettings {
        min_share: 0.2,
        restarts: 1,
        max_iterations: 1,
        tolerance: 0.0,
        ..SegmentSettings::default()
    };
    let found = segments(&shop(1000), &settings, &Job::new()).unwrap();
    assert!(found.profiles[4].share < 0.2);
    assert!(found.notes.iter().any(|note| note.contains("less than min_share = 20.00 %")), "{:?}", found.notes);
    assert!(found.notes.iter().any(|note| note.contains("stopped after max_iterations = 1")), "{:?}", found.notes);
}

#[test]
fn the_best_k_avoids_handfuls_where_it_can() {
    let row = |k, score, smallest_share| ScanRow { k, inertia: 1.0, silhouette: Some(score), smallest_share };
    let table = [row(2, 0.4, 0.3), row(3, 0.9, 0.001), row(4, 0.5, 0.02), row(5, 0.5, 0.02)];
    assert_eq!(start::best_k(&table, 0.01), Some(4));
    assert_eq!(start::best_k(&table, 0.2), Some(2));
    assert_eq!(start::best_k(&table, 0.5), Some(3));
    assert_eq!(start::best_k(&[], 0.01), None);
}
