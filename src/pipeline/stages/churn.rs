//! Who will leave: trained on features as of T minus the window, applied to features as of T.

use polars::prelude::*;

use super::Outcome;
use crate::config::Config;
use crate::error::Result;
use crate::features::{self, labels};
use crate::job::Job;
use crate::models::churn::{self, Churn, Push};
use crate::pipeline::source::Inputs;
use crate::pipeline::tables;

/// Fits, evaluates and applies the churn model.
pub fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.churn;
    let cutoff = match super::cutoff(inputs.log, settings.inactive_days, config.run.minimum_history_days, "churn") {
        Ok(cutoff) => cutoff,
        Err(reason) => return Ok(Outcome::skipped(reason)),
    };
    let gap = config.features.session_gap_minutes;
    let past = features::build(inputs.log, &inputs.catalogue.category, cutoff, gap, job)?;
    let left = labels::left(inputs.log, &past);
    let held_out: Vec<bool> = past.users.iter().map(|&user| inputs.held_out[user as usize]).collect();
    let churn = churn::churn(&past, &left, &held_out, inputs.now, settings, job)?;
    let mut outcome = Outcome {
        rows: churn.probability.len() as u64,
        detail: super::json(&serde_json::json!({
            "evaluation": churn.evaluation, "coefficients": churn.coefficients, "solver": churn.solver, "cutoff": cutoff,
        }))?,
        notes: churn.notes.clone(),
        tables: vec![("churn".to_owned(), table(inputs, &churn)?)],
        files: vec![("models/churn.json".to_owned(), super::bytes(&churn.model)?)],
        ..Outcome::default()
    };
    let evaluation = &churn.evaluation;
    for (name, value) in [
        ("base_rate", evaluation.base_rate),
        ("auc", evaluation.auc),
        ("pr_auc", evaluation.pr_auc),
        ("log_loss", evaluation.log_loss),
        ("brier", evaluation.brier),
    ] {
        outcome.metrics.insert(name.to_owned(), super::number(value));
    }
    Ok(outcome)
}

fn table(inputs: Inputs<'_>, churn: &Churn) -> Result<DataFrame> {
    let mut columns = vec![
        tables::user_column(inputs.log, inputs.now),
        Float32Chunked::from_slice("churn".into(), &churn.probability).into_column(),
    ];
    let name = |push: &Push| churn.coefficients.get(usize::from(push.column)).map(|column| column.column.as_str());
    for (direction, pushes) in [("up", &churn.up), ("down", &churn.down)] {
        for place in 0..churn::REASONS {
            let pushes = || pushes.iter().skip(place).step_by(churn::REASONS);
            let names =
                StringChunked::from_iter_options(format!("{direction}{}", place + 1).into(), pushes().map(name));
            let values: Vec<f32> =
                pushes().map(|push| if name(push).is_some() { push.contribution } else { f32::NAN }).collect();
            columns.push(names.into_column());
            columns.push(tables::float_column(&format!("{direction}{}_value", place + 1), &values));
        }
    }
    Ok(DataFrame::new_infer_height(columns)?)
}
