//! A workspace that someone else laid hands on: damage is told, nothing foreign is followed or removed, and a run that is
//! read or the last complete one stays.

mod kept;

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use crate::error::Error;
use crate::files::Share;
use crate::stage::{StageId, StageState, Why};
use crate::store::tests::{commit, frame, info, names, stage};
use crate::store::{DataTable, Run, StageRecord, Workspace, sql};

/// Commits a run in which a stage ended so, for a reason of this kind.
fn commit_ended(root: &Path, keep: usize, state: StageState, why: Option<Why>) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let churn = StageRecord { why, ..StageRecord::new(StageId::Churn, state) };
    let info = info(run.id(), vec![stage(&run, StageId::Features, &[("features", frame())]), churn]);
    run.commit(&info, keep).unwrap().info().id.clone()
}

/// Everything below a folder: contents of files, targets of links.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            seen.insert(path.clone(), Vec::new());
            seen.extend(tree(&path));
        } else if kind.is_symlink() {
            seen.insert(path.clone(), fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes());
        } else {
            seen.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    seen
}

fn write_manifest(root: &Path, manifest: &Value) {
    fs::write(root.join("manifest.json"), manifest.to_string()).unwrap();
}

/// What is not ours in and around a workspace, and must stay whatever happens: their paths.
fn plant_strangers(place: &Path, root: &Path) -> Vec<PathBuf> {
    let victim = place.join("victim");
    let mut strangers = vec![victim.join("deep/run.json"), victim.join("notes.txt")];
    fs::create_dir_all(victim.join("deep")).unwrap();
    for file in &strangers {
        fs::write(file, "precious").unwrap();
    }
    let runs = root.join("runs");
    for file in [
        ".tmp-note",
        "note",
        "backup/run.json",
        ".tmp-mine/run.json",
        "20200101T000000Z-aaaa/thesis.txt",
        "20200101T000000Z-ABCD/run.json",
        ".tmp-20200101T000000Z-aaab/thesis.txt",
        ".tmp-20200101T000000Z-aaac/models/thesis.txt",
    ] {
        let file = runs.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "{}").unwrap();
        strangers.push(file);
    }
    for link in ["20200101T000000Z-bbbb", ".tmp-20200101T000000Z-bbbc", "elsewhere"] {
        symlink(&victim, runs.join(link)).unwrap();
        strangers.push(runs.join(link));
    }
    // A run of ours in which someone keeps something else.
    let id = "20200102T000000Z-cccc";
    let folder = runs.join(id);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("run.json"), serde_json::to_vec(&info(id, Vec::new())).unwrap()).unwrap();
    fs::write(folder.join("mine.ods"), "precious").unwrap();
    symlink(&victim, folder.join("models")).unwrap();
    strangers.extend([folder.join("mine.ods"), folder.join("models")]);
    for file in ["notes.jsonl", "audiences/vip/members.parquet", "inbox/week.csv", "trash/x"] {
        let file = root.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "precious").unwrap();
        strangers.push(file);
    }
    strangers
}

#[test]
fn nothing_but_runs_is_ever_deleted_whatever_the_manifest_says() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("ws");
    commit(&root, 1);
    let strangers = plant_strangers(place.path(), &root);
    let before: BTreeMap<_, _> = tree(place.path()).into_iter().filter(|(path, _)| strangers.contains(path)).collect();
    assert_eq!(before.len(), strangers.len());
    let ids = [
        "../../victim",
        "../victim",
        "..",
        ".",
        "",
        "/",
        "../audiences",
        "elsewhere",
        "backup",
        ".tmp-note",
        "20200101T000000Z-aaaa",
        "20200101T000000Z-bbbb",
        "20200102T000000Z-cccc",
        "a/../../victim",
        "a\\..\\victim",
        "nul\0",
    ];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    for round in 0..60 {
        let absolute = place.path().join("victim").display().to_string();
        let mut pick = || {
            let at = random.gen_range(0..=ids.len());
            ids.get(at).map_or(absolute.clone(), ToString::to_string)
        };
        let (current, runs) = (pick(), vec![pick(), pick(), pick()]);
        let real = Workspace::open(&root).whole_runs().first().map(|(id, _)| id.clone()).unwrap_or_default();
        let current = if round % 2 == 0 { current } else { real };
        let mut listed = vec![current.clone()];
        listed.extend(runs);
        write_manifest(&root, &json!({"format": 1, "current": current, "runs": listed}));
        let workspace = Workspace::open(&root);
        drop(workspace.current());
        if round % 3 == 0 {
            workspace.tidy();
        }
        commit(&root, 1);
        let after = tree(place.path());
        for (path, contents) in &before {
            assert_eq!(after.get(path), Some(contents), "{} after {listed:?}", path.display());
        }
    }
    let told = format!("{:?}", Workspace::open(&root).strangers());
    for stranger in [".tmp-note", "backup", "20200101T000000Z-aaaa", "20200101T000000Z-bbbb", "20200102T000000Z-cccc"] {
        assert!(told.contains(stranger), "{stranger} is not named in {told}");
    }
}

#[test]
fn a_manifest_that_names_no_run_is_damaged() {
    let root = tempfile::tempdir().unwrap();
    let id = commit(root.path(), 3);
    for (current, runs) in [
        (json!("../x"), json!(["../x"])),
        (json!(id), json!([id, "../../victim"])),
        (json!(id), json!([id, ""])),
        (json!(id), json!([id, id])),
        (json!(id), json!(["20200101T000000Z-aaaa"])),
        (Value::Null, json!([id])),
        (json!(7), json!([id])),
        (json!(id), json!(id)),
    ] {
        write_manifest(root.path(), &json!({"format": 1, "current": current, "runs": runs}));
        let error = Workspace::open(root.path()).current().unwrap_err();
        let told = error.to_string();
        assert!(matches!(error, Error::Damaged { .. }), "{told}");
        assert!(told.contains("manifest.json") && told.contains("doctor --repair"), "{told}");
    }
    write_manifest(root.path(), &json!({"format": 1, "current": id, "runs": [id]}));
    assert_eq!(Workspace::open(root.path()).current().unwrap().unwrap().info().id, id, "without checksums, as before");
}

#[test]
fn files_that_a_record_names_stay_inside_the_run() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("ws");
    let id = commit(&root, 3);
    write_manifest(&root, &json!({"format": 1, "current": id, "runs": [id]}));
    let path = root.join("runs").join(&id).join("run.json");
    let text = fs::read_to_string(&path).unwrap();
    let victim = place.path().join("features.parquet");
    fs::rename(root.join("runs").join(&id).join("features.parquet"), &victim).unwrap();
    let long = "x".repeat(300);
    for name in [
        "../../../features.parquet",
        victim.to_str().unwrap(),
        "./features.parquet",
        "models//features.parquet",
        "models/../features.parquet",
        "a\\features.parquet",
        "features.parquet\0",
        ".parquet/",
        &long,
        "",
    ] {
        fs::write(&path, text.replace("\"features.parquet\"", &json!(name).to_string())).unwrap();
        let told = Workspace::open(&root).current().unwrap_err().to_string();
        assert!(told.contains("run.json") && told.contains("no name of a file"), "{name}: {told}");
    }
    fs::write(&path, &text).unwrap();
    symlink(&victim, root.join("runs").join(&id).join("features.parquet")).unwrap();
    let run = Workspace::open(&root).current().unwrap().unwrap();
    for error in [
        run.table("features").unwrap_err(),
        run.verify().unwrap_err(),
        sql(&run, "select * from features", 9).unwrap_err(),
        DataTable::of_run(&run, "features").unwrap_err(),
    ] {
        let told = error.to_string();
        assert!(told.contains("features.parquet is a link"), "{told}");
    }
}

/// Something that is asked of a run.
type Reader<'a> = &'a dyn Fn(&Run) -> crate::Result<String>;

/// Flips every bit of a file in turn and asks `look`, which either names the file or gives the answer of before.
fn flip_each_bit(path: &Path, step: usize, look: &dyn Fn() -> crate::Result<String>) {
    let whole = fs::read(path).unwrap();
    let answer = look().unwrap();
    for bit in (0..whole.len() * 8).step_by(step) {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(path, &flipped).unwrap();
        match look() {
            Ok(told) => assert_eq!(told, answer, "bit {bit} of {}", path.display()),
            Err(error) => {
                let told = error.to_string();
                let name = path.file_name().unwrap().to_str().unwrap();
                assert!(told.contains(name), "bit {bit}: {told} does not name {name}");
            }
        }
    }
    fs::write(path, &whole).unwrap();
}

#[test]
fn a_flipped_bit_is_told_of_or_harmless() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 3);
    let id = commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let look = || {
        let run = workspace.current()?.ok_or_else(|| Error::Missing("no run".to_owned()))?;
        Ok(format!("{:?} {:?}", run.info(), workspace.runs()?))
    };
    flip_each_bit(&root.path().join("manifest.json"), 1, &look);
    flip_each_bit(&root.path().join("runs").join(&id).join("run.json"), 7, &look);
    let readers: [Reader; 6] = [
        &|run| Ok(format!("{:?}", run.table("features")?)),
        &|run| Ok(format!("{:?}", sql(run, "select * from features", 9)?)),
        &|run| Ok(format!("{:?}", DataTable::of_run(run, "features")?.columns())),
        &|run| Ok(format!("{:?}", DataTable::users(run)?.row_of("5")?)),
        &|run| Ok(format!("{:?}", DataTable::users(run)?.select(&[3, 1], None)?)),
        &|run| Ok(format!("{:?}", DataTable::users(run)?.numbers("churn")?)),
    ];
    for read in readers {
        let look = || read(&workspace.current()?.ok_or_else(|| Error::Missing("no run".to_owned()))?);
        flip_each_bit(&root.path().join("runs").join(&id).join("features.parquet"), 113, &look);
    }
}

#[test]
fn a_manifest_of_an_older_program_tells_of_flipped_bits_too() {
    let root = tempfile::tempdir().unwrap();
    let id = commit(root.path(), 3);
    write_manifest(root.path(), &json!({"format": 1, "current": id, "runs": [id]}));
    let workspace = Workspace::open(root.path());
    let look = || Ok(workspace.current()?.map(|run| run.info().id.clone()).unwrap_or_default());
    let whole = fs::read(root.path().join("manifest.json")).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(root.path().join("manifest.json"), &flipped).unwrap();
        let told: crate::Result<String> = look();
        assert!(told.as_ref().is_ok_and(|told| *told == id) || told.is_err(), "bit {bit}: {told:?}");
    }
}

#[test]
fn what_a_newer_program_wrote_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let old = commit(root.path(), 3);
    let id = commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let record = root.path().join("runs").join(&id).join("run.json");
    let newer = json!({"format": 2, "name": id, "everything": "has another name"}).to_string();
    let text = fs::read(&record).unwrap();
    fs::write(&record, &newer).unwrap();
    let refused = |error: Error| assert!(matches!(error, Error::Newer { found: 2, known: 1, .. }), "{error}");
    refused(workspace.current().unwrap_err());
    refused(workspace.writer().unwrap_err());
    // It is not the current run: the current one answers, and the newer one stays.
    write_manifest(root.path(), &json!({"format": 1, "current": old, "runs": [old]}));
    let next = commit(root.path(), 1);
    commit(root.path(), 1);
    assert_eq!(fs::read_to_string(&record).unwrap(), newer);
    assert!(!root.path().join("runs").join(next).exists());
    fs::write(&record, text).unwrap();
    let newer = json!({"format": 2, "newest": id}).to_string();
    fs::write(root.path().join("manifest.json"), &newer).unwrap();
    refused(workspace.current().unwrap_err());
    refused(workspace.writer().unwrap_err());
    refused(workspace.repair().unwrap_err());
    assert_eq!(fs::read_to_string(root.path().join("manifest.json")).unwrap(), newer);
}

#[test]
fn nothing_is_written_through_links_or_where_others_can_write() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("ws");
    commit(&root, 3);
    let (manifest, lock, runs) = (root.join("manifest.json"), root.join("lock"), root.join("runs"));
    for path in [&manifest, &lock, &runs] {
        let aside = place.path().join("aside");
        fs::rename(path, &aside).unwrap();
        symlink(&aside, path).unwrap();
        let before = tree(place.path());
        let told = Workspace::open(&root).writer().unwrap_err().to_string();
        assert!(told.contains("is a link") && told.contains(path.to_str().unwrap()), "{told}");
        assert_eq!(tree(place.path()), before);
        fs::remove_file(path).unwrap();
        fs::rename(&aside, path).unwrap();
    }
    for (mode, change) in [(0o777, "o-w"), (0o770, "g-w"), (0o1777, "o-w")] {
        for folder in [&root, &runs] {
            fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
            let told = Workspace::open(&root).writer().unwrap_err().to_string();
            assert!(told.contains(&format!("`chmod {change} {}`", folder.display())), "{told}");
            assert!(Workspace::open(&root).current().unwrap().is_some(), "it can still be read");
            fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        }
    }
    fs::set_permissions(&root, Permissions::from_mode(0o770)).unwrap();
    assert!(Workspace::open(&root).shared(Share::Group).writer().is_ok());
}

#[test]
fn what_is_written_is_for_those_that_the_settings_say() {
    for (share, folder_mode, file_mode) in [(Share::Private, 0o700, 0o600), (Share::Group, 0o2770, 0o660)] {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("ws");
        let workspace = Workspace::open(&root).shared(share);
        let mut taken_over = None;
        for _ in 0..2 {
            let run = workspace.writer().unwrap().begin().unwrap();
            run.write_bytes("models/churn.json", b"{}").unwrap();
            let record = stage(&run, StageId::Features, &[("features", frame())]);
            if let Some(earlier) = &taken_over {
                run.reuse(earlier, &record.files[0]).unwrap();
            }
            let info = info(run.id(), vec![record]);
            taken_over = Some(run.commit(&info, 3).unwrap());
            for (path, _) in tree(&root) {
                let there = fs::metadata(&path).unwrap();
                let wanted = if there.is_dir() { folder_mode } else { file_mode };
                assert_eq!(there.permissions().mode() & 0o7777, wanted, "{}", path.display());
            }
        }
    }
}

#[test]
fn files_of_a_looser_run_are_taken_over_as_the_settings_say() {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), 3);
    let workspace = Workspace::open(root.path());
    let earlier = workspace.current().unwrap().unwrap();
    fs::set_permissions(earlier.path("features.parquet"), Permissions::from_mode(0o644)).unwrap();
    let run = workspace.writer().unwrap().begin().unwrap();
    run.reuse(&earlier, &earlier.info().stages[0].files[0]).unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(run.folder().join("features.parquet")), 0o600);
    assert_eq!(mode(earlier.path("features.parquet")), 0o644, "what exists keeps its modes");
}
