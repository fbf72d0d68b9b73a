//! Features as of T, one row per user.

use serde_json::Value;

use crate::config::Config;
use crate::error::Result;
use crate::features::{VERSION, may_lack};
use crate::job::Job;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::features::{Detail, Metrics};

/// What the pipeline must know of features.
pub const ABOUT: About =
    About { version: VERSION, memory: [OWN, 56, 243], settings: |_| Ok(Value::Null), reads_campaign: false, run };

/// Writes the features that every later stage shares.
fn run(inputs: Inputs<'_>, _: &Config, _: &Job) -> Result<Outcome> {
    let unknown =
        |feature: &&crate::features::Feature| (0..inputs.now.len()).all(|row| feature.values.get(row).is_nan());
    let null = inputs.now.features.iter().filter(unknown).map(|feature| feature.name.as_ref());
    let null: Vec<&str> = null.filter(|name| !may_lack(name)).collect();
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
