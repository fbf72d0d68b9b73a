//! Whom a campaign would persuade: the campaign of a file, or one simulated where none is given.

use std::collections::HashMap;
use std::path::Path;

use polars::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::features::{Feature, FeatureTable, Scale, Values};
use crate::ingest::campaign::{self, CampaignFile};
use crate::job::Job;
use crate::models::uplift::{self, UpliftEvaluation};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::uplift::{Arm, Detail};

/// What the pipeline must know of uplift.
pub const ABOUT: About =
    About { version: 7, memory: [OWN, 43, 493], settings: |config| json(&config.uplift), reads_campaign: true, run };

/// Fits, evaluates and applies the uplift model to the campaign given, or to one simulated.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    match inputs.campaign {
        Some(path) => real(path, inputs, config, job),
        None => simulated(inputs, config, job),
    }
}

fn held_out(inputs: Inputs<'_>) -> Vec<bool> {
    inputs.now.users.iter().map(|&user| inputs.held_out[user as usize]).collect()
}

fn floats(name: &str, values: &[f32]) -> Column {
    Float32Chunked::from_slice(name.into(), values).into_column()
}

fn simulated(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.uplift;
    let campaign = uplift::simulate(inputs.now, settings);
    let found = uplift::uplift(inputs.now, &campaign, &held_out(inputs), settings, job)?;
    let groups = StringChunked::from_iter_values("uplift_group".into(), found.group.iter().map(|group| group.name()));
    let table = DataFrame::new_infer_height(vec![
        tables::user_column(inputs.log, inputs.now),
        floats("uplift", &found.uplift),
        floats("p_treated", &found.p_treated),
        floats("p_control", &found.p_control),
        groups.into_column(),
    ])?;
    let mut notes = vec![
        "the campaign is simulated: 50/50 at random, with a known true effect; no real campaign was given".to_owned(),
    ];
    notes.extend(found.notes.iter().cloned());
    outcome(table, notes, found.evaluation, Vec::new(), &found.model)
}

/// The outcome of a stage with this table, whose metrics are those of `evaluation`.
fn outcome(
    table: DataFrame,
    notes: Vec<String>,
    evaluation: UpliftEvaluation,
    arms: Vec<Arm>,
    model: &impl Serialize,
) -> Result<Outcome> {
    let metrics = (&evaluation).into();
    let detail = Detail { evaluation: Some(evaluation), arms };
    let rows = table.height();
    Ok(Outcome {
        notes,
        tables: vec![("uplift".to_owned(), table)],
        files: vec![("models/uplift.json".to_owned(), crate::pipeline::stages::bytes(model)?)],
        ..Outcome::of::<results::Uplift>(rows, &metrics, &detail)?
    })
}

fn real(path: &Path, inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let file = campaign::read(path, &config.campaign, job)?;
    let (joined, table, mut notes) = joined(&file, path, inputs)?;
    let held_out = held_out(inputs);
    // Every feature of a campaign's own predicts too; the settings name those of the log.
    let own = file.predictors.iter().map(|predictor| predictor.name.clone());
    let log = config.uplift.features.iter().cloned();
    let features = if config.uplift.features.is_empty() { Vec::new() } else { log.chain(own).collect() };
    let settings = uplift::UpliftSettings { features, ..config.uplift.clone() };
    let found = uplift::by_arm(&table, &joined, &held_out, &settings, job)?;

    let groups = found.picked(|model, row| model.group[row].name());
    let mut columns = vec![
        tables::user_column(inputs.log, inputs.now),
        floats("uplift", &found.uplift()),
        floats("p_treated", &found.picked(|model, row| model.p_treated[row])),
        floats("p_control", &found.picked(|model, row| model.p_control[row])),
        StringChunked::from_iter_values("uplift_group".into(), groups.into_iter()).into_column(),
    ];
    if joined.arms.len() > 1 {
        let best = found.best.iter().map(|&arm| joined.arms[usize::from(arm)].as_str());
        columns.push(StringChunked::from_iter_values("best_arm".into(), best).into_column());
        for (name, model) in joined.arms.iter().zip(&found.models) {
            columns.push(floats(&format!("uplift {name}"), &model.uplift));
        }
        notes.push(format!("metrics are of the arm {}; those of every arm are in the stage's detail", joined.arms[0]));
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
    notes.extend(found.models[0].notes.iter().cloned());
    let arms = found.models.iter().zip(&found.effects).map(|(model, effect)| Arm {
        arm: effect.arm.clone(),
        effect: effect.clone(),
        evaluation: model.evaluation.clone(),
    });
    let arms = arms.collect();
    let models: Vec<_> = found.models.iter().map(|model| &model.model).collect();
    outcome(DataFrame::new_infer_height(columns)?, notes, found.models[0].evaluation.clone(), arms, &models)
}

/// The campaign's rows at the places of their users, its predictors beside the users' features.
fn joined(
    file: &CampaignFile,
    path: &Path,
    inputs: Inputs<'_>,
) -> Result<(uplift::ArmsCampaign, FeatureTable, Vec<String>)> {
    let shown = path.display();
    let Some(users) = &file.users else {
        return Err(Error::Config(format!(
            "{shown}: without a column of users nobody in the log can be told; name it with campaign.user, or look at the \
             campaign by itself with user360 uplift --campaign {shown}"
        )));
    };
    let rows = inputs.now.len();
    let place: HashMap<u32, usize> = inputs.now.users.iter().enumerate().map(|(row, &code)| (code, row)).collect();
    let found: Vec<Option<usize>> =
        users.iter().map(|user| inputs.log.users.code(user).and_then(|code| place.get(&code).copied())).collect();
    let known = found.iter().flatten().count();
    if known == 0 {
        return Err(Error::Config(format!(
            "{shown}: none of its {} users is in the log; look at the campaign by itself with \
             user360 uplift --campaign {shown}",
            users.len()
        )));
    }
    let mut notes = file.notes.clone();
    notes.push(format!("a real campaign: {known} of its {} users are in the log", users.len()));
    notes.push("features are as of T: where the campaign ran before, they may hold what it brought about".to_owned());
    let mut joined = uplift::ArmsCampaign {
        arms: file.arms.clone(),
        arm: vec![None; rows],
        outcome: vec![false; rows],
        spend: if file.spend.is_empty() { Vec::new() } else { vec![f64::NAN; rows] },
    };
    let mut table = inputs.now.clone();
    let mut own: Vec<Vec<f32>> = vec![vec![f32::NAN; rows]; file.predictors.len()];
    for (at, row) in found.into_iter().enumerate() {
        let Some(row) = row else { continue };
        joined.arm[row] = Some(file.arm[at]);
        joined.outcome[row] = file.outcome[at];
        if let Some(spend) = file.spend.get(at) {
            joined.spend[row] = *spend;
        }
        for (column, predictor) in own.iter_mut().zip(&file.predictors) {
            column[row] = predictor.values[at];
        }
    }
    for (predictor, values) in file.predictors.iter().zip(own) {
        table.features.push(Feature {
            name: predictor.name.clone().into(),
            unit: "score",
            scale: Scale::Linear,
            values: Values::Real(values),
        });
    }
    Ok((joined, table, notes))
}
