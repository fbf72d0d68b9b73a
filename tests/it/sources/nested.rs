//! Rows that hold several things: lines of an order within it, parameters as pairs of keys and values.

use std::fmt::Write as _;

use polars::prelude::*;
use user360::ingest::EventKind;

use super::{Place, read, spend};

/// Sixty orders of nine users: order `o` has `1 + o % 3` lines, line `l` the item `10 * o % 70 + l`, `1 + l` pieces and a
/// price of `100 + 7 * o + l` cents. Between them 60 page views with one item each.
pub fn orders() -> impl Iterator<Item = (u32, u32, Vec<(u32, u32, u32)>)> {
    (0..60).map(|o| (o, o % 9, (0..=o % 3).map(|l| (10 * o % 70 + l, 1 + l, 100 + 7 * o + l)).collect()))
}

pub fn truth() -> (u64, f64) {
    let lines: Vec<_> = orders().flat_map(|(_, _, lines)| lines).collect();
    let cents: u32 = lines.iter().map(|(_, pieces, cents)| pieces * cents).sum();
    (lines.len() as u64, f64::from(cents) / 100.0)
}

pub fn money(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[test]
fn the_lines_of_an_order_in_json_are_rows() {
    // Segment's calls: the event's own values beside `properties`, its lines in `properties.products`.
    let mut text = String::new();
    for (order, user, lines) in orders() {
        let (day, hour) = (1 + order / 4, 8 + order % 12);
        let head = format!("\"userId\": \"u{user}\", \"timestamp\": \"2024-03-{day:02}T{hour:02}");
        let products: Vec<String> = lines
            .iter()
            .map(|(item, pieces, cents)| {
                format!("{{\"product_id\": \"p{item}\", \"quantity\": {pieces}, \"price\": {}}}", money(*cents))
            })
            .collect();
        let first = &products[0];
        let viewed = format!("{{{head}:00:00.000Z\", \"event\": \"Product Viewed\", \"properties\": {first}}}");
        let bought = format!(
            "{{{head}:30:00.000Z\", \"event\": \"Order Completed\", \"properties\": {{\"order_id\": \"o{order}\", \
             \"products\": [{}]}}}}",
            products.join(", ")
        );
        writeln!(text, "{viewed}\n{bought}").unwrap();
    }
    let place = Place::new().file("calls.jsonl", text);
    let (settings, ingested) = read(&place.path("calls.jsonl")).unwrap();
    let (lines, spent) = truth();
    assert_eq!(ingested.counts.transactions, lines, "{settings:?} {:?}", ingested.notes);
    assert_eq!((ingested.counts.read, ingested.counts.users), (lines + 60, 9), "{settings:?}");
    assert!((spend(&ingested) - spent).abs() < 1e-9, "{} is not {spent}", spend(&ingested));
    let orders = ingested.log.transactions.len();
    assert_eq!(orders, 60);
}

#[test]
fn the_items_and_parameters_of_ga4_in_parquet_are_read() {
    // The export to BigQuery: `items` a list of structs, `event_params` a list of keys with typed values.
    let (mut time, mut user, mut event, mut order) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut items, mut params) = (Vec::new(), Vec::new());
    for (number, who, lines) in orders() {
        for bought in [false, true] {
            let at = 1_709_280_000_000_000_i64 + i64::from(number) * 3_600_000_000 + i64::from(bought) * 60_000_000;
            time.push(at);
            user.push(format!("{who}.77"));
            event.push(if bought { "purchase" } else { "view_item" });
            order.push(bought.then(|| format!("o{number}")));
            let kept = if bought { lines.as_slice() } else { &lines[..1] };
            let list = df!(
                "item_id" => kept.iter().map(|(item, ..)| format!("p{item}")).collect::<Vec<_>>(),
                "price" => kept.iter().map(|(.., cents)| f64::from(*cents) / 100.0).collect::<Vec<_>>(),
                "quantity" => kept.iter().map(|(_, pieces, _)| i64::from(*pieces)).collect::<Vec<_>>(),
            );
            items.push(list.unwrap().into_struct("items".into()).into_series());
            let value = df!(
                "string_value" => [None, Some("/shop")],
                "int_value" => [Some(1_000 + i64::from(number)), None],
            );
            let pairs = df!("key" => ["ga_session_id", "page_location"]).unwrap();
            let value = value.unwrap().into_struct("value".into()).into_series();
            let pairs = pairs.hstack(&[value.into_column()]).unwrap();
            params.push(pairs.into_struct("event_params".into()).into_series());
        }
    }
    let shipping = df!("transaction_id" => order).unwrap().into_struct("ecommerce".into()).into_series();
    let columns = vec![
        Column::new("event_timestamp".into(), time),
        Column::new("user_pseudo_id".into(), user),
        Column::new("event_name".into(), event),
        Series::new("items".into(), items).into_column(),
        Series::new("event_params".into(), params).into_column(),
        shipping.into_column(),
    ];
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut DataFrame::new_infer_height(columns).unwrap()).unwrap();
    let place = Place::new().file("ga4.parquet", bytes);
    let (settings, ingested) = read(&place.path("ga4.parquet")).unwrap();
    let (lines, spent) = truth();
    assert_eq!(ingested.counts.transactions, lines, "{settings:?} {:?}", ingested.notes);
    assert!((spend(&ingested) - spent).abs() < 1e-9, "{} is not {spent}", spend(&ingested));
    assert_eq!(ingested.log.transactions.len(), 60, "{settings:?}");
    let views = ingested.log.kind.iter().filter(|kind| **kind == EventKind::View).count();
    assert_eq!(views, 60);
    assert!(!ingested.log.session.is_empty(), "sessions are those of the parameter ga_session_id: {settings:?}");
}
