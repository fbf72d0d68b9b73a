//! `K`: everything on screen can be looked up.

use user360::store::catalogue;

use crate::bench::Bench;
use crate::sample;

/// Every line of the page in sight, from its beginning to its end.
fn whole_page(bench: &mut Bench) -> String {
    let mut seen = bench.lines();
    loop {
        bench.strokes("<pgdn>");
        let next = bench.lines();
        if seen.ends_with(&next) {
            return seen.join("\n");
        }
        seen.extend(next);
    }
}

#[test]
fn the_cell_under_the_cursor_is_explained_with_its_name_in_filters() {
    let mut bench = Bench::new(100, 40);
    bench.strokes("2llK");
    assert!(bench.says("Likely to leave"), "{:#?}", bench.lines());
    assert!(bench.says("churn in filters, SQL and files: a probability from 0 to 1; lower is"));
    assert!(bench.says("logistic regression"));
    bench.strokes("<esc>");
    assert!(!bench.says("in filters, SQL and files"));
    // `K` again closes it, too.
    bench.strokes("KK");
    assert!(!bench.says("in filters, SQL and files"));
}

#[test]
fn every_figure_of_a_pane_is_explained_with_its_value_and_interval() {
    let mut bench = Bench::new(120, 40);
    let auc = sample::record("churn")["metrics"]["active_auc"].as_f64().unwrap();
    bench.strokes("4K");
    let page = whole_page(&mut bench);
    assert!(page.contains(&format!("Ranking (AUC), active users  {auc:.3} (")), "{page}");
    assert!(page.contains("Brier 1950") && page.contains("Calibration"), "{page}");
    bench.strokes("<esc>5K");
    let page = whole_page(&mut bench);
    assert!(page.contains("Rank correlation (Spearman)") && page.contains("too few to tell"), "{page}");
}

#[test]
fn the_chart_that_was_turned_to_comes_first() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("4]K");
    let lines = bench.lines();
    let place = |words: &str| lines.iter().position(|line| line.contains(words));
    let (chart, cell) = (place("Users in groups of like score").unwrap(), place("in filters, SQL and files").unwrap());
    assert!(chart < cell && bench.says("Calibration") && bench.says("the chosen chart"), "{lines:#?}");
    // Before anything was asked the tables are told.
    bench.strokes("<esc>8K");
    assert!(bench.says("event_details") || bench.says("events"), "{:#?}", bench.lines());
    assert!(!bench.says("nothing to be explained"), "{:#?}", bench.lines());
}

#[test]
fn a_users_page_explains_all_that_it_shows() {
    let mut bench = Bench::new(120, 50);
    bench.strokes("2<enter>K");
    let page = whole_page(&mut bench);
    let features = catalogue().iter().find(|table| table.name == "features").unwrap();
    let shown = features.columns.iter().filter(|column| !column.name.starts_with("user_id"));
    for column in shown {
        assert!(page.contains(column.label), "{} is not explained", column.name);
    }
}

#[test]
fn numbers_of_a_column_have_their_points_under_each_other() {
    let mut bench = Bench::new(160, 40);
    bench.strokes("2");
    let lines = bench.lines();
    let shares: Vec<usize> =
        lines.iter().filter_map(|line| line.find('%').map(|at| line[..at].chars().count())).collect();
    assert!(shares.len() > 10 && shares.windows(2).all(|pair| pair[0] == pair[1]), "{lines:#?}");
}
