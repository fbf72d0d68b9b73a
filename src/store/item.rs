//! Everything known about one item, and the table of recommendations.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::format::{counted, thousands};
use crate::stage::StageId;
use crate::store::activity::{catalogue_rows, float, rows_with};
use crate::store::alike::quoted_text;
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::Shown;
use crate::store::engine::{catalog, sql};
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::terms::Terms;

/// One thing known about an item.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The column.
    pub name: String,
    /// What it is called on screen.
    pub label: String,
    /// Its value.
    pub value: Cell,
    /// The value as it is shown.
    pub words: String,
}

/// Everything known about one item.
#[derive(Clone, Debug)]
pub struct ItemProfile {
    /// The id.
    pub id: String,
    /// What is known in one sentence.
    pub sentence: String,
    /// What the catalogue and the log say of it.
    pub facts: Vec<Fact>,
    /// Similar items, the most similar first: item, name where known, score, category, price.
    pub similar: DataTable,
    /// Why there is none, where there is none.
    pub note: Option<String>,
}

/// What is told of an item before all else.
const FIRST: [&str; 4] = ["item_id", "name", "item_group", "category_name"];

/// Gathers an item's profile. Errors when the run does not know the item.
pub fn item_profile(run: &Run, id: &str) -> Result<ItemProfile> {
    let unknown = || Error::Missing(format!("no item {id} in run {}", run.info().id));
    let row = rows_with(run, "items", "item_id", &[Cell::Text(id.trim().to_owned())])?;
    if row.height() == 0 {
        return Err(unknown());
    }
    let key = cell_of(row.column("item_id")?, 0);
    let terms = Terms::of(run.info());
    let words =
        |name: &str, value: &Cell| terms.shown("items", name).unwrap_or(Shown::Plain).cell(value, &terms.currency);
    let facts = row.columns().iter().map(|column| Fact {
        name: column.name().to_string(),
        label: terms.label("items", column.name()),
        value: cell_of(column, 0),
        words: words(column.name(), &cell_of(column, 0)),
    });
    let mut facts: Vec<Fact> = facts.collect();
    // What people call it comes first. The sort is stable.
    facts.sort_by_key(|fact| FIRST.iter().position(|name| *name == fact.name).unwrap_or(FIRST.len()));
    let (similar, note) = similar(run, &key)?;
    let sentence = sentence(&key, &facts, users_of(run, &key));
    Ok(ItemProfile { id: key.to_string(), sentence, facts, similar, note })
}

/// The item in one sentence: what it is, what it costs, whether it is available, how many users it had.
fn sentence(key: &Cell, facts: &[Fact], users: Result<Option<(u64, u64)>>) -> String {
    let fact = |name: &str| facts.iter().find(|fact| fact.name == name).filter(|fact| fact.value != Cell::Null);
    let words = |name: &str| fact(name).map(|fact| fact.words.clone());
    let mut told = vec![words("name").unwrap_or_else(|| format!("Item {key}"))];
    told.extend(words("category_name").or_else(|| words("category_path").map(|path| format!("category {path}"))));
    told.extend(words("price"));
    told.extend(fact("available").map(|fact| {
        let is = if fact.value == Cell::Bool(true) { "available" } else { "not available" };
        is.to_owned()
    }));
    let had = match users {
        Err(error) => format!("; who touched it cannot be told: {error}"),
        Ok(None) => String::new(),
        Ok(Some((0, _))) => "; no user touched it".to_owned(),
        Ok(Some((touched, bought))) => {
            let bought = if bought == 0 {
                "none of them bought it".to_owned()
            } else {
                format!("{} bought it", thousands(bought))
            };
            format!("; {} touched it, {bought}", counted(touched, "users"))
        }
    };
    format!("{}{had}.", told.join(", "))
}

/// How many users have an event on an item, and how many bought it; `None` where the run keeps no events.
fn users_of(run: &Run, key: &Cell) -> Result<Option<(u64, u64)>> {
    if !run.has("events") {
        return Ok(None);
    }
    let item = match key {
        Cell::Int(number) => number.to_string(),
        text => quoted_text(&text.to_string()),
    };
    let query = format!(
        "select count(distinct user_id) as touched, \
         count(distinct case when event = 'transaction' then user_id end) as bought from events where item_id = {item}"
    );
    let frame = sql(run, &query, 1)?;
    let count = |name: &str| -> Result<u64> {
        match cell_of(frame.column(name)?, 0) {
            Cell::Int(count) => Ok(count.unsigned_abs()),
            other => Err(Error::Query(format!("a count of users is {other}"))),
        }
    };
    Ok(Some((count("touched")?, count("bought")?)))
}

fn similar(run: &Run, key: &Cell) -> Result<(DataTable, Option<String>)> {
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut note = None;
    if run.has("similar_items") {
        let row = rows_with(run, "similar_items", "item_id", std::slice::from_ref(key))?;
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
    let names: Vec<Option<String>> = ids.iter().map(|item| of(item).and_then(|row| row.name.clone())).collect();
    let mut table = df!(
        "item_id" => &ids,
        "score" => found.iter().map(|(_, score)| *score).collect::<Vec<_>>(),
        "category_path" => ids.iter().map(|item| of(item).and_then(|row| row.category.clone())).collect::<Vec<_>>(),
        "price" => ids.iter().map(|item| of(item).and_then(|row| row.price)).collect::<Vec<_>>(),
    )?;
    if names.iter().any(Option::is_some) {
        table.insert_column(1, Column::new("name".into(), names))?;
    }
    Ok((DataTable::of_frame(table).worded("Similar items", &Terms::of(run.info())), note))
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

/// Items that are recommended to a user.
const PLACES: usize = 5;

/// The top-5 of every user, a column per place: user, segment where known, source, then item, score and, where the run
/// tells it, source of each place; then item, chance and days until it is due of what is bought again.
///
/// # Errors
/// [`Error::Missing`] where the run recommends nothing, [`Error::Damaged`] where its tables do not read.
pub fn recommendations(run: &Run) -> Result<DataTable> {
    let name = "recommendations";
    let wide = catalog::beside_users(run, name, "segment")?;
    let column = |wanted: &str| wide.place_of(wanted).map(|place| (place, None, wanted.to_owned()));
    let mut chosen: Vec<_> = ["user_id", "segment", "source"].into_iter().filter_map(column).collect();
    let place = |wanted: &str| {
        wide.place_of(wanted).ok_or_else(|| Error::Missing(format!("the table of recommendations has no {wanted}")))
    };
    let (items, scores) = (place("items")?, place("scores")?);
    let sources = wide.place_of("sources");
    for at in 0..PLACES {
        chosen.push((items, Some(at), format!("item_{}", at + 1)));
        chosen.push((scores, Some(at), format!("score_{}", at + 1)));
        chosen.extend(sources.map(|sources| (sources, Some(at), format!("source_{}", at + 1))));
    }
    // Runs of earlier versions tell nothing of what is bought again.
    let again = ["again_items", "again_scores", "again_due_days"].map(|name| wide.place_of(name));
    if let [Some(items), Some(scores), Some(due)] = again {
        for at in 0..PLACES {
            chosen.push((items, Some(at), format!("again_{}", at + 1)));
            chosen.push((scores, Some(at), format!("again_score_{}", at + 1)));
            chosen.push((due, Some(at), format!("again_due_days_{}", at + 1)));
        }
    }
    let table = DataTable::of_stored(wide.arranged(&chosen), Vec::new());
    Ok(table.worded("Recommendations", &Terms::of(run.info())))
}
