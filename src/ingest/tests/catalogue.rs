use super::*;

const PROPERTIES: &str = "timestamp,itemid,property,value\n";

/// T is 1500; in thousands so that times are in range.
fn at(time: i64) -> i64 {
    1_433_193_132_000 + time
}

fn shop() -> Folder {
    Folder::with_events(&format!("{},1,view,10,\n{},1,view,20,\n{},2,view,10,\n", at(1_500), at(700), at(400)))
}

fn properties(rows: &[(i64, &str, &str, &str)]) -> String {
    let rows = rows.iter().map(|(time, item, property, value)| format!("{},{item},{property},{value}\n", at(*time)));
    PROPERTIES.to_owned() + &rows.collect::<String>()
}

fn category_texts(ingested: &Ingested) -> Vec<String> {
    let catalogue = &ingested.catalogue;
    let text = |&code: &u32| if code == NONE { "-".into() } else { catalogue.categories.text(code).into_owned() };
    catalogue.category.iter().map(text).collect()
}

#[test]
fn the_latest_value_until_t_counts_and_on_a_tie_the_later_row() {
    let first = properties(&[
        (900, "10", "categoryid", "5"),
        (1_500, "10", "categoryid", "6"),
        (1_501, "10", "categoryid", "7"),
        (300, "20", "categoryid", "8"),
        (1_000, "20", "available", "1"),
        (1_000, "10", "available", "0"),
        (1_000, "99", "available", "1"),
        (100, "98", "888", "whatever"),
    ]);
    let second =
        properties(&[(300, "20", "categoryid", "9"), (999, "20", "available", "0"), (100, "99", "790", "n4.5")]);
    let folder = shop().file("item_properties_part1.csv", first).file("item_properties_part2.csv", second);
    let ingested = folder.ingest();
    assert_eq!(category_texts(&ingested), ["6", "9"]);
    assert_eq!(
        ingested.catalogue.categories,
        Ids::Integer(vec![6, 9]),
        "superseded and future categories are left out"
    );
    assert_eq!(ingested.catalogue.available, [Some(false), Some(true)]);
    assert!(ingested.catalogue.price.iter().all(|price| price.is_nan()) && ingested.log.price.is_empty());
    let counts = &ingested.counts;
    assert_eq!((counts.property_rows, counts.property_rows_used), (11, 7));
    assert_eq!(counts.items_only_in_properties, 2);
    assert!(counts.property_rows_rejected.is_empty());
}

#[test]
fn every_event_has_the_price_of_its_time() {
    let rows = properties(&[
        (1_500, "10", "790", "n30.250"),
        (400, "10", "790", "n10.000"),
        (400, "10", "790", "n11.000"),
        (1_499, "10", "790", "n20.000"),
        (1_501, "10", "790", "n99.000"),
        (701, "20", "790", "5"),
    ]);
    let ingested = shop().file("item_properties.csv", rows).ingest();
    // Users 1, 1, 2: item 20 at 700 (price known from 701 on), item 10 at 1500, item 10 at 400.
    assert!(ingested.log.price[0].is_nan());
    assert_eq!(ingested.log.price[1..], [30.25, 11.0]);
    assert_eq!(ingested.catalogue.price, [30.25, 5.0]);
}

#[test]
fn bad_property_rows_are_counted_and_noted_never_fatal() {
    let rows = properties(&[
        (1, "10", "790", "15.0 16.0"),
        (1, "10", "790", "n-5"),
        (1, "10", "790", "ninf"),
        (1, "10", "790", "n"),
        (1, "10", "available", "2"),
        (1, "10", "categoryid", ""),
        (1, "", "categoryid", "3"),
    ]) + "soon,10,categoryid,3\nsoon,10,777,3\n1,2,3\n";
    let ingested = shop().file("item_properties.csv", rows).ingest();
    let rejected = &ingested.counts.property_rows_rejected;
    let expected = [(Reason::BadTime, 1), (Reason::NoItem, 1), (Reason::WrongFieldCount, 1), (Reason::BadValue, 6)];
    assert_eq!(rejected, &expected.into_iter().collect());
    assert_eq!(ingested.counts.property_rows, 10);
    assert_eq!(ingested.counts.read, 3, "property rows are not events");
    assert!(
        ingested.notes[0].starts_with(
            "9 of 10 rows of item properties were rejected:\n  bad_value (not a value of its property): 6, first at item_properties.csv:2:"
        ),
        "{:?}",
        ingested.notes
    );
    assert_eq!(ingested.quarantine.len(), 9);
    assert_eq!(ingested.quarantine[8].line, 11);
}

#[test]
fn items_with_text_ids_find_their_properties() {
    let rows = properties(&[
        (1, "sku-1", "categoryid", "shoes"),
        (1, "007", "categoryid", "hats"),
        (1, "7", "categoryid", "no such item"),
        (1, "elsewhere", "available", "1"),
        (1, "elsewhere", "790", "n1"),
    ]);
    let events = format!("{},1,view,sku-1,\n{},1,view,007,\n", at(10), at(20));
    let ingested = Folder::with_events(&events).file("item_properties.csv", rows).ingest();
    assert_eq!(category_texts(&ingested), ["hats", "shoes"]);
    assert_eq!(ingested.counts.items_only_in_properties, 2);
}

#[test]
fn a_tree_gives_paths_from_the_root() {
    let tree = "categoryid,parentid\n3,2\n1,\n2,1\n9,\n";
    let catalogue = shop().file("category_tree.csv", tree).ingest().catalogue;
    assert_eq!(catalogue.categories, Ids::Integer(vec![1, 2, 3, 9]));
    assert_eq!(catalogue.parent, [NONE, 0, 1, NONE]);
    assert_eq!(catalogue.path(2), [0, 1, 2]);
    assert_eq!(catalogue.path(3), [3]);
    assert!(catalogue.path(NONE).is_empty());
    assert_eq!(catalogue.category, [NONE, NONE]);
}

#[test]
fn what_is_not_a_tree_is_cut_and_reported() {
    let tree = "categoryid,parentid\n1,3\n2,1\n3,2\n4,2\n5,5\n6,77\n7,6\n7,6\n7,1\n,3\n8\n";
    let rows = properties(&[(1, "10", "categoryid", "50"), (1, "20", "categoryid", "77")]);
    let ingested = shop().file("category_tree.csv", tree).file("item_properties.csv", rows).ingest();
    let catalogue = &ingested.catalogue;
    assert_eq!(catalogue.categories, Ids::Integer(vec![1, 2, 3, 4, 5, 6, 7, 50, 77]));
    assert_eq!(catalogue.parent, [NONE, 0, 1, 1, NONE, NONE, 5, NONE, NONE]);
    assert_eq!(catalogue.path(3), [0, 1, 3]);
    assert_eq!(
        ingested.notes,
        [
            "categories listed again with another parent, where the first one counts: 1 (7)",
            "categories whose parent the tree does not list, now roots: 1 (6 below 77)",
            "cycles in the category tree, cut above these categories: 2 (1, 5)",
            "categories of items that the category tree does not list, now roots: 2 (50, 77)",
            "2 of 11 rows of the category tree were rejected:\
             \n  wrong_field_count (not the header's number of fields): 1, first at category_tree.csv:12: 8\
             \n  bad_value (not a value of its property): 1, first at category_tree.csv:11: ,3",
        ]
    );
}

#[test]
fn a_long_list_of_ids_is_cut_and_says_so() {
    let tree: String = (1..=25).map(|id| format!("{id},{}\n", id + 100)).collect();
    let ingested = shop().file("category_tree.csv", format!("categoryid,parentid\n{tree}")).ingest();
    assert!(ingested.notes[0].contains("now roots: 25 (1 below 101, ") && ingested.notes[0].ends_with(" and 15 more)"));
}
