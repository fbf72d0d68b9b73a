//! A workspace in hostile hands, as the binary meets it: pipes in the place of files, folders that others can write, runs
//! that are read while they are replaced, a manifest that is gone. `src/store/tests/trust/` asks the engine the same.

mod shapes;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use polars::prelude::*;
use serde_json::{Value, json};
use user360::stage::{StageId, StageState};
use user360::store::{RunInfo, StageRecord, Workspace};

use crate::pty::{self, DEADLINE, LARGE};

/// Commits a run of so many users.
fn commit(root: &Path, users: i64) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let ids: Vec<i64> = (0..users).collect();
    let mut table = df!("user_id" => ids, "total_events" => vec![1_u32; users as usize]).unwrap();
    let record = |id: StageId, files| StageRecord {
        seconds: 0.5,
        rows: users as u64,
        files,
        ..StageRecord::new(id, StageState::Done)
    };
    let features = record(StageId::Features, vec![run.write_table("features", &mut table).unwrap()]);
    let info = RunInfo {
        format: 1,
        id: run.id().to_owned(),
        engine: "local".to_owned(),
        version: "0".to_owned(),
        created_ms: 0,
        as_of: 0,
        config: Value::Null,
        inputs: Value::Null,
        figures: None,
        input: json!({"events": {"read": 0, "accepted": 0, "duplicates": 0, "rejected": {}, "ignored": {}}}),
        users: users as u64,
        items: 0,
        stages: vec![record(StageId::Ingest, Vec::new()), features].into(),
    };
    run.commit(&info, 3).unwrap().info().id.clone()
}

/// The program on a place's workspace, with its input, stdout and stderr held here.
fn command(place: &pty::Place, arguments: &[&str]) -> Command {
    let mut command = pty::headless(place);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command that must end: what waits for a pipe's other end is killed, and the test fails.
#[track_caller]
fn ends(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > DEADLINE {
            child.kill().unwrap();
            panic!("{command:?} waits for ever");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn make_pipe(path: &Path) {
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
}

#[test]
fn pipes_and_sockets_in_the_place_of_files_are_refused_at_once() {
    let place = pty::Place::empty();
    let root = place.workspace();
    let id = commit(&root, 5);
    let run = root.join("runs").join(&id);
    let read = ["users", "--limit", "3"];
    let log = place.file("events.csv");
    fs::write(&log, "timestamp,visitorid,event,itemid,transactionid\n1433221332117,1,view,2,\n").unwrap();
    let write = ["run", "--input", log.to_str().unwrap(), "--force"];
    for (path, arguments) in [
        (root.join("manifest.json"), &read[..]),
        (root.join("manifest.json"), &write[..]),
        (run.join("run.json"), &read[..]),
        (run.join("features.parquet"), &read[..]),
        (root.join("lock"), &write[..]),
        (place.config("config.toml"), &write[..]),
        (place.config("config.toml"), &["config"][..]),
        (place.config("keys.toml"), &["doctor"][..]),
        (place.config("themes/own.toml"), &["doctor"][..]),
    ] {
        let whole = fs::read(&path).ok();
        for socket in [false, true] {
            drop(fs::remove_file(&path));
            let _listener = if socket {
                Some(UnixListener::bind(&path).unwrap())
            } else {
                make_pipe(&path);
                None
            };
            let output = ends(command(&place, arguments));
            let told = format!("{}{}", errors(&output), String::from_utf8_lossy(&output.stdout));
            let kind = if socket { "a socket" } else { "a named pipe" };
            assert!(!output.status.success(), "{arguments:?} with {} as {kind}: {told}", path.display());
            assert!(told.contains(&format!("{} is {kind}", path.display())), "{told}");
        }
        fs::remove_file(&path).unwrap();
        if let Some(whole) = whole {
            fs::write(&path, whole).unwrap();
        }
    }
    assert!(ends(command(&place, &read)).status.success());
}

#[test]
fn a_session_that_is_a_pipe_does_not_hold_the_workbench_up() {
    let place = pty::Place::shop();
    let session = user360::ui::Session::file(&place.workspace()).unwrap();
    let session = place.state("user360/sessions").join(session.file_name().unwrap());
    fs::create_dir_all(session.parent().unwrap()).unwrap();
    make_pipe(&session);
    let mut terminal = place.open(LARGE);
    terminal.wait_for("Overview");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn a_folder_that_others_can_write_takes_no_run() {
    let place = pty::Place::empty();
    let root = place.workspace();
    commit(&root, 5);
    let log = place.file("events.csv");
    fs::write(&log, "timestamp,visitorid,event,itemid,transactionid\n1433221332117,1,view,2,\n").unwrap();
    let run = ["run", "--input", log.to_str().unwrap(), "--only", "ingest"];
    let runs = || fs::read_dir(root.join("runs")).unwrap().count();
    for mode in [0o777, 0o775] {
        fs::set_permissions(&root, Permissions::from_mode(mode)).unwrap();
        let output = ends(command(&place, &run));
        let told = errors(&output);
        assert_eq!((output.status.code(), runs()), (Some(1), 1), "{told}");
        assert!(told.contains("chmod ") && told.contains(root.to_str().unwrap()), "{told}");
        let doctor = ends(command(&place, &["doctor"]));
        let told = String::from_utf8_lossy(&doctor.stdout).into_owned();
        assert!(!doctor.status.success() && told.contains("nothing is written here"), "{told}");
    }
    // What the group may write is for a group.
    fs::write(place.config("config.toml"), "[run]\nshare = \"group\"\n").unwrap();
    let output = ends(command(&place, &run));
    assert!(output.status.success(), "{}", errors(&output));
    let current = Workspace::open(&root).current().unwrap().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&current.path("run.json")), 0o660);
    assert_eq!(mode(current.path("run.json").parent().unwrap()), 0o2770);
    let doctor = ends(command(&place, &["doctor"]));
    let told = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(told.contains(&format!("`chmod -R o-rwx {}`", root.display())), "0775 is looser than 2770: {told}");
}

#[test]
fn doctor_says_what_is_looser_than_the_setting_and_changes_nothing() {
    let place = pty::Place::empty();
    let root = place.workspace();
    let id = commit(&root, 5);
    let private = String::from_utf8(ends(command(&place, &["doctor"])).stdout).unwrap();
    let folder = root.join("runs").join(id);
    fs::set_permissions(folder.join("run.json"), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    let told = String::from_utf8(ends(command(&place, &["doctor"])).stdout).unwrap();
    assert!(
        told.contains("2 files and folders") || root.metadata().unwrap().permissions().mode() & 0o77 != 0,
        "{told}"
    );
    assert!(told.contains(&format!("`chmod -R go-rwx {}`", root.display())), "{told}");
    let closed = Command::new("chmod").args(["-R", "go-rwx"]).arg(&root).status().unwrap();
    assert!(closed.success());
    let told = String::from_utf8(ends(command(&place, &["doctor"])).stdout).unwrap();
    assert!(!told.contains("chmod"), "the advice mends it: {told}\nbefore: {private}");
}

#[test]
fn a_workbench_left_open_over_four_runs_still_answers() {
    let place = pty::Place::shop();
    let root = place.workspace();
    let mut terminal = place.open(LARGE);
    terminal.wait_for("Overview");
    let read = Workspace::open(&root).runs().unwrap().remove(0);
    for users in 1..5 {
        commit(&root, users);
    }
    assert!(!Workspace::open(&root).runs().unwrap().contains(&read), "it is dropped");
    // A query reads a table that the workbench has not read yet.
    terminal.send("8");
    terminal.wait_for("SQL");
    terminal.send("wselect count(*) as n_events from events\r");
    let text = terminal.wait("an answer", |screen| {
        let text = screen.contents();
        text.contains("n_events")
            && (text.contains("1 row") || text.contains("No such file") || text.contains("missing"))
    });
    assert!(!text.contains("No such file") && !text.contains("missing"), "{text}");
    terminal.send("\u{3}");
    assert!(terminal.assert_restored().success());
    drop(Workspace::open(&root).writer().unwrap());
    assert!(!root.join("runs").join(read).exists(), "it goes once nobody reads it");
}

#[test]
fn a_lost_manifest_is_found_again_by_doctor() {
    let place = pty::Place::empty();
    let root = place.workspace();
    let id = commit(&root, 5);
    fs::remove_file(root.join("manifest.json")).unwrap();
    let users = ends(command(&place, &["users"]));
    let told = errors(&users);
    assert_eq!(users.status.code(), Some(1));
    assert!(told.contains("user360 doctor --repair") && !told.contains("no run yet"), "{told}");
    let repaired = ends(command(&place, &["doctor", "--repair"]));
    let told = String::from_utf8(repaired.stdout).unwrap();
    assert!(repaired.status.success() && told.contains(&id) && told.contains("1 whole run,"), "{told}");
    assert!(ends(command(&place, &["users"])).status.success());
}

#[test]
fn a_file_that_cannot_be_opened_is_no_reason_to_rebuild() {
    let place = pty::Place::empty();
    let root = place.workspace();
    let id = commit(&root, 5);
    let table = root.join("runs").join(id).join("features.parquet");
    fs::remove_file(&table).unwrap();
    // A folder in its place, since a mode keeps root from nothing.
    fs::create_dir(&table).unwrap();
    let told = errors(&ends(command(&place, &["users"])));
    assert!(told.contains("features.parquet is a folder") && !told.contains("--force"), "{told}");
}

#[test]
fn the_demo_works_in_the_users_own_cache_and_follows_no_link() {
    let place = pty::Place::empty();
    let (cache, victim, elsewhere) = (place.file("cache"), place.file("victim"), place.file("work"));
    for folder in [&cache, &victim, &elsewhere] {
        fs::create_dir_all(folder).unwrap();
    }
    fs::create_dir(cache.join("user360")).unwrap();
    symlink(&victim, cache.join("user360/demo")).unwrap();
    let bench = || {
        let mut command = pty::bare(&place);
        command
            .current_dir(&elsewhere)
            .stdin(Stdio::null())
            .env("XDG_CACHE_HOME", &cache)
            .env("TMPDIR", place.file("tmp"));
        command.args(["bench", "--repeat", "1"]);
        command
    };
    let told = errors(&ends(bench()));
    assert!(told.contains("user360/demo is a link"), "{told}");
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 0);
    fs::remove_file(cache.join("user360/demo")).unwrap();
    fs::create_dir(cache.join("user360/demo")).unwrap();
    fs::set_permissions(cache.join("user360/demo"), Permissions::from_mode(0o777)).unwrap();
    let told = errors(&ends(bench()));
    assert!(told.contains("can be written by every user"), "{told}");
    assert!(!place.file("tmp").exists(), "nothing is made in the folder for everyone");
}

#[test]
fn exports_and_settings_are_not_written_through_links() {
    let place = pty::Place::empty();
    commit(&place.workspace(), 5);
    let (victim, out) = (place.file("victim.csv"), place.file("out.csv"));
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &out).unwrap();
    let output = ends(command(&place, &["export", "--out", out.to_str().unwrap(), "--overwrite"]));
    assert!(!output.status.success() && errors(&output).contains("out.csv is a link"), "{}", errors(&output));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    // What a killed export left goes with the next one.
    fs::remove_file(&out).unwrap();
    let left = place.file(".out.csv.4194300-0.u360tmp");
    fs::write(&left, "half").unwrap();
    assert!(ends(command(&place, &["export", "--out", out.to_str().unwrap()])).status.success());
    assert!(out.exists() && !left.exists());
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_of_this_name_keeps_nobody_from_running() {
    let place = pty::Place::empty();
    let root = place.workspace();
    commit(&root, 5);
    fs::write(root.join("runs/.tmp-note"), "mine").unwrap();
    fs::create_dir(root.join("runs/backup")).unwrap();
    commit(&root, 6);
    assert_eq!(fs::read_to_string(root.join("runs/.tmp-note")).unwrap(), "mine");
    let told = String::from_utf8(ends(command(&place, &["doctor"])).stdout).unwrap();
    assert!(told.contains("runs/.tmp-note") && told.contains("runs/backup") && told.contains("left alone"), "{told}");
}
