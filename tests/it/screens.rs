//! The screens as snapshots: every pane and page, at three sizes, in colour, without colours, in ASCII.
//!
//! A picture is the text, and below it where something stands out. To take them anew: `INSTA_UPDATE=always cargo test`.

use std::fmt::Write;

use user360::ui::Action;

use crate::bench::{Bench, under_way};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (60, 16)];
const THEMES: [&str; 3] = ["dark", "mono", "ascii"];

/// Takes the pictures of a screen that these keys lead to: a file per size, the themes one after the other.
fn pictures(name: &str, keys: &str) {
    pictures_of(name, Bench::on_shop, |bench| {
        bench.strokes(keys);
    });
}

fn pictures_of(name: &str, open: fn(u16, u16) -> Bench, lead: impl Fn(&mut Bench)) {
    for (width, height) in SIZES {
        let mut bench = open(width, height);
        lead(&mut bench);
        let mut all = String::new();
        for theme in THEMES {
            bench.app.use_theme(theme);
            write!(all, "=== {theme} ===\n{}", bench.picture()).unwrap();
        }
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), all);
    }
}

#[test]
fn overview() {
    pictures("overview", "1");
}

#[test]
fn overview_of_a_run_under_way() {
    pictures_of("overview_running", Bench::on_shop, |bench| {
        bench.keys("rj");
        assert_eq!(bench.started, [false]);
        bench.act(Action::Stages(under_way(1000)));
    });
}

#[test]
fn users_with_marks_and_a_sort() {
    pictures("users", "2jj llsj<space>vjj");
}

#[test]
fn segments() {
    pictures("segments", "3j");
}

#[test]
fn churn() {
    pictures("churn", "4jj<right><right>");
}

#[test]
fn ltv() {
    pictures("ltv", "5");
}

#[test]
fn recommendations() {
    pictures("recommendations", "6j");
}

#[test]
fn persuadables() {
    pictures("persuadables", "7<right>");
}

#[test]
fn persuadables_without_a_campaign() {
    pictures_of("persuadables_skipped", Bench::without_uplift, |bench| {
        bench.keys("7");
    });
}

#[test]
fn sql_before_a_query() {
    pictures("sql", "8");
}

#[test]
fn sql_with_a_result() {
    pictures("sql_result", "8wselect segment, count(*) as users from users group by segment order by segment<enter>j");
}

#[test]
fn user_page() {
    pictures("user_page", "2<enter>");
}

#[test]
fn item_page() {
    pictures("item_page", "2o104<enter>j");
}

#[test]
fn segment_page() {
    pictures("segment_page", "3o");
}

#[test]
fn row_page() {
    pictures("row_page", "8wselect * from events limit 3<enter>j<enter>");
}

#[test]
fn comparison_of_two_runs() {
    pictures_of("compare", Bench::with_two_runs, |bench| {
        bench.keys("d");
    });
}

#[test]
fn export_dialog() {
    pictures("export", "2 j e<down>");
}

#[test]
fn choice_of_columns() {
    pictures("columns", "5cj<space>");
}

#[test]
fn palette() {
    pictures("palette", "2:col");
}

#[test]
fn choice_of_themes() {
    pictures("themes", "t");
}

#[test]
fn help() {
    // Over a pane that shows no run's id, which a popup would cut.
    pictures("help", "2?");
}

#[test]
fn a_wrong_filter() {
    pictures("filter_wrong", "2fchurm > 0.5<enter>");
}

#[test]
fn a_message() {
    pictures("message", "x");
}

#[test]
fn a_log_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, crate::init::german()).unwrap();
    pictures_of("log", Bench::on_shop, |bench| {
        crate::init_screen::look(bench, &log);
        bench.strokes("jjjjj<left>");
    });
}

#[test]
fn choice_of_a_log_s_column() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, crate::init::german()).unwrap();
    pictures_of("log_column", Bench::on_shop, |bench| {
        crate::init_screen::look(bench, &log);
        bench.strokes("jj<enter>");
    });
}
