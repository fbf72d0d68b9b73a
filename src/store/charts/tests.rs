//! Figures of what a real run recorded (`tests/it/golden`, from `sample-data`), and of records that lack something.

#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};

use super::*;
use crate::stage::{StageId, StageState};
use crate::store::columns::feature_label;
use crate::store::{StageRecord, charts};

/// What the stage recorded on the sample data.
fn record(id: StageId) -> StageRecord {
    let golden = match id {
        StageId::Ingest => include_str!("../../../tests/it/golden/ingest.json"),
        StageId::Features => include_str!("../../../tests/it/golden/features.json"),
        StageId::Segments => include_str!("../../../tests/it/golden/segments.json"),
        StageId::Churn => include_str!("../../../tests/it/golden/churn.json"),
        StageId::Ltv => include_str!("../../../tests/it/golden/ltv.json"),
        StageId::Recommend => include_str!("../../../tests/it/golden/recommend.json"),
        StageId::Uplift => include_str!("../../../tests/it/golden/uplift.json"),
    };
    let mut golden: Value = serde_json::from_str(golden).unwrap();
    let mut record = golden["record"].take();
    // What differs from run to run is left out of these files.
    record["seconds"] = json!(0.0);
    record["key"] = json!("");
    record["files"] = json!([]);
    serde_json::from_value(record).unwrap()
}

fn found(id: &str) -> Chart {
    StageId::ALL.into_iter().flat_map(|stage| charts(&record(stage))).find(|chart| chart.id == id).unwrap()
}

/// Two numbers of each row of a list.
fn pairs(list: &Value, x: &str, y: &str) -> Vec<(f64, f64)> {
    let pair = |row: &Value| Some((row[x].as_f64()?, row[y].as_f64()?));
    list.as_array().unwrap().iter().filter_map(pair).collect()
}

#[test]
fn every_stage_gives_its_charts() {
    let ids = |stage| charts(&record(stage)).iter().map(|chart| chart.id).collect::<Vec<_>>();
    let expected: [&[&str]; 7] = [
        &["events-by-day"],
        &[],
        &["shares", "elbow", "silhouette"],
        &["roc", "calibration", "lift", "coefficients"],
        &["deciles", "importance", "revenue-deciles", "totals"],
        &["recall"],
        &["qini", "uplift-deciles", "groups", "policies"],
    ];
    assert_eq!(StageId::ALL.map(ids), expected);
}

#[test]
fn curves_and_lines_hold_the_numbers_of_the_record() {
    let ingest = record(StageId::Ingest).detail;
    let ChartKind::Line(days) = found("events-by-day").kind else { unreachable!() };
    let by_day = ingest["events_by_day"].as_array().unwrap();
    let sums: Vec<f64> = by_day.iter().map(|day| (1..=3).map(|kind| day[kind].as_f64().unwrap()).sum()).collect();
    // A log of more than half a year is drawn by whole weeks, counted back from its end.
    let weeks: Vec<f64> = sums[sums.len() % 7..].chunks(7).map(|week| week.iter().sum()).collect();
    assert_eq!(days.values, weeks);

    // Of the active users, whom the question is about.
    let churn = &record(StageId::Churn).detail["evaluation"]["of_active"];
    let ChartKind::Curves { curves, .. } = found("calibration").kind else { unreachable!() };
    let filled = pairs(&churn["calibration"], "predicted", "observed");
    assert_eq!(filled.len(), churn["calibration"].as_array().unwrap().len(), "bins of equal size all hold users");
    assert_eq!(curves[0].1, filled);
    let ChartKind::Curves { curves, .. } = found("roc").kind else { unreachable!() };
    assert_eq!(curves[0].1, pairs(&churn["roc"], "false_positive_rate", "true_positive_rate"));

    let segments = record(StageId::Segments);
    let elbow = found("elbow");
    let ChartKind::Curves { curves, .. } = elbow.kind else { unreachable!() };
    assert_eq!(curves[0].1, pairs(&segments.detail["scan"], "k", "inertia"));
    assert_eq!((elbow.mark, found("silhouette").mark), (segments.metrics["k"].as_f64(), elbow.mark));

    let uplift = record(StageId::Uplift).detail;
    let ChartKind::Curves { curves, .. } = found("qini").kind else { unreachable!() };
    let end = uplift["qini_curve"].as_array().unwrap().last().unwrap();
    let end = (end[0].as_f64().unwrap(), end[1].as_f64().unwrap());
    assert_eq!(curves[0].1.last(), Some(&end));
    assert_eq!(curves[1], ("random".to_owned(), vec![(0.0, 0.0), end]));
}

#[test]
fn bars_hold_the_numbers_of_the_record() {
    let churn = record(StageId::Churn).detail;
    let of = churn["coefficients"].as_array().unwrap();
    let largest = of.iter().max_by(|a, b| {
        let size = |of: &Value| of["coefficient"].as_f64().unwrap().abs();
        size(a).total_cmp(&size(b))
    });
    let (largest, value) = (largest.unwrap(), largest.unwrap()["coefficient"].as_f64().unwrap());
    let ChartKind::Bars { bars, title } = found("coefficients").kind else { unreachable!() };
    assert_eq!((title, bars.len()), (format!("log-odds, the 10 largest of {}", of.len()), 10));
    let label = feature_label(largest["column"].as_str().unwrap());
    assert_eq!((bars[0].label.as_str(), bars[0].value), (label.as_str(), value));
    assert_eq!(bars[0].words, format!("{value:+.2}"));
    assert!(bars.windows(2).all(|pair| pair[0].value.abs() >= pair[1].value.abs()));
    assert!(bars.iter().all(|bar| bar.series == usize::from(bar.value < 0.0)));

    let uplift = record(StageId::Uplift).detail;
    let ChartKind::Bars { bars, .. } = found("groups").kind else { unreachable!() };
    let told = bars.iter().map(|bar| json!([bar.label.replace(' ', "_"), bar.value as u64]));
    assert_eq!(told.collect::<Value>(), uplift["groups"]);
    let mut simulated = record(StageId::Uplift);
    simulated.metrics.insert("simulated".to_owned(), json!(true));
    for id in ["qini", "uplift-deciles", "groups"] {
        assert!(!found(id).title.contains("simulated"), "{id}");
        let chart = charts(&simulated).into_iter().find(|chart| chart.id == id).unwrap();
        assert!(chart.title.ends_with("(simulated campaign)"), "{id}");
    }
}

#[test]
fn charts_are_drawn_with_what_stands_out() {
    let canvas = Canvas { width: 60, height: 13, ascii: true };
    let text = found("silhouette").plot(&canvas, None).text();
    assert!(text.starts_with("silhouette (-1 to 1)\n") && text.contains(':'), "{text}");
    let text = found("roc").plot(&canvas, None).text();
    assert!(text.starts_with("true positive rate   * model  + chance\n"), "{text}");
    let text = found("lift").plot(&canvas, Some(1.0)).text();
    assert!(text.starts_with("lift (times the base rate)\n") && text.contains('^'), "{text}");
    let text = found("groups").plot(&Canvas { width: 40, height: 6, ascii: true }, None).text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0] == "users"
            && lines.len() == 6
            && lines[1..].iter().all(|line| line.ends_with(['#', '=']) || line.ends_with(" 0")),
        "{text}"
    );
}

#[test]
fn a_part_that_cannot_be_read_takes_no_other_with_it() {
    let ids = |record: &StageRecord| charts(record).iter().map(|chart| chart.id).collect::<Vec<_>>();
    let mut segments = record(StageId::Segments);
    segments.detail["profiles"] = json!("none");
    assert_eq!(ids(&segments), ["elbow", "silhouette"]);
    let mut churn = record(StageId::Churn);
    churn.detail["evaluation"]["roc"] = Value::Null;
    assert_eq!(ids(&churn), ["coefficients"]);
}

#[test]
fn what_a_record_lacks_makes_no_chart() {
    let details = [
        Value::Null,
        json!({}),
        json!([]),
        json!({"events_by_day": [], "profiles": [{}], "scan": [[1]], "coefficients": 3, "groups": [[]], "qini_curve": [null]}),
        json!({"evaluation": {"rmse": 1.0}, "coefficients": [{"column": 7}], "arms": {}}),
        json!({"evaluation": {"roc": null, "deciles": [{"decile": null}], "importance": [{"feature": 1}]}}),
    ];
    for id in StageId::ALL {
        for detail in &details {
            let mut bare = StageRecord::new(id, StageState::Done);
            bare.metrics.insert("simulated".to_owned(), json!(1));
            bare.detail = detail.clone();
            assert_eq!(charts(&bare), []);
        }
    }
}
