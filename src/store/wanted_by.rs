//! Who would want an item: the users whose lists hold it, and those who know items like it.

use crate::error::{Error, Result};
use crate::format::thousands;
use crate::job::Job;
use crate::store::activity::rows_with;
use crate::store::cell::{Cell, cell_of};
use crate::store::engine::catalog;
use crate::store::engine::sql_counted;
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::terms::Terms;

/// Users who are told at most.
const MOST: usize = 100_000;

/// The users whose lists hold an item, or who know items like it.
#[derive(Clone, Debug)]
pub struct WantedBy {
    /// A row per user and list, the best first: user, list, the item's place in it, score where the model gave one, and
    /// segment where known. Behind them, as of the list [`AFFINITY`], who knows items like it.
    pub users: DataTable,
    /// How many there are, in words, and how many of them are told.
    pub told: String,
}

/// The lists: what each is called, and its columns of items and scores.
const LISTS: [(&str, &str, &str); 2] = [("discover", "items", "scores"), ("buy again", "again_items", "again_scores")];

/// What the list of those is called who know items like one, and no list of theirs holds it. The score is the sum of what
/// each known item's likeness to it is.
const AFFINITY: &str = "affinity";

/// The users whose lists hold an item, those where it stands first before others, the higher score first among equals; then
/// those who know items like it and not the item itself.
///
/// # Errors
/// [`Error::Missing`] where the run does not know the item, or recommends nothing.
pub fn wanted_by(run: &Run, id: &str, job: &Job) -> Result<WantedBy> {
    let row = rows_with(run, "items", "item_id", &[Cell::Text(id.trim().to_owned())])?;
    if row.height() == 0 {
        return Err(Error::Missing(format!("no item {id} in run {}", run.info().id)));
    }
    let item = match cell_of(row.column("item_id")?, 0) {
        Cell::Int(number) => number.to_string(),
        text => format!("'{}'", text.to_string().replace('\'', "''")),
    };
    let stored = catalog::open(run, "recommendations")?.ok_or_else(|| run.lacks("recommendations"))?;
    let has = |column: &str| stored.place_of(column).is_some();
    let one = |(list, items, scores): &(&str, &str, &str)| {
        format!(
            "select user_id, '{list}' as list, cast(array_position({items}, {item}) as bigint) as place, \
             {scores}[cast(array_position({items}, {item}) as bigint)] as score \
             from recommendations where array_has({items}, {item})"
        )
    };
    // Runs of earlier versions tell nothing of what is bought again.
    let kept: Vec<&(&str, &str, &str)> = LISTS.iter().filter(|(_, items, _)| has(items)).collect();
    let mut lists: Vec<String> = kept.iter().copied().map(one).collect();
    if run.has("similar_items") && run.has("events") {
        lists.push(by_affinity(&item, kept.iter().map(|(_, items, _)| *items)));
    }
    let (segment, join) = if run.has("segments") {
        (", segments.segment", " left join segments on segments.user_id = held.user_id")
    } else {
        ("", "")
    };
    let query = format!(
        "select held.user_id, held.list, held.place, held.score{segment} from ({}) as held{join} \
         order by held.place nulls last, held.list, held.score desc nulls last, held.user_id",
        lists.join(" union all ")
    );
    let answer = sql_counted(run, &query, MOST, job)?;
    let (shown, all) = (answer.frame.height() as u64, answer.rows as u64);
    let told =
        if all > shown { format!("the first {} of {}", thousands(shown), thousands(all)) } else { thousands(all) };
    let users = DataTable::of_frame(answer.frame).worded("Wanted by", &Terms::of(run.info()));
    Ok(WantedBy { users, told })
}

/// The query for who knows items like `item`, none of whose `lists` holds it.
fn by_affinity<'a>(item: &str, lists: impl Iterator<Item = &'a str>) -> String {
    let held = lists.map(|items| format!("array_has({items}, {item})")).collect::<Vec<_>>().join(" or ");
    format!(
        "select touched.user_id, '{AFFINITY}' as list, cast(null as bigint) as place, sum(touched.score) as score from (\
         select distinct events.user_id, events.item_id, alike.score from events inner join (\
         select item_id, scores[cast(array_position(items, {item}) as bigint)] as score \
         from similar_items where array_has(items, {item})) as alike on alike.item_id = events.item_id) as touched \
         left join (select distinct user_id from events where item_id = {item}) as owners \
         on owners.user_id = touched.user_id \
         left join (select user_id from recommendations where {held}) as holders on holders.user_id = touched.user_id \
         where owners.user_id is null and holders.user_id is null group by touched.user_id"
    )
}
