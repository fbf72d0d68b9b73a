//! The top-5 of every user, what each is likely to buy again, and the similar items of every item.

use std::collections::HashMap;

use polars::prelude::*;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::{self, Context, Recommendations};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::recommend::{Detail, Metrics};
use crate::store::{DataTable, View};

/// What the pipeline must know of recommend.
pub const ABOUT: About = About {
    version: 11,
    memory: [OWN, 50, 411],
    settings: |config| json(&config.recommend),
    reads_campaign: false,
    run,
};

/// Fits, evaluates and applies the recommender.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.recommend;
    if inputs.log.items.is_empty() {
        return Ok(Outcome::skipped("the log names no items; map one with ingest.columns.item".to_owned()));
    }
    let known_availability = inputs.catalogue.available.iter().any(Option::is_some);
    let available: Vec<bool> = inputs.catalogue.available.iter().map(|known| *known != Some(false)).collect();
    let never = never(inputs.items, &settings.never, job)?;
    let group = groups(inputs.items)?;
    let context = Context {
        available: known_availability.then_some(available.as_slice()),
        item_category: &inputs.catalogue.category,
        item_group: group.as_deref(),
        never: never.as_deref(),
    };
    let mut found = recommend::recommend(inputs.log, &context, settings, job)?;
    if let Some(never) = &never {
        let count = never.iter().filter(|&&never| never).count();
        found.notes.push(format!("{count} of {} items are never recommended, by recommend.never", never.len()));
    }
    let (items, scores) = tables::ranked_lists(&inputs.log.items, &found.items, &found.scores, settings.top);
    let source = StringChunked::from_iter_values("source".into(), found.source.iter().map(|source| source.name()));
    let sources = tables::source_lists(&found.items, &found.sources, settings.top);
    let users = tables::id_column("user_id", &inputs.log.users, 0..inputs.log.users.len() as u32);
    let mut columns = vec![users, items, scores, source.into_column(), sources];
    columns.extend(tables::again_lists(&inputs.log.items, &found.again, settings.top));
    let table = DataFrame::new_infer_height(columns)?;
    let (similar, similar_scores) =
        tables::ranked_lists(&inputs.log.items, &found.similar_items, &found.similar_scores, recommend::SIMILAR);
    let all_items = tables::id_column("item_id", &inputs.log.items, 0..inputs.log.items.len() as u32);
    let similar_table = DataFrame::new_infer_height(vec![all_items, similar, similar_scores])?;
    let mut metrics: Metrics = found.evaluation.as_ref().map(Into::into).unwrap_or_default();
    if let Some(again) = &found.again.evaluation {
        metrics.add_again(again);
    }
    let detail = Detail {
        evaluation: found.evaluation.is_some().then(|| metrics.clone()),
        picked: Some(found.picked),
        tried: found.tried.clone(),
        scanned_per_user: found.scanned_per_user,
    };
    Ok(Outcome {
        notes: found.notes.clone(),
        tables: vec![("recommendations".to_owned(), table), ("similar_items".to_owned(), similar_table)],
        files: model_files(&found)?,
        ..Outcome::of::<results::Recommend>(inputs.log.users.len(), &metrics, &detail)?
    })
}

/// Per item whether the condition names it; `None` without a condition.
fn never(items: &DataFrame, condition: &str, job: &Job) -> Result<Option<Vec<bool>>> {
    if condition.trim().is_empty() {
        return Ok(None);
    }
    let view = View { filter: Some(condition.to_owned()), ..View::default() };
    let told = |error| match error {
        Error::Query(what) => Error::Config(format!("recommend.never: {what}")),
        other => other,
    };
    let named = DataTable::of_frame(items.clone()).order(&view, job).map_err(told)?;
    let mut never = vec![false; items.height()];
    for row in named.part(0..named.len()).iter() {
        never[*row as usize] = true;
    }
    Ok(Some(never))
}

/// Per item the number of the product that it is a variant of, [`NONE`] where it is of none; `None` where no item is.
fn groups(items: &DataFrame) -> Result<Option<Vec<u32>>> {
    let Ok(column) = items.column("item_group") else { return Ok(None) };
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut groups = Vec::with_capacity(column.len());
    for group in column.str()?.iter() {
        groups.push(group.map_or(NONE, |group| {
            let next = numbers.len() as u32;
            *numbers.entry(group).or_insert(next)
        }));
    }
    Ok(Some(groups))
}

/// The picked model, and its factors as little-endian 32-bit floats, row after row.
fn model_files(found: &Recommendations) -> Result<Vec<(String, Vec<u8>)>> {
    let rank = found.factors.as_ref().map(|factors| factors.rank);
    let about = serde_json::json!({ "picked": found.picked, "tried": found.tried, "rank": rank });
    let mut files = vec![("models/recommend.json".to_owned(), crate::pipeline::stages::bytes(&about)?)];
    if let Some(factors) = &found.factors {
        let users = (0..factors.row_of.len()).flat_map(|user| factors.user(user));
        let bytes = users.flat_map(|value| value.to_le_bytes()).collect();
        files.push(("models/recommend_users.f32".to_owned(), bytes));
        let bytes = factors.items.iter().flat_map(|value| value.to_le_bytes()).collect();
        files.push(("models/recommend_items.f32".to_owned(), bytes));
    }
    Ok(files)
}
