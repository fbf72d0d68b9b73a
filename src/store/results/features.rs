//! What features records: the unit of each.

use serde::{Deserialize, Serialize};

use crate::stage::StageId;
use crate::store::results::Pairs;
use crate::store::results::part::part;
use crate::store::stages::Recorded;

/// The results of features.
#[derive(Clone, Copy, Debug)]
pub enum Features {}

impl Recorded for Features {
    const STAGE: StageId = StageId::Features;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// Features have no metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {}

/// What is known of the features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The unit of each feature, in the order of the table.
    #[serde(default, deserialize_with = "part")]
    pub units: Pairs<String>,
}
