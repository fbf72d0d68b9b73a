//! Whom a campaign would persuade: the campaign of a file, or one simulated where none is given.

mod joined;

use std::path::Path;

use polars::prelude::*;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::campaign::{self, Asked};
use crate::job::Job;
use crate::models::uplift::{self, Served, Study, Terms, Uplift, count_groups};
use crate::pipeline::campaign::{served_columns, terms};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store;
use crate::store::results;
use crate::store::results::uplift::{Arm, Detail, Metrics};

/// What the pipeline must know of uplift.
pub const ABOUT: About =
    About { version: 14, memory: [OWN, 43, 560], settings: |config| json(&config.uplift), reads_campaign: true, run };

/// Fits, evaluates and applies the uplift model to the campaign given, or to one simulated.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    match inputs.campaign {
        Some(path) => real(path, inputs, config, job).map_err(|error| match error {
            // Nobody asked for it: what is wrong with it is no reason for a run without the other stages.
            Error::Config(what) | Error::Input { what, .. } if inputs.campaign_found => Error::Model(format!(
                "{what} (the campaign lies in the input folder; name another one with --campaign, or take it out)"
            )),
            error => error,
        }),
        None => simulated(inputs, config, job),
    }
}

fn simulated(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.uplift;
    let campaign = uplift::simulate(inputs.now, settings);
    let folds: Vec<u8> = inputs.now.users.iter().map(|&user| inputs.folds[user as usize]).collect();
    let study = Study { table: inputs.now, campaign: &campaign, fold: &folds };
    let mut found = uplift::uplift(study, Terms::default(), settings, job)?;
    let mut parts = vec![tables::user_column(inputs.log, inputs.now)];
    parts.extend(served_columns(&found.model, &found.served, &found.best));
    let mut table = DataFrame::new_infer_height(parts)?;
    for (real, simulated) in store::SIMULATED {
        table.rename(real, simulated.into())?;
    }
    if !config.campaign.date.is_empty() {
        found.notes.push("campaign.date tells nothing here: no campaign was given that could have run then".to_owned());
    }
    found.notes.insert(
        0,
        "the campaign is simulated: 50/50 at random, with a known true effect; no real campaign was given".to_owned(),
    );
    outcome(table, found)
}

/// The outcome of a stage with this table.
fn outcome(table: DataFrame, found: Uplift) -> Result<Outcome> {
    let model = crate::pipeline::stages::bytes(&found.model)?;
    let Uplift { effects, evaluations, policies, notes, .. } = found;
    let first = evaluations.first().cloned();
    let metrics = first.as_ref().map(|first| Metrics::of(first, &policies)).unwrap_or_default();
    let simulated = first.as_ref().is_some_and(|first| first.simulated);
    let arms = effects
        .into_iter()
        .zip(evaluations)
        .map(|(effect, evaluation)| Arm { arm: effect.arm.clone(), effect, evaluation })
        .collect();
    let detail =
        Detail { evaluation: first, arms: if simulated { Vec::new() } else { arms }, policies: Some(policies) };
    let rows = table.height();
    Ok(Outcome {
        notes,
        tables: vec![("uplift".to_owned(), table)],
        files: vec![("models/uplift.json".to_owned(), model)],
        ..Outcome::of::<results::Uplift>(rows, &metrics, &detail)?
    })
}

fn real(path: &Path, inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let asked = Asked { settings: &config.campaign, zone: &config.ingest.time_zone, options: false };
    let file = campaign::read(path, asked, job)?;
    let joined = joined::joined(&file, path, inputs, config, job)?;
    // Every feature of a campaign's own predicts too; the settings name those of the log.
    let own = file.predictors.iter().map(|predictor| predictor.name.clone());
    let log = config.uplift.features.iter().cloned();
    let features = if config.uplift.features.is_empty() { Vec::new() } else { log.chain(own).collect() };
    let settings = uplift::UpliftSettings { features, ..config.uplift.clone() };
    let study = Study { table: &joined.then, campaign: &joined.campaign, fold: &joined.fold };
    let mut found = uplift::uplift(study, terms(&config.campaign), &settings, job)?;

    let served = found.model.score(&joined.now, &joined.fold_now, job)?;
    let best = found.model.best(&served);
    let mut columns = vec![tables::user_column(inputs.log, inputs.now)];
    columns.extend(served_columns(&found.model, &served, &best));
    columns.push(tables::float_column("uplift_at_campaign", &then(&found, &joined.then.users, &inputs.now.users)));
    count_everyone(&mut found, &served);
    let mut notes = joined.notes;
    if inputs.campaign_found {
        notes.insert(0, format!("the campaign is {}, which lies in the input folder", file_name(path)));
    }
    if found.effects.len() > 1 {
        notes.push(format!(
            "metrics are of the arm {}; those of every arm are in the stage's detail",
            found.effects[0].arm
        ));
    }
    for effect in &found.effects {
        notes.push(format!(
            "{}: {:.4} of {} rows have the outcome, {:.4} of {} in the control: an effect of {:+.4} ({:+.4} to {:+.4})",
            effect.arm,
            effect.rate,
            effect.rows,
            effect.control_rate,
            effect.control_rows,
            effect.effect,
            effect.effect_low,
            effect.effect_high
        ));
    }
    notes.append(&mut found.notes);
    found.notes = notes;
    outcome(DataFrame::new_infer_height(columns)?, found)
}

/// Per user of the log the uplift by what was known when the campaign ran; NaN for who took no part.
fn then(found: &Uplift, took_part: &[u32], everyone: &[u32]) -> Vec<f32> {
    let mut values = vec![f32::NAN; everyone.len()];
    for (row, (code, &arm)) in took_part.iter().zip(&found.best).enumerate() {
        if let Ok(at) = everyone.binary_search(code) {
            values[at] = found.served[usize::from(arm)].uplift[row];
        }
    }
    values
}

/// Groups are told of everyone who is served, not only of those who took part.
fn count_everyone(found: &mut Uplift, served: &[Served]) {
    for (evaluation, served) in found.evaluations.iter_mut().zip(served) {
        evaluation.groups = count_groups(&served.group);
    }
}
