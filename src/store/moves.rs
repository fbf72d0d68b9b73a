//! In which segments of an earlier run the users of two runs are: both runs' features through the earlier one's transform
//! and centres, so that a user who stays as before stays where he was, however the later run clustered anew.

use polars::prelude::*;

use crate::features::{Feature, FeatureTable, Scale, Values};
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::segments::SegmentModel;
use crate::store::run::Run;
use crate::store::table::DataTable;

/// The file of a run in which its segments' model is kept.
const MODEL: &str = "models/segments.json";

/// The segments of an earlier run, and for every user of both runs, in the order of each run's users, which of them the user
/// is in.
#[derive(Debug)]
pub(super) struct Scored {
    /// The segments, the largest first.
    pub names: Vec<String>,
    /// By the features of the earlier run.
    pub before: Vec<u8>,
    /// By those of the later one.
    pub after: Vec<u8>,
}

impl Scored {
    /// The names of the segments that users are in, as a column.
    pub fn column(&self, name: &str, labels: &[u8]) -> Column {
        let names = labels.iter().map(|&label| self.names.get(usize::from(label)).map(String::as_str));
        StringChunked::from_iter_options(name.into(), names).into_column()
    }
}

/// Scores the users of both runs by the earlier one's segments; or says why that cannot be.
pub(super) fn scored(before: &Run, after: &Run) -> Result<Scored, String> {
    let bytes = before.bytes(MODEL).map_err(|_| "the earlier run keeps no model of its segments".to_owned())?;
    let model: SegmentModel = serde_json::from_slice(&bytes)
        .map_err(|_| "the model of the earlier run's segments is of a version that this one cannot read".to_owned())?;
    let place = |run: &Run| -> Result<Vec<u8>, String> {
        let told = |error: crate::error::Error| error.to_string();
        let table = features(run, &model).map_err(told)?;
        model.place(&table, &Job::new()).map(|(labels, _)| labels).map_err(told)
    };
    Ok(Scored { before: place(before)?, after: place(after)?, names: model.names.clone() })
}

/// The features that a model asks for, one row a user of the run.
fn features(run: &Run, model: &SegmentModel) -> crate::error::Result<FeatureTable> {
    let stored = DataTable::of_run(run, "features")?;
    let mut features: Vec<Feature> = Vec::new();
    for column in &model.transform.columns {
        if features.iter().any(|known| known.name == column.feature) {
            continue;
        }
        if let Some(values) = stored.numbers(&column.feature)? {
            let scale = if column.log1p { Scale::Log } else { Scale::Linear };
            let name = column.feature.clone().into();
            features.push(Feature { name, unit: "", scale, values: Values::Money(values) });
        }
    }
    let rows = stored.len();
    Ok(FeatureTable {
        as_of: run.info().as_of,
        users: (0..rows as u32).collect(),
        features,
        top_category: vec![NONE; rows],
    })
}
