//! A grocer's log in the shape of Complete Journey: eight Parquet files, from the folder to the report by `init` and `run`
//! alone.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::*;
use serde_json::{Value, json};

use crate::headless::{path, report, succeeded, user360};

fn write(folder: &Path, name: &str, mut table: DataFrame) {
    let out = File::create(folder.join(format!("{name}.parquet"))).unwrap();
    ParquetWriter::new(out).finish(&mut table).unwrap();
}

/// 2,000 lines of 60 households over a year. What they spent, in cents.
fn grocer(folder: &Path) -> i64 {
    fs::create_dir(folder).unwrap();
    let lines = || 0..2_000_i64;
    let cents = |line: i64| 50 + line * 37 % 900;
    let basket = |line: i64| line / 4;
    let household = |line: i64| 100 + basket(line) * 7 % 60;
    let product = |line: i64| 25_671 + line * 13 % 90;
    // From 2017-01-01, one basket in 17 hours.
    let time = |line: i64| (1_483_228_800 + basket(line) * 61_200) * 1_000_000;
    let ints =
        |name: &str, value: &dyn Fn(i64) -> i64| Column::new(name.into(), lines().map(value).collect::<Vec<_>>());
    let money =
        |name: &str, value: &dyn Fn(i64) -> f64| Column::new(name.into(), lines().map(value).collect::<Vec<_>>());
    let times = ints("transaction_timestamp", &time).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    let transactions = vec![
        ints("household_id", &household),
        ints("store_id", &|line| 300 + line % 5),
        ints("basket_id", &|line| 31_198_570_044 + basket(line)),
        ints("product_id", &product),
        ints("quantity", &|line| 1 + line % 3),
        money("sales_value", &|line| cents(line) as f64 / 100.0),
        money("retail_disc", &|line| if line % 5 == 0 { 0.1 } else { 0.0 }),
        money("coupon_disc", &|_| 0.0),
        money("coupon_match_disc", &|_| 0.0),
        ints("week", &|line| basket(line) * 61_200 / 604_800 + 1),
        times,
    ];
    write(folder, "transactions", DataFrame::new_infer_height(transactions).unwrap());
    let products: Vec<i64> = (0..90).map(|at| 25_671 + at).collect();
    let text = |one: &'static str, other: &'static str| {
        products.iter().map(|id| if id % 2 == 0 { one } else { other }).collect::<Vec<_>>()
    };
    write(
        folder,
        "products",
        df!["product_id" => &products, "manufacturer_id" => products.iter().map(|id| id % 7).collect::<Vec<_>>(),
            "department" => text("GROCERY", "PASTRY"), "brand" => text("National", "Private"),
            "product_category" => text("FRZN ICE", "BREAD"), "product_type" => text("ICE - CRUSHED", "BREAD:ITALIAN"),
            "package_size" => text("22 LB", "")]
        .unwrap(),
    );
    let homes: Vec<i64> = (100..140).collect();
    write(
        folder,
        "demographics",
        df!["household_id" => &homes, "age" => vec!["45-54"; 40], "income" => vec!["35-49K"; 40]].unwrap(),
    );
    let of_week = |week: i64| (0..90).map(move |at| (25_671 + at, 300 + at % 5, week));
    let promoted: Vec<_> = (1..=20).flat_map(of_week).collect();
    write(
        folder,
        "promotions",
        df!["product_id" => promoted.iter().map(|one| one.0).collect::<Vec<_>>(),
            "store_id" => promoted.iter().map(|one| one.1).collect::<Vec<_>>(),
            "display_location" => vec!["9"; promoted.len()], "mailer_location" => vec!["0"; promoted.len()],
            "week" => promoted.iter().map(|one| one.2).collect::<Vec<_>>()]
        .unwrap(),
    );
    let days = |day: i64, rows: usize| {
        Column::new("x".into(), vec![17_167 + day; rows]).cast(&DataType::Int32).unwrap().cast(&DataType::Date).unwrap()
    };
    let day = |name: &str, day: i64, rows: usize| days(day, rows).with_name(name.into());
    let described = vec![
        Column::new("campaign_id".into(), [1_i64, 2]),
        Column::new("campaign_type".into(), ["Type A", "Type B"]),
        day("start_date", 60, 2),
        day("end_date", 90, 2),
    ];
    write(folder, "campaign_descriptions", DataFrame::new_infer_height(described).unwrap());
    let twice: Vec<i64> = homes.iter().chain(&homes).copied().collect();
    write(
        folder,
        "campaigns",
        df!["campaign_id" => (0..80_i64).map(|at| 1 + at / 40).collect::<Vec<_>>(), "household_id" => twice].unwrap(),
    );
    write(
        folder,
        "coupons",
        df!["coupon_upc" => (0..180_i64).map(|at| 10_000_085_207 + at / 2).collect::<Vec<_>>(),
            "product_id" => (0..180_i64).map(|at| 25_671 + at % 90).collect::<Vec<_>>(), "campaign_id" => vec![1_i64; 180]]
        .unwrap(),
    );
    let redeemed = vec![
        Column::new("household_id".into(), homes[..20].to_vec()),
        Column::new("coupon_upc".into(), (0..20_i64).map(|at| 10_000_085_207 + at).collect::<Vec<_>>()),
        Column::new("campaign_id".into(), vec![1_i64; 20]),
        day("redemption_date", 70, 20),
    ];
    write(folder, "coupon_redemptions", DataFrame::new_infer_height(redeemed).unwrap());
    lines().map(cents).sum()
}

#[test]
fn eight_tables_of_a_grocer_go_from_the_folder_to_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("journey"), folder.path().join("workspace"));
    let cents = grocer(&input);
    let told = succeeded(user360(&["init", path(&input), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("transactions.parquet is the log"), "{told}");
    assert!(told.contains("products.parquet belongs to it by product_id: 100.0 %"), "{told}");
    assert!(told.contains("demographics.parquet belongs to it by household_id"), "{told}");
    succeeded(user360(&["run", "--workspace", path(&workspace)]));
    let query = "SELECT count(*) AS lines, count(DISTINCT transaction_id) AS orders, count(DISTINCT user_id) AS users, \
                 round(sum(price), 2) AS net FROM events WHERE event = 'transaction'";
    let found = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(&workspace)]));
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found, json!([{"lines": 2000, "orders": 500, "users": 60, "net": cents as f64 / 100.0}]));
    let spent = "SELECT round(sum(spend), 2) AS net, count(customer_age) AS known FROM users";
    let spent = succeeded(user360(&["sql", spent, "--format", "json", "--workspace", path(&workspace)]));
    let spent: Value = serde_json::from_str(&spent).unwrap();
    assert_eq!(spent, json!([{"net": cents as f64 / 100.0, "known": 40}]));
    let stages = report(&workspace)["stages"].clone();
    assert!(stages.as_array().unwrap().iter().all(|stage| stage["state"] != "failed"), "{stages}");
    assert_eq!(stages[1]["state"], "done");
}
