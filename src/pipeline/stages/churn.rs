//! Who will leave: trained on features as of T minus the window, applied to features as of T.

use polars::prelude::*;
use rayon::prelude::*;

use crate::config::Config;
use crate::error::Result;
use crate::features::{self, labels};
use crate::job::Job;
use crate::models::churn::{self, Churn, Reason};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::churn::Detail;

/// What the pipeline must know of churn.
pub const ABOUT: About = About {
    version: 7,
    memory: [OWN, 39, 438],
    settings: |config| json(&(&config.churn, config.run.minimum_history_days)),
    reads_campaign: false,
    run,
};

/// Reasons per user and direction.
const REASONS: usize = 3;

/// Fits, evaluates and applies the churn model.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.churn;
    let cutoff = match crate::pipeline::stages::cutoff(
        inputs.log,
        settings.inactive_days,
        config.run.minimum_history_days,
        "churn",
    ) {
        Ok(cutoff) => cutoff,
        Err(reason) => return Ok(Outcome::skipped(reason)),
    };
    let gap = config.features.session_gap_minutes;
    let past = features::build(inputs.log, &inputs.catalogue.category, cutoff, gap, job)?;
    let left = labels::left(inputs.log, &past);
    let held_out: Vec<bool> = past.users.iter().map(|&user| inputs.held_out[user as usize]).collect();
    let churn = churn::churn(&past, &left, &held_out, inputs.now, settings, job)?;
    let metrics = (&churn.evaluation).into();
    let detail = Detail {
        evaluation: Some(churn.evaluation.clone()),
        coefficients: churn.coefficients.clone(),
        solver: Some(churn.solver),
        cutoff: Some(cutoff),
    };
    Ok(Outcome {
        notes: churn.notes.clone(),
        tables: vec![("churn".to_owned(), table(inputs, &churn)?)],
        files: vec![("models/churn.json".to_owned(), crate::pipeline::stages::bytes(&churn.model)?)],
        ..Outcome::of::<results::Churn>(churn.probability.len(), &metrics, &detail)?
    })
}

fn table(inputs: Inputs<'_>, churn: &Churn) -> Result<DataFrame> {
    let column_of = |reason: &Reason| {
        let column = churn.coefficients.get(usize::from(reason.column))?;
        (reason.column != churn::NO_REASON).then_some(column.column.as_str())
    };
    let places: Vec<usize> = (0..2 * REASONS).collect();
    let reasons = places.par_iter().flat_map_iter(|&place| {
        let direction = if place < REASONS { "up" } else { "down" };
        let name = format!("{direction}{}", place % REASONS + 1);
        let reasons = || churn.reasons.iter().map(|reasons| &reasons[place]);
        let names = StringChunked::from_iter_options(name.as_str().into(), reasons().map(column_of));
        let known = |reason: &Reason| if column_of(reason).is_some() { reason.contribution } else { f32::NAN };
        let values: Vec<f32> = reasons().map(known).collect();
        [names.into_column(), tables::float_column(&format!("{name}_value"), &values)]
    });
    let mut columns = vec![
        tables::user_column(inputs.log, inputs.now),
        Float32Chunked::from_slice("churn".into(), &churn.probability).into_column(),
    ];
    columns.extend(reasons.collect::<Vec<_>>());
    Ok(DataFrame::new_infer_height(columns)?)
}
