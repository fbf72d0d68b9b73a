//! Whom a campaign would persuade, on a simulated campaign where no real one is given.

use polars::prelude::*;
use serde_json::Value;

use super::Outcome;
use crate::config::Config;
use crate::error::Result;
use crate::job::Job;
use crate::models::uplift;
use crate::pipeline::source::Inputs;
use crate::pipeline::tables;

/// The report's metrics of this stage.
const METRICS: [&str; 10] = [
    "simulated",
    "ate",
    "ate_low",
    "ate_high",
    "qini",
    "auuc",
    "uplift@10",
    "uplift@20",
    "uplift@30",
    "true_effect_correlation",
];

/// Simulates the campaign, fits, evaluates and applies the uplift model.
pub fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.uplift;
    let held_out: Vec<bool> = inputs.now.users.iter().map(|&user| inputs.held_out[user as usize]).collect();
    let campaign = uplift::simulate(inputs.now, settings);
    let found = uplift::uplift(inputs.now, &campaign, &held_out, settings, job)?;
    let floats = |name: &str, values: &[f32]| Float32Chunked::from_slice(name.into(), values).into_column();
    let groups = StringChunked::from_iter_values("uplift_group".into(), found.group.iter().map(|group| group.name()));
    let table = DataFrame::new_infer_height(vec![
        tables::user_column(inputs.log, inputs.now),
        floats("uplift", &found.uplift),
        floats("p_treated", &found.p_treated),
        floats("p_control", &found.p_control),
        groups.into_column(),
    ])?;
    let evaluation = super::json(&found.evaluation)?;
    let mut notes = vec![
        "the campaign is simulated: 50/50 at random, with a known true effect; no real campaign was given".to_owned(),
    ];
    notes.extend(found.notes.iter().cloned());
    let mut outcome = Outcome {
        rows: found.uplift.len() as u64,
        notes,
        tables: vec![("uplift".to_owned(), table)],
        files: vec![("models/uplift.json".to_owned(), super::bytes(&found.model)?)],
        ..Outcome::default()
    };
    for name in METRICS {
        outcome.metrics.insert(name.to_owned(), evaluation.get(name).cloned().unwrap_or(Value::Null));
    }
    outcome.detail = evaluation;
    Ok(outcome)
}
