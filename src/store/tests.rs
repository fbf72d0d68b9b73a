//! The workspace under crashes and rivals; views, conditions and exports against plain computations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::float_cmp)]

use std::cmp::Ordering;
use std::fs;
use std::io::Write;
use std::path::Path;

use polars::prelude::*;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{
    ExportOptions, Format, NewRun, RunInfo, SortKey, StageRecord, UserTable, View, Workspace, condition, export,
    profile, sql, write_rows,
};
use crate::error::Error;
use crate::job::Job;

fn frame() -> DataFrame {
    df!(
        "user_id" => [1_i64, 2, 5, 9],
        "segment" => ["Loyal", "One-time", "One-time", "=cmd|' /C calc'!A0"],
        "churn" => [Some(0.25_f32), Some(0.9), None, Some(0.9)],
        "views" => [10_u32, 1, 1, 3],
    )
    .unwrap()
}

fn info(id: &str, stages: Vec<StageRecord>) -> RunInfo {
    RunInfo {
        format: 1,
        id: id.to_owned(),
        engine: "local".to_owned(),
        version: "0".to_owned(),
        created_ms: 0,
        as_of: 0,
        config: Value::Null,
        inputs: Value::Null,
        input: Value::Null,
        users: 4,
        items: 0,
        stages,
    }
}

fn stage(run: &NewRun, id: &str, tables: &[(&str, DataFrame)]) -> StageRecord {
    StageRecord {
        id: id.to_owned(),
        state: "done".to_owned(),
        reason: None,
        seconds: 0.0,
        rows: 0,
        peak_rss_bytes: None,
        key: String::new(),
        metrics: Map::new(),
        detail: Value::Null,
        notes: Vec::new(),
        files: tables.iter().map(|(name, table)| run.write_table(name, &mut table.clone()).unwrap()).collect(),
    }
}

/// Commits one run with the frame above as its features.
fn commit(root: &Path, keep: usize) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let stages = vec![stage(&run, "features", &[("features", frame())])];
    let info = info(run.id(), stages);
    run.commit(&info, keep).unwrap().info().id.clone()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_seen_whole_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    assert!(workspace.current().unwrap().is_none());
    let first = commit(root.path(), 3);

    let unfinished = workspace.writer().unwrap().begin().unwrap();
    unfinished.write_table("features", &mut frame()).unwrap();
    assert_eq!(workspace.current().unwrap().unwrap().info().id, first, "a run being written is invisible");
    drop(unfinished);
    assert_eq!(names(&root.path().join("runs")), [first.as_str()], "a dropped run leaves nothing");

    // What `kill -9` leaves behind is removed by the next writer.
    fs::create_dir_all(root.path().join("runs/.tmp-dead/models")).unwrap();
    fs::write(root.path().join("runs/.tmp-dead/features.parquet"), b"half").unwrap();
    assert_eq!(workspace.current().unwrap().unwrap().info().id, first);
    drop(workspace.writer().unwrap());
    assert_eq!(names(&root.path().join("runs")), [first.as_str()]);
    assert_eq!(workspace.current().unwrap().unwrap().table("features").unwrap().height(), 4);
}

#[test]
fn one_writer_any_number_of_readers() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let writer = workspace.writer().unwrap();
    assert!(matches!(workspace.writer(), Err(Error::Locked(_))));
    assert!(workspace.current().unwrap().is_some());
    drop(writer);
    assert!(workspace.writer().is_ok());
}

#[test]
fn the_oldest_runs_go_and_the_newest_is_current() {
    let root = tempfile::tempdir().unwrap();
    let runs: Vec<String> = (0..4).map(|_| commit(root.path(), 2)).collect();
    let workspace = Workspace::open(root.path());
    assert_eq!(workspace.runs().unwrap(), [runs[3].clone(), runs[2].clone()]);
    assert_eq!(workspace.current().unwrap().unwrap().info().id, runs[3]);
    assert_eq!(names(&root.path().join("runs")).len(), 2);
}

#[test]
fn a_damaged_file_is_named_with_the_way_out() {
    let root = tempfile::tempdir().unwrap();
    let id = commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let run = workspace.current().unwrap().unwrap();
    run.verify().unwrap();
    let path = root.path().join("runs").join(&id).join("features.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&path, &bytes).unwrap();
    let error = run.verify().unwrap_err().to_string();
    assert!(error.contains("features.parquet") && error.contains("user360 run --force"), "{error}");
    let new = workspace.writer().unwrap().begin().unwrap();
    let record = &run.info().stages[0].files[0];
    assert!(matches!(new.reuse(&run, record), Err(Error::Damaged { .. })), "a damaged file is never taken over");
    drop(new);
    fs::write(&path, &bytes[..20]).unwrap();
    let error = run.table("features").unwrap_err().to_string();
    assert!(error.contains("features.parquet") && error.contains("user360 run --force"), "{error}");
    fs::write(root.path().join("manifest.json"), b"{").unwrap();
    assert!(workspace.current().unwrap_err().to_string().contains("manifest.json"));
    let next = commit(root.path(), 3);
    assert_eq!(workspace.current().unwrap().unwrap().info().id, next, "a new run heals the manifest");
}

fn users(frame: DataFrame) -> (tempfile::TempDir, UserTable) {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let record = stage(&run, "features", &[("features", frame)]);
    let info = info(run.id(), vec![record]);
    let table = UserTable::load(&run.commit(&info, 1).unwrap()).unwrap();
    (root, table)
}

fn key(column: &str, descending: bool) -> SortKey {
    SortKey { column: column.to_owned(), descending }
}

fn rows(table: &UserTable, filter: Option<&str>, sort: Vec<SortKey>) -> Vec<u32> {
    table.order(&View { filter: filter.map(str::to_owned), sort }, &Job::new()).unwrap().to_vec()
}

#[test]
fn views_filter_and_sort() {
    let (_root, table) = users(frame());
    assert_eq!(rows(&table, None, vec![]), [0, 1, 2, 3]);
    assert_eq!(rows(&table, None, vec![key("churn", false)]), [0, 1, 3, 2], "nulls last");
    assert_eq!(rows(&table, None, vec![key("churn", true)]), [1, 3, 0, 2], "nulls last, ties in table order");
    assert_eq!(rows(&table, None, vec![key("churn", true), key("views", true)]), [3, 1, 0, 2]);
    assert_eq!(rows(&table, None, vec![key("segment", false)]), [3, 0, 1, 2]);
    assert_eq!(rows(&table, Some("churn > 0.8"), vec![key("user_id", true)]), [3, 1]);
    assert_eq!(rows(&table, Some("segment = 'One-time' and views < 2"), vec![]), [1, 2]);
    assert_eq!(rows(&table, Some("churn is null"), vec![]), [2]);
    assert_eq!(table.row_of("5"), Some(2));
    assert_eq!(table.row_of("6"), None);
    let cancelled = Job::new();
    cancelled.cancel();
    assert!(matches!(table.order(&View::default(), &cancelled), Err(Error::Cancelled)));
}

proptest! {
    #[test]
    fn sorting_agrees_with_a_comparison_sort(values in prop::collection::vec((prop::option::of(-3_i64..3), prop::num::f64::ANY), 1..60), descending: bool) {
        let ids: Vec<i64> = (0..values.len() as i64).collect();
        let (whole, real): (Vec<_>, Vec<_>) = values.iter().copied().unzip();
        let (_root, table) = users(df!("user_id" => ids, "a" => whole, "b" => real).unwrap());
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
}

#[test]
fn wrong_conditions_say_what_and_where() {
    let schema = frame().schema().clone();
    let told = |text: &str| condition(text, &schema).unwrap_err().to_string();
    assert!(condition("churn > 0.5 or segment like 'L%'", &schema).is_ok());
    let unknown = told("chrun > 0.8");
    assert!(unknown.contains("no column chrun; did you mean churn?") && unknown.contains("^^^^^"), "{unknown}");
    assert!(told("churn > ").contains("not an SQL condition"));
    assert!(told("churn + 1").contains("no condition"), "{}", told("churn + 1"));
    let (_root, table) = users(frame());
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
    assert!(sql(&run, "select * from nowhere", 1).unwrap_err().to_string().contains("the tables are users, features"));
}

#[test]
fn exports_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let (_root, table) = users(frame());
    let selected = table.select(&[3, 2, 0], None).unwrap();
    let path = folder.path().join("list.csv");
    let written = export(&selected, &path, Format::Csv, &ExportOptions::default(), &Job::new()).unwrap();
    assert_eq!((written.rows, written.bytes), (3, fs::metadata(&path).unwrap().len()));
    assert!(written.path.is_absolute());
    let mut reader = csv::Reader::from_path(&path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["user_id", "segment", "churn", "views"]);
    let read: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(read[0], ["9", "'=cmd|' /C calc'!A0", "0.9", "3"], "a formula is neutralised");
    assert_eq!(read[1], ["5", "One-time", "", "1"]);

    let again = export(&selected, &path, Format::Csv, &ExportOptions::default(), &Job::new());
    assert!(again.unwrap_err().to_string().contains("exists"));
    let raw = ExportOptions { raw: true, overwrite: true };
    export(&selected, &path, Format::Csv, &raw, &Job::new()).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("9,=cmd|' /C calc'!A0,0.9,3\r\n"));

    let path = folder.path().join("list.parquet");
    export(&selected, &path, Format::Parquet, &raw, &Job::new()).unwrap();
    assert!(ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap().equals_missing(&selected));

    let path = folder.path().join("list.jsonl");
    export(&selected, &path, Format::JsonLines, &raw, &Job::new()).unwrap();
    let lines: Vec<Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["churn"], 0.9);
    assert_eq!(lines[1]["churn"], Value::Null);
    assert_eq!(names(folder.path()), ["list.csv", "list.jsonl", "list.parquet"], "no temporary file stays");
}

#[test]
fn an_export_that_cannot_end_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    fs::write(&path, "old").unwrap();
    let cancelled = Job::new();
    cancelled.cancel();
    let overwrite = ExportOptions { raw: false, overwrite: true };
    assert!(matches!(export(&frame(), &path, Format::Csv, &overwrite, &cancelled), Err(Error::Cancelled)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["list.csv"]);

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::Csv, Format::Json, Format::JsonLines, Format::Parquet] {
        assert!(write_rows(&mut Full, &frame(), format, &overwrite, &Job::new()).is_err(), "{format:?}");
    }
}

#[test]
fn a_profile_gathers_what_the_tables_say_of_one_user() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let day = 86_400_000_i64;
    let time = Int64Chunked::from_slice("time".into(), &[0, 20 * day, 20 * day + 5, 3])
        .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
        .into_column();
    let mut events = df!(
        "user_id" => [2_i64, 2, 2, 5], "event" => ["view", "view", "transaction", "view"],
        "item_id" => [7_i64, 8, 8, 7], "transaction_id" => [None, None, Some(33_i64), None],
    )
    .unwrap();
    events.with_column(time).unwrap();
    let items = df!("item_id" => [7_i64, 8], "category_path" => ["1/4", "2"], "price" => [Some(9.5), None]).unwrap();
    let churn = df!(
        "user_id" => [1_i64, 2, 5, 9], "up1" => ["recency_days"; 4], "up1_value" => [0.5_f32; 4],
        "down1" => ["views"; 4], "down1_value" => [-1.5_f32; 4],
    )
    .unwrap();
    let lists = |values: [Series; 4], name: &str| Series::new(name.into(), values).into_column();
    let recommendations = DataFrame::new_infer_height(vec![
        Series::new("user_id".into(), [1_i64, 2, 5, 9]).into_column(),
        lists([1, 2, 3, 4].map(|_| Series::new("".into(), [8_i64, 7])), "items"),
        lists([1, 2, 3, 4].map(|_| Series::new("".into(), [0.9_f32, 0.1])), "scores"),
        Series::new("source".into(), ["als"; 4]).into_column(),
    ])
    .unwrap();
    let record = stage(
        &run,
        "features",
        &[
            ("features", frame()),
            ("events", events),
            ("items", items),
            ("churn", churn),
            ("recommendations", recommendations),
        ],
    );
    let info = info(run.id(), vec![record]);
    let run = run.commit(&info, 1).unwrap();
    let users = UserTable::load(&run).unwrap();
    let found = profile(&run, &users, users.row_of("2").unwrap()).unwrap();
    assert_eq!(found.id, "2");
    let views = found.attribute("views").unwrap();
    // Of 10, 1, 1, 3: none below 1, two equal; the segment "One-time" has 1 and 1.
    assert_eq!((views.percentile, views.segment_mean), (Some(25.0), Some(1.0)));
    assert_eq!(found.attribute("churn").unwrap().percentile, Some(100.0 * 2.0 / 3.0));
    assert_eq!(found.reasons[0].feature, "views", "strongest first");
    assert_eq!(found.timeline.len(), 3);
    assert_eq!(
        (found.timeline[0].event.as_str(), found.timeline[0].transaction.as_deref()),
        ("transaction", Some("33"))
    );
    // 1970-01-01 lies in the week of Monday 1969-12-29; day 20 is Wednesday, 1970-01-21.
    assert_eq!(found.weeks.len(), 4);
    assert_eq!((found.weeks[0].start, found.weeks[0].events, found.weeks[3].events), (-3 * day, [1, 0, 0], [1, 0, 1]));
    assert_eq!(found.affinity[0].category, "2");
    assert_eq!(found.recommendations[1].item, "7");
    assert_eq!(
        (found.recommendations[1].price, found.recommendations[1].category.as_deref()),
        (Some(9.5), Some("1/4"))
    );
}
