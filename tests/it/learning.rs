//! Help with this place first and a search, the session's notices, the command line of a view and the way back from it.

use std::process::Command;

use crate::bench::Bench;
use crate::headless::{path, succeeded};
use crate::pty::{Place, USER360};

/// Where a line with these words stands on the screen.
fn line(bench: &mut Bench, words: &str) -> usize {
    let lines = bench.lines();
    lines.iter().position(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words:?} in {lines:#?}"))
}

#[test]
fn help_begins_with_the_place_it_is_asked_from() {
    let mut bench = Bench::new(100, 50);
    bench.strokes("1?");
    let (here, everywhere) = (line(&mut bench, "Run the stages that are stale"), line(&mut bench, "Everywhere"));
    assert!(here < everywhere, "{:#?}", bench.lines());
    bench.strokes("<esc>8?");
    assert!(line(&mut bench, "Write an SQL query") < 12, "{:#?}", bench.lines());
    assert!(!bench.says("Run the stages that are stale"), "what holds elsewhere stands below");
    bench.strokes("<esc>2<enter>?");
    assert!(line(&mut bench, "Show older events") < 12, "{:#?}", bench.lines());
}

#[test]
fn a_search_of_help_leaves_the_lines_that_hold_it() {
    let mut bench = Bench::new(100, 40);
    bench.strokes("2?/MARK<enter>");
    assert!(bench.says("Invert the marks of the view") && bench.says("Help \"MARK\""), "{:#?}", bench.lines());
    assert!(!bench.says("Sort by this column"), "{:#?}", bench.lines());
    bench.strokes("<esc>");
    assert!(bench.says("Sort by this column") && !bench.says("\"MARK\""), "{:#?}", bench.lines());
    bench.strokes("/nothing of the kind<enter>");
    assert!(bench.says("nothing here holds \"nothing of the kind\""), "{:#?}", bench.lines());
    bench.strokes("q");
    assert!(!bench.says("Help ") && !bench.quit);
    bench.strokes("j");
    assert!(bench.says("1,830 users"), "the table is back: {:#?}", bench.lines());
}

#[test]
fn notices_of_the_session_are_kept() {
    let mut bench = Bench::new(100, 40);
    bench.strokes("M");
    assert!(bench.says("nothing was told in this session yet"), "{:#?}", bench.lines());
    bench.strokes("<esc>2y/no such user<enter>j");
    bench.strokes("M");
    let (copied, missed) = (line(&mut bench, "copied the cell"), line(&mut bench, "holds \"no such user\""));
    assert!(missed < copied, "the newest first: {:#?}", bench.lines());
    bench.strokes("/copied<enter>");
    // Behind the page the table's own line still tells the last.
    let on_page = |lines: &[String], words: &str| lines.iter().any(|line| line.contains('│') && line.contains(words));
    let lines = bench.lines();
    assert!(on_page(&lines, "copied the cell") && !on_page(&lines, "no such user"), "{lines:#?}");
}

#[test]
fn the_command_of_a_view_prints_the_same_rows() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2fsegment = 'New browsers' and views >= 1<enter>lls-sC");
    let line = bench.copied.last().unwrap();
    let line = decoded(line);
    let ids: Vec<String> = {
        let grid = bench.app.grid().unwrap();
        let table = grid.table().unwrap();
        grid.rows().rows().map(|row| table.cell(row as usize, 0).to_string()).collect()
    };
    assert!(line.starts_with("user360 users --where ") && line.contains("--sort "), "{line}");
    let (root, _) = bench.close();
    let line = line.replace("/data/shop", path(root.path()));
    let script = format!("{} --format csv", line.replacen("user360", USER360, 1));
    let ended = Command::new("/bin/sh").args(["-c", &script]).env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap();
    let text = succeeded(ended);
    let printed: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert!(printed.len() > 20, "{script}\n{text}");
    assert_eq!(printed, ids, "{script}");
}

#[test]
fn the_command_of_a_query_a_user_and_a_report() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("8C");
    assert!(bench.says("there is no query yet"), "{:#?}", bench.lines());
    bench.strokes("<esc>wselect segment, count(*) as n from users group by segment<enter>fn > 100<enter>C");
    let command = decoded(bench.copied.last().unwrap());
    assert!(
        command.starts_with("user360 sql 'select * from (select segment, count(*) as n from users group by segment) as result where n > 100"),
        "{command}"
    );
    bench.strokes("2g<enter>C");
    assert!(decoded(bench.copied.last().unwrap()).starts_with("user360 user 0 --workspace "));
    bench.strokes("1C");
    assert!(decoded(bench.copied.last().unwrap()).starts_with("user360 report --workspace "));
    bench.strokes("3C");
    assert!(bench.says("no command prints this table"), "{:#?}", bench.lines());
}

/// What an OSC 52 sequence holds.
fn decoded(sequence: &str) -> String {
    let code = sequence.rsplit(';').next().unwrap().trim_end_matches(['\u{7}', '\\', '\u{1b}']);
    let digit = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for group in code.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, letter| (bits << 6) | u32::from(digit(*letter)));
        let bits = bits << (6 * (4 - group.len()));
        bytes.extend(bits.to_be_bytes()[1..group.len()].iter());
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_workbench_opens_on_a_view() {
    let place = Place::shop();
    let view = ["--pane", "churn", "--where", "views > 3", "--sort", "views:desc", "--sort", "user_id"];
    let mut terminal = place.start().size((40, 120)).arguments(&view).open();
    let screen = terminal.wait_for_all(&["where views > 3", "User ▲2", "chart 1 of"]);
    assert!(screen.contains("Churn"), "{screen}");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    let wrong = |args: &[&str], words: &str| {
        let ended = Command::new(USER360).args(args).envs(place.folders()).output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    };
    wrong(&["--pane", "chrun"], "the panes are overview, users, segments");
    wrong(&["--where", "views > 3"], "--pane");
    wrong(&["--pane", "sql", "--where", "views > 3"], "leave --where and --sort out");
    // A condition that is wrong is told on the screen, and the table is there all the same.
    let mut terminal = place.start().size((40, 120)).arguments(&["--pane", "users", "--where", "vieuws > 3"]).open();
    terminal.wait_for("did you mean views?");
    terminal.send("\r");
    terminal.wait_for("1,830 users");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
