//! A log nobody described, looked at and described in the workbench.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crossterm::event::KeyCode;
use serde_json::Value;
use tempfile::TempDir;
use user360::config::{Config, IngestSettings};
use user360::ingest::campaign::Price;
use user360::job::Job;
use user360::pipeline::{self, Board, RunRequest};
use user360::stage::StageId;
use user360::ui::command::Dialog;
use user360::ui::{Action, Effect, Work, update};

use crate::bench::Bench;
use crate::headless::path;
use crate::init::german;
use crate::pty::{CLEAR, ENTER, ESC, LARGE, Place, RIGHT, typed};

/// A workbench without a log of its own, and the German shop's in a folder.
fn workbench() -> (Bench, TempDir, PathBuf) {
    let mut bench = Bench::empty(120, 40);
    bench.app.input = None;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    fs::write(&log, german()).unwrap();
    (bench, folder, log)
}

/// Looks at a log.
pub fn look(bench: &mut Bench, log: &Path) {
    bench.strokes(&format!("I<Ctrl-u>{}<Enter>", log.display()));
}

/// Moves the cursor to a line.
fn go_to(bench: &mut Bench, name: &str) {
    bench.strokes("g");
    while !bench.says(&format!("▌ {name} ")) {
        let before = bench.lines();
        bench.strokes("<down>");
        assert_ne!(bench.lines(), before, "no line {name} on {before:#?}");
    }
}

/// The number behind a word, of several the last: what was read stands below the choices.
fn number_behind(bench: &mut Bench, word: &str) -> u64 {
    let text = bench.lines().join("\n");
    let (_, behind) = text.rsplit_once(&format!("{word} ")).unwrap_or_else(|| panic!("no {word} on {text}"));
    behind.split_whitespace().next().unwrap().replace(',', "").parse().unwrap_or_else(|_| panic!("{word} on {text}"))
}

/// What the dialog asks the outside world for.
fn asked(effects: Vec<Effect>) -> (Work, Job) {
    let work = effects.into_iter().find_map(|effect| match effect {
        Effect::Work(work, job) => Some((work, job)),
        _ => None,
    });
    work.expect("work for the background")
}

#[test]
fn a_choice_is_taken_back_cleared_and_proposed_again() {
    let (mut bench, _folder, log) = workbench();
    look(&mut bench, &log);
    go_to(&mut bench, "event newsletter");
    bench.strokes("<right>");
    assert_eq!(number_behind(&mut bench, "views"), 240);
    bench.strokes("u");
    assert_eq!(number_behind(&mut bench, "ignored: newsletter"), 80);
    assert!(bench.says("< Preis >"));
    go_to(&mut bench, "price");
    bench.strokes("<delete>");
    assert!(!bench.says("< Preis >"), "{:#?}", bench.lines());
    go_to(&mut bench, "event newsletter");
    bench.strokes("<right>0");
    assert!(bench.says("< Preis >"), "{:#?}", bench.lines());
    assert_eq!(number_behind(&mut bench, "ignored: newsletter"), 80);
    bench.strokes("u");
    assert!(bench.says("nothing was chosen otherwise than proposed"), "{:#?}", bench.lines());
}

#[test]
fn a_log_is_looked_at_corrected_written_and_run_on() {
    let (mut bench, folder, log) = workbench();
    assert!(bench.says("I looks at a log of your own"));
    look(&mut bench, &log);
    assert!(bench.says("How to read log.csv") && bench.says("The first 10,000 rows of each file, read so"));
    assert!(bench.says("< Kunde >") && bench.says("< %d.%m.%Y %H:%M >"), "{:#?}", bench.lines());
    assert_eq!((number_behind(&mut bench, "transactions"), number_behind(&mut bench, "users")), (80, 61));
    assert_eq!(number_behind(&mut bench, "ignored: newsletter"), 80);

    // Newsletters are looked at, as it were.
    go_to(&mut bench, "event newsletter");
    bench.strokes("<right>");
    assert!(bench.says("< view >") && number_behind(&mut bench, "views") == 240, "{:#?}", bench.lines());
    bench.strokes("<left>");
    assert_eq!(number_behind(&mut bench, "ignored"), 80);
    // The column of another role goes over, and its own is free.
    go_to(&mut bench, "user");
    bench.strokes("<enter>");
    assert!(bench.says("61 different, such as K0, K1, K2"), "{:#?}", bench.lines());
    bench.strokes("artikel<enter>");
    assert!(bench.says("chosen instead of Kunde") && bench.says("Artikel is the user now"));
    assert_eq!(number_behind(&mut bench, "items"), 0);
    // What leaves buying out is not written at the first Enter.
    go_to(&mut bench, "event bestellung");
    bench.strokes("<enter>ignore<enter>");
    assert!(bench.says("no row is a purchase; ignored are bestellung (80)"), "{:#?}", bench.lines());
    let unwritten = folder.path().join("unwritten.toml");
    bench.strokes(&format!("w<Ctrl-u>{}<enter>", path(&unwritten)));
    assert!(bench.says("Enter again writes") && !unwritten.exists(), "{:#?}", bench.lines());
    bench.strokes("<esc><enter>transaction<enter>");
    go_to(&mut bench, "item");
    bench.strokes("<enter>kunde<enter>");
    assert_eq!((number_behind(&mut bench, "users"), number_behind(&mut bench, "items")), (31, 61));
    let counts: Vec<(&str, u64)> =
        ["rows", "accepted", "duplicates", "views", "addtocarts", "transactions", "users", "items"]
            .into_iter()
            .map(|word| (word, number_behind(&mut bench, word)))
            .collect();

    let out = folder.path().join("shop.toml");
    fs::write(&out, "[run]\nkeep = 2\n").unwrap();
    bench.strokes(&format!("w<Ctrl-u>{}", path(&out)));
    bench.press(KeyCode::Enter);
    assert!(bench.says("exists. Enter again replaces its [ingest] part"));
    assert_eq!(fs::read_to_string(&out).unwrap(), "[run]\nkeep = 2\n");
    bench.press(KeyCode::Enter);
    // What no log tells is asked; nothing needs an answer.
    assert!(bench.says("1 of 5: the currency"), "{:#?}", bench.lines());
    bench.strokes("eur with tax<enter>much<enter>");
    assert!(bench.says("give a share such as 40 %"), "{:#?}", bench.lines());
    bench.strokes("<ctrl-u>40 %<enter><enter><esc>");
    assert!(bench.app.popups.is_empty(), "{:#?}", bench.lines());
    let last = bench.lines().pop().unwrap();
    assert!(
        last.contains("3 questions left open; wrote") && last.contains("shop.toml; r runs the stages on it"),
        "{last}"
    );
    let written = Config::load(Some(&out)).unwrap();
    assert_eq!((written.run.keep, written.ingest.columns.item.text()), (2, "Kunde"));
    assert_eq!((written.shop.currency.as_str(), written.shop.tax.as_str()), ("EUR", "included"));
    assert_eq!(written.campaign.margin, Price::Share(0.4));
    assert!(fs::read_to_string(&out).unwrap().contains("# chosen instead of Artikel\nitem = \"Kunde\"\n"));

    bench.keys("r");
    assert_eq!(bench.ran_on, std::slice::from_ref(&log));
    assert_eq!(written.ingest.input, "log.csv", "told from where the settings lie");
    assert_eq!(bench.read_by, [Some(IngestSettings { input: String::new(), ..written.ingest.clone() })]);
    let config = Config { ingest: bench.read_by[0].clone().unwrap(), ..Config::default() };
    let (workspace, only) = (folder.path().join("workspace"), Some(vec![StageId::Ingest]));
    let request = RunRequest {
        input: log,
        workspace,
        only,
        force: false,
        config,
        campaign: None,
        accept_shrunk: false,
        accept_settings: false,
    };
    let run = pipeline::run(&request, &Board::new()).unwrap();
    let kinds = &run.stage(StageId::Ingest).unwrap().detail["funnel"];
    let events = &run.input["events"];
    let told: Vec<&Value> = vec![
        &events["read"],
        &events["accepted"],
        &events["duplicates"],
        &kinds["view"],
        &kinds["addtocart"],
        &kinds["transaction"],
        &run.input["users"],
        &run.input["items"],
    ];
    for ((word, count), told) in counts.into_iter().zip(told) {
        assert_eq!(told.as_u64(), Some(count), "{word} of {:#}", run.input);
    }
}

#[test]
fn only_the_last_choice_is_answered() {
    let (mut bench, _folder, log) = workbench();
    look(&mut bench, &log);
    go_to(&mut bench, "event newsletter");
    let (first, job) = asked(update(&mut bench.app, Action::Command(Dialog::NextOption.into())));
    assert!(bench.says("reading the first rows so; below, what it was before"), "{:#?}", bench.lines());
    assert_eq!(number_behind(&mut bench, "views"), 160, "the old counts stay in sight");
    bench.strokes("w<enter>");
    assert!(bench.says("Enter again when that is done"), "{:#?}", bench.lines());
    bench.strokes("<esc>");
    let (second, _) = asked(update(&mut bench.app, Action::Command(Dialog::NextOption.into())));
    assert!(job.is_cancelled());
    // Done all the same, it is the answer to a question that nobody asks any more.
    bench.act(Action::Answered(first.perform(&Job::new())));
    assert!(bench.says("reading the first rows so") && number_behind(&mut bench, "views") == 160);
    bench.act(Action::Answered(second.perform(&Job::new())));
    assert!(!bench.says("reading the first rows so") && bench.says("< addtocart >"));
    assert_eq!((number_behind(&mut bench, "views"), number_behind(&mut bench, "addtocarts")), (160, 160));
}

#[test]
fn what_cannot_be_looked_at_says_why_and_is_asked_for_again() {
    let (mut bench, folder, _) = workbench();
    bench.strokes("I<enter>");
    assert!(bench.says("name a file, or a folder, with a log"));
    let empty = folder.path().join("empty.csv");
    fs::write(&empty, "").unwrap();
    bench.strokes(&format!("{}<enter>", empty.display()));
    assert!(bench.says("is empty; name a file"), "{:#?}", bench.lines());
    bench.strokes("<enter>");
    assert!(bench.says("empty.csv") && bench.says("A log of your own"), "the prompt holds the path");
    bench.strokes("<esc>");
    assert!(bench.app.popups.is_empty() && bench.app.input.is_none());
}

#[test]
fn a_log_without_users_can_be_given_some_and_another_shape_is_looked_at_anew() {
    let (mut bench, folder, _) = workbench();
    let log = folder.path().join("odd.csv");
    let mut rows = String::from(
        "when,nickname,item
",
    );
    for at in 0..50 {
        writeln!(rows, "2024-01-{:02} 10:00:00,n{},sku{}", at % 28 + 1, at % 9, at % 7).unwrap();
    }
    fs::write(&log, rows).unwrap();
    look(&mut bench, &log);
    assert!(bench.says("The log cannot be read so") && bench.says("< – none >"), "{:#?}", bench.lines());
    go_to(&mut bench, "user");
    bench.strokes("<right><right>");
    assert_eq!((number_behind(&mut bench, "users"), number_behind(&mut bench, "items")), (9, 7));
    go_to(&mut bench, "header");
    bench.strokes("<right>");
    assert!(bench.says("< false >") && bench.says("< 2 >"), "{:#?}", bench.lines());
    // While it is looked at anew nothing is chosen for the columns that go.
    let (work, job) = asked(update(&mut bench.app, Action::Command(Dialog::NextOption.into())));
    bench.strokes("gj");
    assert!(bench.says("looking at the first rows") && !job.is_cancelled(), "{:#?}", bench.lines());
    bench.act(Action::Answered(work.perform(&job)));
    assert!(bench.says("< when >"), "{:#?}", bench.lines());
    go_to(&mut bench, "header");
    assert!(bench.says("< true >"), "{:#?}", bench.lines());
    bench.strokes("<esc>");
    assert!(bench.app.popups.is_empty() && bench.lines().last().unwrap().contains("nothing was written"));
    bench.strokes("j");
    assert!(!bench.says("nothing was written"));
}

#[test]
fn a_second_look_that_fails_leaves_the_choices_and_reads_the_rows_by_them() {
    let (mut bench, folder, _) = workbench();
    let log = folder.path().join("comma.csv");
    fs::write(&log, "when;user;item, all\n2024-01-01 10:00:00;u1;i1\n2024-01-02 10:00:00;u2;i1\n").unwrap();
    look(&mut bench, &log);
    go_to(&mut bench, "default_event");
    // The preview of this choice is given up for the look that follows.
    let (_, given_up) = asked(update(&mut bench.app, Action::Command(Dialog::NextOption.into())));
    go_to(&mut bench, "separator");
    bench.strokes("<left>");
    assert!(given_up.is_cancelled());
    assert!(bench.says("holds a header but no row"), "{:#?}", bench.lines());
    bench.strokes("<enter>");
    assert!(bench.says("< ; >") && bench.says("< item, all >"), "{:#?}", bench.lines());
    assert_eq!((number_behind(&mut bench, "views"), number_behind(&mut bench, "addtocarts")), (0, 2));
}

#[test]
fn the_dialog_takes_the_keys_and_scrolls() {
    let (mut bench, _folder, log) = workbench();
    for (width, height) in [(60, 16), (80, 24)] {
        bench.terminal.backend_mut().resize(width, height);
        bench.act(Action::Resize(ratatui::layout::Size { width, height }));
        look(&mut bench, &log);
        assert!(!bench.says("event waren") && bench.says("1/25: "));
        bench.strokes("G");
        assert!(bench.says("▌ event waren") && bench.says("25/25: "), "{:#?}", bench.lines());
        bench.strokes("28D:");
        assert!(bench.says("▌ event waren"), "no other layer's command is done");
        assert!(bench.says("rows 400"));
        bench.strokes("<PgDn><PgDn>");
        assert!(bench.says("no transaction ids"), "{:#?}", bench.lines());
        bench.strokes("?");
        assert!(bench.says("Help, lines"));
        bench.strokes("qq");
        assert!(bench.app.popups.is_empty() && !bench.quit);
    }
}

#[test]
fn the_program_in_a_terminal_opens_the_dialog_and_leaves_nothing_behind() {
    let place = Place::empty();
    let log = place.file("log.csv");
    fs::write(&log, german()).unwrap();
    let out = place.file("shop.toml");
    let init = || place.start().argument("init").argument(typed(&log)).arguments(&["--out", path(&out)]).size(LARGE);
    let mut terminal = init().open();
    terminal.wait_for_all(&["How to read log.csv", "< Kunde >", "transactions 80"]);
    terminal.send(ESC);
    terminal.wait_for("nothing was written");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    assert!(!out.exists());
    assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "the log alone");

    let mut terminal = init().arguments(&["--set", "columns.price=Artikel", "--set", "columns.item=Preis"]).open();
    terminal.wait_for_all(&["< Artikel >", "given"]);
    terminal.send(ESC);
    terminal.wait_for("nothing was written");
    terminal.send(&format!("I{CLEAR}{}{ENTER}", typed(&log)));
    terminal.wait_for("transactions 80");
    terminal.send(RIGHT);
    terminal.send("w");
    terminal.wait_for("Write how to read log.csv");
    terminal.send(&format!("{CLEAR}{}{ENTER}", typed(&out)));
    terminal.wait_for("1 of 5");
    terminal.send("\u{1b}");
    terminal.wait_for("r runs the stages on it");
    assert_eq!(Config::load(Some(&out)).unwrap().ingest.columns.user.text(), "Kunde");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn several_logs_of_a_folder_are_described_line_by_line() {
    let (mut bench, folder, _) = workbench();
    let shop = folder.path().join("shop");
    fs::create_dir(&shop).unwrap();
    let (mut views, mut orders) =
        (String::from("ts,visitor,sku\n"), String::from("ordered;kunde;artikel;betrag;bestellung\n"));
    for row in 0..120_u32 {
        writeln!(views, "{},{},{}", 1_704_067_207 + row * 4_000, 7000 + row % 30, row % 11).unwrap();
        writeln!(
            orders,
            "{:02}.01.2024 10:{:02};{};{};{},50;B{row}",
            row % 28 + 1,
            row % 60,
            7000 + row % 30,
            row % 11,
            row % 9 + 1
        )
        .unwrap();
    }
    fs::write(shop.join("views.csv"), views).unwrap();
    fs::write(shop.join("orders.csv"), orders).unwrap();
    look(&mut bench, &shop);
    assert!(bench.says("log 1: user") && bench.says("views.csv is a log of its own"), "{:#?}", bench.lines());
    let counts = ["views", "transactions"].map(|word| number_behind(&mut bench, word));
    assert!(counts == [120, 120] && bench.says("users 30"), "{:#?}", bench.lines());
    // A choice is of its own log alone.
    go_to(&mut bench, "log 2: default_event");
    bench.strokes("<enter>addtocart<enter>");
    let counts = ["views", "addtocarts", "transactions"].map(|word| number_behind(&mut bench, word));
    assert_eq!(counts, [0, 120, 120], "{:#?}", bench.lines());
    let out = folder.path().join("shop.toml");
    bench.strokes(&format!("w<Ctrl-u>{}<enter>", path(&out)));
    if !out.exists() {
        bench.press(KeyCode::Enter);
    }
    let logs = Config::load(Some(&out)).unwrap().ingest.logs;
    let told = |at: usize| (logs[at].files.clone(), logs[at].columns.user.text().to_owned(), logs[at].default_event);
    assert_eq!(told(0).1, "kunde", "{logs:?}");
    assert_eq!((told(1).1.as_str(), logs.len()), ("visitor", 2));
    assert_ne!(told(0).2, told(1).2);
}
