//! Exports as the vendors write them, read without a setting.

use user360::ingest::EventKind;

use super::nested::{money, orders, truth};
use super::{Place, gzip, read, spend, zip, zips};

/// The time of an order, or of the view before it: ISO date and clock.
fn time(order: u32, bought: bool) -> String {
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
