//! Categories in chains longer than any shop's.

use super::*;

/// A log of one view of each item, whose categories are told by a property file.
fn shop(tree: &str, categories: &[u32]) -> Folder {
    let item = |at: usize| format!("1433193132535,{at},view,{at},\n");
    let property = |(at, category): (usize, &u32)| format!("1433193132000,{at},categoryid,{category}\n");
    let properties: String = categories.iter().enumerate().map(property).collect();
    Folder::with_events(&(0..categories.len()).map(item).collect::<String>())
        .file("category_tree.csv", format!("categoryid,parentid\n{tree}"))
        .file("item_properties.csv", format!("timestamp,itemid,property,value\n{properties}"))
}

#[test]
fn a_chain_is_as_deep_as_its_paths_are_shown_and_the_rest_is_counted() {
    let tree: String = (1..=40_u32)
        .map(|id| format!("{id},{}\n", if id == 1 { String::new() } else { (id - 1).to_string() }))
        .collect();
    let ingested = shop(&tree, &[40, 32, 31, 1]).ingest();
    let catalogue = &ingested.catalogue;
    let path = |category: u32| -> Vec<String> {
        let path = catalogue.path(catalogue.categories.code(&category.to_string()).unwrap());
        path.iter().map(|&code| catalogue.categories.text(code).into_owned()).collect()
    };
    let names = |ids: &[u32]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let highest: Vec<u32> = (1..=31).collect();
    assert_eq!(path(1), names(&[1]));
    assert_eq!(path(32), names(&(1..=32).collect::<Vec<_>>()));
    assert_eq!(path(33), names(&[highest.clone(), vec![33]].concat()));
    assert_eq!(path(40), names(&[highest, vec![40]].concat()));
    assert_eq!(
        ingested.notes,
        [
            "categories deeper than 32 levels, hung below the one above them on level 31: 8 (33, 34, 35, 36, 37, 38, 39, 40)"
        ]
    );
}

#[test]
fn a_hundred_thousand_levels_take_no_longer_than_they_are_many() {
    let chain: String = (1..100_000_u32).map(|id| format!("{id},{}\n", id - 1)).collect();
    let categories: Vec<u32> = (0..2_000).map(|item| 99_999 - item).collect();
    // Listed from its root, from its end, and as a ring.
    let reversed: String = chain.lines().rev().map(|line| format!("{line}\n")).collect();
    for tree in [format!("0,\n{chain}"), format!("{reversed}0,\n"), format!("0,99999\n{chain}")] {
        let ingested = shop(&tree, &categories).ingest();
        let catalogue = &ingested.catalogue;
        assert!(catalogue.category.iter().all(|&category| catalogue.path(category).len() == 32));
        let deep = ingested.notes.iter().find(|note| note.starts_with("categories deeper than 32 levels")).unwrap();
        assert!(deep.contains(": 99968 ("), "{deep}");
    }
}

#[test]
fn names_that_are_paths_of_many_levels_are_cut_likewise() {
    let deep = vec!["a"; 20_000].join("/");
    let rows = format!("time,user,item,event,category\n1433193132535,1,2,view,{deep}\n1433193132536,1,3,view,a/b\n");
    let settings = IngestSettings {
        layout: LayoutName::Custom,
        time_format: "ms".to_owned(),
        columns: ColumnSettings {
            time: "time".into(),
            user: "user".into(),
            item: "item".into(),
            event: "event".into(),
            category: "category".into(),
            ..ColumnSettings::default()
        },
        ..IngestSettings::default()
    };
    let ingested = Folder::new().file("events.csv", rows).ingest_with(&settings).unwrap();
    let catalogue = &ingested.catalogue;
    assert_eq!(catalogue.path(catalogue.category[0]).len(), 32);
    assert_eq!(catalogue.categories.len(), 33, "31 levels of `a`, the whole name, and `a/b`");
    assert!(
        ingested.notes.iter().any(|note| note.starts_with("categories deeper than 32 levels")),
        "{:?}",
        ingested.notes
    );
}
