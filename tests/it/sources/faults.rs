//! What is broken is named: archive, member, line.

use crate::fetch::zips::{Entry, file, zip};
use crate::sources::workbook::{book, text};
use crate::sources::{COLUMNS, Place, csv, gzip, json, read, rows, workbook};

/// What reading a file of this name and these bytes says.
#[track_caller]
fn refused(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let place = Place::new().file(name, bytes);
    match read(&place.path(name)) {
        Ok((settings, read)) => panic!("{name} was read: {} rows by {settings:?}", read.counts.read),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn assert_says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{told:?} does not say {part:?}");
    }
}

fn member(change: impl FnOnce(&mut Entry)) -> Vec<u8> {
    let mut entry = file("log.csv", csv(&rows(0)));
    change(&mut entry);
    zip(&[entry])
}

#[test]
fn broken_archives_are_refused_by_name_and_member() {
    let whole = member(|_| {});
    assert_says(&refused("log.zip", &whole[..whole.len() - 30]), &["log.zip", "damaged or cut off"]);
    assert_says(&refused("log.zip", member(|entry| entry.crc = Some(7))), &["log.csv", "checksum"]);
    assert_says(&refused("log.zip", member(|entry| entry.flags = 1)), &["log.csv", "is encrypted"]);
    assert_says(&refused("log.zip", member(|entry| entry.method = 12)), &["log.csv", "compressed by a method"]);
    let longer = csv(&rows(0)).len() as u32 - 10;
    assert_says(&refused("log.zip", member(|entry| entry.claimed_bytes = Some(longer))), &["log.csv", "longer than"]);
    // Thirty million equal bytes are packed to some thirty thousand.
    let bomb = zip(&[file("log.csv", vec![b'a'; 30_000_000])]);
    assert_says(&refused("log.zip", bomb), &["log.csv", "more than 200 times"]);
    let many: Vec<Entry> = (0..10_001).map(|at| file(&format!("{at}.csv"), "")).collect();
    assert_says(&refused("log.zip", zip(&many)), &["more than 10000 entries"]);
    assert_says(&refused("log.zip", zip(&[file("logo.png", "x")])), &["log.zip", "no event log"]);
    assert_says(&refused("log.zip", csv(&rows(0))), &["named like a zip file"]);
}

#[test]
fn tables_that_differ_are_not_one_log() {
    let other = csv(&rows(1)).replace("customer_id", "who");
    let archive = zip(&[file("orders.csv", csv(&rows(0))), file("products.csv", other)]);
    let place = Place::new().file("shop.zip", archive);
    let told = read(&place.path("shop.zip")).unwrap_err().to_string();
    assert_says(&told, &["orders.csv, products.csv", "shop.zip/products.csv"]);
    let (_, read_one) = read(&place.path("shop.zip/orders.csv")).unwrap();
    assert_eq!(read_one.counts.accepted, 200);
    let told = read(&place.path("shop.zip/order.csv")).unwrap_err().to_string();
    assert_says(&told, &["no member \"order.csv\"", "orders.csv, products.csv"]);
}

#[test]
fn sheets_of_one_header_are_one_log_and_a_sheet_can_be_named() {
    let all = rows(0);
    let (first, second) = all.split_at(120);
    let years = workbook::of(&[("2022", &COLUMNS, first), ("2023", &COLUMNS, second)]);
    let place = Place::new().file("shop.xlsx", years);
    assert_eq!(read(&place.path("shop.xlsx")).unwrap().1.counts.accepted, 200);
    assert_eq!(read(&place.path("shop.xlsx/2023")).unwrap().1.counts.accepted, 80);
    assert_says(&read(&place.path("shop.xlsx/2024")).unwrap_err().to_string(), &["no sheet \"2024\"", "2022, 2023"]);
}

#[test]
fn a_workbook_that_is_none_is_refused() {
    let note = format!("<row r=\"1\">{}</row>", text(0, 1, "see the other file"));
    assert_says(&refused("note.xlsx", book(&[("Note".to_owned(), note)])), &["note.xlsx", "no event log"]);
    assert_says(&refused("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), &["Excel 97", ".xlsx"]);
    let mut broken = workbook::of(&[("Orders", &COLUMNS, &rows(0))]);
    broken.truncate(broken.len() - 10);
    assert_says(&refused("shop.xlsx", broken), &["shop.xlsx", "damaged or cut off"]);
}

#[test]
fn broken_json_is_told_with_its_line() {
    let lines: Vec<String> = rows(0).iter().map(json).collect();
    let with = |line: &str| [&lines[..3], &[line.to_owned()], &lines[3..]].concat().join("\n");
    assert_says(&refused("log.jsonl", with("{\"event_time\": \"2023\", }")), &["log.jsonl:4", "no JSON object"]);
    assert_says(&refused("log.jsonl", with("and so on")), &["log.jsonl:4", "and so on"]);
    assert_says(&refused("log.jsonl.gz", gzip(with("{\"event_time\": \"2023").as_bytes())), &["log.jsonl.gz:4"]);
    assert_says(&refused("log.json", format!("[{}", lines.join(",\n"))), &["log.json", "cut off"]);
}
