//! Tables in a run's files answer as the same tables in memory do, over several row groups.

use polars::prelude::*;

use crate::error::Error;
use crate::job::Job;
use crate::stage::StageId;
use crate::store::tests::{info, stage};
use crate::store::{Cell, DataTable, Order, Run, SortKey, View, Workspace, standing, write_rows};
use crate::store::{ExportOptions, Format};

/// More than two row groups.
const ROWS: usize = 300_000;

/// Users with ids of every other number, and values of every kind in no order.
fn features() -> DataFrame {
    let mixed = |row: usize| row.wrapping_mul(2_654_435_761) % 1_000_003;
    let rows = || 0..ROWS;
    df!(
        "user_id" => rows().map(|row| row as i64 * 2).collect::<Vec<_>>(),
        "views" => rows().map(|row| (mixed(row) % 50) as u32).collect::<Vec<_>>(),
        "score" => rows().map(|row| (row % 7 > 0).then(|| mixed(row) as f32 / 1e6)).collect::<Vec<_>>(),
        "name" => rows().map(|row| format!("customer {:07}", mixed(row))).collect::<Vec<_>>(),
        "some" => rows().map(|row| (row % 1000 == 1).then_some("rare")).collect::<Vec<_>>(),
    )
    .unwrap()
}

fn segments() -> DataFrame {
    let ids: Vec<i64> = (0..ROWS as i64).map(|row| row * 2).collect();
    let names: Vec<&str> = (0..ROWS).map(|row| ["Loyal", "One-time", "Gone"][row % 3]).collect();
    df!("user_id" => ids, "segment" => names).unwrap()
}

/// A run with these users, and what lies there side by side in memory.
fn both(root: &std::path::Path) -> (Run, DataTable, DataTable) {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let tables = [("features", features()), ("segments", segments())];
    let info = info(run.id(), vec![stage(&run, StageId::Features, &tables)]);
    let run = run.commit(&info, 1).unwrap();
    let stored = DataTable::users(&run).unwrap();
    let mut whole = features();
    whole.with_column(segments().column("segment").unwrap().clone()).unwrap();
    let names: Vec<&str> = stored.columns().iter().map(|column| column.name.as_str()).collect();
    let held = DataTable::of_frame(whole.select(names).unwrap());
    (run, stored, held)
}

fn view(filter: Option<&str>, sort: &[(&str, bool)]) -> View {
    let key = |(column, descending): &(&str, bool)| SortKey { column: (*column).to_owned(), descending: *descending };
    View { filter: filter.map(str::to_owned), sort: sort.iter().map(key).collect() }
}

#[test]
fn a_stored_table_answers_as_one_in_memory() {
    let root = tempfile::tempdir().unwrap();
    let (_, stored, held) = both(root.path());
    let columns = |table: &DataTable| -> Vec<_> {
        table.columns().iter().map(|column| (column.name.clone(), column.kind)).collect()
    };
    assert_eq!((stored.len(), columns(&stored)), (held.len(), columns(&held)));
    let job = Job::new();
    for asked in [
        view(None, &[]),
        view(None, &[("score", true)]),
        view(None, &[("score", false), ("views", true)]),
        view(None, &[("name", true)]),
        view(None, &[("some", false)]),
        view(None, &[("segment", true), ("user_id", true)]),
        view(Some("score > 0.99"), &[]),
        view(Some("views = 7 and segment = 'Gone'"), &[("name", false)]),
        view(Some("views > avg(views) + 20"), &[("score", true)]),
        view(Some("user_id in (4, 300000, 599998)"), &[]),
        view(Some("some is not null"), &[("user_id", true)]),
    ] {
        let (ours, theirs) = (stored.order(&asked, &job).unwrap(), held.order(&asked, &job).unwrap());
        assert!(ours == theirs, "{asked:?}: {} rows where {} are right", ours.len(), theirs.len());
        let rows: Vec<u32> = ours.rows().step_by(ours.len() / 40 + 1).collect();
        assert_eq!(stored.select(&rows, None).unwrap(), held.select(&rows, None).unwrap(), "{asked:?}");
    }
    let wrong = view(Some("scor > 1"), &[]);
    let told = |table: &DataTable| table.order(&wrong, &job).unwrap_err().to_string();
    assert_eq!(told(&stored), told(&held));
    for name in ["score", "views", "user_id", "name"] {
        let (ours, theirs) = (stored.numbers(name).unwrap(), held.numbers(name).unwrap());
        assert_eq!(ours.is_some(), theirs.is_some());
        let pairs = ours.into_iter().flatten().zip(theirs.into_iter().flatten());
        assert!(pairs.into_iter().all(|(a, b)| a.to_bits() == b.to_bits()), "{name}");
    }
    for row in [0, 131_071, 131_072, ROWS - 1] {
        let (ours, theirs) = (standing(&stored, row, &job).unwrap(), standing(&held, row, &job).unwrap());
        assert_eq!(ours.len(), 2, "views and the score");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!((&ours.column, ours.percentile), (&theirs.column, theirs.percentile));
            // Sums of other parts.
            assert!((ours.segment_mean.unwrap() - theirs.segment_mean.unwrap()).abs() < 1e-9);
        }
    }
}

#[test]
fn cells_ids_and_texts_are_found_anywhere() {
    let root = tempfile::tempdir().unwrap();
    let (_, stored, held) = both(root.path());
    let rows: Vec<u32> = vec![299_999, 0, 131_072, 131_071, 7, 0];
    stored.look(&rows, &[0, 3, 4]).unwrap();
    for row in rows.iter().map(|row| *row as usize).chain([5, ROWS]) {
        for column in 0..=stored.columns().len() {
            assert_eq!(stored.cell(row, column), held.cell(row, column), "{row}, {column}");
        }
    }
    assert_eq!(stored.texts(&rows, 0).unwrap(), ["599998", "0", "262144", "262142", "14", "0"]);
    for (id, row) in [("0", Some(0)), (" 262144 ", Some(131_072)), ("599998", Some(299_999)), ("3", None), ("x", None)]
    {
        assert_eq!((stored.row_of(id).unwrap(), held.row_of(id).unwrap()), (row, row), "{id}");
    }
    let ids: Vec<String> = (0..100).rev().map(|id| (id * 3).to_string()).collect();
    let found: Vec<u32> = (0..100).map(|id| id * 3).filter(|id| id % 2 == 0).map(|id| id / 2).collect();
    assert_eq!((stored.rows_of(&ids).unwrap(), stored.rows_of(&ids[90..]).unwrap().len()), (found, 5));
    let order = stored.order(&view(None, &[("score", true)]), &Job::new()).unwrap();
    let (some, from) = (stored.column("some").unwrap(), 250_000);
    for (text, column) in [("rare", some), ("1234", 0), ("nowhere", some)] {
        for backwards in [false, true] {
            let of = |table: &DataTable| table.search(&order, column, text, from, backwards, &Job::new()).unwrap();
            assert_eq!(of(&stored), of(&held), "{text} {backwards}");
        }
    }
}

#[test]
fn an_export_reads_some_rows_at_a_time_and_writes_them_all() {
    let root = tempfile::tempdir().unwrap();
    let (_, stored, held) = both(root.path());
    let columns = ["name", "score", "segment"].map(str::to_owned);
    let filtered = held.order(&view(Some("views < 3"), &[]), &Job::new()).unwrap();
    let sorted = held.order(&view(None, &[("score", true)]), &Job::new()).unwrap();
    for order in [Order::All(ROWS as u32), filtered, sorted, Order::All(0)] {
        let blocks = stored.blocks(order.clone(), Some(&columns)).unwrap();
        assert_eq!(blocks.rows(), order.len() as u64);
        let mut whole = blocks.head().clone();
        for block in blocks {
            whole.vstack_mut(&block.unwrap()).unwrap();
        }
        assert!(whole.equals_missing(&held.select(&order.rows().collect::<Vec<_>>(), Some(&columns)).unwrap()));
        for format in Format::ALL {
            let write = |table: &DataTable| {
                let (mut out, options) = (Vec::new(), ExportOptions::default());
                let rows = table.blocks(order.first(150_000), Some(&columns[..2])).unwrap();
                let count = write_rows(&mut out, rows, *format, &options, &Job::new()).unwrap();
                (count, out)
            };
            assert!(write(&stored) == write(&held), "{}", format.name);
        }
    }
    let wrong = stored.blocks(Order::All(1), Some(&["nam".to_owned()])).err().unwrap().to_string();
    assert!(wrong.contains("name"), "{wrong}");
}

#[test]
fn a_damaged_page_is_told_of_where_it_is_looked_at() {
    use std::os::unix::fs::FileExt;
    let root = tempfile::tempdir().unwrap();
    let (run, stored, held) = both(root.path());
    // The last block but one of the file holds pages of the last row group.
    let path = run.path("features.parquet");
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let place = file.metadata().unwrap().len() - 400_000;
    file.write_all_at(&[0xaa; 64], place).unwrap();
    let name = stored.column("name").unwrap();
    assert_eq!(stored.cell(3, 0), held.cell(3, 0), "what is sound is shown");
    let last = [ROWS as u32 - 1];
    let error = (0..stored.columns().len()).find_map(|column| stored.look(&last, &[column]).err()).unwrap();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("features.parquet"), "{error}");
    let cells = (0..stored.columns().len()).map(|column| stored.cell(ROWS - 1, column));
    assert!(cells.into_iter().any(|cell| matches!(cell, Cell::Unreadable(_))));
    assert!(stored.order(&view(None, &[("name", false)]), &Job::new()).is_err() || stored.numbers("score").is_err());
    // Cut short while it is open: an error, no signal.
    file.set_len(1000).unwrap();
    let error = stored.look(&[ROWS as u32 / 2], &[name]).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
}

#[test]
fn a_ranking_is_kept_and_not_sorted_again() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let churn = df!("user_id" => [1_i64, 2, 5, 9], "churn" => [Some(0.25_f32), None, Some(0.9), Some(0.5)]).unwrap();
    let features = df!("user_id" => [1_i64, 2, 5, 9]).unwrap();
    let mut records = stage(&run, StageId::Features, &[("features", features), ("churn", churn.clone())]);
    records.files.extend(run.write_orders("churn", &churn).unwrap());
    assert_eq!(run.write_orders("events", &churn).unwrap().len(), 0);
    let info = info(run.id(), vec![records]);
    let run = run.commit(&info, 1).unwrap();
    let ranked = view(None, &[("churn", true)]);
    let order = |run: &Run| DataTable::users(run).unwrap().order(&ranked, &Job::new());
    assert_eq!(order(&run).unwrap(), Order::Sorted([2, 3, 0, 1].into()));
    // That the kept order is used shows when it is damaged.
    std::fs::write(run.path("models/churn.churn.desc.order"), [0; 16]).unwrap();
    let error = order(&run).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }) && error.to_string().contains("churn.desc.order"), "{error}");
}
