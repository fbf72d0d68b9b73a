#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn names_with_numbers_and_other_columns_are_known() {
    let is = |name: &str| user_column(name).map(|column| column.name);
    assert_eq!([is("up1"), is("down3_value"), is("churn")], [Some("up#"), Some("down#_value"), Some("churn")]);
    assert_eq!([is("up"), is("up_value"), is("upx"), is("uplift2"), is("up1_")], [None; 5]);
    let segments = table("Segments").unwrap();
    assert_eq!(segments.column("mean_avg_session_minutes").unwrap().name, "mean_*");
    assert!(segments.column("mean_").is_none() && segments.column("mean").is_none());
}

#[test]
fn the_user_table_begins_with_the_user_and_the_scores() {
    let leading: Vec<&str> = leading().collect();
    assert_eq!(
        leading,
        [
            "user_id",
            "customer_name",
            "segment",
            "churn",
            "ltv",
            "revenue",
            "uplift",
            "uplift_group",
            "net",
            "simulated_uplift",
            "simulated_group"
        ]
    );
    assert_eq!(user_tables().next().unwrap().name, "features", "it tells who is a user");
    assert_eq!(
        segment_means(),
        [
            "churn",
            "ltv",
            "revenue",
            "uplift",
            "recency_days",
            "sessions",
            "total_events",
            "addtocarts",
            "transactions",
            "spend",
            "simulated_uplift"
        ]
    );
}

#[test]
fn no_name_is_told_twice() {
    let mut names: Vec<&str> = catalogue().iter().map(|table| table.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    let of_users = user_tables().flat_map(|table| &table.columns).filter(|column| column.role != Role::Key);
    let mut names: Vec<&str> = of_users.map(|column| column.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    let mut places: Vec<u8> = user_tables().flat_map(|table| &table.columns).filter_map(|of| of.segment_mean).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "{places:?}");
}

/// A table's part of `docs/tables.md`.
fn section(table: &TableEntry) -> String {
    let head = format!(
        "### {}\n\nOne row: {}.\n\n| column | holds | unit | meaning |\n|---|---|---|---|\n",
        table.name, table.row
    );
    let row = |column: &ColumnEntry| {
        let ColumnEntry { name, holds, unit, meaning, .. } = column;
        format!("| `{name}` | {} | {unit} | {meaning} |\n", holds.name())
    };
    head + &table.columns.iter().map(row).collect::<String>()
}

#[test]
fn the_page_of_tables_tells_of_every_column() {
    let page = include_str!("../../../docs/tables.md");
    for table in catalogue() {
        assert!(
            table.columns.iter().all(|column| !column.meaning.is_empty()),
            "{} has a column without words",
            table.name
        );
        let section = section(table);
        let missing = section.lines().find(|line| !page.lines().any(|known| known == *line));
        assert_eq!(missing, None, "docs/tables.md lacks this line");
        assert!(page.contains(&section), "docs/tables.md should say, in this order:\n\n{section}");
    }
}
