//! Features as of T, one row per user.

use crate::error::Result;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::Outcome;
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::features::{Detail, Metrics};

/// Writes the features that every later stage shares.
pub fn run(inputs: Inputs<'_>) -> Result<Outcome> {
    let unknown =
        |feature: &&crate::features::Feature| (0..inputs.now.len()).all(|row| feature.values.get(row).is_nan());
    let null: Vec<&str> = inputs.now.features.iter().filter(unknown).map(|feature| feature.name.as_ref()).collect();
    let mut notes = Vec::new();
    if !null.is_empty() {
        let null = null.join(", ");
        notes
            .push(format!("null for every user and left out of the models, because this log cannot tell them: {null}"));
    }
    let unit = |feature: &crate::features::Feature| (feature.name.to_string(), feature.unit.to_owned());
    let detail = Detail { units: inputs.now.features.iter().map(unit).collect() };
    Ok(Outcome {
        notes,
        tables: vec![("features".to_owned(), tables::features(inputs.log, inputs.catalogue, inputs.now)?)],
        ..Outcome::of::<results::Features>(inputs.now.len(), &Metrics {}, &detail)?
    })
}
