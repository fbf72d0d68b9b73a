//! One log in eight places gives equal tables byte for byte, whatever the order of its rows.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{COLUMNS, Place, cells, csv, gzip, json, parquet, rows, workbook, zip, zips};
use crate::headless::{path, succeeded};
use crate::{objects, postgres};

/// The bytes of the current run's tables.
fn tables(workspace: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    let run = workspace.join("runs").join(manifest["current"].as_str().unwrap());
    let names = ["events.parquet", "items.parquet", "event_details.parquet", "features.parquet", "quarantine.csv"];
    names.into_iter().map(|name| (name, fs::read(run.join(name)).unwrap_or_default())).collect()
}

#[test]
fn one_log_gives_equal_tables_from_wherever_it_is_read() {
    let lines: String = rows(4).iter().map(|row| json(row) + "\n").collect();
    let place = Place::new()
        .file("log.csv", csv(&rows(0)))
        .file("log.csv.gz", gzip(csv(&rows(1)).as_bytes()))
        .file("log.zip", zip(&[zips::file("log.csv", csv(&rows(2)))]))
        .file("log.xlsx", workbook::of(&[("Orders", &COLUMNS, &rows(3))]))
        .file("log.jsonl", lines)
        .file("log.parquet", parquet(&rows(5)))
        .file("log.parquet.gz", gzip(&parquet(&rows(8))))
        .file("packed.zip", zip(&[zips::file("2023/log.parquet", parquet(&rows(9)))]));
    let store = objects::server::Server::start();
    store.put("shop/log.csv.gz", gzip(csv(&rows(6)).as_bytes()));
    let run = |run: &dyn Fn(&[&str]) -> Output, input: &[&str], name: &str| {
        let workspace = place.path(&format!("of-{name}"));
        let args = [&["run"], input, &["--only", "features", "--workspace", path(&workspace)]].concat();
        succeeded(run(&args));
        tables(&workspace)
    };
    let of_store = |args: &[&str]| store.user360(args);
    let plain = run(&of_store, &["--input", path(&place.path("log.csv"))], "csv");
    let full = ["events.parquet", "items.parquet", "event_details.parquet", "features.parquet"];
    assert!(plain.iter().all(|(name, bytes)| !full.contains(name) || bytes.len() > 500), "the tables hold something");
    let equal = |name: &str, found: &[(&str, Vec<u8>)]| {
        for ((table, of_csv), (_, bytes)) in plain.iter().zip(found) {
            assert!(of_csv == bytes, "{table} of {name} differs");
        }
    };
    for name in ["log.csv.gz", "log.zip", "log.xlsx", "log.jsonl", "log.parquet", "log.parquet.gz", "packed.zip"] {
        equal(name, &run(&of_store, &["--input", path(&place.path(name))], name));
    }
    equal("an object", &run(&of_store, &["--input", "s3://shop/log.csv.gz"], "s3"));

    // Says itself why it is passed over where no server is installed.
    let Some(database) = postgres::server::Server::start() else { return };
    let shuffled = rows(7);
    let values = shuffled.iter().map(|row| {
        let row = cells(row);
        let [time, user, event, item, order, price, pieces] = row.each_ref();
        let order = if order.is_empty() { "null" } else { order };
        format!("('{time}', {user}, '{event}', {item}, {order}, {price}, {pieces})")
    });
    let columns = COLUMNS.join(", ");
    database.sql(&format!(
        "create table log (event_time timestamp, customer_id int, event_type text, product_id int, order_id int, \
         price numeric(10, 2), quantity int); insert into log ({columns}) values {}",
        values.collect::<Vec<_>>().join(", ")
    ));
    let (address, query) = (database.address(""), format!("select {columns} from log"));
    let of_database = |args: &[&str]| database.user360(args);
    equal("a query", &run(&of_database, &["--input", &address, "--query", &query], "postgres"));
}
