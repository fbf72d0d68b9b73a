//! Figures of records as the stages write them, and of records that lack something.

#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};

use super::*;
use crate::stage::{StageId, StageState};
use crate::store::{StageRecord, charts};

fn stage(id: StageId, metrics: &Value, detail: Value) -> StageRecord {
    StageRecord {
        metrics: metrics.as_object().cloned().unwrap_or_default(),
        detail,
        ..StageRecord::new(id, StageState::Done)
    }
}

fn whole() -> Vec<StageRecord> {
    let coefficients: Vec<Value> =
        (0..12).map(|at| json!({"column": format!("c{at}"), "feature": "c", "coefficient": f64::from(at) - 6.0, "odds_ratio": null})).collect();
    vec![
        stage(
            StageId::Ingest,
            &json!({}),
            json!({"events_by_day": [["2015-05-03", 9, 2, 1], ["2015-05-04", 4, 0, 0]]}),
        ),
        stage(
            StageId::Segments,
            &json!({"k": 3}),
            json!({
                "profiles": [
                    {"name": "Loyal", "description": "", "size": 1, "share": 0.25, "centre": [], "z": []},
                    {"name": "Lapsed", "description": "", "size": 3, "share": 0.75, "centre": [], "z": []},
                ],
                "scan": [
                    {"k": 2, "inertia": 9.0, "silhouette": 0.5, "smallest_share": 0.1},
                    {"k": 3, "inertia": 4.0, "silhouette": 0.6, "smallest_share": 0.1},
                ],
            }),
        ),
        stage(
            StageId::Churn,
            &json!({}),
            json!({
                "evaluation": {
                    "base_rate": 0.5, "auc": 0.5, "pr_auc": null, "log_loss": null, "brier": null, "threshold": 0.5,
                    "confusion": {"true_positives": 1, "false_positives": 1, "true_negatives": 1, "false_negatives": 1},
                    "thresholds": [], "train_rows": 9, "test_rows": 4,
                    "roc": [
                        {"false_positive_rate": 0.0, "true_positive_rate": 0.0},
                        {"false_positive_rate": 0.25, "true_positive_rate": 0.75},
                    ],
                    "calibration": [
                        {"low": 0.0, "high": 0.1, "predicted": 0.1, "observed": 0.2, "count": 5},
                        {"low": 0.1, "high": 0.2, "predicted": null, "observed": null, "count": 0},
                    ],
                    "deciles": [
                        {"decile": 1, "users": 2, "positives": 1.0, "rate": 0.5, "lift": 2.5},
                        {"decile": 2, "users": 2, "positives": 1.0, "rate": 0.5, "lift": 0.5},
                    ],
                },
                "coefficients": coefficients,
            }),
        ),
        stage(
            StageId::Ltv,
            &json!({}),
            json!({"evaluation": {
                "rmse": 1.0, "rmse_mean": 1.0, "mae": 1.0, "spearman": null, "gini": null, "objective": "poisson", "trees": 1,
                "depth": 1, "shrinkage": 1.0, "train_rows": 9, "test_rows": 4,
                "deciles": [{"decile": 1, "users": 4, "predicted": 3.0, "actual": 2.0}],
                "importance": [{"feature": "views", "share": 0.9}],
            }}),
        ),
        stage(StageId::Recommend, &json!({"recall@5": 0.2, "popularity_recall@5": 0.1, "recall@20": 0.3}), json!({})),
        stage(
            StageId::Uplift,
            &json!({"simulated": true}),
            json!({
                "simulated": true, "train_rows": 9, "test_rows": 4, "ate": null, "ate_low": null, "ate_high": null,
                "qini": null, "auuc": null, "uplift@10": null, "uplift@20": null, "uplift@30": null,
                "true_effect_correlation": null, "balance": [], "rule": "", "forest": "",
                "qini_curve": [[0.0, 0.0], [10.0, 8.0], [20.0, 5.0]],
                "deciles": [{"decile": 1, "rows": 4, "predicted": 0.1, "observed": -0.1}],
                "groups": [["persuadable", 347_099], ["sure_thing", 4174]],
            }),
        ),
    ]
}

fn found(id: &str) -> Chart {
    whole().iter().flat_map(charts).find(|chart| chart.id == id).unwrap()
}

#[test]
fn every_stage_gives_its_charts() {
    let ids: Vec<&str> = whole().iter().flat_map(charts).map(|chart| chart.id).collect();
    let expected = [
        "events-by-day",
        "shares",
        "elbow",
        "silhouette",
        "roc",
        "calibration",
        "lift",
        "coefficients",
        "deciles",
        "importance",
        "recall",
        "qini",
        "uplift-deciles",
        "groups",
    ];
    assert_eq!(ids, expected);
}

#[test]
fn charts_hold_the_numbers_of_the_record() {
    let ChartKind::Line(days) = found("events-by-day").kind else { unreachable!() };
    assert_eq!((days.values, days.ends.1), (vec![12.0, 4.0], "2015-05-04".to_owned()));
    let ChartKind::Curves { curves, .. } = found("calibration").kind else { unreachable!() };
    assert_eq!(curves[0].1, [(0.1, 0.2)]);
    let ChartKind::Curves { curves, .. } = found("qini").kind else { unreachable!() };
    assert_eq!(curves[1], ("random".to_owned(), vec![(0.0, 0.0), (20.0, 5.0)]));
    let ChartKind::Bars { bars, title } = found("coefficients").kind else { unreachable!() };
    let (first, last) = (&bars[0], &bars[9]);
    assert_eq!((first.label.as_str(), first.words.as_str(), first.series), ("c0", "-6.00", 1));
    assert_eq!((title.as_str(), last.value.abs()), ("log-odds, the 10 largest of 12", 1.0));
    assert_eq!(found("silhouette").mark, Some(3.0));
    for id in ["qini", "uplift-deciles", "groups"] {
        assert!(found(id).title.ends_with("(simulated campaign)"), "{id}");
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
    let text = found("groups").plot(&Canvas { width: 40, height: 3, ascii: true }, None).text();
    assert_eq!(text, "users\npersuadable  347k ######################\nsure thing  4.17k =\n");
}

#[test]
fn a_part_that_cannot_be_read_takes_no_other_with_it() {
    let mut records = whole();
    records[1].detail["profiles"] = json!("none");
    records[2].detail["evaluation"]["roc"] = Value::Null;
    let ids: Vec<&str> = records[1..3].iter().flat_map(charts).map(|chart| chart.id).collect();
    assert_eq!(ids, ["elbow", "silhouette", "coefficients"]);
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
            assert_eq!(charts(&stage(id, &json!({"simulated": 1}), detail.clone())), []);
        }
    }
}
