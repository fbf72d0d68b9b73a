//! Ids as a log may hold them: wide, right to left, of several code points, hostile, endless.

use std::fs::{self, File};

use polars::prelude::*;
use serde_json::Value;
use user360::store::{DataTable, Workspace};

use super::quit;
use crate::pty::{self, CLEAR, ENTER, ESC, LARGE, Place, SMALL, Terminal, UP, typed};
use crate::sample;

/// What a terminal would obey, and what it is in an id.
const HOSTILE: [&str; 6] = [
    "clear\u{1b}[2J\u{1b}[Hscreen",
    "title\u{1b}]0;owned\u{7}",
    "bell\u{7}\u{8}\u{7f}",
    "c1\u{9b}31m\u{9d}0;owned\u{9c}",
    "line\r\nbreak\tand tab",
    "paste\u{1b}[201~\u{1b}[?1049l\u{1b}c",
];

/// Ids in the order of their table.
fn ids() -> Vec<String> {
    let mut ids: Vec<String> = [
        "plain",
        "日本茶店",
        "한국어 고객",
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "family 👩‍👩‍👧‍👦 of four",
        "👩🏽‍🚀",
        "🇩🇪🇯🇵",
        "heart ❤️ sign",
        "1️⃣2️⃣",
        "عميل ٤٢",
        "לקוח 7",
        "right \u{202e}to left",
        "zero\u{200b}width\u{200d}\u{feff}joined",
        "e\u{301}\u{302}\u{303}\u{304} stacked",
        "हिन्दी ग्राहक",
        "=cmd|' /C calc'!A0",
        "O'Neil \"the\" buyer, esq.",
        "",
        " ",
    ]
    .map(str::to_owned)
    .to_vec();
    ids.extend(HOSTILE.map(str::to_owned));
    ids.push("long 茶".repeat(835));
    ids.sort();
    ids.dedup();
    ids
}

/// A run whose users bear these ids, with columns that a real run has.
fn commit(place: &Place) -> Vec<String> {
    let ids = ids();
    let count = ids.len() as u32;
    let numbers: Vec<u32> = (0..count).collect();
    let churn: Vec<f32> = numbers.iter().map(|user| (*user as f32 + 1.0) / (count as f32 + 1.0)).collect();
    let tables = [
        (
            "features",
            df!("user_id" => &ids, "views" => &numbers, "top_category" => &ids, "sessions" => &numbers).unwrap(),
        ),
        ("segments", df!("user_id" => &ids, "segment" => vec!["Browsers"; ids.len()]).unwrap()),
        ("churn", df!("user_id" => &ids, "churn" => &churn).unwrap()),
    ];
    let real = sample::current(sample::workspace());
    let run = Workspace::open(place.workspace()).writer().unwrap().begin().unwrap();
    let mut info = real.info().clone();
    run.id().clone_into(&mut info.id);
    info.users = u64::from(count);
    // Of the real run's record, only what these three tables are.
    for stage in info.stages.iter_mut() {
        stage.files.clear();
    }
    for (name, mut table) in tables {
        let known = DataTable::of_run(&real, name).unwrap();
        assert!(table.get_column_names().iter().all(|column| known.column(column).is_some()));
        let place = info.stages.iter_mut().find(|stage| stage.id.name() == name).unwrap();
        place.files.push(run.write_table(name, &mut table).unwrap());
    }
    run.commit(&info, 3).unwrap();
    ids
}

fn open(size: (u16, u16)) -> (Place, Vec<String>, Terminal) {
    let place = Place::empty();
    let ids = commit(&place);
    let mut terminal = place.open(size);
    terminal.wait_for("stages done");
    terminal.send("2");
    terminal.wait_for(&format!("{} users", ids.len()));
    (place, ids, terminal)
}

/// Asserts that nothing a log holds reached the terminal as a command: the only controls are the program's own.
#[track_caller]
fn assert_harmless(terminal: &Terminal) {
    let bytes = terminal.bytes();
    for wanted in ["\u{1b}[2J\u{1b}[Hs", "\u{1b}]0;", "\u{1b}]2;", "\u{7}", "\u{8}", "\u{7f}", "\u{1b}[201~", "\u{1b}c"]
    {
        assert!(!pty::holds(&bytes, wanted.as_bytes()), "{wanted:?} was written to the terminal");
    }
    for letter in ["\u{9b}", "\u{9d}", "\u{9c}", "\u{85}", "\u{202e}", "\u{200b}", "\u{feff}"] {
        assert!(!pty::holds(&bytes, letter.as_bytes()), "{letter:?} was written to the terminal");
    }
    let controls = bytes.iter().filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\x1b' | b'\r' | b'\n'));
    assert_eq!(controls.count(), 0);
    assert!(terminal.look(vt100::Screen::alternate_screen), "the alternate screen was left");
}

#[test]
fn columns_stay_aligned_whatever_the_ids() {
    for size in [SMALL, LARGE] {
        let (_place, ids, mut terminal) = open(size);
        for keys in ["g", "G", "ll", "hh", ">>>", "g"] {
            terminal.send(keys);
            terminal.come_to_rest();
            terminal.look(|screen| {
                // Below the tabs a higher screen has a line of its own.
                let head = 1 + u16::from(size.0 >= 30);
                let segment = pty::column_of(screen, head, "Segment")
                    .unwrap_or_else(|| panic!("no segment on\n{}", screen.contents()));
                let shown = (head + 1..size.0 - 2).filter(|row| *row < ids.len() as u16 + head + 1);
                for row in shown {
                    let cells = pty::row_with_columns(screen, row);
                    let at: String =
                        cells.iter().skip_while(|(at, _)| *at < segment).map(|(_, it)| it.as_str()).collect();
                    assert!(at.starts_with("Browsers"), "row {row} after {keys}:\n{}", screen.contents());
                    // The number is drawn to the right, below the end of its title.
                    let end = pty::column_of(screen, head, "Likely to leave").unwrap() + 15;
                    let before: String = cells
                        .iter()
                        .filter(|(at, _)| *at >= end.saturating_sub(8) && *at < end + 2)
                        .map(|(_, it)| it.as_str())
                        .collect();
                    assert!(before.trim().ends_with('%'), "{before:?} in row {row}:\n{}", screen.contents());
                }
            });
        }
        assert_harmless(&terminal);
        quit(terminal);
    }
}

#[test]
fn nothing_in_an_id_commands_the_terminal_on_any_screen() {
    let (_place, ids, mut terminal) = open(LARGE);
    for (at, _) in ids.iter().enumerate() {
        // The page, its breadcrumb and its message of what was copied.
        terminal.send(ENTER);
        terminal.wait_for("Why so likely to leave");
        terminal.send("Y");
        terminal.send(ESC);
        terminal.wait("users", |screen| !screen.contents().contains("Why so likely to leave"));
        terminal.send("F");
        terminal.wait_for("1 of ");
        terminal.send("0");
        terminal.wait_without("1 of ");
        terminal.send("j");
        let next = (at + 2).min(ids.len());
        terminal.wait_for(&format!("row {next}"));
    }
    assert_harmless(&terminal);
    // Typed into a prompt, a control is no text.
    terminal.send("/\u{1b}[200~owned\u{9b}2J\u{7}\u{1b}[201~");
    terminal.wait_for("owned");
    assert_harmless(&terminal);
    terminal.send(ENTER);
    terminal.wait_without("Search: ");
    terminal.send("8w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send("select user_id, top_category from users\r");
    terminal.wait_for("rows · row 1");
    terminal.send(ENTER);
    // A row of a user opens the user.
    terminal.wait_for("Why so likely to leave");
    assert_harmless(&terminal);
    terminal.send(ESC);
    terminal.wait_without("Why so likely to leave");
    quit(terminal);
}

#[test]
fn odd_ids_are_exported_exactly() {
    let (place, ids, mut terminal) = open(LARGE);
    let shown = format!("all {} users", ids.len());
    let rows = format!("{} rows", ids.len());
    let mut export = |name: &str, choices: &str| {
        let file = place.file(name);
        terminal.send("e");
        terminal.wait_for_all(&["formulas", &shown]);
        terminal.send(choices);
        terminal.send(UP);
        terminal.send(CLEAR);
        terminal.send(typed(&file));
        terminal.send(ENTER);
        terminal.wait_for_all(&["Exported", name, &rows]);
        terminal.send(ESC);
        terminal.wait_without("Exported");
        file
    };
    // Formats and formulas are the fields below; the choices end where they began.
    let format = "\u{1b}[B \u{1b}[A";
    let raw = "\u{1b}[B\u{1b}[B\u{1b}[B \u{1b}[A\u{1b}[A\u{1b}[A";
    let csv_file = export("odd.csv", raw);
    let neutral = export("neutral.csv", "");
    let parquet = export("odd.parquet", format);
    let lines = export("odd.jsonl", &format.repeat(2));

    let read = |file| {
        let mut reader = csv::Reader::from_path(file).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        rows.into_iter().map(|row| row[0].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(read(&csv_file), ids);
    // What a spreadsheet would run has an apostrophe before it, the rest is as it was.
    for (written, id) in read(&neutral).iter().zip(&ids) {
        let formula = id.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert_eq!(*written, if formula { format!("'{id}") } else { id.clone() });
    }
    let written = ParquetReader::new(File::open(&parquet).unwrap()).finish().unwrap();
    let column = written.column("user_id").unwrap().str().unwrap();
    assert_eq!(column.iter().map(Option::unwrap).collect::<Vec<_>>(), ids);
    let text = fs::read_to_string(&lines).unwrap();
    // A line break within an id is escaped, so that each line is one row.
    let written: Vec<Value> = text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(written.iter().map(|row| row["user_id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    quit(terminal);
}
