//! Everything known about one item, and the table of recommendations.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::stage::StageId;
use crate::store::activity::{catalogue_rows, float, literal};
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Holds};
use crate::store::run::Run;
use crate::store::table::DataTable;

/// One thing known about an item.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The column.
    pub name: String,
    /// Its value.
    pub value: Cell,
    /// Whether the value names a thing, even where it is a number.
    pub names_a_thing: bool,
}

/// Everything known about one item.
#[derive(Clone, Debug)]
pub struct ItemProfile {
    /// The id.
    pub id: String,
    /// What the catalogue and the log say of it.
    pub facts: Vec<Fact>,
    /// Similar items, the most similar first: item, score, category, price.
    pub similar: DataTable,
    /// Why there is none, where there is none.
    pub note: Option<String>,
}

/// Gathers an item's profile. Errors when the run does not know the item.
pub fn item_profile(run: &Run, id: &str) -> Result<ItemProfile> {
    let unknown = || Error::Missing(format!("no item {id} in run {}", run.info().id));
    let scan = run.scan("items")?;
    let integer = scan.clone().collect_schema()?.get("item_id").is_some_and(DataType::is_integer);
    let key = if integer { Cell::Int(id.trim().parse().map_err(|_| unknown())?) } else { Cell::Text(id.to_owned()) };
    let row = run.collect("items", scan.filter(col("item_id").eq(literal(&key))))?;
    if row.height() == 0 {
        return Err(unknown());
    }
    let entries = columns::table("items");
    let facts = row.columns().iter().map(|column| Fact {
        name: column.name().to_string(),
        value: cell_of(column, 0),
        names_a_thing: entries
            .and_then(|table| table.column(column.name()))
            .is_some_and(|entry| entry.holds == Holds::Id),
    });
    let facts = facts.collect();
    let (similar, note) = similar(run, &key)?;
    Ok(ItemProfile { id: key.to_string(), facts, similar, note })
}

fn similar(run: &Run, key: &Cell) -> Result<(DataTable, Option<String>)> {
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut note = None;
    if run.has("similar_items") {
        let row = run.scan("similar_items")?.filter(col("item_id").eq(literal(key)));
        let row = run.collect("similar_items", row)?;
        if row.height() > 0 {
            let lists = lists(&row)?;
            let ids = lists.0.list()?.get_as_series(0).unwrap_or_default().into_column();
            let scores = lists.1.list()?.get_as_series(0).unwrap_or_default().into_column();
            let score = |at| float(Some(&scores), at).unwrap_or(f64::NAN);
            found = (0..ids.len()).map(|at| (cell_of(&ids, at).to_string(), score(at))).collect();
        }
        if found.is_empty() {
            note = Some("the model knows no similar item: too few users touched this one".to_owned());
        }
    } else {
        let stage = run.info().stage(StageId::Recommend).and_then(|stage| stage.reason.clone());
        note = Some(stage.unwrap_or_else(|| "this run has no recommendations".to_owned()));
    }
    let ids: Vec<String> = found.iter().map(|(item, _)| item.clone()).collect();
    let known = catalogue_rows(run, &ids)?;
    let of = |item: &str| known.iter().find(|row| row.item == item);
    let table = df!(
        "item_id" => &ids,
        "score" => found.iter().map(|(_, score)| *score).collect::<Vec<_>>(),
        "category_path" => ids.iter().map(|item| of(item).and_then(|row| row.category.clone())).collect::<Vec<_>>(),
        "price" => ids.iter().map(|item| of(item).and_then(|row| row.price)).collect::<Vec<_>>(),
    )?;
    Ok((DataTable::of_frame(table), note))
}

/// The list columns of a table of ranked items: ids and scores.
fn lists(table: &DataFrame) -> Result<(&Column, &Column)> {
    let of_type = |wanted: fn(&DataType) -> bool| {
        table.columns().iter().find(|column| matches!(column.dtype(), DataType::List(inner) if wanted(inner)))
    };
    let ids = of_type(|inner| !inner.is_float());
    let scores = of_type(DataType::is_float);
    ids.zip(scores).ok_or_else(|| Error::Missing("a table of ranked items lacks its lists".to_owned()))
}

/// Where each row's entries lie among all entries of a list column of one chunk.
fn spans(lists: &ListChunked) -> Vec<std::ops::Range<usize>> {
    lists
        .downcast_iter()
        .flat_map(|array| array.offsets().as_slice().windows(2).map(|pair| pair[0] as usize..pair[1] as usize))
        .collect()
}

/// The top-5 of every user, a column per place: user, segment where known, source, then item and score of each
/// place.
pub fn recommendations(run: &Run, users: Option<&DataTable>) -> Result<DataTable> {
    let table = run.table("recommendations")?;
    let (items, scores) = lists(&table)?;
    let (items, scores) = (items.list()?.rechunk().into_owned(), scores.list()?.rechunk().into_owned());
    let rows = table.height();
    let spans = spans(&items);
    let width = spans.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
    // The entry at a place of each row's list, null where the list is shorter. Items and scores are equally long.
    let gathered = |inner: &Series, place: usize| -> Result<Series> {
        let at: IdxCa =
            spans.iter().map(|span| (place < span.len()).then_some((span.start + place) as IdxSize)).collect();
        Ok(inner.take(&at)?)
    };
    let (inner, inner_scores) = (items.get_inner(), scores.get_inner());
    let mut columns = vec![table.column("user_id")?.clone()];
    if let Some(segment) = users.and_then(|users| users.frame().column("segment").ok())
        && segment.len() == rows
    {
        columns.push(segment.clone());
    }
    if let Ok(source) = table.column("source") {
        columns.push(source.clone());
    }
    for place in 0..width {
        for (name, inner) in [("item", &inner), ("score", &inner_scores)] {
            let name = format!("{name}_{}", place + 1);
            columns.push(gathered(inner, place)?.with_name(name.as_str().into()).into_column());
        }
    }
    Ok(DataTable::of_frame(DataFrame::new_infer_height(columns)?))
}
