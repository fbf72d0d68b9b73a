//! What each stage records, typed: its metrics for the report, its detail for charts and pages. One file a stage; the
//! pipeline writes these types into `run.json`, store and fronts read them. A key of the JSON is a field here and
//! nowhere else.
//!
//! What a record lacks, because an older version wrote it or the stage had nothing to say, reads as absent: every field
//! is an `Option`, a list that may be empty, or belongs to a part that is there as a whole.

pub mod churn;
pub mod features;
pub mod figures;
pub mod ingest;
mod intervals;
pub mod ltv;
mod pairs;
mod part;
pub mod recommend;
pub mod segments;
pub mod uplift;

pub use churn::Churn;
pub use features::Features;
pub use figures::Figures;
pub use ingest::{Ingest, Input};
pub use intervals::with_intervals;
pub use ltv::Ltv;
pub use pairs::Pairs;
pub(super) use part::part;
pub use recommend::Recommend;
pub use segments::Segments;
pub use uplift::Uplift;

use crate::stage::StageId;
use crate::store::charts::Chart;
use crate::store::stages::StageRecord;

/// The charts that a stage's record allows; none for a stage that left no numbers.
pub fn charts(stage: &StageRecord) -> Vec<Chart> {
    let charts = match stage.id {
        StageId::Ingest => ingest::charts(stage),
        StageId::Features => Vec::new(),
        StageId::Segments => segments::charts(stage),
        StageId::Churn => churn::charts(stage),
        StageId::Ltv => ltv::charts(stage),
        StageId::Recommend => recommend::charts(stage),
        StageId::Uplift => uplift::charts(stage),
    };
    charts.into_iter().flatten().collect()
}

/// The metrics that tell at a glance whether a stage went well, with their names; empty where rows say it all.
pub fn at_a_glance(stage: &StageRecord) -> Vec<(&'static str, f64)> {
    let metrics: Vec<(&'static str, Option<f64>)> = match stage.id {
        StageId::Ingest | StageId::Features => Vec::new(),
        StageId::Segments => segments::at_a_glance(&stage.metrics_of::<Segments>()),
        StageId::Churn => churn::at_a_glance(&stage.metrics_of::<Churn>()),
        StageId::Ltv => ltv::at_a_glance(&stage.metrics_of::<Ltv>()),
        StageId::Recommend => recommend::at_a_glance(&stage.metrics_of::<Recommend>()),
        StageId::Uplift => uplift::at_a_glance(&stage.metrics_of::<Uplift>()),
    };
    metrics.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
