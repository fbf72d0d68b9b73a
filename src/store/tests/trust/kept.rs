//! Which runs are kept, and what a lost manifest is made of anew.

use crate::store::tests::trust::*;

#[test]
fn a_run_stays_while_it_is_read() {
    let root = tempfile::tempdir().unwrap();
    let first = commit(root.path(), 1);
    let workspace = Workspace::open(root.path());
    let run = workspace.current().unwrap().unwrap();
    let clone = run.clone();
    let newer: Vec<String> = (0..4).map(|_| commit(root.path(), 1)).collect();
    assert_eq!(workspace.runs().unwrap(), newer[3..]);
    drop(run);
    assert_eq!(clone.table("features").unwrap().height(), 4, "a run that is read is not pulled away");
    let mut left = vec![first, newer[3].clone()];
    left.sort();
    assert_eq!(names(&root.path().join("runs")), left);
    drop(clone);
    drop(workspace.writer().unwrap());
    assert_eq!(names(&root.path().join("runs")), newer[3..], "it goes at a later start");
}

#[test]
fn failed_runs_do_not_push_out_the_last_complete_one() {
    let root = tempfile::tempdir().unwrap();
    let complete = commit_ended(root.path(), 2, StageState::Done, None);
    let partial = commit_ended(root.path(), 2, StageState::Skipped, Some(Why::LeftOut));
    let failed: Vec<String> =
        (0..4).map(|_| commit_ended(root.path(), 2, StageState::Failed, Some(Why::Broke))).collect();
    let workspace = Workspace::open(root.path());
    let kept = [failed[3].clone(), failed[2].clone(), partial, complete];
    assert_eq!(workspace.runs().unwrap(), kept, "two, and the newest complete ones beside them");
    workspace.run(&kept[3]).unwrap().verify().unwrap();
    let next = commit_ended(root.path(), 2, StageState::Done, None);
    assert_eq!(workspace.runs().unwrap(), [next, failed[3].clone()]);
}

#[test]
fn a_pruned_run_that_a_kill_left_goes_at_the_next_start() {
    let root = tempfile::tempdir().unwrap();
    let first = commit(root.path(), 3);
    let second = commit(root.path(), 3);
    let runs = root.path().join("runs");
    // Killed after the rename, and in the middle of removing.
    fs::rename(runs.join(&first), runs.join(format!(".tmp-{first}"))).unwrap();
    Workspace::open(root.path()).tidy();
    assert_eq!(names(&runs), [second.as_str()]);
    let third = commit(root.path(), 3);
    fs::rename(runs.join(&third), runs.join(format!(".tmp-{third}"))).unwrap();
    fs::remove_file(runs.join(format!(".tmp-{third}/run.json"))).unwrap();
    write_manifest(root.path(), &json!({"format": 1, "current": second, "runs": [second]}));
    Workspace::open(root.path()).tidy();
    assert_eq!(names(&runs), [second.as_str()]);
    // While someone writes, his half run is not ours to remove.
    let writing = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    Workspace::open(root.path()).tidy();
    assert!(writing.folder().exists());
}

#[test]
fn a_lost_manifest_is_told_of_and_made_anew() {
    let root = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(root.path());
    assert!(workspace.repair().is_err(), "there is no workspace to repair");
    let (first, second, third) = (commit(root.path(), 3), commit(root.path(), 3), commit(root.path(), 3));
    let manifest = root.path().join("manifest.json");
    let whole = fs::read(&manifest).unwrap();
    assert!(!workspace.repair().unwrap().changed, "nothing to mend");
    fs::write(root.path().join("runs").join(&second).join("features.parquet"), b"damaged").unwrap();
    for lost in [None, Some(&b"{"[..]), Some(b"{\"format\": 1, \"current\": \"../x\", \"runs\": [\"../x\"]}")] {
        fs::remove_file(&manifest).unwrap();
        if let Some(text) = lost {
            fs::write(&manifest, text).unwrap();
        }
        let told = workspace.current().unwrap_err().to_string();
        assert!(told.contains("manifest.json") && told.contains("user360 doctor --repair"), "{told}");
        let before = tree(&root.path().join("runs"));
        let repaired = workspace.repair().unwrap();
        assert_eq!(repaired.runs, [third.clone(), first.clone()]);
        assert!(repaired.changed && repaired.left[0].0 == second && repaired.left[0].1.contains("features.parquet"));
        assert_eq!(tree(&root.path().join("runs")), before, "a repair removes nothing");
        assert_eq!(workspace.current().unwrap().unwrap().info().id, third);
    }
    fs::write(&manifest, &whole).unwrap();
    assert_eq!(workspace.runs().unwrap(), [third, second, first]);
}

#[test]
fn a_first_run_that_was_killed_before_it_was_announced_is_no_lost_manifest() {
    let root = tempfile::tempdir().unwrap();
    let first = commit(root.path(), 3);
    write_manifest(root.path(), &json!({"format": 1, "current": null, "runs": []}));
    let workspace = Workspace::open(root.path());
    assert!(workspace.current().unwrap().is_none());
    let second = commit(root.path(), 3);
    assert_eq!(workspace.runs().unwrap(), [second, first]);
}
