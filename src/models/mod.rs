//! models
pub mod kmeans;
pub mod metrics;
pub mod pca;
pub mod segments;
