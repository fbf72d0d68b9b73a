//! Tables of the headless commands fit the terminal, and say what they leave out; counts have their plural; every manual
//! page that is named is there.

use std::process::Command;

use unicode_width::UnicodeWidthStr;

use crate::headless::{path, succeeded, user360};
use crate::pty::{Place, USER360};
use crate::sample::{self, workspace};

/// Runs with so many columns told by the environment.
fn narrow(columns: &str, args: &[&str]) -> (String, String) {
    let ended = Command::new(USER360)
        .args(args)
        .args(["--workspace", path(workspace())])
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("COLUMNS", columns)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{args:?}");
    (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
}

#[test]
fn tables_fit_the_terminal_and_say_what_is_left_out() {
    for (columns, width) in [("60", 60), ("80", 80), ("120", 120), ("200", 200)] {
        for args in [&["users"][..], &["sql", "select * from users limit 9"], &["runs", "list"]] {
            let (text, told) = narrow(columns, args);
            let widest = text.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width, "{widest} of {width}: {args:?}\n{text}");
            if args[0] != "runs" {
                assert!(told.contains(" columns fit") && told.contains("--columns chooses"), "{args:?}: {told}");
                assert!(text.starts_with("user_id "), "{text}");
            }
        }
    }
    // What fits is not touched, and nothing is said.
    let (text, told) = narrow("80", &["users", "--columns", "user_id,segment,churn", "--limit", "3"]);
    assert!(!told.contains("columns fit") && !text.contains('…'), "{told}\n{text}");
    // Without a terminal a table is whole.
    let whole = succeeded(user360(&["users", "--limit", "1", "--workspace", path(workspace())]));
    assert!(whole.contains("segment") && whole.lines().next().unwrap().width() > 200, "{whole}");
    // Data is never shortened.
    let (csv, told) = narrow("60", &["users", "--format", "csv", "--limit", "1"]);
    assert!(csv.lines().next().unwrap().split(',').count() > 20 && !told.contains("fit"), "{told}");
}

#[test]
fn a_real_terminal_is_asked_how_wide_it_is() {
    let place = Place::shop();
    let terminal = place.start().size((30, 72)).arguments(&["users", "--limit", "4"]).open();
    let screen = terminal.wait_for("columns fit");
    assert!(screen.lines().any(|line| line.starts_with("user_id")), "{screen}");
    // A line that was too long would have gone on in the next.
    let rows = screen.lines().take_while(|line| !line.contains("columns fit"));
    assert_eq!(rows.filter(|line| !line.trim().is_empty()).count(), 5, "{screen}");
}

#[test]
fn one_is_no_plural() {
    let one = succeeded(user360(&["sql", "select 1 as x", "--out", "-", "--workspace", path(workspace())]));
    assert_eq!(one, "x\r\n1\r\n");
    let place = tempfile::tempdir().unwrap();
    sample::copy(workspace(), place.path());
    let root = path(place.path());
    let out = place.path().join("one.csv");
    let told = succeeded(user360(&["sql", "select 1 as x", "--out", path(&out), "--workspace", root]));
    assert!(told.contains("  1 row  6 bytes"), "{told}");
    assert!(succeeded(user360(&["doctor", "--workspace", root])).contains(", 1 run kept"));
    let first = user360(&["users", "--limit", "1", "--where", "user_id >= 0", "--workspace", root]);
    assert!(String::from_utf8(first.stderr).unwrap().contains("first 1 of 1,830 rows"));
}

/// The pages that a page names, such as user360-run(1).
fn named(page: &str) -> Vec<String> {
    let plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
    let mut names = Vec::new();
    for (at, _) in plain.match_indices("(1)") {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let name: String = plain[..at].chars().rev().take_while(|letter| letters(*letter)).collect();
        names.push(name.chars().rev().collect());
    }
    names
}

#[test]
fn every_subcommand_has_a_page_and_no_page_names_another() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let written = succeeded(user360(&["man", "--out", path(&pages)]));
    let files: Vec<String> =
        std::fs::read_dir(&pages).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(written.lines().count(), files.len());
    for name in ["user360.1", "user360-run.1", "user360-bench-uplift.1", "user360-runs-pin.1", "user360-compare.1"] {
        assert!(files.iter().any(|file| file == name), "{name}: {files:?}");
    }
    assert!(!files.iter().any(|file| file.contains("help")), "{files:?}");
    let mut seen = 0;
    for file in &files {
        let page = std::fs::read_to_string(pages.join(file)).unwrap();
        for name in named(&page) {
            assert!(files.contains(&format!("{name}.1")), "{file} names {name}(1), which is not there");
            seen += 1;
        }
        assert!(page.contains(".SH \"EXIT STATUS\"") && page.contains(".SH NAME"), "{file}");
        let title = file.trim_end_matches(".1");
        assert!(page.lines().any(|line| line.starts_with(&format!(".TH {title} 1"))), "{file}\n{page}");
    }
    assert!(seen > files.len(), "{seen}");
    let printed = succeeded(user360(&["man", "bench", "uplift"]));
    assert_eq!(printed, std::fs::read_to_string(pages.join("user360-bench-uplift.1")).unwrap());
    assert_eq!(printed, succeeded(user360(&["man", "user360-bench-uplift"])));
    let wrong = user360(&["man", "nothing"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("the pages are "));
}
