//! Orders as shops and their payment providers export them: tables, with the lines of an order below it or in a cell.

use std::collections::HashSet;

use super::nested::{money, orders};
use super::vendors::time;
use super::{Place, gzip, read, spend};

/// Cells as a CSV with this separator, quoted where they must be.
pub fn table(separator: char, rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| {
        let plain = !cell.contains([separator, '"', '\n']);
        if plain { cell.clone() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string()) + "\n";
    rows.iter().map(line).collect()
}

pub fn header(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

pub fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// What an order's goods come to, in cents.
pub fn goods(lines: &[(u32, u32, u32)]) -> u32 {
    lines.iter().map(|(_, pieces, cents)| pieces * cents).sum()
}

/// Reads a file without a setting: its purchases, its orders, its items and its money in cents.
#[track_caller]
pub fn bought(name: &str, bytes: impl AsRef<[u8]>) -> (u64, usize, usize, i64) {
    let place = Place::new().file(name, bytes);
    let (settings, ingested) = read(&place.path(name)).unwrap();
    let log = &ingested.log;
    let ids: HashSet<u32> = log.transaction.iter().copied().collect();
    let cents = (spend(&ingested) * 100.0).round() as i64;
    assert_eq!(ingested.counts.rejected.values().sum::<u64>(), 0, "{name}: {settings:?} {:?}", ingested.counts);
    (ingested.counts.transactions, ids.len(), log.items.len(), cents)
}

/// What is bought of the orders that are kept: lines, orders, and cents without what `off` takes off.
pub fn kept(is_kept: impl Fn(u32) -> bool, off: impl Fn(u32) -> u32) -> (u64, usize, i64) {
    let (mut counts, mut cents) = ((0, 0), 0);
    for (order, _, lines) in orders().filter(|(order, ..)| is_kept(*order)) {
        counts = (counts.0 + lines.len() as u64, counts.1 + 1);
        cents += i64::from(goods(&lines) - off(order));
    }
    (counts.0, counts.1, cents)
}

/// Items of all orders.
pub fn items() -> usize {
    orders().flat_map(|(.., lines)| lines).map(|(item, ..)| item).collect::<HashSet<_>>().len()
}

#[test]
fn shopifys_export_tells_an_order_once_and_its_lines_below() {
    let mut rows = vec![header(
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,\
         Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount,Id",
    )];
    for (order, user, lines) in orders() {
        let at = format!("{} +0100", time(order, true));
        let status = if order % 20 == 3 { "pending" } else { "paid" };
        let sum = goods(&lines);
        for (line, (item, pieces, cents)) in lines.iter().enumerate() {
            let own = |text: String| if line == 0 { text } else { String::new() };
            rows.push(vec![
                format!("#{}", 1_001 + order),
                format!("u{user}@shop.example"),
                own(status.to_owned()),
                own(if status == "paid" { at.clone() } else { String::new() }),
                own("fulfilled".to_owned()),
                own(at.clone()),
                own("EUR".to_owned()),
                own(money(sum)),
                own("4.90".to_owned()),
                own("0.00".to_owned()),
                own(money(sum + 490)),
                own("0.00".to_owned()),
                at.clone(),
                pieces.to_string(),
                format!("Thing {item}"),
                money(*cents),
                format!("SKU{item}"),
                own(if order % 20 == 7 { money(sum) } else { "0.00".to_owned() }),
                own((5_000_000 + order).to_string()),
            ]);
        }
    }
    let (lines, orders, cents) =
        kept(|order| order % 20 != 3, |order| if order % 20 == 7 { refunded(order) } else { 0 });
    assert_eq!(bought("orders_export.csv", table(',', &rows)), (lines, orders, items(), cents));
}

fn refunded(order: u32) -> u32 {
    goods(&orders().nth(order as usize).unwrap().2)
}

#[test]
fn woocommerces_analytics_tell_the_lines_of_an_order_in_a_cell() {
    let mut rows = vec![header(
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution",
    )];
    for (order, user, lines) in orders() {
        let list: Vec<String> = lines.iter().map(|(item, pieces, _)| format!("{pieces}× Thing {item}, blue")).collect();
        let sum = money(goods(&lines));
        let status = ["completed", "processing", "on-hold"][order as usize % 10 / 4];
        let pieces: u32 = lines.iter().map(|(_, pieces, _)| pieces).sum();
        rows.push(texts(&[
            &time(order, true),
            &(1_000 + order).to_string(),
            &format!("€{sum}"),
            status,
            &format!("Ana {user}"),
            "returning",
            &list.join(", "),
            &pieces.to_string(),
            "",
            &sum,
            "Organic",
        ]));
    }
    let (lines, orders, cents) = kept(|order| order % 10 < 8, |_| 0);
    let found = bought("wc-orders-report.csv", table(',', &rows));
    assert_eq!((found.0, found.1, found.3), (lines, orders, cents));
}

#[test]
fn lines_behind_their_names_are_taken_apart_in_every_format() {
    let mut rows = vec![header("order_id,created_at,email,status,items,total")];
    for (order, user, lines) in orders() {
        let list: Vec<String> =
            lines
                .iter()
                .map(|(item, pieces, _)| {
                    if *pieces == 1 && lines.len() > 1 { format!("SKU{item}") } else { format!("SKU{item} x{pieces}") }
                })
                .collect();
        let (id, user) = (format!("o{order}"), format!("u{user}@shop.example"));
        rows.push(texts(&[&id, &time(order, true), &user, "completed", &list.join("; "), &money(goods(&lines))]));
    }
    let (lines, orders, cents) = kept(|_| true, |_| 0);
    let text = table(',', &rows);
    for (name, bytes) in [("orders.csv", text.clone().into_bytes()), ("orders.csv.gz", gzip(text.as_bytes()))] {
        assert_eq!(bought(name, bytes), (lines, orders, items(), cents), "{name}");
    }
}

#[test]
fn advanced_order_exports_with_decimal_commas_are_read() {
    let mut rows = vec![header(
        "Order Number,Order Status,Order Date,Email (Billing),Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,\
         Order Refund Amount,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost",
    )];
    let comma = |cents: u32| money(cents).replace('.', ",");
    for (order, user, lines) in orders() {
        let sum = goods(&lines);
        for (line, (item, pieces, cents)) in lines.iter().enumerate() {
            rows.push(vec![
                (1_000 + order).to_string(),
                if order % 10 == 8 { "Cancelled" } else { "Completed" }.to_owned(),
                time(order, true)[..16].to_owned(),
                format!("u{user}@shop.example"),
                "0,00".to_owned(),
                comma(sum),
                "4,90".to_owned(),
                "0,00".to_owned(),
                comma(sum + 490),
                format!("SKU{item}"),
                (line + 1).to_string(),
                format!("Thing {item}"),
                pieces.to_string(),
                comma(*cents),
            ]);
        }
    }
    let (lines, orders, cents) = kept(|order| order % 10 != 8, |_| 0);
    let found = bought("orders.csv", table(';', &rows));
    assert_eq!((found.0, found.1, found.3), (lines, orders, cents));
}

#[test]
fn magentos_grid_has_cells_of_several_lines() {
    let mut rows = vec![header(
        "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,\
         Shipping Address,Customer Email,Customer Group,Subtotal,Shipping and Handling,Customer Name,Payment Method,Total Refunded",
    )];
    for (order, user, lines) in orders() {
        let sum = goods(&lines);
        let status = ["Complete", "Processing", "Closed", "Pending", "Canceled"][order as usize % 5];
        let (day, hour) = (1 + order / 4, order % 12);
        let half = if order % 2 == 0 { "AM" } else { "PM" };
        rows.push(texts(&[
            &format!("{:09}", order + 1),
            "Main Website\n    Main Website Store\n        Default Store View",
            &format!("Nov {day}, 2026, {}:21:33 {half}", if hour == 0 { 12 } else { hour }),
            "Ana B",
            "Ana B",
            &format!("${}", money(sum + 500)),
            &format!("${}", money(sum + 500)),
            status,
            "Street 1,\nCity, 123",
            &format!("u{user}@shop.example"),
            "General",
            &format!("${}", money(sum)),
            "$5.00",
            "Ana B",
            "checkmo",
            "$0.00",
        ]));
    }
    let (_, orders, cents) = kept(|order| order % 5 < 2, |_| 0);
    let found = bought("export.csv", table(',', &rows));
    assert_eq!((found.0, found.1, found.3), (orders as u64, orders, cents));
}

#[test]
fn stripes_payments_are_added_up_in_the_currency_they_are_paid_out_in() {
    let mut rows = vec![header(
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,\
         Converted Currency,Decline Reason,Description,Fee,Status,Taxes On Fee,Card ID,Customer ID,Customer Email",
    )];
    let off = |order: u32| if order % 10 == 1 { 50 } else { 0 };
    for (order, user, lines) in orders() {
        let (sum, off) = (goods(&lines), off(order));
        let foreign = order % 3 == 0;
        let abroad = |cents: u32| money(if foreign { cents * 11 / 10 } else { cents });
        let failed = order % 10 == 8;
        rows.push(texts(&[
            &format!("ch_3Ox{order:05}"),
            &time(order, true),
            &abroad(sum),
            &abroad(off),
            if foreign { "usd" } else { "eur" },
            if failed { "false" } else { "true" },
            &money(sum),
            &money(off),
            "eur",
            if failed { "card_declined" } else { "" },
            "Order",
            "0.50",
            if failed { "Failed" } else { "Paid" },
            "0.10",
            &format!("card_{user}"),
            &format!("cus_{user:08}"),
            &format!("u{user}@shop.example"),
        ]));
    }
    let (_, orders, cents) = kept(|order| order % 10 != 8, off);
    let found = bought("payments.csv", table(',', &rows));
    assert_eq!((found.0, found.1, found.3), (orders as u64, orders, cents));
}
