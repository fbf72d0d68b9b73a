//! Money of orders, and whose they are: totals, discounts, refunds, currencies, statuses, addresses.

use super::*;

/// What each user spent, net, in the order of the users.
fn spent(ingested: &Ingested) -> Vec<f64> {
    let log = &ingested.log;
    let of_user = |user: u32| {
        let counted = log.all_of(user).filter(|&event| {
            matches!(log.kind[event], EventKind::Transaction | EventKind::Return) && !log.price[event].is_nan()
        });
        counted.map(|event| Money::of(log.price[event])).sum::<Money>().amount()
    };
    (0..log.users.len() as u32).map(of_user).collect()
}

fn try_read(log: &str, settings: &str) -> Result<Ingested> {
    let folder = Folder::new().file("orders.csv", log);
    let settings = format!("layout = \"custom\"\ndefault_event = \"transaction\"\n{settings}");
    let settings: IngestSettings = toml::from_str(&settings).unwrap();
    settings.check()?;
    ingest(&discover(&folder.path("orders.csv"), &settings)?, &settings, &Job::new())
}

fn read(log: &str, settings: &str) -> Ingested {
    try_read(log, settings).unwrap()
}

#[track_caller]
fn assert_note(ingested: &Ingested, words: &str) {
    assert!(ingested.notes.iter().any(|note| note.contains(words)), "{:?}", ingested.notes);
}

/// Three orders of two lines each, by three users; each line says what the order cost, its discount and its shipping.
const ORDERS: &str = "order,user,time,item,price,quantity,order_total,discount_amount,shipping\n\
    A1,1,2023-03-01 10:00:01,a,10.00,2,27.00,3.00,5.00\n\
    A1,1,2023-03-01 10:00:01,b,5.00,1,27.00,3.00,5.00\n\
    A2,2,2023-03-02 10:00:01,a,10.00,1,29.00,1.00,5.00\n\
    A2,2,2023-03-02 10:00:01,c,15.00,1,29.00,1.00,5.00\n\
    A3,3,2023-03-03 10:00:01,b,5.00,4,22.50,4.00,1.50\n\
    A3,3,2023-03-03 10:00:01,c,5.00,1,22.50,4.00,1.50\n";
const COLUMNS: &str =
    "time = \"time\"\nuser = \"user\"\nitem = \"item\"\ntransaction = \"order\"\nquantity = \"quantity\"\n";

#[test]
fn a_line_s_total_is_what_was_paid_whatever_its_pieces() {
    // Weighed goods are told with no piece, and three pieces of 0.99 in all: 3.20 + 0.99 + 5.00.
    let log = "user,time,item,order,quantity,sales_value\n1,2023-03-01 10:00:01,a,A1,0,3.20\n\
               1,2023-03-01 10:00:01,b,A1,3,0.99\n1,2023-03-01 10:00:02,c,A2,1,5.00\n";
    let ingested = read(log, &format!("[columns]\n{COLUMNS}total = \"sales_value\"\n"));
    assert_eq!(spent(&ingested), [9.19]);
}

#[test]
fn an_order_s_discount_counts_once() {
    // 2 × 10 + 5 − 3 = 22; 10 + 15 − 1 = 24; 4 × 5 + 5 − 4 = 21.
    let settings = format!("[columns]\n{COLUMNS}price = \"price\"\ndiscount = \"discount_amount\"\n");
    let ingested = read(ORDERS, &settings);
    assert_eq!(spent(&ingested), [22.0, 24.0, 21.0]);
    // By value: of the first order's 3.00 four fifths are the line's of 20.00.
    assert_eq!(ingested.log.price[..2], [17.6, 4.4]);
    assert_note(&ingested, "discount is told once of each order");
    // As exports write it that tell it in the first row alone.
    let mut seen = Vec::new();
    let first_only: String = ORDERS
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let told = if seen.contains(&cells[0]) { "" } else { cells[7] };
            seen.push(cells[0]);
            format!("{},{told},{}\n", cells[..7].join(","), cells[8])
        })
        .collect();
    assert_eq!(spent(&read(&first_only, &settings)), [22.0, 24.0, 21.0]);
}

#[test]
fn an_order_s_total_counts_once_and_without_shipping() {
    // 27 − 5 = 22; 29 − 5 = 24; 22.50 − 1.50 = 21: spread by pieces.
    let settings = format!("[columns]\n{COLUMNS}total = \"order_total\"\nshipping = \"shipping\"\n");
    let ingested = read(ORDERS, &settings);
    assert_eq!(spent(&ingested), [22.0, 24.0, 21.0]);
    assert_eq!(ingested.log.price[2..4], [12.0, 12.0]);
    assert_note(&ingested, "total is told once of each order");
    // Without shipping it is part of the total.
    let settings = format!("[columns]\n{COLUMNS}total = \"order_total\"\n");
    assert_eq!(spent(&read(ORDERS, &settings)), [27.0, 29.0, 22.5]);
}

#[test]
fn a_line_s_discount_and_refund_are_its_own() {
    let log = "order,user,time,item,price,quantity,off,refunded_amount\n\
        A1,1,2023-03-01 10:00:01,a,10.00,2,1.00,0\nA1,1,2023-03-01 10:00:01,b,5.00,1,0.00,5.00\n\
        A2,2,2023-03-02 10:00:01,a,10.00,1,0.50,\nA2,2,2023-03-02 10:00:01,c,15.00,1,2.00,7.50\n\
        A3,2,2023-03-03 10:00:01,b,5.00,4,0.25,0\nA3,2,2023-03-03 10:00:01,c,5.00,1,0.75,1.25\n";
    // 20 − 1 + 5 − 5 = 19; 9.50 + 13 − 7.50 + 19.75 + 4.25 − 1.25 = 37.75.
    let settings =
        format!("[columns]\n{COLUMNS}price = \"price\"\ndiscount = \"off\"\nrefunded = \"refunded_amount\"\n");
    assert_eq!(spent(&read(log, &settings)), [19.0, 37.75]);
}

#[test]
fn several_currencies_are_not_added_up() {
    let log = "order,user,time,item,price,currency\nA1,1,2023-03-01 10:00:01,a,10.00,EUR\n\
        A2,1,2023-03-02 10:00:01,b,20.00,usd\nA3,2,2023-03-03 10:00:01,b,20.00,GBP\n";
    let columns = "time = \"time\"\nuser = \"user\"\nitem = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n";
    let settings = format!("[columns]\n{columns}currency = \"currency\"\n");
    let ingested = read(log, &settings);
    assert!(ingested.log.price.is_empty(), "{:?}", ingested.log.price);
    assert!(ingested.catalogue.price.iter().all(|price| price.is_nan()));
    assert_note(&ingested, "several currencies (EUR 1, GBP 1, USD 1) and is not added up");
    // 10 + 20 × 0.92 = 28.40; pounds have no rate.
    let settings = format!("rates = {{ EUR = 1.0, USD = 0.92 }}\n{settings}");
    let ingested = read(log, &settings);
    assert_eq!(spent(&ingested), [28.4, 0.0]);
    assert!(ingested.log.price[2].is_nan());
    assert_note(&ingested, "unknown in GBP");
    // One currency, in any case, is added up.
    let one = read(&log.replace("usd", "eur").replace("GBP", ""), &settings.replace("rates", "#"));
    assert_eq!(spent(&one), [30.0, 20.0]);
    assert_eq!((one.details.currency(), ingested.details.currency()), (Some("EUR"), None));
    let wrong = try_read(log, &settings.replace("0.92", "-1.0")).unwrap_err().to_string();
    assert!(wrong.contains("ingest.rates: USD is -1"), "{wrong}");
}

#[test]
fn rows_of_an_order_take_from_the_first_what_they_leave_out() {
    let log = "Name,Email,Financial Status,Created at,Lineitem name,Lineitem price,Lineitem quantity\n\
        #1001,ann@x.org,paid,2023-03-01 10:00:01 +0100,Mug,10.00,1\n#1001,,,,Cup,5.00,2\n\
        #1002,bob@x.org,refunded,2023-03-02 10:00:01 +0100,Mug,10.00,1\n#1002,,,,Cup,5.00,2\n\
        #1003,Bob@X.org,paid,2023-03-03 10:00:01 +0100,Mug,10.00,1\n";
    let settings = "[columns]\ntime = \"Created at\"\nuser = \"Email\"\nitem = \"Lineitem name\"\ntransaction = \"Name\"\n\
        price = \"Lineitem price\"\nquantity = \"Lineitem quantity\"\nstatus = \"Financial Status\"\n";
    let ingested = read(log, settings);
    assert_eq!(
        lines(&ingested.log),
        [
            "ann@x.org 1677661201000 transaction Cup #1001",
            "ann@x.org 1677661201000 transaction Mug #1001",
            "bob@x.org 1677834001000 transaction Mug #1003",
        ]
    );
    assert_eq!(spent(&ingested), [20.0, 10.0]);
    assert_eq!(ingested.counts.ignored["order refunded"], 2);
    assert_eq!(ingested.counts.respelled, 1);
    // Wherever the text is cut into pieces: 60,000 orders of three lines are several blocks of it.
    let orders: String = (0..60_000)
        .map(|at| {
            let day = 1 + at % 28;
            format!(
                "#{at},user{}@x.org,paid,2023-03-{day:02} 10:00:01 +0000,A,1.00,1\n#{at},,,,B,2.00,1\n#{at},,,,C,3.00,1\n",
                at % 900
            )
        })
        .collect();
    let header = log.lines().next().unwrap();
    let ingested = read(&format!("{header}\n{orders}"), settings);
    assert_eq!((ingested.counts.accepted, ingested.counts.users), (180_000, 900));
    assert!((spent(&ingested).iter().sum::<f64>() - 360_000.0).abs() < 1e-6);
}

#[test]
fn a_status_nobody_knows_is_said_and_its_order_counts() {
    let log = "order,user,time,item,price,state\nA1,1,2023-03-01 10:00:01,a,10.00,Versendet\n\
        A2,1,2023-03-02 10:00:01,b,20.00,teleported\nA3,2,2023-03-03 10:00:01,b,20.00,storniert\n\
        A4,2,2023-03-03 11:00:01,b,7.00,paid\n";
    let columns = "time = \"time\"\nuser = \"user\"\nitem = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n";
    let settings = format!("[columns]\n{columns}status = \"state\"\n");
    let ingested = read(log, &settings);
    assert_eq!(spent(&ingested), [30.0, 7.0]);
    assert!(!ingested.notes.iter().any(|note| note.contains("speaks of buying")), "{:?}", ingested.notes);
    assert_note(&ingested, "1 row counts as purchases under statuses that are not known: teleported 1");
    // `closed` is paid back where Magento wrote the log.
    let magento = log.replace("teleported", "closed").replace("Versendet", "complete").replace("storniert", "holded");
    assert_eq!(spent(&read(&magento, &settings)), [10.0, 7.0]);
}

#[test]
fn a_person_is_one_in_any_spelling_of_their_address() {
    let log = "user,time,item,price\nAnn@X.org,2023-03-01 10:00:01,a,1.00\nann@x.org,2023-03-02 10:00:01,a,2.00\n\
        bob@y.de,2023-03-03 10:00:01,a,4.00\n";
    let columns = "time = \"time\"\nuser = \"user\"\nitem = \"item\"\nprice = \"price\"\n";
    let ingested = read(log, &format!("[columns]\n{columns}"));
    assert_eq!((ingested.log.users.text(0), spent(&ingested)), ("ann@x.org".into(), vec![3.0, 4.0]));
    assert_note(&ingested, "1 row writes their user's e-mail address");
    let phones = log
        .replace("Ann@X.org", "+49 (30) 9018-20")
        .replace("ann@x.org", "+4930901820")
        .replace("bob@y.de", "030 77 12 34 5");
    assert_eq!(spent(&read(&phones, &format!("[columns]\n{columns}"))), [3.0, 4.0]);
}

#[test]
fn an_id_that_is_nobody_s_by_its_share_is_left_out() {
    let columns = "[columns]\ntime = \"time\"\nuser = \"user\"\nitem = \"item\"\n";
    let line = |user: &str, at: u32| format!("{user},2023-03-{:02} 10:{:02}:01,a{}\n", 1 + at % 28, at % 60, at % 7);
    let users: String = (0..200).map(|at| line(&(1 + at % 50).to_string(), at)).collect();
    // 50 users with four events each, and 40 of user 0: ten times as many as any other.
    for id in ["0", "-1"] {
        let nobody: String = (0..40).map(|at| line(id, at)).collect();
        let ingested = read(&format!("user,time,item\n{users}{nobody}"), columns);
        assert_eq!((ingested.counts.users, ingested.counts.accepted), (50, 200));
        assert_eq!(ingested.counts.ignored[&format!("user {id}, who is nobody")], 40);
    }
    // 39 are a customer's, and so is any other id.
    let customer: String = (0..39).map(|at| line("0", at)).collect();
    assert_eq!(read(&format!("user,time,item\n{users}{customer}"), columns).counts.users, 51);
    let customer: String = (0..40).map(|at| line("7000", at)).collect();
    assert_eq!(read(&format!("user,time,item\n{users}{customer}"), columns).counts.users, 51);
}

#[test]
fn lines_that_differ_in_a_column_nobody_reads_are_two() {
    let columns = "[columns]\ntime = \"time\"\nuser = \"user\"\nitem = \"item\"\nprice = \"price\"\n";
    let log = "user,time,item,price,size\n1,2023-03-01 10:00:01,a,10.00,S\n1,2023-03-01 10:00:01,a,10.00,M\n\
        1,2023-03-01 10:00:01,a,10.00,M\n";
    let ingested = read(log, columns);
    assert_eq!((ingested.counts.accepted, ingested.counts.duplicates), (2, 1));
    // Where the settings say so, what is not read does not count.
    let ingested = read(log, &format!("duplicates = \"drop\"\n{columns}"));
    assert_eq!((ingested.counts.accepted, ingested.counts.duplicates), (1, 2));
}

#[test]
fn of_lines_in_several_files_as_many_stay_as_one_of_them_holds() {
    let settings = "layout = \"custom\"\ndefault_event = \"transaction\"\nfiles = \"*.csv\"\n[columns]\ntime = \"time\"\n\
        user = \"user\"\nitem = \"item\"\ntransaction = \"order\"\n";
    let settings: IngestSettings = toml::from_str(settings).unwrap();
    let line = "A1,1,2023-03-01 10:00:01,a\n";
    let header = "order,user,time,item\n";
    let folder = Folder::new()
        .file("1.csv", format!("{header}{line}{line}"))
        .file("2.csv", format!("{header}{line}{line}{line}A2,1,2023-03-04 10:00:01,a\n"));
    let ingested = folder.ingest_with(&settings).unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.duplicates), (4, 2));
}

#[test]
fn accounts_that_are_joined_are_one_user() {
    let log = "user,time,item,price\nOld@X.org,2023-03-01 10:00:01,a,1.00\nnew@x.org,2023-03-02 10:00:01,a,2.00\n\
        older@x.org,2023-03-03 10:00:01,a,4.00\nbob@y.de,2023-03-03 10:00:01,a,8.00\n";
    let columns = "[columns]\ntime = \"time\"\nuser = \"user\"\nitem = \"item\"\nprice = \"price\"\n";
    // 1 + 2 + 4 are of one person, by two steps; the letter case of addresses does not count.
    let pairs = "same_user = { \"older@x.org\" = \"OLD@x.org\", \"old@x.org\" = \"new@x.org\" }\n";
    let ingested = read(log, &format!("{pairs}{columns}"));
    assert_eq!((spent(&ingested), ingested.counts.users, ingested.counts.joined), (vec![8.0, 7.0], 2, 2));
    assert_note(&ingested, "2 rows count for the user that ingest.same_user joins theirs to");
    let circle = "same_user = { a = \"b\", b = \"a\" }\n";
    let told = try_read(log, &format!("{circle}{columns}")).unwrap_err().to_string();
    assert!(told.contains("ingest.same_user: user") && told.contains("in a circle"), "{told}");
}

#[test]
fn a_file_of_accounts_is_no_log_and_joins_them() {
    let events: String = (0..20).map(|at| format!("{},{},view,10,\n", 1_433_193_132_000_i64 + at, at % 4)).collect();
    let folder = Folder::with_events(&events).file("accounts.csv", "old id;new id\n3;2\n2;1\n");
    let settings = IngestSettings { same_user: SameUser::File("accounts.csv".to_owned()), ..IngestSettings::default() };
    let ingested = folder.ingest_with(&settings).unwrap();
    // Users 1, 2 and 3 have five events each.
    assert_eq!((ingested.counts.users, ingested.counts.joined), (2, 10));
    assert_eq!(ingested.log.all_of(1).len(), 15);
    std::fs::write(folder.path("accounts.csv"), "3;2\n3;1\n").unwrap();
    let told = folder.ingest_with(&settings).unwrap_err().to_string();
    assert!(told.contains("accounts.csv") && told.contains("user 3 is joined to 2 and to 1"), "{told}");
    std::fs::remove_file(folder.path("accounts.csv")).unwrap();
    assert!(folder.ingest_with(&settings).unwrap_err().to_string().contains("accounts.csv"));
}

#[test]
fn whether_spend_is_with_tax_is_said_as_far_as_totals_tell_it() {
    // Tax is a fifth of the goods: in the totals of the first log on top, in those of the second within.
    let log = |on_top: bool| -> String {
        let rows = (1..=4).map(|at| {
            let (goods, shipping) = (f64::from(at) * 10.0, 2.5);
            let tax = goods / 5.0;
            let total = goods + shipping + if on_top { tax } else { 0.0 };
            format!("A{at},{at},2023-03-0{at} 10:00:01,a,{goods:.2},{total:.2},{tax:.2},{shipping:.2}\n")
        });
        format!("order,user,time,item,price,total,tax,shipping\n{}", rows.collect::<String>())
    };
    let columns = "[columns]\ntime = \"time\"\nuser = \"user\"\nitem = \"item\"\ntransaction = \"order\"\ntax = \"tax\"\n\
        shipping = \"shipping\"\n";
    let both = format!("{columns}price = \"price\"\ntotal = \"total\"\n");
    // 2 + 4 + 6 + 8 = 20.
    assert_note(&read(&log(true), &both), "the tax, 20.00 in all, comes on top of the prices: spend is without it");
    assert_note(&read(&log(false), &both), "prices hold the tax, 20.00 in all: spend is with it");
    assert_note(
        &read(&log(true), &format!("{columns}price = \"price\"\n")),
        "no column tells whether the tax, 20.00 in all",
    );
    assert_eq!(spent(&read(&log(true), &both)), [10.0, 20.0, 30.0, 40.0], "as the prices tell it");
}

#[test]
fn rows_that_name_neither_order_nor_customer_go_on_with_the_order_above_them() {
    // As Odoo exports orders: of each only the first line says whose it is, and a line costs 2 × 5.00 more.
    let bought = any_log::rows().into_iter().filter(|row| row.4.is_some());
    let mut lines = String::from("order,date,customer,order total,item sku,item name,item quantity,item price\n");
    for row in bought {
        let (order, time) = (row.4.unwrap_or_default(), any_log::time(row.0));
        let (sku, price, pieces) = (row.3, any_log::plain(&row), row.6);
        let total = f64::from(row.5 * row.6) / 100.0 + 10.0;
        // Half of the lines have no number but a name.
        let sku = if order % 2 == 0 { sku.to_string() } else { String::new() };
        lines += &format!("{order},{time},{},{total:.2},{sku},Item {},{pieces},{price}\n", row.1, row.3);
        lines += ",,,,,Gift wrap,2,5.00\n";
    }
    let ingested = any_log::read("orders.csv", &lines);
    let (purchases, spend) = any_log::truth();
    assert_eq!(ingested.counts.transactions, 2 * purchases as u64, "{:?}", ingested.notes);
    assert_eq!((ingested.counts.users, ingested.counts.accepted), (8, 2 * purchases as u64));
    let net: f64 = spent(&ingested).iter().sum();
    assert!((net - spend - 10.0 * purchases as f64).abs() < 1e-6, "{net}");
    // Two lines to an order, whose first says all of it.
    let orders: std::collections::BTreeSet<u32> = ingested.log.transaction.iter().copied().collect();
    assert_eq!(orders.len(), purchases);
}

#[test]
fn a_guest_without_an_id_is_known_by_the_address() {
    // Of 40 purchases by 8 users every fourth names no customer, and one of these no address either.
    let bought: Vec<_> = any_log::rows().into_iter().filter(|row| row.4.is_some()).collect();
    let mut lines = String::from("Order Date,Order ID,Customer ID,Email,SKU,Qty,Unit Price\n");
    for (at, row) in bought.iter().enumerate() {
        let (id, mail) = (format!("c{}", row.1), format!("Guest{at}@Mail.example"));
        let (user, mail) = match at {
            8 => ("guest", ""),
            _ if at % 4 == 0 => ("guest", mail.as_str()),
            _ => (id.as_str(), mail.as_str()),
        };
        let (time, order, price) = (any_log::time(row.0), row.4.unwrap_or_default(), any_log::plain(row));
        lines += &format!("{time},{order},{user},{mail},{},{},{price}\n", row.3, row.6);
    }
    let settings = "[columns]\ntime = \"Order Date\"\nuser = \"Customer ID\"\nitem = \"SKU\"\ntransaction = \"Order ID\"\n\
                    quantity = \"Qty\"\nprice = \"Unit Price\"\ncustomer_email = \"Email\"\n";
    let ingested = read(&lines, settings);
    assert_eq!((ingested.counts.accepted, ingested.counts.guests), (39, 9));
    assert!(ingested.log.users.code("guest0@mail.example").is_some(), "in lower case, as all addresses");
    assert_note(&ingested, "9 rows without a user, counted for the e-mail address");
}
