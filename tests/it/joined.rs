//! Logs whose rows are completed by other tables of their folder.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::headless::{path, report, succeeded, user360};

fn rows(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

/// The tables of a marketplace in the shape of Olist's: 300 orders of 60 persons, each order with a customer id of its own.
fn marketplace(folder: &Path) -> f64 {
    fs::create_dir(folder).unwrap();
    let mut items = String::from("order_id,order_item_id,product_id,seller_id,price,freight_value\n");
    let mut orders = String::from("order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at\n");
    let mut customers = String::from("customer_id,customer_unique_id,customer_zip_code_prefix,customer_city\n");
    let mut payments = String::from("order_id,payment_sequential,payment_type,payment_value\n");
    let mut products = String::from("product_id,product_category_name,product_name_lenght\n");
    let mut net = 0.0;
    for order in 0..300_u32 {
        let time =
            format!("2018-{:02}-{:02} {:02}:10:{:02}", order / 28 % 12 + 1, order % 28 + 1, order % 24, order % 60);
        writeln!(orders, "o{order:04},c{order:04},delivered,{time},{time}").unwrap();
        writeln!(customers, "c{order:04},p{:03},01234,sao paulo", order * 7 % 60).unwrap();
        for line in 1..=order % 3 + 1 {
            let price = f64::from(order % 40) + 9.99;
            net += price;
            writeln!(items, "o{order:04},{line},w{:02},s{},{price:.2},7.5", (order + line) % 25, order % 4).unwrap();
        }
        for part in 1..=order % 2 + 1 {
            writeln!(payments, "o{order:04},{part},credit_card,10.00").unwrap();
        }
    }
    for product in 0..24 {
        writeln!(products, "w{product:02},category{},40", product % 5).unwrap();
    }
    for (name, text) in [
        ("order_items", items),
        ("orders", orders),
        ("customers_dataset", customers),
        ("order_payments", payments),
        ("products_dataset", products),
    ] {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
    net
}

#[test]
fn the_tables_of_a_marketplace_are_told_by_their_keys_and_joined() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    let net = marketplace(&input);
    let told = succeeded(user360(&["init", path(&input), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("order_items.csv is the log"), "{told}");
    assert!(
        told.contains("orders.csv belongs to it by order_id: 100.0 % of the rows looked at have one of its 300 keys"),
        "{told}"
    );
    assert!(told.contains("customers_dataset.csv belongs to it by customer_id"), "{told}");
    assert!(told.contains("not read: order_payments.csv"), "{told}");
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(
        settings.contains("user = \"customer_unique_id\"")
            && settings.contains("{ file = \"orders.csv\", on = \"order_id\" }"),
        "{settings}"
    );
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", path(&workspace)]));
    let found = rows(
        &workspace,
        "SELECT count(*) AS lines, count(DISTINCT transaction_id) AS orders, count(DISTINCT user_id) AS users, round(sum(price), 2) AS net FROM events",
    );
    assert_eq!(found, json!([{"lines": 600, "orders": 300, "users": 60, "net": (net * 100.0).round() / 100.0}]));
    let notes = report(&workspace)["stages"][0]["notes"].to_string();
    assert!(
        notes.contains("orders.csv is joined by order_id (300 keys): 600 of 600 rows find theirs (100.0 %)"),
        "{notes}"
    );
    assert!(notes.contains("products_dataset.csv is joined by product_id (24 keys): 576 of 600 rows find theirs (96.0 %), 24 have one that it lacks, such as w24"), "{notes}");
    // The joined rows were there for as long as they were read.
    let left: Vec<_> = fs::read_dir(&workspace).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".scratch")), "{left:?}");
    // Nothing is read again while the tables are what they were; a product more is seen.
    let run = ["run", "--only", "ingest,features", "--format", "json", "--workspace", path(&workspace)];
    let again: Value = serde_json::from_str(&succeeded(user360(&run))).unwrap();
    assert_eq!(again["stages"][0]["state"], "cached");
    let products = fs::read_to_string(input.join("products_dataset.csv")).unwrap();
    fs::write(input.join("products_dataset.csv"), products + "w24,category9,40\n").unwrap();
    let again: Value = serde_json::from_str(&succeeded(user360(&run))).unwrap();
    assert_eq!(again["stages"][0]["state"], "done");
    assert!(again["stages"][0]["notes"].to_string().contains("(25 keys): 600 of 600 rows"), "{again}");
}

#[test]
fn keys_that_are_twice_there_missing_or_of_another_kind_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let mut log = String::from("time,customer,article,amount\n");
    for at in 0..40 {
        writeln!(
            log,
            "2024-01-{:02},{},{},5.50",
            at % 28 + 1,
            at % 8,
            if at == 7 { String::new() } else { format!("{}.0", at % 4) }
        )
        .unwrap();
    }
    fs::write(input.join("sales.csv"), log).unwrap();
    fs::write(input.join("wares.csv"), "id;kind\n0;Tea\n1;Coffee\n1;Cocoa\n").unwrap();
    let settings = folder.path().join("shop.toml");
    let write = |join: &str| {
        let columns = "[ingest.columns]\ntime = \"time\"\nuser = \"customer\"\nitem = \"article\"\nprice = \"amount\"\ncategory = \"kind\"\n";
        let ingest = "[ingest]\nlayout = \"custom\"\nfiles = [\"sales.csv\"]\ndefault_event = \"transaction\"\n";
        fs::write(&settings, format!("{ingest}{columns}[[ingest.join]]\n{join}\n")).unwrap();
    };
    let args = [
        "run",
        "--only",
        "ingest",
        "--accept-settings",
        "--config",
        path(&settings),
        "--input",
        path(&input),
        "--workspace",
        path(&workspace),
    ];
    write("file = \"wares.csv\"\non = \"article\"\nkey = \"id\"");
    succeeded(user360(&args));
    let notes = report(&workspace)["stages"][0]["notes"].to_string();
    let told = "wares.csv is joined by article (2 keys): 20 of 40 rows find theirs (50.0 %), 19 have one that it lacks, such as 2.0, 1 \
                have none; 1 rows of wares.csv have a key that another has, of which the first by its text counts";
    assert!(notes.contains(told), "{notes}");
    assert_eq!(rows(&workspace, "SELECT category AS c FROM items WHERE item_id = 1"), json!([{"c": "Cocoa"}]));
    let refused = |told: &str| {
        let failed = user360(&args);
        let text = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(!failed.status.success() && text.contains(told), "{text}");
    };
    write("file = \"wares.csv\"\non = \"article\"\nkey = \"sku\"");
    refused("no column \"sku\" in wares.csv; its columns are id, kind; set ingest.join");
    write("file = \"wares.csv\"\non = \"ware\"\nkey = \"id\"");
    refused("no column \"ware\" to join wares.csv by; its columns are time, customer, article, amount");
    fs::write(input.join("wares.csv"), "id;kind\nT-0;Tea\nT-1;Coffee\n").unwrap();
    write("file = \"wares.csv\"\non = \"article\"\nkey = \"id\"");
    refused("none of its 40 rows finds its article in wares.csv: here they are such as \\\"0.0\\\", there such as \\\"T-0\\\"".replace('\\', "").as_str());
}

/// Of the joined tables only what is read is written: a row with a cell too many, such as that of a comma without quotes, must
/// not pass for one of the narrower table.
#[test]
fn a_row_with_a_cell_too_many_is_rejected_however_few_columns_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let mut log = String::from("time,customer,note,article,amount\n");
    for at in 0..100 {
        let note = match at {
            7 => "blue, large",
            8 => "a, b, c",
            9 => "\"red, small\"",
            _ => "none",
        };
        writeln!(log, "2024-01-{:02} 10:00:{:02},{},{note},{},5.50", at % 28 + 1, at % 60, at % 8, at % 4).unwrap();
    }
    fs::write(input.join("sales.csv"), log).unwrap();
    fs::write(
        input.join("wares.csv"),
        "id,kind,weight,made\n0,Tea,1,x\n1,\"Coffee, \"\"fine\"\"\",2,y\n2,Cocoa,3,z\n3,Milk,4,z\n",
    )
    .unwrap();
    let settings = folder.path().join("shop.toml");
    let columns = "[ingest.columns]\ntime = \"time\"\nuser = \"customer\"\nitem = \"article\"\nprice = \"amount\"\ncategory = \"kind\"\n";
    let ingest = "[ingest]\nlayout = \"custom\"\nfiles = [\"sales.csv\"]\ndefault_event = \"transaction\"\n";
    let join = "[[ingest.join]]\nfile = \"wares.csv\"\non = \"article\"\nkey = \"id\"\n";
    fs::write(&settings, format!("{ingest}{columns}{join}")).unwrap();
    let places = ["--config", path(&settings), "--input", path(&input), "--workspace", path(&workspace)];
    succeeded(user360(&[&["run", "--only", "ingest", "--accept-settings"], &places[..]].concat()));
    let events = &report(&workspace)["input"]["events"];
    assert_eq!((&events["accepted"], &events["rejected"]["wrong_field_count"]), (&json!(98), &json!(2)), "{events}");
    assert_eq!(
        rows(&workspace, "SELECT category AS c FROM items WHERE item_id = 1"),
        json!([{"c": "Coffee, \"fine\""}])
    );
    assert_eq!(rows(&workspace, "SELECT sum(price) AS s FROM events")[0]["s"], 98.0 * 5.5);
}

/// Lines of orders with a table of prices by article and size, each of which comes several times, and one of days by shop.
fn by_two_columns(folder: &Path) -> u32 {
    fs::create_dir(folder).unwrap();
    let mut lines = String::from("order_no,ordered_at,customer,article,size,branch\n");
    let mut prices = String::from("article,size,unit_price\n");
    for article in 0..20_u32 {
        for size in ["S", "M", "L"] {
            writeln!(prices, "{article},{size},{}.50", article + 10 * size.len() as u32 + u32::from(size == "L"))
                .unwrap();
        }
    }
    let mut cents = 0;
    for line in 0..500_u32 {
        let (article, size) = (line * 7 % 20, ["S", "M", "L"][line as usize % 3]);
        cents += (article + 10 + u32::from(size == "L")) * 100 + 50;
        let (day, hour, customer) = (line / 25 % 28 + 1, line % 24, line * 11 % 70);
        writeln!(
            lines,
            "{},2024-03-{day:02} {hour:02}:05:{:02},k{customer},{article},{size},{}",
            line / 2,
            line % 60,
            line % 3
        )
        .unwrap();
    }
    fs::write(folder.join("lines.csv"), lines).unwrap();
    fs::write(folder.join("prices.csv"), prices).unwrap();
    cents
}

#[test]
fn a_table_whose_key_is_of_two_columns_is_found_and_joined_by_both() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    let cents = by_two_columns(&input);
    let told = succeeded(user360(&["init", path(&input), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("prices.csv belongs to it by article and size: 100.0 % of the rows"), "{told}");
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.contains("{ file = \"prices.csv\", on = [\"article\", \"size\"] }"), "{settings}");
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", path(&workspace)]));
    let net = f64::from(cents) / 100.0;
    let query = "SELECT count(*) AS rows, round(sum(price), 2) AS net FROM events";
    assert_eq!(rows(&workspace, query), json!([{"rows": 500, "net": net}]));
    let notes = report(&workspace)["stages"][0]["notes"].to_string();
    assert!(
        notes.contains("prices.csv is joined by article and size (60 keys): 500 of 500 rows find theirs (100.0 %)"),
        "{notes}"
    );

    // The same by a file whose columns are called otherwise, one of which is lacking, or not as many.
    let text = fs::read_to_string(input.join("prices.csv")).unwrap().replace("article,size", "id,grandeur");
    fs::write(input.join("prices.csv"), text).unwrap();
    let file = workspace.join("user360.toml");
    let again = |key: &str| {
        let on = "on = [\"article\", \"size\"]";
        fs::write(&file, settings.replace(on, &format!("{on}, key = {key}"))).unwrap();
        user360(&["run", "--only", "ingest", "--workspace", path(&workspace), "--accept-settings"])
    };
    succeeded(again("[\"id\", \"grandeur\"]"));
    assert_eq!(rows(&workspace, query), json!([{"rows": 500, "net": net}]));
    for (key, told) in [
        ("[\"id\", \"size\"]", "no column \"size\" in prices.csv; its columns are id, grandeur, unit_price"),
        ("\"id\"", "[ingest] join: prices.csv: `on` names 2 (article and size), `key` 1 (id)"),
    ] {
        let failed = again(key);
        let text = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(!failed.status.success() && text.contains(told), "{text}");
    }
}

#[test]
fn a_key_that_is_named_for_its_table_is_found_where_that_calls_it_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("dump"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let mut items = String::from("id,order_id,product_id,quantity,unit_price\n");
    let mut orders = String::from("ID,CustomerID,created_at,status\n");
    let mut customers = String::from("id,email,first_name\n");
    let (mut cents, mut line) = (0, 0);
    for order in 1..=150_u32 {
        writeln!(orders, "{order},{},2024-05-{:02} 12:00:{:02},paid", order * 7 % 41 + 1, order % 28 + 1, order % 60)
            .unwrap();
        for part in 0..=order % 3 {
            (line, cents) = (line + 1, cents + (order % 9 + 1) * 199 * (part + 1));
            let price = (order % 9 + 1) * 199;
            writeln!(items, "{line},{order},{},{},{}.{:02}", line % 20, part + 1, price / 100, price % 100).unwrap();
        }
    }
    for customer in 1..=41 {
        writeln!(customers, "{customer},c{customer}@example.org,Ann").unwrap();
    }
    for (name, text) in [("order_items", items), ("orders", orders), ("customers", customers)] {
        fs::write(input.join(format!("{name}.csv")), text).unwrap();
    }
    let told = succeeded(user360(&["init", path(&input), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("orders.csv belongs to it by order_id, which is ID there: 100.0 %"), "{told}");
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.contains("{ file = \"orders.csv\", key = \"ID\", on = \"order_id\" }"), "{settings}");
    assert!(settings.contains("file = \"customers.csv\""), "{settings}");
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", path(&workspace)]));
    let query = "SELECT count(*) AS lines, count(DISTINCT transaction_id) AS orders, count(DISTINCT user_id) AS users, \
                 round(sum(price), 2) AS net FROM events";
    let net = f64::from(cents) / 100.0;
    assert_eq!(rows(&workspace, query), json!([{"lines": line, "orders": 150, "users": 41, "net": net}]));
    let named = rows(&workspace, "SELECT count(customer_email) AS n FROM users");
    assert_eq!(named, json!([{"n": 41}]));
}
