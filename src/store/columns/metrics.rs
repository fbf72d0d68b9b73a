//! The catalogue of metrics: what each figure that a stage records is, how it is computed, how it is shown and which way
//! is good.

use crate::stage::StageId;
use crate::store::columns::metrics_list::METRICS;
pub use crate::store::columns::metrics_list::MetricEntry;
use crate::store::columns::words::titled;

/// A metric by the name that a record has for it, and whom or what the name says it is of: `active_auc` is `auc` of the
/// active. `None` where the catalogue does not know it.
pub fn metric(stage: StageId, name: &str) -> Option<(&'static MetricEntry, &'static str)> {
    let own = |name: &str| METRICS.iter().find(|entry| entry.stage == stage && numbered(entry.name, name));
    if let Some(entry) = own(name) {
        return Some((entry, ""));
    }
    let part = PARTS.iter().find(|(prefix, _)| name.starts_with(prefix))?;
    Some((own(&name[part.0.len()..])?, part.1))
}

/// What a metric is called on screen: its label, the number that its name has, and whom or what it is of; the words of its
/// name where the catalogue has no figure of it.
pub fn metric_label(stage: StageId, name: &str) -> String {
    match metric(stage, name) {
        Some((entry, "")) => entry.label.to_owned() + &entry.number_in(name),
        Some((entry, part)) => format!("{}{}, {part}", entry.label, entry.number_in(name)),
        None => OTHERS
            .iter()
            .find(|(of, known, _)| (*of, *known) == (stage, name))
            .map_or_else(|| titled(name), |(.., label)| (*label).to_owned()),
    }
}

/// Every metric.
pub fn metrics() -> &'static [MetricEntry] {
    METRICS
}

/// Whether a name with a number in the place of `#` is meant.
fn numbered(entry: &str, name: &str) -> bool {
    match entry.split_once('#') {
        None => entry == name,
        Some((before, after)) => name
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())),
    }
}

/// What is recorded beside the figures and is none: lists, and what holds or does not.
const OTHERS: &[(StageId, &str, &str)] = &[
    (StageId::Segments, "sizes", "Users in each"),
    (StageId::Segments, "name_holds", "Whole name holds for"),
    (StageId::Segments, "explained_variance", "Told by the map's axes"),
    (StageId::Uplift, "simulated", "Simulated campaign"),
    (StageId::Uplift, "differs", "Users differ in effect"),
    (StageId::Uplift, "random", "Treated at random"),
];

/// What a name begins with where it is of a part, and that part in words. The longer stand first.
const PARTS: &[(&str, &str)] = &[
    ("buy_again_frequency_", "often and recently"),
    ("buy_again_", "to buy again"),
    ("popularity_", "popular items"),
    ("active_", "active users"),
    ("revenue_", "revenue"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use StageId::{Churn, Ltv, Recommend, Uplift};

    use super::*;

    #[test]
    fn a_metric_is_known_by_its_own_name_and_by_that_of_its_part() {
        let of = |stage, name: &str| metric(stage, name).map(|(entry, part)| (entry.name, part));
        assert_eq!(of(Churn, "auc"), Some(("auc", "")));
        assert_eq!(of(Churn, "active_auc"), Some(("auc", "active users")));
        assert_eq!(of(Recommend, "popularity_ndcg@5"), Some(("ndcg@#", "popular items")));
        assert_eq!(of(Recommend, "buy_again_frequency_recall@20").unwrap().0, "recall@#");
        assert_eq!(of(Uplift, "uplift@10"), Some(("uplift@#", "")));
        assert_eq!((of(Ltv, "auc"), of(Recommend, "recall@x")), (None, None));
    }

    #[test]
    fn a_metric_is_called_by_words() {
        assert_eq!(
            [
                metric_label(Churn, "active_auc"),
                metric_label(Uplift, "uplift@10"),
                metric_label(Uplift, "differs"),
                metric_label(Uplift, "of_a_newer_version"),
            ],
            ["Ranking (AUC), active users", "Uplift of the best 10 %", "Users differ in effect", "Of a newer version"]
        );
    }

    /// What the golden stages record.
    #[test]
    fn every_metric_that_a_stage_records_is_known() {
        let records = [
            include_str!("../../../tests/it/golden/segments.json"),
            include_str!("../../../tests/it/golden/churn.json"),
            include_str!("../../../tests/it/golden/ltv.json"),
            include_str!("../../../tests/it/golden/recommend.json"),
            include_str!("../../../tests/it/golden/uplift.json"),
        ];
        for record in records {
            let record: serde_json::Value = serde_json::from_str(record).unwrap();
            let stage: StageId = serde_json::from_value(record["record"]["id"].clone()).unwrap();
            for (name, value) in record["record"]["metrics"].as_object().unwrap() {
                let of_another = ["_low", "_high", "_rough", "_enough"].iter().any(|ending| name.ends_with(ending));
                if value.is_number() && !of_another {
                    assert!(metric(stage, name).is_some(), "the catalogue lacks {name} of {stage:?}");
                }
            }
        }
    }

    #[test]
    fn no_metric_is_told_twice_or_without_words() {
        for (at, entry) in METRICS.iter().enumerate() {
            assert!(!entry.label.is_empty() && !entry.definition.is_empty() && !entry.formula.is_empty());
            assert!(METRICS[..at].iter().all(|other| (other.stage, other.name) != (entry.stage, entry.name)));
        }
    }
}
