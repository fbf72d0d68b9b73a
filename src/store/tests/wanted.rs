//! Who would want an item, against a shop counted by hand.

use polars::prelude::*;

use crate::job::Job;
use crate::stage::StageId;
use crate::store::cell::Cell;
use crate::store::tests::{frame, info, stage};
use crate::store::{Workspace, wanted_by};

/// A column of lists.
fn lists<const N: usize>(name: &str, values: [Series; N]) -> Column {
    Series::new(name.into(), values).into_column()
}

#[test]
fn lists_come_first_and_then_who_knows_items_like_it() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    // User 5 bought 7 already; user 3 knows both items like it, 8 twice.
    let events = df!("user_id" => [1_i64, 3, 3, 3, 4, 5, 5], "item_id" => [8_i64, 8, 8, 9, 9, 7, 8]).unwrap();
    let items = df!("item_id" => [7_i64, 8, 9]).unwrap();
    let ids = |ids: &[i64]| Series::new("".into(), ids);
    let reals = |reals: &[Option<f32>]| Series::new("".into(), reals);
    let similar = DataFrame::new_infer_height(vec![
        Series::new("item_id".into(), [7_i64, 8, 9]).into_column(),
        lists("items", [ids(&[8, 9]), ids(&[9, 7]), ids(&[7])]),
        lists("scores", [reals(&[Some(0.5), Some(0.2)]), reals(&[Some(0.6), Some(0.5)]), reals(&[Some(0.25)])]),
    ])
    .unwrap();
    let recommendations = DataFrame::new_infer_height(vec![
        Series::new("user_id".into(), [1_i64, 2, 3]).into_column(),
        lists("items", [ids(&[7, 9]), ids(&[8]), ids(&[])]),
        lists("scores", [reals(&[Some(0.9), Some(0.1)]), reals(&[Some(0.4)]), reals(&[])]),
        lists("again_items", [ids(&[8]), ids(&[9, 7]), ids(&[8, 9])]),
        lists("again_scores", [reals(&[Some(0.3)]), reals(&[Some(0.8), None]), reals(&[None, None])]),
    ])
    .unwrap();
    let tables = [
        ("features", frame()),
        ("events", events),
        ("items", items),
        ("similar_items", similar),
        ("recommendations", recommendations),
    ];
    let record = stage(&run, StageId::Features, &tables);
    let info = info(run.id(), vec![record]);
    let run = run.commit(&info, 1).unwrap();
    let found = wanted_by(&run, "7", &Job::new()).unwrap();
    assert_eq!(found.told, "4");
    let row = |row: usize| {
        let cell = |name: &str| found.users.cell(row, found.users.column(name).unwrap());
        let number = |name: &str| match cell(name) {
            Cell::Int(number) => Some(number as f64),
            Cell::Float(number) => Some((number * 1e4).round() / 1e4),
            _ => None,
        };
        (number("user_id").unwrap(), cell("list").to_string(), number("place"), number("score"))
    };
    let wanted = [
        (1.0, "discover".to_owned(), Some(1.0), Some(0.9)),
        (2.0, "buy again".to_owned(), Some(2.0), None),
        (3.0, "affinity".to_owned(), None, Some(0.75)),
        (4.0, "affinity".to_owned(), None, Some(0.25)),
    ];
    assert_eq!((0..found.users.len()).map(row).collect::<Vec<_>>(), wanted);
}
