//! Events to one row per user as of a cutoff: the features, the labels after the cutoff, and the model matrix.
//!
//! May import [`crate::ingest`]. Gives [`FeatureTable`] (original units, one entry per user), and [`Transform`], which
//! turns a table into a standardised [`Matrix`] by rules fitted on training rows only.

mod matrix;
mod table;

pub use matrix::{Matrix, Transform, TransformOptions};
pub use table::{Feature, FeatureTable, Scale, Values};
