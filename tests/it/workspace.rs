//! The workspace when its writer is killed, and when two processes want it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use polars::prelude::*;
use serde_json::Value;
use user360::Error;
use user360::stage::{StageId, StageState};
use user360::store::{NewRun, RunInfo, StageRecord, Workspace};

/// Names the workspace in which the child process starts to write.
const CHILD: &str = "USER360_TEST_WRITER";

fn table(users: i64) -> DataFrame {
    df!("user_id" => (0..users).collect::<Vec<i64>>(), "views" => vec![1_u32; users as usize]).unwrap()
}

fn info(run: &NewRun, users: i64) -> RunInfo {
    let features = StageRecord {
        rows: users as u64,
        files: vec![run.write_table("features", &mut table(users)).unwrap()],
        ..StageRecord::new(StageId::Features, StageState::Done)
    };
    RunInfo {
        format: 1,
        id: run.id().to_owned(),
        engine: "local".to_owned(),
        version: "0".to_owned(),
        created_ms: 0,
        as_of: 0,
        config: Value::Null,
        inputs: Value::Null,
        figures: None,
        input: Value::Null,
        users: users as u64,
        items: 0,
        stages: vec![features].into(),
    }
}

fn commit(root: &Path, users: i64, keep: usize) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let info = info(&run, users);
    run.commit(&info, keep).unwrap().info().id.clone()
}

/// The child's part: writes half a run, says so, and waits to be killed.
#[test]
#[ignore = "a process of its own, started by a_killed_writer_leaves_the_last_run_and_no_lock"]
fn half_a_run() {
    let root = std::env::var_os(CHILD).expect("the folder of the workspace");
    let run = Workspace::open(Path::new(&root)).writer().unwrap().begin().unwrap();
    run.write_table("features", &mut table(9)).unwrap();
    writeln!(std::io::stderr(), "half written").unwrap();
    // Should the parent die first, this ends too.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}

/// Starts the child and returns when half of its run is on disk.
fn writer(root: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "workspace::half_a_run", "--ignored", "--nocapture"])
        .env(CHILD, root)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("half written")), "the writer ended early");
    child
}

#[test]
fn a_killed_writer_leaves_the_last_run_and_no_lock() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    let first = commit(root.path(), 4, 3);
    let mut child = writer(root.path());

    assert!(matches!(workspace.writer(), Err(Error::Locked(_))), "one writer, whichever process it is in");
    let seen = workspace.current().unwrap().unwrap();
    assert_eq!((seen.info().id.as_str(), seen.table("features").unwrap().height()), (first.as_str(), 4));

    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(std::fs::read_dir(root.path().join("runs")).unwrap().count(), 2, "the kill left half a run behind");
    assert_eq!(workspace.current().unwrap().unwrap().info().id, first);

    let second = commit(root.path(), 5, 3);
    assert_eq!(std::fs::read_dir(root.path().join("runs")).unwrap().count(), 2, "the half run is gone");
    assert_eq!(workspace.runs().unwrap(), [second, first]);
    workspace.current().unwrap().unwrap().verify().unwrap();
}

/// Ends the reader however the writing ends.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn readers_see_a_whole_run_while_runs_come_and_go() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 1, 1);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _stop = Stop(&done);
        let reader = scope.spawn(|| {
            let workspace = Workspace::open(root.path());
            let (mut looks, mut last) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                // Each writer keeps its own run only, so the current one changes, and the one before vanishes, all the time.
                let run = workspace.current().unwrap().unwrap();
                assert!(run.info().users >= last, "a reader never goes back");
                last = run.info().users;
                looks += 1;
            }
            looks
        });
        for users in 2..20 {
            commit(root.path(), users, 1);
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    assert_eq!(Workspace::open(root.path()).current().unwrap().unwrap().table("features").unwrap().height(), 19);
}
