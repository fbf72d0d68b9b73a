//! Events beside views, carts and purchases, and what is said of what nobody can be sure of.

use std::fmt::Write as _;

use crate::finding::Found;

/// A log of these events in turn, ten of each.
fn events(names: &[&str]) -> String {
    let mut log = String::from("when,customer_id,event,sku,order_id,price\n");
    for at in 0..names.len() * 10 {
        let name = names[at % names.len()];
        let buys = ["Order", "refund", "purchase"].iter().any(|word| name.contains(word));
        let order = if buys { format!("o{}", at / names.len()) } else { String::new() };
        let price = if buys { "8.00" } else { "" };
        writeln!(
            log,
            "2024-04-{:02} 10:{:02}:00,c{},{name},s{},{order},{price}",
            at % 28 + 1,
            at % 60,
            at / names.len() % 9,
            at % 5
        )
        .unwrap();
    }
    log
}

#[test]
fn messages_answers_returns_and_opt_outs_are_found_by_their_vendors_names() {
    let cases: [&[&str]; 3] = [
        &[
            "Viewed Product",
            "Placed Order",
            "Refunded Order",
            "Received Email",
            "Clicked Email",
            "Unsubscribed from Email Marketing",
            "Opened Email",
        ],
        &["view_item", "purchase", "refund", "push_sent", "push_clicked", "email_unsubscribed", "email_opened"],
        &[
            "Product Viewed",
            "Order Completed",
            "Order Refunded",
            "Email Delivered",
            "Email Link Clicked",
            "Unsubscribed",
            "Email Opened",
        ],
    ];
    for names in cases {
        let found = Found::of(&events(names));
        let kinds = ["view", "transaction", "return", "contact", "response", "optout"];
        for (kind, name) in kinds.into_iter().zip(names) {
            assert_eq!(found.told["settings"]["events"][name], kind, "{name}");
            assert_eq!(found.kinds[kind], 10, "{name}");
        }
        // Opening is no answer. Every order of 8.00 came back.
        assert_eq!(found.input["events"]["ignored"][names[6]], 10);
        assert!(found.spend.abs() < 1e-6, "{}", found.spend);
    }
}

#[test]
fn numbers_for_events_are_read_where_a_public_data_set_writes_them_and_said() {
    let mut log = String::from("user_id,item_id,behavior_type,item_category,time\n");
    for at in 0..200 {
        // Of ten rows six are views, one is kept for later, two go into the cart, one is bought.
        let code = [1, 1, 1, 1, 1, 1, 2, 3, 3, 4][at % 10];
        writeln!(
            log,
            "{},{},{code},{},2014-12-{:02} {:02}",
            100_000 + at % 30,
            5_000 + at % 40,
            at % 7,
            at % 28 + 1,
            at % 24
        )
        .unwrap();
    }
    // Alibaba's times tell hours alone.
    let log = log.replace(" 0", " 1");
    let log: String = log
        .lines()
        .map(|line| if line.starts_with('u') { format!("{line}\n") } else { format!("{line}:00\n") })
        .collect();
    let found = Found::of(&log);
    assert_eq!(
        (&found.kinds["view"], &found.kinds["addtocart"], &found.kinds["transaction"]),
        (&120.into(), &40.into(), &20.into())
    );
    assert!(found.doubts().contains("events.4 = transaction is not sure"), "{}", found.doubts());
}
