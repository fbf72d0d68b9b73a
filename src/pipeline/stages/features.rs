//! Features as of T, one row per user.

use polars::prelude::*;
use serde_json::Value;

use crate::config::Config;
use crate::error::Result;
use crate::features::{VERSION, labels, may_lack};
use crate::job::Job;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::features::{Detail, Metrics};

/// What the pipeline must know of features.
pub const ABOUT: About = About { version: VERSION, memory: [OWN, 56, 243], settings, reads_campaign: false, run };

/// What decides `status`.
fn settings(config: &Config) -> Result<Value> {
    json(&config.churn.inactive_days)
}

/// Writes the features that every later stage shares.
fn run(inputs: Inputs<'_>, config: &Config, _: &Job) -> Result<Outcome> {
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
    let active = labels::active(inputs.now, config.churn.inactive_days.days(inputs.log));
    let mut table = tables::features(inputs.log, inputs.catalogue, inputs.now)?;
    table.with_column(status(&active))?;
    Ok(Outcome {
        notes,
        tables: vec![("features".to_owned(), table)],
        ..Outcome::of::<results::Features>(inputs.now.len(), &Metrics {}, &detail)?
    })
}

/// Whether each user has lapsed.
fn status(active: &[bool]) -> Column {
    let words = active.iter().map(|&active| if active { "active" } else { "lapsed" });
    StringChunked::from_iter_values("status".into(), words).into_column()
}
