//! Two runs side by side: who moved, and what only another clustering moved.

use std::fs;

use user360::store::{Workspace, compare};

use crate::sample;

#[test]
fn nobody_moves_where_only_the_clustering_is_another() {
    let later = sample::current(sample::two_runs());
    let before = Workspace::open(sample::two_runs()).run(&sample::earlier()).unwrap();
    let comparison = compare(&before, &later).unwrap();
    let migration = comparison.migration.unwrap();
    // The log is the same; the later run has four segments where the earlier has five.
    assert_eq!((migration.from.len(), &migration.from), (5, &migration.to));
    assert_eq!(migration.from, sample::SEGMENTS);
    assert_eq!(migration.moved(), 0);
    for (at, users) in migration.users.iter().enumerate() {
        assert_eq!(users[at], sample::SIZES[at] as u64, "by its own centres everyone is where the earlier run put him");
    }
    let names = |run: &user360::store::Run| -> Vec<String> {
        let table = run.table("segments").unwrap();
        table.column("segment").unwrap().str().unwrap().iter().map(|name| name.unwrap().to_owned()).collect()
    };
    let renamed = names(&before).iter().zip(&names(&later)).filter(|(was, is)| was != is).count() as u64;
    assert!(renamed > 0);
    assert_eq!((migration.by_clustering, migration.by_names), (Some(renamed), None));
    assert!(comparison.moved.column("segment_by_earlier").is_some());
}

#[test]
fn a_run_without_its_model_is_compared_by_names_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let id = sample::copy(sample::two_runs(), folder.path());
    let workspace = Workspace::open(folder.path());
    let before = workspace.run(&sample::earlier()).unwrap();
    fs::remove_file(before.path("models/segments.json")).unwrap();
    let migration = compare(&before, &workspace.run(&id).unwrap()).unwrap().migration.unwrap();
    assert_eq!(migration.by_clustering, None);
    assert_eq!(migration.by_names.as_deref(), Some("the earlier run keeps no model of its segments"));
    assert_eq!(migration.to.len(), 4);
    assert!(migration.moved() > 0);
}
