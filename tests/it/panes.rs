//! What the keys of each pane do besides those of its table.

use crate::bench::Bench;
use crate::sample::{self, ALL_USERS};

/// The number before a word on the screen, its separators left out.
fn number_before(bench: &mut Bench, words: &str) -> f64 {
    let lines = bench.lines();
    let line = lines.iter().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words} on {lines:#?}"));
    let before = line.split(words).next().unwrap().trim_end();
    before.rsplit(' ').next().unwrap().replace(',', "").parse().unwrap_or_else(|_| panic!("{line}"))
}

#[test]
fn each_pane_is_reached_by_its_number_and_by_tab() {
    let mut bench = Bench::new(120, 40);
    let panes = [
        "stages done",
        ALL_USERS,
        "Profile of",
        "threshold 50 %",
        "held-out Gini",
        "For user 0",
        "budget",
        "writes a query",
    ];
    for (at, words) in panes.iter().enumerate() {
        bench.strokes(&(at + 1).to_string());
        assert!(bench.says(words), "{words}: {:#?}", bench.lines());
    }
    for words in panes {
        bench.strokes("<tab>");
        assert!(bench.says(words), "{words}");
    }
    for words in panes.iter().rev().skip(1) {
        bench.strokes("<shift-tab>");
        assert!(bench.says(words), "{words}");
    }
}

#[test]
fn a_segment_opens_as_its_users_and_as_its_page() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("3");
    assert!(bench.says(sample::SEGMENTS[0]) && bench.says("k 5"));
    bench.strokes("j<enter>");
    assert!(bench.says("where segment = 'New browsers'") && bench.says("311 of 1,830 users"), "{:#?}", bench.lines());
    bench.strokes("3o");
    assert!(bench.says("Segment New browsers") && bench.says("Views") && bench.says("-1.67"));
    bench.strokes("<esc>");
    assert!(bench.says("Profile of New browsers"));
}

/// Users at a threshold, precision and recall, as the run has them.
fn at_threshold(hundredths: usize) -> [String; 2] {
    let threshold = hundredths as f64 / 100.0;
    // Of the active: who is gone already is no question.
    let active = sample::column("churn", "active");
    let churn = sample::column("churn", "churn");
    let users = churn.iter().zip(active).filter(|(churn, active)| **churn >= threshold && *active > 0.0).count();
    let record = sample::record("churn");
    let tested = &record["detail"]["evaluation"]["of_active"]["thresholds"][hundredths];
    let (precision, recall) = (tested["precision"].as_f64().unwrap(), tested["recall"].as_f64().unwrap());
    let users = if users < 1000 { users.to_string() } else { format!("{},{:03}", users / 1000, users % 1000) };
    [
        format!("threshold {hundredths} %: {users} active users"),
        format!("precision {:.1} %, recall {:.1} %", 100.0 * precision, 100.0 * recall),
    ]
}

#[test]
fn the_threshold_counts_users_and_tells_precision_and_recall() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("4");
    assert!(at_threshold(50).iter().all(|words| bench.says(words)), "{:#?}", bench.lines());
    let half = number_before(&mut bench, " active users");
    for _ in 0..30 {
        bench.strokes("<right>");
    }
    assert!(at_threshold(80).iter().all(|words| bench.says(words)), "{:#?}", bench.lines());
    assert!(half > number_before(&mut bench, " active users"));
    for _ in 0..200 {
        bench.strokes("<right>");
    }
    assert!(bench.says("threshold 100 %: 0 active users"));
    for _ in 0..200 {
        bench.strokes("<left>");
    }
    assert!(bench.says(&at_threshold(0)[0]));
}

#[test]
fn the_budget_reaches_the_most_persuadable_first_and_says_simulated() {
    let mut uplift = sample::column("uplift", "simulated_uplift");
    uplift.sort_by(|a, b| b.total_cmp(a));
    let mut bench = Bench::new(120, 40);
    bench.strokes("7");
    assert!(bench.says("simulated"));
    let mut reached = Vec::new();
    for keys in ["", "<left><left><left>", "<right>", &"<right>".repeat(60), &"<left>".repeat(200)] {
        bench.strokes(keys);
        let users = number_before(&mut bench, " users: ");
        let extra: f64 = uplift[..users as usize].iter().sum();
        let said = number_before(&mut bench, " extra conversions");
        assert!((said - extra).abs() < 0.501, "{said} for {users} users, not {extra}");
        reached.push(users);
    }
    let [first, fewer, more, all, fewest] = reached[..] else { unreachable!() };
    assert!(fewest <= fewer && fewer < more && more < first && first < all, "{reached:?}");
    assert!((all - sample::USERS as f64).abs() < 0.5, "{reached:?}");
}

#[test]
fn every_screen_that_shows_uplift_says_simulated() {
    let mut bench = Bench::new(120, 40);
    for screen in ["1", "2", "3", "4cj<enter>", "7", "2<enter>"] {
        bench.strokes(screen);
        let text = bench.lines().join("\n");
        let shows = text.contains("Extra ") || text.contains("Qini");
        assert!(!shows || text.contains("simulated"), "{screen}: {text}");
    }
}

#[test]
fn a_skipped_stage_says_why_in_its_pane() {
    let mut bench = Bench::without_uplift(80, 24);
    bench.strokes("7");
    assert!(bench.says("uplift skipped: 4 users are too few"));
    bench.strokes("zzsf<esc>/<space>e<enter>]");
    assert!(bench.says("7 Uplift") && bench.says("uplift skipped"));
}

#[test]
fn the_top_five_of_a_user_lead_to_items_and_those_like_them() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("6jj");
    assert!(bench.says("For user 2") && bench.says("source: ") && bench.says("0/"), "{:#?}", bench.lines());
    bench.strokes("o<down><enter>");
    assert!(bench.says("› Item 1444"), "{:#?}", bench.lines()[0]);
    bench.strokes("<esc>o104<enter>");
    assert!(bench.says("Item 104") && bench.says("39/24") && bench.says("9 similar items"), "{:#?}", bench.lines());
    // Who would want it, and back to the items like it.
    bench.strokes("w");
    assert!(bench.says("Users whose lists hold it") && bench.says("discover"), "{:#?}", bench.lines());
    bench.strokes("<enter>");
    assert!(bench.says("Item 104 › User "), "{:#?}", bench.lines()[0]);
    bench.strokes("<esc>w");
    assert!(bench.says("9 similar items"));
    bench.strokes("j<enter>");
    assert!(bench.says("› Item 1764"), "{:#?}", bench.lines()[0]);
    bench.strokes("<esc><esc>");
    assert!(bench.says("For user 2"));
    bench.strokes("o99999<enter>");
    assert!(bench.says("no item 99999 in run"));
    bench.strokes("<esc><enter>");
    assert!(bench.says("User 2"));
}

#[test]
fn a_query_is_written_corrected_and_called_back() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("8");
    assert!(bench.says("similar_items") && bench.says("1,154 rows") && bench.says("item_id, items, scores"));
    bench.strokes("wselect segmnt from users<enter>");
    assert!(bench.says("did you mean segment?"), "{:#?}", bench.lines());
    bench.strokes("<ctrl-u>select segment, count(*) as n from users group by segment order by segment<enter>");
    assert!(bench.says("5 rows") && bench.says("Returning shoppers"), "{:#?}", bench.lines());
    bench.strokes("fn > 1000<enter>");
    assert!(bench.says("1 of 5 rows"));
    bench.strokes("<enter>");
    assert!(bench.says("Row ") && bench.says("Lapsed one-time browsers"));
    bench.strokes("<esc>w<ctrl-u>drop table users<enter>");
    assert!(bench.says("a query starts with SELECT or WITH"));
    bench.strokes("<esc>w<ctrl-u>select 1 as one<enter>w<up><up>");
    assert!(bench.says("group by segment"));
}

#[test]
fn a_result_cut_says_so() {
    let mut bench = Bench::new(120, 40);
    bench.app.settings.sql_rows = 7;
    bench.strokes("8wselect * from events<enter>");
    assert!(bench.says("first 7 rows: ui.sql_rows is the limit"), "{:#?}", bench.lines());
    bench.strokes("w<ctrl-u>select * from users limit 7<enter>");
    assert!(!bench.says("ui.sql_rows"));
}

#[test]
fn two_runs_are_compared() {
    let mut bench = Bench::with_two_runs(120, 40);
    bench.strokes("d");
    assert!(bench.says("1,830 users in both runs, 0 new, 0 no longer there"), "{:#?}", bench.lines());
    assert!(
        bench.says("Likely to leave, change")
            && bench.says("from (rows) to (columns)")
            && bench.says("churn Ranking (AUC)")
    );
    let changes: Vec<f64> = {
        let grid = bench.app.grid().unwrap();
        let (table, column) = (grid.table().unwrap(), grid.table().unwrap().column("churn_change").unwrap());
        let cells =
            grid.rows().rows().map(|row| table.cell(row as usize, column).to_string().parse::<f64>().unwrap().abs());
        cells.collect()
    };
    assert!(changes.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{changes:?}");
    bench.strokes("<enter>");
    assert!(bench.says("› User "));
    bench.strokes("<esc><esc>");
    let mut bench = Bench::new(80, 24);
    bench.strokes("d");
    assert!(bench.says("keeps no earlier run"));
}

#[test]
fn a_theme_is_tried_before_it_is_chosen() {
    let mut bench = Bench::new(80, 24);
    bench.strokes("t<down><down>");
    assert_eq!(bench.app.theme().name, "light");
    bench.strokes("<esc>");
    assert_eq!(bench.app.theme().name, "default");
    bench.strokes("tcolour<enter>");
    assert_eq!(bench.app.theme().name, "colour-blind");
}

#[test]
fn charts_are_turned_and_take_more_or_less_room() {
    let mut bench = Bench::new(80, 24);
    bench.strokes("4");
    assert!(bench.says("chart 1 of 5"));
    bench.strokes("]]");
    assert!(bench.says("ROC") && bench.says("chart 3 of 5"));
    bench.strokes("[[[");
    assert!(bench.says("chart 5 of 5") && bench.says("Last seen"));
    bench.strokes("z");
    assert!(!bench.says("chart "));
    bench.strokes("z");
    assert!(bench.says("chart 5 of 5") && !bench.says("Likely to leave ▼"));
    bench.strokes("z");
    assert!(bench.says("chart 5 of 5") && bench.says("Likely to leave ▼"));
}

#[test]
fn a_users_page_is_marked_copied_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.csv");
    let mut bench = Bench::new(120, 40);
    bench.strokes("2jj<enter><space>");
    assert!(bench.says("User 2 ◆ marked"));
    bench.strokes("y");
    assert!(bench.says("copied the id: 2"));
    bench.strokes("e");
    assert!(bench.says("this user, 2"));
    bench.strokes("<down><down><down><down><ctrl-u>");
    bench.keys(file.to_str().unwrap());
    bench.strokes("<enter>");
    assert!(bench.says("1 row, ") && !bench.says("1 rows"));
    assert!(std::fs::read_to_string(&file).unwrap().contains("\r\n2,"));
}

#[test]
fn a_new_run_keeps_marks_view_and_page_and_says_what_is_of_the_run_before() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("6");
    assert!(bench.says("For user 0"));
    bench.strokes("8wselect * from users<enter>4fltv > 1<enter>g<space>");
    let marked = bench.app.grid().unwrap().marks().clone();
    let churn = |bench: &mut Bench| bench.row(3);
    let before = churn(bench.strokes("g"));
    bench.run_again();
    assert_ne!(churn(bench.strokes("g")), before, "the scores are the new run's");
    assert!(bench.says("where ltv > 1") && bench.says("1 marked"));
    assert_eq!(*bench.app.grid().unwrap().marks(), marked);
    bench.strokes("8");
    assert!(bench.says("of the run before"));
    bench.strokes("w<enter>");
    assert!(!bench.says("of the run before"));
    bench.strokes("6");
    assert!(bench.says("For user 0") && bench.says("1 marked"), "{:#?}", bench.lines());
}
