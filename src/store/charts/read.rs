//! What each stage writes into its record, read as figures. What is missing or not a number makes no figure.

use serde_json::Value;

use crate::format;
use crate::plot::short;
use crate::stage::StageId;
use crate::store::StageRecord;
use crate::store::charts::{Chart, ChartKind, Length, Scale, Steps};

/// How many bars of a long list are drawn.
const LARGEST: usize = 10;

/// Both ends of a share.
const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));

/// The figures of a stage, `None` where the record lacks their numbers.
pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    match stage.id {
        StageId::Ingest => vec![events_by_day(stage)],
        StageId::Segments => vec![shares(stage), scan(stage, "elbow"), scan(stage, "silhouette")],
        StageId::Churn => vec![roc(stage), calibration(stage), lift(stage), coefficients(stage)],
        StageId::Ltv => vec![ltv_deciles(stage), importance(stage), revenue_deciles(stage)],
        StageId::Recommend => vec![recall(stage)],
        StageId::Uplift => vec![qini(stage), uplift_deciles(stage), groups(stage)],
        StageId::Features => Vec::new(),
    }
}

fn events_by_day(stage: &StageRecord) -> Option<Chart> {
    let days: Vec<(&str, f64)> = rows(stage, "/events_by_day")
        .filter_map(|day| {
            let (date, counts) = day.as_array()?.split_first()?;
            Some((date.as_str()?, counts.iter().map(Value::as_f64).sum::<Option<f64>>()?))
        })
        .collect();
    let ends = (days.first()?.0.to_owned(), days.last()?.0.to_owned());
    let values = days.iter().map(|(_, events)| *events).collect();
    let steps = Steps { x_title: "day (UTC)".to_owned(), y_title: "events a day".to_owned(), values, ends };
    Some(chart("events-by-day", "Events by day", ChartKind::Line(steps)))
}

fn shares(stage: &StageRecord) -> Option<Chart> {
    let shares = rows(stage, "/profiles").enumerate().filter_map(|(at, profile)| {
        let (name, share) = (profile.get("name")?.as_str()?, number(profile, "share")?);
        Some(Length { label: name.to_owned(), value: share, words: format::percent(share), series: at })
    });
    bars("shares", "Segments", "share of users", shares.collect())
}

fn scan(stage: &StageRecord, id: &'static str) -> Option<Chart> {
    let (key, title, measure) = match id {
        "elbow" => ("inertia", "Elbow: inertia by number of segments", "inertia of the sample"),
        _ => ("silhouette", "Silhouette by number of segments", "silhouette (-1 to 1)"),
    };
    let points = pairs(stage, "/scan", "k", key);
    let curve = vec![(measure.to_owned(), points)];
    let mut chart = curves(id, title, scale("k (segments)", None), scale(measure, None), curve)?;
    chart.mark = stage.metrics.get("k").and_then(Value::as_f64);
    Some(chart)
}

fn roc(stage: &StageRecord) -> Option<Chart> {
    let points = pairs(stage, "/evaluation/roc", "false_positive_rate", "true_positive_rate");
    let lines = vec![("model".to_owned(), points), ("chance".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)])];
    curves("roc", "ROC", scale("false positive rate", SHARE), scale("true positive rate", SHARE), lines)
}

fn calibration(stage: &StageRecord) -> Option<Chart> {
    let points = rows(stage, "/evaluation/calibration")
        .filter(|bin| number(bin, "count").is_some_and(|count| count > 0.0))
        .filter_map(|bin| Some((number(bin, "predicted")?, number(bin, "observed")?)))
        .collect();
    let lines = vec![("model".to_owned(), points), ("perfect".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)])];
    let (x, y) = (scale("predicted churn (share)", SHARE), scale("observed churn (share)", SHARE));
    curves("calibration", "Calibration", x, y, lines)
}

fn lift(stage: &StageRecord) -> Option<Chart> {
    let deciles = pairs(stage, "/evaluation/deciles", "decile", "lift");
    let steps = Steps {
        x_title: "decile by score".to_owned(),
        y_title: "lift (times the base rate)".to_owned(),
        values: deciles.iter().map(|(_, lift)| *lift).collect(),
        ends: (short(deciles.first()?.0), short(deciles.last()?.0)),
    };
    Some(chart("lift", "Lift by decile", ChartKind::Columns(steps)))
}

fn coefficients(stage: &StageRecord) -> Option<Chart> {
    let found = named(stage, "/coefficients", "column", "coefficient");
    largest("coefficients", "Coefficients", "log-odds", found, |value| format!("{value:+.2}"))
}

fn ltv_deciles(stage: &StageRecord) -> Option<Chart> {
    let line = |key: &str| (key.to_owned(), pairs(stage, "/evaluation/deciles", "decile", key));
    let (x, y) = (scale("decile by prediction", None), scale("mean value of a user", None));
    curves("deciles", "Predicted and actual value by decile", x, y, vec![line("predicted"), line("actual")])
}

fn revenue_deciles(stage: &StageRecord) -> Option<Chart> {
    let line = |key: &str| (key.to_owned(), pairs(stage, "/revenue/deciles", "decile", key));
    let (x, y) = (scale("decile by prediction", None), scale("mean revenue of a user (the log's money)", None));
    curves("revenue-deciles", "Predicted and actual revenue by decile", x, y, vec![line("predicted"), line("actual")])
}

fn importance(stage: &StageRecord) -> Option<Chart> {
    let found = named(stage, "/evaluation/importance", "feature", "share");
    largest("importance", "Importance of features", "share of the gain", found, format::percent)
}

fn recall(stage: &StageRecord) -> Option<Chart> {
    const METRICS: [(&str, &str, usize); 4] = [
        ("recall@5", "recall@5", 0),
        ("popularity_recall@5", "  most popular items", 1),
        ("recall@20", "recall@20", 0),
        ("popularity_recall@20", "  most popular items", 1),
    ];
    let lengths = METRICS.into_iter().filter_map(|(metric, label, series)| {
        let value = stage.metrics.get(metric)?.as_f64()?;
        Some(Length { label: label.to_owned(), value, words: format::percent(value), series })
    });
    bars("recall", "Recall beside that of the most popular items", "share of items found again", lengths.collect())
}

fn qini(stage: &StageRecord) -> Option<Chart> {
    let points: Vec<(f64, f64)> = rows(stage, "/qini_curve")
        .filter_map(|point| Some((point.get(0)?.as_f64()?, point.get(1)?.as_f64()?)))
        .collect();
    let random = vec![*points.first()?, *points.last()?];
    let lines = vec![("by uplift".to_owned(), points), ("random".to_owned(), random)];
    let (x, y) = (scale("users treated, best first", None), scale("additional buyers", None));
    curves("qini", &campaign(stage, "Qini curve"), x, y, lines)
}

fn uplift_deciles(stage: &StageRecord) -> Option<Chart> {
    let line = |key: &str| (key.to_owned(), pairs(stage, "/deciles", "decile", key));
    let (x, y) = (scale("decile by prediction", None), scale("uplift (share of users)", None));
    let title = campaign(stage, "Predicted and observed uplift by decile");
    curves("uplift-deciles", &title, x, y, vec![line("predicted"), line("observed")])
}

fn groups(stage: &StageRecord) -> Option<Chart> {
    let found = rows(stage, "/groups").enumerate().filter_map(|(at, group)| {
        let (name, count) = (group.get(0)?.as_str()?, group.get(1)?.as_f64()?);
        Some(Length { label: name.replace('_', " "), value: count, words: short(count), series: at })
    });
    bars("groups", &campaign(stage, "Groups by uplift"), "users", found.collect())
}

/// A title that does not hide that the campaign was made up.
fn campaign(stage: &StageRecord, title: &str) -> String {
    if stage.metrics.get("simulated") == Some(&Value::Bool(true)) {
        format!("{title} (simulated campaign)")
    } else {
        title.to_owned()
    }
}

fn chart(id: &'static str, title: &str, kind: ChartKind) -> Chart {
    Chart { id, title: title.to_owned(), kind, mark: None }
}

fn scale(title: &str, bounds: Option<(f64, f64)>) -> Scale {
    Scale { title: title.to_owned(), bounds }
}

/// Curves, if the first of them has points.
fn curves(id: &'static str, title: &str, x: Scale, y: Scale, curves: Vec<(String, Vec<(f64, f64)>)>) -> Option<Chart> {
    let drawn = curves.first().is_some_and(|(_, points)| !points.is_empty());
    drawn.then(|| chart(id, title, ChartKind::Curves { x, y, curves }))
}

fn bars(id: &'static str, title: &str, unit: &str, bars: Vec<Length>) -> Option<Chart> {
    (!bars.is_empty()).then(|| chart(id, title, ChartKind::Bars { title: unit.to_owned(), bars }))
}

/// The largest of many by magnitude, sign kept; the title says how many there are.
fn largest(
    id: &'static str,
    title: &str,
    unit: &str,
    mut found: Vec<(String, f64)>,
    words: fn(f64) -> String,
) -> Option<Chart> {
    found.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let all = found.len();
    let unit = if all > LARGEST { format!("{unit}, the {LARGEST} largest of {all}") } else { unit.to_owned() };
    let length =
        |(label, value): (String, f64)| Length { label, value, words: words(value), series: usize::from(value < 0.0) };
    bars(id, title, &unit, found.into_iter().take(LARGEST).map(length).collect())
}

/// The rows of a list of the detail.
fn rows<'a>(stage: &'a StageRecord, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    stage.detail.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

fn number(row: &Value, key: &str) -> Option<f64> {
    row.get(key)?.as_f64()
}

fn pairs(stage: &StageRecord, path: &str, x: &str, y: &str) -> Vec<(f64, f64)> {
    rows(stage, path).filter_map(|row| Some((number(row, x)?, number(row, y)?))).collect()
}

fn named(stage: &StageRecord, path: &str, name: &str, value: &str) -> Vec<(String, f64)> {
    rows(stage, path).filter_map(|row| Some((row.get(name)?.as_str()?.to_owned(), number(row, value)?))).collect()
}
