//! Every chart of every stage, drawn from a real run on the sample data: in the report, and on the screen.

use user360::stage::StageId;
use user360::store;

use crate::bench::Bench;
use crate::headless::{path, succeeded, user360};
use crate::sample;

/// The charts that each stage records, by id, with their titles. The sample has the numbers of all of them; a chart
/// whose numbers it lacks would have to be named here as such.
const RECORDED: [(StageId, &[(&str, &str)]); 7] = [
    (StageId::Ingest, &[("events-by-day", "Events by day")]),
    (StageId::Features, &[]),
    (
        StageId::Segments,
        &[
            ("shares", "Segments"),
            ("elbow", "Elbow: inertia by number of segments"),
            ("silhouette", "Silhouette by number of segments"),
        ],
    ),
    (
        StageId::Churn,
        &[
            ("roc", "ROC, active users"),
            ("calibration", "Calibration, active users"),
            ("lift", "Lift by decile, active users"),
            ("coefficients", "Coefficients"),
        ],
    ),
    (
        StageId::Ltv,
        &[
            ("deciles", "Predicted and actual value by decile"),
            ("importance", "Importance of features"),
            ("revenue-deciles", "Predicted and actual revenue by decile"),
        ],
    ),
    (StageId::Recommend, &[("recall", "Recall beside that of the most popular items")]),
    (
        StageId::Uplift,
        &[
            ("qini", "Qini curve (simulated campaign)"),
            ("uplift-deciles", "Predicted and observed uplift by decile (simulated campaign)"),
            ("groups", "Groups by uplift (simulated campaign)"),
            ("policies", "What it would bring (simulated campaign)"),
        ],
    ),
];

/// The charts of each pane, after the key that leads to it, in the order in which the chart key turns through them: a
/// recorded one by its id, another by its title.
const PANES: [(&str, &[&str]); 5] = [
    ("3", &["Profile of Lapsed one-time browsers", "Map of 1,830 of 1,830 users", "silhouette", "elbow", "shares"]),
    ("4", &["Active users by how likely they leave", "calibration", "roc", "lift", "coefficients"]),
    ("5", &["Users by expected purchases", "Purchases a user by decile, held out", "deciles", "importance"]),
    ("6", &["For user 0", "recall"]),
    (
        "7",
        &[
            "What a budget buys (simulated campaign)",
            "policies",
            "qini",
            "Uplift by decile, held out (simulated)",
            "uplift-deciles",
            "groups",
        ],
    ),
];

/// No pane has this one, only the report.
const ONLY_REPORTED: &str = "revenue-deciles";
/// The list of a user's recommendations stands among the charts and is made of words.
const LIST: &str = "For user 0";

fn recorded() -> impl Iterator<Item = (&'static str, &'static str)> {
    RECORDED.iter().flat_map(|(_, charts)| charts.iter().copied())
}

/// Characters that curves and bars are drawn with; axes and frames are of others.
fn ink<'a>(lines: impl IntoIterator<Item = &'a str>) -> usize {
    let drawn = |letter: &char| matches!(letter, '\u{2801}'..='\u{28ff}' | '\u{2580}'..='\u{259f}' | '━' | '╸' | '╺');
    lines.into_iter().flat_map(str::chars).filter(drawn).count()
}

/// What stands in the frame with this title on the screen.
fn framed(lines: &[String], title: &str) -> Option<Vec<String>> {
    let grid: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let wanted: Vec<char> = format!("╭ {title} ").chars().collect();
    let (top, left) = grid.iter().enumerate().find_map(|(row, line)| {
        Some((row, line.windows(wanted.len()).position(|found| found == wanted.as_slice())?))
    })?;
    let right = left + grid[top][left..].iter().position(|letter| *letter == '╮')?;
    let inside = grid[top + 1..].iter().take_while(|line| line[left] != '╰');
    Some(inside.map(|line| line[left + 1..right].iter().collect()).collect())
}

#[track_caller]
fn assert_framed(bench: &mut Bench, title: &str, list: bool) {
    let lines = bench.lines();
    let inside = framed(&lines, title).unwrap_or_else(|| panic!("no chart \"{title}\" on {lines:#?}"));
    // The first line names what is measured, with the looks of the curves.
    let rest = || inside.iter().skip(1).map(String::as_str);
    let drawn = if list { rest().filter(|line| !line.trim().is_empty()).count() } else { ink(rest()) };
    assert!(drawn >= 5, "\"{title}\" is empty: {inside:#?}");
}

#[test]
fn a_run_records_every_chart() {
    let run = sample::current(sample::workspace());
    assert_eq!(RECORDED.map(|(stage, _)| stage), StageId::ALL);
    for (stage, expected) in RECORDED {
        let charts = store::charts(run.info().stage(stage).unwrap());
        let found: Vec<(&str, &str)> = charts.iter().map(|chart| (chart.id, chart.title.as_str())).collect();
        assert_eq!(found, expected, "{stage}");
    }
}

#[test]
fn the_report_draws_every_chart() {
    let report = succeeded(user360(&["report", "--charts", "--workspace", path(sample::workspace())]));
    let lines: Vec<&str> = report.lines().collect();
    for (id, title) in recorded() {
        let titles: Vec<usize> = (0..lines.len()).filter(|at| lines[*at] == format!("  {title}")).collect();
        assert_eq!(titles.len(), 1, "{id} is not there once:\n{report}");
        let plot: Vec<&str> =
            lines[titles[0] + 1..].iter().copied().take_while(|line| line.starts_with("    ")).collect();
        assert!(plot.len() > 3 && ink(plot[1..].iter().copied()) >= 5, "{id} is empty:\n{}", plot.join("\n"));
    }
}

#[test]
fn the_panes_draw_every_chart() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("1]");
    assert_framed(&mut bench, "Events by day, chart 2 of 6", false);
    // One chart at a time.
    let mut bench = Bench::new(80, 40);
    for (key, charts) in PANES {
        bench.strokes(key);
        for (at, chart) in charts.iter().chain(&charts[..1]).enumerate() {
            let title = recorded().find(|(id, _)| id == chart).map_or(*chart, |(_, title)| title);
            let number = at % charts.len() + 1;
            assert_framed(&mut bench, &format!("{title}, chart {number} of {}", charts.len()), *chart == LIST);
            bench.strokes("]");
        }
    }
}

#[test]
fn every_recorded_chart_has_a_pane() {
    let shown: Vec<&str> = PANES.iter().flat_map(|(_, charts)| charts.iter().copied()).collect();
    let absent: Vec<&str> = recorded().map(|(id, _)| id).filter(|id| !shown.contains(id)).collect();
    assert_eq!(absent, ["events-by-day", ONLY_REPORTED], "the first is on the Overview pane");
}
