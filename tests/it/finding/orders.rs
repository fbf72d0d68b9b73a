//! Orders are found by what their rows have in common, whatever their number is called.

use std::fmt::Write as _;

use crate::finding::Found;

/// 240 orders of 40 customers, every third of two items, an hour apart: 320 lines. The first line of an order alone tells
/// who bought when, and what became of it; every tenth order is none, 24 of them.
fn orders(header: [&str; 8], number: impl Fn(usize) -> String) -> String {
    let mut log = header.join(",") + "\n";
    for order in 0..240 {
        let status = if order % 10 == 9 { "voided" } else { "paid" };
        let first = format!(
            "u{}@mail.example,2024-{:02}-{:02} {:02}:30:00,{status}",
            order * 7 % 40,
            order / 28 % 12 + 1,
            order % 28 + 1,
            order % 24
        );
        for line in 0..=usize::from(order % 3 == 0) {
            let shared = if line == 0 { first.as_str() } else { ",," };
            writeln!(log, "{},{shared},{},SKU-{},Thing,10.00", number(order), line + 1, (order + line) % 17).unwrap();
        }
    }
    log
}

/// 216 of the orders are paid. Those that are a multiple of three and do not end in nine have two lines of 1 and 2 pieces,
/// 72 of them: 216 + 72 lines, 216 + 2 · 72 pieces of 10.00.
#[test]
fn numbers_of_orders_are_found_by_the_rows_that_share_them() {
    let names =
        ["Name", "No.", "Belegnummer", "Commande", "order_number", "#", "Ref", "Zahlungskennung", "N° commande"];
    for (at, name) in names.into_iter().enumerate() {
        let header = [
            name,
            "Email",
            "Created at",
            "Financial Status",
            "Lineitem quantity",
            "Lineitem sku",
            "Lineitem name",
            "Lineitem price",
        ];
        let found = Found::of(&orders(header, |order| {
            if at % 2 == 0 { format!("#{}", 1001 + order) } else { format!("{}", 7001 + order) }
        }));
        assert_eq!(found.column("transaction"), name, "{:#}", found.told["choices"]);
        assert_eq!((found.column("status"), found.column("time")), ("Financial Status", "Created at"));
        assert_eq!((&found.kinds["transaction"], &found.orders), (&288.into(), &216.into()), "{name}");
        assert!((found.spend - 3600.0).abs() < 1e-6, "{name}: {}", found.spend);
        assert!(!found.doubts().contains("name nobody"), "{}", found.doubts());
    }
}

#[test]
fn what_customers_have_once_and_for_all_numbers_no_orders() {
    // A log of lines whose orders have no number: what else is the same in all rows of a customer, or of a day, is none.
    let header = ["Town", "Email", "Created at", "Financial Status", "Pieces", "Sku", "Label", "Price"];
    let found = Found::of(&orders(header, |order| format!("Town {}", order * 7 % 40 % 11)));
    assert_eq!(found.column("transaction"), "");
}

#[test]
fn a_row_that_is_an_order_has_its_number_in_a_column_of_ids() {
    let mut log = String::from("id,Created (UTC),Amount,Currency,Status,Customer ID,Invoice ID\n");
    for at in 0..200 {
        let status = if at % 5 == 4 { "Failed" } else { "Paid" };
        let invoice = if at % 4 == 0 { format!("in_{at:05}") } else { String::new() };
        writeln!(
            log,
            "ch_{at:06}aa,2024-03-{:02} {:02}:10,20.50,eur,{status},cus_{:04},{invoice}",
            at % 28 + 1,
            at % 24,
            at % 30
        )
        .unwrap();
    }
    let found = Found::of(&log);
    assert_eq!((found.column("transaction"), found.column("user")), ("id", "Customer ID"));
    // Four of five were paid: 160 orders of 20.50.
    assert_eq!((&found.kinds["transaction"], &found.orders), (&160.into(), &160.into()));
    assert!((found.spend - 3280.0).abs() < 1e-6, "{}", found.spend);
}

#[test]
fn a_coupon_that_stands_in_each_row_of_its_orders_is_taken_off_once() {
    let mut log = String::from("Order Number,Order Date,Email (Billing),Cart Discount Amount,SKU,Quantity,Item Cost\n");
    for order in 0..60 {
        let coupon = if order % 3 == 0 { "3.00" } else { "0.00" };
        for line in 0..2 {
            writeln!(
                log,
                "{},2024-05-{:02} {:02}:15,u{}@mail.example,{coupon},S{},1,10.00",
                900 + order,
                order % 28 + 1,
                order % 24,
                order % 20,
                (order + line) % 9
            )
            .unwrap();
        }
    }
    let found = Found::of(&log);
    // 120 lines of 10.00, less 3.00 of every third of 60 orders.
    assert!((found.spend - 1140.0).abs() < 1e-6, "{}", found.spend);
}

#[test]
fn customers_that_belong_to_one_order_each_are_a_doubt() {
    // Olist gives each order a customer of its own.
    let mut log = String::from("order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at\n");
    for at in 0..150 {
        let status = if at % 50 == 0 { "canceled" } else { "delivered" };
        writeln!(
            log,
            "{:032x},{:032x},{status},2017-10-{:02} 10:56:33,2017-10-{:02} 11:07:15",
            at + 9,
            at * 7 + 1,
            at % 28 + 1,
            at % 28 + 1
        )
        .unwrap();
    }
    let found = Found::of(&log);
    assert_eq!((&found.kinds["transaction"], &found.orders), (&147.into(), &147.into()));
    assert!(found.doubts().contains("nobody comes back"), "{}", found.doubts());
}
