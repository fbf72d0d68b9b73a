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
