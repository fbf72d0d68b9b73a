//! The history: one row a run, whatever becomes of the runs.

use std::fs;
use std::path::Path;

use polars::prelude::*;

use crate::stage::StageId;
use crate::store::front_page::{AtRisk, FrontPage, Told};
use crate::store::tests::{commit, frame, info, names, stage};
use crate::store::{Workspace, sql};

fn runs_of(table: &DataFrame) -> Vec<String> {
    table.column("run").unwrap().str().unwrap().iter().map(|run| run.unwrap().to_owned()).collect()
}

/// The history as the current run's queries see it.
fn history(root: &Path) -> DataFrame {
    let run = Workspace::open(root).current().unwrap().unwrap();
    sql(&run, "select * from history order by created", usize::MAX).unwrap()
}

#[test]
fn a_run_that_is_dropped_keeps_its_row() {
    let root = tempfile::tempdir().unwrap();
    let runs: Vec<String> = (0..4).map(|_| commit(root.path(), 1)).collect();
    assert_eq!(names(&root.path().join("runs")).len(), 1);
    let table = history(root.path());
    assert_eq!(runs_of(&table), runs);
    assert_eq!(table.column("users").unwrap().get(3).unwrap().try_extract::<u64>().unwrap(), 4);
    assert!(table.column("at_risk").unwrap().null_count() == 4, "these runs have no figures");
}

#[test]
fn what_is_lost_or_damaged_is_made_anew_from_the_runs_there_are() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("history.parquet");
    let mut runs: Vec<String> = (0..3).map(|_| commit(root.path(), 2)).collect();
    fs::remove_file(&file).unwrap();
    runs.push(commit(root.path(), 2));
    assert_eq!(runs_of(&history(root.path())), runs[1..], "the runs that lay there, and the new one");
    fs::write(&file, b"no table at all").unwrap();
    runs.push(commit(root.path(), 2));
    assert_eq!(runs_of(&history(root.path())), runs[2..]);
    assert_eq!(
        fs::read(root.path().join("history.damaged.parquet")).unwrap(),
        b"no table at all",
        "nothing is thrown away"
    );
    // A crash between a commit and its row: the next run adds both.
    let before = fs::read(&file).unwrap();
    runs.push(commit(root.path(), 3));
    fs::write(&file, before).unwrap();
    runs.push(commit(root.path(), 3));
    assert_eq!(runs_of(&history(root.path())), runs[2..]);
}

#[test]
fn figures_and_metrics_stand_in_the_row() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 3);
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let features = stage(&run, StageId::Features, &[("features", frame())]);
    let mut churn = stage(&run, StageId::Churn, &[]);
    churn.metrics.insert("active_auc".to_owned(), 0.75.into());
    let mut recommend = stage(&run, StageId::Recommend, &[]);
    recommend.metrics.insert("recall@5".to_owned(), 0.5.into());
    let mut segments = stage(&run, StageId::Segments, &[]);
    segments.detail = serde_json::json!({"profiles": [
        {"name": "Buyers", "description": "", "size": 3, "share": 0.75, "centre": [], "z": []},
        {"name": "Browsers", "description": "", "size": 1, "share": 0.25, "centre": [], "z": []},
    ]});
    let mut info = info(run.id(), vec![features, segments, churn, recommend]);
    info.figures = Some(FrontPage {
        best_customers: Told::none("no prices"),
        gone_quiet: Told::none("no orders"),
        at_risk: Told::of(AtRisk { users: 7, active: 40, threshold: 0.5 }),
        money_at_stake: Told::of(12.5),
        orders: Told::none("too short"),
        revenue: Told::none("too short"),
        active_customers: Told::none("too short"),
        cohorts: Told::none("nobody came"),
        funnel: Told::none("no views"),
        funnel_weeks: Vec::new(),
        rfm_grid: Told::none("nobody bought"),
        days_between_orders: Told::none("nobody bought"),
        sentences: Vec::new(),
    });
    run.commit(&info, 3).unwrap();
    let query = "select at_risk, money_at_stake, churn_active_auc, recommend_recall_at_5, segments[1] as first, \
                 segment_sizes[2] as second, gone_quiet from history order by created desc limit 1";
    let current = Workspace::open(root.path()).current().unwrap().unwrap();
    let row = sql(&current, query, 10).unwrap();
    let value = |name: &str| row.column(name).unwrap().get(0).unwrap().to_string();
    assert_eq!(
        ["at_risk", "money_at_stake", "churn_active_auc", "recommend_recall_at_5", "second", "gone_quiet"].map(value),
        ["7", "12.5", "0.75", "0.5", "1.0", "null"]
    );
    assert!(value("first").contains("Buyers"));
}

#[test]
fn a_run_whose_record_cannot_be_read_is_named() {
    let root = tempfile::tempdir().unwrap();
    let first = commit(root.path(), 3);
    assert!(Workspace::open(root.path()).unreadable().is_empty());
    fs::write(root.path().join("runs").join(&first).join("run.json"), b"{").unwrap();
    fs::remove_file(root.path().join("history.parquet")).unwrap();
    let second = commit(root.path(), 3);
    assert_eq!(runs_of(&history(root.path())), [second]);
    let unreadable = Workspace::open(root.path()).unreadable();
    assert_eq!(unreadable.iter().map(|(run, _)| run).collect::<Vec<_>>(), [&first]);
    assert!(unreadable[0].1.to_string().contains("run.json"), "{unreadable:?}");
}
