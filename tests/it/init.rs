//! A log nobody described: looked at, described, run.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use user360::config::Config;

use crate::headless::{path, report, succeeded, user360};

/// A German shop's log of 400 rows.
pub fn german() -> String {
    let mut log = String::from("Zeit;Kunde;Aktion;Artikel;Preis\n");
    for row in 0..400 {
        let (day, month, hour) = (row % 28 + 1, row / 28 % 3 + 1, row % 24);
        let event = ["product_view", "product_view", "warenkorb", "bestellung", "newsletter"][row % 5];
        let (user, item) = (row % 61, row % 31);
        writeln!(log, "{day:02}.{month:02}.2024 {hour:02}:00;K{user};{event};A{item};{row},50").unwrap();
    }
    log
}

#[test]
fn a_run_by_the_written_settings_gives_the_numbers_of_the_preview() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("log.csv"), folder.path().join("shop.toml"));
    fs::write(&log, german()).unwrap();
    fs::write(&out, "[run]\nkeep = 2\n").unwrap();
    let told = user360(&["init", path(&log), "--out", path(&out), "--yes"]);
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&out).unwrap(), "[run]\nkeep = 2\n");
    let args = ["init", path(&log), "--out", path(&out), "--yes", "--overwrite", "--format", "json"];
    let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
    let settings = &told["settings"];
    assert_eq!(settings["time_format"], "%d.%m.%Y %H:%M");
    assert_eq!((&settings["columns"]["user"], &settings["columns"]["price"]), (&"Kunde".into(), &"Preis".into()));
    assert_eq!(told["preview"]["counts"]["transactions"], 80);
    let written = fs::read_to_string(&out).unwrap();
    assert!(written.starts_with("[run]\nkeep = 2\n\n[ingest]\n"), "{written}");
    assert!(written.ends_with("\n[churn]\n# After how long a silence a user counts as gone: told by the log's own gaps.\ninactive_days = \"auto\"\n\n[ltv]\n# What counts as a purchase: \"orders\", or \"rows\" for each line of one.\ncount = \"orders\"\n"));
    let workspace = folder.path().join("workspace");
    let (config, space) = (path(&out), path(&workspace));
    let run = ["run", "--only", "ingest", "--config", config, "--input", path(&log), "--workspace", space];
    succeeded(user360(&run));
    let (report, counts) = (report(&workspace), &told["preview"]["counts"]);
    let input = &report["input"];
    for (count, known) in [
        ("read", &input["events"]["read"]),
        ("accepted", &input["events"]["accepted"]),
        ("duplicates", &input["events"]["duplicates"]),
        ("ignored", &input["events"]["ignored"]),
        ("users", &input["users"]),
        ("items", &input["items"]),
    ] {
        assert_eq!(&counts[count], known, "{count}");
    }
    for (count, kind) in [("views", "view"), ("addtocarts", "addtocart"), ("transactions", "transaction")] {
        let query = format!("SELECT count(*) AS n FROM events WHERE event = '{kind}'");
        let rows = succeeded(user360(&["sql", &query, "--format", "json", "--workspace", space]));
        let rows: Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(rows[0]["n"], counts[count], "{count}");
    }
}

#[test]
fn a_log_without_times_is_refused_and_nothing_is_written_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("log.csv"), folder.path().join("shop.toml"));
    fs::write(&log, "user,item\na,b\nc,d\n").unwrap();
    let refused = user360(&["init", path(&log), "--out", path(&out), "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("no column could be the time") && told.contains("user, item"), "{told}");
    fs::write(&log, german()).unwrap();
    succeeded(user360(&["init", path(&log), "--out", path(&out)]));
    assert!(!out.exists());
}

/// 200 rows below a header, by a function of the row's number.
fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..200).map(row).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// What `init` proposes for a log, with its exit code.
fn proposed(log: &str, more: &[&str]) -> (Value, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    fs::write(&file, log).unwrap();
    let out = folder.path().join("shop.toml");
    let args = [&["init", path(&file), "--yes", "--format", "json", "--out", path(&out)], more].concat();
    let output = user360(&args);
    let told = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    });
    assert_eq!(out.exists(), output.status.success(), "written only where it is worth it");
    (told, output.status.code())
}

fn day(at: usize) -> String {
    format!("2024-{:02}-{:02} 10:{:02}:09", at / 28 % 12 + 1, at % 28 + 1, at % 60)
}

#[test]
fn a_preview_that_ignores_most_rows_or_leaves_buying_out_is_not_written_unless_accepted() {
    let of = |events: [&'static str; 4]| {
        rows("user,event,time,item", move |at| format!("u{},{},{},i{}", at % 41, events[at % 4], day(at), at % 13))
    };
    for (events, why) in [
        (["opened", "scrolled", "hovered", "view"], "150 of 200 rows are ignored (75.0 %)"),
        (
            ["view", "cart", "purchase_confirmed_v2", "view"],
            "no row is a purchase; ignored are purchase_confirmed_v2 (50)",
        ),
    ] {
        let (told, code) = proposed(&of(events), &[]);
        assert!(told["objections"][0].as_str().unwrap().contains(why), "{}", told["objections"]);
        assert_eq!(code, Some(3));
        assert_eq!(proposed(&of(events), &["--accept"]).1, Some(0));
    }
    let set = ["--set", "events.purchase_confirmed_v2=transaction"];
    let (told, code) = proposed(&of(["view", "cart", "purchase_confirmed_v2", "view"]), &set);
    assert_eq!((code, &told["preview"]["counts"]["transactions"]), (Some(0), &50.into()));
    // A log of views alone leaves nothing out.
    assert_eq!(proposed(&of(["view", "click", "view", "view"]), &[]).1, Some(0));
    let torn = rows("user,item,time", |at| {
        format!("u{},i{},{}", at % 41, at % 13, if at % 8 == 0 { "soon" } else { "2024-01-05" })
    });
    let (told, code) = proposed(&torn, &[]);
    assert!(
        told["objections"][0].as_str().unwrap().contains("25 of 200 rows are rejected (12.5 %; 5.0 % may be)"),
        "{told:#}"
    );
    assert_eq!(code, Some(3));
}

#[test]
fn empty_cells_and_guests_count_against_a_column() {
    let log = rows("order_id,customer_id,billing_email,created_at,paid_at,sku,price", |at| {
        let customer = if at % 5 < 3 { "guest".to_owned() } else { format!("{}", at % 41) };
        // Every second order is paid, the time told in its first line alone.
        let paid = if at % 4 == 0 { day(at) } else { String::new() };
        format!("o{},{customer},a{}@x.example,{},{paid},P{},{}.50", at / 2, at % 41, day(at), at % 13, at % 40)
    });
    let (told, _) = proposed(&log, &[]);
    let columns = &told["settings"]["columns"];
    assert_eq!((&columns["time"], &columns["user"]), (&"created_at".into(), &"billing_email".into()));
    let (forced, code) = proposed(&log, &["--set", "user=customer_id", "--set", "time=paid_at"]);
    assert!(forced["objections"].to_string().contains("rows are rejected (50.0 %"), "{:#}", forced["objections"]);
    assert_eq!(code, Some(3));
}

#[test]
fn what_stands_in_for_users_and_money_that_is_not_read_are_doubts() {
    let log = rows("session_id,time,item,event,revenue,price", |at| {
        format!("s{},{},i{},view,{at}.50,{at}.25", at / 3, day(at), at % 13)
    });
    let (told, code) = proposed(&log, &[]);
    let doubts: Vec<&str> = told["doubts"].as_array().unwrap().iter().map(|doubt| doubt.as_str().unwrap()).collect();
    assert!(doubts.iter().any(|doubt| doubt.contains("each session counts as a user")), "{doubts:?}");
    assert!(
        doubts.iter().any(|doubt| doubt.starts_with("revenue is not read, though it could be money")),
        "{doubts:?}"
    );
    assert_eq!(code, Some(0));
}

#[test]
fn times_with_offsets_propose_the_zone() {
    let log = rows("created_at,user_id,item_id", |at| {
        let summer = (4..=9).contains(&(at / 28 % 12 + 1));
        format!("{}{},u{},i{}", day(at).replace(' ', "T"), if summer { "+02:00" } else { "+01:00" }, at % 41, at % 13)
    });
    let (told, _) = proposed(&log, &[]);
    assert_eq!(told["settings"]["time_zone"], "Europe/Berlin");
    let utc = log.replace("+02:00", "Z").replace("+01:00", "Z");
    assert_eq!(proposed(&utc, &[]).0["settings"]["time_zone"], "UTC");
    assert_eq!(proposed(&log, &["--set", "time_zone=Asia/Tokyo"]).0["settings"]["time_zone"], "Asia/Tokyo");
}

#[test]
fn a_role_is_cleared_and_a_time_format_finds_its_column() {
    let log = rows("user;when;item;price;revenue", |at| {
        format!("u{};2024|{:02}|03 10.{:02};i{};{at}.50;{at}.75", at % 41, at % 28 + 1, at % 60, at % 13)
    });
    let set = ["--set", "time_format=%Y|%d|%m %H.%M"];
    let (told, code) = proposed(&log, &set);
    assert_eq!((&told["settings"]["columns"]["time"], code), (&"when".into(), Some(0)));
    let cleared = [&set[..], &["--set", "price="]].concat();
    let columns = &proposed(&log, &cleared).0["settings"]["columns"];
    assert_eq!((&columns["price"], &columns["total"]), (&Value::Null, &"revenue".into()));
    let none = [&set[..], &["--set", "columns.price=", "--set", "total="]].concat();
    let settings = &proposed(&log, &none).0["settings"];
    assert_eq!((&settings["columns"]["total"], &settings["default_event"]), (&Value::Null, &"view".into()));
}

#[test]
fn patterns_stay_patterns_and_a_folder_of_tables_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let month = |month: usize| {
        rows("customer,date,product,price,order", |at| {
            format!("u{},2024-{month:02}-{:02} 10:00:09,P{},{at}.5,{month}{at}", at % 41, at % 28 + 1, at % 13)
        })
    };
    for at in 1..=2 {
        fs::write(logs.join(format!("2024-{at:02}.csv")), month(at)).unwrap();
    }
    let pattern = logs.join("2024-*.csv");
    for (input, files) in [(&pattern, "2024-*.csv"), (&logs, "*.csv")] {
        let workspace = tempfile::tempdir().unwrap();
        let space = path(workspace.path());
        succeeded(user360(&["init", path(input), "--yes", "--workspace", space]));
        let written = Config::load(Some(&workspace.path().join("user360.toml"))).unwrap();
        assert_eq!((written.ingest.input.as_str(), written.ingest.files), (path(&logs), vec![files.to_owned()]));
        succeeded(user360(&["run", "--only", "ingest", "--workspace", space]));
        assert_eq!(report(workspace.path())["input"]["events"]["accepted"], 400);
        let direct = tempfile::tempdir().unwrap();
        succeeded(user360(&["run", "--only", "ingest", "--input", path(input), "--workspace", path(direct.path())]));
        assert_eq!(report(direct.path())["input"]["events"]["accepted"], 400);
    }
}

#[test]
fn files_of_one_folder_may_have_different_separators() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let month = |month: usize, separator: &str, decimal: &str| {
        rows(&["customer", "date", "product", "price", "order"].join(separator), |at| {
            let date = format!("2024-{month:02}-{:02} 10:00:09", at % 28 + 1);
            let cells = [format!("u{}", at % 41), date, format!("P{}", at % 13), format!("{at}{decimal}25")];
            [&cells[..], &[format!("{month}{at}")]].concat().join(separator)
        })
    };
    fs::write(logs.join("2024-01.csv"), month(1, ",", ".")).unwrap();
    fs::write(logs.join("2024-02.csv"), month(2, ";", ",")).unwrap();
    let workspace = tempfile::tempdir().unwrap();
    let space = path(workspace.path());
    succeeded(user360(&["init", path(&logs), "--yes", "--workspace", space]));
    let written = Config::load(Some(&workspace.path().join("user360.toml"))).unwrap().ingest;
    assert_eq!((written.separator.as_str(), written.decimal.as_str()), ("auto", "auto"));
    succeeded(user360(&["run", "--only", "features", "--workspace", space]));
    assert_eq!(report(workspace.path())["input"]["events"]["accepted"], 400);
    // Twice the sum of 0.25 to 199.25.
    let spent = user360(&["sql", "select sum(spend) as s from features", "--workspace", space, "--format", "json"]);
    let spent: Value = serde_json::from_slice(&spent.stdout).unwrap();
    assert_eq!(spent[0]["s"], 2.0 * (199.0 * 200.0 / 2.0 + 200.0 * 0.25));
}

#[test]
fn a_second_file_with_other_columns_is_named_and_a_column_given_is_freed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.csv"), folder.path().join("two.csv"));
    fs::write(&one, german()).unwrap();
    fs::write(&two, german().replace("Preis", "Betrag")).unwrap();
    let args = ["init", path(&one), path(&two), "--set", "columns.transaction=Artikel", "--set", "columns.item=Preis"];
    let refused = user360(&[&args[..], &["--format", "json"]].concat());
    let told: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let note = "two.csv lacks Preis and has Betrag beside; only one.csv was looked at, the preview reads all";
    assert_eq!(told["notes"], serde_json::json!([note]));
    let columns = &told["settings"]["columns"];
    assert_eq!((&columns["item"], &columns["price"]), (&"Preis".into(), &Value::Null));
    assert!(told["error"].as_str().unwrap().contains("no column \"Preis\" in two.csv"), "{told:#}");
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(user360(&args).stdout).unwrap();
    assert!(said.contains(note), "{said}");
}

/// The orders of a shop whose 300 customers buy every two months or so; a third of them stops after the first year.
fn slow_shop() -> String {
    let mut log = String::from("ordered_at;customer;event;sku;price\n");
    let mut state = 1_u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    for customer in 0..300 {
        let mut day = below(60);
        let last = if customer % 3 == 0 { 365 } else { 730 };
        while day < last {
            let date = jiff::civil::date(2023, 1, 1) + jiff::Span::new().days(day as i64);
            writeln!(log, "{date} 12:00;C{customer};order;S{};{},50", below(40), below(90)).unwrap();
            day += 20 + below(70);
        }
    }
    log
}

#[test]
fn a_shop_of_slow_customers_is_told_after_how_long_a_silence_they_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (log, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
    fs::write(&log, slow_shop()).unwrap();
    succeeded(user360(&["init", path(&log), "--yes", "--workspace", path(&workspace)]));
    let settings = workspace.join("user360.toml");
    let written = fs::read_to_string(&settings).unwrap();
    assert!(
        written.contains("\ninactive_days = \"auto\"\n") && written.ends_with("\ncount = \"orders\"\n"),
        "{written}"
    );
    let run = |more: &[&str]| {
        succeeded(user360(&[&["run", "--only", "churn", "--workspace", path(&workspace)], more].concat()));
        let report = report(&workspace);
        let churn = report["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == "churn").unwrap().clone();
        (churn["metrics"].clone(), churn["notes"][0].as_str().unwrap().to_owned())
    };
    let (told, note) = run(&[]);
    // Gaps are 20 to 89 days, evenly: nine in ten have ended after 82 to 84.
    assert_eq!(told["inactive_days"], 84.0, "{note}");
    assert!(told["returned"].as_f64().unwrap() < 0.2, "{told}");
    assert!(note.contains("84 days counts as gone, told by the gaps"), "{note}");
    fs::write(&settings, written.replace("\"auto\"", "30")).unwrap();
    let (told, note) = run(&["--accept-settings"]);
    assert!(told["returned"].as_f64().unwrap() > 0.5, "30 days call most of them gone: {told}, {note}");
    assert!(told["returned_low"].as_f64() < told["returned"].as_f64() && !note.contains("told by"), "{note}");
}
