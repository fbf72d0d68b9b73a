//! What the keys of the table do, the same in every pane: columns, marks, undo, copy, export, sessions.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::*;
use user360::ui::{Pane, Session};

use crate::bench::Bench;
use crate::sample;

/// The titles of the columns in sight.
fn header(bench: &mut Bench) -> Vec<String> {
    let line = bench.row(1).replace('┃', " ");
    line.split("  ")
        .map(|words| words.trim_matches([' ', '▲', '▼']))
        .filter(|words| words.starts_with(|letter: char| letter.is_alphabetic()))
        .map(str::to_owned)
        .collect()
}

/// Ids of the rows in sight that are marked.
fn marked(bench: &mut Bench) -> Vec<String> {
    let lines = bench.lines();
    let rows = lines.iter().filter(|line| line.chars().nth(1) == Some('◆'));
    rows.filter_map(|line| line.trim_start_matches(['▌', ' ', '◆']).split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn columns_are_hidden_chosen_pinned_and_come_back() {
    // Without a preview beside the table.
    let mut bench = Bench::new(119, 40);
    assert_eq!(header(bench.strokes("2"))[..4], ["User", "Segment", "Likely to leave", "Purchases expected, 60 d"]);
    assert_eq!(header(bench.strokes("l-"))[..3], ["User", "Likely to leave", "Purchases expected, 60 d"]);
    assert!(bench.says("1 column hidden"));
    // Pinned, it stands before the others and stays while they scroll.
    assert_eq!(header(bench.strokes("lp"))[..3], ["User", "Purchases expected, 60 d", "Likely to leave"]);
    assert_eq!(header(bench.strokes("llllllllllllllll"))[..2], ["User", "Purchases expected, 60 d"]);
    assert_eq!(
        header(bench.strokes("0hhhhhhhhhhhhhhhhhhhh"))[..4],
        ["User", "Segment", "Likely to leave", "Purchases expected, 60 d"]
    );
    // The list unticks all, ticks two, and leaves what it was when it is left.
    assert_eq!(header(bench.strokes("ca<space>jj<space><enter>")), ["User", "Likely to leave"]);
    assert_eq!(header(bench.strokes("ca<esc>")), ["User", "Likely to leave"]);
    bench.strokes("c<space>jj<space><enter>");
    assert!(bench.says("one column at least must be ticked"));
    assert_eq!(header(bench.strokes("<enter><esc>--")), ["Likely to leave"]);
    assert!(bench.says("the last column stays"));
}

#[test]
fn columns_are_made_wider_narrower_and_as_wide_as_their_contents() {
    let mut bench = Bench::new(120, 40);
    let place = |bench: &mut Bench| bench.row(1).find("Likely to leave").unwrap();
    let before = place(bench.strokes("2l"));
    assert_eq!(place(bench.strokes(">>")), before + 4);
    assert_eq!(place(bench.strokes("<<<")), before - 2);
    bench.strokes("_");
    let line = bench.row(2);
    assert!(line.contains("Browsers, several items  "), "{line}");
    assert_eq!(place(&mut bench), before, "the widest name fits exactly");
    for _ in 0..40 {
        bench.strokes("<");
    }
    assert!(bench.row(2).contains('…'), "{}", bench.row(2));
}

#[test]
fn marks_survive_sort_and_filter_and_are_shared_by_the_panes_of_users() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2<space><space>j<space>");
    assert_eq!(marked(&mut bench), ["0", "1", "3"]);
    bench.strokes("gss");
    assert!(bench.says("3 marked"));
    bench.strokes("fuser_id < 3<enter>");
    assert_eq!(marked(&mut bench), ["1", "0"]);
    bench.strokes("0g");
    assert_eq!(marked(&mut bench), ["0", "1", "3"]);
    bench.strokes("5");
    assert!(bench.says("3 marked"));
    bench.strokes("fuser_id = 3<enter><space>");
    assert!(bench.says("2 marked"));
    bench.strokes("2");
    assert_eq!(marked(&mut bench), ["0", "1"]);
}

#[test]
fn a_range_all_and_their_inverse_are_marked() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2jvjj");
    assert!(bench.says("range of 3"));
    assert_eq!(marked(&mut bench), Vec::<String>::new(), "not before it is confirmed");
    assert_eq!(marked(bench.strokes("v")), ["1", "2", "3"]);
    bench.strokes("Gvkk<esc>");
    assert!(bench.says("3 marked") && !bench.says("range of"));
    bench.strokes("fsegment = 'Cart abandoners'<enter>a");
    assert!(bench.says("134 marked"));
    bench.strokes("0i");
    assert_eq!(bench.app.grid().unwrap().marks().len(), sample::USERS - 134);
    assert!(bench.says("1,696 marked"));
    bench.strokes("a");
    assert!(bench.says("1,830 marked"));
    bench.strokes("a");
    assert!(!bench.says("marked"));
}

#[test]
fn changes_of_the_view_are_undone_and_done_again() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2llssl-g<space>fltv > 1<enter>g");
    let last = bench.lines();
    for expected in ["1 marked", "where", "Likely to leave ▼"] {
        assert!(bench.says(expected), "{expected}");
    }
    bench.strokes("u");
    assert!(!bench.says("where ltv") && bench.says("1 marked"));
    bench.strokes("u");
    assert!(!bench.says("1 marked") && bench.says("1 column hidden"));
    bench.strokes("u");
    assert!(!bench.says("hidden") && bench.says("Likely to leave ▼"));
    bench.strokes("uu");
    assert!(!bench.says("Likely to leave ▼") && !bench.says("Likely to leave ▲"));
    bench.strokes("u");
    assert!(bench.says("nothing to undo"));
    bench.strokes("<ctrl-r><ctrl-r><ctrl-r><ctrl-r><ctrl-r>g");
    assert_eq!(bench.lines(), last);
    bench.strokes("<ctrl-r>");
    assert!(bench.says("nothing to do again"));
    bench.strokes("uf churn > 0.1<enter><ctrl-r>");
    assert!(bench.says("nothing to do again"), "a new change leaves nothing to do again");
}

#[test]
fn a_cell_and_a_row_are_copied_to_the_terminals_clipboard() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2jly");
    let cell = bench.app.grid().unwrap().cell_text().unwrap();
    assert!(bench.says(&format!("copied the cell: {cell}")));
    assert!(bench.copied[0].starts_with("\u{1b}]52;c;"), "{:?}", bench.copied);
    bench.strokes("Y");
    assert!(bench.says("copied the row: 1"));
    assert_eq!(bench.copied.len(), 2);
}

#[test]
fn a_row_is_reached_by_its_number() {
    let mut bench = Bench::new(80, 24);
    bench.strokes("2#31<enter>");
    assert!(bench.says("row 31"));
    bench.strokes(":7<enter>");
    assert!(bench.says("row 7"));
    bench.strokes("#9000<enter>");
    assert!(bench.says("row 1,830"), "beyond the end is the end");
    bench.strokes("#x<enter>");
    assert!(bench.says("is no number of a row"));
}

#[test]
fn a_filter_comes_back_by_up() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2fchurn > 0.5<enter>0fltv > 1<enter>0f<up>");
    assert!(bench.says("│ltv > 1"), "{:#?}", bench.lines());
    bench.strokes("<up><up><enter>");
    assert!(bench.says("where churn > 0.5"));
}

/// Goes to the file's field of the dialog and names a file.
fn name_file(bench: &mut Bench, file: &Path) {
    bench.strokes("<down><down><down><down><ctrl-u>");
    bench.keys(file.to_str().unwrap());
}

fn records(file: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn marked_rows_are_exported_in_the_order_of_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    let mut bench = Bench::new(120, 40);
    bench.strokes("2llssg<space><space><space>e");
    assert!(bench.says("the 3 marked users") && bench.says("3 rows"));
    name_file(&mut bench, &file);
    let expected: Vec<String> = {
        let grid = bench.app.grid().unwrap();
        let table = grid.table().unwrap();
        grid.rows().rows().take(3).map(|row| table.cell(row as usize, 0).to_string()).collect()
    };
    bench.strokes("<enter>");
    assert!(bench.says("Exported") && bench.says("3 rows"), "{:#?}", bench.lines());
    assert!(bench.says(&file.display().to_string()), "the path is shown in full");
    let written = records(&file);
    assert_eq!(written[0][..3], ["user_id", "segment", "churn"]);
    assert_eq!(written[1..].iter().map(|row| row[0].clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn an_existing_file_is_replaced_only_when_asked_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    fs::write(&file, "precious").unwrap();
    let mut bench = Bench::new(120, 40);
    bench.strokes("2e");
    name_file(&mut bench, &file);
    bench.strokes("<enter>");
    assert!(bench.says("exists. Enter again replaces it"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    bench.strokes("<esc>");
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    bench.strokes("e");
    name_file(&mut bench, &file);
    bench.strokes("<enter><enter>");
    assert!(bench.says("Exported"));
    assert_eq!(records(&file).len(), 1 + sample::USERS);
    bench.strokes("<esc>e");
    name_file(&mut bench, &folder.path().join("nowhere/list.csv"));
    bench.strokes("<enter>");
    assert!(bench.says("There is no folder") && !folder.path().join("nowhere").exists());
    bench.strokes("<enter>");
    assert!(bench.says("Exported"), "{:#?}", bench.lines());
    assert_eq!(records(&folder.path().join("nowhere/list.csv")).len(), 1 + sample::USERS);
    let mode =
        |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777;
    assert_eq!((mode(&folder.path().join("nowhere")), mode(&folder.path().join("nowhere/list.csv"))), (0o700, 0o600));
}

/// What marks and a filter mean for the rows is said before they are written.
#[test]
fn the_dialog_says_which_marks_the_filter_hides() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2g<space>e");
    assert!(bench.says("the marked user ") && bench.says("1 row, "), "{:#?}", bench.lines());
    bench.strokes("<right>");
    assert!(bench.says("all 1,830 users, marked or not"), "{:#?}", bench.lines());
    bench.strokes("<esc><space><space>fuser_id = 1<enter>e");
    assert!(bench.says("the 3 marked users, 2 of them outside the filter"), "{:#?}", bench.lines());
    bench.strokes("<right>");
    assert!(bench.says("the view: its 1 user, marked or not"), "{:#?}", bench.lines());
    bench.strokes("<esc>f<ctrl-u>user_id = 9<enter>e");
    assert!(bench.says("the 3 marked users, outside the filter"), "{:#?}", bench.lines());
}

/// CSV for Excel has semicolons, and a workbook reads back.
#[test]
fn spreadsheets_get_their_own_dialect_and_their_own_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(120, 40);
    bench.strokes("2e<down><left>");
    assert!(bench.says("CSV for Excel: byte order mark, semicolon, decimal comma"), "{:#?}", bench.lines());
    bench.strokes("<up>");
    let file = folder.path().join("list.csv");
    name_file(&mut bench, &file);
    bench.strokes("<enter>");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}user_id;segment;"), "{text}");
    bench.strokes("e<down><left><left>");
    assert!(bench.says("< Excel >") && bench.says("user360-users.xlsx"), "{:#?}", bench.lines());
    bench.strokes("<up>");
    let file = folder.path().join("list.xlsx");
    name_file(&mut bench, &file);
    bench.strokes("<enter>");
    assert!(bench.says("1,830 rows"), "{:#?}", bench.lines());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&file).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "user360").unwrap();
    assert_eq!(sheet.height(), 1 + sample::USERS);
    // A log that tells no e-mail has no mailing list, and the dialog says why.
    bench.strokes("e<down><down><right><right><right>");
    assert!(bench.says("profile mailing: 0") && bench.says("wants the column customer_email"), "{:#?}", bench.lines());
}

#[test]
fn format_columns_and_rows_are_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(120, 40);
    // The segment of the row under the cursor, JSON Lines, two columns ticked.
    bench.strokes("4f churn > 0.2<enter>ge<left>");
    assert!(bench.says("the segment "), "{:#?}", bench.lines());
    bench.strokes("<down><right><right><down><right><right><enter>aa");
    bench.strokes("<space><down><down><space><enter>");
    assert!(bench.says("chosen: 2"), "{:#?}", bench.lines());
    bench.strokes("<up><up>");
    let file = folder.path().join("list.jsonl");
    name_file(&mut bench, &file);
    bench.strokes("<enter>");
    assert!(bench.says("Exported"), "{:#?}", bench.lines());
    let text = fs::read_to_string(&file).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first.as_object().unwrap().keys().collect::<Vec<_>>(), ["user_id", "churn"]);
    assert_eq!(text.lines().count(), sample::SIZES[0], "the segment's users, filtered out or not");
    // The name follows the format as long as it has the format's ending.
    bench.strokes("e<down><right>");
    assert!(bench.says("user360-churn.parquet"));
    let file = folder.path().join("list.parquet");
    bench.strokes("<up>");
    name_file(&mut bench, &file);
    bench.strokes("<enter>");
    let frame = ParquetReader::new(File::open(&file).unwrap()).finish().unwrap();
    assert_eq!(frame.height(), bench.app.grid_of(Pane::Churn).rows().len());
}

#[test]
fn a_session_brings_back_pane_sort_filter_columns_marks_and_theme() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2llss-fltv > 1<enter>g<space>4h-<right><right>tmono<enter>5f churn > 0.5<enter>");
    let (shown, session) = (bench.lines(), bench.app.session().unwrap());
    let kept: Session = serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap();
    let (root, run) = bench.close();
    let mut bench = Bench::again(root, run, 120, 40, kept);
    assert_eq!(bench.lines(), shown);
    assert_eq!(bench.app.theme().name, "mono");
    bench.strokes("2");
    assert!(bench.says("where ltv > 1") && bench.says("1 marked") && bench.says("1 column hidden"));
    bench.strokes("4");
    assert!(bench.says("threshold 52 %"));
}
