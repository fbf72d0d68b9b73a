//! Between the pipeline's types and the workspace's tables.

use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::{FeatureTable, Values};
use crate::ingest::{
    Attribute, CATEGORY_LEVELS, Catalogue, Customers, EventKind, EventLog, HOUSEHOLD_COLUMN, Ids, ItemNames, NONE,
};
use crate::models::recommend::{BuyAgain, Source};

/// A column of ids: int64 or text as the log's ids are, null for [`NONE`].
pub fn id_column(name: &str, ids: &Ids, codes: impl Iterator<Item = u32>) -> Column {
    match ids {
        Ids::Integer(known) => {
            let codes: Vec<u32> = codes.collect();
            let values = codes.iter().map(|&code| if code == NONE { 0 } else { known[code as usize] }).collect();
            let known = codes.contains(&NONE).then(|| codes.iter().map(|&code| code != NONE).collect());
            Int64Chunked::from_vec_validity(name.into(), values, known).into_column()
        }
        Ids::Text(known) => {
            let values = codes.map(|code| if code == NONE { None } else { Some(known[code as usize].as_ref()) });
            StringChunked::from_iter_options(name.into(), values).into_column()
        }
    }
}

/// A list column of item ids and one of scores, `width` entries a row; [`NONE`] entries are left out.
pub fn ranked_lists(items: &Ids, codes: &[u32], scores: &[f32], width: usize) -> (Column, Column) {
    let rows = codes.len() / width.max(1);
    let mut score_lists =
        ListPrimitiveChunkedBuilder::<Float32Type>::new("scores".into(), rows, codes.len(), DataType::Float32);
    let taken = |row: &[u32]| row.iter().take_while(|&&code| code != NONE).count();
    for (row, score) in codes.chunks(width.max(1)).zip(scores.chunks(width.max(1))) {
        score_lists.append_iter(score[..taken(row)].iter().map(|&score| Some(score).filter(|score| !score.is_nan())));
    }
    let item_lists = match items {
        Ids::Integer(known) => {
            let mut lists =
                ListPrimitiveChunkedBuilder::<Int64Type>::new("items".into(), rows, codes.len(), DataType::Int64);
            for row in codes.chunks(width.max(1)) {
                let ids: Vec<i64> = row[..taken(row)].iter().map(|&code| known[code as usize]).collect();
                lists.append_slice(&ids);
            }
            lists.finish()
        }
        Ids::Text(known) => {
            let mut lists = ListStringChunkedBuilder::new("items".into(), rows, codes.len());
            for row in codes.chunks(width.max(1)) {
                lists.append_values_iter(row[..taken(row)].iter().map(|&code| known[code as usize].as_ref()));
            }
            lists.finish()
        }
    };
    (item_lists.into_column(), score_lists.finish().into_column())
}

/// The list columns `again_items`, `again_scores` and `again_due_days` of what users buy again, `width` entries a row.
pub fn again_lists(items: &Ids, again: &BuyAgain, width: usize) -> [Column; 3] {
    let lists = |values: &[f32]| {
        let (items, mut values) = ranked_lists(items, &again.items, values, width);
        values.rename("again_scores".into());
        (items, values)
    };
    let (mut ids, chances) = lists(&again.chances);
    ids.rename("again_items".into());
    let (_, mut due_days) = lists(&again.due_days);
    due_days.rename("again_due_days".into());
    [ids, chances, due_days]
}

/// Where each item of the lists of [`ranked_lists`] comes from.
pub fn source_lists(codes: &[u32], sources: &[Source], width: usize) -> Column {
    let rows = codes.len() / width.max(1);
    let mut lists = ListStringChunkedBuilder::new("sources".into(), rows, codes.len());
    for (row, sources) in codes.chunks(width.max(1)).zip(sources.chunks(width.max(1))) {
        let named = row.iter().zip(sources).take_while(|(code, _)| **code != NONE);
        lists.append_values_iter(named.map(|(_, source)| source.name()));
    }
    lists.finish().into_column()
}

/// A float column in which NaN becomes null.
pub fn float_column(name: &str, values: &[f32]) -> Column {
    let known = values.iter().map(|value| !value.is_nan()).collect();
    Float32Chunked::from_vec_validity(name.into(), values.to_vec(), Some(known)).into_column()
}

pub(super) fn money_column(name: &str, values: &[f64]) -> Column {
    let known = values.iter().map(|value| !value.is_nan()).collect();
    Float64Chunked::from_vec_validity(name.into(), values.to_vec(), Some(known)).into_column()
}

/// `items.parquet`: the catalogue of the log's items, with how often each was viewed, put into a cart and bought.
pub fn items(log: &EventLog, catalogue: &Catalogue, names: &ItemNames) -> Result<DataFrame> {
    let count = log.items.len();
    let mut events = EventKind::ALL.map(|_| vec![0_u32; count]);
    for (kind, &item) in log.kind.iter().zip(&log.item).filter(|(_, item)| **item != NONE) {
        events[*kind as usize][item as usize] += 1;
    }
    let mut used = vec![false; catalogue.categories.len()];
    for &category in catalogue.category.iter().filter(|&&category| category != NONE) {
        used[category as usize] = true;
    }
    let paths: Vec<String> = (0..catalogue.categories.len() as u32)
        .map(|category| {
            if !used[category as usize] {
                return String::new();
            }
            let path = catalogue.path(category);
            let names: Vec<_> = path.iter().map(|&step| catalogue.categories.text(step)).collect();
            let step = |at: usize| if at == 0 { &*names[0] } else { below(&names[at - 1], &names[at]) };
            (0..names.len()).map(step).collect::<Vec<_>>().join("/")
        })
        .collect();
    let path_of = |&category: &u32| if category == NONE { None } else { Some(paths[category as usize].as_str()) };
    let mut columns = vec![
        id_column("item_id", &log.items, 0..count as u32),
        id_column("category", &catalogue.categories, catalogue.category.iter().copied()),
        StringChunked::from_iter_options("category_path".into(), catalogue.category.iter().map(path_of)).into_column(),
        BooleanChunked::from_iter_options("available".into(), catalogue.available.iter().copied()).into_column(),
        money_column("price", &catalogue.price),
    ];
    let counted = [
        (EventKind::View, "views"),
        (EventKind::AddToCart, "addtocarts"),
        (EventKind::Transaction, "transactions"),
        (EventKind::Return, "returns"),
    ];
    for (kind, name) in counted {
        let counts = std::mem::take(&mut events[kind as usize]);
        columns.push(UInt32Chunked::from_vec(name.into(), counts).into_column());
    }
    for (name, texts) in [("name", &names.name), ("item_group", &names.group), ("category_name", &names.category)] {
        if !texts.is_empty() {
            let texts = texts.iter().map(Option::as_deref);
            columns.push(StringChunked::from_iter_options(name.into(), texts).into_column());
        }
    }
    Ok(DataFrame::new_infer_height(columns)?)
}

/// `customers.parquet`: what is known of each user beside the log.
pub fn customers(log: &EventLog, customers: &Customers) -> Result<DataFrame> {
    let mut columns = vec![id_column("user_id", &log.users, 0..log.users.len() as u32)];
    columns.extend(customers.columns.iter().map(|(name, attribute)| {
        let name = name.as_str().into();
        match attribute {
            Attribute::Text(texts) => {
                StringChunked::from_iter_options(name, texts.iter().map(Option::as_deref)).into_column()
            }
            Attribute::Flag(flags) => BooleanChunked::from_iter_options(name, flags.iter().copied()).into_column(),
            Attribute::Whole(numbers) => Int64Chunked::from_iter_options(name, numbers.iter().copied()).into_column(),
            Attribute::Real(numbers) => Float64Chunked::from_iter_options(name, numbers.iter().copied()).into_column(),
        }
    }));
    Ok(DataFrame::new_infer_height(columns)?)
}

/// The households of `users` users in what [`customers`] wrote; nothing where it tells none.
pub fn read_households(customers: &DataFrame, users: usize) -> Result<Vec<Option<Box<str>>>> {
    let Ok(column) = customers.column(HOUSEHOLD_COLUMN) else { return Ok(Vec::new()) };
    if column.len() != users {
        return Err(damaged("customers.parquet has not the users of events.parquet"));
    }
    Ok(column.str()?.iter().map(|household| household.map(Into::into)).collect())
}

/// A category's name below another's: `smartphone` where `electronics.smartphone` stands below `electronics`.
fn below<'a>(above: &str, name: &'a str) -> &'a str {
    let rest = name.strip_prefix(above).and_then(|rest| rest.strip_prefix(['.', '/']));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// The categories from the root to the one with this name and path; those whose names hold the ones above, as
/// `electronics.smartphone` does, get them back.
fn steps<'a>(path: &'a str, name: Option<&'a str>) -> Vec<&'a str> {
    if let Some(name) = name.filter(|name| name.replace('.', "/") == path.replace('.', "/")) {
        let above = path.match_indices('/').take(CATEGORY_LEVELS - 1).map(|(at, _)| &name[..at]);
        above.chain(std::iter::once(name)).collect()
    } else {
        let mut steps: Vec<&str> = path.split('/').collect();
        steps.extend(name.filter(|name| steps.last() != Some(name)));
        steps
    }
}

/// `features.parquet`: one row per user in original units, with the top category.
pub fn features(log: &EventLog, catalogue: &Catalogue, table: &FeatureTable) -> Result<DataFrame> {
    let mut columns = vec![user_column(log, table)];
    columns.par_extend(table.features.par_iter().map(|feature| match &feature.values {
        Values::Count(values) => UInt32Chunked::from_slice(feature.name.as_ref().into(), values).into_column(),
        Values::Real(values) => float_column(&feature.name, values),
        Values::Money(values) => money_column(&feature.name, values),
    }));
    columns.push(id_column("top_category", &catalogue.categories, table.top_category.iter().copied()));
    Ok(DataFrame::new_infer_height(columns)?)
}

/// The `user_id` column of a per-user table.
pub fn user_column(log: &EventLog, table: &FeatureTable) -> Column {
    id_column("user_id", &log.users, table.users.iter().copied())
}

/// The catalogue as `items.parquet` keeps it: the categories on the paths of the log's items, and their parents.
pub(super) fn read_catalogue(items: &DataFrame) -> Result<Catalogue> {
    let paths = items.column("category_path")?.str()?;
    let numeric = items.column("category")?.dtype().is_integer();
    let written = items.column("category")?;
    let named = if numeric { None } else { Some(written.str()?) };
    let all: Vec<Vec<&str>> = (0..paths.len())
        .filter_map(|row| Some(steps(paths.get(row)?, named.and_then(|named| named.get(row)))))
        .collect();
    let mut names: Vec<&str> = all.iter().flatten().copied().collect();
    names.sort_unstable();
    names.dedup();
    let categories = if numeric {
        let mut ids: Vec<i64> = names.iter().filter_map(|name| name.parse().ok()).collect();
        ids.sort_unstable();
        Ids::Integer(ids)
    } else {
        Ids::Text(names.iter().map(|&name| name.into()).collect())
    };
    let mut parent = vec![NONE; categories.len()];
    for steps in &all {
        let steps: Vec<u32> = steps.iter().filter_map(|step| categories.code(step)).collect();
        for pair in steps.windows(2) {
            parent[pair[1] as usize] = pair[0];
        }
    }
    let (_, category) = codes_among(&categories, written)?;
    let available = items.column("available")?.bool()?.iter().collect();
    Ok(Catalogue { categories, parent, category, available, price: optional_floats(items, "price")? })
}

/// A float column with NaN for null; empty when the table has no such column.
pub(super) fn optional_floats(frame: &DataFrame, name: &str) -> Result<Vec<f64>> {
    match frame.column(name) {
        Ok(column) => Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
        Err(_) => Ok(Vec::new()),
    }
}

/// The distinct ids of a column, ascending, and each row's code among them.
pub(super) fn codes_of(column: &Column) -> Result<(Ids, Vec<u32>)> {
    let ids = if column.dtype().is_integer() {
        let mut ids: Vec<i64> = column.i64()?.iter().flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        Ids::Integer(ids)
    } else {
        let mut ids: Vec<&str> = column.str()?.iter().flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        Ids::Text(ids.into_iter().map(Into::into).collect())
    };
    let (_, codes) = codes_among(&ids, column)?;
    Ok((ids, codes))
}

/// Each row's code among `ids`, [`NONE`] for null.
pub(super) fn codes_among<'a>(ids: &'a Ids, column: &Column) -> Result<(&'a Ids, Vec<u32>)> {
    let unknown = || damaged("a table of the run names an id that its neighbour lacks");
    let codes = match ids {
        Ids::Integer(known) => {
            let index: HashMap<i64, u32> = known.iter().enumerate().map(|(code, &id)| (id, code as u32)).collect();
            let find = |id: Option<i64>| id.map_or(Some(NONE), |id| index.get(&id).copied());
            column.i64()?.iter().map(find).collect::<Option<Vec<_>>>()
        }
        Ids::Text(known) => {
            let index: HashMap<&str, u32> =
                known.iter().enumerate().map(|(code, id)| (id.as_ref(), code as u32)).collect();
            let find = |id: Option<&str>| id.map_or(Some(NONE), |id| index.get(id).copied());
            column.str()?.iter().map(find).collect::<Option<Vec<_>>>()
        }
    };
    Ok((ids, codes.ok_or_else(unknown)?))
}

/// A column that is known in every row.
pub(super) fn known(column: &Column) -> Result<&Column> {
    match column.null_count() {
        0 => Ok(column),
        nulls => Err(damaged(&format!("a table of the run lacks {} in {nulls} rows", column.name()))),
    }
}

pub(super) fn damaged(what: &str) -> Error {
    Error::Missing(format!("{what}; run `user360 run --force`"))
}
