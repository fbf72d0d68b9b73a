//! Columns whose names hold the word of a role and mean something else, and columns of a role that are called otherwise.

use crate::ingest::log::EventKind;
use crate::ingest::tests::any_log::{Row, plain, read, rows, text, time, truth};
use crate::ingest::{EventLog, Ingested};

/// What was paid in all.
fn spend(log: &EventLog) -> f64 {
    let bought = log.kind.iter().zip(&log.price).filter(|(kind, _)| **kind == EventKind::Transaction);
    (bought.map(|(_, amount)| amount * 100.0).sum::<f64>()).round() / 100.0
}

/// The price of one piece of each purchase.
fn one_each() -> f64 {
    let cents: u64 = rows().iter().filter(|row| row.2 == "purchase").map(|row| u64::from(row.5)).sum();
    cents as f64 / 100.0
}

/// The log without a column of pieces, and with another one.
fn beside(name: &str, value: impl Fn(&Row) -> String) -> Ingested {
    let line = |row: &Row| {
        let order = row.4.map_or_else(String::new, |order| order.to_string());
        format!("{},{},{},{},{order},{},{}", time(row.0), row.1, row.2, row.3, plain(row), value(row))
    };
    read("log.csv", text(&format!("event_time,customer_id,event_type,product_id,order_id,price,{name}\n"), line))
}

#[test]
fn what_is_in_store_in_a_pack_or_at_home_is_no_number_of_pieces() {
    for name in ["qty_in_stock", "pieces_per_pack", "page_count", "nombre_enfants", "product_photos_qty", "items_count"]
    {
        let ingested = beside(name, |row| (2 + row.0 % 4).to_string());
        assert_eq!(spend(&ingested.log).to_bits(), one_each().to_bits(), "{name}");
    }
    let ingested = beside("pcs", |row| row.6.to_string());
    assert_eq!(spend(&ingested.log).to_bits(), truth().1.to_bits());
}

#[test]
fn pieces_may_be_weighed() {
    let ingested = beside("quantity", |row| format!("{}.345", row.6));
    let thousandths = rows().into_iter().filter(|row| row.2 == "purchase");
    let paid: f64 = thousandths.map(|row| f64::from(row.5) / 100.0 * (f64::from(row.6) + 0.345)).sum();
    assert!((spend(&ingested.log) - paid).abs() < 0.01, "{} for {paid}", spend(&ingested.log));
}

#[test]
fn numbers_of_sales_and_weights_are_no_money() {
    let header =
        "event_time,customer_id,event_type,product_id,SalesOrderNo,sales_channel_id,gross_weight,total_items\n";
    let line = |row: &Row| {
        let order = row.4.map_or_else(String::new, |order| (240_000 + order).to_string());
        format!("{},{},{},{},{order},{},{}.50,{}", time(row.0), row.1, row.2, row.3, row.0 % 3, row.6, row.6)
    };
    let ingested = read("log.csv", text(header, line));
    assert!(ingested.log.price.iter().all(|price| price.is_nan()), "{:?}", ingested.notes);
    assert_eq!(ingested.log.transactions.len(), truth().0, "the numbers of the orders are found");
}

#[test]
fn a_column_that_counts_the_lines_of_each_order_is_no_item() {
    let line = |row: &Row| format!("{},{},{},{},{},{}", time(row.0), row.1, row.2, 1 + row.0 % 3, plain(row), row.3);
    let ingested = read("log.csv", text("event_time,customer_id,event_type,Item #,price,SKU\n", line));
    assert_eq!(ingested.counts.items, 7);
}

#[test]
fn births_and_exports_are_no_times_of_purchases() {
    let line = |row: &Row| {
        format!("{},19{}-05-17,2024-01-01 00:00:00,{},{},{}", row.1, 50 + row.1 % 40, row.2, row.3, time(row.0))
    };
    let ingested = read("log.csv", text("customer_id,birth_date,exported_at,event_type,product_id,purchased\n", line));
    assert_eq!(ingested.log.as_of, 1_678_969_140_000, "2023-03-16T12:19:00Z");
}

#[test]
fn of_dates_with_a_year_of_two_digits_the_shorter_span_is_the_log() {
    let reads = |date: fn(&str) -> String| {
        let line = |row: &Row| format!("{},{},{},{}", date(&time(row.0)), row.1, row.2, row.3);
        read("log.csv", text("event_time,customer_id,event_type,product_id\n", line)).log.as_of
    };
    // 2023-03-13 as 23-03-13, and as 13-03-23.
    let plainly = reads(ToOwned::to_owned);
    assert_eq!(reads(|time| time[2..].to_owned()), plainly);
    assert_eq!(reads(|time| format!("{}-{}-{}{}", &time[8..10], &time[5..7], &time[2..4], &time[10..])), plainly);
}

#[test]
fn a_flag_says_which_purchases_are_none_any_more() {
    // Every fourth purchase came back.
    let came_back = |row: &Row| row.4.is_some() && row.0.is_multiple_of(20);
    for (name, flags) in [("is_returned", ["N", "Y"]), ("Refunded?", ["0", "1"]), ("cancelled", ["false", "true"])] {
        let ingested = beside(name, |row| flags[usize::from(came_back(row))].to_owned());
        assert_eq!(ingested.counts.transactions, 30, "{name}: {:?}", ingested.notes);
    }
}

#[test]
fn shipping_that_costs_the_same_is_taken_off_totals_of_orders() {
    // Two lines an order of 20 and 30, sent for 5.
    let line = |at: usize| {
        let order = at / 2;
        let total = 50 + order % 7;
        format!(
            "{},p{},2023-03-{:02} 10:00:01,s{},{total}.00,5.00\n",
            7_000 + order,
            order % 9,
            1 + order % 28,
            at % 13
        )
    };
    let rows: String = (0..80).map(line).collect();
    let log = format!("order_number,customer,order_date,sku,order_total,shipping_total\n{rows}");
    let ingested = read("log.csv", log);
    let paid: usize = (0..40).map(|order| 45 + order % 7).sum();
    assert_eq!(spend(&ingested.log).to_bits(), (paid as f64).to_bits(), "{:?}", ingested.notes);
}

#[test]
fn prices_in_several_currencies_without_a_column_of_them_are_no_price() {
    let line = |row: &Row| {
        let sign = ["€", "$"][usize::from(row.0.is_multiple_of(3))];
        format!("{},{},{},{},{sign}{}", time(row.0), row.1, row.2, row.3, plain(row))
    };
    let ingested = read("log.csv", text("event_time,customer_id,event_type,product_id,price\n", line));
    assert!(ingested.log.price.iter().all(|price| price.is_nan()));
    assert_eq!(ingested.counts.transactions, truth().0 as u64);
}

#[test]
fn what_google_sends_by_itself_does_not_keep_a_log_from_being_read() {
    let names = ["session_start", "scroll", "user_engagement", "page_view", "purchase"];
    let line = |row: &Row| {
        let name = if row.4.is_some() { names[4] } else { names[(row.0 % 4) as usize] };
        format!("{},{},{name},{},{}", time(row.0), row.1, row.3, plain(row))
    };
    let ingested = read("log.csv", text("event_timestamp,user_pseudo_id,event_name,item_id,price\n", line));
    assert_eq!((ingested.counts.transactions, ingested.counts.ignored.len()), (truth().0 as u64, 3));
}

#[test]
fn the_price_of_all_pieces_may_be_called_the_price() {
    let line = |row: &Row| {
        // An item costs the same each time, and a row costs that for each of its pieces.
        let cents = (row.3 - 890) * 107 * row.6;
        let order = row.4.map_or_else(String::new, |order| order.to_string());
        format!("{},{},{},{},{order},{}.{:02},{}", time(row.0), row.1, row.2, row.3, cents / 100, cents % 100, row.6)
    };
    let header = "event_time,customer_id,event_type,product_id,order_id,item-price,quantity\n";
    let ingested = read("log.csv", text(header, line));
    let bought = rows().into_iter().filter(|row| row.2 == "purchase");
    let cents: u32 = bought.map(|row| (row.3 - 890) * 107 * row.6).sum();
    assert_eq!(spend(&ingested.log).to_bits(), (f64::from(cents) / 100.0).to_bits());
}
