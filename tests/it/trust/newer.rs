//! A workspace that a version to come has written is refused by name, and nothing is written over it.

use std::fs;
use std::path::PathBuf;

use user360::store::Workspace;

use super::place::{Place, broke, copy, differences, errors, fixture, tree};
use crate::pty::{self, LARGE};
use crate::versions::{as_args, readers};

/// Every command that reads or writes refuses the workspace by the file's name, and leaves it as it is.
fn refused(place: &Place, file: &str) {
    let before = tree(&place.workspace());
    let mut commands: Vec<Vec<String>> = readers().into_iter().step_by(3).collect();
    for run in [&["run", "--input", "log"][..], &["run", "--input", "log", "--force"], &["doctor", "--verify"]] {
        commands.push(run.iter().map(ToString::to_string).collect());
    }
    for command in commands {
        let output = place.run(&as_args(&command));
        let told = errors(&output) + &String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && !broke(&output), "{command:?}: {} {told}", output.status);
        for words in [file, "99", "newer", "use a newer user360"] {
            assert!(told.contains(words), "{command:?} does not say {words:?}: {told}");
        }
        assert!(!told.contains("--force"), "{command:?} advises what would write over it: {told}");
        assert_eq!(differences(&before, &tree(&place.workspace())), Vec::<PathBuf>::new(), "{command:?}");
    }
}

#[test]
fn a_manifest_of_a_newer_format_is_refused_and_left_alone() {
    for name in ["newer/manifest.json", "newer/manifest-today.json"] {
        let place = Place::of_0_1_0();
        fs::copy(fixture(name), place.workspace().join("manifest.json")).unwrap();
        refused(&place, "manifest.json");
    }
}

#[test]
fn a_run_of_a_newer_format_is_refused_and_left_alone() {
    let place = Place::of_0_1_0();
    let newest = Workspace::open(place.workspace()).runs().unwrap().remove(0);
    let file = place.workspace().join("runs").join(newest).join("run.json");
    fs::copy(fixture("newer/run.json"), &file).unwrap();
    refused(&place, "run.json");
}

#[test]
fn the_workbench_names_a_newer_format_and_leaves_it_alone() {
    let place = pty::Place::empty();
    copy(&fixture("0.1.0/workspace"), &place.workspace());
    fs::copy(fixture("newer/manifest.json"), place.workspace().join("manifest.json")).unwrap();
    let before = tree(&place.workspace());
    let terminal = place.open(LARGE);
    terminal.wait_for("use a newer user360");
    assert!(!terminal.assert_restored().success());
    assert_eq!(differences(&before, &tree(&place.workspace())), Vec::<PathBuf>::new());
}
