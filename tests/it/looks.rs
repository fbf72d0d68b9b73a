//! Looks: notices that fade, one colour for a segment, tabs with names at any width, a palette of everything, the terminal's
//! background.

use ratatui::crossterm::event::KeyCode;
use ratatui::style::Color;
use user360::ui::theme::{Background, Role};
use user360::ui::{Action, Pane};

use crate::bench::Bench;
use crate::pty::{Place, Terminal};
use crate::sample::{ALL_USERS, LOADED};

#[test]
fn a_notice_fades_unless_a_later_one_has_come() {
    let mut bench = Bench::new(100, 24);
    bench.keys("2y");
    assert!(bench.says("copied"), "{:#?}", bench.lines());
    let first = bench.fading.pop().unwrap();
    bench.keys(":cancel-export").press(KeyCode::Enter);
    assert!(bench.says("no export or download is under way") && bench.app.popups.is_empty(), "{:#?}", bench.lines());
    let second = bench.fading.pop().unwrap();
    bench.app.dirty = false;
    bench.act(Action::Faded { notice: first });
    assert!(bench.says("no export or download is under way") && !bench.app.dirty);
    bench.act(Action::Faded { notice: second });
    assert!(bench.app.dirty && !bench.says("no export or download is under way"));
    // Once it is gone, nothing is left to draw.
    bench.app.dirty = false;
    bench.act(Action::Faded { notice: second });
    assert!(!bench.app.dirty);
    bench.keys("M");
    assert!(bench.says("no export or") && bench.says("download is under way"), "it is kept: {:#?}", bench.lines());
}

#[test]
fn a_segment_has_one_colour_in_tables_and_charts() {
    let mut bench = Bench::new(200, 60);
    let table = bench.app.grid_of(Pane::Segments).table().unwrap().clone();
    let names: Vec<String> = (0..table.len()).map(|row| table.cell(row, 0).to_string()).collect();
    assert!(names.len() > 2);
    bench.keys("3G");
    let mut seen = Vec::new();
    for (number, name) in names.iter().enumerate().take(2) {
        let (sign, style) = bench.app.theme().dot(number, names.len());
        let dot = format!("{sign} {name}");
        assert_eq!(bench.style_of(&dot).unwrap().fg, style.fg, "{dot} in the table of segments");
        assert!(!seen.contains(&style.fg));
        seen.push(style.fg);
    }
    bench.keys("2G");
    let dots = bench.lines().iter().filter(|line| names.iter().any(|name| line.contains(&format!("● {name}")))).count();
    assert!(dots > 20, "every row of users has its dot: {dots}");
}

#[test]
fn tabs_have_names_at_any_width() {
    for (width, wanted) in [(60, " Over Users"), (80, " 1 Over 2 Users"), (120, " 1 Overview  2 Users ")] {
        let mut bench = Bench::new(width, 24);
        let head = bench.lines().remove(0);
        assert!(head.contains(wanted) && head.contains("User360") && head.contains("SQL"), "{head}");
        bench.keys("2").press(KeyCode::Enter);
        let head = bench.lines().remove(0);
        assert!(head.contains("User ") && head.contains("SQL") && !head.contains("3 4"), "{head}");
    }
}

#[test]
fn the_palette_goes_to_the_pane_of_a_command_and_says_why_one_cannot_be_used() {
    let mut bench = Bench::new(100, 30);
    bench.keys(":save");
    let lines = bench.lines();
    let first = lines.iter().position(|line| line.contains("views")).unwrap();
    assert!(lines[..=first].iter().all(|line| !line.contains("SQL: a query")), "{lines:#?}");
    bench.press(KeyCode::Esc).keys(":mark-selected");
    assert!(bench.says("Churn m"), "{:#?}", bench.lines());
    bench.press(KeyCode::Enter);
    assert!(bench.app.pane == Pane::Churn && bench.says("marked"), "{:#?}", bench.lines());
    bench.keys("2:redo");
    assert!(bench.says("there is nothing to redo"));
    bench.press(KeyCode::Enter);
    assert!(bench.app.popups.is_empty() && bench.says("there is nothing to redo"), "it is told, and nothing happens");
}

#[test]
fn the_default_theme_takes_up_the_background_and_no_other_does() {
    let mut bench = Bench::new(80, 24);
    let ansi = bench.app.theme().style(Role::Title).fg;
    let light = bench.app.themes().iter().find(|theme| theme.name == "light").unwrap().style(Role::Title);
    bench.app.take_background(Background::of([0xffff; 3]));
    let fitted = bench.app.theme().style(Role::Title).fg;
    assert!(ansi == Some(Color::Cyan) && fitted == light.fg && bench.app.dirty);
    assert_eq!(bench.app.theme().style(Role::Text).bg, None, "the background stays the terminal's");
    bench.app.use_theme("light");
    assert_eq!(bench.app.theme().style(Role::Title), light);
}

/// Whether the program has asked for the background.
fn asked(terminal: &Terminal) -> bool {
    terminal.bytes().windows(6).any(|bytes| bytes == b"\x1b]11;?")
}

#[test]
fn the_answer_about_the_background_is_no_key_and_none_is_waited_for() {
    let place = Place::shop();
    let mut terminal = place.start().size((24, 100)).environment("COLORTERM", "truecolor").open();
    terminal.wait_for(LOADED);
    terminal.send("\x1b]11;rgb:ffff/ffff/ffff\x1b\\2");
    terminal.wait_for(ALL_USERS);
    assert!(asked(&terminal));
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    // Nobody answers, and nothing is asked where there are 256 colours.
    let mut terminal = place.open((24, 100));
    terminal.wait_for(ALL_USERS);
    assert!(!asked(&terminal));
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
