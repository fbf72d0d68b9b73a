//! What the keys of each pane do besides those of its table.

use crate::bench::Bench;

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
        "Stages of run",
        "40 users",
        "Profile of",
        "threshold 0.50",
        "held-out RMSE",
        "For user 7",
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
    assert!(bench.says("One-time") && bench.says("k 3"));
    bench.strokes("j<enter>");
    assert!(bench.says("where segment = 'Loyal buyers'") && bench.says("13 of 40 users"), "{:#?}", bench.lines());
    bench.strokes("3o");
    assert!(bench.says("Segment Loyal buyers") && bench.says("views (events)") && bench.says("+2.00"));
    bench.strokes("<esc>");
    assert!(bench.says("Profile of Loyal buyers"));
}

#[test]
fn the_threshold_counts_users_and_tells_precision_and_recall() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("4");
    let half = number_before(&mut bench, " users");
    assert!(bench.says("precision 0.767, recall 0.500"));
    for _ in 0..30 {
        bench.strokes("<right>");
    }
    assert!(bench.says("threshold 0.80") && bench.says("precision 0.867, recall 0.200"));
    let fewer = bench.lines()[1].clone();
    assert!(fewer.contains("threshold 0.80: 8 users"), "{fewer}");
    assert!(half > 8.0);
    for _ in 0..200 {
        bench.strokes("<right>");
    }
    assert!(bench.says("threshold 1.00"));
    for _ in 0..200 {
        bench.strokes("<left>");
    }
    assert!(bench.says("threshold 0.00: 40 users"));
}

#[test]
fn the_budget_reaches_the_most_persuadable_first_and_says_simulated() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("7");
    assert!(bench.says("simulated campaign"));
    // The ten best of -0.10 … 0.29 in hundredths: 0.20 … 0.29.
    for _ in 0..9 {
        bench.strokes("<left>");
    }
    assert!(bench.says("budget 10 users: 2.45 extra conversions"), "{:#?}", bench.lines()[1]);
    bench.strokes("<right>");
    assert!(bench.says("budget 15 users: 3.3 extra conversions"), "{:#?}", bench.lines()[1]);
    for _ in 0..20 {
        bench.strokes("<right>");
    }
    assert!(bench.says("budget 40 users: 3.8 extra conversions"), "{:#?}", bench.lines()[1]);
}

#[test]
fn every_screen_that_shows_uplift_says_simulated() {
    let mut bench = Bench::new(120, 40);
    for screen in ["1", "2", "3", "4cj<enter>", "7", "2<enter>"] {
        bench.strokes(screen);
        let text = bench.lines().join("\n");
        let shows = text.contains("uplift ") || text.contains("qini");
        assert!(!shows || text.contains("simulated"), "{screen}: {text}");
    }
}

#[test]
fn a_skipped_stage_says_why_in_its_pane() {
    let mut bench = Bench::without_campaign(80, 24);
    bench.strokes("7");
    assert!(bench.says("uplift skipped: no campaign: 21 days"));
    bench.strokes("zzsf<esc>/<space>e<enter>]");
    assert!(bench.says("Persuadables"));
}

#[test]
fn the_top_five_of_a_user_lead_to_items_and_those_like_them() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("6jj");
    assert!(bench.says("For user 21") && bench.says("source: als") && bench.says("home/"));
    bench.strokes("o<down><enter>");
    assert!(bench.says("› Item 111") || bench.says("› Item 110"), "{:#?}", bench.lines()[0]);
    bench.strokes("<esc>o104<enter>");
    assert!(bench.says("Item 104") && bench.says("home/shoes") && bench.says("3 similar items"));
    bench.strokes("j<enter>");
    assert!(bench.says("› Item 104 › Item 106"), "{:#?}", bench.lines()[0]);
    bench.strokes("<esc><esc>");
    assert!(bench.says("For user 21"));
    bench.strokes("o999<enter>");
    assert!(bench.says("no item 999 in run"));
    bench.strokes("<esc><enter>");
    assert!(bench.says("User 21"));
}

#[test]
fn a_query_is_written_corrected_and_called_back() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("8");
    assert!(bench.says("similar_items") && bench.says("12 rows") && bench.says("item_id, items, scores"));
    bench.strokes("wselect segmnt from users<enter>");
    assert!(bench.says("did you mean segment?"), "{:#?}", bench.lines());
    bench.strokes("<ctrl-u>select segment, count(*) as n from users group by segment order by segment<enter>");
    assert!(bench.says("3 rows") && bench.says("Loyal buyers"), "{:#?}", bench.lines());
    bench.strokes("fn > 13<enter>");
    assert!(bench.says("1 of 3 rows"));
    bench.strokes("<enter>");
    assert!(bench.says("Row ") && bench.says("One-time"));
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
    assert!(bench.says("40 users in both runs, 0 only in the earlier, 0 new"), "{:#?}", bench.lines());
    assert!(bench.says("churn_change") && bench.says("from (rows) to (columns)") && bench.says("churn auc"));
    let changes: Vec<f64> = {
        let grid = bench.app.grid().unwrap();
        let (table, column) = (grid.table().unwrap(), grid.table().unwrap().column("churn_change").unwrap());
        let cells =
            grid.rows().iter().map(|row| table.cell(*row as usize, column).to_string().parse::<f64>().unwrap().abs());
        cells.collect()
    };
    assert!(changes.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{changes:?}");
    bench.strokes("<enter>");
    assert!(bench.says("› What changed › User "));
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
    assert!(bench.says("chart 5 of 5") && bench.says("days_since_last"));
    bench.strokes("z");
    assert!(!bench.says("chart "));
    bench.strokes("z");
    assert!(bench.says("chart 5 of 5") && !bench.says("user_id"));
    bench.strokes("z");
    assert!(bench.says("chart 5 of 5") && bench.says("user_id"));
}

#[test]
fn a_users_page_is_marked_copied_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.csv");
    let mut bench = Bench::new(120, 40);
    bench.strokes("2jj<enter><space>");
    assert!(bench.says("User 21 ◆ marked"));
    bench.strokes("y");
    assert!(bench.says("copied the id: 21"));
    bench.strokes("e");
    assert!(bench.says("this user, 21"));
    bench.strokes("<down><down><down><down><ctrl-u>");
    bench.keys(file.to_str().unwrap());
    bench.strokes("<enter>");
    assert!(bench.says("1 rows"));
    assert!(std::fs::read_to_string(&file).unwrap().contains("\r\n21,"));
}

#[test]
fn a_new_run_keeps_marks_view_and_page_and_says_what_is_of_the_run_before() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("6");
    assert!(bench.says("For user 7"));
    bench.strokes("8wselect * from users<enter>4fltv > 1<enter>g<space>");
    let marked = bench.app.grid().unwrap().marks().clone();
    let churn = |bench: &mut Bench| bench.lines()[3].clone();
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
    assert!(bench.says("For user 7") && bench.says("1 marked"), "{:#?}", bench.lines());
}
