//! `user360 export` for those who receive it: profiles, the dialect of Excel, workbooks, standard output, folders, modes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::headless::{path, succeeded, user360};
use crate::pty::{Place, USER360};
use crate::sample::{self, workspace};

fn export(args: &[&str], workspace: &Path) -> std::process::Output {
    user360(&[&["export", "--workspace", path(workspace)], args].concat())
}

fn told(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_mailing_profile_has_what_a_mailing_needs() {
    let out = |args: &[&str]| succeeded(export(&[args, &["--out", "-", "--sort", "user_id"]].concat(), sample::shop()));
    let text = out(&["--profile", "mailing"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["user_id", "email", "segment", "offer"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let json: Vec<Value> = serde_json::from_str(&out(&["--profile", "mailing", "--format", "json"])).unwrap();
    assert_eq!(rows.len(), json.len());
    assert!(rows.iter().filter(|row| row[1].contains('@')).count() > rows.len() / 3, "{text}");
    // The offer is the item recommended first, beside the right user.
    let lists = "select user_id, items[1] as offer from recommendations order by user_id";
    let lists = succeeded(user360(&["sql", lists, "--format", "json", "--workspace", path(sample::shop())]));
    let lists: Vec<Value> = serde_json::from_str(&lists).unwrap();
    assert_eq!(lists.len(), json.len());
    for (row, list) in json.iter().zip(&lists) {
        assert_eq!((&row["user_id"], &row["offer"]), (&list["user_id"], &list["offer"]));
    }
    // In another order and filtered, too.
    let some = out(&["--profile", "mailing", "--format", "json", "--where", "user_id > 1100", "--sort", "ltv:desc"]);
    let some: Vec<Value> = serde_json::from_str(&some).unwrap();
    assert!(!some.is_empty() && some.len() < json.len());
    assert!(some.iter().all(|row| json.contains(row)));
    let names = out(&["--profile", "mailchimp"]);
    assert!(names.starts_with("Email Address,Tags,OFFER\r\n"), "{names}");
}

#[test]
fn a_profile_that_the_log_cannot_fill_says_what_is_missing() {
    let refused = export(&["--profile", "mailing", "--out", "-"], workspace());
    assert_eq!(refused.status.code(), Some(2));
    let said = told(&refused);
    assert!(
        said.contains("the profile mailing wants the column customer_email") && said.contains("[customers]"),
        "{said}"
    );
    let unknown = export(&["--profile", "mailling", "--out", "-"], workspace());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(told(&unknown).contains("the profiles are mailing, mailchimp, klaviyo, braze"), "{}", told(&unknown));
    let both = export(&["--profile", "mailing", "--columns", "user_id", "--out", "-"], workspace());
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn own_profiles_stand_in_the_settings_and_the_users_are_above_the_shops() {
    let place = Place::shop();
    let write = |file: &Path, columns: &str| {
        fs::write(file, format!("[export.profiles.calls]\ncolumns = [{columns}]\ndialect = \"excel\"\n")).unwrap();
    };
    write(&place.workspace().join("user360.toml"), "\"user_id\", \"ltv as worth\", \"customer_phone?\"");
    let run = |more: &[&str]| {
        let ended = Command::new(USER360)
            .args(["export", "--profile", "calls", "--out", "-", "--workspace", path(&place.workspace())])
            .args(more)
            .envs(place.folders())
            .output()
            .unwrap();
        assert!(ended.status.success(), "{}", told(&ended));
        (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    let (text, said) = run(&[]);
    assert!(text.starts_with("\u{feff}user_id;worth\r\n"), "{text}");
    assert!(said.contains("goes without customer_phone") && said.contains("1,830 rows"), "{said}");
    assert!(text.lines().skip(1).any(|line| line.split_once(';').unwrap().1.contains(',')), "decimal commas\n{text}");
    let (text, _) = run(&["--dialect", "plain"]);
    assert!(text.starts_with("user_id,worth\r\n"), "{text}");
    write(&place.config("config.toml"), "\"user_id\"");
    assert!(run(&[]).0.starts_with("\u{feff}user_id\r\n"));
    let broken = "[export.profiles.calls]\ncolumns = \"user_id\"\n";
    fs::write(place.workspace().join("user360.toml"), broken).unwrap();
    let doctor = Command::new(USER360)
        .args(["doctor", "--workspace", path(&place.workspace())])
        .envs(place.folders())
        .output()
        .unwrap();
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("settings    WRONG") && said.contains("user360.toml:2:"), "{said}");
}

#[test]
fn excel_gets_semicolons_and_decimal_commas() {
    let query = "select 1.5 as share, 'a;b' as text, timestamp '2015-05-03 03:00:04' as at, '+49 170 1234567' as phone, \
                 '=1+1' as formula";
    let excel =
        succeeded(user360(&["sql", query, "--format", "csv", "--dialect", "excel", "--workspace", path(workspace())]));
    assert_eq!(
        excel,
        "\u{feff}share;text;at;phone;formula\r\n1,5;\"a;b\";2015-05-03 03:00:04;+49 170 1234567;'=1+1\r\n"
    );
    let plain = succeeded(user360(&["sql", query, "--format", "csv", "--workspace", path(workspace())]));
    assert!(plain.ends_with("1.5,a;b,2015-05-03T03:00:04.000Z,+49 170 1234567,'=1+1\r\n"), "{plain}");
    // A mail platform wants the text as it is.
    let raw = user360(&["sql", query, "--format", "csv", "--raw", "--workspace", path(workspace())]);
    assert!(succeeded(raw).ends_with(",=1+1\r\n"));
}

#[test]
fn a_workbook_holds_every_row_and_is_read_again_as_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("events.xlsx");
    let query = "select * from events order by time, user_id limit 900";
    succeeded(user360(&["sql", query, "--out", path(&out), "--workspace", path(workspace())]));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&out).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "user360").unwrap();
    assert_eq!(sheet.height(), 901);
    let head: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert!(head.contains(&"user_id".to_owned()), "{head:?}");
    let at = head.iter().position(|name| name == "time").unwrap();
    let time = sheet.get((1, at)).unwrap();
    assert!(matches!(time, calamine::Data::DateTime(_)), "a time is a time: {time:?}");
    let mode = fs::metadata(&out).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn a_missing_folder_and_a_file_that_is_there_want_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/lists/list.csv");
    let refused = export(&["--out", path(&out)], workspace());
    assert_eq!(refused.status.code(), Some(2));
    assert!(told(&refused).contains("no existing folder") && !folder.path().join("new").exists());
    let made = succeeded(export(&["--out", path(&out), "--make-folder", "--where", "user_id = 7"], workspace()));
    assert!(made.contains("1 row  "), "{made}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&out), mode(out.parent().unwrap())), (0o600, 0o700));
    let before = fs::read(&out).unwrap();
    let again = export(&["--out", path(&out)], workspace());
    assert!(!again.status.success() && told(&again).contains("--overwrite"));
    assert_eq!(fs::read(&out).unwrap(), before);
    // Whoever sits before a terminal is asked.
    let place = Place::shop();
    let out = place.file("lists/list.csv");
    let start = || place.start().arguments(&["export", "--where", "user_id = 7", "--out", path(&out)]).size((20, 100));
    let mut terminal = start().open();
    terminal.wait_for("Make it?");
    terminal.send("y\r");
    terminal.wait_for("1 row ");
    let written = fs::read(&out).unwrap();
    let mut terminal = start().open();
    terminal.wait_for("Replace it?");
    terminal.send("n\r");
    terminal.wait_for("exists; choose another name");
    assert_eq!(fs::read(&out).unwrap(), written);
}

#[test]
fn nothing_but_a_table_has_a_limit_that_nobody_asked_for() {
    for format in ["csv", "json", "jsonl"] {
        let users = succeeded(user360(&[
            "users",
            "--columns",
            "user_id",
            "--format",
            format,
            "--workspace",
            path(workspace()),
        ]));
        assert!(users.lines().count() >= sample::USERS, "{format}: {}", users.lines().count());
        let all = "select user_id from events";
        let rows = succeeded(user360(&["sql", all, "--format", format, "--workspace", path(workspace())]));
        assert!(rows.lines().count() > 2000, "{format}: {}", rows.lines().count());
        let out = succeeded(export(&["--columns", "user_id", "--out", "-", "--format", format], workspace()));
        assert_eq!(out, users, "{format}");
    }
}
