//! Logs in the shapes of public ones, a few rows each.

use polars::prelude::*;
use proptest::prelude::*;

use super::*;

fn ignored(ingested: &Ingested) -> Vec<(&str, u64)> {
    ingested.counts.ignored.iter().map(|(name, count)| (name.as_str(), *count)).collect()
}

fn rejected(ingested: &Ingested) -> Vec<(Reason, u64)> {
    let counts = ingested.counts.rejected.iter().map(|(reason, count)| (*reason, *count));
    counts.filter(|(_, count)| *count > 0).collect()
}

/// What became of the rows adds up.
fn assert_accounted(ingested: &Ingested) {
    let counts = &ingested.counts;
    let others: u64 = counts.rejected.values().chain(counts.ignored.values()).sum();
    assert_eq!(counts.read, counts.accepted + counts.duplicates + others);
}

/// The latest category and price of each item.
fn catalogue(ingested: &Ingested) -> Vec<String> {
    let (log, catalogue) = (&ingested.log, &ingested.catalogue);
    let items = 0..log.items.len() as u32;
    let path = |item: u32| {
        let steps = catalogue.path(catalogue.category[item as usize]);
        steps.iter().map(|&step| catalogue.categories.text(step).into_owned()).collect::<Vec<_>>().join(" > ")
    };
    items
        .map(|item| format!("{}: {} at {}", log.items.text(item), path(item), catalogue.price[item as usize]))
        .collect()
}

pub(super) const REES46: &str = "\
event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3-4e00-8c23-a032dfed738c
2019-10-01 00:00:00 UTC,view,3900821,2053013552326770905,appliances.environment.water_heater,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
2019-10-01 00:00:01 UTC,cart,3900821,2053013552326770905,appliances.environment.water_heater,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
2019-10-01 00:00:09 UTC,remove_from_cart,3900821,2053013552326770905,appliances.environment.water_heater,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
2019-10-02 10:00:01 UTC,purchase,3900821,2053013552326770905,appliances.environment.water_heater,aqua,30.10,554748717,1111dfbd-b87a-4708-9857-6336556b0fcc
2019-10-02 10:00:01 UTC,purchase,3900821,2053013552326770905,appliances.environment.water_heater,aqua,30.10,554748717,1111dfbd-b87a-4708-9857-6336556b0fcc
never,view,3900821,2053013552326770905,,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
2019-10-02 10:00:01 UTC,view,3900821,2053013552326770905,,aqua,33.20,,9333dfbd-b87a-4708-9857-6336556b0fcc
2019-10-02 10:00:01 UTC,view,3900821,2053013552326770905,,aqua,cheap,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
";

#[test]
fn rees46_is_known_by_its_columns() {
    let ingested = Folder::new().file("2019-Oct.csv", REES46).ingest();
    assert_eq!(ingested.layout, "rees46");
    assert_eq!(
        lines(&ingested.log),
        [
            "541312140 1569888000000 view 44600062 -",
            "554748717 1569888000000 view 3900821 -",
            "554748717 1569888001000 addtocart 3900821 -",
            "554748717 1570010401000 transaction 3900821 -",
        ]
    );
    assert_accounted(&ingested);
    assert_eq!(ignored(&ingested), [("remove_from_cart", 1), ("row without user", 1)]);
    assert_eq!(rejected(&ingested), [(Reason::BadTime, 1), (Reason::BadValue, 1)]);
    assert_eq!(ingested.counts.duplicates, 1);
    assert_eq!(ingested.quarantine[0].line, 8);
    assert!(ingested.quarantine[0].raw.starts_with("never,view,3900821"));
    assert_eq!(ingested.log.price, [35.79, 33.20, 33.20, 30.10]);
    assert_eq!(ingested.log.session, [0, 1, 1, 2], "the log's own sessions");
    let heater = "appliances > appliances.environment > appliances.environment.water_heater";
    assert_eq!(
        catalogue(&ingested),
        [format!("3900821: {heater} at 30.1"), "44600062: 2103807459595387724 at 35.79".into()]
    );
    assert!(ingested.notes[0].starts_with("read in the layout rees46: time from event_time, user from user_id"));
    assert!(
        ingested.notes.contains(&"2 rows ignored: remove_from_cart 1, row without user 1".to_owned()),
        "{:?}",
        ingested.notes
    );
}

#[test]
fn months_of_rees46_are_read_together() {
    let rows = |rows: std::ops::Range<usize>| {
        let body: Vec<&str> = REES46.lines().skip(1).collect();
        format!("{}\n{}\n", REES46.lines().next().unwrap(), body[rows].join("\n"))
    };
    let whole = Folder::new().file("2019-Oct.csv", REES46).ingest();
    let parts = Folder::new()
        .file("2019-Oct.csv", rows(0..4))
        .file("2019-Nov.csv.zst", zstd::encode_all(rows(4..9).as_bytes(), 1).unwrap())
        .file("notes.txt", "none of these rows\nis of a log\n")
        .ingest();
    assert_eq!((&parts.log, &parts.catalogue, &parts.counts), (&whole.log, &whole.catalogue, &whole.counts));
}

#[test]
fn online_retail_is_purchases_and_what_came_back() {
    let text = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,\"WHITE HANGING HEART, T-LIGHT HOLDER\",6,12/1/2010 8:26,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,12/1/2010 8:26,3.39,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,12/1/2010 8:26,3.39,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,2,12/1/2010 8:26,3.39,17850.0,United Kingdom
C536379,D,Discount,-1,12/1/2010 9:41,27.5,14527.0,United Kingdom
C536380,71053,Returned,1,12/1/2010 9:45,3.39,14527.0,United Kingdom
536414,22139,,56,12/1/2010 11:52,0,,United Kingdom
536500,22139,RETROSPOT,-4,12/1/2010 12:10,4.25,13047.0,United Kingdom
536501,22139,RETROSPOT,4,2010-12-01 08:26:00,4.25,13047.0,United Kingdom
536502,22139,RETROSPOT,four,2010-12-01 08:26:00,4.25,13047.0,United Kingdom
536503,22139,RETROSPOT,4,13/31/2010 8:26,4.25,13047.0,United Kingdom
";
    let ingested = Folder::new().file("online_retail.csv", text).ingest();
    assert_eq!(ingested.layout, "online-retail");
    assert_eq!(
        lines(&ingested.log),
        [
            "13047 1291191960000 transaction 22139 536501",
            "13047 1291205400000 return 22139 536500",
            "17850 1291191960000 transaction 71053 536365",
            "17850 1291191960000 transaction 71053 536365",
            "17850 1291191960000 transaction 71053 536365",
            "17850 1291191960000 transaction 85123A 536365",
        ]
    );
    assert_accounted(&ingested);
    assert!(matches!(ingested.log.users, Ids::Integer(_)), "17850.0 is the number 17850");
    assert_eq!(ignored(&ingested), [("return or message of a user without any activity", 2), ("row without user", 1)]);
    assert_eq!(rejected(&ingested), [(Reason::BadTime, 1), (Reason::BadValue, 1)]);
    assert_eq!(ingested.counts.duplicates, 0, "equal lines of an order are lines");
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(
        ingested.log.price.iter().zip([17.0, -17.0, 6.78, 20.34, 20.34, 15.3]).all(|(a, b)| near(*a, b)),
        "{:?}",
        ingested.log.price
    );
    assert!(near(ingested.catalogue.price[1], 3.39), "the price of one");
    assert!(!ingested.notes.contains(&"the log has purchases only".to_owned()), "{:?}", ingested.notes);

    // The second edition's names, and what spreadsheets of other countries make of it.
    let second =
        text.replace("InvoiceNo", "Invoice").replace("UnitPrice", "Price").replace("CustomerID", "Customer ID");
    let again = Folder::new().file("online_retail_II.csv", second).ingest();
    assert_eq!((again.log, again.counts), (ingested.log.clone(), ingested.counts.clone()));
    let commas = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        cells.join(";").replace("2.55", "2,55").replace("3.39", "3,39").replace("4.25", "4,25")
    };
    let semicolons: Vec<String> = text.replace("HEART, T", "HEART T").lines().map(commas).collect();
    let semicolons = Folder::new().file("log.csv", semicolons.join("\n")).ingest();
    assert_eq!(semicolons.log, ingested.log);
}

#[test]
fn yoochoose_joins_clicks_and_buys() {
    let clicks = "\
1,2014-04-07T10:51:09.277Z,214536502,0
1,2014-04-07T10:54:09.868Z,214536500,S
2,2014-04-07T13:56:37.614Z,214662742,4
x,2014-04-07T13:56:37.614Z,214662742
";
    let buys = "\
1,2014-04-07T11:00:00.000Z,214536502,12462,2
2,2014-04-07T13:59:00.000Z,214662742,0,0
";
    let ingested = Folder::new()
        .file("yoochoose-clicks.dat", clicks)
        .file("yoochoose-buys.dat", buys)
        .file("yoochoose-test.dat", clicks)
        .file("dataset-README.txt", "The dataset\n")
        .ingest();
    assert_eq!(ingested.layout, "yoochoose");
    assert_eq!(
        lines(&ingested.log),
        [
            "1 1396867869277 view 214536502 -",
            "1 1396868049868 view 214536500 -",
            "1 1396868400000 transaction 214536502 -",
            "2 1396878997614 view 214662742 -",
            "2 1396879140000 transaction 214662742 -",
        ]
    );
    assert_accounted(&ingested);
    assert_eq!(rejected(&ingested), [(Reason::WrongFieldCount, 1)]);
    assert_eq!(ingested.quarantine[0].line, 4, "the first row is a row");
    assert!(ingested.log.price[0].is_nan());
    assert_eq!(ingested.log.price[2].to_string(), "24924");
    assert!(ingested.log.price[4].is_nan(), "a price of 0 for a quantity of 0 is not known");
    let told = "the log knows sessions, not users: each session counts as a user";
    assert!(ingested.notes.contains(&told.to_owned()), "{:?}", ingested.notes);
    assert_eq!(ingested.catalogue.categories.len(), 3);
}

const GA4: &str = "\
event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id,item_id,item_category,price,quantity,transaction_id
20210131,1612069510766593,page_view,1026454.4271112504,6789,,,,,
20210131,1612069510766593,view_item,1026454.4271112504,6789,GGOEGAAX0037,Home/Apparel/Men's,24.5,,(not set)
20210131,1612069530766593,add_to_cart,1026454.4271112504,6789,GGOEGAAX0037,Home/Apparel/Men's,24.5,3,
20210131,1612069590766593,purchase,1026454.4271112504,6789,GGOEGAAX0037,Home/Apparel/Men's,24.5,3,T-17
20210131,1612069590766593,purchase,1026454.4271112504,6789,(not set),,1,1,T-17
20210201,1612159590766593,view_item,99.1,,GGOEGAAX0037,Sale,20,,
";

#[test]
fn google_analytics_tells_visits_of_pages_from_views_of_items() {
    let ingested = Folder::new().file("events.csv", GA4).ingest();
    assert_eq!(ingested.layout, "ga4");
    assert_eq!(
        lines(&ingested.log),
        [
            "1026454.4271112504 1612069510766 view GGOEGAAX0037 -",
            "1026454.4271112504 1612069510766 visit - -",
            "1026454.4271112504 1612069530766 addtocart GGOEGAAX0037 -",
            "1026454.4271112504 1612069590766 transaction GGOEGAAX0037 T-17",
            "1026454.4271112504 1612069590766 transaction - T-17",
            "99.1 1612159590766 view GGOEGAAX0037 -",
        ]
    );
    assert_accounted(&ingested);
    assert_eq!((ignored(&ingested), rejected(&ingested)), (vec![], vec![]));
    let known: Vec<f64> = ingested.log.price.iter().copied().filter(|price| !price.is_nan()).collect();
    assert_eq!(known, [24.5, 24.5, 73.5, 1.0, 20.0]);
    assert_eq!(ingested.log.session, [0, 0, 0, 0, 0, 1]);
    assert_eq!(catalogue(&ingested), ["GGOEGAAX0037: Sale at 20"], "the latest");
    assert!(ingested.catalogue.categories.code("Home/Apparel").is_some());
}

fn parquet(mut table: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(3)).finish(&mut table).unwrap();
    bytes
}

#[test]
fn google_analytics_in_parquet_gives_the_same() {
    let table = df!(
        "event_timestamp" => [1_612_069_510_766_593_i64, 1_612_069_510_766_593, 1_612_069_530_766_593, 1_612_069_590_766_593, 1_612_069_590_766_593, 1_612_159_590_766_593],
        "event_name" => ["page_view", "view_item", "add_to_cart", "purchase", "purchase", "view_item"],
        "user_pseudo_id" => ["1026454.4271112504", "1026454.4271112504", "1026454.4271112504", "1026454.4271112504", "1026454.4271112504", "99.1"],
        "ga_session_id" => [Some(6789_i64), Some(6789), Some(6789), Some(6789), Some(6789), None],
        "item_id" => [None, Some("GGOEGAAX0037"), Some("GGOEGAAX0037"), Some("GGOEGAAX0037"), None, Some("GGOEGAAX0037")],
        "item_category" => [None, Some("Home/Apparel/Men's"), Some("Home/Apparel/Men's"), Some("Home/Apparel/Men's"), None, Some("Sale")],
        "price" => [None, Some(24.5), Some(24.5), Some(24.5), Some(1.0), Some(20.0)],
        "quantity" => [None, None, Some(3_i64), Some(3), Some(1), None],
        "transaction_id" => [None, None, None, Some("T-17"), Some("T-17"), None],
    )
    .unwrap();
    let csv = Folder::new().file("events.csv", GA4).ingest();
    let ingested = Folder::new().file("export.parquet", parquet(table)).ingest();
    assert_eq!(ingested.layout, "ga4");
    // As text, in which an unknown price is like any other.
    let told = |ingested: &Ingested| format!("{:?} {:?}", ingested.log, ingested.catalogue);
    assert_eq!(told(&ingested), told(&csv));
}

#[test]
fn any_parquet_is_read_by_its_columns() {
    let times = [1_569_888_000_000_i64, 1_569_888_060_000];
    let table = df!("ts" => times, "who" => ["ann", "bob"], "what" => ["look", "buy"], "sku" => [7_i32, 8], "paid" => [1.5, 2.5]);
    let instants = col("ts").cast(DataType::Datetime(TimeUnit::Milliseconds, None));
    let zoned = col("ts").cast(DataType::Datetime(TimeUnit::Milliseconds, Some(polars::prelude::TimeZone::UTC)));
    let settings: IngestSettings = toml::from_str(
        "columns = { time = \"ts\", user = \"who\", event = \"what\", item = \"sku\", price = \"paid\" }\n\
         time_zone = \"+02:00\"\n\
         events = { look = \"view\", buy = \"transaction\" }\n",
    )
    .unwrap();
    // A time without a zone is of the zone that the settings tell; one with a zone, or since 1970, is not.
    for (column, shift) in [(instants, 7_200_000), (zoned, 0), (col("ts"), 0)] {
        let table = table.as_ref().unwrap().clone().lazy().with_columns([column]).collect().unwrap();
        let ingested = Folder::new().file("log.parquet", parquet(table)).ingest_with(&settings).unwrap();
        let first = times[0] - shift;
        let second = times[1] - shift;
        assert_eq!(lines(&ingested.log), [format!("ann {first} view 7 -"), format!("bob {second} transaction 8 -")]);
        assert_eq!((ingested.layout, ingested.log.price), ("custom", vec![1.5, 2.5]));
    }
}

#[test]
fn the_order_of_rows_and_files_does_not_matter() {
    let header = REES46.lines().next().unwrap();
    let mut body: Vec<&str> = REES46.lines().skip(1).collect();
    // At the same instant with other prices, categories and sessions.
    body.push("2019-10-02 10:00:01 UTC,purchase,3900821,5,a.b,aqua,31,554748717,zzz");
    body.push("2019-10-02 10:00:01 UTC,purchase,3900821,5,a.c,aqua,30.10,554748717,yyy");
    let of = |body: &[&str]| Folder::new().file("log.csv", format!("{header}\n{}\n", body.join("\n"))).ingest();
    let (ahead, back) = (of(&body), of(&body.iter().rev().copied().collect::<Vec<_>>()));
    assert_eq!((ahead.log, ahead.catalogue, ahead.counts), (back.log, back.catalogue, back.counts));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// RetailRocket's log in REES46's shape is the same log, but for its order ids.
    #[test]
    fn retailrocket_rewritten_as_rees46_is_the_same(
        rows in prop::collection::vec((0_i64..3_000_000, 1_i64..30, 0_usize..3, 1_i64..20), 1..200),
    ) {
        let mut own = HEADER.to_owned();
        let mut other = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n".to_owned();
        for (second, user, kind, item) in rows {
            let time = jiff::Timestamp::from_second(1_430_622_000 + second).unwrap();
            let date = time.strftime("%Y-%m-%d %H:%M:%S UTC");
            own += &format!("{},{user},{},{item},\n", time.as_millisecond(), EventKind::ALL[kind].name());
            other += &format!("{date},{},{item},,,,,{user},\n", ["view", "cart", "purchase"][kind]);
        }
        let (own, other) = (Folder::new().file("events.csv", own).ingest(), Folder::new().file("log.csv", other).ingest());
        prop_assert_eq!((own.layout, other.layout), ("retailrocket", "rees46"));
        prop_assert_eq!(own.log, other.log);
        prop_assert_eq!(own.counts, other.counts);
    }
}
