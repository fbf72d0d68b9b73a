//! Logs as shops really write them: the same orders in many spellings, found by a look at them and read alike.

use polars::prelude::{DataFrame, DataType, IntoColumn as _, NamedFrom as _, ParquetWriter, Series, df};

use super::Folder;
use crate::ingest::log::EventKind;
use crate::ingest::propose::{Draft, Request};
use crate::ingest::{IngestSettings, Ingested, ingest};
use crate::job::Job;

/// The rows of the log: minute of the time, user, event, item, order, price in cents, pieces.
pub(super) type Row = (u32, u32, &'static str, u32, Option<u32>, u32, u32);

/// Two hundred rows, of which every fifth is a purchase: 40 purchases by 8 users.
pub(super) fn rows() -> Vec<Row> {
    let row = |at: u32| {
        let (event, order) = if at.is_multiple_of(5) { ("purchase", Some(500 + at)) } else { ("view", None) };
        (at, 100 + at / 5 % 8, event, 900 + at % 7, order, 1_000_000 + at * 10_007 % 900_000, 1 + at % 3)
    };
    (0..200).map(row).collect()
}

/// Pieces times price over all purchases, and how many there are.
pub(super) fn truth() -> (usize, f64) {
    let bought: Vec<Row> = rows().into_iter().filter(|row| row.2 == "purchase").collect();
    let cents: u64 = bought.iter().map(|row| u64::from(row.5) * u64::from(row.6)).sum();
    (bought.len(), cents as f64 / 100.0)
}

pub(super) fn time(minute: u32) -> String {
    format!("2023-03-{:02} {:02}:{:02}:00", 13 + minute / 60, 9 + minute / 60, minute % 60)
}

/// The log as text: a header, then each row as `line` writes it.
pub(super) fn text(header: &str, line: impl Fn(&Row) -> String) -> String {
    let lines: String = rows().iter().map(|row| line(row) + "\n").collect();
    format!("{header}{lines}")
}

pub(super) const HEADER: &str = "event_time,customer_id,event_type,product_id,order_id,price,quantity\n";

fn order(row: &Row) -> String {
    row.4.map_or_else(String::new, |order| order.to_string())
}

/// A row separated by commas whose price is written so.
pub(super) fn usual(row: &Row, price: &str) -> String {
    format!("{},{},{},{},{},{price},{}", time(row.0), row.1, row.2, row.3, order(row), row.6)
}

/// The same separated by semicolons.
fn semicolons(row: &Row, price: &str) -> String {
    format!("{};{};{};{};{};{price};{}", time(row.0), row.1, row.2, row.3, order(row), row.6)
}

pub(super) fn plain(row: &Row) -> String {
    format!("{}.{:02}", row.5 / 100, row.5 % 100)
}

/// Looks at a file and reads it as was proposed.
pub(super) fn read(name: &str, bytes: impl AsRef<[u8]>) -> Ingested {
    let folder = Folder::new().file(name, bytes);
    let path = folder.path(name);
    let request = Request { paths: vec![path], given: IngestSettings::default(), ..Request::default() };
    let draft = Draft::inspect(&request, &Job::new()).unwrap();
    draft.check().unwrap();
    let settings = draft.settings();
    let files = crate::ingest::discover(draft.input(), &settings).unwrap();
    ingest(&files, &settings, &Job::new()).unwrap()
}

/// Asserts that all 200 rows were read, the purchases and the money among them.
#[track_caller]
fn assert_truth(ingested: &Ingested) {
    let (purchases, spend) = truth();
    assert_eq!(ingested.counts.transactions, purchases as u64, "{:?}", ingested.notes);
    let log = &ingested.log;
    let bought = log.kind.iter().zip(&log.price).filter(|(kind, _)| **kind == EventKind::Transaction);
    let sum: f64 = bought.map(|(_, amount)| amount).sum();
    assert!((sum - spend).abs() < 1e-6 * spend, "{sum}, not {spend}");
    assert_eq!(ingested.counts.users, 8);
}

#[track_caller]
pub(super) fn assert_read(text: impl AsRef<[u8]>) {
    let ingested = read("log.csv", text);
    assert_truth(&ingested);
    assert_eq!((ingested.counts.read, ingested.counts.accepted), (200, 200));
}

/// A whole number with `sign` between its thousands.
fn grouped(number: u32, sign: &str) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = (first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]);
    let groups: Vec<&str> = (first > 0).then(|| &digits[..first]).into_iter().chain(groups).collect();
    groups.join(sign)
}

#[test]
fn prices_are_read_in_the_spelling_of_their_column() {
    let (whole, cents) = (|row: &Row| row.5 / 100, |row: &Row| row.5 % 100);
    assert_read(text(HEADER, |row| usual(row, &format!("\"${}.{:02}\"", grouped(whole(row), ","), cents(row)))));
    assert_read(text(HEADER, |row| usual(row, &format!("CHF {}.{:02}", grouped(whole(row), "'"), cents(row)))));
    let header = HEADER.replace(',', ";");
    for space in ["\u{202f}", "\u{a0}", " "] {
        let price = |row: &Row| format!("{},{:02} €", grouped(whole(row), space), cents(row));
        assert_read(text(&header, |row| semicolons(row, &price(row))));
    }
    // Whole euros lose their decimals, and the point between thousands stays.
    let german = |row: &Row| {
        if cents(row) == 0 {
            grouped(whole(row), ".")
        } else {
            format!("{},{:02}", grouped(whole(row), "."), cents(row))
        }
    };
    assert_read(text(&header, |row| semicolons(row, &german(row))));
    // A hundred times as much, in a currency without cents.
    let ingested = read("log.csv", text(&header, |row| semicolons(row, &grouped(row.5, "."))));
    let sum: f64 = ingested
        .log
        .price
        .iter()
        .zip(&ingested.log.kind)
        .filter(|(_, kind)| **kind == EventKind::Transaction)
        .map(|(price, _)| price)
        .sum();
    assert!((sum - truth().1 * 100.0).abs() < 1.0, "{sum}");
}

#[test]
fn columns_without_a_name_of_their_own_are_no_first_row() {
    assert_read(text(&format!(",{HEADER}"), |row| format!("{},{}", row.0, usual(row, &plain(row)))));
    assert_read(text(&HEADER.replace('\n', ",id,id\n"), |row| {
        format!("{},{},{}", usual(row, &plain(row)), row.0, row.0 + 7)
    }));
    assert_read(text(&HEADER.replace('\n', ",\n"), |row| usual(row, &plain(row)) + ","));
    assert_read(text(HEADER, |row| usual(row, &plain(row)) + ","));
}

#[test]
fn lines_before_the_header_are_passed_over() {
    for before in ["# Shop\n# 2023\n\n", "Events of March\n\n", "sep=,\n"] {
        assert_read(format!("{before}{}", text(HEADER, |row| usual(row, &plain(row)))));
    }
    let header = HEADER.replace(',', ";");
    assert_read(format!("sep=;\n{}", text(&header, |row| semicolons(row, &plain(row)))));
}

#[test]
fn rows_may_leave_their_last_fields_out() {
    let header = "event_time,customer_id,event_type,product_id,price,quantity,order_id\n";
    assert_read(text(header, |row| {
        let told = format!("{},{},{},{}", time(row.0), row.1, row.2, row.3);
        if row.4.is_some() { format!("{told},{},{},{}", plain(row), row.6, order(row)) } else { told }
    }));
}

#[test]
fn text_of_other_encodings_is_read() {
    let log = text(&HEADER.replace('\n', ",description\n"), |row| usual(row, &plain(row)) + ",Löffel");
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(log.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_read(&utf16);
    let latin: Vec<u8> = log.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    assert_read(&latin);
}

#[test]
fn times_are_read_as_they_are_written() {
    let log = |write: &dyn Fn(u32) -> String| {
        text(HEADER, |row| usual(row, &plain(row)).replace(&time(row.0), &write(row.0)))
    };
    let parts = |minute: u32| (13 + minute / 60, 9 + minute / 60, minute % 60);
    let expected = read("log.csv", log(&time)).log.time;
    let clock = |hour: u32| (if hour > 12 { hour - 12 } else { hour }, if hour >= 12 { "PM" } else { "AM" });
    let spellings: [&dyn Fn(u32) -> String; 8] = [
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("2023-3-{d} {h}:{m:02}:00")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("202303{d}T{h:02}{m:02}00Z")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            let (h, half) = clock(h);
            format!("\"Mar {d}, 2023, {h}:{m:02} {half}\"")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            let (h, half) = clock(h);
            format!("\"3/{d}/2023, {h}:{m:02}:00 {half}\"")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("{d} mars 2023 {h:02}:{m:02}")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("{d}-03-2023 {h:02}:{m:02}")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("\"Mon, {d} Mar 2023 {h:02}:{m:02}:00 +0000\"")
        },
        &|minute| {
            let (d, h, m) = parts(minute);
            format!("{}000000000", 1_678_665_600 + (d - 13) * 86_400 + h * 3_600 + m * 60)
        },
    ];
    for (at, write) in spellings.into_iter().enumerate() {
        let ingested = read("log.csv", log(write));
        assert_truth(&ingested);
        assert_eq!(ingested.log.time, expected, "spelling {at}");
    }
}

#[test]
fn a_day_and_a_clock_in_two_columns_are_one_time() {
    let header = "Date,Time,Customer ID,SKU,Qty,Unit Price,Event\n";
    let log = text(header, |row| {
        let (day, clock) = time(row.0).split_once(' ').map(|(day, clock)| (day.to_owned(), clock.to_owned())).unwrap();
        format!("{}/03/2023,{clock},{},{},{},{},{}", &day[8..], row.1, row.3, row.6, plain(row), row.2)
    });
    let ingested = read("log.csv", log);
    assert_truth(&ingested);
    assert_eq!(ingested.log.time, read("log.csv", text(HEADER, |row| usual(row, &plain(row)))).log.time);
}

#[test]
fn no_value_is_none_whatever_word_stands_for_it() {
    for word in ["NULL", "\\N", "nan", "None", "N/A", "undefined"] {
        assert_read(text(HEADER, |row| {
            usual(row, if row.4.is_some() { plain(row) } else { word.to_owned() }.as_str())
        }));
    }
    // Every fourth view is by nobody.
    let log = text(HEADER, |row| {
        let line = usual(row, &plain(row));
        if row.0 % 4 == 1 && row.4.is_none() { line.replacen(&format!(",{},", row.1), ",guest,", 1) } else { line }
    });
    let ingested = read("log.csv", log);
    assert_truth(&ingested);
    assert_eq!(ingested.counts.ignored["row without user"], 40);
}

#[test]
fn events_are_told_by_whole_phrases() {
    let log = |view: &str, purchase: &str| {
        let names = |row: &Row| if row.4.is_some() { purchase.to_owned() } else { view.to_owned() };
        let line =
            |row: &Row| usual(row, &plain(row)).replacen(&format!(",{},", row.2), &format!(",{},", names(row)), 1);
        let more = ["add_payment_info", "Order Updated", "Cart Viewed", "order_shipped", "purchase_failed"];
        let more: String = (0..100)
            .map(|at| {
                let row = rows()[at];
                line(&row).replacen(&format!(",{},", names(&row)), &format!(",{},", more[at % 5]), 1) + "\n"
            })
            .collect();
        text(HEADER, line) + &more
    };
    for (view, purchase) in
        [("view_item", "purchase"), ("Product Viewed", "Order Completed"), ("pv", "buy"), ("ansicht", "kauf")]
    {
        let ingested = read("log.csv", log(view, purchase));
        assert_truth(&ingested);
        assert_eq!((ingested.counts.views, ingested.counts.ignored.values().sum::<u64>()), (160, 100), "{view}");
    }
    // Of several events of the same orders one is the purchase.
    let doubled: String = rows()
        .iter()
        .filter(|row| row.4.is_some())
        .map(|row| usual(row, &plain(row)).replace("purchase", "order_placed") + "\n")
        .collect();
    assert_truth(&read(
        "log.csv",
        text(HEADER, |row| usual(row, &plain(row)).replace("purchase", "order_paid")) + &doubled,
    ));
}

#[test]
fn what_all_pieces_cost_is_the_price_of_none() {
    let total = |row: &Row| {
        let cents = row.5 * row.6;
        format!("{}.{:02}", cents / 100, cents % 100)
    };
    for name in ["total_amount", "revenue", "line_total", "amount"] {
        let header = HEADER.replace("price", name);
        assert_read(text(&header, |row| usual(row, &total(row))));
    }
    let header = "event_time,customer_id,event_type,product_id,order_id,revenue,quantity,unit_price\n";
    assert_read(text(header, |row| format!("{},{}", usual(row, &total(row)), plain(row))));
}

#[test]
fn an_order_that_was_not_paid_is_no_purchase() {
    let header = HEADER.replace('\n', ",status\n");
    let unpaid = ["pending", "Cancelled", "wc-failed", "refunded"];
    let more: String = rows()
        .iter()
        .filter(|row| row.4.is_some())
        .enumerate()
        .map(|(at, row)| {
            format!(
                "{},{}\n",
                usual(row, &plain(row)).replacen(&order(row), &format!("9{}", order(row)), 1),
                unpaid[at % 4]
            )
        })
        .collect();
    let log = text(&header, |row| usual(row, &plain(row)) + if row.0 % 2 == 0 { ",completed" } else { ",processing" })
        + &more;
    let ingested = read("log.csv", log);
    assert_truth(&ingested);
    assert_eq!(ingested.counts.ignored["order Cancelled"], 10);
}

#[test]
fn equal_rows_are_pieces_where_times_tell_days_only() {
    let log = "customer_id,date,product_id,amount\n".to_owned()
        + &"1,2017-06-11,7,75\n2,2017-07-24,7,75\n1,2017-06-11,7,75\n".repeat(2);
    let ingested = read("log.csv", &log);
    assert_eq!((ingested.counts.transactions, ingested.counts.duplicates), (6, 0));
    // Seconds tell repetitions.
    let ingested = read("log.csv", log.replace("-11,", "-11 10:00:01,").replace("-24,", "-24 10:00:02,"));
    assert_eq!((ingested.counts.transactions, ingested.counts.duplicates), (2, 4));
}

#[test]
fn what_stands_far_down_the_file_is_seen() {
    let views = |at: u32| {
        format!("2023-01-{:02} 10:{:02}:{:02},{},view,{},\n", 1 + at / 1000, at / 60 % 60, at % 60, at % 90, at % 40)
    };
    let log: String = (0..11_000).map(views).collect();
    let bought: String = (0..500)
        .map(|at| {
            format!("2023-02-01 10:{:02}:{:02},{},order_completed,{},12.50\n", at / 60, at % 60, at % 90, at % 40)
        })
        .collect();
    let ingested = read("log.csv", format!("ts,user_id,event,item_id,price\n{log}{bought}"));
    assert_eq!((ingested.counts.views, ingested.counts.transactions), (11_000, 500));
    assert!((ingested.log.price.iter().filter(|price| !price.is_nan()).sum::<f64>() - 6_250.0).abs() < 1e-9);
}

#[test]
fn a_quote_that_is_never_closed_swallows_no_row() {
    for separator in [",", "\t"] {
        let header = format!("{}{separator}query\n", HEADER.trim_end()).replace(',', separator);
        let log = text(&header, |row| {
            let query = if row.0 % 50 == 10 { "\"red shoes" } else { "shoes" };
            (usual(row, &plain(row)) + "," + query).replace(',', separator)
        });
        assert_read(log);
    }
    // A field of several lines stays one.
    let log = text(&HEADER.replace('\n', ",note\n"), |row| usual(row, &plain(row)) + ",\"two\nlines, \"\"quoted\"\"\"");
    assert_read(log);
}

#[test]
fn parquet_of_older_writers_is_read() {
    let rows = rows();
    let column = |name: &str, of: &dyn Fn(&Row) -> String| {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let times = column("event_time", &|row| time(row.0));
    let bytes = column("event_type", &|row| row.2.to_owned()).cast(&DataType::Binary).unwrap();
    let price = Series::new("price".into(), rows.iter().map(plain).collect::<Vec<_>>())
        .cast(&DataType::Decimal(10, 2))
        .unwrap();
    let ids = df!("customer_id" => rows.iter().map(|row| row.1).collect::<Vec<_>>(), "product_id" => rows.iter().map(|row| row.3).collect::<Vec<_>>(), "quantity" => rows.iter().map(|row| row.6).collect::<Vec<_>>()).unwrap();
    let mut columns = ids.columns().to_vec();
    columns.extend([times, bytes, price.into_column()]);
    let mut table = DataFrame::new(rows.len(), columns).unwrap();
    let mut file = Vec::new();
    ParquetWriter::new(std::io::Cursor::new(&mut file)).finish(&mut table).unwrap();
    let ingested = read("log.parquet", file);
    assert_truth(&ingested);
}
