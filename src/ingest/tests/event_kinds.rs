//! What a log may leave out, and what it tells beside views, carts and purchases.

use super::any_log::{HEADER as LOG_HEADER, Row, plain, read, rows, time, truth};
use super::*;

/// How a return writes its price and its pieces.
type Spelling<'a> = &'a dyn Fn(&Row) -> (String, String);

/// How many events of each kind a log holds.
fn kinds(log: &EventLog) -> Vec<(&'static str, usize)> {
    let count = |kind: EventKind| log.kind.iter().filter(|&&known| known == kind).count();
    EventKind::ALL.into_iter().map(|kind| (kind.name(), count(kind))).filter(|(_, count)| *count > 0).collect()
}

/// The known prices of what was bought, less those of what came back.
fn net(log: &EventLog) -> f64 {
    let counted = log.kind.iter().zip(&log.price);
    let counted =
        counted.filter(|(kind, price)| matches!(kind, EventKind::Transaction | EventKind::Return) && !price.is_nan());
    counted.map(|(_, &price)| Money::of(price)).sum::<Money>().amount()
}

/// The log that a configuration reads.
fn configured(rows: &str, settings: &str) -> Ingested {
    let folder = Folder::new().file("log.csv", rows);
    let settings: IngestSettings = toml::from_str(settings).unwrap();
    ingest(&discover(&folder.path("log.csv"), &settings).unwrap(), &settings, &Job::new()).unwrap()
}

#[test]
fn a_log_of_customer_date_and_amount_is_one_of_purchases() {
    // 40 purchases by 8 users, one a line: the sum is that of price times pieces.
    let bought: Vec<_> = rows().into_iter().filter(|row| row.4.is_some()).collect();
    for header in ["customer_id,date,amount", "cust,order_date,revenue", "CustomerNo,Datum,Betrag"] {
        let lines: String = bought
            .iter()
            .map(|row| {
                let cents = row.5 * row.6;
                format!("{},2023-03-{:02},{}.{:02}\n", row.1, 1 + row.0 / 10, cents / 100, cents % 100)
            })
            .collect();
        let ingested = read("log.csv", format!("{header}\n{lines}"));
        assert_eq!((ingested.counts.users, ingested.counts.items, ingested.counts.accepted), (8, 0, 40), "{header}");
        assert_eq!(kinds(&ingested.log), [("transaction", 40)], "{header}");
        assert!((net(&ingested.log) - truth().1).abs() < 1e-6, "{header}");
        assert!(ingested.log.item.iter().all(|&item| item == NONE));
        assert!(ingested.notes.iter().any(|note| note.starts_with("the log names no items")), "{:?}", ingested.notes);
    }
}

#[test]
fn a_page_view_without_an_item_is_a_visit() {
    // Every third view names no item: of 160 views, those at minutes 3, 6, 9, 12, 18 … that are no purchase.
    let without = |at: u32| at.is_multiple_of(3);
    let visits = rows().iter().filter(|row| row.4.is_none() && without(row.0)).count();
    for nothing in ["", "(not set)", "null"] {
        let log: String = rows()
            .iter()
            .map(|row| {
                let order = row.4.map_or_else(String::new, |order| order.to_string());
                let (event, item) = match row.4 {
                    Some(_) => ("purchase", row.3.to_string()),
                    None if without(row.0) => ("page_view", nothing.to_owned()),
                    None => ("view_item", row.3.to_string()),
                };
                format!("{},{},{event},{item},{order},{},{}\n", time(row.0), row.1, plain(row), row.6)
            })
            .collect();
        let header = "event_time,customer_id,event_type,product_id,order_id,price,quantity\n";
        let ingested = read("log.csv", format!("{header}{log}"));
        let expected = [("view", 160 - visits), ("transaction", 40), ("visit", visits)];
        assert_eq!(kinds(&ingested.log), expected, "{nothing:?}");
        assert_eq!((ingested.counts.visits, ingested.counts.accepted), (visits as u64, 200));
        let without = ingested.log.item.iter().filter(|&&item| item == NONE).count();
        assert_eq!(without, visits, "an item for every other event");
    }
}

#[test]
fn what_comes_back_is_taken_off_what_was_spent() {
    // Of 40 purchases every fourth comes back an hour later, as a negative price in any spelling or as negative pieces.
    let (all, back): (Vec<_>, Vec<_>) = (
        rows().into_iter().filter(|row| row.4.is_some()).collect(),
        rows().into_iter().filter(|row| row.4.is_some() && row.0.is_multiple_of(20)).collect(),
    );
    let cents = |rows: &[Row]| rows.iter().map(|row| u64::from(row.5) * u64::from(row.6)).sum::<u64>();
    let expected = (cents(&all) - cents(&back)) as f64 / 100.0;
    let header = "event_time,customer_id,product_id,order_id,price,quantity\n";
    let line = |row: &Row, minute: u32, price: &str, pieces: &str| {
        format!("{},{},{},{},{price},{pieces}\n", time(minute), row.1, row.3, row.4.unwrap_or_default())
    };
    let spellings: [Spelling; 4] = [
        &|row| (format!("({})", plain(row)), row.6.to_string()),
        &|row| (format!("-{}", plain(row)), row.6.to_string()),
        &|row| (format!("{}-", plain(row)), row.6.to_string()),
        &|row| (plain(row), format!("-{}", row.6)),
    ];
    for spelling in spellings {
        let bought: String = all.iter().map(|row| line(row, row.0, &plain(row), &row.6.to_string())).collect();
        let returned: String = back
            .iter()
            .map(|row| {
                let (price, pieces) = spelling(row);
                line(row, row.0 + 60, &price, &pieces)
            })
            .collect();
        let ingested = read("log.csv", format!("{header}{bought}{returned}"));
        assert_eq!(kinds(&ingested.log), [("transaction", 40), ("return", 10)]);
        assert_eq!(ingested.counts.returns, 10);
        assert!((net(&ingested.log) - expected).abs() < 1e-6, "{} for {expected}", net(&ingested.log));
        let log = &ingested.log;
        let negative =
            log.price.iter().zip(&log.kind).all(|(price, kind)| (*kind == EventKind::Return) == (*price < 0.0));
        assert!(negative, "a return costs less than nothing");
        // A return is no activity: nobody's last event is one.
        let active: usize = (0..log.users.len() as u32).map(|user| log.events_of(user).len()).sum();
        assert_eq!(active, 40);
    }
}

#[test]
fn who_only_sends_back_is_no_customer_of_the_log() {
    let log = "user,time,item,order,price,quantity\n1,2023-03-01 10:00:01,7,A1,10.00,1\n\
               2,2023-03-02 10:00:01,8,A2,20.00,-1\n1,2023-03-03 10:00:01,7,A3,10.00,-1\n";
    let settings = "layout = \"custom\"\ndefault_event = \"transaction\"\n[columns]\nuser = \"user\"\ntime = \"time\"\n\
                    item = \"item\"\ntransaction = \"order\"\nprice = \"price\"\nquantity = \"quantity\"\n";
    let ingested = configured(log, settings);
    assert_eq!(lines(&ingested.log), ["1 1677664801000 transaction 7 A1", "1 1677837601000 return 7 A3"]);
    assert_eq!(ingested.counts.ignored["return or message of a user without any activity"], 1);
    assert_eq!((ingested.counts.read, ingested.counts.accepted, ingested.counts.items), (3, 2, 1));
    assert!(net(&ingested.log).abs() < 1e-9);
}

#[test]
fn messages_are_kept_and_are_no_activity() {
    let log = "who,at,what,thing\n1,2023-03-01 10:00:00,view,7\n1,2023-03-09 10:00:00,mail_sent,\n\
               1,2023-03-02 10:00:01,mail_click,\n1,2023-03-11 10:00:00,unsubscribed,\n2,2023-03-01 11:00:00,mail_sent,\n";
    let settings = "layout = \"custom\"\n[columns]\nuser = \"who\"\ntime = \"at\"\nevent = \"what\"\nitem = \"thing\"\n\
                    [events]\nmail_sent = \"contact\"\nmail_click = \"response\"\nunsubscribed = \"optout\"\n";
    let ingested = configured(log, settings);
    assert_eq!(kinds(&ingested.log), [("view", 1), ("response", 1), ("contact", 1), ("optout", 1)]);
    let log = &ingested.log;
    assert_eq!(log.events_of(0).len(), 2, "the view and the click");
    assert_eq!(log.asides_of(0).len(), 2, "the message and the opt-out");
    let first_of_march = 1_677_628_800_000;
    assert_eq!(log.asides_until(0, first_of_march + 9 * 86_400_000).len(), 1);
    // In time order, as the table of events tells them.
    let by_time: Vec<&str> = log.by_time().unwrap().iter().map(|&event| log.kind[event as usize].name()).collect();
    assert_eq!(by_time, ["view", "response", "contact", "optout"]);
    assert_eq!(ingested.counts.ignored["return or message of a user without any activity"], 1);
}

#[test]
fn an_order_that_is_placed_paid_and_sent_is_bought_once() {
    // 40 purchases of 8 users, each told three or four times; the purchase is where money came.
    for steps in [
        &["order_placed", "order_paid", "order_shipped", "order_delivered"][..],
        &["Bestellung aufgegeben", "Bestellung bezahlt", "Bestellung versandt"],
        &["commande passée", "commande payée", "commande expédiée", "commande livrée"],
    ] {
        let bought = rows().into_iter().filter(|row| row.4.is_some());
        let lines: String = bought
            .flat_map(|row| {
                let told = |(at, step): (usize, &&str)| {
                    let (time, order) = (time(row.0 % 60 + 60 * at as u32), row.4.unwrap_or_default());
                    format!("{time},{},{step},{},{order},{},{}\n", row.1, row.3, plain(&row), row.6)
                };
                steps.iter().enumerate().map(told).collect::<Vec<_>>()
            })
            .collect();
        let ingested = read("log.csv", format!("{LOG_HEADER}{lines}"));
        assert_eq!(kinds(&ingested.log), [("transaction", 40)], "{steps:?}");
        assert!((net(&ingested.log) - truth().1).abs() < 1e-6, "{steps:?}");
    }
}
