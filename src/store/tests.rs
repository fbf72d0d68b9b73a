//! What the tests of the store share: a small table, a run that holds it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::float_cmp)]

mod exports;
mod history;
mod pages;
mod runs;
mod trust;
mod views;
mod wanted;
mod windows;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use polars::prelude::*;
use serde_json::Value;

use crate::stage::{StageId, StageState};
use crate::store::{DataTable, NewRun, RunInfo, StageRecord, Workspace};

fn frame() -> DataFrame {
    df!(
        "user_id" => [1_i64, 2, 5, 9],
        "segment" => ["Loyal", "One-time", "One-time", "=cmd|' /C calc'!A0"],
        "churn" => [Some(0.25_f32), Some(0.9), None, Some(0.9)],
        "views" => [10_u32, 1, 1, 3],
    )
    .unwrap()
}

/// The record of a run that was committed later than those before it.
fn info(id: &str, stages: Vec<StageRecord>) -> RunInfo {
    static COMMITTED: AtomicI64 = AtomicI64::new(0);
    RunInfo {
        format: 1,
        id: id.to_owned(),
        engine: "local".to_owned(),
        version: "0".to_owned(),
        created_ms: COMMITTED.fetch_add(1, Ordering::Relaxed),
        as_of: 0,
        config: Value::Null,
        inputs: Value::Null,
        figures: None,
        input: Value::Null,
        users: 4,
        items: 0,
        stages: stages.into(),
    }
}

fn stage(run: &NewRun, id: StageId, tables: &[(&str, DataFrame)]) -> StageRecord {
    StageRecord {
        files: tables.iter().map(|(name, table)| run.write_table(name, &mut table.clone()).unwrap()).collect(),
        ..StageRecord::new(id, StageState::Done)
    }
}

/// Commits one run with the frame above as its features.
fn commit(root: &Path, keep: usize) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let stages = vec![stage(&run, StageId::Features, &[("features", frame())])];
    let info = info(run.id(), stages);
    run.commit(&info, keep).unwrap().info().id.clone()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn users(frame: DataFrame) -> DataTable {
    DataTable::of_frame(frame)
}
