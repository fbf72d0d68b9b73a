//! The shop's settings in the workspace: `init` writes them there, `run` needs nothing else, and a change is asked about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use user360::config::Config;

use crate::headless::{path, report, stage, succeeded};
use crate::init::german;
use crate::pty::{ENTER, LARGE, Place, headless};
use crate::trust::place::fixture;

/// A shop's log, a workspace, and a home of its own for the user's settings.
struct Shop {
    place: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { place: tempfile::tempdir().unwrap() };
        fs::write(shop.log(), german()).unwrap();
        shop
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn log(&self) -> PathBuf {
        self.at("log.csv")
    }

    fn workspace(&self) -> PathBuf {
        self.at("workspace")
    }

    fn settings(&self) -> PathBuf {
        self.workspace().join("user360.toml")
    }

    fn user360(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_user360"))
            .args(args)
            .args(["--workspace", path(&self.workspace())])
            .current_dir(self.place.path())
            .env("XDG_CONFIG_HOME", self.at("home"))
            .env("XDG_STATE_HOME", self.at("home"))
            .output()
            .unwrap()
    }

    fn own(&self, text: &str) {
        fs::create_dir_all(self.at("home/user360")).unwrap();
        fs::write(self.at("home/user360/config.toml"), text).unwrap();
    }

    fn change(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.settings()).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(self.settings(), text.replace(from, to)).unwrap();
    }

    fn runs(&self) -> usize {
        fs::read_dir(self.workspace().join("runs")).map_or(0, Iterator::count)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const INGEST: [&str; 3] = ["run", "--only", "ingest"];

#[test]
fn init_writes_into_the_workspace_and_run_needs_nothing_else() {
    let shop = Shop::new();
    let told = succeeded(shop.user360(&["init", "log.csv", "--yes"]));
    assert!(told.ends_with(&format!("next: user360 run --workspace {}\n", path(&shop.workspace()))), "{told}");
    assert!(!shop.at("user360.toml").exists());
    let written = Config::load(Some(&shop.settings())).unwrap();
    assert_eq!(written.ingest.input, path(&shop.log()), "a log outside the workspace is told in full");
    succeeded(shop.user360(&INGEST));
    assert_eq!(report(&shop.workspace())["input"]["events"]["accepted"], 320);
    let again = shop.user360(&["init", "log.csv", "--yes"]);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
}

#[test]
fn a_run_of_a_log_that_nothing_describes_does_what_init_does_and_says_so() {
    let shop = Shop::new();
    let output = shop.user360(&["run", "--only", "ingest", "--input", "log.csv"]);
    let told = said(&output);
    succeeded(output);
    assert!(told.contains("columns.user = Kunde") && told.contains("no settings said how to read log.csv"), "{told}");
    assert!(told.contains(path(&shop.settings())), "{told}");
    assert_eq!(Config::load(Some(&shop.settings())).unwrap().ingest.columns.user.text(), "Kunde");
    succeeded(shop.user360(&INGEST));
    assert_eq!(shop.runs(), 1, "nothing was due again");

    let refused = Shop::new();
    fs::write(refused.log(), german().replace("bestellung", "bestellung_v2")).unwrap();
    let output = refused.user360(&["run", "--input", "log.csv"]);
    assert_eq!(output.status.code(), Some(3));
    let told = said(&output);
    assert!(
        told.contains("no row is a purchase; ignored are newsletter") || told.contains("bestellung_v2 (80)"),
        "{told}"
    );
    assert!(!refused.settings().exists() && refused.runs() == 0);
}

#[test]
fn settings_that_differ_are_listed_and_wanted_twice() {
    let shop = Shop::new();
    succeeded(shop.user360(&["init", "log.csv", "--yes"]));
    succeeded(shop.user360(&INGEST));
    shop.change("newsletter = \"ignore\"", "newsletter = \"view\"");
    shop.change("inactive_days = \"auto\"", "inactive_days = 14");
    let output = shop.user360(&INGEST);
    assert_eq!(output.status.code(), Some(3));
    let told = said(&output);
    assert!(
        told.contains("ingest.events.newsletter = \"view\", was \"ignore\"; churn.inactive_days = 14, was \"auto\""),
        "{told}"
    );
    assert!(told.contains("--accept-settings"), "{told}");
    assert_eq!((shop.runs(), &report(&shop.workspace())["input"]["events"]["accepted"]), (1, &320.into()));
    succeeded(shop.user360(&["run", "--only", "ingest", "--accept-settings"]));
    assert_eq!(report(&shop.workspace())["input"]["events"]["accepted"], 400);
    succeeded(shop.user360(&INGEST));
    // How many runs are kept and where the log lies decide nothing.
    fs::rename(shop.log(), shop.at("moved.csv")).unwrap();
    shop.change("log.csv\"", "moved.csv\"");
    fs::write(shop.settings(), fs::read_to_string(shop.settings()).unwrap() + "\n[run]\nkeep = 2\n").unwrap();
    succeeded(shop.user360(&INGEST));
}

#[test]
fn a_named_configuration_decides_alone_and_holds_the_log() {
    let shop = Shop::new();
    succeeded(shop.user360(&["init", "log.csv", "--out", "shop.toml", "--yes"]));
    assert_eq!(Config::load(Some(&shop.at("shop.toml"))).unwrap().ingest.input, "log.csv");
    assert!(!shop.settings().exists());
    let config = shop.at("shop.toml");
    let elsewhere = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(["run", "--only", "ingest", "--config", path(&config), "--workspace", path(&shop.workspace())])
        .current_dir(elsewhere.path())
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    succeeded(output);
    assert_eq!(report(&shop.workspace())["input"]["events"]["accepted"], 320);
    // The workspace has no settings of its own and goes on as its last run did.
    succeeded(shop.user360(&INGEST));
    assert_eq!((shop.runs(), &report(&shop.workspace())["input"]["layout"]), (1, &"custom".into()));
}

#[test]
fn what_decides_in_the_users_own_file_is_read_below_the_workspaces_with_a_warning() {
    let shop = Shop::new();
    shop.own("[churn]\ninactive_days = 10\n[uplift]\ntrees = 20\n[run]\nkeep = 9\n");
    succeeded(shop.user360(&["init", "log.csv", "--yes"]));
    shop.change("inactive_days = \"auto\"", "inactive_days = 14");
    let output = shop.user360(&INGEST);
    let told = said(&output);
    succeeded(output);
    assert!(told.contains("warning: ") && told.contains("[churn], which the workspace's hides, [uplift]"), "{told}");
    let info = run_json(&shop.workspace());
    let of = |section: &str, key: &str| info["config"][section][key].as_f64();
    assert_eq!(
        (of("churn", "inactive_days"), of("uplift", "trees"), of("run", "keep")),
        (Some(14.0), Some(20.0), Some(9.0))
    );
    let printed = succeeded(shop.user360(&["config"]));
    let first = printed.lines().next().unwrap();
    assert!(first.contains("user360.toml, over ") && printed.contains("\ninactive_days = 14.0\n"), "{first}");
}

#[test]
fn a_run_without_a_log_says_how_to_name_one_and_doctor_checks_the_file() {
    let shop = Shop::new();
    let output = shop.user360(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("name it with --input, or let `user360 init FILE`"), "{}", said(&output));
    fs::create_dir(shop.workspace()).unwrap();
    fs::write(shop.settings(), "[churn]\ninactive_dais = 3\n").unwrap();
    let doctor = shop.user360(&["doctor"]);
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert!(told.contains("settings    WRONG") && told.contains("did you mean inactive_days?"), "{told}");
    assert_eq!(doctor.status.code(), Some(1));
}

/// What the current run recorded.
fn run_json(workspace: &Path) -> Value {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    let run = workspace.join("runs").join(manifest["current"].as_str().unwrap());
    serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap()
}

#[test]
fn the_stage_is_known_again_wherever_the_log_lies() {
    let shop = Shop::new();
    succeeded(shop.user360(&["init", "log.csv", "--yes"]));
    succeeded(shop.user360(&INGEST));
    fs::create_dir(shop.at("elsewhere")).unwrap();
    fs::rename(shop.log(), shop.at("elsewhere/log.csv")).unwrap();
    let output = shop.user360(&["run", "--only", "ingest", "--input", "elsewhere/log.csv", "--format", "json"]);
    let report: Value = serde_json::from_str(&succeeded(output)).unwrap();
    assert_eq!(stage(&report, "ingest")["state"], "cached");
}

#[test]
fn the_forms_of_0_1_0_open_as_the_workspaces_file_and_as_the_users_own() {
    let shop = Shop::new();
    fs::create_dir(shop.workspace()).unwrap();
    fs::copy(fixture("0.1.0/user360.toml"), shop.settings()).unwrap();
    succeeded(shop.user360(&["run", "--only", "ingest", "--input", "log.csv"]));
    assert_eq!(report(&shop.workspace())["input"]["events"]["accepted"], 320);
    // The file names no log: the last run's is read again.
    succeeded(shop.user360(&INGEST));

    shop.own(
        &fs::read_to_string(fixture("0.1.0/config.toml")).unwrap().replace("theme = \"shop\"", "theme = \"default\""),
    );
    let output = shop.user360(&["run", "--only", "segments", "--accept-settings"]);
    let told = said(&output);
    succeeded(output);
    assert!(told.contains("warning: ") && told.contains("[segments]") && !told.contains("[ltv]"), "{told}");
    let info = run_json(&shop.workspace());
    assert_eq!((&info["config"]["segments"]["k"], &info["config"]["run"]["keep"]), (&4.into(), &2.into()));
}

#[test]
fn the_workbenchs_r_needs_nothing_but_the_workspace_and_asks_about_other_settings() {
    let place = Place::empty();
    let log = place.file("log.csv");
    fs::write(&log, german()).unwrap();
    assert!(headless(&place).args(["init", path(&log), "--yes"]).status().unwrap().success());
    let mut terminal = place.open(LARGE);
    terminal.wait_for("r run");
    terminal.send("r");
    terminal.wait_for("stages done");
    let file = place.workspace().join("user360.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("newsletter = \"ignore\"", "newsletter = \"view\"")).unwrap();
    terminal.wait_for("r run");
    terminal.send("r");
    terminal.wait_for_all(&["Other settings", "Take them?"]);
    terminal.send(ENTER);
    terminal.wait_without("Take them?");
    terminal.wait_for("stages done");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
