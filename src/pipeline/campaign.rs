//! A campaign by itself: its file is all there is, its users need not be in any log.

use std::path::Path;

use polars::prelude::*;
use serde::Serialize;

use crate::error::Result;
use crate::features::{Feature, FeatureTable, Scale, Values};
use crate::ingest::campaign::{self, Asked, CampaignFile, CampaignSettings, Predictor, ScoredFile};
use crate::job::Job;
use crate::models::uplift::{
    self, ArmEffect, Campaign, Outcome, Policies, Served, Study, Terms, Uplift, UpliftEvaluation, UpliftModel,
    UpliftSettings,
};

/// What a campaign says of one arm.
#[derive(Clone, Debug, Serialize)]
pub struct ArmReport {
    /// What the arm did to all of its rows.
    #[serde(flatten)]
    pub effect: ArmEffect,
    /// How well the model ranks rows that it did not learn from.
    pub evaluation: UpliftEvaluation,
}

/// What a campaign's file says.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignReport {
    /// Rows of the arms looked at, the control included.
    pub rows: u64,
    /// Rows judged by forests that did not learn from them: all of them.
    pub held_out: u64,
    /// How uplift was learnt.
    pub learner: &'static str,
    /// The columns that predict.
    pub features: Vec<String>,
    /// One report per arm.
    pub arms: Vec<ArmReport>,
    /// What treating nobody, everybody, or each as the model says would bring.
    pub policies: Policies,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Every row by the worth of its best arm, the highest first; of another file where one was to be scored.
    #[serde(skip)]
    pub ranking: DataFrame,
}

/// Learns from a campaign's rows, judges each arm on rows that were not learnt from, ranks every row; or, where another file
/// is named, that file's rows.
pub fn campaign(
    path: &Path,
    asked: Asked<'_>,
    settings: &UpliftSettings,
    scored: Option<&Path>,
    job: &Job,
) -> Result<CampaignReport> {
    let file = campaign::read(path, asked, job)?;
    let table = table(&file.predictors, file.len());
    let learnt = of_file(&file);
    let folds = file.folds();
    // The settings name the log's features; here every predictor of the file counts.
    let settings = UpliftSettings { features: Vec::new(), ..settings.clone() };
    let study = Study { table: &table, campaign: &learnt, fold: &folds };
    let found = uplift::uplift(study, terms(asked.settings), &settings, job)?;
    let ranking = match scored {
        None => ranking(&ids(file.users.as_deref(), &file.row), &found.model, &found.served, &found.best)?,
        Some(path) => {
            let others = campaign::read_scored(path, &asked.settings.user, &found.model.features, job)?;
            of_others(&others, &found.model, job)?
        }
    };
    let notes = file.notes.iter().chain(&found.notes).cloned().collect();
    let Uplift { effects, evaluations, policies, .. } = found;
    Ok(CampaignReport {
        rows: file.len() as u64,
        held_out: file.len() as u64,
        learner: settings.learner.name(),
        features: table.features.iter().map(|feature| feature.name.to_string()).collect(),
        arms: effects
            .into_iter()
            .zip(evaluations)
            .map(|(effect, evaluation)| ArmReport { effect, evaluation })
            .collect(),
        policies,
        notes,
        ranking,
    })
}

/// What the settings say of money.
pub(super) fn terms(settings: &CampaignSettings) -> Terms {
    Terms { contact_cost: settings.contact_cost, incentive: settings.incentive, margin: settings.margin }
}

/// The campaign as its file tells it.
pub(super) fn of_file(file: &CampaignFile) -> Campaign {
    Campaign {
        arms: file.arms.clone(),
        arm: file.arm.clone(),
        outcome: if file.money {
            Outcome::Money(file.outcome.iter().map(|value| *value as f32).collect())
        } else {
            Outcome::Happened(file.outcome.iter().map(|value| *value > 0.0).collect())
        },
        spend: file.spend.clone(),
        true_effect: None,
    }
}

/// A predictor of a file as a feature.
pub(super) fn feature(name: &str, values: Vec<f32>) -> Feature {
    Feature { name: name.to_owned().into(), unit: "score", scale: Scale::Linear, values: Values::Real(values) }
}

fn table(predictors: &[Predictor], rows: usize) -> FeatureTable {
    FeatureTable {
        as_of: 0,
        users: (0..rows as u32).collect(),
        features: predictors.iter().map(|predictor| feature(&predictor.name, predictor.values.clone())).collect(),
        top_category: vec![crate::ingest::NONE; rows],
    }
}

/// Scores the rows of another file.
fn of_others(file: &ScoredFile, model: &UpliftModel, job: &Job) -> Result<DataFrame> {
    let table = table(&file.predictors, file.rows);
    let served = model.score(&table, &vec![None; file.rows], job)?;
    let rows: Vec<u32> = (0..file.rows as u32).collect();
    ranking(&ids(file.users.as_deref(), &rows), model, &served, &model.best(&served))
}

/// The column that names the rows.
fn ids(users: Option<&[String]>, rows: &[u32]) -> Column {
    match users {
        Some(users) => StringChunked::from_iter_values("user".into(), users.iter().map(String::as_str)).into_column(),
        None => UInt32Chunked::from_slice("row".into(), rows).into_column(),
    }
}

/// User or row, then what [`served_columns`] gives, the highest worth first.
fn ranking(ids: &Column, model: &UpliftModel, served: &[Served], best: &[u16]) -> Result<DataFrame> {
    let mut columns = vec![ids.clone()];
    columns.extend(served_columns(model, served, best));
    let worth = picked(served, best, |arm, row| arm.worth()[row]);
    let mut order: Vec<u32> = (0..worth.len() as u32).collect();
    order.sort_by(|a, b| worth[*b as usize].total_cmp(&worth[*a as usize]));
    Ok(DataFrame::new_infer_height(columns)?.take(&IdxCa::from_slice("row".into(), &order))?)
}

/// What the model of each row's best arm says of the row.
fn picked<T>(served: &[Served], best: &[u16], value: impl Fn(&Served, usize) -> T) -> Vec<T> {
    best.iter().enumerate().map(|(row, &arm)| value(&served[usize::from(arm)], row)).collect()
}

/// Uplift, group and expected outcomes under the best arm, the net where a margin is known, and the uplift of every arm where
/// there are several.
pub(super) fn served_columns(model: &UpliftModel, served: &[Served], best: &[u16]) -> Vec<Column> {
    let floats = |name: &str, values: &[f32]| Float32Chunked::from_slice(name.into(), values).into_column();
    let group = picked(served, best, |arm, row| arm.group[row].name());
    let mut columns = vec![
        floats("uplift", &picked(served, best, |arm, row| arm.uplift[row])),
        StringChunked::from_iter_values("uplift_group".into(), group.into_iter()).into_column(),
        floats("p_treated", &picked(served, best, |arm, row| arm.p_treated[row])),
        floats("p_control", &picked(served, best, |arm, row| arm.p_control[row])),
    ];
    if served.len() > 1 {
        let names = best.iter().map(|&arm| model.arms[usize::from(arm)].arm.as_str());
        columns.push(StringChunked::from_iter_values("best_arm".into(), names).into_column());
    }
    if model.money.is_some() {
        columns.push(floats("net", &picked(served, best, |arm, row| arm.net[row])));
    }
    if served.len() > 1 {
        for (arm, served) in model.arms.iter().zip(served) {
            columns.push(floats(&format!("uplift {}", arm.arm), &served.uplift));
        }
    }
    columns
}
