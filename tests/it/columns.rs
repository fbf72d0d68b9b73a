//! The catalogue of columns against the tables of a real run: every table and every column has its entry.

use polars::prelude::*;
use user360::job::Job;
use user360::store::{
    self, ColumnEntry, DataTable, Role, TableEntry, Workspace, catalogue, compare, item_profile, recommendations,
    summary,
};

use crate::sample;

#[track_caller]
fn table(name: &str) -> &'static TableEntry {
    catalogue()
        .iter()
        .find(|table| table.name == name)
        .unwrap_or_else(|| panic!("the catalogue lacks the table {name}"))
}

/// Every column of the frame has an entry of this table, which holds what the column holds.
#[track_caller]
fn is_known(name: &str, frame: &DataFrame) {
    let table = table(name);
    for column in frame.columns() {
        let entry: &ColumnEntry =
            table.column(column.name()).unwrap_or_else(|| panic!("the catalogue lacks {name}.{}", column.name()));
        assert!(
            entry.holds.fits(column.dtype()),
            "{name}.{} holds {}, not {:?}",
            entry.name,
            column.dtype(),
            entry.holds
        );
    }
}

/// The same of a table on screen.
#[track_caller]
fn is_shown(name: &str, table: &DataTable) {
    let rows: Vec<u32> = (0..table.len() as u32).collect();
    is_known(name, &table.select(&rows, None).unwrap());
}

#[test]
fn every_column_of_a_run_is_in_the_catalogue() {
    let run = sample::current(sample::workspace());
    let tables = run.tables();
    assert!(tables.len() >= 9, "{tables:?}");
    for name in &tables {
        is_known(name, &run.table(name).unwrap());
    }
    is_known("customers", &sample::current(sample::shop()).table("customers").unwrap());
    // What the catalogue tells of and this log cannot: it has no visits of its own, no more than events, and no customers
    // beside them; notes are the workspace's.
    let absent: Vec<&str> =
        catalogue().iter().filter(|of| !of.on_screen && !tables.contains(&of.name)).map(|of| of.name).collect();
    assert_eq!(absent, ["event_details", "customers", "notes"]);
    for entry in catalogue().iter().filter(|table| tables.contains(&table.name)) {
        let table = DataTable::of_run(&run, entry.name).unwrap();
        let missing: Vec<&str> = entry
            .columns
            .iter()
            .filter(|column| !table.columns().iter().any(|known| column.is(&known.name)))
            .map(|column| column.name)
            .collect();
        let expected: &[&str] = match entry.name {
            // Those of a log that knows visits, and visitors who log in later.
            "events" => &["session", "joined_from", "joined_at"],
            // Those of a file of items.
            "items" => &["name", "item_group", "category_name"],
            // Those of a real campaign, where this run has simulated ones.
            "uplift" => &["uplift", "uplift_group", "net", "p_treated", "p_control", "uplift_at_campaign", "best_arm"],
            // Those of version 0.1.
            "churn" => &["up#", "up#_value", "down#", "down#_value"],
            // Those of a customer base model, for which this log has too few buyers who came again.
            "ltv" => &["orders_#d_ahead", "revenue_#d", "p_alive", "p_order_30d"],
            _ => &[],
        };
        assert_eq!(missing, expected, "{}", entry.name);
    }
}

#[test]
fn every_column_on_screen_is_in_the_catalogue() {
    let run = sample::current(sample::workspace());
    let users = DataTable::users(&run).unwrap();
    for column in users.columns() {
        let entry = store::user_column(&column.name).unwrap_or_else(|| panic!("the catalogue lacks {}", column.name));
        assert!(!entry.meaning.is_empty() && (entry.role != Role::Key || column.name == "user_id"));
    }
    is_shown("Segments", &summary(&run, &users, &Job::new()).unwrap().segments.unwrap());
    is_shown("Recommendations", &recommendations(&run).unwrap());
    let item = run.table("similar_items").unwrap().column("item_id").unwrap().get(0).unwrap().to_string();
    is_shown("Similar items", &item_profile(&run, item.trim_matches('"')).unwrap().similar);
    let workspace = Workspace::open(sample::two_runs());
    let (earlier, later) = (workspace.run(&sample::earlier()).unwrap(), workspace.current().unwrap().unwrap());
    is_shown("What changed", &compare(&earlier, &later).unwrap().moved);
}
