//! Looking into a table, on the workbench without a terminal: statistics, groups, words found anywhere, saved views, pages one
//! after the other, copies.

use crossterm::event::KeyCode;

use crate::bench::Bench;
use crate::sample::ALL_USERS;

/// The row under the cursor.
fn held(bench: &mut Bench) -> String {
    let line = bench.lines().into_iter().find(|line| line.starts_with('▌')).unwrap();
    line.trim_start_matches('▌').trim_start_matches('◆').split_whitespace().next().unwrap().to_owned()
}

/// The line that begins the status of the table in sight.
fn status(bench: &mut Bench) -> String {
    let lines = bench.lines();
    let of_rows =
        |line: &&String| [" users", " groups", " rows"].iter().any(|noun| line.contains(noun)) && line.contains("row ");
    lines.iter().rev().find(of_rows).unwrap_or_else(|| panic!("no status in {lines:#?}")).trim().to_owned()
}

/// How many rows the view has.
fn rows(bench: &mut Bench) -> u64 {
    status(bench).split(' ').next().unwrap().replace(',', "").parse().unwrap()
}

/// The text that was last sent to the clipboard.
fn copied(bench: &Bench) -> String {
    let sequence = bench.copied.last().unwrap();
    let content = sequence.strip_prefix("\x1b]52;c;").unwrap().trim_end_matches("\x1b\\").trim_end_matches('\x07');
    let alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*b"+/").collect();
    let (mut held, mut many, mut bytes) = (0_u32, 0, Vec::new());
    for byte in content.bytes().filter(|byte| *byte != b'=') {
        held = held << 6 | alphabet.iter().position(|known| *known == byte).unwrap() as u32;
        many += 6;
        if many >= 8 {
            many -= 8;
            bytes.push((held >> many) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_column_tells_what_it_holds_and_a_line_of_it_filters() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2l=");
    for words in ["1,830 users, 0 without a value", "Most frequent", "different"] {
        assert!(bench.says(words), "{words} is missing: {:#?}", bench.lines());
    }
    assert!(!bench.says("Histogram"), "names have no size");
    bench.keys("j").press(KeyCode::Enter);
    assert!(bench.says("where segment = '"), "{:#?}", bench.lines());
    let some = rows(&mut bench);
    bench.keys("=");
    assert!(bench.says(&format!("{some} users, 0 without a value, 1 different")), "{:#?}", bench.lines());
    bench.press(KeyCode::Esc).keys("ul=");
    for words in ["1,830 users", "median", "Histogram", "mean 9", " % to 100.0 %"] {
        assert!(bench.says(words), "{words} is missing: {:#?}", bench.lines());
    }
    bench.press(KeyCode::Enter);
    assert!(bench.says("where churn >= "), "{:#?}", bench.lines());
    assert!(rows(&mut bench) < 1830);
    bench.keys("u");
    assert!(bench.says(ALL_USERS));
}

#[test]
fn rows_are_grouped_by_a_column_and_a_group_is_opened() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2l+");
    assert!(bench.says("Users › By Segment"), "{:#?}", bench.lines());
    for words in ["Segment", "Users", "Share", "Likely to leave, mean"] {
        assert!(bench.row(2).contains(words), "{words} is missing: {:#?}", bench.lines());
    }
    let first = bench.row(3);
    bench.press(KeyCode::Enter);
    assert!(!bench.says("By Segment") && bench.says("where segment = '"));
    let found = rows(&mut bench).to_string();
    assert!(first.split_whitespace().any(|cell| cell.replace(',', "") == found), "{first} tells of {found}");
    // Numbers of many values are parted into ranges.
    bench.keys("0l+");
    for words in ["By Likely to leave", "Likely to leave, from", "Likely to leave, to"] {
        assert!(bench.says(words), "{words} is missing: {:#?}", bench.lines());
    }
    assert_eq!(rows(&mut bench), 10);
    bench.press(KeyCode::Esc);
    assert!(bench.says(ALL_USERS) && !bench.says("By Likely"));
}

#[test]
fn rows_unlike_a_cell() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2lF");
    let like = rows(&mut bench);
    bench.keys("0!");
    assert!(bench.says("where (segment is null or not (segment = '"), "{:#?}", bench.lines());
    assert_eq!(like + rows(&mut bench), 1830);
    bench.keys("u");
    assert!(bench.says(ALL_USERS));
}

#[test]
fn what_is_no_condition_is_found_in_any_column() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2fone-time").press(KeyCode::Enter);
    assert!(bench.says("\"one-time\" is no condition. Enter again"), "{:#?}", bench.lines());
    assert_eq!(bench.app.grid().unwrap().rows().len(), 1830, "the view stays meanwhile");
    bench.press(KeyCode::Enter);
    assert!(bench.says("where anywhere('one-time')"), "{:#?}", bench.lines());
    let found = rows(&mut bench);
    assert!((1..1830).contains(&found));
    // What was changed since is looked at anew, and what compares is no text to be found.
    bench.keys("0fviewws").press(KeyCode::Enter).keys("x > 3").press(KeyCode::Enter);
    assert!(bench.says("no column viewwsx"), "{:#?}", bench.lines());
}

#[test]
fn the_prompt_completes_and_shows_its_sql() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2fchurn > 0,8");
    assert!(bench.says("SQL  churn > 0.8"), "{:#?}", bench.lines());
    bench.strokes(" and segm<Tab>");
    assert!(bench.says("churn > 0,8 and segment"), "{:#?}", bench.lines());
    assert!(bench.says("segment_id"), "both are offered");
    bench.strokes(" = <Tab>");
    let offered = bench.lines().into_iter().find(|line| line.contains("'  '")).unwrap_or_default();
    assert!(offered.matches('\'').count() > 4, "{:#?}", bench.lines());
    bench.strokes("<Tab>");
    let first = bench.lines();
    bench.strokes("<Tab>");
    assert_ne!(first, bench.lines(), "the next value is put in");
    bench.strokes("<Enter>");
    assert!(bench.says("where churn > 0.8 and segment = '"), "{:#?}", bench.lines());
    bench.strokes("0flikely to leave > 95 % and Last seen < 30");
    assert!(bench.says("SQL  churn > 0.95 and recency_days < 30"), "{:#?}", bench.lines());
    bench.strokes("<Ctrl-u>likely to le<Tab> > 0.5<Enter>");
    assert!(bench.says("where churn > 0.5"), "{:#?}", bench.lines());
    bench.strokes("0funique_i<Tab> > 3<Enter>");
    assert!(bench.says("where unique_items > 3"), "{:#?}", bench.lines());
}

#[test]
fn views_are_saved_recalled_and_deleted_by_name() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2fchurn > 0.9<Enter>ls");
    let (risky, found) = (bench.ids(), rows(&mut bench));
    bench.strokes("Vrisky<Enter>");
    assert!(bench.says("saved as risky"), "{:#?}", bench.lines());
    bench.strokes("0");
    assert!(bench.says(ALL_USERS));
    // The panes of users share their views, and a session keeps them.
    let session = bench.app.session().unwrap();
    let (root, run) = bench.close();
    let mut bench = Bench::again(root, run, 120, 40, session);
    bench.strokes("2V<Enter>");
    assert_eq!((bench.ids(), rows(&mut bench)), (risky, found));
    bench.strokes("4V");
    assert!(bench.says("risky") && bench.says("where churn > 0.9 by segment"), "{:#?}", bench.lines());
    bench.strokes("<Ctrl-x>");
    assert!(bench.says("type a name"), "{:#?}", bench.lines());
    bench.strokes("<Esc>2V");
    assert!(!bench.says("risky"));
}

#[test]
fn an_id_is_gone_to() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2##1234<Enter>");
    assert_eq!(held(&mut bench), "1234");
    bench.strokes("#3<Enter>");
    assert_eq!(held(&mut bench), "2", "the third row");
    bench.strokes("fuser_id < 9<Enter>##1234<Enter>");
    assert!(bench.says("user_id 1234 is not in this view"), "{:#?}", bench.lines());
    bench.strokes("<Esc>##99999<Enter>");
    assert!(bench.says("is no number of a row, and no user_id here"), "{:#?}", bench.lines());
}

#[test]
fn pages_go_from_row_to_row() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2<Enter>n");
    assert!(bench.says("Users › User 1 "), "{:#?}", bench.lines()[0]);
    bench.strokes("nN");
    assert!(bench.says("Users › User 1 "));
    bench.strokes("NN");
    assert!(bench.says("Users › User 0 ") && bench.says("the first one of the list"), "{:#?}", bench.lines());
    bench.strokes("<Esc>");
    assert_eq!(held(&mut bench), "0", "the list follows");
    // A segment's page too.
    bench.strokes("3o");
    let first = bench.lines()[0].clone();
    bench.strokes("n");
    assert_ne!(bench.lines()[0], first);
    bench.strokes("N");
    assert_eq!(bench.lines()[0], first);
}

#[test]
fn what_the_threshold_selects_is_marked() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("4.35 %<Enter>");
    assert!(bench.says("threshold 35 %: "), "{:#?}", bench.lines());
    let line = bench.lines().into_iter().find(|line| line.contains("threshold 35 %: ")).unwrap();
    let users = line.split("threshold 35 %: ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    bench.strokes("m");
    assert!(bench.says(&format!("{users} marked")), "{:#?}", bench.lines());
    bench.strokes(".x<Enter>");
    assert!(bench.says("is no share"));
    bench.strokes("<Esc>u");
    assert!(!bench.says(" marked"));
    bench.strokes("7.100<Enter>m");
    assert!(bench.says("budget 100 users") && bench.says("100 marked"), "{:#?}", bench.lines());
    bench.strokes(".500 EUR<Enter>");
    assert!(bench.says("what a contact costs is not known: set uplift.contact_cost"), "{:#?}", bench.lines());
}

#[test]
fn a_wide_screen_shows_the_row_under_the_cursor_beside_the_table() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2j");
    let preview = |bench: &mut Bench| -> Vec<String> {
        let lines = bench.lines().into_iter().skip(1);
        lines.filter_map(|line| Some(line.split_once(['╭', '│', '╰'])?.1.to_owned())).collect()
    };
    let first = preview(&mut bench);
    assert!(first[0].trim_start().starts_with("1 ─"), "{first:#?}");
    assert!(first.iter().any(|line| line.starts_with("Last seen") && line.contains(" d")), "{first:#?}");
    bench.strokes("j");
    assert_ne!(preview(&mut bench), first, "it follows the cursor");
    // A column that comes into sight leaves it.
    assert!(preview(&mut bench).iter().any(|line| line.starts_with("Revenue expected, 60 d")));
    bench.strokes("llll");
    assert!(!preview(&mut bench).iter().any(|line| line.starts_with("Revenue expected, 60 d")), "{:#?}", bench.lines());
    assert!(preview(Bench::new(119, 40).strokes("2")).is_empty());
}

#[test]
fn a_row_is_copied_in_the_form_asked_for() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("2<Ctrl-y>row as json<Enter>");
    let json: serde_json::Value = serde_json::from_str(&copied(&bench)).unwrap();
    assert_eq!(json[0]["user_id"], 0);
    bench.strokes("<Ctrl-y>cell as csv<Enter>");
    assert_eq!(copied(&bench), "0");
    bench.strokes("  <Ctrl-y>marks as markdown<Enter>");
    let table = copied(&bench);
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines.len() == 4 && lines[0].starts_with("| user_id | segment |") && lines[1].starts_with("| --- |"),
        "{table}"
    );
    assert!(lines[2].starts_with("| 0 |") && lines[3].starts_with("| 1 |"), "{table}");
    bench.strokes("<Ctrl-y>marks as csv<Enter>");
    assert!(copied(&bench).starts_with("user_id,segment,"), "{}", copied(&bench));
}

#[test]
fn the_line_says_which_columns_are_in_sight() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2");
    let line = status(&mut bench);
    assert!(line.contains("columns 1–") && line.contains(" ▸") && !line.contains('◂'), "{line}");
    bench.keys(&"l".repeat(20));
    let line = status(&mut bench);
    assert!(line.contains(" ◂ ▸"), "{line}");
}
