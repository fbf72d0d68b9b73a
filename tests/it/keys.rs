//! What the keys do, on the workbench without a terminal.

use crossterm::event::KeyCode;
use ratatui::layout::Size;
use user360::stage::StageId;
use user360::ui::Action;

use crate::bench::{Bench, under_way};
use crate::sample::{ALL_USERS, LOADED};

#[test]
fn a_stage_reports() {
    let mut bench = Bench::new(80, 40);
    bench.keys("G").press(KeyCode::Enter);
    bench.keys("jjj").press(KeyCode::Enter);
    let report = bench.lines();
    for words in ["Ranking (AUC), active users", "0.785 (0.717 to"] {
        assert!(report.iter().any(|line| line.contains(words)), "{words} is missing from {report:#?}");
    }
    // Back to the list of the stages, and from that to their line.
    bench.press(KeyCode::Esc).press(KeyCode::Esc);
    assert!(bench.says("stages done"));
}

#[test]
fn a_sort_begins_at_the_top_and_filter_reset_and_marks_keep_the_cursor_on_its_user() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2jjj");
    assert_eq!(bench.ids()[..4], ["0", "1", "2", "3"]);
    let held = |bench: &mut Bench| bench.lines().into_iter().find(|line| line.starts_with('▌')).unwrap();
    assert!(held(&mut bench).contains(" 3  ● New browsers"), "{}", held(&mut bench));
    bench.keys("s");
    assert!(bench.says("User ▲"));
    assert!(held(&mut bench).contains(" 0  "), "{}", held(&mut bench));
    bench.keys("jjj ks");
    assert!(bench.says("User ▼"));
    // The row under the cursor is marked.
    assert!(held(&mut bench).contains(" 3  ● New browsers"), "{}", held(&mut bench));
    bench.keys(" k");
    bench.keys("fsegment = 'New browsers'").press(KeyCode::Enter);
    assert!(bench.says("311 of 1,830 users"), "{:#?}", bench.lines().last());
    assert!(bench.says("where segment = 'New browsers'"));
    assert!(held(&mut bench).contains(" 3  ● New browsers"));
    bench.keys("0");
    assert!(bench.says(ALL_USERS));
    assert!(held(&mut bench).contains(" 3  ● New browsers"));
}

#[test]
fn a_second_key_breaks_ties() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2lshSSg");
    assert!(bench.says("Segment ▲1") && bench.says("User ▼2"));
    // The first segment by name is that of the browsers of several items.
    assert_eq!(bench.ids()[..3], ["1820", "1811", "1810"]);
}

#[test]
fn rows_like_a_cell() {
    let mut bench = Bench::new(120, 40);
    bench.keys("2llF");
    assert!(bench.says("3 of 1,830 users"), "churn as shown picks the rows that look so: {:#?}", bench.lines());
    bench.keys("0hF");
    assert!(bench.says("where segment = 'Browsers, several items'"));
    bench.keys("0llllllll");
    while !bench.row(1).contains("Between events") {
        bench.keys("l");
    }
}

#[test]
fn search_goes_round_and_says_when_nothing_is_found() {
    let mut bench = Bench::new(80, 24);
    bench.keys("2/1234").press(KeyCode::Enter);
    let held = |bench: &mut Bench| {
        let line = bench.lines().into_iter().find(|line| line.starts_with('▌')).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(held(&mut bench), "1234");
    bench.keys("N");
    assert_eq!(held(&mut bench), "1234", "the only user found is found again");
    bench.keys("/182").press(KeyCode::Enter);
    assert_eq!(held(&mut bench), "1820");
    bench.keys("n");
    assert_eq!(held(&mut bench), "1821");
    bench.keys("N");
    assert_eq!(held(&mut bench), "1820");
    bench.keys("/zzz").press(KeyCode::Enter);
    assert_eq!(held(&mut bench), "1820");
    assert!(bench.says("no User holds"));
}

#[test]
fn the_timeline_is_paged_newest_first() {
    let mut bench = Bench::new(120, 40);
    // The user with the most events: 133.
    bench.keys("2fuser_id = 1543").press(KeyCode::Enter).press(KeyCode::Enter);
    bench.keys("G");
    assert!(!bench.says("2015-05-09 01:38"), "the oldest event is on the second page");
    bench.keys("]G");
    assert!(bench.says("2015-05-09 01:38"), "{:#?}", bench.lines());
    let scrolled = bench.lines();
    bench.keys("]");
    assert_eq!(bench.lines(), scrolled, "there is no third page");
}

#[test]
fn an_escape_that_a_multiplexer_took_for_alt_is_an_escape() {
    let mut bench = Bench::new(80, 24);
    bench.strokes("2fchurn<alt-3>");
    assert!(bench.says("Profile of"), "the prompt is left and the key does what it does");
    bench.strokes("fone two<alt-b>x");
    assert!(bench.says("one xtwo"), "in a line of text Alt-b goes back a word");
}

#[test]
fn layers_close_from_above() {
    let mut bench = Bench::new(80, 24);
    bench.keys("2").press(KeyCode::Enter);
    bench.keys("?");
    assert!(bench.says("Help, lines"));
    bench.keys("q");
    assert!(!bench.says("Help, lines") && bench.says("User 0"));
    bench.keys("q");
    assert!(!bench.quit && !bench.says("User 0"));
    bench.keys("q");
    assert!(bench.quit);
}

#[test]
fn quitting_a_run_under_way_asks_first() {
    let mut bench = Bench::new(80, 24);
    bench.keys("Rq");
    assert_eq!(bench.started, [true]);
    assert!(!bench.quit && bench.says("A run is under way"));
    bench.press(KeyCode::Esc).keys("q").press(KeyCode::Enter);
    assert!(bench.quit);
}

#[test]
fn a_stage_at_work_can_be_cancelled_and_no_other() {
    let mut bench = Bench::new(80, 24);
    bench.keys("r");
    bench.act(Action::Stages(under_way(1000)));
    bench.keys("x");
    assert!(bench.says("not at work"));
    bench.keys("jx");
    assert_eq!(bench.cancelled, [StageId::Features]);
    bench.keys("r");
    assert!(bench.says("a run is under way"));
    assert_eq!(bench.started.len(), 1);
}

#[test]
fn nothing_is_drawn_when_nothing_is_seen_to_change() {
    let mut bench = Bench::new(80, 24);
    bench.keys("r");
    bench.act(Action::Stages(under_way(1000)));
    bench.app.dirty = false;
    bench.act(Action::Stages(under_way(1000)));
    assert!(!bench.app.dirty);
    bench.act(Action::Stages(under_way(2000)));
    assert!(bench.app.dirty);
}

#[test]
fn a_run_that_fails_says_why_and_the_last_one_stays() {
    let mut bench = Bench::new(80, 24);
    bench.keys("r");
    bench.act(Action::RunEnded(Err(user360::Error::Rejected("no column timestamp".to_owned()))));
    assert!(bench.says("no column timestamp"));
    bench.press(KeyCode::Enter);
    assert!(bench.says(LOADED));
    assert!(!bench.app.running);
}

#[test]
fn an_empty_workspace_says_how_to_fill_it() {
    let mut bench = Bench::empty(80, 24);
    assert!(bench.says("holds no run yet") && bench.says("r runs the stages on sample-data"));
    bench.keys("2");
    assert!(bench.says("no run yet"));
    bench.press(KeyCode::Enter).keys("sFfn0/jG");
    assert!(bench.says("no run yet"));
}

#[test]
fn the_palette_runs_what_it_finds() {
    let mut bench = Bench::new(80, 24);
    bench.keys(":users").press(KeyCode::Enter);
    assert!(bench.says(ALL_USERS));
    bench.keys(":sort").press(KeyCode::Enter);
    assert!(bench.says("User ▲"));
}

#[test]
fn a_small_terminal_is_told_how_much_room_is_needed() {
    let mut bench = Bench::new(80, 24);
    for (width, height) in [(59, 16), (60, 15), (10, 3), (1, 1)] {
        bench.terminal.backend_mut().resize(width, height);
        bench.act(Action::Resize(Size { width, height }));
        let first = bench.lines().remove(0);
        assert!("User360 needs 60 x 16".starts_with(first.trim_end()), "{first}");
    }
}

#[test]
fn every_screen_fits_every_size() {
    let screens = ["", "?", "2", "2f", "2/", ":", "2fchurm > 1\n", "2\n", "2\nG", "\n", "r"];
    let mut bench = Bench::new(60, 16);
    for (width, height) in [(60, 16), (61, 17), (79, 23), (100, 16), (60, 50), (250, 70)] {
        bench.terminal.backend_mut().resize(width, height);
        bench.act(Action::Resize(Size { width, height }));
        for screen in screens {
            bench.app.popups.clear();
            bench.app.drills.clear();
            bench.app.running = false;
            bench.keys("1");
            for letter in screen.chars() {
                bench.press(if letter == '\n' { KeyCode::Enter } else { KeyCode::Char(letter) });
            }
            assert_eq!(bench.lines().len(), usize::from(height));
        }
    }
}

#[test]
fn the_ascii_theme_draws_in_ascii() {
    let mut bench = Bench::new(120, 40);
    bench.app.use_theme("ascii");
    for screen in ["1", "2", "?", "1\n", "2\n"] {
        bench.app.popups.clear();
        for letter in screen.chars() {
            bench.press(if letter == '\n' { KeyCode::Enter } else { KeyCode::Char(letter) });
        }
        for line in bench.lines() {
            // What the log itself holds stays as it is.
            let line = line.replace(['日', '本', '茶', '\u{fffd}'], "");
            assert!(line.is_ascii(), "{screen}: {line}");
        }
    }
}

#[test]
fn the_way_to_help_and_the_way_out_are_always_told() {
    for (width, height) in [(60, 16), (80, 24), (120, 40)] {
        let mut bench = Bench::new(width, height);
        for pane in "12345678".chars() {
            bench.keys(&pane.to_string());
            let hints = bench.lines().pop().unwrap();
            assert!(hints.contains("? help") && hints.contains("q quit"), "pane {pane} at {width}: {hints}");
        }
        bench.strokes("2<enter>");
        let hints = bench.lines().pop().unwrap();
        assert!(hints.contains("? help") && hints.contains("q close"), "a page at {width}: {hints}");
    }
}
