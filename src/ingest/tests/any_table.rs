//! Tables as programs print them: the same orders below titles, beside numbers of rows, in columns of spaces.

use polars::prelude::{IntoColumn as _, NamedFrom as _, ParquetWriter, Series, df};

use crate::ingest::tests::any_log::{HEADER, Row, assert_read, plain, read, text, truth, usual};

#[test]
fn what_a_report_tells_above_its_header_is_no_row() {
    let table = text(HEADER, |row| usual(row, &plain(row)));
    assert_read(format!("Report:,Events\nPeriod:,2023-03-13 to 2023-03-20\n{table}"));
    assert_read(format!("Shop,Berlin,all tills\n\n{table}"));
    // A workbook that is saved as text fills every line up.
    assert_read(format!("Events of March,,,,,,\nPeriod:,2023-03-13 to 2023-03-20,,,,,\n,,,,,,\n{table}"));
}

#[test]
fn bytes_that_are_no_text_are_ids_by_their_digits() {
    // Ids of sixteen bytes, as databases keep UUIDs; half of them hold a byte that no text has.
    let rows = super::any_log::rows();
    let id = |user: u32| (0..16_u32).map(|at| (user * 37 + at * 31) as u8).collect::<Vec<u8>>();
    let users = Series::new("customer_id".into(), rows.iter().map(|row| id(row.1)).collect::<Vec<_>>());
    let mut table = df!(
        "event_time" => rows.iter().map(|row| super::any_log::time(row.0)).collect::<Vec<_>>(),
        "event_type" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
        "product_id" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
        "price" => rows.iter().map(|row| f64::from(row.5) / 100.0).collect::<Vec<_>>(),
    )
    .unwrap();
    table.with_column(users.into_column()).unwrap();
    let mut file = Vec::new();
    ParquetWriter::new(std::io::Cursor::new(&mut file)).finish(&mut table).unwrap();
    let ingested = read("log.parquet", file);
    assert_eq!((ingested.counts.accepted, ingested.counts.users), (200, 8));
    let hex: String = id(100).iter().map(|byte| format!("{byte:02x}")).collect();
    let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
    assert!(ingested.log.users.code(&uuid).is_some(), "{uuid}");
}

#[test]
fn signs_that_part_columns_elsewhere_are_told_by_the_rows() {
    for separator in ["\u{1}", "^", "~"] {
        assert_read(text(HEADER, |row| usual(row, &plain(row))).replace(',', separator));
    }
    // They are letters like any others where another sign parts the columns.
    let noted = |row: &Row| format!("{},a~b^c", usual(row, &plain(row)));
    assert_read(text(&HEADER.replace('\n', ",note~of^row\n"), noted));
}

#[test]
fn zones_that_are_named_in_letters_are_read() {
    let minutes = |ingested: &crate::ingest::Ingested| {
        let mut times: Vec<i64> = ingested.log.time.iter().map(|time| time / 60_000).collect();
        times.sort_unstable();
        times
    };
    let plainly = minutes(&read("log.csv", text(HEADER, |row| usual(row, &plain(row)))));
    for (zone, hours) in [("CET", 1), ("CEST", 2), ("EST", -5), ("PDT", -7), ("MSK", 3)] {
        let zoned = |row: &Row| usual(row, &plain(row)).replacen(":00,", &format!(":00 {zone},"), 1);
        let ahead: Vec<i64> = plainly.iter().map(|minute| minute - hours * 60).collect();
        assert_eq!(minutes(&read("log.csv", text(HEADER, zoned))), ahead, "{zone}");
    }
}

#[test]
fn a_first_column_without_a_name_is_one_as_r_writes_it() {
    let numbered = |row: &Row| format!("{},{}", row.0 + 1, usual(row, &plain(row)));
    assert_read(text(HEADER, numbered));
    // The last column is empty in most rows, and the numbers alone tell.
    let ordered =
        |row: &Row| format!("{},{},{},{},{},{}", row.0, super::any_log::time(row.0), row.1, row.3, row.2, order(row));
    let log = read("log.csv", text("event_time,customer_id,product_id,event_type,order_id\n", ordered));
    assert_eq!((log.counts.accepted, log.counts.transactions, log.counts.users), (200, truth().0 as u64, 8));
    // Separators at the end of each row begin no column.
    assert_read(text(HEADER, |row| usual(row, &plain(row)) + ","));
}

fn order(row: &Row) -> String {
    row.4.map_or_else(String::new, |order| order.to_string())
}

#[test]
fn columns_parted_by_spaces_are_columns() {
    let line = |row: &Row| {
        let order = row.4.map_or_else(|| "-".to_owned(), |order| order.to_string());
        let (time, price) = (super::any_log::time(row.0).replace(' ', "T"), plain(row));
        format!("{time:<22}{:>8} {:<10}{:>6}{order:>8}{price:>12}{:>4}", row.1, row.2, row.3, row.6)
    };
    assert_read(text("event_time customer_id event_type product_id order_id price quantity\n", line));
    // A day and a clock are two columns then.
    let line = |row: &Row| line(row).replacen('T', " ", 1);
    assert_read(text("date  time customer_id event_type product_id order_id price quantity\n", line));
}

#[test]
fn lines_that_end_in_carriage_returns_alone_are_rows() {
    assert_read(text(HEADER, |row| usual(row, &plain(row))).replace('\n', "\r"));
}

#[test]
fn rows_may_all_leave_their_last_columns_out() {
    assert_read(text(&HEADER.replace('\n', ",note,remark\n"), |row| usual(row, &plain(row))));
}

#[test]
fn amounts_in_hundredths_are_told_by_the_name_of_their_column() {
    let header = HEADER.replace("price", "price_cents");
    assert_read(text(&header, |row| usual(row, &row.5.to_string())));
    // What has decimals is no number of cents.
    assert_read(text(&header, |row| usual(row, &plain(row))));
}

#[test]
fn a_dash_is_an_empty_cell() {
    let priced = |row: &Row| if row.4.is_some() { plain(row) } else { "-".to_owned() };
    assert_read(text(HEADER, |row| usual(row, &priced(row)).replace(",,", ",-,")));
}

#[test]
fn a_flag_says_which_rows_are_purchases() {
    let flagged = |flag: [&'static str; 2]| {
        text(&HEADER.replace("event_type", "is_purchase"), move |row: &Row| {
            let event = flag[usize::from(row.4.is_some())];
            usual(&(row.0, row.1, event, row.3, row.4, row.5, row.6), &plain(row))
        })
    };
    assert_read(flagged(["0", "1"]));
    assert_read(flagged(["False", "True"]));
}

#[test]
fn pieces_may_be_written_with_a_point() {
    assert_read(text(HEADER, |row| usual(row, &plain(row)) + ".0"));
}
