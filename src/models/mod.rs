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
