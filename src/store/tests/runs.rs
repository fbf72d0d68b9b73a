//! The workspace under crashes, rivals and damage.

use std::fs;

use polars::prelude::*;

use crate::error::Error;
use crate::stage::{StageId, StageState, Why};
use crate::store::tests::{commit, frame, info, names, stage};
use crate::store::{DataTable, StageRecord, Workspace, profile, sql};

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
    let dead = root.path().join("runs/.tmp-20200101T000000Z-dead");
    fs::create_dir_all(dead.join("models")).unwrap();
    fs::write(dead.join("features.parquet"), b"half").unwrap();
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

#[test]
fn what_a_crash_at_any_moment_leaves_is_tidied() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    let first = commit(root.path(), 3);
    // Died after the rename of the run's folder and before the manifest named it.
    let manifest = fs::read(root.path().join("manifest.json")).unwrap();
    let second = commit(root.path(), 3);
    fs::write(root.path().join("manifest.json"), &manifest).unwrap();
    assert_eq!(workspace.current().unwrap().unwrap().info().id, first);
    assert_eq!(names(&root.path().join("runs")).len(), 2);
    drop(workspace.writer().unwrap());
    assert_eq!(names(&root.path().join("runs")), [first.as_str()], "{second} was never announced");
    // Died there in the very first run, or someone removed the manifest: the whole runs are found again.
    fs::remove_file(root.path().join("manifest.json")).unwrap();
    let third = commit(root.path(), 3);
    assert_eq!(workspace.runs().unwrap(), [third, first]);
}

#[test]
fn runs_are_asked_for_by_name() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    assert!(workspace.run("x").unwrap_err().to_string().contains("no run x; there is none yet"));
    let id = commit(root.path(), 3);
    assert_eq!(workspace.run(&id).unwrap().info().id, id);
    let missing = workspace.run("../elsewhere").unwrap_err();
    assert!(matches!(missing, Error::Missing(_)) && missing.to_string().contains(&id), "{missing}");
    let run = workspace.run(&id).unwrap();
    assert!(run.table("churn").unwrap_err().to_string().contains("has no table churn"));
    let path = run.path("run.json");
    fs::write(&path, fs::read_to_string(&path).unwrap().replacen("\"format\": 1", "\"format\": 9", 1)).unwrap();
    assert!(workspace.current().unwrap_err().to_string().contains("newer than this program's"));
}

#[test]
fn a_file_taken_over_never_changes_the_earlier_run() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let earlier = workspace.current().unwrap().unwrap();
    let record = earlier.info().stages[0].files[0].clone();
    let new = workspace.writer().unwrap().begin().unwrap();
    new.reuse(&earlier, &record).unwrap();
    new.reuse(&earlier, &record).unwrap();
    assert_eq!(fs::read(new.folder().join(&record.name)).unwrap(), fs::read(earlier.path(&record.name)).unwrap());
    // The stage runs after all and writes its table under the same name.
    let written = new.write_table("features", &mut frame().head(Some(1))).unwrap();
    assert_ne!(written, record);
    earlier.verify().unwrap();
    assert_eq!(earlier.table("features").unwrap().height(), 4);
}

#[test]
fn a_record_that_names_what_is_not_there_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    let first = commit(root.path(), 3);
    let new = workspace.writer().unwrap().begin().unwrap();
    let record = stage(&new, StageId::Features, &[("features", frame())]);
    fs::remove_file(new.folder().join("features.parquet")).unwrap();
    let info = info(new.id(), vec![record]);
    assert!(new.commit(&info, 3).unwrap_err().to_string().contains("features.parquet"));
    assert_eq!(workspace.current().unwrap().unwrap().info().id, first);
    assert_eq!(names(&root.path().join("runs")), [first.as_str()]);
}

#[test]
fn tables_of_other_users_do_not_stand_beside_features() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let churn = df!("user_id" => [1_i64, 2, 9, 5], "churn" => [0.1_f32; 4]).unwrap();
    let record = stage(
        &run,
        StageId::Features,
        &[("features", frame().select(["user_id", "views"]).unwrap()), ("churn", churn)],
    );
    let info = info(run.id(), vec![record]);
    let run = run.commit(&info, 1).unwrap();
    let told = DataTable::users(&run).unwrap_err().to_string();
    assert!(told.contains("churn.parquet") && told.contains("user360 run --force"), "{told}");
}

#[test]
fn damage_under_a_query_names_the_file() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let events = df!("user_id" => [1_i64, 2], "event" => ["view"; 2]).unwrap();
    let record = stage(&run, StageId::Features, &[("features", frame()), ("events", events)]);
    let info = info(run.id(), vec![record]);
    let run = run.commit(&info, 1).unwrap();
    let path = run.path("events.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4..100].iter_mut().for_each(|byte| *byte ^= 0x5a);
    for contents in [Some(bytes), None] {
        match contents {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let users = DataTable::users(&run).unwrap();
        for error in [sql(&run, "select * from events", 9).unwrap_err(), profile(&run, &users, 0).unwrap_err()] {
            let told = error.to_string();
            assert!(told.contains("events.parquet") && told.contains("user360 run --force"), "{told}");
        }
    }
}

#[test]
fn a_query_that_fails_over_a_sound_table_is_no_damage() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 1);
    let run = Workspace::open(root.path()).current().unwrap().unwrap();
    let wrong = || sql(&run, "select cast(segment as int) from features", 9).unwrap_err();
    assert!(matches!(wrong(), Error::Query(_)), "{:?}", wrong());
    let path = run.path("features.parquet");
    fs::write(&path, b"PAR1 and nothing else").unwrap();
    assert!(matches!(wrong(), Error::Damaged { .. }), "{:?}", wrong());
}

#[test]
fn a_run_is_complete_when_nothing_that_was_wanted_failed() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let ended = |state: StageState, why: Option<Why>| {
        let record = StageRecord { why, ..StageRecord::new(StageId::Churn, state) };
        let info = info(run.id(), vec![stage(&run, StageId::Features, &[]), record]);
        (info.is_complete(), info.is_complete_with_all_stages())
    };
    assert_eq!(ended(StageState::Done, None), (true, true));
    assert_eq!(ended(StageState::Cached, None), (true, true));
    assert_eq!(ended(StageState::Skipped, Some(Why::Data)), (true, true));
    assert_eq!(ended(StageState::Skipped, Some(Why::LeftOut)), (true, false));
    assert_eq!(ended(StageState::Skipped, Some(Why::NeedsStage)), (false, false));
    assert_eq!(ended(StageState::Failed, Some(Why::Broke)), (false, false));
    assert_eq!(ended(StageState::Cancelled, None), (false, false));
    assert_eq!(ended(StageState::Running, None), (false, false));
}
