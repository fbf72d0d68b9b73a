//! Numbers in, answers out, no I/O: segments, churn, lifetime value, recommendations, uplift, and the metrics that judge
//! them.
//!
//! May import [`crate::ingest`] and [`crate::features`].

pub mod churn;
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
