//! What users will buy, on shops with a planted truth: customers who were there before the log, and orders of several rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::headless::{path, report, stage, succeeded, user360};

const DAYS: f64 = 300.0;
const CUSTOMERS: u32 = 400;
/// Days ahead that are predicted.
const HORIZON: f64 = 60.0;

/// When each customer orders, in days since the log began. Gaps are exponential around a mean of 10 to 50 days of the
/// customer's own; every customer is there when the log begins, or arrives on some day of it.
fn orders(are_there: bool) -> Vec<(u32, f64)> {
    let mut state = 7_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let mut orders = Vec::new();
    for customer in 0..CUSTOMERS {
        let mean = 10.0 + 40.0 * uniform();
        let mut at = if are_there { -mean * uniform().ln() } else { DAYS * uniform() };
        while at < DAYS {
            orders.push((customer, at));
            at -= mean * uniform().ln();
        }
    }
    orders
}

/// How many rows an order has.
fn rows_of(order: usize) -> usize {
    1 + order % 3
}

/// Runs LTV on a shop's orders, counting `count`.
fn run(orders: &[(u32, f64)], count: &str) -> (TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (log, workspace) = (folder.path().join("orders.csv"), folder.path().join("workspace"));
    let start = jiff::civil::datetime(2024, 1, 1, 0, 0, 0, 0);
    let mut text = String::from("time,customer,order,item,quantity,total\n");
    for (order, &(customer, at)) in orders.iter().enumerate() {
        let time = start.checked_add(jiff::Span::new().seconds((at * 86_400.0) as i64)).unwrap();
        for row in 0..rows_of(order) {
            let item = (order * 7 + row) % 50;
            writeln!(text, "{time},{customer},{order},{item},1,{}.50", 5 + order % 20).unwrap();
        }
    }
    fs::write(&log, text).unwrap();
    succeeded(user360(&["init", path(&log), "--yes", "--workspace", path(&workspace)]));
    let file = workspace.join("user360.toml");
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("count = \"orders\""), "{written}");
    fs::write(&file, written.replace("count = \"orders\"", &format!("count = \"{count}\""))).unwrap();
    succeeded(user360(&["run", "--workspace", path(&workspace), "--only", "ltv"]));
    let told = report(&workspace);
    (folder, told)
}

fn notes(report: &Value) -> String {
    stage(report, "ltv")["notes"].to_string()
}

#[test]
fn customers_who_were_there_before_the_log_are_said() {
    let (folder, told) = run(&orders(true), "orders");
    assert!(notes(&told).contains("start unknown: "), "{}", notes(&told));
    // Chances are told only where earlier cutoffs show that they hold.
    let workspace = folder.path().join("workspace");
    let query = "select count(p_alive) as told, count(*) as users from ltv";
    let rows = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(&workspace)]));
    let rows: Value = serde_json::from_str(&rows).unwrap();
    let holds = notes(&told).contains("held all the same");
    assert_eq!(rows[0]["told"] == rows[0]["users"], holds, "{rows} {}", notes(&told));
    let (_folder, told) = run(&orders(false), "orders");
    assert!(!notes(&told).contains("start unknown"), "{}", notes(&told));
}

#[test]
fn orders_or_rows_are_counted_as_the_setting_says() {
    let all = orders(true);
    let last = all.iter().map(|order| order.1).fold(0.0, f64::max);
    let cutoff = last - HORIZON;
    let known: BTreeSet<u32> = all.iter().filter(|order| order.1 <= cutoff).map(|order| order.0).collect();
    let (mut came, mut rows) = (BTreeMap::new(), 0);
    for (order, (customer, _)) in
        all.iter().enumerate().filter(|(_, (customer, at))| known.contains(customer) && *at > cutoff)
    {
        *came.entry(customer).or_insert(0) += 1;
        rows += rows_of(order);
    }
    let orders: usize = came.values().sum();
    for (count, expected) in [("orders", orders), ("rows", rows)] {
        let (_folder, told) = run(&all, count);
        let metrics = &stage(&told, "ltv")["metrics"];
        assert_eq!(metrics["total_actual"].as_f64(), Some(expected as f64), "{count}: {metrics}");
        let predicted = metrics["total_predicted"].as_f64().unwrap();
        assert!((predicted / expected as f64 - 1.0).abs() < 0.1, "{count}: {predicted} where {expected} came");
    }
}
