//! Numbers in, answers out, no I/O: segments, churn, lifetime value, recommendations, uplift, and the metrics that judge
//! them.
//!
//! May import [`crate::ingest`] and [`crate::features`].

pub mod churn;
pub mod customer_base;
pub mod evaluate;
pub mod gbt;
pub mod kmeans;
pub mod logistic;
pub mod ltv;
pub mod metrics;
pub mod pca;
#[cfg(test)]
mod population;
pub mod recommend;
pub mod segments;
pub mod uplift;
pub mod vector;

use serde::{Deserialize, Deserializer};

/// Reads a number that JSON tells as null where it is not finite.
fn maybe_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use crate::features::DEFINITIONS;
    use crate::models::segments::SegmentSettings;
    use crate::models::uplift::UpliftSettings;

    #[test]
    fn rules_and_settings_ask_for_features_that_there_are() {
        // Rules name features in calls such as `known("orders")` and `value("sessions", row)`.
        let sources =
            [include_str!("segments/names.rs"), include_str!("segments/traits.rs"), include_str!("uplift/campaign.rs")]
                .concat();
        let mut asked = Vec::new();
        for call in [".mean(\"", ".share_with(\"", " known(\"", "(known(\"", " value(\""] {
            asked.extend(sources.split(call).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()));
        }
        assert!(asked.len() >= 10, "{asked:?}");
        asked.extend(SegmentSettings::default().features);
        asked.extend(UpliftSettings::default().features);
        for name in asked {
            assert!(DEFINITIONS.iter().any(|feature| feature.name == name), "no feature is called {name}");
        }
    }
}
