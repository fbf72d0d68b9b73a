//! What decides how files are read: a sample of all of them, from their start, middle and end.

use polars::prelude::{ParquetWriter, df};

use super::*;

fn settings(more: &str) -> IngestSettings {
    let text = format!(
        "layout = \"custom\"\ndefault_event = \"transaction\"\nfiles = \"*.csv\"\n{more}[columns]\ntime = \"time\"\n\
         user = \"user\"\ntransaction = \"order\"\nprice = \"price\"\n"
    );
    toml::from_str(&text).unwrap()
}

const HEADER: &str = "order;user;time;price\n";

/// Orders from a number on, each of one line at this price.
fn orders(from: usize, count: usize, price: &str) -> String {
    let row = |at: usize| format!("A{at};{};2023-03-01 10:{:02}:{:02};{price}\n", at % 50, at / 60 % 60, at % 60);
    (from..from + count).map(row).collect()
}

fn spent(ingested: &Ingested) -> f64 {
    ingested.log.price.iter().map(|&price| Money::of(price)).sum::<Money>().amount()
}

#[test]
fn the_decimal_sign_of_one_file_is_that_of_all() {
    // The first file alone would be read as 1.271, the second tells that the point parts thousands.
    let folder = Folder::new()
        .file("1.csv", format!("{HEADER}{}", orders(0, 3, "1.271")))
        .file("2.csv", format!("{HEADER}{}", orders(3, 2, "634,33")));
    let ingested = folder.ingest_with(&settings("")).unwrap();
    // 3 × 1271 + 2 × 634.33.
    assert!((spent(&ingested) - 5_081.66).abs() < 1e-6, "{}", spent(&ingested));
    // A setting decides over what the files tell.
    let given = folder.ingest_with(&settings("decimal = \"comma\"\n")).unwrap();
    assert_eq!(spent(&given).to_bits(), spent(&ingested).to_bits());
}

#[test]
fn what_stands_in_the_middle_or_at_the_end_of_a_file_decides_too() {
    // 45 bytes a row: four MiB of rows whose price tells nothing, and at the end a few that do.
    let first = orders(0, 100_000, "1.271");
    assert!(first.len() > 3 << 20, "{}", first.len());
    let folder = Folder::new().file("1.csv", format!("{HEADER}{first}{}", orders(100_000, 10, "634,33")));
    let ingested = folder.ingest_with(&settings("")).unwrap();
    assert_eq!(ingested.counts.accepted, 100_010);
    // 100,000 × 1271 + 10 × 634.33.
    assert!((spent(&ingested) - 127_106_343.3).abs() < 1e-3, "{}", spent(&ingested));
}

#[test]
fn rows_that_leave_out_their_user_are_seen_in_any_file() {
    let left_out = "B1;7;2023-03-02 10:00:01;1.50\nB1;;;2.50\n";
    let folder = Folder::new()
        .file("1.csv", format!("{HEADER}{}", orders(0, 3, "1.25")))
        .file("2.csv", format!("{HEADER}{left_out}"));
    assert_eq!(folder.ingest_with(&settings("")).unwrap().counts.accepted, 5);
}

#[test]
fn amounts_that_contradict_the_decision_stop_the_run_and_name_line_and_setting() {
    let rows = format!("{}{}", orders(0, 90, "634,33"), orders(90, 10, "12.50"));
    let folder = Folder::new().file("1.csv", format!("{HEADER}{rows}"));
    let told = folder.ingest_with(&settings("")).unwrap_err().to_string();
    // The first of them stands on line 92.
    for words in ["10 of 100 event rows", "decimal comma; ingest.decimal sets it", "1.csv:92: A90"] {
        assert!(told.contains(words), "{told}");
    }
    let few = format!("{}{}", orders(0, 98, "634,33"), orders(98, 2, "12.50"));
    let ingested = Folder::new().file("1.csv", format!("{HEADER}{few}")).ingest_with(&settings("")).unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.rejected[&Reason::BadValue]), (98, 2));
}

#[test]
fn addresses_and_left_out_cells_are_seen_in_parquet_too() {
    let folder = Folder::new();
    let mut table = df!(
        "order" => [Some("A1"), Some("A1"), Some("A2"), Some("A3")],
        "user" => [Some("Ann@X.org"), None, Some("ann@x.org"), Some("bob@y.de")],
        "time" => [Some("2023-03-01 10:00:01"), None, Some("2023-03-02 10:00:01"), Some("2023-03-03 10:00:01")],
        "price" => [Some("1.271,50"), Some("2,50"), Some("3"), Some("4")],
    )
    .unwrap();
    ParquetWriter::new(std::fs::File::create(folder.path("orders.parquet")).unwrap()).finish(&mut table).unwrap();
    let settings = IngestSettings { files: vec!["*.parquet".to_owned()], ..settings("") };
    let ingested = folder.ingest_with(&settings).unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.users), (4, 2));
    // 1271.50 + 2.50 + 3 + 4.
    assert!((spent(&ingested) - 1_281.0).abs() < 1e-9, "{}", spent(&ingested));
}
