//! A campaign by itself: its file is all there is, its users need not be in any log.

use std::path::Path;

use polars::prelude::*;
use serde::Serialize;

use crate::error::Result;
use crate::features::{Feature, FeatureTable, Scale, Values};
use crate::ingest::campaign::{self, CampaignFile, CampaignSettings};
use crate::job::Job;
use crate::models::uplift::{self, ArmEffect, ArmsCampaign, UpliftEvaluation, UpliftSettings};

/// What a campaign says of one arm.
#[derive(Clone, Debug, Serialize)]
pub struct ArmReport {
    /// What the arm did to all of its rows.
    #[serde(flatten)]
    pub effect: ArmEffect,
    /// How well the model ranks the held-out rows.
    pub evaluation: UpliftEvaluation,
}

/// What a campaign's file says.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignReport {
    /// Rows of the arms looked at, the control included.
    pub rows: u64,
    /// Rows held out.
    pub held_out: u64,
    /// How uplift was learnt.
    pub learner: &'static str,
    /// The columns that predict.
    pub features: Vec<String>,
    /// One report per arm.
    pub arms: Vec<ArmReport>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Every row by the uplift of its best arm, the highest first.
    #[serde(skip)]
    pub ranking: DataFrame,
}

/// Trains on four fifths of a campaign's rows, judges each arm on the held-out fifth, ranks every row.
pub fn campaign(
    path: &Path,
    columns: &CampaignSettings,
    settings: &UpliftSettings,
    job: &Job,
) -> Result<CampaignReport> {
    let file = campaign::read(path, columns, job)?;
    let table = table(&file);
    let joined = ArmsCampaign {
        arms: file.arms.clone(),
        arm: file.arm.iter().map(|arm| Some(*arm)).collect(),
        outcome: file.outcome.clone(),
        spend: file.spend.clone(),
    };
    let held_out = file.held_out();
    // The settings name the log's features; here every predictor of the file counts.
    let settings = UpliftSettings { features: Vec::new(), ..settings.clone() };
    let found = uplift::by_arm(&table, &joined, &held_out, &settings, job)?;
    let ranking = ranking(&file, &found)?;
    let mut notes = file.notes.clone();
    for (model, arm) in found.models.iter().zip(&file.arms) {
        notes.extend(model.notes.iter().map(|note| format!("{arm}: {note}")));
    }
    let arms = found.effects.into_iter().zip(found.models);
    Ok(CampaignReport {
        rows: file.len() as u64,
        held_out: held_out.iter().filter(|held| **held).count() as u64,
        learner: settings.learner.name(),
        features: table.features.iter().map(|feature| feature.name.to_string()).collect(),
        arms: arms.map(|(effect, model)| ArmReport { effect, evaluation: model.evaluation }).collect(),
        notes,
        ranking,
    })
}

fn table(file: &CampaignFile) -> FeatureTable {
    let feature = |predictor: &campaign::Predictor| Feature {
        name: predictor.name.clone().into(),
        unit: "score",
        scale: Scale::Linear,
        values: Values::Real(predictor.values.clone()),
    };
    FeatureTable {
        as_of: 0,
        users: (0..file.len() as u32).collect(),
        features: file.predictors.iter().map(feature).collect(),
        top_category: vec![crate::ingest::NONE; file.len()],
    }
}

/// User or row, uplift and group by the best arm, and the uplift by each arm where there are several.
fn ranking(file: &CampaignFile, found: &uplift::ByArm) -> Result<DataFrame> {
    let mut columns = vec![match &file.users {
        Some(users) => StringChunked::from_iter_values("user".into(), users.iter().map(String::as_str)).into_column(),
        None => UInt32Chunked::from_slice("row".into(), &file.row).into_column(),
    }];
    let best = found.uplift();
    let floats = |name: &str, values: &[f32]| Float32Chunked::from_slice(name.into(), values).into_column();
    columns.push(floats("uplift", &best));
    let groups = found.picked(|model, row| model.group[row].name());
    columns.push(StringChunked::from_iter_values("uplift_group".into(), groups.into_iter()).into_column());
    columns.push(floats("p_treated", &found.picked(|model, row| model.p_treated[row])));
    columns.push(floats("p_control", &found.picked(|model, row| model.p_control[row])));
    if file.arms.len() > 1 {
        let names = found.best.iter().map(|&arm| file.arms[usize::from(arm)].as_str());
        columns.push(StringChunked::from_iter_values("best_arm".into(), names).into_column());
        for (name, model) in file.arms.iter().zip(&found.models) {
            columns.push(floats(&format!("uplift {name}"), &model.uplift));
        }
    }
    let mut order: Vec<u32> = (0..best.len() as u32).collect();
    order.sort_by(|a, b| best[*b as usize].total_cmp(&best[*a as usize]));
    Ok(DataFrame::new_infer_height(columns)?.take(&IdxCa::from_slice("row".into(), &order))?)
}
