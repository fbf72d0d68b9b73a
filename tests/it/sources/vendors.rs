//! Events as trackers and tools of marketing export them, read without a setting.

use user360::ingest::EventKind;

use super::nested::{money, orders, truth};
use super::shops::{bought, goods, header, items, kept, table, texts};
use super::{Place, gzip, read, spend, zip, zips};

/// The time of an order, or of the view before it: ISO date and clock.
pub fn time(order: u32, bought: bool) -> String {
    format!("2024-03-{:02} {:02}:{}:00", 1 + order / 4, 8 + order % 12, if bought { "30" } else { "00" })
}

/// A call for every line of an order, and one view before each order: event, order, user, item, pieces, cents.
fn calls(each: impl Fn(bool, u32, u32, (u32, u32, u32)) -> String) -> Vec<String> {
    let calls = orders().flat_map(|(order, user, lines)| {
        let view = std::iter::once((false, order, user, lines[0]));
        let bought = lines.into_iter().map(move |line| (true, order, user, line));
        view.chain(bought).collect::<Vec<_>>()
    });
    calls.map(|(bought, order, user, line)| each(bought, order, user, line)).collect()
}

/// An archive of two packed files of JSON Lines, as both Mixpanel's and Amplitude's exports are.
fn archive(lines: &[String]) -> Vec<u8> {
    let (first, second) = lines.split_at(lines.len() / 2);
    let member = |name: &str, lines: &[String]| zips::file(name, gzip(lines.join("\n").as_bytes()));
    zip(&[member("2024-03-01.json.gz", first), member("2024-03-02.json.gz", second)])
}

#[track_caller]
fn assert_truth(name: &str, bytes: impl AsRef<[u8]>, views: usize) {
    let place = Place::new().file(name, bytes);
    let (settings, ingested) = read(&place.path(name)).unwrap();
    let (lines, spent) = truth();
    assert_eq!(ingested.counts.transactions, lines, "{name}: {settings:?} {:?}", ingested.notes);
    assert_eq!((ingested.counts.users, ingested.log.transactions.len()), (9, 60), "{name}: {settings:?}");
    assert!((spend(&ingested) - spent).abs() < 1e-9, "{name}: {} is not {spent}", spend(&ingested));
    let seen = ingested.log.kind.iter().filter(|kind| **kind == EventKind::View).count();
    assert_eq!(seen, views, "{name}");
}

#[test]
fn mixpanels_export_is_read() {
    let lines = calls(|bought, order, user, (item, pieces, cents)| {
        let seconds = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", time(order, bought)).unwrap();
        let seconds = seconds.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        let name = if bought { "Purchase" } else { "Product Viewed" };
        let id = if bought { format!(", \"order_id\": \"o{order}\"") } else { String::new() };
        format!(
            "{{\"event\": \"{name}\", \"properties\": {{\"time\": {seconds}, \"distinct_id\": \"u{user}\", \"$browser\": \
             \"Firefox\", \"product_id\": \"p{item}\", \"price\": {}, \"quantity\": {pieces}{id}}}}}",
            money(cents)
        )
    });
    assert_truth("mixpanel.zip", archive(&lines), 60);
}

#[test]
fn amplitudes_export_is_read() {
    let lines = calls(|bought, order, user, (item, pieces, cents)| {
        let name = if bought { "purchase" } else { "view item" };
        let id = if bought { format!(", \"order_id\": \"o{order}\"") } else { String::new() };
        let at = time(order, bought);
        format!(
            "{{\"amplitude_id\": {}, \"device_id\": \"d{user}\", \"user_id\": \"u{user}\", \"event_type\": \"{name}\", \
             \"event_time\": \"{at}.250000\", \"server_upload_time\": \"2024-05-01 00:00:00.000000\", \"event_properties\": \
             {{\"product_id\": \"p{item}\", \"price\": {}, \"quantity\": {pieces}{id}}}, \"user_properties\": {{}}}}",
            1_000 + user,
            money(cents)
        )
    });
    assert_truth("amplitude.zip", archive(&lines), 60);
}

#[test]
fn shopifys_orders_are_read_as_its_interface_sends_them() {
    let list: Vec<String> = orders()
        .map(|(order, user, lines)| {
            let total: u32 = lines.iter().map(|(_, pieces, cents)| pieces * cents).sum();
            let lines: Vec<String> = lines
                .iter()
                .map(|(item, pieces, cents)| {
                    format!("{{\"sku\": \"p{item}\", \"title\": \"T\", \"quantity\": {pieces}, \"price\": \"{}\"}}", money(*cents))
                })
                .collect();
            format!(
                "{{\"id\": {}, \"name\": \"#{}\", \"created_at\": \"{}+00:00\", \"currency\": \"EUR\", \"financial_status\": \
                 \"paid\", \"total_price\": \"{}\", \"customer\": {{\"id\": {}}}, \"line_items\": [{}]}}",
                5_000_000 + order,
                1_001 + order,
                time(order, true).replace(' ', "T"),
                money(total),
                900 + user,
                lines.join(", ")
            )
        })
        .collect();
    assert_truth("orders.json", format!("{{\"orders\": [{}]}}", list.join(", ")), 0);
    assert_truth("orders.jsonl", list.join("\n"), 0);
}

#[test]
fn klaviyos_events_are_read_with_their_items_or_with_their_value() {
    let (mut events, mut rows) =
        (Vec::new(), vec![header("Event Name,Event Timestamp,Email,$value,Order ID,Quantity")]);
    for (order, user, lines) in orders() {
        let list: Vec<String> = lines
            .iter()
            .map(|(item, pieces, cents)| {
                format!("{{\"ProductID\": \"p{item}\", \"Quantity\": {pieces}, \"ItemPrice\": {}}}", money(*cents))
            })
            .collect();
        let sum = money(goods(&lines));
        let event = |name: &str, bought: bool, own: &str| {
            format!(
                "{{\"event_name\": \"{name}\", \"datetime\": \"{}+00:00\", \"person\": {{\"id\": \"01H{user}\", \"email\": \
                 \"u{user}@shop.example\"}}, \"event_properties\": {{{own}}}}}",
                time(order, bought).replace(' ', "T")
            )
        };
        events.push(event("Viewed Product", false, &format!("\"ProductID\": \"p{}\"", lines[0].0)));
        let own = format!("\"$value\": {sum}, \"OrderId\": \"o{order}\", \"Items\": [{}]", list.join(", "));
        events.push(event("Placed Order", true, &own));
        events.push(event("Received Email", true, "\"Subject\": \"Hello\""));
        let (mail, id) = (format!("u{user}@shop.example"), format!("o{order}"));
        let pieces: u32 = lines.iter().map(|(_, pieces, _)| pieces).sum();
        rows.push(texts(&["Placed Order", &time(order, true), &mail, &sum, &id, &pieces.to_string()]));
        rows.push(texts(&["Viewed Product", &time(order, false), &mail, "", "", ""]));
    }
    assert_truth("events.jsonl", events.join("\n"), 60);
    // What an order came to is told once, however many pieces it had.
    let (_, orders, cents) = kept(|_| true, |_| 0);
    let place = Place::new().file("metric.csv", table(',', &rows));
    let (settings, ingested) = read(&place.path("metric.csv")).unwrap();
    assert_eq!(ingested.counts.transactions, orders as u64, "{settings:?}");
    assert_eq!((spend(&ingested) * 100.0).round() as i64, cents, "{settings:?}");
}

#[test]
fn segments_table_of_orders_holds_their_products_as_json() {
    let mut rows = vec![header(
        "id,received_at,uuid_ts,anonymous_id,user_id,event,event_text,timestamp,original_timestamp,sent_at,context_ip,\
         order_id,total,revenue,shipping,currency,products",
    )];
    for (order, user, lines) in orders() {
        let list: Vec<String> = lines
            .iter()
            .map(|(item, pieces, cents)| {
                format!(
                    "{{\"product_id\": \"p{item}\", \"name\": \"Thing\", \"price\": {}, \"quantity\": {pieces}}}",
                    money(*cents)
                )
            })
            .collect();
        let at = format!("{}.123+00", time(order, true));
        let late = format!("{}.900+00", time(order, true));
        let sum = goods(&lines);
        rows.push(texts(&[
            &format!("ajs-{order}"),
            &late,
            &late,
            &format!("anon-{user}"),
            &format!("u{user}"),
            "order_completed",
            "Order Completed",
            &at,
            &late,
            &late,
            "1.2.3.4",
            &format!("o{order}"),
            &money(sum + 490),
            &money(sum),
            "4.90",
            "EUR",
            &format!("[{}]", list.join(", ")),
        ]));
    }
    let text = table(',', &rows);
    let (lines, orders, cents) = kept(|_| true, |_| 0);
    assert_eq!(bought("order_completed.csv", &text), (lines, orders, items(), cents));
    let place = Place::new().file("order_completed.csv", &text);
    let (settings, _) = read(&place.path("order_completed.csv")).unwrap();
    assert_eq!(settings.columns.time.text(), "timestamp");
}

#[test]
fn ga4s_export_in_json_is_read_by_its_moment_and_not_by_its_day() {
    let mut events = Vec::new();
    for (order, user, lines) in orders() {
        for bought in [false, true] {
            let at = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", time(order, bought)).unwrap();
            let micros = at.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_microsecond();
            let kept = if bought { lines.as_slice() } else { &lines[..1] };
            let list: Vec<String> = kept
                .iter()
                .map(|(item, pieces, cents)| {
                    format!("{{\"item_id\": \"p{item}\", \"price\": {}, \"quantity\": \"{pieces}\"}}", money(*cents))
                })
                .collect();
            let (name, id) = if bought {
                (
                    "purchase",
                    format!("\"transaction_id\": \"o{order}\", \"purchase_revenue\": {}", money(goods(&lines))),
                )
            } else {
                ("view_item", String::new())
            };
            events.push(format!(
                "{{\"event_date\": \"{}\", \"event_timestamp\": \"{micros}\", \"event_name\": \"{name}\", \"user_pseudo_id\": \
                 \"{user}.77\", \"ecommerce\": {{{id}}}, \"items\": [{}]}}",
                at.strftime("%Y%m%d"),
                list.join(", ")
            ));
        }
    }
    assert_truth("bq-results.json", events.join("\n"), 60);
    let place = Place::new().file("bq-results.json", events.join("\n"));
    let (settings, _) = read(&place.path("bq-results.json")).unwrap();
    assert_eq!(settings.columns.time.text(), "event_timestamp");
}
