//! Logs of other shops through the binary: from the file as the shop wrote it to features and segments.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

pub const KINDS: [&str; 3] = ["view", "addtocart", "transaction"];

/// One event of a shop: second, user, kind as in [`KINDS`], item, order.
#[derive(Clone, Copy)]
pub struct Event {
    pub second: i64,
    pub user: u64,
    pub kind: usize,
    pub item: u64,
    pub order: u64,
}

impl Event {
    pub fn time(self, format: &str) -> String {
        Timestamp::from_second(self.second).unwrap().strftime(format).to_string()
    }

    pub fn price(self) -> f64 {
        (self.item * 7 % 40) as f64 + 0.5
    }
}

/// A shop of 160 users over 100 days, always the same: some come back often, some buy, all like a few items best.
pub fn shop() -> Vec<Event> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut events = Vec::new();
    let mut order = 1;
    for user in 1..=160 {
        let start = random(70);
        for _ in 0..=random(12) {
            let day = start + random(100 - start);
            let mut second = 1_569_888_000 + (day * 86_400 + random(80_000)) as i64;
            for _ in 0..=random(6) {
                second += 20 + random(200) as i64;
                let item = 100 + (user * 5 + random(12)) % 60;
                events.push(Event { second, user, kind: 0, item, order: 0 });
                if random(3) == 0 {
                    events.push(Event { second: second + 5, user, kind: 1, item, order: 0 });
                }
                if random(5) == 0 {
                    events.push(Event { second: second + 9, user, kind: 2, item, order });
                }
            }
            order += 1;
        }
    }
    events
}

pub fn user360(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", std::env::temp_dir().join("user360-test-state"))
        .output()
        .unwrap()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs every stage on a folder of raw files; the report, and the workspace.
fn run(files: &[(&str, String)], config: Option<&str>) -> (Value, TempDir) {
    let input = tempfile::tempdir().unwrap();
    let workspace = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(input.path().join(name), content).unwrap();
    }
    let mut args =
        vec!["run", "--input", text(input.path()), "--workspace", text(workspace.path()), "--format", "json"];
    let settings = workspace.path().join("config.toml");
    if let Some(config) = config {
        fs::write(&settings, config).unwrap();
        args.extend(["--config", text(&settings)]);
    }
    let output = user360(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (serde_json::from_slice(&output.stdout).unwrap(), workspace)
}

fn stage<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == id).unwrap()
}

fn notes(report: &Value, id: &str) -> String {
    let notes = stage(report, id)["notes"].as_array().unwrap();
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// What every layout must give: events, features, segments, and no stage that broke.
#[track_caller]
fn assert_runs(report: &Value, layout: &str, events: usize) {
    assert_eq!(report["input"]["layout"], layout);
    assert_eq!(report["input"]["events"]["accepted"], events, "{}", report["input"]);
    for stage in report["stages"].as_array().unwrap() {
        let state = stage["state"].as_str().unwrap();
        assert!(state == "done" || (state == "skipped" && stage["reason"].is_string()), "{stage}");
    }
    for id in ["ingest", "features", "segments"] {
        assert_eq!(stage(report, id)["state"], "done", "{}", stage(report, id));
    }
}

/// The answer to a query, in JSON.
fn sql(workspace: &TempDir, query: &str) -> Value {
    let output = user360(&["sql", query, "--format", "json", "--workspace", text(workspace.path())]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The sum of the shop's purchases.
fn revenue(shop: &[Event]) -> f64 {
    shop.iter().filter(|event| event.kind == 2).map(|event| event.price()).sum()
}

#[track_caller]
fn assert_revenue(workspace: &TempDir, expected: f64) {
    let spent = sql(workspace, "select sum(spend) as spent from features")[0]["spent"].as_f64().unwrap();
    assert!((spent - expected).abs() < 0.01 * expected.max(1.0), "spend adds up to {spent}, not {expected}");
}

#[test]
fn rees46_runs_end_to_end() {
    let shop = shop();
    let mut log =
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n".to_owned();
    for event in &shop {
        let (time, kind) = (event.time("%Y-%m-%d %H:%M:%S UTC"), ["view", "cart", "purchase"][event.kind]);
        let (item, user, price) = (event.item, event.user, event.price());
        let code = ["electronics.smartphone", "electronics.audio.headphone", "apparel.shoes"][item as usize % 3];
        writeln!(log, "{time},{kind},{item},20{},{code},acme,{price},{user},{user}-{}", item % 3, event.second / 1_800)
            .unwrap();
        if kind == "cart" && item % 5 == 0 {
            writeln!(log, "{time},remove_from_cart,{item},201,{code},acme,{price},{user},").unwrap();
        }
    }
    let (report, workspace) = run(&[("2019-Oct.csv", log)], None);
    assert_runs(&report, "rees46", shop.len());
    assert!(report["input"]["events"]["ignored"]["remove_from_cart"].as_u64().unwrap() > 10);
    assert!(notes(&report, "ingest").contains("read in the layout rees46"));
    // Without order ids a user's purchases of one day are an order.
    let bought = shop.iter().filter(|event| event.kind == 2);
    let orders: HashSet<(u64, String)> = bought.map(|event| (event.user, event.time("%Y-%m-%d"))).collect();
    assert_eq!(sql(&workspace, "select sum(orders) as n from features")[0]["n"], orders.len());
    assert_eq!(stage(&report, "churn")["state"], "done", "{}", stage(&report, "churn"));
    assert_revenue(&workspace, revenue(&shop));
    let paths = sql(&workspace, "select distinct category_path from items order by category_path");
    assert_eq!(paths[1]["category_path"], "electronics/audio/headphone");
    // A stage that reads events and items back finds the same categories.
    let again = user360(&["report", "--workspace", text(workspace.path())]);
    let told = String::from_utf8(again.stdout).unwrap();
    assert!(told.contains("read in the layout rees46\nignored rows: remove_from_cart "), "{told}");
}

#[test]
fn stages_read_a_log_of_another_layout_back() {
    let shop = shop();
    let mut log = "event_time,event_type,product_id,category_code,price,user_id,user_session\n".to_owned();
    for event in &shop {
        let (time, kind) = (event.time("%Y-%m-%d %H:%M:%S UTC"), ["view", "cart", "purchase"][event.kind]);
        let code = ["electronics.smartphone", "electronics", ""][event.item as usize % 3];
        writeln!(log, "{time},{kind},{},{code},{},{},{}", event.item, event.price(), event.user, event.second / 900)
            .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("events.csv"), log).unwrap();
    let tables = |steps: &[&str]| {
        let workspace = tempfile::tempdir().unwrap();
        for only in steps {
            let args = ["run", "--input", text(folder.path()), "--workspace", text(workspace.path()), "--only", only];
            let output = user360(&args);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        sql(&workspace, "select user_id, segment_id from segments order by user_id limit 500")
    };
    assert_eq!(tables(&["segments"]), tables(&["features", "segments"]));
}

#[test]
fn online_retail_runs_end_to_end_on_purchases_alone() {
    let shop = shop();
    let mut log = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n".to_owned();
    let bought: Vec<&Event> = shop.iter().filter(|event| event.kind > 0).collect();
    for (n, event) in bought.iter().enumerate() {
        // Times are of the minute, so each line needs an order of its own to be no duplicate.
        let (time, item) = (event.time("%-m/%-d/%Y %-H:%M"), event.item);
        let invoice = 536_365 + n;
        writeln!(log, "{invoice},{item}A,\"HOLDER, WHITE\",2,{time},{},{}.0,France", event.price(), event.user)
            .unwrap();
        if n % 9 == 0 {
            writeln!(log, "C{invoice},{item}A,\"HOLDER, WHITE\",-2,{time},{},{}.0,France", event.price(), event.user)
                .unwrap();
            writeln!(log, "{invoice},{item}B,,1,{time},0,,France").unwrap();
        }
    }
    let (report, workspace) = run(&[("Online Retail.csv", log)], None);
    let returned: Vec<&&Event> = bought.iter().step_by(9).collect();
    assert_runs(&report, "online-retail", bought.len() + returned.len());
    let counted = sql(&workspace, "select count(*) as n from events where event = 'return' and price < 0");
    assert_eq!(counted[0]["n"], returned.len());
    let counted = sql(&workspace, "select sum(returns) as n from features");
    assert_eq!(counted[0]["n"], returned.len());
    let told = notes(&report, "features");
    assert!(told.contains("left out of the models, because this log cannot tell them: "), "{told}");
    for feature in ["views", "addtocarts", "view_cart_ratio", "unique_items"] {
        assert!(told.contains(feature), "{feature} is not said to be null: {told}");
    }
    let spent = |events: &[&Event]| events.iter().map(|event| 2.0 * event.price()).sum::<f64>();
    let back: Vec<&Event> = returned.into_iter().copied().collect();
    assert_revenue(&workspace, spent(&bought) - spent(&back));
    let users = sql(&workspace, "select user_id, views from features order by user_id limit 1");
    assert!(users[0]["user_id"].is_i64() && users[0]["views"].is_null(), "{users}");
    let metrics = &stage(&report, "ltv")["metrics"];
    // These users buy at random: nothing is learnt, and nothing may be worse than the mean beyond what chance does.
    assert!(metrics["revenue_rmse_w_gain_high"].as_f64().unwrap() >= 0.0, "{metrics}");
    let expected = sql(&workspace, "select count(*) as n, min(revenue) as least, max(revenue) as most from ltv");
    assert_eq!(expected[0]["n"], report["input"]["users"]);
    assert!(expected[0]["least"].as_f64().unwrap() >= 0.0 && expected[0]["most"].as_f64().unwrap() > 1.0, "{expected}");
}

#[test]
fn yoochoose_runs_end_to_end() {
    let shop = shop();
    let (mut clicks, mut buys) = (String::new(), String::new());
    let (mut views, mut purchases) = (0, 0);
    for event in &shop {
        let time = event.time("%Y-%m-%dT%H:%M:%S.277Z");
        match event.kind {
            0 => {
                views += 1;
                writeln!(clicks, "{},{time},{},{}", event.user, event.item, ["0", "S", "4"][event.item as usize % 3])
                    .unwrap();
            }
            2 => {
                purchases += 1;
                writeln!(buys, "{},{time},{},{},1", event.user, event.item, event.price()).unwrap();
            }
            _ => {}
        }
    }
    let (report, workspace) = run(&[("yoochoose-clicks.dat", clicks), ("yoochoose-buys.dat", buys)], None);
    assert_runs(&report, "yoochoose", views + purchases);
    assert!(notes(&report, "ingest").contains("each session counts as a user"));
    assert!(notes(&report, "features").contains("view_cart_ratio"), "{}", notes(&report, "features"));
    assert_revenue(&workspace, revenue(&shop));
}

#[test]
fn google_analytics_runs_end_to_end() {
    let shop = shop();
    let mut log =
        "event_timestamp,event_name,user_pseudo_id,ga_session_id,item_id,item_category,price,transaction_id\n"
            .to_owned();
    for event in &shop {
        let (at, kind) = (event.second * 1_000_000 + 766, ["view_item", "add_to_cart", "purchase"][event.kind]);
        let order = if event.kind == 2 { format!("T{}", event.order) } else { String::new() };
        let session = event.second / 1_800;
        writeln!(log, "{at},session_start,{}.{},{session},,,,", event.user, event.user).unwrap();
        let (item, price) = (event.item, event.price());
        writeln!(
            log,
            "{at},{kind},{}.{},{session},SKU{item},Home/{},{price},{order}",
            event.user,
            event.user,
            item % 4
        )
        .unwrap();
    }
    let (report, workspace) = run(&[("events.csv", log)], None);
    assert_runs(&report, "ga4", shop.len());
    assert_eq!(report["input"]["events"]["ignored"]["session_start"], shop.len());
    assert_revenue(&workspace, revenue(&shop));
    assert_eq!(report["input"]["users"], 160);
}

#[test]
fn any_log_runs_by_a_mapping_of_its_columns() {
    let shop = shop();
    let mut log = "kunde;zeit;was;artikel;bestellung;betrag\n".to_owned();
    for event in &shop {
        let (time, kind) = (event.time("%d.%m.%Y %H:%M:%S"), ["Ansicht", "Korb", "Kauf"][event.kind]);
        let betrag = event.price().to_string().replace('.', ",");
        writeln!(log, "K-{};{time};{kind};{};{};{betrag}", event.user, event.item, event.order).unwrap();
        if event.item % 7 == 0 {
            writeln!(log, "K-{};{time};Suche;;;", event.user).unwrap();
        }
    }
    let config = "\
[ingest]
layout = \"custom\"
files = \"log-*.txt\"
time_format = \"%d.%m.%Y %H:%M:%S\"
time_zone = \"+01:00\"
[ingest.columns]
user = \"kunde\"
time = \"zeit\"
event = \"was\"
item = \"artikel\"
transaction = \"bestellung\"
price = \"betrag\"
[ingest.events]
Ansicht = \"view\"
Korb = \"addtocart\"
Kauf = \"transaction\"
";
    let (report, workspace) = run(&[("log-2019.txt", log)], Some(config));
    assert_runs(&report, "custom", shop.len());
    assert!(report["input"]["events"]["ignored"]["Suche"].as_u64().unwrap() > 10);
    assert_revenue(&workspace, revenue(&shop));
    let last = shop.iter().map(|event| event.second).max().unwrap() - 3_600;
    let as_of: Timestamp = report["as_of"].as_str().unwrap().parse().unwrap();
    assert_eq!(as_of.as_second(), last, "times are an hour ahead of UTC");
}

#[test]
fn retailrocket_is_the_layout_of_the_sample() {
    let mut log = "timestamp,visitorid,event,itemid,transactionid\n".to_owned();
    let shop = shop();
    for event in &shop {
        let order = if event.kind == 2 { event.order.to_string() } else { String::new() };
        writeln!(log, "{},{},{},{},{order}", event.second * 1_000, event.user, KINDS[event.kind], event.item).unwrap();
    }
    let (report, _) = run(&[("events.csv", log)], None);
    assert_runs(&report, "retailrocket", shop.len());
    assert!(report["input"]["events"].get("ignored").is_none());
    assert!(!notes(&report, "ingest").contains("layout"));
    assert!(notes(&report, "ltv").contains("no revenue is predicted: the log tells no prices"));
}

#[test]
fn a_new_mapping_is_a_new_run() {
    let shop = shop();
    let mut log = "timestamp,visitorid,event,itemid,transactionid\n".to_owned();
    for event in shop.iter().filter(|event| event.kind == 0) {
        writeln!(log, "{},{},view,{},", event.second * 1_000, event.user, event.item).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("events.csv"), log).unwrap();
    let config = folder.path().join("config.toml");
    let workspace = tempfile::tempdir().unwrap();
    let run = |settings: &str| -> Value {
        fs::write(&config, settings).unwrap();
        let output = user360(&[
            "run",
            "--accept-settings",
            "--only",
            "features",
            "--input",
            text(folder.path()),
            "--workspace",
            text(workspace.path()),
            "--config",
            text(&config),
            "--format",
            "json",
        ]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    let state = |report: &Value| stage(report, "ingest")["state"].as_str().unwrap().to_owned();
    assert_eq!((state(&run("")), state(&run(""))), ("done".into(), "cached".into()));
    let other = run("[ingest.events]\nview = \"addtocart\"\n");
    assert_eq!(state(&other), "done", "another meaning of the same file");
    let wrong = "[ingest.columns]\nuser = \"visitor\"\n";
    fs::write(&config, wrong).unwrap();
    let output = user360(&[
        "run",
        "--accept-settings",
        "--input",
        text(folder.path()),
        "--workspace",
        text(workspace.path()),
        "--config",
        text(&config),
    ]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("did you mean visitorid? set ingest.columns.user"), "{told}");
}
