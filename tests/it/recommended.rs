//! What is never recommended, variants of one product, and a thorough search: by the program, on a log made up here.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::headless::{path, report, succeeded, user360};

/// 60 users and 90 days of purchases of twelve items, two colours of six products each, and of a gift card with every order.
fn shop(folder: &Path) {
    let mut log = String::from("date,customer,order,sku,title,product,price\n");
    for order in 0..600_u32 {
        let (day, user) = (order % 90, order * 7 % 60);
        let date = format!("2024-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        let item = user % 3 * 4 + order / 60 % 4;
        writeln!(log, "{date},{user},{order},S{item},Thing {item},P{},9.50", item / 2).unwrap();
        writeln!(log, "{date},{user},{order},GIFT,Gift card,,20.00").unwrap();
    }
    fs::write(folder.join("orders.csv"), log).unwrap();
}

/// Runs it with some settings of `[recommend]`.
fn attempt(folder: &Path, settings: &str, more: &[&str]) -> Output {
    let config = folder.join("user360.toml");
    let columns = "user = \"customer\"\ntime = \"date\"\ntransaction = \"order\"\nitem = \"sku\"\nprice = \"price\"\n\
                   item_name = \"title\"\nitem_group = \"product\"\n";
    let text = format!(
        "[ingest]\nlayout = \"custom\"\ndefault_event = \"transaction\"\n[ingest.columns]\n{columns}[recommend]\n{settings}"
    );
    fs::write(&config, text).unwrap();
    let (input, workspace) = (folder.join("orders.csv"), folder.join("workspace"));
    let args = ["run", "--only", "recommend", "--input", path(&input), "--config", path(&config)];
    user360(&[&args[..], &["--workspace", path(&workspace), "--accept-settings"], more].concat())
}

/// As [`attempt`]; the stage's record.
fn run(folder: &Path, settings: &str, more: &[&str]) -> Value {
    succeeded(attempt(folder, settings, more));
    let workspace = folder.join("workspace");
    let stages = report(&workspace)["stages"].clone();
    stages.as_array().unwrap().iter().find(|stage| stage["id"] == "recommend").unwrap().clone()
}

/// Every user's lists: what is new to the user, and what is bought again.
fn lists(folder: &Path) -> Vec<(Vec<String>, Vec<String>)> {
    let query = "select items, again_items from recommendations order by user_id";
    let workspace = folder.join("workspace");
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(&workspace)]));
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let rows: Vec<Value> = serde_json::from_str(&told).unwrap();
    rows.iter().map(|row| (texts(&row["items"]), texts(&row["again_items"]))).collect()
}

#[test]
fn gift_cards_are_in_no_list_once_the_settings_say_so() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path());
    let gift = |lists: &[(Vec<String>, Vec<String>)]| {
        lists.iter().filter(|(new, again)| new.iter().chain(again).any(|item| item == "GIFT")).count()
    };
    run(folder.path(), "", &[]);
    assert_eq!(gift(&lists(folder.path())), 60, "everyone bought it, and will again");
    let stage = run(folder.path(), "never = \"name = 'Gift card'\"\n", &[]);
    assert_eq!(gift(&lists(folder.path())), 0);
    assert!(stage["notes"].to_string().contains("1 of 13 items are never recommended, by recommend.never"), "{stage}");
}

#[test]
fn a_condition_that_names_no_column_is_refused_by_its_setting() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path());
    let output = attempt(folder.path(), "never = \"nme = 'Gift card'\"\n", &[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("recommend.never: ") && told.contains("nme") && told.contains("name"), "{told}");
}

#[test]
fn of_two_colours_one_is_recommended_and_to_nobody_who_has_the_other() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path());
    run(folder.path(), "never = \"name = 'Gift card'\"\n", &[]);
    let product = |item: &String| item[1..].parse::<u32>().unwrap() / 2;
    for (user, (new, again)) in lists(folder.path()).iter().enumerate() {
        let mut products: Vec<u32> = new.iter().map(product).collect();
        products.sort_unstable();
        products.dedup();
        // Each user buys two of the six products, in both colours.
        assert_eq!((new.len(), products.len()), (4, 4), "{user}: {new:?}");
        assert!(again.iter().all(|item| !products.contains(&product(item))), "{user}: {new:?} {again:?}");
        assert!(again.len() <= 2, "{user}: {again:?}");
    }
}

#[test]
fn a_search_that_would_be_too_much_work_is_made_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path());
    let bounded = "exclude_known = false\nmax_work = 1e5\n";
    let of = |stage: &Value| stage["notes"].to_string();
    let notes = of(&run(folder.path(), bounded, &[]));
    assert!(
        notes.contains("not tried, for it would be too much work: ") && notes.contains("als (alpha 10, rank 32"),
        "{notes}"
    );
    let notes = of(&run(folder.path(), bounded, &["--thorough"]));
    assert!(!notes.contains("not tried") && notes.contains("als (alpha"), "{notes}");
}
