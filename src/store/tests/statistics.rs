//! Statistics and groups of columns against plain computations, and the conditions that they hand out.

use polars::prelude::*;
use proptest::prelude::*;

use crate::job::Job;
use crate::store::tests::{commit, frame, users};
use crate::store::{Cell, DataTable, Order, Part, View, Workspace};

fn matching(table: &DataTable, condition: &str) -> Vec<u32> {
    let view = View { filter: Some(condition.to_owned()), sort: Vec::new() };
    table.order(&view, &Job::new()).unwrap().rows().collect()
}

fn all(table: &DataTable) -> Order {
    Order::All(table.len() as u32)
}

fn labels(parts: &[Part]) -> Vec<(&str, u64)> {
    parts.iter().map(|part| (part.label.as_str(), part.rows)).collect()
}

#[test]
fn a_column_is_told_by_its_values() {
    let table = users(frame());
    let of = |name: &str| table.statistics(&all(&table), table.column(name).unwrap(), 10, &Job::new()).unwrap();
    let views = of("views");
    assert_eq!((views.rows, views.unknown, views.distinct), (4, 0, 3));
    assert_eq!(views.mean, Some((3.75, "3.8".to_owned())));
    let quantile = |name: &str| views.quantiles.iter().find(|(title, ..)| *title == name).unwrap().2.clone();
    assert_eq!((quantile("least"), quantile("median"), quantile("most")), (Cell::Int(1), Cell::Int(1), Cell::Int(10)));
    assert_eq!(labels(&views.frequent), [("1", 2), ("3", 1), ("10", 1)]);
    assert_eq!(views.histogram.iter().map(|part| part.rows).sum::<u64>(), 4);
    let churn = of("churn");
    assert_eq!((churn.rows, churn.unknown, churn.distinct), (4, 1, 2));
    let known = churn.frequent.iter().find(|part| part.rows == 2).unwrap();
    assert_eq!(matching(&table, known.condition.as_ref().unwrap()), [1, 3], "single precision is met exactly");
    let segment = of("segment");
    assert_eq!((segment.mean, segment.histogram.len(), segment.quantiles.len()), (None, 0, 0));
    assert_eq!(labels(&segment.frequent)[0], ("One-time", 2));
    // Ids are counted, not measured.
    assert_eq!((of("user_id").mean, of("user_id").distinct), (None, 4));
}

#[test]
fn the_rows_of_a_view_alone_are_looked_at() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 1);
    let run = Workspace::open(root.path()).current().unwrap().unwrap();
    let table = DataTable::users(&run).unwrap();
    let some = Order::Ascending([1, 2].into());
    let views = table.statistics(&some, table.column("views").unwrap(), 10, &Job::new()).unwrap();
    assert_eq!((views.rows, views.distinct, labels(&views.frequent)), (2, 1, vec![("1", 2)]));
    let measured: Vec<usize> = (0..table.columns().len()).collect();
    let groups = table.groups(&some, table.column("segment").unwrap(), &measured, "users", &Job::new()).unwrap();
    let names: Vec<&str> = groups.table.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names[..3], ["segment", "users", "share"]);
    assert!(names.contains(&"mean_churn") && names.contains(&"mean_views") && !names.contains(&"mean_user_id"));
    let row: Vec<String> = (0..names.len()).map(|at| groups.table.cell(0, at).to_string()).collect();
    assert_eq!((groups.all, row[0].as_str(), row[1].as_str()), (1, "One-time", "2"));
    assert_eq!(groups.conditions, [Some("segment = 'One-time'".to_owned())]);
    let cancelled = Job::new();
    cancelled.cancel();
    assert!(table.statistics(&some, 0, 10, &cancelled).is_err());
}

#[test]
fn a_text_is_found_in_any_column() {
    let names = ["Zo\u{eb} M\u{fc}ller", "Bob"];
    let table = users(df!("user_id" => [17_i64, 4], "name" => names, "share" => [0.25, 0.17]).unwrap());
    assert_eq!(matching(&table, "anywhere('zoe mull')"), [0]);
    assert_eq!(matching(&table, "anywhere('17')"), [0, 1], "ids and numbers too");
    assert_eq!(matching(&table, "anywhere('bob') and share < 0.2"), [1]);
    assert_eq!(matching(&table, "not anywhere('o')"), [0; 0]);
    assert_eq!(matching(&table, "anywhere('it''s')"), [0; 0]);
}

proptest! {
    /// Whatever a column holds, each part's condition holds for as many rows as the part says, and the parts are all rows.
    #[test]
    fn conditions_part_the_rows_as_told(
        single in prop::collection::vec(prop::option::of(-30_f32..30.0), 1..90),
        whole in prop::collection::vec(prop::option::of(-2_i64..3), 90),
    ) {
        let whole = whole[..single.len()].to_vec();
        let double: Vec<Option<f64>> = single.iter().map(|value| value.map(|value| f64::from(value) / 3.0)).collect();
        let rows = single.len();
        let table = users(df!("a" => single, "b" => whole, "c" => double).unwrap());
        for column in 0..3 {
            let told = table.statistics(&all(&table), column, 1000, &Job::new()).unwrap();
            for parts in [&told.histogram, &told.frequent] {
                for part in parts {
                    let met = matching(&table, part.condition.as_ref().unwrap());
                    prop_assert_eq!(met.len() as u64, part.rows, "{:?}", part);
                }
                let sum: u64 = parts.iter().map(|part| part.rows).sum();
                prop_assert!(parts.is_empty() || sum == rows as u64 || sum == rows as u64 - told.unknown, "{:?}", parts);
            }
            let groups = table.groups(&all(&table), column, &[0, 1, 2], "rows", &Job::new()).unwrap();
            let mut met: Vec<u32> = Vec::new();
            let place = groups.table.column("rows").unwrap();
            for (row, condition) in groups.conditions.iter().enumerate() {
                let found = matching(&table, condition.as_ref().unwrap());
                prop_assert_eq!(&Cell::Int(found.len() as i64), &groups.table.cell(row, place), "{:?}", condition);
                met.extend(found);
            }
            met.sort_unstable();
            prop_assert_eq!(met, (0..rows as u32).collect::<Vec<_>>(), "each row is in one group");
        }
    }
}
