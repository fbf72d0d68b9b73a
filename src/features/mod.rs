//! Events to one row per user as of a cutoff: the features, the labels after the cutoff, and the model matrix.
//!
//! May import [`crate::ingest`]. Gives [`FeatureTable`] (original units, one entry per user), and [`Transform`], which
//! turns a table into a standardised [`Matrix`] by rules fitted on training rows only.

mod behaviour;
mod build;
mod buyers;
mod carts;
mod definitions;
mod drift;
mod inactivity;
pub mod labels;
mod list;
mod matrix;
mod rfm;
mod season;
mod sessions;
mod table;
#[cfg(test)]
mod tests;

pub use behaviour::DAY_MS;
pub use build::{build, build_between, build_of, span_days};
pub use buyers::{Buyer, buyers};
pub use carts::abandoned;
pub use definitions::{Definition, Needs, VERSION, Words};
pub use drift::{DRIFTED, Drift, drift};
pub use inactivity::{came_back, inactive_days};
pub use list::{DEFINITIONS, may_lack};
pub use matrix::{ColumnTransform, Matrix, Transform, TransformOptions};
pub use season::season;
pub use table::{Feature, FeatureTable, Scale, Values};
