//! Logs of different columns that are read as one: views in one file and orders in another.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::headless::{path, report, succeeded, user360};
use crate::sources::workbook;

fn rows(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

fn refused(args: &[&str], told: &str) {
    let failed = user360(args);
    let text = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && text.contains(told), "{text}");
}

/// A shop's views of two months, with seconds since 1970 and points as decimals, and its orders, German: 40 users who look
/// at 600 items and buy 120 lines in 60 orders.
struct Shop {
    folder: tempfile::TempDir,
    cents: u32,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("shop")).unwrap();
        let (mut cents, mut orders) =
            (0, String::from("Bestellnummer;Bestelldatum;Kundennummer;SKU;Menge;Einzelpreis\n"));
        for line in 0..120_u32 {
            let (order, price, pieces) = (line / 2, 499 + line * 13 % 9_000, 1 + line % 3);
            cents += price * pieces;
            writeln!(
                orders,
                "B{order:03};{:02}.{:02}.2024 {:02}:15;{};A-{:02};{pieces};{},{:02}",
                order % 28 + 1,
                order % 2 + 1,
                8 + order % 10,
                7000 + order % 40,
                line * 7 % 25,
                price / 100,
                price % 100
            )
            .unwrap();
        }
        let shop = Self { folder, cents };
        for month in 0..2_u32 {
            let mut views = String::from("ts,visitor_id,page_sku,referrer\n");
            for view in 0..300_u32 {
                // From 2024-01-01 and 2024-02-01.
                let second = 1_704_067_200 + month * 2_678_400 + view * 8_000 + 7;
                writeln!(views, "{second},{},A-{:02},search", 7000 + view * 3 % 40, view * 11 % 25).unwrap();
            }
            shop.write(&format!("views-2024-{:02}.csv", month + 1), &views);
        }
        shop.write("orders.csv", &orders);
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn input(&self) -> PathBuf {
        self.path("shop")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.input().join(name), text).unwrap();
    }

    /// What the events of a workspace's run must be.
    fn check(&self, workspace: &Path) {
        let found = rows(
            workspace,
            "SELECT event, count(*) AS rows, count(DISTINCT user_id) AS users, count(DISTINCT item_id) AS items, \
             count(DISTINCT transaction_id) AS orders, round(sum(price), 2) AS net FROM events GROUP BY event ORDER BY event",
        );
        let net = f64::from(self.cents) / 100.0;
        assert_eq!(
            found[0],
            json!({"event": "transaction", "rows": 120, "users": 40, "items": 25, "orders": 60, "net": net})
        );
        let views = &found[1];
        let counts = ["event", "rows", "users", "items", "orders"].map(|name| views[name].clone());
        assert_eq!(counts, [json!("view"), json!(600), json!(40), json!(25), json!(0)]);
        assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    }
}

const RUN: [&str; 5] = ["run", "--only", "ingest,features", "--format", "json"];

fn run(workspace: &Path) -> Value {
    serde_json::from_str(&succeeded(user360(&[&RUN[..], &["--workspace", path(workspace)]].concat()))).unwrap()
}

#[test]
fn views_and_orders_in_files_of_their_own_are_one_log() {
    let shop = Shop::new();
    let workspace = shop.path("workspace");
    let told = succeeded(user360(&["init", path(&shop.input()), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("orders.csv is the log"), "{told}");
    assert!(
        told.contains(
            "views-2024-01.csv is a log of its own, read with it: 40 of 40 visitor_id looked at are users of orders.csv"
        ),
        "{told}"
    );
    assert!(
        told.contains("logs.2.columns.user = visitor_id") && told.contains("logs.2.default_event = view"),
        "{told}"
    );
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.matches("[[ingest.logs]]").count() == 2 && settings.contains("views-*.csv"), "{settings}");
    run(&workspace);
    shop.check(&workspace);
    let notes = report(&workspace)["stages"][0]["notes"].to_string();
    assert!(notes.contains("user from Kundennummer") && notes.contains("user from visitor_id"), "{notes}");

    // Written anew, the settings are what they were.
    let input = shop.input();
    succeeded(user360(&["init", path(&input), "--yes", "--overwrite", "--workspace", path(&workspace)]));
    let ingest =
        |text: &str| text[text.find("[ingest]").unwrap()..].split("\n[churn]").next().unwrap().trim().to_owned();
    assert_eq!(ingest(&fs::read_to_string(workspace.join("user360.toml")).unwrap()), ingest(&settings));
    assert_eq!(run(&workspace)["stages"][0]["state"], "cached");

    // A month more is of the log whose pattern it fits, and the whole is read anew: so the report says.
    shop.write("views-2024-03.csv", "ts,visitor_id,page_sku,referrer\n1709251207,7001,A-01,search\n");
    let more = run(&workspace);
    assert_eq!(more["input"]["events"]["accepted"], 721);
    assert!(
        more["stages"][0]["notes"].to_string().contains("several logs that are read as one are read anew"),
        "{more}"
    );
}

#[test]
fn what_is_added_goes_to_the_log_whose_columns_it_has() {
    let shop = Shop::new();
    let workspace = shop.path("workspace");
    succeeded(user360(&["init", path(&shop.input()), "--yes", "--workspace", path(&workspace)]));
    run(&workspace);
    let file = |name: &str, text: &str| {
        let file = shop.path(name);
        fs::write(&file, text).unwrap();
        path(&file).to_owned()
    };
    let views =
        file("week.csv", "ts,visitor_id,page_sku,referrer\n1709251207,7001,A-01,search\n1709251208,7099,A-01,\n");
    let orders = file(
        "new.csv",
        "Bestellnummer;Bestelldatum;Kundennummer;SKU;Menge;Einzelpreis\nB900;01.03.2024 09:15;7099;A-02;2;1.000,50\n",
    );
    succeeded(user360(&["add", &views, &orders, "--workspace", path(&workspace)]));
    assert_eq!(run(&workspace)["input"]["events"]["accepted"], 723);
    let new = rows(&workspace, "SELECT event, item_id, price FROM events WHERE user_id = 7099 ORDER BY event");
    assert_eq!(new[0], json!({"event": "transaction", "item_id": "A-02", "price": 2001.0}));
    assert_eq!(new[1]["event"], "view");
    let other = file("other.csv", "when,who\n2024-03-01,7001\n");
    refused(
        &["add", &other, "--workspace", path(&workspace)],
        "has the columns of none of the logs that ingest.logs tell of",
    );
}

#[test]
fn sheets_of_a_workbook_and_files_named_together_are_several_logs_too() {
    let shop = Shop::new();
    let names = ["views-2024-01.csv", "views-2024-02.csv", "orders.csv"];
    let files = names.map(|name| shop.input().join(name));
    let workspace = shop.path("named");
    let args = ["init", path(&files[0]), path(&files[1]), path(&files[2]), "--yes", "--workspace", path(&workspace)];
    succeeded(user360(&args));
    run(&workspace);
    shop.check(&workspace);

    // Once more as two sheets of one workbook; the cells are texts and numbers as before.
    let table = |names: &[&str], separator: char| {
        let mut lines: Vec<Vec<String>> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let text = fs::read_to_string(shop.input().join(name)).unwrap();
            let rows = text.lines().skip(usize::from(at > 0));
            lines.extend(rows.map(|line| line.split(separator).map(str::to_owned).collect()));
        }
        lines
    };
    let sheets = [("Views", table(&names[..2], ',')), ("Orders", table(&names[2..], ';'))];
    let book = shop.path("shop.xlsx");
    fs::write(&book, workbook::of_texts(&sheets)).unwrap();
    let workspace = shop.path("sheets");
    succeeded(user360(&["init", path(&book), "--yes", "--workspace", path(&workspace)]));
    run(&workspace);
    shop.check(&workspace);
}

#[test]
fn settings_that_contradict_each_other_are_refused_by_name() {
    let shop = Shop::new();
    let settings = shop.path("shop.toml");
    let workspace = shop.path("workspace");
    let input = shop.input();
    let args = [
        "run",
        "--only",
        "ingest",
        "--config",
        path(&settings),
        "--workspace",
        path(&workspace),
        "--input",
        path(&input),
    ];
    let wrong = |text: &str, told: &str| {
        fs::write(&settings, text).unwrap();
        refused(&args, told);
    };
    let log =
        "[[ingest.logs]]\nfiles = \"orders.csv\"\ncolumns = { time = \"Bestelldatum\", user = \"Kundennummer\" }\n";
    wrong(&format!("[ingest]\nfiles = \"views*\"\n{log}"), "each of several logs names its own files");
    wrong("[[ingest.logs]]\ndefault_event = \"view\"\n", "log 1 names no files");
    wrong(&format!("{log}{log}"), "orders.csv is of log 1 and of log 2");
    wrong(&log.replace("files", "separator = \"ab\"\nfiles"), "log 1: ingest.separator must be one character");
    wrong(&log.replace("orders.csv", "sales.csv"), "no file \"sales.csv\"");
    fs::write(&settings, log).unwrap();
    let one = input.join("orders.csv");
    refused(&[&args[..8], &[path(&one)]].concat(), "is one table, and ingest.logs tell of several");
}

#[test]
fn what_is_bought_is_not_counted_twice() {
    let shop = Shop::new();
    let mut events = String::from("time,customer,event,sku\n");
    for at in 0..200_u32 {
        let event = if at % 10 == 0 { "purchase" } else { "view" };
        writeln!(events, "2024-01-{:02}T10:00:{:02},{},{event},A-{:02}", at % 28 + 1, at % 60, 7000 + at % 40, at % 25)
            .unwrap();
    }
    shop.write("clickstream.csv", &events);
    let workspace = shop.path("workspace");
    let told = succeeded(user360(&["init", path(&shop.input()), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("clickstream.csv tells of purchases too, and is not read: they would count twice"), "{told}");
    run(&workspace);
    shop.check(&workspace);
}
