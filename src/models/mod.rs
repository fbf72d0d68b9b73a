//! models
pub mod churn;
pub mod gbt;
pub mod kmeans;
pub mod logistic;
pub mod ltv;
pub mod metrics;
pub mod pca;
#[cfg(test)]
mod population;
pub mod segments;
