//! What the program touches: its workspace, what it was told to write, and its own folders; and one writer at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use user360::store::Workspace;

use super::place::{Place, campaign, differences, errors, tree};
use super::state::whole;

/// Every command that ends by itself, with what it may write below the working folder.
fn commands() -> Vec<(Vec<&'static str>, &'static [&'static str])> {
    vec![
        (vec!["run", "--input", "log", "--config", "config.toml"], &["ws"]),
        (vec!["report", "--charts"], &[]),
        (vec!["users", "--limit", "5"], &[]),
        (vec!["user", "261"], &[]),
        (vec!["sql", "select count(*) from users"], &[]),
        (vec!["doctor", "--verify"], &[]),
        (vec!["config"], &[]),
        (vec!["export", "--out", "users.parquet"], &["users.parquet"]),
        (vec!["init", "german.csv", "--yes", "--out", "shop.toml"], &["shop.toml"]),
        (vec!["uplift", "--campaign", "campaign.csv", "--config", "config.toml", "--out", "best.csv"], &["best.csv"]),
        (vec!["sample", "sample", "--scale", "0.0005"], &["sample"]),
        (vec!["run", "--input", "nowhere"], &[]),
    ]
}

fn place() -> Place {
    let place = Place::of_0_1_0();
    fs::write(place.work("german.csv"), crate::init::german()).unwrap();
    fs::write(place.work("campaign.csv"), campaign()).unwrap();
    place
}

/// The program's own log may be written to by every command.
fn is_log(path: &Path) -> bool {
    path.starts_with("state/user360") || path == Path::new("state")
}

#[test]
fn nothing_outside_the_workspace_and_the_named_outputs_is_touched() {
    let place = place();
    for (args, may) in commands() {
        let before = tree(place.root());
        place.run(&args);
        let touched = differences(&before, &tree(place.root()));
        let foreign: Vec<&PathBuf> = touched
            .iter()
            .filter(|path| !is_log(path) && !may.iter().any(|may| path.starts_with(Path::new("desk").join(may))))
            .collect();
        assert!(foreign.is_empty(), "{args:?} touched {foreign:?}");
    }
}

/// The same by the calls that the program makes: also what it would have made and removed again, anywhere.
#[cfg(target_os = "linux")]
#[test]
fn no_call_changes_anything_elsewhere() {
    use super::faults::{self, Fault, Side};
    if !faults::possible() {
        return;
    }
    let place = place();
    for (args, may) in commands() {
        let (_, calls) = faults::run(&place, &args, Path::new("/"), (Side::Write, Fault::Nothing, 0));
        for call in calls {
            let path = Path::new(call.splitn(3, ' ').nth(2).unwrap());
            let ours = path.strip_prefix(place.root()).is_ok_and(|path| {
                // A new file stands beside its place under a hidden name until it is whole.
                let named = |may: &&str| {
                    let beside = path.file_name().is_some_and(|name| {
                        let name = name.to_string_lossy();
                        name.starts_with(&format!(".{may}.")) && path.parent() == Some(Path::new("desk"))
                    });
                    path.starts_with(Path::new("desk").join(may)) || beside || path == Path::new("desk")
                };
                // A folder of its own in the temporary folder, gone at the end.
                let passing = path.strip_prefix("tmp").is_ok_and(|path| path.to_string_lossy().starts_with("user360-"));
                is_log(path) || passing || may.iter().any(named)
            });
            // A process's own accounts are no file of anybody's.
            let own = path.starts_with("/dev") || path.starts_with("/proc");
            assert!(ours || own, "{args:?}: {call}");
        }
    }
}

#[test]
fn a_second_writer_is_refused_and_harms_nothing() {
    let place = Place::of_0_1_0();
    let lock = Workspace::open(place.workspace()).writer().unwrap();
    let before = tree(&place.workspace());
    for args in [&["run", "--input", "log"][..], &["run", "--input", "log", "--force"]] {
        let output = place.run(&[args, &["--accept-settings"]].concat());
        assert_eq!(output.status.code(), Some(75), "{}", errors(&output));
        assert!(errors(&output).contains("another user360 process"), "{}", errors(&output));
        assert_eq!(differences(&before, &tree(&place.workspace())), Vec::<PathBuf>::new());
    }
    place.answer(&["users", "--limit", "1"]);
    drop(lock);
    place.answer(&["run", "--input", "log", "--only", "features", "--accept-settings"]);
}

#[test]
fn of_writers_that_start_at_once_each_is_done_or_refused() {
    let place = Place::of_0_1_0();
    let started: Vec<_> = (0..4)
        .map(|_| {
            let mut command =
                place.command(&["run", "--input", "log", "--only", "features", "--force", "--accept-settings"]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let ended: Vec<_> = started.into_iter().map(|run| run.wait_with_output().unwrap()).collect();
    let codes: Vec<_> = ended.iter().map(|output| output.status.code()).collect();
    assert!(codes.contains(&Some(0)), "{codes:?} {}", errors(&ended[0]));
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 75))), "{codes:?}");
    assert!(whole(&place.workspace()).unwrap().is_some());
}
