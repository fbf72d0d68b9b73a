//! `user360 fetch` as a user gives it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::service::{Fault, Service};
use super::{assert_is_shop, names, target, zips};

/// The command with nothing of the reader's own environment that matters to it.
fn user360(service: &Service, home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_user360"));
    for name in ["KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR"] {
        command.env_remove(name);
    }
    command
        .arg("fetch")
        .args(args)
        .current_dir(home)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_STATE_HOME", home.join(".state"))
        .env("USER360_KAGGLE_URL", &service.base_url);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{:?}\n{}", output.status, text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn the_command_tells_the_files_and_what_to_run_next() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::CutAfter(500)]);
    let mut command = user360(&service, folder.path(), &["shop/log", "--out", "my shop"]);
    let output = command.env("KAGGLE_USERNAME", "ada").env("KAGGLE_KEY", "s3cret").output().unwrap();
    let told = succeeded(&output);
    assert_is_shop(&folder.path().join("my shop"));
    assert!(told.contains("my shop/events.csv  80,000 bytes\n"), "{told}");
    assert!(told.contains("(md5 and crc32c as announced)\n"), "{told}");
    assert!(told.ends_with("next: user360 run --input 'my shop'\n"), "{told}");
    let narrated = text(&output.stderr);
    assert!(narrated.contains("broke") && !narrated.contains("s3cret") && !narrated.contains("hush"), "{narrated}");
    assert!(!narrated.contains('\r') && !narrated.contains('\u{1b}'), "a progress bar off the terminal: {narrated:?}");
    assert!(!out.exists());
}

#[test]
fn the_folder_is_named_after_the_data_set_and_the_answer_is_json_when_asked() {
    let (folder, _) = target();
    let service = Service::with(zips::shop(), []);
    let mut command = user360(&service, folder.path(), &["shop/log", "--format", "json", "--keep-zip"]);
    let told = succeeded(&command.env("KAGGLE_API_TOKEN", "t0ken").output().unwrap());
    assert_is_shop(&folder.path().join("log"));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["folder"], "log");
    assert_eq!(told["files"][0]["name"], "events.csv");
    assert_eq!(told["files"][0]["bytes"], 80_000);
    assert_eq!(told["archive"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(told["archive"]["bytes"], fs::metadata(folder.path().join("log.zip")).unwrap().len());
    assert_eq!(told["resumed_from"], 0);
}

#[test]
fn an_open_token_file_is_warned_of_and_used() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let file = folder.path().join(".kaggle/kaggle.json");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, r#"{"username":"ada","key":"s3cret"}"#).unwrap();
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let output = user360(&service, folder.path(), &["shop/log", "--out", out.to_str().unwrap()]).output().unwrap();
    succeeded(&output);
    assert!(text(&output.stderr).contains("warning: ") && text(&output.stderr).contains("chmod 600"));
}

#[test]
fn a_failure_is_1_and_a_wrong_name_is_2() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let refused = user360(&service, folder.path(), &["shop/log", "--out", out.to_str().unwrap()]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("https://www.kaggle.com/settings"), "{}", text(&refused.stderr));
    let wrong = user360(&service, folder.path(), &["log"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("OWNER/NAME"), "{}", text(&wrong.stderr));
    let elsewhere = user360(&service, folder.path(), &["shop/log", "--base-url", "nowhere"]).output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(2));
}

#[test]
fn an_interrupt_ends_with_130_and_the_next_time_goes_on() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::StallAfter(60_000)]);
    let args = ["shop/log", "--out", "shop"];
    let mut command = user360(&service, folder.path(), &args);
    let child = command.env("KAGGLE_API_TOKEN", "t0ken").stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let part = folder.path().join(".shop.part");
    while fs::metadata(&part).map_or(0, |data| data.len()) < 60_000 {
        std::thread::yield_now();
    }
    let process = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("what has come is kept, 60,000 bytes; the same command goes on from there"), "{told}");
    assert!(!out.exists());
    let again = user360(&service, folder.path(), &args).env("KAGGLE_API_TOKEN", "t0ken").output().unwrap();
    succeeded(&again);
    assert!(text(&again.stderr).contains("resumed at 60,000 bytes"), "{}", text(&again.stderr));
    assert_is_shop(&out);
    assert!(!names(folder.path()).iter().any(|name| name.starts_with(".shop")), "{:?}", names(folder.path()));
}
