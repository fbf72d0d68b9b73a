//! Views, conditions and queries against plain computations.

use std::cmp::Ordering;

use polars::prelude::*;
use proptest::prelude::*;

use crate::error::Error;
use crate::job::Job;
use crate::store::tests::{commit, frame, users};
use crate::store::{DataTable, SortKey, View, Workspace, sql};

fn key(column: &str, descending: bool) -> SortKey {
    SortKey { column: column.to_owned(), descending }
}

fn rows(table: &DataTable, filter: Option<&str>, sort: Vec<SortKey>) -> Vec<u32> {
    table.order(&View { filter: filter.map(str::to_owned), sort }, &Job::new()).unwrap().rows().collect()
}

#[test]
fn views_filter_and_sort() {
    let table = users(frame());
    assert_eq!(rows(&table, None, vec![]), [0, 1, 2, 3]);
    assert_eq!(rows(&table, None, vec![key("churn", false)]), [0, 1, 3, 2], "nulls last");
    assert_eq!(rows(&table, None, vec![key("churn", true)]), [1, 3, 0, 2], "nulls last, ties in table order");
    assert_eq!(rows(&table, None, vec![key("churn", true), key("views", true)]), [3, 1, 0, 2]);
    assert_eq!(rows(&table, None, vec![key("segment", false)]), [3, 0, 1, 2]);
    assert_eq!(rows(&table, Some("churn > 0.8"), vec![key("user_id", true)]), [3, 1]);
    assert_eq!(rows(&table, Some("segment = 'One-time' and views < 2"), vec![]), [1, 2]);
    assert_eq!(rows(&table, Some("churn is null"), vec![]), [2]);
    assert_eq!(rows(&table, Some("1 = 1"), vec![]), [0, 1, 2, 3], "one answer for every row");
    assert_eq!(rows(&table, Some("max(views) > 10"), vec![]), [0; 0]);
    assert_eq!(rows(&table, Some("max(views) > 9 -- any?"), vec![]), [0, 1, 2, 3]);
    assert_eq!(rows(&table, Some("views > avg(views)"), vec![]), [0]);
    assert_eq!(rows(&users(frame().head(Some(0))), Some("1 = 1"), vec![key("churn", true)]), [0; 0]);
    assert_eq!(table.row_of("5").unwrap(), Some(2));
    assert_eq!(table.row_of("6").unwrap(), None);
    let cancelled = Job::new();
    cancelled.cancel();
    assert!(matches!(table.order(&View::default(), &cancelled), Err(Error::Cancelled)));
}

proptest! {
    #[test]
    fn sorting_agrees_with_a_comparison_sort(values in prop::collection::vec((prop::option::of(-3_i64..3), prop::num::f64::ANY), 0..60), descending: bool) {
        let ids: Vec<i64> = (0..values.len() as i64).collect();
        let (whole, real): (Vec<_>, Vec<_>) = values.iter().copied().unzip();
        let table = users(df!("user_id" => ids, "a" => whole, "b" => real).unwrap());
        let mut expected: Vec<u32> = (0..values.len() as u32).collect();
        expected.sort_by(|&x, &y| {
            let ((ax, bx), (ay, by)) = (values[x as usize], values[y as usize]);
            let known = |b: f64| (!b.is_nan()).then_some(b);
            let first = match (ax, ay) {
                (Some(x), Some(y)) => if descending { y.cmp(&x) } else { x.cmp(&y) },
                (x, y) => y.is_some().cmp(&x.is_some()),
            };
            first.then(match (known(bx), known(by)) {
                (Some(x), Some(y)) => x.partial_cmp(&y).unwrap_or(Ordering::Equal),
                (x, y) => y.is_some().cmp(&x.is_some()),
            })
        });
        prop_assert_eq!(rows(&table, None, vec![key("a", descending), key("b", false)]), expected);
    }

    #[test]
    fn texts_are_sorted_in_byte_order(values in prop::collection::vec(prop::option::of("(user-)?[0-9a-b\u{0}é😀]{0,12}"), 0..80), descending: bool) {
        // Once as they are; once among so many others that they are no longer looked up by name.
        for others in [0, 5000] {
            let mut texts = values.clone();
            texts.extend((0..others).rev().map(|other| Some(format!("user-{other:04}"))));
            let table = users(df!("text" => &texts).unwrap());
            let mut expected: Vec<u32> = (0..texts.len() as u32).collect();
            expected.sort_by(|&x, &y| match (&texts[x as usize], &texts[y as usize]) {
                (Some(x), Some(y)) => if descending { y.cmp(x) } else { x.cmp(y) },
                (x, y) => y.is_some().cmp(&x.is_some()),
            });
            prop_assert_eq!(rows(&table, None, vec![key("text", descending)]), expected);
        }
    }
}

#[test]
fn whole_numbers_are_sorted_to_the_last_digit() {
    // As f64 the first two would be equal.
    let ids = [(1_i64 << 53) + 1, 1 << 53, i64::MIN, -1, i64::MAX - 2, 0];
    let table = users(df!("user_id" => ids).unwrap());
    assert_eq!(rows(&table, None, vec![key("user_id", false)]), [2, 3, 5, 1, 0, 4]);
}

#[test]
fn wrong_conditions_say_what_and_where() {
    let table = users(frame());
    let tried = |text: &str| {
        table.order(&View { filter: Some(text.to_owned()), sort: Vec::new() }, &Job::new()).map_err(|e| e.to_string())
    };
    let told = |text: &str| tried(text).unwrap_err();
    tried("churn > 0.5 or segment like 'L%'").unwrap();
    let unknown = told("chrun > 0.8");
    assert!(unknown.contains("no column chrun; did you mean churn?") && unknown.contains("^^^^^"), "{unknown}");
    assert!(told("churn > ").contains("not an SQL condition"));
    assert!(told("churn + 1").contains("no condition"), "{}", told("churn + 1"));
    let caret = |text: &str| told(text).lines().last().unwrap().find('^').unwrap() - 2;
    for (text, at) in [
        ("churn > 0.8 segment", 12),
        ("churn > 0.5)", 11),
        ("segment = 'a", 10),
        ("(churn > 0.5", 12),
        ("churn is null and", 17),
    ] {
        assert!(told(text).starts_with("not an SQL condition: "), "{}", told(text));
        assert_eq!(caret(text), at, "{}", told(text));
    }
    assert!(told("churn is null and").contains("found: the end"));
    assert!(told("churn > 0.8; drop table x").contains("Expected: the end, found: ;"));
    assert!(told("churn > 0.8 limit 3").contains("Expected: the end, found: limit"));
    assert!(told("churn > 0.8) or (views > 1").contains("Expected: the end, found: )"));
    assert!(told("churn > 0.8 as high").contains("not an SQL condition"));
    assert!(told(" ").contains("empty"));
    assert!(told("[1] / views > 1").contains("no lists"));
    tried("segment ~ '[a-z]' and segment <> \"segment\"").unwrap();
    assert!(told("segment = \"Loyal\"").contains("single quotes: 'Loyal'"));
    assert!(told("churn > 'high'").contains("high"));
    assert!(
        told("views > 1 and view > 2").ends_with(&format!("\n  {}^^^^", " ".repeat(14))),
        "the word, not a part of one"
    );
    assert!(told("exists (select 1)").len() < 200, "no dump of the parsed statement");
    let table = users(frame());
    let missing = table.order(&View { filter: None, sort: vec![key("chrn", false)] }, &Job::new());
    assert!(missing.unwrap_err().to_string().contains("did you mean churn?"));
    assert!(table.select(&[0], Some(&["veiws".to_owned()])).unwrap_err().to_string().contains("did you mean views?"));
}

#[test]
fn queries_read_the_run_s_tables_and_change_nothing() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 1);
    let run = Workspace::open(root.path()).current().unwrap().unwrap();
    let found = sql(&run, "select segment, count(*) as n from users group by segment order by n desc", 10).unwrap();
    assert_eq!(found.height(), 3);
    assert_eq!(found.column("n").unwrap().cast(&DataType::Int64).unwrap().i64().unwrap().get(0), Some(2));
    assert_eq!(sql(&run, "SELECT * FROM features", 2).unwrap().height(), 2);
    assert!(sql(&run, "drop table features", 1).unwrap_err().to_string().contains("read-only"));
    let told = |query: &str| sql(&run, query, 1).unwrap_err().to_string();
    assert!(told("select * from nowhere").contains("the tables are users, features"));
    assert!(told("select * from user").contains("no table user; did you mean users?"));
    assert_eq!(
        told("select chrun from users"),
        "no column chrun; did you mean churn?\n  select chrun from users\n         ^"
    );
    assert_eq!(told("select churn from users order by veiws"), "no column veiws; did you mean views?");
    assert!(told("select 1; drop table users").contains("one query at a time"));
    assert!(told("select * from users where (").starts_with("not SQL: "), "{}", told("select * from users where ("));
    assert_eq!(sql(&run, "-- all\n(select * from users);", 9).unwrap().height(), 4);
    // users, features, and the history of runs.
    assert_eq!(sql(&run, "show tables", 9).unwrap().height(), 3);
    let told = told("select [1] / views from users");
    assert!(told.contains("List") && told.lines().count() <= 3, "{told}");
}
