//! What the rows of a log tell of their items beside what was bought: names, products of variants, names of categories.

use super::*;
use crate::ingest::propose::{Draft, Request};

/// Two variants of a shirt and a cap; the cap was renamed on the second day.
const LOG: &str = "time,email,sku,product_name,parent_sku,price\n\
    2023-03-01 10:00:01,a@x.org,s-red,Shirt red,shirt,10.00\n\
    2023-03-01 10:00:02,b@x.org,s-blue,Shirt blue,shirt,10.00\n\
    2023-03-01 10:00:03,b@x.org,cap,Cap,cap,5.00\n\
    2023-03-02 10:00:03,a@x.org,cap,Cap (new),cap,5.00\n\
    2023-03-02 10:00:04,a@x.org,,Gift wrap,,1.00\n\
    2023-03-03 10:00:04,b@x.org,s-red,,,10.00\n";
const COLUMNS: &str = "layout = \"custom\"\ndefault_event = \"transaction\"\n[columns]\ntime = \"time\"\nuser = \"email\"\n\
    item = \"sku\"\nprice = \"price\"\nitem_name = \"product_name\"\nitem_group = \"parent_sku\"\n";

fn read(folder: &Folder, settings: &str) -> Ingested {
    let settings: IngestSettings = toml::from_str(&format!("files = \"log.csv\"\n{settings}")).unwrap();
    ingest(&discover(folder.0.path(), &settings).unwrap(), &settings, &Job::new()).unwrap()
}

/// Each item with its name and its group.
fn told(ingested: &Ingested) -> Vec<(String, Option<&str>, Option<&str>)> {
    let items = &ingested.log.items;
    (0..items.len())
        .map(|code| {
            let (name, group) = (&ingested.items.name, &ingested.items.group);
            (
                items.text(code as u32).into_owned(),
                name.get(code).and_then(Option::as_deref),
                group.get(code).and_then(Option::as_deref),
            )
        })
        .collect()
}

#[test]
fn an_item_is_called_as_its_latest_row_tells_and_what_has_no_number_by_its_name() {
    let ingested = read(&Folder::new().file("log.csv", LOG), COLUMNS);
    let expected = [
        ("Gift wrap".to_owned(), Some("Gift wrap"), None),
        ("cap".to_owned(), Some("Cap (new)"), Some("cap")),
        ("s-blue".to_owned(), Some("Shirt blue"), Some("shirt")),
        ("s-red".to_owned(), Some("Shirt red"), Some("shirt")),
    ];
    assert_eq!(told(&ingested), expected);
    let note = "the log tells of 4 items: the name of 4, the group of 3";
    assert!(ingested.notes.iter().any(|told| told == note), "{:?}", ingested.notes);
}

#[test]
fn a_file_of_items_goes_before_the_log_and_the_log_tells_what_it_leaves_out() {
    let folder = Folder::new().file("log.csv", LOG).file("items.csv", "sku,name\ncap,Baseball cap\n");
    let ingested = read(&folder, COLUMNS);
    let names: Vec<Option<&str>> = told(&ingested).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(names, [Some("Gift wrap"), Some("Baseball cap"), Some("Shirt blue"), Some("Shirt red")]);
}

#[test]
fn a_page_without_an_item_is_not_one_of_its_title() {
    let log = "time,user,event,item,title\n2023-03-01 10:00:01,1,view,a,Shirt\n2023-03-01 10:00:02,1,view,,About us\n";
    let settings = "layout = \"custom\"\n[columns]\ntime = \"time\"\nuser = \"user\"\nevent = \"event\"\nitem = \"item\"\n\
        item_name = \"title\"\n";
    let ingested = read(&Folder::new().file("log.csv", log), settings);
    assert_eq!(told(&ingested), [("a".to_owned(), Some("Shirt"), None)]);
    assert_eq!(ingested.log.kind, [EventKind::View, EventKind::Visit]);
}

/// The columns that a look at a log of 60 rows finds for the texts of items.
fn found(header: &str, row: impl Fn(usize) -> String) -> [Option<String>; 3] {
    let rows: String = (0..60).map(|at| row(at) + "\n").collect();
    let folder = Folder::new().file("log.csv", format!("{header}\n{rows}"));
    let request = Request { paths: vec![folder.path("log.csv")], ..Request::default() };
    let columns = Draft::inspect(&request, &Job::new()).unwrap().settings().columns;
    [columns.item_name, columns.item_group, columns.category_name]
        .map(|column| Some(column.text().to_owned()).filter(|column| !column.is_empty()))
}

#[test]
fn a_look_finds_what_all_rows_of_an_item_tell_alike() {
    let day = |at: usize| format!("2023-03-{:02} 10:00:01", 1 + at % 28);
    let item = |at: usize| at * 7 % 12;
    let named = found("created_at,customer_id,sku,title,parent_sku,price", |at| {
        let item = item(at);
        format!("{},{},v{item},Item {item},p{},{}.50", day(at), at % 9, item / 3, 10 + item)
    });
    assert_eq!(named, [Some("title".to_owned()), Some("parent_sku".to_owned()), None]);
    // The same name where it is the customer's.
    let of_customers = found("created_at,customer_id,sku,name,price", |at| {
        format!("{},{},v{},Ann {},{}.50", day(at), at % 9, item(at), at % 9, 10 + item(at))
    });
    assert_eq!(of_customers, [None, None, None]);
}

#[test]
fn an_order_s_total_of_one_row_holds_its_shipping_and_not_its_discount() {
    // Goods of 20.00 and 30.00; shipping of 5.00 each; 2.00 off the second.
    let log = "order,time,email,shipping,discount,grand_total,subtotal\n\
        A1,2023-03-01 10:00:01,a@x.org,5.00,,25.00,20.00\nA2,2023-03-01 10:00:02,b@x.org,5.00,2.00,33.00,30.00\n";
    let spent = |total: &str| {
        let settings = format!(
            "layout = \"custom\"\ndefault_event = \"transaction\"\n[columns]\ntime = \"time\"\nuser = \"email\"\n\
             transaction = \"order\"\nshipping = \"shipping\"\ndiscount = \"discount\"\ntotal = \"{total}\"\n"
        );
        let ingested = read(&Folder::new().file("log.csv", log), &settings);
        (ingested.log.price.clone(), ingested.notes.iter().any(|note| note.starts_with("shipping is taken off")))
    };
    assert_eq!(spent("grand_total"), (vec![20.0, 28.0], true));
    assert_eq!(spent("subtotal"), (vec![20.0, 28.0], false));
}
