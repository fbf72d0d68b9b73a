//! Metrics as a person reads them: an interval and a doubt stand behind what they are of.

use serde_json::{Map, Value};

/// What stands behind a metric's name for what is told of it.
const ABOUT: [&str; 4] = ["_low", "_high", "_enough", "_rough"];

/// The metrics that are no part of another, each with the text of its value, as `text` writes one, and of what is told of
/// it: `0.8795 (0.8317 to 0.9152), rough`.
pub fn with_intervals<'a>(
    metrics: &'a Map<String, Value>,
    text: impl Fn(&str, &Value) -> String + 'a,
) -> impl Iterator<Item = (&'a str, String)> + 'a {
    let is_about =
        |name: &str| ABOUT.iter().any(|end| name.strip_suffix(end).is_some_and(|of| metrics.contains_key(of)));
    // A list of records is told in notes, not in a line.
    let is_records = |value: &Value| value.as_array().is_some_and(|list| list.iter().any(Value::is_object));
    metrics.iter().filter(move |(name, value)| !is_about(name) && !is_records(value)).map(move |(name, value)| {
        let of = |end: &str| metrics.get(&format!("{name}{end}")).filter(|value| !value.is_null());
        let interval = match (of("_low"), of("_high")) {
            (Some(low), Some(high)) => format!(" ({} to {})", text(name, low), text(name, high)),
            _ => String::new(),
        };
        let doubt = match (of("_enough"), of("_rough")) {
            (Some(Value::Bool(false)), _) => ", too few to tell",
            (_, Some(Value::Bool(true))) => ", rough",
            _ => "",
        };
        (name.as_str(), format!("{}{interval}{doubt}", text(name, value)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_told_of_a_metric_stands_behind_it() {
        let metrics: Map<String, Value> = serde_json::from_str(
            r#"{"auc":0.5,"auc_low":0.25,"auc_high":0.75,"auc_rough":true,"gini":0.5,"gini_enough":false,"rmse":1.5,
            "follow_low":2}"#,
        )
        .unwrap();
        let told: Vec<(&str, String)> = with_intervals(&metrics, |_, value| value.to_string()).collect();
        let expected = [
            ("auc", "0.5 (0.25 to 0.75), rough"),
            ("gini", "0.5, too few to tell"),
            ("rmse", "1.5"),
            ("follow_low", "2"),
        ];
        assert_eq!(told, expected.map(|(name, text)| (name, text.to_owned())));
    }
}
