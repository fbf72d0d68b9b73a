#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{HashMap, HashSet};
use std::fs;

use super::*;

/// A generated set, read back as text.
struct Set {
    folder: tempfile::TempDir,
    report: SynthReport,
}

impl Set {
    fn new(settings: &SynthSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let report = generate(folder.path(), settings, &Job::new()).unwrap();
        Self { folder, report }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let text = self.text(name);
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    fn events(&self) -> Vec<Seen> {
        self.rows(EVENTS)
            .into_iter()
            .map(|row| Seen {
                time: row[0].parse().unwrap(),
                user: row[1].parse().unwrap(),
                kind: EventKind::ALL.into_iter().find(|kind| kind.name() == row[2]).unwrap(),
                item: row[3].parse().unwrap(),
                order: row[4].parse().ok(),
            })
            .collect()
    }

    fn segments(&self) -> HashMap<u32, String> {
        self.rows(TRUTH).into_iter().map(|row| (row[0].parse().unwrap(), row[1].clone())).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Seen {
    user: u32,
    time: i64,
    kind: EventKind,
    item: u32,
    order: Option<u32>,
}

fn small() -> SynthSettings {
    SynthSettings { scale: 0.02, truth: true, ..SynthSettings::default() }
}

fn near(name: &str, count: usize, wanted: f64, tolerance: f64) {
    let off = count as f64 / wanted - 1.0;
    assert!(off.abs() <= tolerance, "{name}: {count}, {:+.2} % off {wanted}", 100.0 * off);
}

#[test]
fn a_fiftieth_of_the_real_set_has_a_fiftieth_of_its_counts() {
    let set = Set::new(&small());
    let events = set.events();
    let of = |kind| events.iter().filter(|event| event.kind == kind).count();
    near("events", events.len(), 2_756_101.0 / 50.0, 0.02);
    near("views", of(EventKind::View), 2_664_312.0 / 50.0, 0.02);
    near("carts", of(EventKind::AddToCart), 69_332.0 / 50.0, 0.03);
    near("purchases", of(EventKind::Transaction), 22_457.0 / 50.0, 0.05);
    let orders: HashSet<_> = events.iter().filter_map(|event| event.order).collect();
    near("orders", orders.len(), 17_672.0 / 50.0, 0.10);
    let mut per_user: HashMap<u32, usize> = HashMap::new();
    for event in &events {
        *per_user.entry(event.user).or_default() += 1;
    }
    assert_eq!(per_user.len(), 28_152, "users");
    near("users with one event", per_user.values().filter(|&&n| n == 1).count(), 0.71 * 28_152.0, 0.02);
    let items: HashSet<_> = events.iter().map(|event| event.item).collect();
    near("items", items.len(), 235_061.0 * 0.02_f64.powf(0.8), 0.02);
    assert_eq!(events.iter().map(|event| event.time).max(), Some(END));
    assert_eq!(events.iter().map(|event| event.time).min(), Some(START));
    assert!(!events.is_sorted_by_key(|event| event.time), "the real log is not in time order");
    let report = &set.report;
    assert_eq!(report.events, events.len() as u64);
    assert_eq!(
        (report.views, report.addtocarts, report.transactions),
        (of(EventKind::View) as u64, of(EventKind::AddToCart) as u64, of(EventKind::Transaction) as u64)
    );
    assert_eq!(
        (report.users, report.items, report.orders),
        (per_user.len() as u64, items.len() as u64, orders.len() as u64)
    );
}

#[test]
fn the_seed_alone_decides_the_bytes() {
    let settings = SynthSettings { scale: 0.002, properties: true, truth: true, ..SynthSettings::default() };
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let three_threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let one = one_thread.install(|| Set::new(&settings));
    let same = three_threads.install(|| Set::new(&settings));
    let other = Set::new(&SynthSettings { seed: 8, ..settings });
    for name in [EVENTS, TREE, PART1, PART2, TRUTH] {
        assert!(one.text(name) == same.text(name), "{name} differs between runs of the same seed");
        assert!(one.text(name) != other.text(name), "{name} is the same for another seed");
    }
}

#[test]
fn what_is_bought_was_put_into_the_cart_and_what_is_in_the_cart_was_viewed() {
    let set = Set::new(&SynthSettings { scale: 0.005, engagement: 3.0, ..SynthSettings::default() });
    let mut events = set.events();
    events.sort_unstable();
    let mut seen: HashSet<(u32, u32, EventKind)> = HashSet::new();
    let mut order_users: HashMap<u32, u32> = HashMap::new();
    for event in &events {
        let earlier = match event.kind {
            EventKind::View => None,
            EventKind::AddToCart => Some(EventKind::View),
            EventKind::Transaction => Some(EventKind::AddToCart),
            other => panic!("a made-up log holds no {}", other.name()),
        };
        if let Some(earlier) = earlier {
            assert!(seen.contains(&(event.user, event.item, earlier)), "{event:?} without {earlier:?}");
        }
        seen.insert((event.user, event.item, event.kind));
        assert_eq!(event.order.is_some(), event.kind == EventKind::Transaction, "{event:?}");
        if let Some(order) = event.order {
            assert_eq!(*order_users.entry(order).or_insert(event.user), event.user, "order {order} of two users");
        }
    }
    assert!(order_users.len() > 500);
    assert_eq!(events.iter().collect::<HashSet<_>>().len(), events.len(), "exact duplicates");
}

#[test]
fn planted_segments_behave_differently() {
    let set = Set::new(&SynthSettings { scale: 0.01, engagement: 2.0, properties: true, ..small() });
    let segments = set.segments();
    let mut users: HashMap<&str, f64> = HashMap::new();
    for segment in segments.values() {
        *users.entry(segment).or_default() += 1.0;
    }
    let mut counts: HashMap<(&str, &str), f64> = HashMap::new();
    for event in set.events() {
        let segment = segments[&event.user].as_str();
        *counts.entry((segment, event.kind.name())).or_default() += 1.0;
        *counts.entry((segment, "events")).or_default() += 1.0;
        // 1970-01-05 was a Monday.
        let weekday = (event.time / 86_400_000 - 4) % 7;
        *counts.entry((segment, if weekday >= 5 { "weekend" } else { "week" })).or_default() += 1.0;
    }
    let count = |segment: Segment, what: &'static str| counts.get(&(segment.name(), what)).copied().unwrap_or(0.0);
    let per_user = |segment: Segment, what: &'static str| count(segment, what) / users[segment.name()];
    let weekends = |segment| count(segment, "weekend") / count(segment, "events");
    assert_eq!(users.len(), 6);
    assert!((per_user(Segment::OneTimeViewer, "events") - 1.0).abs() < 1e-12);
    for other in Segment::ALL.into_iter().filter(|&other| other != Segment::LoyalBuyer) {
        assert!(per_user(Segment::LoyalBuyer, "transaction") > 5.0 * per_user(other, "transaction"), "{other:?}");
        assert!(per_user(Segment::LoyalBuyer, "events") > 2.0 * per_user(other, "events"), "{other:?}");
        if other != Segment::WeekendShopper {
            assert!(weekends(Segment::WeekendShopper) > 2.0 * weekends(other), "{other:?}");
        }
    }
    let bought = |segment| count(segment, "transaction") / count(segment, "addtocart");
    assert!(bought(Segment::CartAbandoner) < 0.3 * bought(Segment::BargainHunter));
    assert!(per_user(Segment::CartAbandoner, "addtocart") > 5.0 * per_user(Segment::Browser, "addtocart"));
    let paid = |wanted: Segment| {
        let prices = set.prices();
        let viewed: Vec<f64> = (set.events().iter())
            .filter(|event| segments[&event.user] == wanted.name())
            .map(|event| prices[&event.item].ln())
            .collect();
        viewed.iter().sum::<f64>() / viewed.len() as f64
    };
    assert!(paid(Segment::BargainHunter) < paid(Segment::Browser) - 0.2);
}

impl Set {
    /// A price of each item.
    fn prices(&self) -> HashMap<u32, f64> {
        (self.rows(PART1).into_iter().chain(self.rows(PART2)))
            .filter(|row| row[2] == "790")
            .map(|row| (row[1].parse().unwrap(), row[3].strip_prefix('n').unwrap().parse().unwrap()))
            .collect()
    }
}

#[test]
fn the_truth_foretells_purchases_and_returns() {
    let set = Set::new(&SynthSettings { scale: 0.05, engagement: 2.0, ..small() });
    let (mut expected, mut no_return, mut known) = (0.0, 0.0, 0.0);
    let mut watched: HashSet<u32> = HashSet::new();
    for row in set.rows(TRUTH) {
        if !row[6].is_empty() {
            expected += row[6].parse::<f64>().unwrap();
            watched.insert(row[0].parse().unwrap());
        }
        if !row[8].is_empty() {
            no_return += row[8].parse::<f64>().unwrap();
            known += 1.0;
        }
    }
    let events = set.events();
    let after = |days: i64| END - days * 86_400_000;
    let bought = events
        .iter()
        .filter(|event| event.kind == EventKind::Transaction && event.time > after(60) && watched.contains(&event.user))
        .count();
    // Expectation over the future of about 1,600 users who last: the deviation is some 5 %.
    near("purchases", bought, expected, 0.15);
    let before: HashSet<u32> = events.iter().filter(|event| event.time <= after(30)).map(|event| event.user).collect();
    let back: HashSet<u32> = events
        .iter()
        .filter(|event| event.time > after(30) && before.contains(&event.user))
        .map(|event| event.user)
        .collect();
    assert!((known - before.len() as f64).abs() < 0.5);
    near("returned", back.len(), known - no_return, 0.08);
}

#[test]
fn every_item_has_category_stock_and_price_spread_over_both_files() {
    let settings = SynthSettings { scale: 0.002, properties: true, ..SynthSettings::default() };
    let set = Set::new(&settings);
    let (part1, part2) = (set.rows(PART1), set.rows(PART2));
    let rows = part1.len() + part2.len();
    near("rows", rows, 20_275_902.0 * 0.002, 0.001);
    near("rows of part 1", part1.len(), 0.542 * rows as f64, 0.001);
    assert_eq!(set.report.property_rows, rows as u64);
    let mut named: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut taken = HashSet::new();
    for row in part1.iter().chain(&part2) {
        assert_eq!(row.len(), 4);
        assert!(taken.insert((&row[0], &row[1], &row[2])), "{row:?} twice");
        let whole = match row[2].as_str() {
            "categoryid" => row[3].parse::<u32>().is_ok(),
            "available" => row[3] == "0" || row[3] == "1",
            "790" => row[3].strip_prefix('n').is_some_and(|price| price.parse::<f64>().unwrap() > 0.0),
            _ => !row[3].is_empty(),
        };
        assert!(whole, "{row:?}");
        named.entry(&row[2]).or_default().insert(&row[1]);
    }
    let items: HashSet<String> = set.events().iter().map(|event| event.item.to_string()).collect();
    for name in ["categoryid", "available", "790"] {
        let missing = items.iter().filter(|item| !named[name].contains(item.as_str())).count();
        assert_eq!(missing, 0, "items without {name}");
    }
    assert!(named["categoryid"].len() as f64 > 1.5 * items.len() as f64, "items without an event have properties too");
    let tree = set.rows(TREE);
    let known: HashSet<&str> = tree.iter().map(|row| row[0].as_str()).collect();
    assert!(tree.iter().all(|row| row[1].is_empty() || known.contains(row[1].as_str())));
    assert!(part1.iter().filter(|row| row[2] == "categoryid").all(|row| known.contains(row[3].as_str())));
}

#[test]
fn sizes_out_of_range_and_files_in_the_way_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let make = |settings: SynthSettings| generate(folder.path(), &settings, &Job::new());
    let tiny = SynthSettings { scale: 0.0005, ..SynthSettings::default() };
    for scale in [0.0, -1.0, f64::NAN, 11.0] {
        let error = make(SynthSettings { scale, ..tiny }).unwrap_err().to_string();
        assert!(error.contains("between 0.0005 and 10"), "{error}");
    }
    make(SynthSettings { properties: true, ..tiny }).unwrap();
    let error = make(tiny).unwrap_err().to_string();
    assert!(error.contains(EVENTS) && error.contains("exists"), "{error}");
    let error = make(SynthSettings { overwrite: true, ..tiny }).unwrap_err().to_string();
    assert!(error.contains(PART1) && error.contains("another set"), "{error}");
    make(SynthSettings { properties: true, overwrite: true, ..tiny }).unwrap();
}

#[test]
fn a_cancelled_generator_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let job = Job::new();
    job.cancel();
    let outcome = generate(folder.path(), &small(), &job);
    assert!(matches!(outcome, Err(Error::Cancelled)), "{outcome:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let file = NewFile::create(folder.path(), EVENTS, "timestamp").unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(file);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// What a folder of the repository holds is what the command in its README makes.
fn is_made_by(folder: &str, settings: &SynthSettings, command: &str) {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let made = tempfile::tempdir().unwrap();
    let report = generate(made.path(), settings, &Job::new()).unwrap();
    for (path, _) in &report.files {
        let name = path.file_name().unwrap();
        let (old, new) = (fs::read(committed.join(name)).unwrap(), fs::read(path).unwrap());
        assert!(old == new, "{folder}/{} is not what the command in its README makes", name.display());
    }
    assert_eq!(fs::read_dir(&committed).unwrap().count(), report.files.len() + 1, "{folder} holds something else");
    let readme = fs::read_to_string(committed.join("README.md")).unwrap();
    assert!(readme.contains(command), "the README should name the command: {command}");
}

#[test]
fn the_committed_sample_is_what_its_command_makes() {
    let settings = SynthSettings::sample();
    let command = format!("user360 sample sample-data --shop --scale {} --seed {}", settings.scale, settings.seed);
    is_made_by("sample-data", &settings, &command);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let sizes = fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    assert!(sizes.sum::<u64>() <= 1_000_000, "the sample is small enough to be cloned with the source");
}

/// The log that the generator wrote before there was a shop, byte for byte.
#[test]
fn without_a_shop_the_generator_writes_what_it_always_did() {
    let settings = SynthSettings::lively();
    let command = format!(
        "user360 sample sample-data --scale {} --seed {} --engagement {} --props --property-scale {}",
        settings.scale, settings.seed, settings.engagement, settings.property_scale
    );
    is_made_by("tests/fixtures/sample-v1", &settings, &command);
}
