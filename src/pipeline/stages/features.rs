//! Features as of T, one row per user.

use crate::error::Result;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::Outcome;
use crate::pipeline::tables;

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
    let units: serde_json::Map<String, serde_json::Value> =
        inputs.now.features.iter().map(|feature| (feature.name.to_string(), feature.unit.into())).collect();
    Ok(Outcome {
        rows: inputs.now.len() as u64,
        detail: serde_json::json!({ "units": units }),
        notes,
        tables: vec![("features".to_owned(), tables::features(inputs.log, inputs.catalogue, inputs.now)?)],
        ..Outcome::default()
    })
}
