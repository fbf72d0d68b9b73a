//! What a user will buy: purchases within the horizon, trained on features as of T minus the horizon.

use polars::prelude::*;

use super::Outcome;
use crate::config::Config;
use crate::error::Result;
use crate::features::{self, labels};
use crate::job::Job;
use crate::models::ltv;
use crate::pipeline::source::Inputs;
use crate::pipeline::tables;

/// Fits, evaluates and applies the lifetime-value model.
pub fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.ltv;
    let cutoff = match super::cutoff(inputs.log, settings.horizon_days, config.run.minimum_history_days, "ltv") {
        Ok(cutoff) => cutoff,
        Err(reason) => return Ok(Outcome::skipped(reason)),
    };
    let gap = config.features.session_gap_minutes;
    let past = features::build(inputs.log, &inputs.catalogue.category, cutoff, gap, job)?;
    let purchases = labels::purchases(inputs.log, &past);
    if purchases.iter().all(|&count| count == 0.0) {
        return Ok(Outcome::skipped(format!(
            "none of the {} users known at the cutoff bought anything in the {} days after it: there is nothing to learn",
            past.len(),
            settings.horizon_days
        )));
    }
    let held_out: Vec<bool> = past.users.iter().map(|&user| inputs.held_out[user as usize]).collect();
    let ltv = ltv::ltv(&past, &purchases, &held_out, inputs.now, settings, job)?;
    let mut notes = ltv.notes.clone();
    notes.extend(ltv.fallback.clone());
    let predicted = Float32Chunked::from_slice("ltv".into(), &ltv.predicted).into_column();
    let table = DataFrame::new_infer_height(vec![tables::user_column(inputs.log, inputs.now), predicted])?;
    let evaluation = &ltv.evaluation;
    let mut outcome = Outcome {
        rows: ltv.predicted.len() as u64,
        detail: super::json(&serde_json::json!({ "evaluation": evaluation, "cutoff": cutoff }))?,
        notes,
        tables: vec![("ltv".to_owned(), table)],
        files: vec![("models/ltv.json".to_owned(), super::bytes(&ltv.model)?)],
        ..Outcome::default()
    };
    for (name, value) in [
        ("rmse", evaluation.rmse),
        ("rmse_mean", evaluation.rmse_mean),
        ("mae", evaluation.mae),
        ("spearman", evaluation.spearman),
        ("gini", evaluation.gini),
    ] {
        outcome.metrics.insert(name.to_owned(), super::number(value));
    }
    Ok(outcome)
}
