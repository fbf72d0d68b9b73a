//! The shop's files: whole, the same for a seed, and with the campaign that their truth tells.

#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};
use std::fs;

use crate::ingest::synth::{SynthSettings, generate};
use crate::job::Job;

const DAY: i64 = 86_400_000;
/// 2025-06-02 00:00 UTC.
const SENT: i64 = 1_748_822_400_000;

fn shop(scale: f64, seed: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = SynthSettings { scale, seed, truth: true, ..SynthSettings::sample() };
    generate(folder.path(), &settings, &Job::new()).unwrap();
    folder
}

fn rows(folder: &tempfile::TempDir, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.path().join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_same_seed_gives_the_same_shop_and_another_one_another() {
    let (first, again, other) = (shop(0.001, 7), shop(0.001, 7), shop(0.001, 8));
    for file in fs::read_dir(first.path()).unwrap() {
        let name = file.unwrap().file_name();
        let text = |of: &tempfile::TempDir| fs::read(of.path().join(&name)).unwrap();
        assert_eq!(text(&first), text(&again), "{name:?}");
    }
    assert_ne!(rows(&first, "events.csv"), rows(&other, "events.csv"));
}

#[test]
fn every_event_and_every_name_is_of_something_that_exists() {
    let shop = shop(0.001, 7);
    let column = |name: &str, place: usize| -> HashSet<String> {
        rows(&shop, name).into_iter().map(|row| row[place].clone()).collect()
    };
    assert!(column("events.csv", 3).is_subset(&column("items.csv", 0)));
    assert_eq!(column("items.csv", 0), column("item_properties.csv", 1));
    assert_eq!(column("items.csv", 1).len(), column("items.csv", 0).len(), "two items have one name");
    assert_eq!(column("categories.csv", 0), column("category_tree.csv", 0));
    assert!(column("campaign.csv", 0).is_subset(&column("customers.csv", 0)));
    assert!(column("customers.csv", 2).iter().all(|email| email.contains("@example.")));
    let events = rows(&shop, "events.csv");
    assert!(events.windows(2).all(|pair| pair[0][0] <= pair[1][0]), "in order of time");
    let orders: HashSet<&str> = events.iter().map(|row| row[4].as_str()).filter(|order| !order.is_empty()).collect();
    let buyers: HashSet<&str> =
        events.iter().filter(|row| row[2] == "transaction").map(|row| row[1].as_str()).collect();
    assert!(orders.len() > 2 * buyers.len(), "buyers come back: {} orders of {}", orders.len(), buyers.len());
}

#[test]
fn sundays_are_busy_and_fridays_quiet() {
    let shop = shop(0.002, 7);
    let mut days = [0; 7];
    for row in rows(&shop, "events.csv") {
        // 1970-01-05 was a Monday.
        days[((row[0].parse::<i64>().unwrap() / DAY + 3) % 7) as usize] += 1;
    }
    assert!(days[6] * 2 > 3 * days[4], "{days:?}");
}

#[test]
fn the_campaigns_outcome_is_what_the_log_says_and_its_effect_what_the_truth_says() {
    let shop = shop(0.01, 7);
    let mut ordered: HashSet<String> = HashSet::new();
    for row in rows(&shop, "events.csv").into_iter().filter(|row| row[2] == "transaction") {
        let time: i64 = row[0].parse().unwrap();
        if (SENT..SENT + 60 * DAY).contains(&time) {
            ordered.insert(row[1].clone());
        }
    }
    let campaign = rows(&shop, "campaign.csv");
    for row in &campaign {
        assert_eq!(row[3] == "1", ordered.contains(&row[0]), "{row:?}");
    }
    let truth: HashMap<String, Vec<String>> =
        rows(&shop, "truth.csv").into_iter().map(|row| (row[0].clone(), row)).collect();
    // Of each arm the share that ordered lies within four standard errors of the mean of the chances.
    for (arm, effect) in [("hold-out", None), ("newsletter", Some(6)), ("voucher", Some(7))] {
        let members: Vec<&Vec<String>> = campaign.iter().filter(|row| row[1] == arm).collect();
        let of = |row: &[String], place: usize| row[place].parse::<f64>().unwrap();
        let chance = |row: &&Vec<String>| {
            let truth = &truth[&row[0]];
            of(truth, 5) + effect.map_or(0.0, |place| of(truth, place))
        };
        let count = members.len() as f64;
        assert!(count > 1_500.0, "{arm}: {count}");
        let expected = members.iter().map(chance).sum::<f64>() / count;
        let seen = members.iter().filter(|row| row[3] == "1").count() as f64 / count;
        let error = (members.iter().map(|row| chance(row) * (1.0 - chance(row))).sum::<f64>()).sqrt() / count;
        assert!((seen - expected).abs() < 4.0 * error, "{arm}: {seen} against {expected} ± {error}");
    }
    let effects: HashSet<&str> = truth.values().map(|row| row[7].as_str()).filter(|text| !text.is_empty()).collect();
    assert!(effects.len() > 3, "the effect differs between users: {effects:?}");
}
