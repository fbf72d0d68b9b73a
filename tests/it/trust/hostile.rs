//! A workspace that says where nothing of it is: nothing outside is read, followed, written or removed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::{Value, json};
use user360::store::Workspace;

use super::cases::{each, hold};
use super::place::{Place, broke, campaign, copy, differences, errors, patiently, tree};

/// Names that no run has.
const NAMES: [&str; 12] = [
    "../../victim",
    "../../../desk/victim",
    "/victim",
    "",
    ".",
    "..",
    "../runs",
    "a/b",
    "a\u{0}b",
    "a\nb",
    ".tmp-20260101T000000Z-beef",
    "linked",
];

const RUN: [&str; 7] = ["run", "--input", "log", "--config", "one.toml", "--force", "--accept-settings"];

/// The old workspace, and beside it a folder that looks like a run and is none of ours.
fn place() -> (Place, PathBuf) {
    let place = Place::of_0_1_0();
    fs::write(place.work("one.toml"), "[segments]\nk = 3\nrestarts = 1\n[run]\nkeep = 1\n").unwrap();
    let victim = place.work("victim");
    let run = Workspace::open(place.workspace()).runs().unwrap().remove(0);
    copy(&place.workspace().join("runs").join(run), &victim);
    fs::write(victim.join("letters.txt"), "dear").unwrap();
    symlink(&victim, place.workspace().join("runs/linked")).unwrap();
    (place, victim)
}

/// A name as it stands in this place's manifest.
fn written(place: &Place, name: &str) -> String {
    if name == "/victim" { place.work("victim").display().to_string() } else { name.to_owned() }
}

fn manifest(place: &Place, change: impl FnOnce(&mut Value)) {
    let file = place.workspace().join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&file, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// Runs twice, so that what is pushed out is pushed out, and reads: nothing beside the workspace has changed.
fn harmless(place: &Place, victim: &std::path::Path, told: &str) -> Result<(), String> {
    let (before, link) = (tree(victim), place.workspace().join("runs/linked"));
    let commands: [&[&str]; 6] =
        [&["report"], &["users", "--limit", "1"], &["doctor", "--verify"], &RUN, &RUN, &["user", "261"]];
    for args in commands {
        let output = place.run(args);
        hold(!broke(&output), || format!("{told}, {args:?} broke: {}", errors(&output)))?;
        let changed = differences(&before, &tree(victim));
        hold(changed.is_empty(), || format!("{told}, {args:?}: {changed:?} of the victim changed"))?;
        hold(fs::symlink_metadata(&link).is_ok(), || format!("{told}, {args:?}: a link that is not ours is gone"))?;
    }
    Ok(())
}

#[test]
fn a_manifest_cannot_name_what_is_not_a_run() {
    let cases: Vec<(&str, bool)> = NAMES.iter().flat_map(|name| [(*name, false), (*name, true)]).collect();
    each(&cases, |&(name, current)| {
        let (place, victim) = place();
        let name = written(&place, name);
        manifest(&place, |manifest| {
            if current {
                manifest["current"] = json!(name);
            }
            let runs = manifest["runs"].as_array_mut().unwrap();
            runs.insert(if current { 0 } else { runs.len() }, json!(name));
        });
        let output = place.run(&["report"]);
        let told = errors(&output);
        // A run could be called so; that it is a link shows when it is looked at.
        let (named, looked_at) = match name.as_str() {
            "linked" => (told.contains("ws/runs/linked"), current),
            _ => (told.contains("manifest.json"), true),
        };
        hold(!looked_at || (!output.status.success() && named && !told.contains('\0')), || {
            format!("{name:?}: believed, or not named: {told}")
        })?;
        harmless(&place, &victim, &format!("{name:?}, current {current}"))
    });
}

#[test]
fn a_run_cannot_name_a_file_outside_it() {
    let names =
        ["../../../victim/features.parquet", "../../../victim/letters.txt", "/features.parquet", "a\u{0}b.parquet", ""];
    each(&names, |&name| {
        let (place, victim) = place();
        let name = if name.starts_with('/') { format!("{}{name}", victim.display()) } else { name.to_owned() };
        let run = Workspace::open(place.workspace()).runs().unwrap().remove(0);
        let file = place.workspace().join("runs").join(run).join("run.json");
        let mut info: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for stage in info["stages"].as_array_mut().unwrap() {
            for file in stage["files"].as_array_mut().unwrap() {
                if file["name"] == "features.parquet" {
                    file["name"] = json!(name);
                }
            }
        }
        fs::write(&file, serde_json::to_vec(&info).unwrap()).unwrap();
        let output = place.run(&["report"]);
        let told = errors(&output);
        hold(!output.status.success() && told.contains("run.json"), || {
            format!("{name:?}: believed, or not named: {told}")
        })?;
        harmless(&place, &victim, &format!("{name:?}"))
    });
}

#[test]
fn what_is_not_ours_below_runs_stays() {
    let (place, victim) = place();
    let runs = place.workspace().join("runs");
    let ours = fs::read(victim.join("run.json")).unwrap();
    for (name, record) in [
        ("holiday", b"{}".as_slice()),
        ("20200101T000000Z-beef", b"{\"trip\": 1}"),
        (".tmp-notes", b"{}"),
        ("holiday-2", &ours),
    ] {
        fs::create_dir(runs.join(name)).unwrap();
        fs::write(runs.join(name).join("run.json"), record).unwrap();
        fs::write(runs.join(name).join("photo.jpg"), "sea").unwrap();
    }
    fs::write(runs.join(".tmp-note"), "buy milk").unwrap();
    fs::write(runs.join("list.txt"), "eggs").unwrap();
    fs::write(place.workspace().join("list.txt"), "eggs").unwrap();
    symlink(&victim, runs.join(".tmp-20200102T000000Z-beef")).unwrap();
    symlink(&victim, runs.join("20200103T000000Z-beef")).unwrap();
    let kept = |path: &PathBuf| {
        path.starts_with("list.txt") || {
            let run = path.strip_prefix("runs").ok().and_then(|path| path.iter().next()?.to_str());
            run.is_some_and(|run| !run.starts_with("2026"))
        }
    };
    let foreign = || {
        let mut all = tree(&place.workspace());
        all.retain(|path, _| kept(path));
        all
    };
    let before = foreign();
    assert!(before.len() > 12, "{:?}", before.keys());
    for _ in 0..2 {
        let output = place.run(&RUN);
        assert!(output.status.success(), "{}", errors(&output));
    }
    assert_eq!(differences(&before, &foreign()), Vec::<PathBuf>::new());
    assert!(victim.join("letters.txt").exists());
    assert_eq!(Workspace::open(place.workspace()).runs().unwrap().len(), 1);
}

#[test]
fn outputs_are_not_written_through_links() {
    let place = Place::of_0_1_0();
    fs::write(place.work("precious"), "# old").unwrap();
    symlink(place.work("precious"), place.work("out.csv")).unwrap();
    fs::write(place.work("german.csv"), crate::init::german()).unwrap();
    symlink(place.work("precious"), place.workspace().join("user360.toml")).unwrap();
    symlink(place.work("precious"), place.work("shop.toml")).unwrap();
    let commands: [&[&str]; 4] = [
        &["init", "german.csv", "--yes", "--overwrite", "--out", "shop.toml"],
        &["export", "--out", "out.csv", "--overwrite"],
        &["init", "german.csv", "--yes", "--overwrite"],
        &["uplift", "--campaign", "campaign.csv", "--config", "config.toml", "--out", "out.csv", "--overwrite"],
    ];
    fs::write(place.work("campaign.csv"), campaign()).unwrap();
    for args in commands {
        let output = place.run(args);
        let told = errors(&output);
        assert!(!output.status.success() && told.contains("is a link"), "{args:?}: {} {told}", output.status);
        assert_eq!(fs::read_to_string(place.work("precious")).unwrap(), "# old", "{args:?}");
    }
}

#[test]
fn pipes_and_sockets_are_refused_and_not_waited_for() {
    let place = Place::of_0_1_0();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        place.work("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.work("socket")).unwrap();
    for name in ["pipe", "socket"] {
        let commands: [&[&str]; 5] = [
            &["run", "--input", name],
            &["run", "--input", "log", "--config", name],
            &["init", name],
            &["uplift", "--campaign", name],
            &["config", "--config", name],
        ];
        for args in commands {
            let output = patiently(&place, args).unwrap();
            let told = errors(&output);
            assert!(!output.status.success() && !broke(&output) && told.contains(name), "{args:?}: {told}");
        }
    }
}
