//! Features against logs computed by hand.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

use crate::features::{
    Buyer, DAY_MS, DEFINITIONS, FeatureTable, Transform, TransformOptions, abandoned, build, build_between, buyers,
    labels,
};
use crate::ingest::{EventKind, EventLog, Ids, NONE};
use crate::job::Job;

const MINUTE: i64 = 60_000;
/// Monday 2015-06-01 00:00 UTC.
const MONDAY: i64 = 1_433_116_800_000;

type Row = (u32, i64, EventKind, u32, u32, f64);

/// A log of (user, time, kind, item, transaction, price) rows, which come sorted by user and time.
fn log(rows: &[Row]) -> EventLog {
    let users = rows.iter().map(|row| row.0).max().unwrap() + 1;
    let offsets = (0..=users).map(|user| rows.iter().filter(|row| row.0 < user).count() as u32).collect();
    let codes = |most: u32| Ids::Integer((0..=i64::from(most)).collect());
    let transactions = rows.iter().map(|row| row.4).filter(|&code| code != NONE).max();
    EventLog {
        users: codes(users - 1),
        items: codes(rows.iter().map(|row| row.3).max().unwrap()),
        transactions: transactions.map_or(Ids::Integer(Vec::new()), codes),
        offsets,
        time: rows.iter().map(|row| row.1).collect(),
        kind: rows.iter().map(|row| row.2).collect(),
        item: rows.iter().map(|row| row.3).collect(),
        transaction: rows.iter().map(|row| row.4).collect(),
        price: rows.iter().map(|row| row.5).collect(),
        session: Vec::new(),
        active_until: Vec::new(),
        as_of: rows.iter().map(|row| row.1).max().unwrap(),
        zone: crate::zone::ShopZone::default(),
        late: crate::ingest::LateLinks::default(),
    }
}

fn shop() -> EventLog {
    use EventKind::{AddToCart, Transaction, View};
    log(&[
        // User 0: a session of three events over 20 minutes on Monday, a purchase session on Saturday, and one view on
        // the following Saturday, 14 days after the first event less two.
        (0, MONDAY, View, 0, NONE, f64::NAN),
        (0, MONDAY + 10 * MINUTE, View, 1, NONE, f64::NAN),
        (0, MONDAY + 20 * MINUTE, AddToCart, 1, NONE, f64::NAN),
        (0, MONDAY + 5 * DAY_MS, View, 1, NONE, f64::NAN),
        (0, MONDAY + 5 * DAY_MS + 30 * MINUTE, Transaction, 1, 0, 12.5),
        (0, MONDAY + 5 * DAY_MS + 30 * MINUTE, Transaction, 2, 0, 7.25),
        (0, MONDAY + 12 * DAY_MS, View, 0, NONE, f64::NAN),
        // User 1: a single cart event, no view.
        (1, MONDAY + 3 * DAY_MS, AddToCart, 2, NONE, f64::NAN),
        // User 2: comes only after two weeks.
        (2, MONDAY + 14 * DAY_MS, View, 2, NONE, f64::NAN),
        (2, MONDAY + 14 * DAY_MS + 30 * MINUTE + 1, Transaction, 2, 1, f64::NAN),
    ])
}

/// Items 0 and 1 are in category 4, item 2 in category 9.
const CATEGORY: [u32; 3] = [4, 4, 9];

fn table(cutoff: i64) -> FeatureTable {
    build(&shop(), &CATEGORY, cutoff, 30.0, &Job::new()).unwrap()
}

fn values(table: &FeatureTable, name: &str) -> Vec<f64> {
    let feature = table.feature(name).unwrap();
    (0..table.len()).map(|row| feature.values.get(row)).collect()
}

#[track_caller]
fn assert_feature(table: &FeatureTable, name: &str, expected: &[f64]) {
    let found = values(table, name);
    let same = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(same), "{name}: {found:?} ≠ {expected:?}");
}

#[test]
fn every_feature_of_a_log_computed_by_hand() {
    let table = table(MONDAY + 14 * DAY_MS);
    assert_eq!(table.users, [0, 1, 2]);
    let nan = f64::NAN;
    // User 2 has only the view at the cutoff itself: "as of C" includes C.
    for (name, expected) in [
        ("sessions", [3.0, 1.0, 1.0]), // a gap of exactly 30 minutes stays inside a session
        ("total_events", [7.0, 1.0, 1.0]),
        ("unique_items", [2.0, 0.0, 1.0]),
        ("avg_time_between_events", [12.0 * 86_400.0 / 6.0, nan, nan]),
        ("view_cart_ratio", [1.0 / 4.0, nan, 0.0]),
        ("recency_days", [2.0, 11.0, 0.0]),
        ("views", [4.0, 0.0, 1.0]),
        ("addtocarts", [1.0, 1.0, 0.0]),
        ("transactions", [2.0, 0.0, 0.0]),
        ("orders", [1.0, 0.0, 0.0]),
        ("items_bought", [2.0, 0.0, 0.0]),
        ("tenure_days", [14.0, 11.0, 0.0]),
        ("active_days", [3.0, 1.0, 1.0]),
        ("events_7d", [1.0, 0.0, 1.0]),
        ("events_30d", [7.0, 1.0, 1.0]),
        ("transactions_30d", [2.0, 0.0, 0.0]),
        ("unique_categories", [2.0, 1.0, 1.0]),
        ("avg_session_events", [7.0 / 3.0, 1.0, 1.0]),
        ("avg_session_minutes", [50.0 / 3.0, 0.0, 0.0]),
        ("weekend_share", [4.0 / 7.0, 0.0, 0.0]),
        ("spend", [19.75, 0.0, 0.0]),
        // One buyer alone; the others have no scores.
        ("r", [1.0, nan, nan]),
        ("f", [1.0, nan, nan]),
        ("m", [1.0, nan, nan]),
        ("days_since_order", [9.0 - 1.0 / 48.0, nan, nan]),
        ("orders_60d", [1.0, 0.0, 0.0]),
        ("orders_180d", [1.0, 0.0, 0.0]),
        ("avg_days_between_orders", [nan, nan, nan]),
        // Nobody bought on two days: the shop has no rhythm.
        ("overdue", [nan, nan, nan]),
        ("spend_90d", [19.75, 0.0, 0.0]),
    ] {
        assert_feature(&table, name, &expected);
    }
    assert_eq!(table.top_category, [4, 9, 9]);
    let order: Vec<&str> = table.features.iter().map(|feature| feature.name.as_ref()).collect();
    assert_eq!(order, DEFINITIONS.iter().map(|feature| feature.name).collect::<Vec<_>>());
}

/// One buys on days 0, 10 and 20, one on days 0 and 30, one on day 5; it is day 40. The gaps are 10, 10 and 30.
#[test]
fn a_purchase_is_overdue_by_the_buyer_s_rhythm_drawn_to_the_shop_s() {
    let bought = |user: u32, day: i64| (user, MONDAY + day * DAY_MS, EventKind::Transaction, 0, NONE, 1.0);
    let mut rows = vec![bought(0, 0), bought(0, 10), bought(0, 20), bought(1, 0), bought(1, 30), bought(2, 5)];
    rows.push((3, MONDAY + 40 * DAY_MS, EventKind::View, 0, NONE, f64::NAN));
    let log = log(&rows);
    let table = build(&log, &[], log.as_of, 30.0, &Job::new()).unwrap();
    let nan = f64::NAN;
    assert_feature(&table, "days_since_order", &[20.0, 10.0, 35.0, nan]);
    assert_feature(&table, "avg_days_between_orders", &[10.0, 30.0, nan, nan]);
    assert_feature(&table, "overdue", &[20.0 / 10.0, 10.0 / (60.0 / 4.0), 35.0 / 10.0, nan]);
    assert_feature(&table, "orders", &[3.0, 2.0, 1.0, 0.0]);
    assert_feature(&table, "orders_60d", &[3.0, 2.0, 1.0, 0.0]);
    assert_feature(&table, "r", &[2.0, 4.0, 1.0, nan]);
}

/// Two orders of one day are one day; what came back is taken off; who only looks is no buyer.
#[test]
fn buyers_are_told_by_days() {
    let bought = |user: u32, time: i64, price: f64| (user, MONDAY + time, EventKind::Transaction, 0, NONE, price);
    let mut log = log(&[
        bought(0, 0, 10.0),
        bought(0, MINUTE, 5.0),
        bought(0, 9 * DAY_MS, 2.5),
        (0, MONDAY + 10 * DAY_MS, EventKind::Return, 0, NONE, -5.0),
        (1, MONDAY + 20 * DAY_MS, EventKind::View, 0, NONE, f64::NAN),
        bought(2, DAY_MS, f64::NAN),
    ]);
    log.active_until = vec![3, 5, 6];
    let table = build(&log, &[], log.as_of, 30.0, &Job::new()).unwrap();
    let found = buyers(&log, &table);
    assert_eq!(found[0], Some(Buyer { days: 2, rows: 3, orders: 2, span: 9.0, age: 20.0, net: 12.5 }));
    assert_eq!(found[1], None);
    assert!(found[2].is_some_and(|buyer| buyer.days == 1 && buyer.net.is_nan()));
}

#[test]
fn events_after_the_cutoff_change_no_feature() {
    let cutoff = MONDAY + 6 * DAY_MS;
    let before = table(cutoff);
    let mut rows: Vec<Row> = Vec::new();
    let full = shop();
    for user in 0..3 {
        rows.extend(
            full.events_of(user)
                .map(|e| (user, full.time[e], full.kind[e], full.item[e], full.transaction[e], full.price[e])),
        );
        rows.extend(
            (1..200).map(|n| (user, MONDAY + 20 * DAY_MS + n * MINUTE, EventKind::Transaction, n as u32 % 3, 0, 99.0)),
        );
    }
    let after = build(&log(&rows), &CATEGORY, cutoff, 30.0, &Job::new()).unwrap();
    assert_eq!(before.users, [0, 1]);
    assert_eq!(before.users, after.users);
    assert_eq!(before.top_category, after.top_category);
    for feature in &before.features {
        assert_feature(&after, &feature.name, &values(&before, &feature.name));
    }
}

#[test]
fn labels_count_only_what_follows_the_cutoff() {
    let log = shop();
    let table = table(MONDAY + 5 * DAY_MS + MINUTE);
    assert_eq!(table.users, [0, 1]);
    assert_eq!(labels::left(&log, &table, log.as_of), [false, true]);
    assert_eq!(labels::purchases(&log, &table, log.as_of), [2.0, 0.0]);
    assert_eq!(labels::revenue(&log, &table, log.as_of), (vec![19.75, 0.0], 0));
    // A window that ends before the purchase.
    let early = table.as_of + 10 * MINUTE;
    assert_eq!(labels::left(&log, &table, early), [true, true]);
    assert_eq!(labels::purchases(&log, &table, early), [0.0, 0.0]);
    let mut half_priced = log;
    half_priced.price[5] = f64::NAN;
    assert_eq!(labels::revenue(&half_priced, &table, half_priced.as_of), (vec![12.5, 0.0], 1));
}

#[test]
fn the_log_s_own_session_ids_decide_where_it_has_them() {
    let mut log = shop();
    log.session = vec![7, 7, 8, 8, 9, 9, 9, 1, 2, 2];
    let table = build(&log, &CATEGORY, MONDAY + 30 * DAY_MS, 30.0, &Job::new()).unwrap();
    assert_feature(&table, "sessions", &[3.0, 1.0, 1.0]);
    let minutes = [10.0, 5.0 * 1440.0 - 20.0, 7.0 * 1440.0 - 30.0].iter().sum::<f64>() / 3.0;
    assert_feature(&table, "avg_session_minutes", &[minutes, 0.0, 30.0 + 1.0 / 60_000.0]);
}

#[test]
fn what_a_log_cannot_tell_is_null() {
    let mut log = shop();
    log.kind.fill(EventKind::Transaction);
    log.price.clear();
    let table = build(&log, &[], log.as_of, 30.0, &Job::new()).unwrap();
    for name in ["views", "unique_items", "addtocarts", "view_cart_ratio", "unique_categories", "spend", "m"] {
        assert!(values(&table, name).iter().all(|value| value.is_nan()), "{name} should be null");
    }
    assert_feature(&table, "transactions", &[7.0, 1.0, 2.0]);
    let all: Vec<u32> = (0..3).collect();
    let transform = Transform::fit(&table, &all, &TransformOptions { indicators: true, ..TransformOptions::default() });
    assert!(transform.left_out.iter().any(|(name, reason)| name == "views" && reason == "no value is known"));
    assert!(transform.apply(&table).values.iter().all(|value| value.is_finite()));
}

#[test]
fn the_transform_standardises_by_training_rows_only() {
    let table = table(MONDAY + 14 * DAY_MS);
    let only = Some(vec!["avg_time_between_events".to_owned(), "total_events".to_owned()]);
    let options = TransformOptions { indicators: true, only, ..TransformOptions::default() };
    let transform = Transform::fit(&table, &[0, 1], &options);
    let names: Vec<_> = transform.columns.iter().map(|column| column.name.as_str()).collect();
    // One known gap among the training rows: constant after imputation, so only its indicator remains.
    assert_eq!(names, ["total_events", "avg_time_between_events_missing"]);
    let matrix = transform.apply(&table);
    // ln(8) and ln(2): mean and deviation of two values put them at +1 and −1; user 2 equals user 1.
    let expected = [1.0, -1.0, -1.0, 1.0, -1.0, 1.0];
    assert!(matrix.values.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-5), "{:?}", matrix.values);
}

#[test]
fn the_same_table_at_any_thread_count() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(|| table(MONDAY + 14 * DAY_MS));
    let two = pool(2).install(|| table(MONDAY + 14 * DAY_MS));
    assert_eq!(format!("{one:?}"), format!("{two:?}"));
}

#[test]
fn definitions_have_names_and_places_of_their_own() {
    let mut names: Vec<&str> = DEFINITIONS.iter().map(|feature| feature.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    let mut places: Vec<u8> = DEFINITIONS.iter().filter_map(|feature| Some(feature.words?.place)).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "{places:?}");
    assert!(DEFINITIONS.iter().all(|feature| !feature.meaning.is_empty() && !feature.unit.is_empty()));
}

#[test]
fn a_log_read_from_a_day_on_is_a_log_that_begins_there() {
    let from = MONDAY + 2 * DAY_MS;
    let whole = shop();
    let codes = [0, 1, 2];
    let cutoff = MONDAY + 13 * DAY_MS;
    let read = build_between(&codes, &whole, &CATEGORY, (from, cutoff), 30.0, &Job::new()).unwrap();
    let later: Vec<usize> = (0..whole.time.len()).filter(|&event| whole.time[event] >= from).collect();
    let user = |event: usize| whole.offsets.partition_point(|&start| start as usize <= event) as u32 - 1;
    let rows: Vec<Row> = later
        .iter()
        .map(|&at| (user(at), whole.time[at], whole.kind[at], whole.item[at], whole.transaction[at], whole.price[at]))
        .collect();
    let begun = build(&log(&rows), &CATEGORY, cutoff, 30.0, &Job::new()).unwrap();
    assert_eq!(read.users, begun.users);
    for (read, begun) in read.features.iter().zip(&begun.features) {
        for row in 0..begun.values.len() {
            let (a, b) = (read.values.get(row), begun.values.get(row));
            assert!(a == b || (a.is_nan() && b.is_nan()), "{} of row {row}: {a} and {b}", read.name);
        }
    }
}

#[test]
fn a_cart_that_was_bought_is_not_abandoned() {
    let (log, now) = (shop(), table(MONDAY + 15 * DAY_MS));
    // User 0 bought after the cart, user 1 never did, user 2 had none.
    assert_eq!(abandoned(&log, &now), [false, true, false]);
    assert_eq!(abandoned(&log, &table(MONDAY + DAY_MS)), [true], "as of a day before the purchase");
}
