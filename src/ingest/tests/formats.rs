use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use polars::prelude::*;

use super::*;

const ROWS: &str = "1433193132535,11,view,100,\n\
                    1433193132536,2,addtocart,200,\n\
                    1433193132537,11,transaction,100,7\n\
                    1433193132535,11,view,100,\n\
                    1433193132999,3,view,200,\n";

fn expected() -> (EventLog, IngestCounts) {
    let ingested = Folder::with_events(ROWS).ingest();
    assert_eq!(ingested.counts.accepted, 4);
    (ingested.log, ingested.counts)
}

fn assert_same(folder: &Folder, what: &str) {
    let ingested = folder.ingest();
    assert_eq!((ingested.log, ingested.counts), expected(), "{what}");
    assert!(ingested.quarantine.is_empty() && ingested.notes.is_empty(), "{what}");
}

#[test]
fn the_ways_to_write_a_csv_file_do_not_matter() {
    let plain = format!("{HEADER}{ROWS}");
    let shuffled: String = [4, 2, 0, 3, 1].map(|row| ROWS.split_inclusive('\n').nth(row).unwrap()).concat();
    let quoted = ROWS.replace("view", "\"view\"").replace(",100,", ",\"100\",");
    let spaced = plain.replace(',', " , ");
    let blank = plain.replace('\n', "\n\n  \n");
    let columns = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        format!("{},note,{},{},\"a, b\",{},{}\n", cells[3], cells[0], cells[4], cells[2], cells[1])
    };
    let reordered: String = plain.lines().map(columns).collect();
    let files = [
        ("BOM", format!("\u{feff}{plain}")),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("no last line end", plain.trim_end().to_owned()),
        ("blank lines", blank),
        ("blank lines first", format!("\n\r\n{plain}")),
        ("quotes", format!("{HEADER}{quoted}")),
        ("quotes with CRLF", format!("{HEADER}{quoted}").replace('\n', "\r\n")),
        ("spaces", spaced),
        ("capitals in the header", plain.replace("itemid", "ItemID")),
        ("other order, more columns", reordered.replacen("a, b", "extra", 1).replacen("note", "id", 1)),
        ("shuffled rows", format!("{HEADER}{shuffled}")),
    ];
    for (what, text) in files {
        assert_same(&Folder::new().file("events.csv", text), what);
    }
}

#[test]
fn lines_are_counted_with_blank_ones_and_carriage_returns() {
    let text = format!("\r\n{HEADER}\r\n1433193132535,1,view,10,\r\n\r\nbad\r\n").replace("id\n", "id\r\n");
    let ingested = Folder::new().file("events.csv", text).ingest();
    assert_eq!((ingested.quarantine[0].line, ingested.quarantine[0].raw.as_str()), (6, "bad"));
    assert_eq!(ingested.counts.read, 2);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn compressed_files_are_read_as_streams_even_of_several_parts() {
    let (head, tail) = ROWS.split_at(40);
    let head = format!("{HEADER}{head}");
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    assert_same(&Folder::new().file("events.csv.gz", gzip(format!("{HEADER}{ROWS}").as_bytes())), "gzip");
    assert_same(
        &Folder::new().file("events.csv.gz", [gzip(head.as_bytes()), gzip(tail.as_bytes())].concat()),
        "two gzip members",
    );
    assert_same(&Folder::new().file("events.csv.zst", zstd(&format!("{HEADER}{ROWS}"))), "zstd");
    assert_same(&Folder::new().file("events.csv.zst", [zstd(&head), zstd(tail)].concat()), "two zstd frames");
    assert_same(
        &Folder::new().file("events.csv", gzip(format!("{HEADER}{ROWS}").as_bytes())),
        "gzip under a plain name",
    );
}

#[test]
fn a_compressed_file_that_breaks_off_is_an_error() {
    let mut bytes = gzip(format!("{HEADER}{}", ROWS.repeat(500)).as_bytes());
    bytes.truncate(bytes.len() / 2);
    let error = Folder::new().file("events.csv.gz", bytes).try_ingest(1.0).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path.ends_with("events.csv.gz")), "{error}");
}

#[test]
fn a_log_without_transaction_ids_is_noted() {
    let ingested =
        Folder::new().file("events.csv", "timestamp,visitorid,event,itemid\n1433193132535,1,transaction,10\n").ingest();
    assert_eq!(ingested.notes, ["the event log has no column `transactionid`; orders cannot be counted"]);
    assert_eq!(ingested.log.transaction, [NONE]);
}

/// [`ROWS`] as a table of integers.
fn table() -> DataFrame {
    df!(
        "transactionid" => [None, None, Some(7_i64), None, None],
        "visitorid" => [11_i32, 2, 11, 11, 3],
        "extra" => [1.5, 2.5, 3.5, 4.5, 5.5],
        "itemid" => [100_u32, 200, 100, 100, 200],
        "event" => ["view", "addtocart", "transaction", "view", "view"],
        "timestamp" => [1_433_193_132_535_i64, 1_433_193_132_536, 1_433_193_132_537, 1_433_193_132_535, 1_433_193_132_999],
    )
    .unwrap()
}

fn parquet(mut table: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(2)).finish(&mut table).unwrap();
    bytes
}

#[test]
fn parquet_gives_the_same_log_whatever_the_column_types() {
    let with = |columns: &[Expr]| table().lazy().with_columns(columns).collect().unwrap();
    let instants = |unit| {
        (col("timestamp") * lit(1_000))
            .cast(DataType::Datetime(TimeUnit::Microseconds, None))
            .cast(DataType::Datetime(unit, None))
    };
    let texts = ["visitorid", "itemid", "timestamp", "transactionid"].map(|name| col(name).cast(DataType::String));
    let tables = [
        ("integers", table()),
        ("texts", with(&texts)),
        ("milliseconds", with(&[instants(TimeUnit::Milliseconds).alias("timestamp")])),
        ("microseconds", with(&[instants(TimeUnit::Microseconds).alias("timestamp")])),
        ("nanoseconds", with(&[instants(TimeUnit::Nanoseconds).alias("timestamp")])),
        ("floats with gaps", with(&[col("transactionid").cast(DataType::Float64)])),
    ];
    for (what, table) in tables {
        assert_same(&Folder::new().file("events.parquet", parquet(table)), what);
    }
}

#[test]
fn a_parquet_log_without_any_purchase_has_a_column_of_nulls() {
    let views = table().lazy().filter(col("event").neq(lit("transaction")));
    let nulls = views.with_columns([lit(NULL).alias("transactionid")]).collect().unwrap();
    assert_eq!(nulls.column("transactionid").unwrap().dtype(), &DataType::Null);
    let ingested = Folder::new().file("events.parquet", parquet(nulls)).ingest();
    assert_eq!((ingested.counts.accepted, ingested.log.transactions.len()), (3, 0));
}

#[test]
fn parquet_rows_without_values_are_rejected_by_number() {
    let gap = |name: &str, row: i64| when(col("row").eq(lit(row))).then(lit(NULL)).otherwise(col(name)).alias(name);
    let gaps = [gap("timestamp", 0), gap("visitorid", 2), gap("itemid", 3), gap("event", 4)];
    let table = table().lazy().with_row_index("row", None).with_columns(gaps).collect().unwrap();
    let table = table.drop("row").unwrap();
    let ingested = Folder::new().file("events.parquet", parquet(table)).ingest();
    let rejected: Vec<(u64, Reason)> = ingested.quarantine.iter().map(|row| (row.line, row.reason)).collect();
    assert_eq!(rejected, [(1, Reason::BadTime), (3, Reason::NoUser), (4, Reason::NoItem), (5, Reason::UnknownEvent)]);
    assert_eq!(ingested.quarantine[1].raw, "1433193132537,,transaction,100,7");
}

#[test]
fn parquet_faults_name_the_column() {
    let message = |table| Folder::new().file("events.parquet", parquet(table)).try_ingest(1.0).unwrap_err().to_string();
    assert!(
        message(table().drop("itemid").unwrap())
            .contains("no column `itemid`; the header has: transactionid, visitorid")
    );
    let dates = table().lazy().with_columns([col("timestamp").cast(DataType::Date)]).collect().unwrap();
    assert!(message(dates).contains("column `timestamp` has type date; store it as integer, text or timestamp"));
}

#[test]
fn properties_and_tree_are_read_from_parquet_too() {
    let properties = df!(
        "timestamp" => [1_433_193_132_000_i64, 1_433_193_132_000],
        "itemid" => [100_i64, 555],
        "property" => ["categoryid", "790"],
        "value" => ["3", "n1.0"],
    );
    let tree = df!("categoryid" => [3_i64, 1], "parentid" => [Some(1_i64), None]);
    let folder = Folder::with_events(ROWS)
        .file("item_properties.parquet", parquet(properties.unwrap()))
        .file("category_tree.parquet", parquet(tree.unwrap()));
    let ingested = folder.ingest();
    assert_eq!(ingested.catalogue.category, [1, NONE]);
    assert_eq!(ingested.catalogue.path(1), [0, 1]);
    assert_eq!(ingested.counts.items_only_in_properties, 1);
}
