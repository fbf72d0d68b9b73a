//! Exports read back, cancelled, and on a full disk.

use std::fs;
use std::io::Write;
use std::path::Path;

use polars::prelude::*;
use proptest::prelude::*;
use serde_json::Value;

use crate::error::Error;
use crate::job::Job;
use crate::store::tests::{frame, names, users};
use crate::store::{ExportOptions, Format, export, write_rows};

/// The format with a name.
fn named(name: &str) -> Format {
    *Format::ALL.iter().find(|format| format.name == name).unwrap()
}

#[test]
fn exports_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let table = users(frame());
    let selected = table.select(&[3, 2, 0], None).unwrap();
    let path = folder.path().join("list.csv");
    let written = export(&selected, &path, named("csv"), &ExportOptions::default(), &Job::new()).unwrap();
    assert_eq!((written.rows, written.bytes), (3, fs::metadata(&path).unwrap().len()));
    assert!(written.path.is_absolute());
    let mut reader = csv::Reader::from_path(&path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["user_id", "segment", "churn", "views"]);
    let read: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(read[0], ["9", "'=cmd|' /C calc'!A0", "0.9", "3"], "a formula is neutralised");
    assert_eq!(read[1], ["5", "One-time", "", "1"]);

    let again = export(&selected, &path, named("csv"), &ExportOptions::default(), &Job::new());
    assert!(again.unwrap_err().to_string().contains("exists"));
    let raw = ExportOptions { raw: true, overwrite: true, ..ExportOptions::default() };
    export(&selected, &path, named("csv"), &raw, &Job::new()).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("9,=cmd|' /C calc'!A0,0.9,3\r\n"));

    let path = folder.path().join("list.parquet");
    export(&selected, &path, named("parquet"), &raw, &Job::new()).unwrap();
    assert!(ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap().equals_missing(&selected));

    let path = folder.path().join("list.jsonl");
    export(&selected, &path, named("jsonl"), &raw, &Job::new()).unwrap();
    let lines: Vec<Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["churn"], 0.9);
    assert_eq!(lines[1]["churn"], Value::Null);
    assert_eq!(lines[1].as_object().unwrap().keys().collect::<Vec<_>>(), ["user_id", "segment", "churn", "views"]);

    let path = folder.path().join("list.json");
    let job = Job::new();
    export(&selected, &path, named("json"), &raw, &job).unwrap();
    let whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(whole, Value::Array(lines));
    assert_eq!((job.progress().done, job.progress().total), (3, 3));
    assert_eq!(
        names(folder.path()),
        ["list.csv", "list.json", "list.jsonl", "list.parquet"],
        "no temporary file stays"
    );

    let mut nothing = Vec::new();
    write_rows(&mut nothing, selected.head(Some(0)), named("json"), &raw, &job).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&nothing).unwrap(), Value::Array(Vec::new()));
}

#[test]
fn exports_of_any_length_count_every_row() {
    for length in [0, 1, 8191, 8192, 8193, 16385] {
        let frame = df!("user_id" => (0..length).collect::<Vec<i64>>()).unwrap();
        for &format in Format::ALL {
            let job = Job::new();
            let rows = write_rows(&mut Vec::new(), &frame, format, &ExportOptions::default(), &job).unwrap();
            assert_eq!((rows, job.progress().done), (length as u64, length as u64), "{}", format.name);
        }
    }
}

#[test]
fn exports_replace_only_files() {
    let folder = tempfile::tempdir().unwrap();
    let overwrite = ExportOptions { raw: false, overwrite: true, ..ExportOptions::default() };
    let told = |path: &Path| export(frame(), path, named("csv"), &overwrite, &Job::new()).unwrap_err().to_string();
    assert!(told(folder.path()).contains("is a folder"));
    assert!(told(&folder.path().join("none/list.csv")).contains("no existing folder"));
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(told(&socket).contains("no file"));
    assert_eq!(names(folder.path()), ["socket"]);
}

proptest! {
    #[test]
    fn no_cell_of_a_csv_is_run_and_every_text_comes_back(
        texts in prop::collection::vec(prop_oneof![any::<String>(), "[=+\\-@＝＋－＠ '\"\t\r\n\u{feff}a1.(]{0,8}"], 1..20),
    ) {
        // A column's name is a text of a query, and numbers stay numbers. A byte order mark before the first name would be
        // the file's own.
        let head = format!("{}x", texts[0].trim_start_matches('\u{feff}'));
        let numbers: Vec<i64> = (0..texts.len() as i64).map(|at| -at).collect();
        let frame = df!(head.as_str() => &texts, "number" => &numbers).unwrap();
        let mut out = Vec::new();
        write_rows(&mut out, &frame, named("csv"), &ExportOptions::default(), &Job::new()).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let plain = |cell: &str| cell.chars().all(|letter| letter.is_ascii_digit() || " +-.,()/eE".contains(letter));
        for cell in rows.iter().flat_map(csv::StringRecord::iter) {
            let begins = cell.trim_start_matches([' ', '\u{feff}']);
            let active = begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            prop_assert!(!active || plain(cell), "{:?}", cell);
        }
        prop_assert_eq!(crate::spreadsheet::original(&rows[0][0]), head.as_str());
        for (row, (text, number)) in rows[1..].iter().zip(texts.iter().zip(&numbers)) {
            prop_assert_eq!(crate::spreadsheet::original(&row[0]), text.as_str());
            prop_assert_eq!(row[1].parse::<i64>().unwrap(), *number);
        }
    }

    #[test]
    fn csv_reads_back_as_any_text_went(texts in prop::collection::vec(any::<String>(), 0..20), numbers in prop::collection::vec(prop::num::f64::NORMAL, 20)) {
        let numbers = &numbers[..texts.len()];
        let frame = df!("text" => &texts, "number" => numbers).unwrap();
        let mut out = Vec::new();
        write_rows(&mut out, &frame, named("csv"), &ExportOptions { raw: true, overwrite: false, ..ExportOptions::default() }, &Job::new()).unwrap();
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let read: Vec<(String, f64)> = reader.deserialize().map(Result::unwrap).collect();
        prop_assert_eq!(read, texts.into_iter().zip(numbers.iter().copied()).collect::<Vec<_>>());
    }
}

/// A disk without room.
struct Full;
impl Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_export_that_cannot_end_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    fs::write(&path, "old").unwrap();
    let cancelled = Job::new();
    cancelled.cancel();
    let overwrite = ExportOptions { raw: false, overwrite: true, ..ExportOptions::default() };
    assert!(matches!(export(frame(), &path, named("csv"), &overwrite, &cancelled), Err(Error::Cancelled)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["list.csv"]);

    for &format in Format::ALL {
        assert!(write_rows(&mut Full, frame(), format, &overwrite, &Job::new()).is_err(), "{}", format.name);
    }
}

#[test]
fn every_ending_belongs_to_one_format() {
    let endings: Vec<&str> = Format::ALL.iter().flat_map(|format| format.endings).copied().collect();
    for format in Format::ALL {
        assert_eq!(format.endings.first().copied(), Some(format.ending()), "{} has an ending", format.name);
        for ending in format.endings {
            assert_eq!(endings.iter().filter(|other| *other == ending).count(), 1, "{ending}");
            for path in [format!("list.{ending}"), format!("list.{}", ending.to_uppercase())] {
                assert_eq!(Format::of_path(Path::new(&path)).unwrap(), *format, "{path}");
            }
        }
    }
    for path in ["list", "list.xls", ".csv", "csv"] {
        let told = Format::of_path(Path::new(path)).unwrap_err().to_string();
        assert!(Format::ALL.iter().all(|format| told.contains(&format!(".{}", format.ending()))), "{told}");
    }
}

#[test]
fn the_page_of_exports_tells_of_every_format() {
    let page = include_str!("../../../docs/export.md");
    for format in Format::ALL {
        let endings: Vec<String> = format.endings.iter().map(|ending| format!("`.{ending}`")).collect();
        let row = format!("| {} | `{}` | {} | {} |", format.title, format.name, endings.join(" "), format.words);
        assert!(page.contains(&row), "docs/export.md lacks this row:\n{row}");
    }
}
