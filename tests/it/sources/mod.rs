//! Logs where they really lie: packed, in archives and workbooks, in folders within folders, as JSON. The same log gives the
//! same events from each.

mod equal;
mod faults;
mod folders;
mod nested;
mod shops;
mod standard_input;
mod vendors;
pub mod workbook;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use tempfile::TempDir;
use user360::error::Result;
use user360::ingest::propose::{Draft, Request};
use user360::ingest::{EventKind, IngestSettings, Ingested, discover, ingest};
use user360::job::Job;

use crate::fetch::zips::{self, zip};

/// A row: minute of the time, user, whether it is a purchase, item, price in cents, pieces.
pub type Row = (u32, u32, bool, u32, u32, u32);

pub const COLUMNS: [&str; 7] =
    ["event_time", "customer_id", "event_type", "product_id", "order_id", "price", "quantity"];

/// Two hundred rows of eight users, of which 40 are purchases, in an order that depends on `turn`.
pub fn rows(turn: usize) -> Vec<Row> {
    let row =
        |at: u32| (at, 100 + at / 5 % 8, at.is_multiple_of(5), 900 + at % 7, 100 + at * 10_007 % 9_000, 1 + at % 3);
    let mut rows: Vec<Row> = (0..200).map(row).collect();
    rows.rotate_left(turn * 37 % 200);
    rows
}

/// Price times pieces over the purchases.
fn truth() -> f64 {
    let cents: u64 = rows(0).iter().filter(|row| row.2).map(|row| u64::from(row.4) * u64::from(row.5)).sum();
    cents as f64 / 100.0
}

/// The cells of a row by [`COLUMNS`].
fn cells(row: &Row) -> [String; 7] {
    let (minute, user, bought, item, cents, pieces) = *row;
    let time = format!("2023-03-{:02} {:02}:{:02}:00", 13 + minute / 60, 9 + minute / 60, minute % 60);
    let (event, order) = if bought { ("purchase", (500 + minute).to_string()) } else { ("view", String::new()) };
    let price = format!("{}.{:02}", cents / 100, cents % 100);
    [time, user.to_string(), event.to_owned(), item.to_string(), order, price, pieces.to_string()]
}

pub fn csv(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| cells(row).join(","));
    std::iter::once(COLUMNS.join(",")).chain(lines).map(|line| line + "\n").collect()
}

pub fn json(row: &Row) -> String {
    let cells = cells(row);
    let pairs = COLUMNS.iter().zip(&cells).map(|(name, cell)| match (*name, cell.as_str()) {
        ("order_id", "") => format!("\"{name}\": null"),
        ("event_time" | "event_type", text) => format!("\"{name}\": \"{text}\""),
        (_, number) => format!("\"{name}\": {number}"),
    });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn parquet(rows: &[Row]) -> Vec<u8> {
    let columns = COLUMNS.iter().enumerate().map(|(at, name)| {
        let texts: Vec<Option<String>> =
            rows.iter().map(|row| Some(cells(row)[at].clone()).filter(|cell| !cell.is_empty())).collect();
        let column = Column::new((*name).into(), texts);
        match *name {
            "customer_id" | "product_id" | "order_id" | "quantity" => column.cast(&DataType::Int64).unwrap(),
            "price" => column.cast(&DataType::Float64).unwrap(),
            _ => column,
        }
    });
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).finish(&mut DataFrame::new_infer_height(columns.collect()).unwrap()).unwrap();
    out
}

/// A folder that disappears with the test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Looks at what a path names and reads it as was proposed.
fn read(path: &Path) -> Result<(IngestSettings, Ingested)> {
    let request = Request { paths: vec![path.to_path_buf()], given: IngestSettings::default(), ..Request::default() };
    let draft = Draft::inspect(&request, &Job::new())?;
    draft.check()?;
    let settings = draft.settings();
    let files = discover(draft.input(), &settings)?;
    Ok((settings.clone(), ingest(&files, &settings, &Job::new())?))
}

/// The money of all purchases.
fn spend(ingested: &Ingested) -> f64 {
    let log = &ingested.log;
    let bought = log.kind.iter().zip(&log.price).filter(|(kind, _)| **kind == EventKind::Transaction);
    bought.map(|(_, amount)| amount).sum()
}

#[test]
fn the_same_log_gives_the_same_events_from_wherever_it_is_read() {
    let place = Place::new().file("log.csv", csv(&rows(0)));
    let (_, plain) = read(&place.path("log.csv")).unwrap();
    assert_eq!((plain.counts.read, plain.counts.accepted, plain.counts.users), (200, 200, 8));
    assert!((spend(&plain) - truth()).abs() < 1e-9, "{} is not {}", spend(&plain), truth());

    let halves = |turn: usize| {
        let rows = rows(turn);
        let (first, second) = rows.split_at(90);
        (first.to_vec(), second.to_vec())
    };
    let lines = |rows: &[Row]| rows.iter().map(|row| json(row) + "\n").collect::<String>();
    let list = |rows: &[Row]| format!("[\n{}\n]", rows.iter().map(json).collect::<Vec<_>>().join(",\n"));
    let (first, second) = halves(8);
    let member = |name: &str, bytes: Vec<u8>| zips::file(name, bytes);
    let two = zip(&[
        member("log/part2.csv", csv(&second).into()),
        member("__MACOSX/log/._part1.csv", b"\0".to_vec()),
        member("log/part1.csv", csv(&first).into()),
        member("log/readme.md", b"# Log".to_vec()),
    ]);
    let packed = zip(&[member("2023-03.json.gz", gzip(lines(&rows(9)).as_bytes()))]);
    let spark = |place: Place, folder: &str| {
        let (first, second) = halves(11);
        place
            .file(&format!("{folder}/_SUCCESS"), "")
            .file(&format!("{folder}/.part-00000.parquet.crc"), "crc")
            .file(&format!("{folder}/part-00000.snappy.parquet"), parquet(&first))
            .file(&format!("{folder}/part-00001.snappy.parquet"), parquet(&second))
    };
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("log.csv.gz", gzip(csv(&rows(1)).as_bytes())),
        ("log.csv.zst", zstd::encode_all(csv(&rows(2)).as_bytes(), 1).unwrap()),
        ("log.csv.bz2", bzip2(csv(&rows(3)).as_bytes())),
        ("log.jsonl", lines(&rows(4)).into()),
        ("log.json", list(&rows(5)).into()),
        ("marked.jsonl", format!("\u{feff}{}", lines(&rows(5))).into()),
        ("wrapped.json", format!("{{\"count\": 200, \"rows\": {}}}", list(&rows(6))).into()),
        ("deeper.json", format!("{{\"data\": {{\"page\": 1, \"orders\": {}}}}}", list(&rows(6))).into()),
        ("log.parquet", parquet(&rows(7))),
        ("two.zip", two),
        ("packed.zip", packed),
        ("log.xlsx", workbook::of(&[("Orders", &COLUMNS, &rows(10))])),
    ];
    for (name, bytes) in files {
        let place = Place::new().file(name, bytes);
        let (_, read) = read(&place.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.log, plain.log, "{name}: {:?}", read.notes);
        assert_eq!(read.counts, plain.counts, "{name}");
    }
    let place = spark(Place::new(), "orders");
    let (_, read) = read(&place.path("orders")).unwrap();
    assert_eq!((&read.log, &read.counts), (&plain.log, &plain.counts), "a folder written by Spark");
}

#[test]
fn xz_is_unpacked() {
    let rows = "timestamp,visitorid,event,itemid,transactionid\n1433193132535,11,view,100,\n1433193132536,2,addtocart,200,\n\
                1433193132537,11,transaction,100,7\n1433193132535,11,view,100,\n1433193132999,3,view,200,\n";
    // `lzma.compress(rows, preset=0, check=lzma.CHECK_CRC32)` of Python.
    let packed = "fd377a585a0000016922de36020021010c0000008f98419ce000c0006d5d003a1a49fae41e7a07e87db29599c0b3c72ab1503bc7f2b204239b\
                  40b650979aea30c28cca027192b4000544dda80e8a3ae6849d4783119f6318ed261762eac77d53b13efb377cfc6df148e13ea6567a121cf82ca8\
                  5d2e227c6c03fbfd369fe1703ce18a7808f3cea219e804120000000000c440158c00018501c1010000529b7b7f3e300d8b020000000001595a";
    let bytes: Vec<u8> =
        (0..packed.len()).step_by(2).map(|at| u8::from_str_radix(&packed[at..at + 2], 16).unwrap()).collect();
    let logs = [("events.csv", rows.as_bytes()), ("events.csv.xz", bytes.as_slice())].map(|(name, bytes)| {
        let place = Place::new().file(name, bytes);
        let settings = IngestSettings::default();
        ingest(&discover(place.0.path(), &settings).unwrap(), &settings, &Job::new()).unwrap().log
    });
    assert_eq!(logs[0], logs[1]);
}

#[test]
fn folders_named_like_days_are_a_column_and_a_new_day_is_read() {
    // The day stands in the folder's name alone, the clock in the file.
    let day = |day: u32| {
        let lines =
            (0..40).map(|at| format!("{:02}:{:02}:00,{},view,{}\n", 8 + at / 10, at, 100 + at % 8, 900 + at % 7));
        format!("clock,customer_id,event,product_id\n{}", lines.collect::<String>()).replace("DAY", &day.to_string())
    };
    let place = Place::new()
        .file("logs/dt=2024-01-01/part-0.csv", day(1))
        .file("logs/dt=2024-01-02/part-0.csv", day(2))
        .file("logs/_SUCCESS", "");
    let (settings, both) = read(&place.path("logs")).unwrap();
    assert_eq!((both.counts.read, both.counts.accepted), (80, 80), "{settings:?}");
    // 2024-01-02 11:39:00 UTC.
    assert_eq!(both.log.as_of, 1_704_195_540_000);
    let place = place.file("logs/dt=2024-01-03/part-7.csv", day(3));
    let files = discover(&place.path("logs"), &settings).unwrap();
    let all = ingest(&files, &settings, &Job::new()).unwrap();
    assert_eq!((all.counts.accepted, all.log.as_of), (120, 1_704_281_940_000), "the new day belongs to the log");
}

#[test]
fn an_archive_is_run_on_and_added_to_as_any_file() {
    let all = rows(0);
    let (old, new) = all.split_at(150);
    let place = Place::new()
        .file("log.zip", zip(&[zips::file("a.csv", csv(&old[..80])), zips::file("b.csv", csv(&old[80..]))]))
        .file("week.zip", zip(&[zips::file("c.csv", csv(&new[..20])), zips::file("d.csv", csv(&new[20..]))]));
    let workspace = place.path("workspace");
    let command = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_user360"))
            .args(args)
            .arg("--workspace")
            .arg(&workspace)
            .env("HOME", place.0.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let path = |name: &str| place.path(name).to_str().unwrap().to_owned();
    command(&["init", &path("log.zip"), "--yes"]);
    let accepted = |report: &str| {
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        report["input"]["events"]["accepted"].as_u64().unwrap()
    };
    let run = ["run", "--only", "ingest", "--format", "json"];
    assert_eq!(accepted(&command(&run)), 150);
    command(&["add", &path("week.zip")]);
    assert_eq!(accepted(&command(&run)), 200);
    assert!(command(&["add", &path("week.zip")]).contains("is read already"));
}
