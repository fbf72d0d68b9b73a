//! Logs of many shapes that grew: the second run's tables are, byte for byte, those of a first one on all of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::layouts::{text, user360};

/// The report of a run by `config` on `input`, and every file of it but its record.
fn run(config: &Path, input: &Path, workspace: &Path) -> (Value, BTreeMap<String, Vec<u8>>) {
    let args = ["run", "--only", "ingest,features", "--format", "json", "--config", text(config)];
    let output = user360(&[&args[..], &["--input", text(input), "--workspace", text(workspace)]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(workspace.join("runs").join(report["run"].as_str().unwrap())).unwrap().flatten() {
        if entry.path().is_file() && entry.file_name() != "run.json" {
            files.insert(entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
    (report, files)
}

/// A run on `first`, then one on `first` and `more` in the same workspace, against one on both in a workspace of its own.
/// Files are names and contents; of one that is there before, `more` is added at its end. `told` is how the second run read.
fn agree(settings: &str, first: &[(&str, &str)], more: &[(&str, &str)], told: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (config, input, ours, fresh) = (at("config.toml"), at("log"), at("ours"), at("fresh"));
    fs::write(&config, format!("[ingest]\nlayout = \"custom\"\n{settings}")).unwrap();
    fs::create_dir(&input).unwrap();
    for (name, content) in first {
        fs::write(input.join(name), content).unwrap();
    }
    run(&config, &input, &ours);
    for (name, content) in more {
        let before = fs::read_to_string(input.join(name)).unwrap_or_default();
        fs::write(input.join(name), before + content).unwrap();
    }
    let (grown, files) = run(&config, &input, &ours);
    let (whole, expected) = run(&config, &input, &fresh);
    let ingest = &grown["stages"][0]["notes"];
    assert!(ingest.as_array().unwrap().last().unwrap().as_str().unwrap().contains(told), "{ingest}");
    assert_eq!(grown["input"], whole["input"]);
    assert!(files.contains_key("events.parquet") && files.contains_key("features.parquet"), "{:?}", files.keys());
    assert_eq!(files.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in &files {
        assert!(*bytes == expected[name], "{name} differs");
    }
    for (ours, theirs) in grown["stages"].as_array().unwrap().iter().zip(whole["stages"].as_array().unwrap()) {
        assert_eq!((&ours["state"], &ours["metrics"]), (&theirs["state"], &theirs["metrics"]));
    }
    grown
}

const ORDERS: &str = "files = \"*.csv\"\ndefault_event = \"transaction\"\n[ingest.columns]\ntime = \"time\"\nuser = \"user\"\n\
    item = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n";

#[test]
fn orders_with_discounts_taxes_and_currencies() {
    let rows = |range: std::ops::Range<usize>| {
        range.fold(String::new(), |mut rows, at| {
            let (order, minute) = (at / 2, at % 60);
            writeln!(rows, "A{order},{},2023-03-01 10:{minute:02}:01,i{at},{}.00,2.00,1.50,EUR", order % 5, 20 + at)
                .unwrap();
            rows
        })
    };
    let settings = format!("{ORDERS}discount = \"off\"\ntax = \"tax\"\ncurrency = \"currency\"\n");
    let first = format!("order,user,time,item,price,off,tax,currency\n{}", rows(0..30));
    let report = agree(&settings, &[("orders.csv", &first)], &[("orders.csv", &rows(30..40))], "taken over");
    assert_eq!(report["input"]["events"]["accepted"], 40);
}

#[test]
fn persons_by_addresses_joined_accounts_and_orders_of_which_the_first_row_tells_all() {
    let orders = |range: std::ops::Range<usize>| {
        range.fold(String::new(), |mut rows, at| {
            let status = ["paid", "refunded", "sent off"][at % 3];
            let minute = at % 60;
            write!(
                rows,
                "#{at},U{}@X.org,{status},2023-03-01 10:{minute:02}:01,A,1.00\n#{at},,,,B,2.00\n#{at},,,,B,2.00\n",
                at % 4
            )
            .unwrap();
            rows
        })
    };
    let joined = ORDERS.replace("[ingest.columns]", "same_user = { \"u0@x.org\" = \"u1@x.org\" }\n[ingest.columns]");
    let settings = format!("{joined}status = \"status\"\n");
    let first = format!("order,user,status,time,item,price\n{}", orders(0..12));
    let report = agree(&settings, &[("orders.csv", &first)], &[("orders.csv", &orders(12..20))], "taken over");
    // Of 20 orders of three lines, at 1, 4, 7, … seven were paid back; the users of the others are u1 to u3.
    let input = &report["input"];
    assert_eq!((&input["events"]["read"], &input["events"]["ignored"]["order refunded"]), (&60.into(), &21.into()));
    assert_eq!(input["users"], 3);
}

#[test]
fn a_newer_export_of_the_same_orders() {
    let header = "order,user,time,item,price,status\n";
    let orders = |status: &str| {
        (0..30).fold(header.to_owned(), |mut rows, at| {
            let status = if at < 10 { status } else { "paid" };
            writeln!(rows, "A{at},{},2023-03-01 10:{at:02}:01,i{},{}.50,{status}", at % 7, at % 4, 10 + at).unwrap();
            rows
        })
    };
    let settings = format!("{ORDERS}status = \"status\"\n");
    let first = [("orders-2023-03-02.csv", orders("pending"))];
    let more = [("orders-2023-03-09.csv", orders("paid"))];
    let [first, more] = [&first, &more].map(|files| files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let report = agree(&settings, &first, &more, "a newer one may replace what an older one told");
    let events = &report["input"]["events"];
    assert_eq!((&events["read"], &events["accepted"], &events["replaced"]), (&60.into(), &30.into(), &30.into()));
    assert!(events["ignored"].is_null() || events["ignored"].as_object().unwrap().is_empty(), "{events}");
}

#[test]
fn views_visits_messages_and_returns() {
    let kinds = ["look", "look", "mail", "buy", "back", "click", "stop"];
    let rows = |range: std::ops::Range<usize>| {
        range.fold(String::new(), |mut rows, at| {
            let item = if at % 3 == 0 { String::new() } else { format!("i{}", at % 4) };
            let (minute, second) = (at / 60, at % 60);
            writeln!(rows, "{},2023-03-01 10:{minute:02}:{second:02},{},{item},{}.25", at % 4, kinds[at % 7], at % 9)
                .unwrap();
            rows
        })
    };
    let settings = "files = \"*.csv\"\n[ingest.columns]\nuser = \"user\"\ntime = \"time\"\nevent = \"kind\"\nitem = \"item\"\n\
        price = \"price\"\n[ingest.events]\nlook = \"view\"\nmail = \"contact\"\nbuy = \"transaction\"\nback = \"return\"\n\
        click = \"response\"\nstop = \"optout\"\n";
    let first = format!("user,time,kind,item,price\n{}", rows(0..60));
    let report = agree(settings, &[("log.csv", &first)], &[("log.csv", &rows(60..90))], "taken over");
    assert_eq!(report["input"]["events"]["accepted"], 90);
}

#[test]
fn customers_dates_and_amounts_with_a_time_in_the_future() {
    let rows = |range: std::ops::Range<usize>| {
        range.fold(String::new(), |mut rows, at| {
            writeln!(rows, "{},2023-03-{:02},\"{},50\"", at % 9, 1 + at % 28, 10 + at).unwrap();
            rows
        })
    };
    let settings = "files = \"*.csv\"\ndefault_event = \"transaction\"\n[ingest.columns]\nuser = \"cust\"\ntime = \"day\"\n\
        price = \"amount\"\n";
    let first = format!("cust,day,amount\n{}", rows(0..150));
    let late = format!("{}3,2099-01-01,\"7,00\"\n", rows(150..180));
    let report = agree(settings, &[("log.csv", &first)], &[("log.csv", &late)], "taken over");
    let events = &report["input"]["events"];
    assert_eq!((&events["accepted"], &events["ignored"]["time in the future"]), (&180.into(), &1.into()));
    // And on from there: what stood alone may do so no more.
    let again = [("log.csv", late.as_str())];
    let first = [("log.csv", format!("{first}{late}"))];
    let first = first.each_ref().map(|(name, text)| (*name, text.as_str()));
    agree(settings, &first, &again, "a time that stood alone in the future may do so no more");
}

#[test]
fn a_log_without_items_has_no_recommendations_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (config, input, workspace) = (at("config.toml"), at("log.csv"), at("workspace"));
    let columns = "[ingest.columns]\nuser = \"cust\"\ntime = \"day\"\nprice = \"amount\"\n";
    fs::write(&config, format!("[ingest]\nlayout = \"custom\"\ndefault_event = \"transaction\"\n{columns}")).unwrap();
    let rows = (0..200).fold("cust,day,amount\n".to_owned(), |mut rows, at| {
        writeln!(rows, "{},2023-03-{:02},{}.50", at % 9, 1 + at % 28, 10 + at).unwrap();
        rows
    });
    fs::write(&input, rows).unwrap();
    let args = ["run", "--only", "ingest,recommend", "--format", "json", "--config", text(&config)];
    let output = user360(&[&args[..], &["--input", text(&input), "--workspace", text(&workspace)]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stages = report["stages"].as_array().unwrap();
    let stage = stages.iter().find(|stage| stage["id"] == "recommend").unwrap();
    assert_eq!(stage["state"], "skipped");
    assert_eq!(stage["reason"], "the log names no items; map one with ingest.columns.item");
    assert_eq!(stages[0]["metrics"]["events"], 200, "what else there is is told");
}
