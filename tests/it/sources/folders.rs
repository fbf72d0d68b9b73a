//! Folders of archives, workbooks with sheets that are no log, and lists of items as shops write them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::fetch::zips::{file, zip};
use crate::headless::{path, report, succeeded, user360};
use crate::sources::{COLUMNS, csv, rows, truth, workbook};

fn one(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str::<Vec<Value>>(&told).unwrap().swap_remove(0)
}

fn described(input: &Path, workspace: &Path) -> String {
    succeeded(user360(&["init", path(input), "--yes", "--workspace", path(workspace)]))
}

fn run(workspace: &Path) -> Value {
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", path(workspace)]));
    report(workspace)["input"]["events"].clone()
}

const NET: &str = "select round(sum(spend), 2) as net from features";

#[test]
fn a_folder_of_archives_is_a_log_to_which_another_archive_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("tills"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let all = rows(1);
    let archive = |name: &str, from: usize| {
        let members = [from, from + 50].map(|at| file(&format!("till{at}.csv"), csv(&all[at..at + 50])));
        fs::write(input.join(name), zip(&members)).unwrap();
    };
    archive("2023-03.zip", 0);
    let told = described(&input, &workspace);
    assert!(told.contains("accepted            100"), "{told}");
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.contains("files = [\"*.zip\"]"), "{settings}");
    assert_eq!(run(&workspace)["accepted"], 100);
    archive("2023-04.zip", 100);
    assert_eq!(run(&workspace)["accepted"], 200);
    assert_eq!(one(&workspace, NET)["net"].as_f64(), Some((truth() * 100.0).round() / 100.0));
}

#[test]
fn a_sheet_that_is_no_log_is_named_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop.xlsx"), folder.path().join("workspace"));
    let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let sheet = |part: &[crate::sources::Row]| {
        let lines = csv(part);
        lines.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let all = rows(0);
    let about = vec![cells(&["Sales of the shop", "made by"]), cells(&["2023", "Ann"])];
    let sheets = [("About", about), ("2022", sheet(&all[..120])), ("2023", sheet(&all[120..]))];
    fs::write(&input, workbook::of_texts(&sheets)).unwrap();
    let told = described(&input, &workspace);
    assert!(told.contains("not read: About"), "{told}");
    assert_eq!(run(&workspace)["accepted"], 200);
    assert_eq!(one(&workspace, NET)["net"].as_f64(), Some((truth() * 100.0).round() / 100.0));

    // A sheet that looks like more of the log is not left out in silence.
    let mut odd = sheet(&all[120..]);
    odd[0] = COLUMNS.map(|name| if name == "customer_id" { "who" } else { name }.to_owned()).to_vec();
    fs::write(&input, workbook::of_texts(&[("2022", sheet(&all[..120])), ("2023", odd)])).unwrap();
    let failed = user360(&["init", path(&input), "--yes", "--overwrite", "--workspace", path(&workspace)]);
    let text = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && text.contains("2022 and 2023 differ"), "{text}");
}

#[test]
fn tables_of_a_folder_that_are_not_read_are_named_and_moments_join_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let all = rows(0);
    fs::write(input.join("january.csv"), csv(&all[..120])).unwrap();
    // Times that come once each are no key of anything: these are two logs.
    let views: Vec<_> = all[120..].iter().copied().filter(|row| !row.2).collect();
    let renamed = csv(&views).replace("customer_id", "customer").replace("product_id", "sku");
    fs::write(input.join("february.csv"), renamed).unwrap();
    let told = described(&input, &workspace);
    assert!(told.contains("february.csv is a log of its own") && !told.contains("belongs to it by"), "{told}");
    assert_eq!(run(&workspace)["accepted"], 120 + views.len() as u64);
    // Whoever describes one of them alone is told of the other.
    let settings = folder.path().join("one.toml");
    let columns = "time = \"event_time\"\nuser = \"customer_id\"\nevent = \"event_type\"\nitem = \"product_id\"\n";
    fs::write(&settings, format!("[ingest]\nlayout = \"custom\"\n[ingest.columns]\n{columns}")).unwrap();
    let other = folder.path().join("other");
    let args = ["run", "--only", "ingest", "--config", path(&settings), "--input", path(&input)];
    succeeded(user360(&[&args[..], &["--workspace", path(&other)]].concat()));
    assert_eq!(report(&other)["input"]["events"]["read"], 120);
    let notes = report(&other)["stages"][0]["notes"].to_string();
    assert!(notes.contains("not read, being no part of the log by their columns: february.csv"), "{notes}");
}

#[test]
fn lists_of_items_are_taken_apart_once_in_the_preview_too_and_the_order_tells_their_money() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("bestellungen.csv"), folder.path().join("workspace"));
    let (mut log, mut cents, mut lines) = (String::from("Bestellung;Datum;Kunde;Artikel;Summe\n"), 0, 0);
    for order in 0..60_u32 {
        let (pieces, sum) = (1 + order % 3, 1_000 + order * 37);
        cents += sum;
        lines += 2;
        let (day, hour, sum) = (order % 28 + 1, order % 24, format!("{},{:02}", sum / 100, sum % 100));
        let items = format!("SKU-{} x{pieces}; SKU-{}", order % 7, 10 + order % 5);
        writeln!(log, "B{order};{day}.1.2025 {hour}:07;K{};\"{items}\";{sum}", order % 13).unwrap();
    }
    fs::write(&input, log).unwrap();
    let told = described(&input, &workspace);
    assert!(told.contains("columns.item = Artikel[].item") && told.contains("columns.total = Summe"), "{told}");
    let read = run(&workspace)["read"].clone();
    assert_eq!(read, lines);
    assert!(told.contains(&format!("rows                {lines}")), "{told}");
    assert_eq!(one(&workspace, NET)["net"].as_f64(), Some(f64::from(cents) / 100.0));
}
